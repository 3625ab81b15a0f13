"""The schedule: which search works when, and for how long.

Searches that fail in different places are worth more together than the best of them alone: each gets a slice of time,
those that are most often fast first. What a search has done is kept; its next slice goes on from there.

References
----------
Gomes, C. P. and Selman, B. (2001). Algorithm portfolios. Artificial Intelligence 126.
Helmert, M., Röger, G. and Karpas, E. (2011). Fast Downward Stone Soup: a baseline for building planner portfolios.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from htn.portfolio.members import Candidate, Progress

__all__ = ["Slice", "Turns"]


class Slice(NamedTuple):
    """A turn of one member.

    Attributes
    ----------
    member : str
        Whose turn.
    seconds : float
        How much processor time it has, so that a busy machine does not cut it short.
    """

    member: str
    seconds: float


class Turns:
    """Searches that take turns.

    Parameters
    ----------
    members : mapping
        What begins each search.
    slices : sequence of Slice
        The first turns. After the last all whose search has not ended have them again, each for twice as long.

    Attributes
    ----------
    seconds : dict
        How much processor time each member has taken.
    ended : dict
        How the searches ended that did.
    """

    def __init__(self, members: Mapping[str, Callable[[], Progress]], slices: Sequence[Slice]) -> None:
        self.seconds: dict[str, float] = {}
        self.ended: dict[str, str] = {}
        self._members = members
        self._slices = [each for each in slices if each.member in members]
        self._running: dict[str, Progress] = {}

    def run(self) -> Progress:
        """Search; the value is ``"exhausted"`` as soon as a member says so, ``"gave up"`` when all have ended.

        Yields
        ------
        Candidate or None
            A plan, or nothing yet.
        """
        factor = 1.0
        while any(each.member not in self.ended for each in self._slices):
            for name, seconds in self._slices:
                if name not in self.ended:
                    yield from self._turn(name, seconds * factor)
                    if self.ended.get(name) == "exhausted":
                        return "exhausted"
            factor *= 2
        return "gave up"

    def _turn(self, name: str, seconds: float) -> Progress:
        # What a search does before its first pause is preparation, for which its turn is not cut short.
        charged = name in self._running
        if not charged:
            self._running[name] = self._members[name]()
        search = self._running[name]
        left = seconds
        while left > 0:
            begun = time.thread_time()
            candidate: Candidate | None = None
            try:
                candidate = next(search)
            except StopIteration as stop:
                self.ended[name] = stop.value
                del self._running[name]
            spent = time.thread_time() - begun
            left -= spent if charged else 0.0
            charged = True
            self.seconds[name] = self.seconds.get(name, 0.0) + spent
            if name in self.ended:
                break
            yield candidate
        return ""
