"""Carry a plan out step by step, planning again where what was observed asks for it.

This shows the loop in a few lines. Runs that are to survive the process are `htn.execution`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from htn.model import Domain, State
from htn.model.record import Record
from htn.plan import Plan, Step
from htn.planning import Solved, find_plan
from htn.planning.monitor import monitor
from htn.planning.replan import Changes, Repaired, replan

__all__ = ["Stage", "follow"]

Facts = Iterable[tuple[str, Any, Any]]


class Stage(Record):
    """What happened: a plan was made, a step was carried out, or the plan was changed.

    Attributes
    ----------
    plan : Plan
        The plan in force.
    done : Step or None
        The step that was carried out, if it was one.
    reason : str
        Why the plan was changed, if it was.
    changes : Changes or None
        What became of each step.
    """

    plan: Plan
    done: Step | None = None
    reason: str = ""
    changes: Changes | None = None


def follow(domain: Domain, state: State, tasks: Any, act: Callable[[Step], Facts]) -> Iterator[Stage]:
    """Plan, and carry out the plan, whatever it becomes.

    Parameters
    ----------
    domain : Domain
        What can be done.
    state : State
        The facts at the start.
    tasks : list
        What is to be done.
    act : callable
        Carries a step out and returns what was observed besides what was predicted, as (fluent, arguments, value).

    Yields
    ------
    Stage
        One for the first plan, one for each step, one for each change.

    Raises
    ------
    ValueError
        When there is no plan, at the start or later.
    """
    outcome = find_plan(domain, state, tasks)
    if not isinstance(outcome, Solved):
        raise ValueError(f"no plan: {outcome}")
    plan, now, done = outcome.plan, state.copy(), list[str]()
    yield Stage(plan)
    while pending := [step for step in plan.steps if step.id not in done]:
        found = monitor(domain, plan, now, done=done)
        if not found:
            # An open task whose facts are known now is no longer what it was planned as: that is a break, too.
            repaired = replan(domain, plan, None, now, done=done)
            if not isinstance(repaired, Repaired):
                raise ValueError(f"no plan any more: {repaired}")
            plan = repaired.plan
            yield Stage(plan, None, found.reason, repaired.changes)
            continue
        step = pending[0]
        if step.deferred:
            raise ValueError(f"{step.description}: nothing brought that about")
        domain.operators[step.task].function(now, *step.args)
        for fluent, key, value in act(step):
            getattr(now, fluent)[key] = value
        done.append(step.id)
        yield Stage(plan, step)
