"""Planning with Pyhop-style domains: one call to the decomposer, and its outcome as such programs expect it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from htn.interop.domain import native_tasks
from htn.interop.state import State
from htn.model.domain import Domain
from htn.model.errors import DomainError, HtnError, InputError
from htn.planning import InvalidDomain, LimitReached, Limits, Outcome, Solved, find_plan

__all__ = ["SearchLimitError", "actions", "search"]


class SearchLimitError(HtnError):
    """The search was stopped by a limit: whether there is a plan is not known."""

    code = "limit"
    exit_code = 20


def search(
    domain: Domain, state: Any, tasks: Sequence[Any], *, limits: Limits | None = None, verify_goals: bool = True
) -> Outcome:
    """Return the outcome of planning.

    Raises
    ------
    InputError
        When the state is of another make, or the tasks are no list.
    """
    if not isinstance(state, State):
        raise InputError(
            f"find_plan was given a {type(state).__name__} as state: make it with the State of the same module"
        )
    if not isinstance(tasks, (list, tuple)):
        raise InputError(f"find_plan was given {tasks!r} as tasks: give a list of tasks, goals and multigoals")
    return find_plan(domain, state, native_tasks(tasks), limits=limits, verify_goals=verify_goals)


def actions(outcome: Outcome) -> list[Any] | None:
    """Return the plan as a list of tuples, or None when there is none.

    Raises
    ------
    SearchLimitError
        When the search was stopped.
    Exception
        What a function of the domain raised; a `DomainError` for other defects of the domain.
    """
    if isinstance(outcome, Solved):
        return outcome.actions
    if isinstance(outcome, LimitReached):
        raise SearchLimitError(f"the search was stopped at its limit on {outcome.limit}: {outcome.reason}")
    if isinstance(outcome, InvalidDomain):
        _raise(outcome)
    return None


def _raise(outcome: InvalidDomain) -> NoReturn:
    error = outcome.error or DomainError("; ".join(outcome.problems))
    cause = error.__cause__
    if isinstance(cause, Exception) and not isinstance(cause, HtnError):
        raise cause from error  # what the domain's own function raised, as its author knows it
    raise error
