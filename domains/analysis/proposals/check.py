"""Checks a proposed method before it can enter a plan: its form, what it declares, what the planner makes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domains.analysis.analysts.measure_names import DIMENSIONS, MEASURES
from domains.analysis.facts import planning_state
from domains.analysis.proposals.proposal import Draft, ProposedMethod, ProposedTask
from domains.analysis.proposals.vocabulary import vocabulary
from domains.analysis.scope import KEYS, Scope, describe, make_scope, period_of, value
from htn.model import Domain, State, TaskNetwork
from htn.model.errors import DomainError, HtnError
from htn.model.suggest import did_you_mean
from htn.planning import Constraints, Limits, Solved, find_plan
from htn.planning.checker import check_plan

__all__ = ["MOST_DEPTH", "MOST_STEPS", "MOST_TASKS", "Verdict", "check_proposal"]

MOST_TASKS = 8
"""So many tasks a proposal may have."""

MOST_STEPS = 60
"""So many steps its plan may have."""

MOST_DEPTH = 6
"""So deep its decomposition may be, from the question's own task down."""

_LIMITS = Limits(seconds=10, nodes=20_000)
_TASK = "answer_as_proposed"

FactsOf = Callable[[Scope], Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of checking.

    Attributes
    ----------
    reasons : tuple of str
        Why the proposal is rejected, a sentence each; empty when it passes.
    checked : tuple of str
        What was checked, for whoever asks why a step is there.
    """

    reasons: tuple[str, ...]
    checked: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.reasons


def check_proposal(
    domain: Domain, proposal: Draft | ProposedMethod, scope: Scope, facts_of: FactsOf, options: Mapping[str, str]
) -> Verdict:
    """Check a proposal; nothing in it is believed, wherever it comes from.

    Parameters
    ----------
    domain : Domain
        The methods and operators that there are.
    proposal : Draft or ProposedMethod
        What was proposed, now or for an earlier run.
    scope : Scope
        What the question is about.
    facts_of : callable
        Returns counts and flags of a scope, as `Workspace.facts` does.
    options : Mapping
        Options of the run.
    """
    reasons = list(_form(domain, proposal.tasks, scope)) or list(_recorded(proposal.tasks, scope, facts_of))
    if reasons:
        return Verdict(tuple(reasons))
    method = ProposedMethod(scope=scope, tasks=proposal.tasks, identity="trial")
    state = planning_state(facts_of, scope, options=options, proposed={scope: method.fact()})
    reasons = list(_effects(domain, state, proposal.tasks, scope))
    if reasons:
        return Verdict(tuple(reasons))
    return _trial(domain, state, scope)


def _form(domain: Domain, tasks: tuple[ProposedTask, ...], scope: Scope) -> Iterator[str]:
    """Yield what is wrong with a proposal before anything is planned."""
    if not tasks:
        yield "it has no tasks"
    if len(tasks) > MOST_TASKS:
        yield f"it has {len(tasks)} tasks, and may have {MOST_TASKS}"
        return
    known = vocabulary(domain)
    for place, task in enumerate(tasks):
        if task.task not in known:
            wrong = f"task {place}: there is no task {task.task!r} to propose"
            yield str(did_you_mean(wrong, task.task, known))
            continue
        operator = domain.operators.get(task.task)
        if operator is not None and (operator.approval or operator.undoes):
            yield f"task {place}: {task.task} needs a person's approval or undoes something, and cannot be proposed"
        yield from (f"task {place}: {why}" for why in _scope(task, scope))
        if any(not 0 <= other < len(tasks) for other in task.after):
            yield f"task {place}: it is to come after a task that there is not"
    again = [item for item, number in Counter((t.task, t.narrowed(scope)) for t in tasks).items() if number > 1]
    yield from (f"{name} ({describe(part)}) is proposed more than once" for name, part in again)
    try:
        pairs = [(first, place) for place, task in enumerate(tasks) for first in task.after if 0 <= first < len(tasks)]
        TaskNetwork([(task.task,) for task in tasks], pairs)
    except DomainError:
        yield "the order of its tasks goes round in a circle"


def _scope(task: ProposedTask, scope: Scope) -> Iterator[str]:
    """Yield what is wrong with a task's scope: it can be narrower than the question's, and never wider or another."""
    keys = [pair.key for pair in task.scope]
    unknown = sorted(set(keys) - set(KEYS))
    if unknown:
        yield str(did_you_mean(f"a scope has no key {unknown[0]!r}", unknown[0], KEYS))
        return
    if len(keys) != len(set(keys)):
        yield "a key stands twice in its scope"
    own = dict(scope)
    yield from (
        f"it changes the question's {pair.key} from {own[pair.key]!r}"
        for pair in task.scope
        if own.get(pair.key, pair.value) != pair.value
    )
    try:
        narrowed = make_scope(dict(task.narrowed(scope)))
        period_of(narrowed)
    except HtnError as error:
        yield str(error)
        return
    yield from _names(task.task, narrowed)


def _recorded(tasks: tuple[ProposedTask, ...], scope: Scope, facts_of: FactsOf) -> Iterator[str]:
    """Yield which tasks are about what nothing is recorded of, such as a name that nobody has."""
    for place, task in enumerate(tasks):
        part = task.narrowed(scope)
        known = facts_of(part)["count"]
        if not (known.get("calls") or known.get("deals")):
            yield f"task {place}: nothing is recorded for {describe(part)}"


def _names(task: str, scope: Scope) -> Iterator[str]:
    metric, groups = value(scope, "metric"), value(scope, "group_by")
    for given, known, what in ((metric, MEASURES, "measure"), (groups, DIMENSIONS, "group")):
        for name in (given or "").split(",") if given else ():
            if name not in known:
                yield str(did_you_mean(f"there is no {what} {name!r}", name, known))
    if task == "measure" and not metric:
        yield "measure needs a metric in its scope"
    if task == "search_topic" and not (value(scope, "topic") or value(scope, "objection")):
        yield "search_topic needs a topic in its scope"


def _effects(domain: Domain, state: State, tasks: tuple[ProposedTask, ...], scope: Scope) -> Iterator[str]:
    """Yield where a task does not give what it is declared to give; what it gives is what the planner says it does."""
    for place in _in_order(tasks):
        task, part = tasks[place], tasks[place].narrowed(scope)
        outcome = find_plan(domain, state, [(task.task, part)], limits=_LIMITS)
        if not isinstance(outcome, Solved):
            why = getattr(outcome, "reason", "") or outcome.status
            yield f"task {place}: {task.task} ({describe(part)}) cannot be planned: {why}"
            continue
        given = {kind for kind, about in set(outcome.final.artifact) - set(state.artifact) if about == part}
        state = outcome.final
        promised = set(vocabulary(domain)[task.task].gives)
        declared = set(task.gives)
        if not declared:
            yield f"task {place}: it declares nothing that {task.task} gives ({', '.join(sorted(promised))})"
        wrong = sorted(declared - (given & promised))
        if wrong:
            yield f"task {place}: {task.task} does not give {', '.join(wrong)}; it gives {', '.join(sorted(promised))}"


def _in_order(tasks: tuple[ProposedTask, ...]) -> Iterator[int]:
    """Yield the positions so that each comes after those that it must come after."""
    left = list(range(len(tasks)))
    while left:
        place = next(place for place in left if not set(tasks[place].after) & set(left))
        left.remove(place)
        yield place


def _trial(domain: Domain, state: State, scope: Scope) -> Verdict:
    """Plan the question with the proposal, and nothing in its stead."""
    no_other = Constraints(exclude=((_TASK, "without_proposal"), (_TASK, "without_proposal_or_measure")))
    outcome = find_plan(domain, state, [(_TASK, scope)], limits=_LIMITS, constraints=no_other)
    if not isinstance(outcome, Solved):
        why = getattr(outcome, "reason", "") or outcome.status
        return Verdict((f"no plan can be made of it: {why}",))
    plan = outcome.plan
    deepest = max((sum(1 for _ in plan.tree.ancestors(step.id)) for step in plan.steps), default=0)
    if len(plan.steps) > MOST_STEPS:
        return Verdict((f"its plan has {len(plan.steps)} steps, and may have {MOST_STEPS}",))
    if deepest > MOST_DEPTH:
        return Verdict((f"its plan is {deepest} tasks deep, and may be {MOST_DEPTH}",))
    verdict = check_plan(domain, plan)
    if verdict.problems:
        return Verdict((f"its plan does not hold: {verdict}",))
    waiting = sum(domain.operators[step.task].approval for step in plan.steps if step.task in domain.operators)
    asked = f", {waiting} of which wait{'s' if waiting == 1 else ''} for approval as ever" if waiting else ""
    return Verdict(
        (),
        (
            "every task is one that there is, with a scope within the question's",
            "each gives what it was declared to give, by the planner's own effects",
            f"a plan of {len(plan.steps)} steps{asked}, {deepest} deep, was made of it and found sound",
        ),
    )
