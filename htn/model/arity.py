"""Whether a domain has a meaning for a task: its name, and how many arguments it takes."""

from __future__ import annotations

from typing import Any

from htn.model.domain import Domain
from htn.model.goals import MultiGoal
from htn.model.suggest import did_you_mean

__all__ = ["arity_of", "arity_problem", "task_problem"]


def task_problem(domain: Domain, task: Any) -> str | None:
    """Return what is wrong with a task for a domain, as the end of a sentence; None when nothing is.

    Examples
    --------
    >>> task_problem(Domain("d"), ("walk", 1))
    "the unknown task 'walk'; there are none"
    """
    if isinstance(task, MultiGoal):
        return None if domain.multigoal_methods else "a multigoal, for which the domain has no method"
    if not isinstance(task, tuple) or not task or not isinstance(task[0], str):
        return f"{task!r}, which is no task: write a tuple of a name and arguments"
    known = domain.task_names()
    if task[0] not in known:
        return str(did_you_mean(f"the unknown task {task[0]!r}", task[0], known))
    return arity_problem(domain, task[0], len(task) - 1)


def arity_of(domain: Domain, task: str) -> list[tuple[int, int | None]]:
    """Return fewest and most arguments of each function behind a task name."""
    if task in domain.operators:
        return [domain.operators[task].arity]
    return [method.arity for method in (domain.methods.get(task) or domain.goal_methods.get(task) or [])]


def arity_problem(domain: Domain, task: str, given: int) -> str | None:
    """Return what is wrong with a number of arguments, as the end of a sentence; None when some function takes them."""
    arities = arity_of(domain, task)
    if not arities or any(least <= given and (most is None or given <= most) for least, most in arities):
        return None
    wanted = " or ".join(
        dict.fromkeys(
            str(least) if least == most else f"{least} to {most}" if most is not None else f"{least} or more"
            for least, most in arities
        )
    )
    return f"{task!r} with {given} arguments, which takes {wanted}"
