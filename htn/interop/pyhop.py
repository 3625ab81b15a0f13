"""Pyhop's functions on this engine: change ``import pyhop`` to ``from htn.interop import pyhop``, and a domain runs.

As in Pyhop there is one set of operators and methods for the program; declare them before starting threads. What is
different, on purpose: a task that is neither an operator nor has methods is an error that names it, not a dead end;
and there is no limit on the length of plans.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from htn.interop import planning, printing
from htn.interop.domain import Declarations
from htn.interop.goals import Multigoal as Goal
from htn.interop.state import State
from htn.planning import Limits, Outcome

__all__ = [
    "Goal",
    "State",
    "declare_methods",
    "declare_operators",
    "find_if",
    "find_outcome",
    "forall",
    "get_methods",
    "get_operators",
    "methods",
    "operators",
    "print_goal",
    "print_methods",
    "print_operators",
    "print_state",
    "pyhop",
]

Function = Callable[..., Any]

_declared = Declarations("pyhop")
operators: dict[str, Function] = _declared._action_dict
methods: dict[str, list[Function]] = _declared._task_method_dict


def declare_operators(*op_list: Function) -> dict[str, Function]:
    """Declare operators: ``operator(state, *args)`` returns the changed state, or False.

    Examples
    --------
    >>> def walk(state, who, to):
    ...     state.loc[who] = to
    ...     return state
    >>> _ = declare_operators(walk)
    >>> state = State("start")
    >>> state.loc = {"me": "home"}
    >>> pyhop(state, [("walk", "me", "park")])
    [('walk', 'me', 'park')]
    """
    operators.update({operator.__name__: operator for operator in op_list})
    return operators


def declare_methods(task_name: str, *method_list: Function) -> list[Function]:
    """Declare the methods of a task, in place of earlier ones: ``method(state, *args)`` returns tasks, or False."""
    methods[task_name] = list(method_list)
    return methods[task_name]


def get_operators() -> dict[str, Function]:
    """Return the operators by name."""
    return operators


def get_methods() -> dict[str, list[Function]]:
    """Return the methods by task."""
    return methods


def find_outcome(state: State, tasks: Sequence[Any], *, limits: Limits | None = None) -> Outcome:
    """Return the outcome of planning: with a plan also the decomposition tree, without one the reason."""
    return planning.search(_declared.native(), state, tasks, limits=limits)


def pyhop(state: State, tasks: Sequence[Any], verbose: int = 0) -> list[Any] | Literal[False]:
    """Return a plan as a list of tuples, or False when there is none.

    Raises
    ------
    SearchLimitError
        When the search filled the memory it may use.
    Exception
        What a function of the domain raised; a `DomainError` for other defects of the domain.
    """
    if verbose > 0:
        print(f"** pyhop, verbose={verbose}: **\n   state = {state.__name__}\n   tasks = {list(tasks)}")
    outcome = find_outcome(state, tasks)
    plan = planning.actions(outcome)
    result: list[Any] | Literal[False] = False if plan is None else plan
    if verbose > 0:
        print(f"** result = {result}\n")
    if verbose > 1:
        print(f"   {outcome.statistics}")
    return result


def forall(seq: Iterable[Any], cond: Callable[[Any], Any]) -> bool:
    """Return whether a condition holds for all elements.

    Examples
    --------
    >>> forall([2, 4], lambda n: n % 2 == 0)
    True
    """
    return all(cond(item) for item in seq)


def find_if(cond: Callable[[Any], Any], seq: Iterable[Any]) -> Any:
    """Return the first element for which a condition holds, or None.

    Examples
    --------
    >>> find_if(lambda n: n > 2, [1, 2, 3, 4])
    3
    """
    return next((item for item in seq if cond(item)), None)


def print_state(state: State | bool, indent: int = 4) -> None:
    """Print a state's variables, each indented."""
    _print_variables(state, indent)


def print_goal(goal: Goal | bool, indent: int = 4) -> None:
    """Print a goal's variables, each indented."""
    _print_variables(goal, indent)


def _print_variables(thing: State | Goal | bool, indent: int) -> None:
    if isinstance(thing, bool):
        print(thing)
        return
    for name in thing.state_vars():
        print(f"{' ' * indent}{thing.__name__}.{name} = {copy.copy(getattr(thing, name))}")


def print_operators(olist: dict[str, Function] | None = None) -> None:
    """Print the names of operators; of all declared ones unless told."""
    printing.print_names("Operators", "operators", operators if olist is None else olist)


def print_methods(mlist: dict[str, list[Function]] | None = None) -> None:
    """Print the methods by task; of all declared ones unless told."""
    printing.print_table("Task", methods if mlist is None else mlist)
