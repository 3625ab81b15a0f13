"""Whose fault it is: exceptions and unusable results of a domain's functions, as sentences that name the place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from htn.model.domain import Domain, Method
from htn.model.errors import DomainError, HtnError
from htn.model.goals import MultiGoal
from htn.model.refusal import Refusal
from htn.model.state import State
from htn.model.suggest import did_you_mean, nearest

if TYPE_CHECKING:
    from htn.planning.agenda import Cell
    from htn.planning.search import Failure
    from htn.planning.table import Table

__all__ = ["blame", "check_operator_result", "check_subtasks", "show_task", "unknown_task"]


def show_task(task: Any) -> str:
    """Return a task as people write it.

    Examples
    --------
    >>> show_task(("walk", "me", "home"))
    "walk('me', 'home')"
    """
    if isinstance(task, MultiGoal) or not isinstance(task, tuple) or not task:
        return repr(task)
    return f"{task[0]}({', '.join(map(repr, task[1:]))})"


def _who(task: Any, method: Method | None, domain: Domain) -> str:
    if method is not None:
        return f"method {method.name!r} of {show_task(task)}"
    return f"the {'operator' if task[0] in domain.operators else 'deferral'} of {show_task(task)}"


def blame(error: Exception, task: Any, method: Method | None, state: State, domain: Domain) -> DomainError:
    """Return the domain error for an exception raised by one of the domain's functions."""
    if isinstance(error, DomainError):
        return error
    if method is None and task[0] in domain.goal_methods and len(task) != 3:
        return DomainError(f"the goal {show_task(task)} takes 2 arguments, the task gives {len(task) - 1}")
    who = _who(task, method, domain)
    operator = domain.operators.get(task[0]) if isinstance(task, tuple) else None
    arity = method.arity if method else operator.arity if operator else None
    given = len(task) - 1
    if isinstance(error, TypeError) and arity and (given < arity[0] or (arity[1] is not None and given > arity[1])):
        most = "any number" if arity[1] is None else arity[1]
        wanted = str(arity[0]) if arity[0] == arity[1] else f"{arity[0]} to {most}"
        return DomainError(f"{who} takes {wanted} arguments, the task gives {given}")
    if isinstance(error, AttributeError) and error.obj is state:
        close = nearest(str(error.name), state.fluents())
        hint = f"; did you mean {' or '.join(map(repr, close))}?" if close else ""
        return DomainError(f"{who} reads the fluent {error.name!r}, which the state does not have{hint}{_place(error)}")
    if isinstance(error, HtnError):
        return DomainError(f"{who}: {error}{_place(error)}")
    return DomainError(f"{who} raised {type(error).__name__}: {error}{_place(error)}")


def _place(error: Exception) -> str:
    """Return where in the domain's own source the error arose."""
    import traceback
    from pathlib import Path

    ours = Path(__file__).parents[1]
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if ours not in Path(frame.filename).parents]
    return f" ({Path(theirs[-1].filename).name}:{theirs[-1].lineno})" if theirs else ""


def check_operator_result(task: Any, result: Any) -> Failure:
    """Return the failure that an operator's result means.

    Raises
    ------
    DomainError
        When the result is neither the state nor a refusal.
    """
    from htn.planning.search import Failure

    if result is None or result is False:
        return Failure(task, "")
    if isinstance(result, Refusal):
        return Failure(task, result.reason)
    what = "another state" if isinstance(result, State) else f"a {type(result).__name__}"
    raise DomainError(
        f"the operator of {show_task(task)} returned {what}: return the state it was given, or refuse with False, "
        "None or refuse('why')"
    )


def check_subtasks(task: Any, method: Method, result: Any) -> DomainError:
    """Return the error for a method's result that is neither subtasks nor a refusal."""
    return DomainError(
        f"method {method.name!r} of {show_task(task)} returned a {type(result).__name__}: return a list of tasks or a "
        "TaskNetwork, yield them, or refuse with False, None or refuse('why')"
    )


def unknown_task(table: Table, task: Any, cell: Cell, path: list[Any]) -> DomainError:
    """Return the error for a task that the domain has no meaning for."""
    if cell[2] < 0:
        source = "the task list"
    else:
        parent = path[cell[2]]
        source = f"method {parent[1].name!r} of {show_task(parent[0][0])}"
    if not isinstance(task, tuple) or not task or not isinstance(task[0], str):
        return DomainError(f"{source} holds {task!r}, which is no task: write a tuple of a name and arguments")
    return did_you_mean(f"{source} holds the unknown task {task[0]!r}", task[0], table.domain.task_names())
