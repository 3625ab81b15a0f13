"""The least that a task can cost, by its methods alone: a lower bound for every state."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from heapq import heappop, heappush
from typing import TypeVar

__all__ = ["least_costs"]

T = TypeVar("T", bound=Hashable)


def least_costs(
    costs: Mapping[T, int],
    methods: Mapping[T, Collection[Iterable[T]]],
    join: Callable[[int, int], int] = operator.add,
) -> dict[T, int]:
    """Return the least cost of every task that can be decomposed into actions at all.

    Knuth's generalisation of Dijkstra's algorithm: every method is looked at once, when the last of its subtasks is
    settled.

    Parameters
    ----------
    costs : mapping
        The cost of every primitive task, not negative.
    methods : mapping
        The subtasks of the methods of every compound task.
    join : callable
        What subtasks cost together: their sum, or ``max`` where the largest counts. It never falls below either.

    References
    ----------
    Knuth, D. E. (1977). A generalization of Dijkstra's algorithm. Information Processing Letters 6.

    Examples
    --------
    >>> least_costs({"step": 1, "ride": 5}, {"go": [["step", "go"], ["ride"], ["step", "step"]]})
    {'step': 1, 'go': 2, 'ride': 5}
    >>> least_costs({"step": 1, "ride": 5}, {"go": [["ride"], ["step", "step"]]}, max)["go"]
    1
    """
    users: dict[T, list[int]] = {}
    heads: list[T] = []
    missing: list[int] = []
    sums: list[int] = []
    waiting: list[tuple[int, int, T]] = [(cost, place, task) for place, (task, cost) in enumerate(costs.items())]
    waiting.sort(key=lambda item: item[:2])
    count = len(waiting)
    for task, listed in methods.items():
        for subtasks in listed:
            needed: Sequence[T] = tuple(subtasks)
            number = len(heads)
            heads.append(task)
            missing.append(len(needed))
            sums.append(0)
            for subtask in needed:
                users.setdefault(subtask, []).append(number)
            if not needed:
                count += 1
                heappush(waiting, (0, count, task))
    found: dict[T, int] = {}
    while waiting:
        cost, _, task = heappop(waiting)
        if task in found:
            continue
        found[task] = cost
        for number in users.get(task, ()):
            missing[number] -= 1
            sums[number] = join(sums[number], cost)
            if not missing[number] and heads[number] not in found:
                count += 1
                heappush(waiting, (sums[number], count, heads[number]))
    return found
