"""A race: the members' turns here and in a partner process, and the improvement of the best plan that there is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from htn.portfolio.members import Candidate, Progress
from htn.portfolio.schedule import Turns

if TYPE_CHECKING:
    from htn.portfolio.partner import Partner

__all__ = ["Race"]

_WAIT = 0.05
"""Seconds to wait for the partner at a time, once there is nothing left to do here."""


class Race:
    """Searches, and what improves their plans.

    Parameters
    ----------
    turns : Turns
        The members that work here.
    partner : Partner or None
        Those that work in another process.

    Attributes
    ----------
    seconds : float
        How long plans were improved.
    """

    def __init__(self, turns: Turns, partner: Partner | None) -> None:
        self.turns = turns
        self.seconds = 0.0
        self._partner = partner
        self._improving: Progress | None = None

    def improve(self, candidate: Candidate) -> None:
        """From now on, spend half of the time on improving this plan."""
        if candidate.improve is not None:
            self._improving = candidate.improve()

    def run(self) -> Progress:
        """Search; the value is ``"exhausted"`` when something was exhausted, ``"gave up"`` when nothing is left to do.

        Yields
        ------
        Candidate or None
            A plan, or nothing yet.
        """
        searching: Progress | None = self.turns.run()
        searched = 0.0
        while True:
            begun = time.perf_counter()
            candidate: Candidate | None = None
            improving = self._improving if searching is None or self.seconds <= searched else None
            going = improving or searching
            if going is not None:
                try:
                    candidate = next(going)
                except StopIteration as stop:
                    if stop.value == "exhausted":
                        return "exhausted"
                    if going is searching:
                        searching = None
                    else:
                        self._improving = None
                if going is not searching:
                    self.seconds += time.perf_counter() - begun
                elif self._improving is not None:
                    searched += time.perf_counter() - begun
            elif self._partner is not None and self._partner.ended is None:
                self._partner.wait(_WAIT)
            else:
                return "gave up"
            yield candidate
            if self._partner is not None:
                candidate = self._partner.poll()
                if self._partner.ended == "exhausted":
                    return "exhausted"
                if candidate is not None:
                    yield candidate
