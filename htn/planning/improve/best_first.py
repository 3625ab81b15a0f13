"""The cheapest ways through a part of an agenda: best-first search over states and agendas.

References
----------
Hart, P., Nilsson, N., Raphael, B. (1968). A formal basis for the heuristic determination of minimum cost paths. IEEE
Transactions on Systems Science and Cybernetics 4.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from heapq import heappop, heappush
from typing import NamedTuple

from htn.planning.improve.agenda import Agenda, Agendas
from htn.planning.improve.space import Option, Space

__all__ = ["Node", "Ways"]

_PAUSE = 100
"""How many configurations are made between two pauses."""


class Node(NamedTuple):
    """Where a search has come to.

    Attributes
    ----------
    state : int
        The state.
    agenda : Agenda or None
        What is left to be done; its first task is compound unless it is what the search stops at.
    cost : int
        What was spent.
    before : Node or None
        Where it came from.
    option : Option or None
        How the first task there was decomposed.
    """

    state: int
    agenda: Agenda | None
    cost: int
    before: Node | None
    option: Option | None


class Ways:
    """A search for ways to do an agenda down to some rest of it, cheapest first.

    Lower bounds come from the tasks (`Agenda.least`), and never rise by more than what is spent; so the first way to a
    configuration is a cheapest one.

    Parameters
    ----------
    space : Space
        What tasks do.
    agendas : Agendas
        Where agendas are made.
    state : int
        The state at the start.
    agenda : Agenda or None
        What is to be done.
    stop : Agenda or None
        What is to be left.
    limit : int
        Only ways that cost less; it may be lowered while the search goes on.
    meet : collection of Agenda
        Where else to report the ways to.

    Attributes
    ----------
    tried : int
        Configurations looked at and made, those met again among them.
    finished : bool
        Whether there is nothing left to be searched.
    """

    def __init__(
        self,
        space: Space,
        agendas: Agendas,
        state: int,
        agenda: Agenda | None,
        stop: Agenda | None,
        limit: int,
        meet: Collection[Agenda] = (),
    ) -> None:
        self._space = space
        self._agendas = Agendas(space, agendas)
        self._stop = stop
        self._base = stop.least if stop is not None else 0
        self.limit = limit
        self._meet = meet
        self._open: list[tuple[int, int, int, Node]] = []
        self._best: dict[tuple[int, Agenda | None], int] = {}
        self._made = self.tried = 0
        self._enter(None, state, agenda, None)

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to be searched below the limit."""
        return not self._open or self._open[0][0] >= self.limit

    def __len__(self) -> int:
        return len(self._best)

    def _enter(self, before: Node | None, state: int, agenda: Agenda | None, option: Option | None) -> None:
        """Do the actions that come first, and note where that leads."""
        stop, apply = self._stop, self._space.apply
        limit = self.limit + self._base
        cost = 0 if before is None else before.cost
        while agenda is not stop and agenda is not None:
            if cost + agenda.least >= limit:
                return
            spent = agenda.cost
            if spent < 0:
                break
            state = apply(state, agenda.task)
            if state < 0:
                return
            cost += spent
            agenda = agenda.rest
        key = (state, agenda)
        known = self._best.get(key)
        if cost >= self.limit or (known is not None and known <= cost):
            return
        self._best[key] = cost
        self._made += 1
        node = Node(state, agenda, cost, before, option)
        if agenda is None:
            heappush(self._open, (cost, 0, self._made, node))
        else:
            heappush(self._open, (cost + agenda.least - self._base, agenda.length, self._made, node))

    def run(self, budget: int) -> Iterator[Node | None]:
        """Make about so many configurations; yield the ways found, and None at pauses."""
        open_, best, stop, meet = self._open, self._best, self._stop, self._meet
        push, options = self._agendas.push, self._space.options
        last = self.tried + budget
        pause = self.tried + _PAUSE
        while open_ and self.tried < last:
            estimate, _, _, node = heappop(open_)
            if estimate >= self.limit:
                open_.clear()
                return
            state, agenda, cost, _, _ = node
            if best[state, agenda] < cost:
                continue
            if agenda is stop:
                yield node
                continue
            if agenda in meet and node.option is not None:
                yield node
            assert agenda is not None
            rest = agenda.rest
            self.tried += 1
            for option in options(state, agenda.task):
                self.tried += 1
                if self.tried >= pause:
                    pause += _PAUSE
                    yield None
                self._enter(node, state, push(option.subtasks, rest), option)
