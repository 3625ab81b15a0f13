"""The Pareto front: plans of which none is at least as good as another in everything and better in something."""

from __future__ import annotations

from typing import Generic, TypeVar

from htn.planning.choice.price import Point

__all__ = ["Front", "covers"]

T = TypeVar("T")


def covers(one: Point, other: Point) -> bool:
    """Whether one point is at least as good as another in everything.

    Examples
    --------
    >>> covers((1, 2, 0, 0), (1, 3, 0, 0)), covers((1, 2, 0, 0), (0, 3, 0, 0))
    (True, False)
    """
    return one[0] <= other[0] and one[1] <= other[1] and one[2] <= other[2] and one[3] <= other[3]


class Front(Generic[T]):
    """Points that no other covers, each with what it stands for; of equal points the first that came.

    Examples
    --------
    >>> front: Front[str] = Front()
    >>> front.add((2, 2, 0, 0), "a"), front.add((1, 3, 0, 0), "b"), front.add((2, 3, 0, 0), "c")
    (True, True, False)
    >>> front.add((2, 1, 0, 0), "d"), [name for _, name in front.members]
    (True, ['b', 'd'])
    """

    def __init__(self) -> None:
        self.members: list[tuple[Point, T]] = []

    def covered(self, point: Point) -> bool:
        """Whether some member covers the point."""
        return any(covers(member, point) for member, _ in self.members)

    def add(self, point: Point, item: T) -> bool:
        """Add a point unless one covers it, and drop those that it covers; return whether it was added."""
        if self.covered(point):
            return False
        self.members = [member for member in self.members if not covers(point, member[0])]
        self.members.append((point, item))
        return True
