"""Settings that Pyhop-style programs keep in module variables: here one value per context, so that threads do not mix.

A thread or task sees what it set itself; where it has set nothing, it sees what the main thread set last.
"""

from __future__ import annotations

import threading
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

__all__ = [
    "VERBOSE",
    "VERIFY_GOALS",
    "Setting",
    "get_recursive_planning",
    "get_verbose_level",
    "get_verify_goals",
    "reset_planning_strategy",
    "set_recursive_planning",
    "set_verbose_level",
    "set_verify_goals",
]

T = TypeVar("T")
_UNSET: Any = object()


class Setting(Generic[T]):
    """One setting.

    Parameters
    ----------
    name : str
        Its name.
    default : object
        Its value until it is set.

    Examples
    --------
    >>> verbose = Setting("verbose", 1)
    >>> verbose.set(0)
    1
    >>> verbose.get()
    0
    """

    def __init__(self, name: str, default: T) -> None:
        self._here: ContextVar[T] = ContextVar(name, default=_UNSET)
        self._main = default

    def get(self) -> T:
        """Return the value that holds here."""
        value = self._here.get()
        return self._main if value is _UNSET else value

    def set(self, value: T) -> T:
        """Set the value for this context, and return what it was."""
        previous = self.get()
        self._here.set(value)
        if threading.current_thread() is threading.main_thread():
            self._main = value
        return previous


_STRATEGIES = ("recursive_dfs", "iterative_greedy", "iterative_irrevocable_commitment", "iterative_dfs_backtracking")
_STRATEGY: Setting[str | None] = Setting("strategy", "iterative_dfs_backtracking")
VERBOSE: Setting[int] = Setting("verbose", 1)
VERIFY_GOALS: Setting[bool] = Setting("verify_goals", True)


def set_verbose_level(level: int) -> None:
    """Set how much is printed: 0 nothing, 1 the problem and the plan, 2 also what the search took, 3 also the tree."""
    if not 0 <= level <= 3:
        raise ValueError(f"the verbose level must be from 0 to 3, got {level!r}")
    VERBOSE.set(level)


def get_verbose_level() -> int:
    """Return how much is printed."""
    return VERBOSE.get()


def set_verify_goals(value: bool) -> bool:
    """Set whether a goal must hold once its method is done, and return what was set before."""
    return VERIFY_GOALS.set(bool(value))


def get_verify_goals() -> bool:
    """Return whether a goal must hold once its method is done."""
    return VERIFY_GOALS.get()


def set_recursive_planning(strategy: bool | str, verbose_output: bool = False) -> None:
    """Accept a strategy's name and remember it; the search is the same for all of them."""
    name = {True: "recursive_dfs", False: "iterative_greedy"}.get(strategy) if isinstance(strategy, bool) else strategy
    if name not in _STRATEGIES:
        raise ValueError(f"{strategy!r} is no strategy: use one of {', '.join(_STRATEGIES)}")
    _STRATEGY.set(name)
    if verbose_output:
        print(f"{name} was asked for; plans are found by iterative depth-first search with backtracking.")


def get_recursive_planning() -> bool:
    """Return whether recursive planning was asked for."""
    return _STRATEGY.get() == "recursive_dfs"


def reset_planning_strategy() -> None:
    """Forget the strategy that was asked for."""
    _STRATEGY.set(None)
