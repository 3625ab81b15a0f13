"""Planning again from a failed node: the failure becomes facts, and the decomposer is called again.

There is no other way in which a plan changes. The facts may be enough for another method to apply; where the same step
comes back all the same, the methods above it are ruled out for their tasks, one after another and the nearest task
first, until one choice leads around it; in the end the step's own task is ruled out wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from htn.model.domain import Domain
from htn.model.errors import InputError
from htn.model.goals import MultiGoal
from htn.model.network import TaskNetwork
from htn.model.state import State
from htn.plan.plan import Plan
from htn.plan.tree import Node
from htn.planning.decompose import find_plan
from htn.planning.limits import Limits
from htn.planning.outcome import Outcome, Solved, Unsolvable
from htn.planning.table import Constraints

__all__ = ["plan_around", "task_list"]


def task_list(plan: Plan) -> Any:
    """Return the task list that a plan is for, as the decomposer takes it."""
    tasks = [_task(plan.tree[root]) for root in plan.tree.roots]
    return tasks if plan.tree.before is None else TaskNetwork(tasks, plan.tree.before)


def _task(node: Node) -> Any:
    return MultiGoal.from_facts(node.args[0]) if node.kind == "multigoal" else node.whole


def plan_around(
    domain: Domain,
    plan: Plan,
    failed: str,
    facts: Iterable[tuple[str, Any, Any]] = (),
    *,
    constraints: Constraints | None = None,
    limits: Limits | None = None,
) -> Outcome:
    """Decompose a plan's tasks again after a step has failed.

    The finished steps are history: their content keys are the same in the new plan, so that whoever carries it out
    recognises their results and does not repeat them.

    Parameters
    ----------
    domain : Domain
        The plan's domain.
    plan : Plan
        The plan in force, possibly read from JSON.
    failed : str
        Id of the step that failed, or of a deferred step whose facts are known now.
    facts : iterable of (str, object, object)
        What is known now that was not known before, as (fluent, arguments, value).
    constraints : Constraints, optional
        What is ruled out or preferred already.
    limits : Limits, optional
        For each call of the decomposer.

    Returns
    -------
    Outcome
        `Solved` with a plan that does not hold the failed step, or why there is none; a limit or a mistake in the
        domain is never taken for `Unsolvable`.

    Raises
    ------
    InputError
        When the plan has no such step, or a fact gives arguments to a single value.
    """
    step = plan.step(failed)
    state = plan.initial.copy()
    for fluent, key, value in facts:
        _set(state, fluent, key, value)
    given = constraints or Constraints()
    tasks = task_list(plan)

    def again(*exclude: tuple[Any, str | None]) -> Outcome:
        narrower = Constraints((*given.exclude, *exclude), given.prefer)
        return find_plan(domain, state, tasks, limits=limits, constraints=narrower)

    outcome = again()
    if step.deferred or not _needs(outcome, step.key):
        return outcome
    for above in plan.tree.ancestors(step.id):
        ruled_out: list[tuple[Any, str | None]] = []
        method = above.method
        while method is not None:
            ruled_out.append((_task(above), method))
            narrower = again(*ruled_out)
            if _settles(narrower, step.key):
                return narrower
            method = _method_above(narrower, step.key, _task(above))
    without = again(((step.task, *step.args), None))
    if isinstance(without, Unsolvable):
        return Unsolvable(f"every decomposition needs {step.task}", statistics=without.statistics)
    return without


def _set(state: State, fluent: str, key: Any, value: Any) -> None:
    if key == ():
        setattr(state, fluent, value)
        return
    if fluent not in vars(state):
        setattr(state, fluent, {})
    items = getattr(state, fluent)
    if not isinstance(items, dict):
        raise InputError(f"state.{fluent} is a single value, it has no {key!r}: give () as the arguments of the fact")
    items[key] = value


def _settles(outcome: Outcome, key: str) -> bool:
    """Return whether to rule out no more: there is a plan without the step, a limit or a mistake in the domain."""
    return not isinstance(outcome, Unsolvable) and not _needs(outcome, key)


def _needs(outcome: Outcome, key: str) -> bool:
    return isinstance(outcome, Solved) and any(step.key == key for step in outcome.plan.steps)


def _method_above(outcome: Outcome, key: str, task: Any) -> str | None:
    """Return the method by which a task leads to the step in a plan, if it does."""
    if isinstance(outcome, Solved):
        for step in outcome.plan.steps:
            if step.key == key:
                for above in outcome.plan.tree.ancestors(step.id):
                    if _task(above) == task:
                        return above.method
    return None
