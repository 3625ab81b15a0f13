"""Monitoring: after an observation, what is pending is looked at before it is reached.

The rest of the plan is replayed from the observed state, methods included; a break is known before the step that it
stops. Where everything still holds, repair by cost says whether another way has become worth taking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from htn.model.domain import Domain
from htn.model.record import Record
from htn.model.state import State
from htn.plan.plan import Plan
from htn.planning.blame import show_task
from htn.planning.limits import Limits
from htn.planning.replan.best import Cheapest
from htn.planning.replan.decomposer import Decomposer
from htn.planning.replan.draft import pending_items
from htn.planning.replan.problem import Costs, unit_costs
from htn.planning.replan.remains import Observed, Remains
from htn.planning.replan.repair import Repaired, replan
from htn.planning.replan.walk import Walk
from htn.planning.replan.writers import deviations, in_flight
from htn.planning.table import Constraints

__all__ = ["Finding", "Opportunity", "monitor", "opportunity"]


class Finding(Record):
    """What monitoring found.

    Attributes
    ----------
    holds : bool
        Whether everything pending can still be carried out.
    node : str or None
        Where it cannot: the step, or the task whose method no longer applies; what `replan` is told has failed.
    steps_before : int
        How many pending steps can still be carried out before that; all of them when everything holds.
    reason : str
        What is wrong there.
    relevant : tuple of (str, object)
        Facts that are otherwise than expected and that something pending has read.
    """

    holds: bool
    node: str | None
    steps_before: int
    reason: str
    relevant: tuple[tuple[str, Any], ...]

    def __bool__(self) -> bool:
        return self.holds


def monitor(
    domain: Domain,
    plan: Plan,
    state: State,
    *,
    done: Iterable[str] = (),
    running: Iterable[str] = (),
    observations: Mapping[str, Iterable[Observed]] | None = None,
    constraints: Constraints | None = None,
) -> Finding:
    """Check what pending steps, and the methods above them, rely on.

    Nothing is replayed where no fact that they rely on has changed.

    Parameters
    ----------
    domain : Domain
        The plan's domain.
    plan : Plan
        The plan in force.
    state : State
        The facts as observed.
    done : iterable of str
        Ids of the finished steps; the plan's history is finished in any case.
    running : iterable of str
        Ids of the steps in flight: what they are predicted to bring about is counted on.
    observations : mapping, optional
        For steps by id, the facts that they observed: where these are otherwise than predicted, what relies on them is
        looked at.
    constraints : Constraints, optional
        What is ruled out by now.

    Examples
    --------
    >>> from htn.planning import find_plan
    >>> domain = Domain("d")
    >>> @domain.operator
    ... def open_door(state):
    ...     return False if state.door == "locked" else state
    >>> @domain.operator
    ... def walk(state):
    ...     return state
    >>> plan = find_plan(domain, State(door="closed"), [("walk",), ("open_door",)]).plan
    >>> found = monitor(domain, plan, State(door="locked"))
    >>> found.holds, found.steps_before, found.reason
    (False, 1, 'open_door(): it is not possible')
    >>> monitor(domain, plan, State(door="closed")).holds
    True
    """
    finished = _finished(plan, done)
    in_hand = {plan.step(name).id for name in running} - finished
    seen = {plan.step(name).id: facts for name, facts in (observations or {}).items()}
    remains = Remains(plan, finished, in_hand, seen)
    relevant = _relevant(remains, deviations(domain, remains, state))
    pending = [leaf for leaf in plan.tree.order if remains.is_pending(leaf)]
    if not relevant and constraints is None:
        return Finding(True, None, len(pending), "", ())
    decomposer = Decomposer(domain, constraints or Constraints(), Limits())
    after = in_flight(domain, remains, state)
    if after is None:  # what is in flight cannot be relied on: it is looked at like what is to come
        remains, after = Remains(plan, finished, (), seen), state
    walk = Walk(domain, decomposer.table, remains, pending_items(domain, remains), after)
    found = walk.go()
    if found is None:
        return Finding(True, None, len(pending), "", relevant)
    node = found.begun if found.item is None or found.item.node is None else found.item.node.id
    steps = sum(item.leaf or item.method == "deferred" for item in walk.items[: found.place])
    name = "" if node is None else show_task(plan.tree[node].whole)
    return Finding(False, node, steps, f"{name}: {found.reason}", relevant)


def _finished(plan: Plan, done: Iterable[str]) -> set[str]:
    past = () if plan.history is None else plan.history.done
    return {plan.step(name).id for name in done} | {step.id for step in past}


def _relevant(remains: Remains, facts: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
    """Return those of the changed facts that something pending has read, or a begun goal wants."""
    read: set[tuple[str, Any]] = set()
    for node in remains.nodes:
        if remains.is_pending(node.id):
            if node.kind == "deferred":
                return facts  # whether the task can be decomposed by now is asked of all of the state
            read.update(node.reads)
        elif node.kind in ("goal", "multigoal") and remains.is_begun(node.id):
            wanted = node.args[0] if node.kind == "multigoal" else (node.whole,)
            read.update((fluent, key) for fluent, key, _ in wanted)
    return tuple(fact for fact in facts if fact in read or (fact[0], "*") in read or (fact[0], ()) in read)


class Opportunity(Record):
    """A better way that has become possible.

    Attributes
    ----------
    gain : float
        By how much it is cheaper than what is pending, the price of the disruption taken off.
    repaired : Repaired
        The other plan, to be taken or not.
    """

    gain: float
    repaired: Repaired


def opportunity(
    domain: Domain,
    plan: Plan,
    state: State,
    *,
    done: Iterable[str] = (),
    running: Iterable[str] = (),
    observations: Mapping[str, Iterable[Observed]] | None = None,
    least_gain: float = 1.0,
    costs: Costs = unit_costs,
    policy: Cheapest | None = None,
    limits: Limits | None = None,
) -> Opportunity | None:
    """Return a cheaper rest of the plan, where one has become possible that gains enough.

    Looked for only when what is pending can be carried out: otherwise there is something to repair first.

    Parameters
    ----------
    domain : Domain
        The plan's domain.
    plan : Plan
        The plan in force.
    state : State
        The facts as observed.
    done : iterable of str
        Ids of the finished steps; the plan's history is finished in any case.
    running, observations
        As for `monitor`.
    least_gain : float
        What it must gain at least, in units of cost.
    costs : callable
        What a primitive task costs.
    policy : Cheapest, optional
        How long to look, and the price of disruption.
    limits : Limits, optional
        For all calls of the decomposer together.
    """
    finished = _finished(plan, done)
    in_hand = {plan.step(name).id for name in running} - finished
    known: Any = {"done": finished, "running": in_hand, "observations": observations}
    if not monitor(domain, plan, state, **known):
        return None
    chosen = policy or Cheapest()
    pending = [step for step in plan.steps if step.id not in finished | in_hand]
    found = replan(domain, plan, None, state, **known, policy=chosen, costs=costs, limits=limits)
    if not isinstance(found, Repaired):
        return None
    changes = len(found.changes.removed) + len(found.changes.added)
    gain = sum(costs((step.task, *step.args)) for step in pending) - found.cost - chosen.price * changes
    return Opportunity(gain, found) if gain >= least_gain else None
