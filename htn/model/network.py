"""Task networks: tasks with ordering constraints, nested as deep as one likes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from htn.model.errors import DomainError

__all__ = ["Task", "TaskNetwork", "tasks_in"]

Task = tuple[Any, ...]
"""A name and arguments. Goals are tasks whose name is a fluent's; a `MultiGoal` is a task too."""


class TaskNetwork:
    """Tasks (or networks) and which of them must be finished before which.

    Parameters
    ----------
    items : iterable
        Tasks as tuples, or nested networks.
    before : iterable of (int, int)
        Pairs of positions: the first item is finished before the second begins.
    **bindings : object
        What the method bound to choose these tasks, for explanations.

    Raises
    ------
    DomainError
        When a position does not exist or the constraints form a cycle.

    Examples
    --------
    >>> TaskNetwork.unordered([("wash", "car"), ("mow", "lawn")])
    TaskNetwork([('wash', 'car'), ('mow', 'lawn')], before=[])
    >>> TaskNetwork.ordered([("wash", "car"), ("dry", "car")]).before
    ((0, 1),)
    """

    __slots__ = ("before", "bindings", "items")

    def __init__(self, items: Iterable[Any], before: Iterable[tuple[int, int]] = (), **bindings: Any) -> None:
        self.items = tuple(items)
        self.before = tuple(before)
        self.bindings = bindings
        self._check()

    @classmethod
    def ordered(cls, items: Iterable[Any], **bindings: Any) -> TaskNetwork:
        """Return the network whose items follow one another."""
        items = tuple(items)
        return cls(items, ((position, position + 1) for position in range(len(items) - 1)), **bindings)

    @classmethod
    def unordered(cls, items: Iterable[Any], **bindings: Any) -> TaskNetwork:
        """Return the network whose items may be carried out in any order, also interleaved."""
        return cls(items, (), **bindings)

    @property
    def is_sequence(self) -> bool:
        """Whether the constraints are exactly those of a sequence."""
        return set(self.before) >= {(position, position + 1) for position in range(len(self.items) - 1)}

    def predecessors(self) -> list[frozenset[int]]:
        """Return for each item the positions that must be finished before it."""
        found: list[set[int]] = [set() for _ in self.items]
        for first, second in self.before:
            found[second].add(first)
        return [frozenset(positions) for positions in found]

    def _check(self) -> None:
        size = len(self.items)
        for first, second in self.before:
            if not (0 <= first < size and 0 <= second < size):
                raise DomainError(
                    f"the ordering constraint ({first}, {second}) names an item that a network of {size} does not have"
                )
        waiting = [len(positions) for positions in self.predecessors()]
        ready = [position for position, count in enumerate(waiting) if count == 0]
        after: list[list[int]] = [[] for _ in self.items]
        for first, second in set(self.before):
            after[first].append(second)
        seen = 0
        while ready:
            seen += 1
            for later in after[ready.pop()]:
                waiting[later] -= 1
                if waiting[later] == 0:
                    ready.append(later)
        if seen != size:
            raise DomainError(f"the ordering constraints {list(self.before)} form a cycle")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TaskNetwork):
            return NotImplemented
        return self.items == other.items and set(self.before) == set(other.before)

    def __hash__(self) -> int:
        return hash((self.items, frozenset(self.before)))

    def __repr__(self) -> str:
        return f"TaskNetwork({list(self.items)}, before={list(self.before)})"


def tasks_in(items: Any) -> list[Any]:
    """Return the tasks of a list or network, and of the networks inside it, in the order written.

    Examples
    --------
    >>> tasks_in([("a",), TaskNetwork.unordered([("b",), ("c",)])])
    [('a',), ('b',), ('c',)]
    """
    found: list[Any] = []
    for item in items.items if isinstance(items, TaskNetwork) else items:
        if isinstance(item, TaskNetwork):
            found.extend(tasks_in(item))
        else:
            found.append(item)
    return found
