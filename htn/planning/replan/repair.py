"""Repair: a decomposition of what remains of a plan, from the observed state, the executed part being history.

Which decompositions count is defined in docs/decisions/09-what-repair-means.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from htn.model.collecting import collecting_paused
from htn.model.domain import Domain
from htn.model.errors import DomainError, InputError
from htn.model.record import field, replace
from htn.model.state import State
from htn.plan.plan import Plan, Step
from htn.plan.tree import Node
from htn.planning.blame import show_task
from htn.planning.checker import check_tree
from htn.planning.limits import Limits
from htn.planning.outcome import InvalidDomain, LimitReached, Outcome, Statistics, Unsolvable
from htn.planning.replan.attempts import Attempts
from htn.planning.replan.changes import Changes, changes
from htn.planning.replan.combined import Combined
from htn.planning.replan.deadline import Deadline, sooner
from htn.planning.replan.decomposer import Decomposer, OutOfLimits
from htn.planning.replan.draft import Drafted, whole_plan
from htn.planning.replan.problem import Costs, Policy, Proposal, RepairProblem, Tried, unit_costs
from htn.planning.replan.remains import Observed, Remains
from htn.planning.replan.scratch import Scratch
from htn.planning.replan.writers import expected, find, in_flight
from htn.planning.table import Constraints

__all__ = ["Repaired", "replan"]


class Repaired(Outcome):
    """The rest of the plan can be carried out from the observed state; true in conditions.

    Attributes
    ----------
    plan : Plan
        The plan from now on: its history as it was, and what is pending (`Plan.pending`).
    changes : Changes
        What became of every step, each with its reason.
    policy : str
        The policy that found it: a policy that combines others says which it took.
    why : str
        Why that one.
    proved : bool
        Whether the policy looked at every repair, so that none is better by its measure; where a deadline is missed,
        that none misses it by less.
    invalid : tuple of str
        Steps of the old plan that relied on what failed or changed, directly or through others.
    tried : tuple of Tried
        What was asked of the decomposer, with the nodes expanded each time; together they are in the statistics.
    cost : float
        Of what is pending; with attempts known, the cost that is to be expected.
    replayed : int
        Nodes of the old plan that still hold as they were.
    ends : float or None
        With a deadline, after how many seconds from now the last step ends.
    missed : float
        By how many seconds the deadline is missed; 0 when it is kept.
    """

    status = "repaired"
    plan: Plan
    changes: Changes
    policy: str
    why: str
    proved: bool
    invalid: tuple[str, ...]
    tried: tuple[Tried, ...]
    cost: float
    replayed: int = field(default=0)
    ends: float | None = field(default=None)
    missed: float = field(default=0.0)

    def __bool__(self) -> bool:
        return True

    @property
    def pending(self) -> tuple[Step, ...]:
        """What is to be done from now on, in order."""
        return self.plan.pending

    @property
    def actions(self) -> list[tuple[Any, ...]]:
        """The same as plain tuples."""
        return [(step.task, *step.args) for step in self.pending]


def replan(
    domain: Domain,
    plan: Plan,
    failed: str | None = None,
    state: State | None = None,
    *,
    done: Iterable[str] | None = None,
    running: Iterable[str] = (),
    observations: Mapping[str, Iterable[Observed]] | None = None,
    policy: Policy | None = None,
    avoid: bool = False,
    attempts: Attempts | None = None,
    deadline: Deadline | None = None,
    constraints: Constraints | None = None,
    costs: Costs = unit_costs,
    limits: Limits | None = None,
) -> Outcome:
    """Repair a plan: decompose what remains of it from the observed state.

    Parameters
    ----------
    domain : Domain
        The plan's domain.
    plan : Plan
        The plan in force, possibly read from JSON, possibly repaired before.
    failed : str, optional
        Id of the step or task that failed. None: nothing did, but the state may be another than expected.
    state : State, optional
        The facts as observed. Left out, they are those that the plan expects after its finished steps, and what
        these observed.
    done : iterable of str, optional
        Ids of the finished steps, in any order. Left out, it is those that come before the failed one in the plan's
        order, or with nothing failed, the plan's history.
    running : iterable of str, optional
        Ids of the steps in flight. They go on as they are, and count with what they are predicted to bring about,
        where any repair allows it; where none does, they are pending steps like others: the new plan may hold them.
    observations : mapping, optional
        For steps by id, the facts that they observed when they ended, as (fluent, arguments, value): what was observed
        overrides what was predicted, and does not make the step wrong that observed it.
    policy : Policy, optional
        Which repair is wanted: `Local`, `Stable`, `Cheapest`, `Scratch`; `Combined` by default.
    avoid : bool
        Whether the failed step must not be part of the new plan.
    attempts : Attempts, optional
        What was tried so far, and what of it failed. A step that failed without leaving a trace in the state is then
        tried again or avoided, whichever is expected to cost less.
    deadline : Deadline, optional
        Until when the plan is to be done, and how long steps take. Where the policy's repair ends too late, one is
        looked for that ends in time; where there is none, the one that ends soonest is returned, and
        `Repaired.missed` says by how much.
    constraints : Constraints, optional
        What is ruled out or preferred besides.
    costs : callable
        What a primitive task costs.
    limits : Limits, optional
        For all calls of the decomposer together.

    Returns
    -------
    Outcome
        `Repaired`; `Unsolvable` when no repair exists; `LimitReached`; or `InvalidDomain`.

    Raises
    ------
    InputError
        When the plan has no such step.

    Examples
    --------
    >>> from htn.planning import find_plan
    >>> domain = Domain("travel")
    >>> @domain.operator
    ... def ride(state, who, to):
    ...     return state.location.__setitem__(who, to) or state if state.bus else False
    >>> @domain.operator
    ... def walk(state, who, to):
    ...     state.location[who] = to
    ...     return state
    >>> _ = domain.method("go", name="by_bus")(lambda state, who, to: [("ride", who, to)] if state.bus else None)
    >>> _ = domain.method("go", name="on_foot")(lambda state, who, to: [("walk", who, to)])
    >>> plan = find_plan(domain, State(location={"me": "home"}, bus=True), [("go", "me", "park")]).plan
    >>> outcome = replan(domain, plan, plan.steps[0].id, State(location={"me": "home"}, bus=False))
    >>> outcome.actions, outcome.policy
    ([('walk', 'me', 'park')], 'scratch')
    >>> print(outcome.changes.to_text())
    0 steps kept
    - ride me park (it failed)
    + walk me park (everything pending was decomposed from now)
    """
    node = None if failed is None else _node(plan, failed)
    finished = _done(plan, node, done)
    going_on = _in_flight(plan, node, finished, running)
    seen = {plan.step(name).id: facts for name, facts in (observations or {}).items()}
    remains = Remains(plan, finished, going_on, seen)
    if avoid and node is not None:
        given = constraints or Constraints()
        constraints = Constraints((*given.exclude, (node.whole, None)), given.prefer)
    with collecting_paused():
        try:
            decomposer = Decomposer(domain, constraints or Constraints(), limits or Limits())
            observed = expected(domain, remains) if state is None else state
            findings = find(domain, remains, observed, None if node is None else node.id)
            prices = costs if attempts is None else attempts.expected(costs)
            known = attempts is not None
            problem = RepairProblem(domain, remains, observed, node, findings, decomposer, prices, known, deadline)
            return _repair_around(problem, policy or Combined(), observed)
        except DomainError as error:
            return InvalidDomain((str(error),), error)


def _node(plan: Plan, name: str) -> Node:
    return plan.tree[name] if name in plan.tree.nodes else plan.tree[plan.step(name).id]


def _done(plan: Plan, failed: Node | None, done: Iterable[str] | None) -> set[str]:
    order = plan.tree.order
    if done is not None:
        finished = {plan.step(name).id for name in done}
    elif failed is None:
        finished = set() if plan.history is None else {step.id for step in plan.history.done}
    else:
        below = plan.tree.leaves_below(failed.id)
        # A task fails when its steps are done, unless it could not be begun.
        until = order.index(below[0]) if below else failed.at
        finished = set(order[:until])
    if failed is not None:
        finished.discard(failed.id)
    for step in plan.steps:
        missing = [before for before in step.causal if before not in finished]
        if step.id in finished and missing:
            raise InputError(
                f"the step {step.id} ({step.task}) is said to be done, and {missing[0]}, whose result it uses, is not"
            )
    return finished


def _in_flight(plan: Plan, failed: Node | None, finished: set[str], running: Iterable[str]) -> set[str]:
    """Return which steps go on: not those of a task that failed, nor any that waits for what is not done."""
    found = set()
    for name in running:
        step = plan.step(name)
        missing = [before for before in step.causal if before not in finished]
        if step.deferred or step.id in finished or missing:
            why = "is left open" if step.deferred else "is said to be done" if step.id in finished else ""
            why = why or f"uses the result of {missing[0]}, which is not done"
            raise InputError(f"the step {step.id} ({step.task}) is said to be in flight, and {why}")
        if failed is None or failed.id not in (step.id, *(above.id for above in plan.tree.ancestors(step.id))):
            found.add(step.id)
    return found


def _repair_around(problem: RepairProblem, policy: Policy, observed: State) -> Outcome:
    """Repair with the steps in flight going on; where that cannot be, as if they had not begun."""
    remains = problem.remains
    if not remains.running:
        return _repair(problem, policy, observed)
    outcome: Outcome | None = None
    after = in_flight(problem.domain, remains, observed)
    if after is not None:
        outcome = _repair(replace(problem, observed=after), policy, observed)
        late = isinstance(outcome, Repaired) and outcome.missed > 0
        if not isinstance(outcome, Unsolvable) and not late:
            return outcome
    stopped = Remains(remains.plan, remains.done, (), remains.observations)
    without = _repair(replace(problem, remains=stopped), policy, observed)
    if isinstance(outcome, Repaired) and not (isinstance(without, Repaired) and without.missed < outcome.missed):
        return outcome
    return without


def _repair(problem: RepairProblem, policy: Policy, observed: State) -> Outcome:
    try:
        proposal = policy.repair(problem)
        outcome = _verified(problem, proposal, observed)
        if outcome is None and policy.name != Scratch.name:
            # What was proposed does not hold, or there is nothing: only a search through everything may say so.
            outcome = _verified(problem, Scratch().repair(problem), observed)
    except OutOfLimits as stop:
        return LimitReached(stop.limit, _reason(problem), statistics=_statistics(problem))
    if outcome is not None:
        return outcome if outcome.missed == 0 else _sooner(problem, outcome, observed)
    return Unsolvable(_reason(problem), statistics=_statistics(problem))


def _sooner(problem: RepairProblem, late: Repaired, observed: State) -> Repaired:
    """Return a repair that ends sooner than one that ends too late, where there is one."""
    assert problem.deadline is not None
    items, why, proved = sooner(problem, problem.deadline, observed, late.missed)
    found = None if items is None else _verified(problem, Proposal(items, "deadline", why, proved), observed)
    if found is not None:
        return found
    tried = tuple(problem.tried)
    return replace(late, why=f"{late.why}; {why}", proved=proved, tried=tried, statistics=_statistics(problem))


def _verified(problem: RepairProblem, proposal: Proposal | None, observed: State) -> Repaired | None:
    """Return a proposal as a plan that the checker accepts; None where there is none."""
    if proposal is None:
        return None
    items = proposal.items
    drafted: Drafted = whole_plan(problem.domain, problem.remains, items, observed, problem.findings)
    # Its steps were traced just now; what is checked is the decomposition, which came from several searches.
    verdict = check_tree(problem.domain, drafted.plan.initial, drafted.plan.tree, history=drafted.plan.history)
    if not verdict:
        if proposal.taken == Scratch.name:
            raise DomainError(f"the domain's functions do not answer alike when they are asked again: {verdict}")
        return None
    return Repaired(
        drafted.plan,
        changes(problem, drafted, items),
        proposal.taken,
        proposal.why,
        proposal.proved,
        problem.findings.invalid,
        tuple(problem.tried),
        sum(problem.costs((step.task, *step.args)) for step in drafted.plan.pending),
        sum(item.node is not None for item in items),
        None if problem.deadline is None else problem.deadline.ends(drafted.plan),
        0.0 if problem.deadline is None else problem.deadline.missed(drafted.plan),
        statistics=_statistics(problem),
    )


def _reason(problem: RepairProblem) -> str:
    deepest = problem.decomposer.deepest
    if deepest is None or not deepest.task:
        return ""
    return f"{show_task(deepest.task)}: {deepest.reason or 'it does not apply'}"


def _statistics(problem: RepairProblem) -> Statistics:
    return Statistics(problem.decomposer.meter.seconds, problem.decomposer.nodes)
