"""What the improvement of plans asks of a representation: states as numbers, and what tasks do in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from htn.model.errors import HtnError

__all__ = ["NOT_APPLICABLE", "Option", "Reached", "Space", "UnsuitableError", "decisions"]

NOT_APPLICABLE = -1


class UnsuitableError(HtnError):
    """The problem has something that the improvement of plans does not deal with; its plans stay as they are."""


class Option(NamedTuple):
    """One way to decompose a task in some state.

    Attributes
    ----------
    method : object
        What the representation calls the method.
    subtasks : tuple
        The tasks that take the task's place, in order.
    """

    method: Any
    subtasks: tuple[Any, ...]


class Reached(Protocol):
    """Where a search has come to."""

    @property
    def before(self) -> Reached | None:
        """Where it came from."""

    @property
    def option(self) -> Option | None:
        """How the first task there was decomposed."""


def decisions(reached: Reached) -> list[Option]:
    """Return the decompositions that led somewhere, in order."""
    found: list[Option] = []
    node: Reached | None = reached
    while node is not None and node.option is not None:
        found.append(node.option)
        node = node.before
    found.reverse()
    return found


class Space(Protocol):
    """States and tasks of a problem whose tasks are done in the order written.

    A state is a number with a bit for every fact, so that equal states are equal numbers; a task is any hashable value.

    Attributes
    ----------
    initial : int
        The state at the start.
    tasks : sequence
        What is to be done.
    """

    initial: int
    tasks: tuple[Any, ...]

    @property
    def complete(self) -> bool:
        """Whether the problem allows no other orders, as far as is known."""

    def cost(self, task: Any) -> int | None:
        """Return what a primitive task costs; None for a compound one."""

    def least(self, task: Any) -> int:
        """Return a lower bound on the cost of every way to do a task; 0 when nothing is known."""

    def apply(self, state: int, task: Any) -> int:
        """Return the state after a primitive task, or `NOT_APPLICABLE`."""

    def options(self, state: int, task: Any) -> Sequence[Option]:
        """Return the ways to decompose a compound task, in the order of the domain.

        Raises
        ------
        UnsuitableError
            When one of them is more than a sequence of tasks.
        """

    def allows(self, state: int, task: Any, option: Option) -> bool:
        """Whether an option that applied to the task in some state applies in this one."""
