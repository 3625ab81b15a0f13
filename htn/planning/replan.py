"""Planning again from a failed node: the failure becomes facts, and the decomposer is called again.

There is no other way in which a plan changes. The facts may be enough for another method to apply; where the same step
comes back all the same, the methods above it are ruled out for their tasks, the nearest first, until one choice leads
around it or none is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from htn.model.domain import Domain
from htn.model.goals import MultiGoal
from htn.model.network import TaskNetwork
from htn.model.state import State
from htn.plan.plan import Plan
from htn.plan.tree import Node
from htn.planning.decompose import find_plan
from htn.planning.limits import Limits
from htn.planning.outcome import LimitReached, Outcome, Solved, Unsolvable
from htn.planning.table import Constraints

__all__ = ["replan", "task_list"]


def task_list(plan: Plan) -> Any:
    """Return the task list that a plan is for, as the decomposer takes it."""
    tasks = [_task(plan.tree[root]) for root in plan.tree.roots]
    return tasks if plan.tree.before is None else TaskNetwork(tasks, plan.tree.before)


def _task(node: Node) -> Any:
    return MultiGoal.from_facts(node.args[0]) if node.kind == "multigoal" else node.whole


def replan(
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
        `Solved` with a plan that does not hold the failed step, or why there is none.

    Raises
    ------
    InputError
        When the plan has no such step.
    """
    step = plan.step(failed)
    state = plan.initial.copy()
    for fluent, key, value in facts:
        _set(state, fluent, key, value)
    given = constraints or Constraints()
    tasks = task_list(plan)
    outcome = find_plan(domain, state, tasks, limits=limits, constraints=given)
    if step.deferred or _avoids(outcome, step.key):
        return outcome
    for above in plan.tree.ancestors(step.id):
        if above.method is None:
            continue
        narrower = Constraints((*given.exclude, (_task(above), above.method)), given.prefer)
        outcome = find_plan(domain, state, tasks, limits=limits, constraints=narrower)
        if _avoids(outcome, step.key) or isinstance(outcome, LimitReached):
            return outcome
    return Unsolvable(f"every decomposition found needs {step.task}", statistics=outcome.statistics)


def _set(state: State, fluent: str, key: Any, value: Any) -> None:
    if key == ():
        setattr(state, fluent, value)
        return
    if fluent not in state.fluents():
        setattr(state, fluent, {})
    getattr(state, fluent)[key] = value


def _avoids(outcome: Outcome, key: str) -> bool:
    return isinstance(outcome, Solved) and all(step.key != key for step in outcome.plan.steps)
