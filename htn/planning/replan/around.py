"""Planning again from a failed node: the failure becomes facts, and the decomposer is called again.

Everything is decomposed from the plan's first state with what is known now, and finished steps are recognised by their
content keys: right where a domain's actions only add results under distinct keys, as an analysis does. `replan` goes
from the observed state, which other domains need. The facts may be enough for another method to apply; where the same
step comes back all the same, the methods above it are ruled out for their tasks, one after another and the nearest task
first, until one choice leads around it; in the end the step's own task is ruled out wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from htn.model.domain import Domain
from htn.model.errors import InputError
from htn.model.state import State
from htn.plan.plan import Plan
from htn.planning.decompose import find_plan
from htn.planning.limits import Limits
from htn.planning.outcome import Outcome, Solved, Unsolvable
from htn.planning.replan.remains import task_list, task_of
from htn.planning.table import Constraints

__all__ = ["plan_around"]


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
    tasks = task_list(plan.tree)

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
            ruled_out.append((task_of(above), method))
            narrower = again(*ruled_out)
            if _settles(narrower, step.key):
                return narrower
            method = _method_above(narrower, step.key, task_of(above))
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
                    if task_of(above) == task:
                        return above.method
    return None
