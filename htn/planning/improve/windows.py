"""Cheaper solutions by doing parts of one anew: ever longer windows of the plan, with ever more search in each.

A window begins where a task is decomposed and ends where some of the agenda that was left then is done. Cheaper ways
through it are searched best first; what follows the window is done as before, if it still fits. Beside
this, now and then, all of the plan is searched for the cheapest.

References
----------
Siddiqui, F., Haslum, P. (2015). Continuing plan quality optimisation. JAIR 54. (Windows of a plan.)
Nakhost, H., Müller, M. (2010). Action elimination and plan neighborhood graph search. ICAPS.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence

from htn.planning.improve.agenda import Agenda, Agendas
from htn.planning.improve.best_first import Node, Ways
from htn.planning.improve.rest import follow
from htn.planning.improve.run import Run, changed, recorded
from htn.planning.improve.space import Option, Space, decisions

__all__ = ["Windows"]

_FIRST_BUDGET = 200
"""How many configurations are made in a window in the first round; four times as many in each that follows."""
_ROUNDS = 8
_FIRST_SIZE = 4
"""What the smallest windows cost, at most; twice as much from sweep to sweep."""
_WHOLE = 20
"""How many times as many configurations are made in search of all of the plan at first; later as many as in all."""
_MOST_CONFIGURATIONS = 600_000
_PAUSE = 100
_GIVEN_PER_PAUSE = 100
"""Of how many tasks of a solution it takes a pause's time to give them."""
_FIRST_TRIES = 4
"""From how many ends of a window it is tried to go on in the first round."""


class Windows:
    """The improvement of one solution.

    Parameters
    ----------
    space : Space
        The problem.
    decisions : sequence of Option
        How the compound tasks of a solution are decomposed, in the order of processing.

    Attributes
    ----------
    run : Run
        The best solution so far; there once the decisions have been gone through.
    tried, windows, replays : int
        Configurations made, windows searched, ends of windows from which the rest was tried.
    """

    run: Run

    def __init__(self, space: Space, decisions: Sequence[Option]) -> None:
        self._space = space
        self._agendas = Agendas(space)
        self._decisions = decisions
        self.tried = self.windows = self.replays = 0
        self._closed: dict[tuple[int, Agenda, Agenda | None, int], int] = {}

    def improvements(self) -> Generator[Run | None, None, str]:
        """Yield better solutions, and None at pauses.

        Not every one is yielded: where solutions are long and one improvement follows the other, only some.

        Returns
        -------
        str
            ``"exhausted"`` when none is cheaper than the last, else ``"gave up"``; so too when the decisions are no
            solution.
        """
        run = yield from recorded(self._space, self._agendas, self._decisions)
        if run is None:
            return "gave up"
        self.run = given = run
        pauses = 0
        search = self._search_all()
        while True:
            try:
                next(search)
            except StopIteration as end:
                if self.run is not given:
                    yield self.run
                return str(end.value)
            pauses += 1
            # To give a solution takes time in its length: let there be more of searching than of giving.
            if self.run is not given and pauses * _GIVEN_PER_PAUSE >= len(self.run):
                given, pauses = self.run, 0
                yield given
            else:
                yield None

    def _search_all(self) -> Generator[None, None, str]:
        whole: Ways | None = self._ways(0, None, self.run.cost)
        budget = _FIRST_BUDGET
        for round_ in range(_ROUNDS):
            if whole is not None:
                yield from self._whole(whole, max(_WHOLE * _FIRST_BUDGET, self.tried))
                if whole.finished:
                    return "exhausted"
                if len(whole) > _MOST_CONFIGURATIONS:
                    whole = None
            size = _FIRST_SIZE
            while size < 2 * self.run.cost:
                yield from self._sweep(size, budget, round_)
                size *= 2
            budget *= 4
        return "gave up"

    def _ways(self, first: int, stop: Agenda | None, limit: int, meet: Collection[Agenda] = ()) -> Ways:
        run = self.run
        return Ways(self._space, self._agendas, run.states[first], run.agendas[first], stop, limit, meet)

    def _whole(self, whole: Ways, budget: int) -> Iterator[None]:
        """Search for a cheapest solution of all of it."""
        whole.limit = self.run.cost
        before = whole.tried
        for node in whole.run(budget):
            if node is not None:
                run = yield from recorded(self._space, self._agendas, decisions(node))
                self._take(run)
                whole.limit = self.run.cost
            yield None
        whole.limit = self.run.cost
        self.tried += whole.tried - before

    def _take(self, run: Run | None) -> bool:
        """Take a solution for the best one if it is cheaper; return whether it is."""
        if run is None or run.cost >= self.run.cost:
            return False
        self.run = run
        return True

    def _sweep(self, size: int, budget: int, round_: int) -> Iterator[None]:
        """Search every window whose cost is about the given size."""
        first = 0
        while first < len(self.run):
            if first % _PAUSE == 0:
                yield None
            end = self._window(first, size)
            while end is not None:
                improved = yield from self._search(first, end, budget, round_)
                # Once more from the same place, which is now cheaper.
                end = self._window(first, size) if improved else None
            first += 1

    def _window(self, first: int, size: int) -> int | None:
        """Return the end of the window of a size that begins at a place, if there is one that no smaller size has."""
        run = self.run
        if first >= len(run) or run.options[first] is None:
            return None
        start, smaller, found = run.costs[first], size // 2 if size > _FIRST_SIZE else 0, None
        end = first
        while end < len(run):
            end = run.ends[end]
            if run.costs[end] - start > size:
                break
            found = end
        if found is None or run.costs[found] - start <= smaller:
            return None
        return found

    def _search(self, first: int, end: int, budget: int, round_: int) -> Generator[None, None, bool]:
        """Search one window; return whether that led to a cheaper solution."""
        run = self.run
        cost, agenda, stop = run.costs[end] - run.costs[first], run.agendas[first], run.agendas[end]
        assert agenda is not None
        if cost <= agenda.least - (stop.least if stop is not None else 0):
            return False
        key = (run.states[first], agenda, stop, cost)
        if self._closed.get(key, -1) >= round_:
            return False
        self._closed[key] = round_
        self.windows += 1
        meet = self._meeting(first, end)
        ways = self._ways(first, stop, cost, meet)
        last = self.replays + (_FIRST_TRIES << round_)
        improved = False
        for node in ways.run(budget):
            if node is None:
                yield None
                continue
            places = [end] if node.agenda is stop or node.agenda is None else meet[node.agenda]
            improved = yield from self._go_on(first, places[: last - self.replays], node)
            if improved or self.replays >= last:
                break
        self.tried += ways.tried
        return improved

    def _meeting(self, first: int, end: int) -> dict[Agenda, list[int]]:
        """Return agendas inside a window that are no longer than that at its start, with their places: recursion."""
        run = self.run
        start = run.agendas[first]
        assert start is not None
        found: dict[Agenda, list[int]] = {}
        for place in range(end - 1, first, -1):
            agenda = run.agendas[place]
            if agenda is not None and agenda.length <= start.length and run.options[place] is not None:
                found.setdefault(agenda, []).append(place)
        return found

    def _go_on(self, first: int, places: Sequence[int], node: Node) -> Generator[None, None, bool]:
        """Go on from an end that was found, where the same is to be done; return whether that pays."""
        run = self.run
        spent = run.costs[first] + node.cost
        for place in places:
            if spent >= run.costs[place]:
                continue
            self.replays += 1
            found = yield from follow(self._space, run, place, node.state, spent)
            if found is None:
                continue
            following, end = found
            better = yield from changed(self._space, self._agendas, run, first, end, [*decisions(node), *following])
            if self._take(better):
                return True
        return False
