"""Places that runs share evenly: a free one goes to the run that holds fewest, and among those waits longest."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

__all__ = ["FairPlaces", "Ticket"]


@dataclass(slots=True, eq=False)
class Ticket:
    """One who wants a place: for which run, whether it is held, and whether it is kept for work given up on."""

    run: Hashable
    number: int
    held: bool = False
    late: bool = False


class FairPlaces:
    """A number of places, asked for by runs and given back; bookkeeping without time or threads.

    This is max-min fairness (Bertsekas and Gallager, *Data Networks*, 1992, section 6.5.2) one place at a time. Among
    runs that hold equally many, the one that was last served longest ago is next, and within a run the first who asked:
    nobody waits for ever, however many steps another run has.

    Parameters
    ----------
    size : int
        How many places there are.

    Examples
    --------
    >>> places = FairPlaces(2)
    >>> first, second, third, other = (places.ask(run) for run in ("r1", "r1", "r1", "r2"))
    >>> [first.held, second.held, third.held, other.held]
    [True, True, False, False]
    >>> [ticket is other for ticket in places.leave(first)]
    [True]
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._number = 0
        self._waiting: dict[Hashable, list[Ticket]] = {}
        self._held: dict[Hashable, int] = {}
        self._served: dict[Hashable, int] = {}
        self._in_use = 0
        self._late = 0

    @property
    def in_use(self) -> int:
        """How many places are held."""
        return self._in_use

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._waiting.values()))

    @property
    def stuck(self) -> bool:
        """Whether every place is kept by work that was given up on and has not ended."""
        return self._late >= self.size

    def held(self, run: Hashable) -> int:
        """Return how many places a run holds."""
        return self._held.get(run, 0)

    def ask(self, run: Hashable) -> Ticket:
        """Ask for a place; the ticket says whether it is held already."""
        self._number += 1
        ticket = Ticket(run, self._number)
        self._waiting.setdefault(run, []).append(ticket)
        self._grant()
        return ticket

    def leave(self, ticket: Ticket) -> list[Ticket]:
        """Give a place back, or wait no longer; return the tickets that got a place by that."""
        if ticket.held:
            ticket.held = False
            self._in_use -= 1
            self._late -= ticket.late
            self._held[ticket.run] -= 1
            if not self._held[ticket.run]:
                del self._held[ticket.run]
        elif ticket in self._waiting.get(ticket.run, ()):
            self._waiting[ticket.run].remove(ticket)
        if not self._waiting.get(ticket.run):
            self._waiting.pop(ticket.run, None)
        return self._grant()

    def mark_late(self, ticket: Ticket) -> None:
        """Note that what holds a place was given up on."""
        if ticket.held and not ticket.late:
            ticket.late = True
            self._late += 1

    def _grant(self) -> list[Ticket]:
        granted = []
        while self._in_use < self.size and self._waiting:
            run = min(
                self._waiting,
                key=lambda run: (self.held(run), self._served.get(run, 0), self._waiting[run][0].number),
            )
            ticket = self._waiting[run].pop(0)
            if not self._waiting[run]:
                del self._waiting[run]
            ticket.held = True
            self._in_use += 1
            self._held[run] = self.held(run) + 1
            self._number += 1
            self._served[run] = self._number
            granted.append(ticket)
        return granted
