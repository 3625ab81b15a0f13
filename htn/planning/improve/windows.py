"""Cheaper solutions by doing parts of one anew: ever longer windows of the plan, with ever more search in each.

A window begins where a task is decomposed and ends where some of the agenda that was left then is done. Cheaper ways
through it are searched best first; what follows the window is done as before, and where that does not fit any more the
smallest task around the misfit is done anew.

References
----------
Siddiqui, F., Haslum, P. (2015). Continuing plan quality optimisation. JAIR 54. (Windows of a plan.)
Nakhost, H., Müller, M. (2010). Action elimination and plan neighborhood graph search. ICAPS.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

from htn.planning.improve.agenda import Agenda, Agendas
from htn.planning.improve.best_first import Node, Ways
from htn.planning.improve.run import Run, replayed
from htn.planning.improve.space import Option, Space

__all__ = ["Windows"]

_FIRST_BUDGET = 60
_LAST_ROUND = 8
_FIRST_SIZE = 4
_WHOLE = 20
_MOST_CONFIGURATIONS = 600_000
_REPAIRS = 6


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
        The best solution so far.
    expanded, windows, replays, repairs : int
        Configurations expanded in windows, windows searched, ends of windows from which the rest was tried, tasks
        done anew behind windows.
    """

    def __init__(self, space: Space, decisions: Sequence[Option]) -> None:
        self._space = space
        self._agendas = Agendas(space)
        run = replayed(space, self._agendas, decisions)
        if run is None:
            raise ValueError("the decisions are no solution of the problem")
        self.run = run
        self.expanded = self.windows = self.replays = self.repairs = 0
        self._closed: dict[tuple[int, Any, Any, int], int] = {}

    def improvements(self) -> Generator[Run | None, None, str]:
        """Yield better solutions, and None at pauses.

        Returns
        -------
        str
            ``"exhausted"`` when none is cheaper than the last, else ``"gave up"``.
        """
        whole: Ways | None = self._ways(0, None, self.run.cost, ())
        budget = _FIRST_BUDGET
        for round_ in range(_LAST_ROUND):
            if whole is not None:
                yield from self._whole(whole, budget * _WHOLE)
                if whole.finished:
                    return "exhausted"
                if len(whole) > _MOST_CONFIGURATIONS:
                    whole = None
            size = _FIRST_SIZE
            while True:
                yield from self._sweep(size, budget, round_)
                if size > self.run.cost:
                    break
                size *= 2
            budget *= 4
        return "gave up"

    def _ways(self, first: int, stop: Agenda | None, limit: int, meet: Any) -> Ways:
        run = self.run
        return Ways(self._space, self._agendas, run.states[first], run.agendas[first], stop, limit, meet)

    def _whole(self, whole: Ways, budget: int) -> Iterator[Run | None]:
        """Search for a cheapest solution of all of it."""
        whole.limit = self.run.cost
        for node in whole.run(budget):
            if node is None:
                yield None
            elif self._accept(node.decisions()):
                whole.limit = self.run.cost
                yield self.run

    def _accept(self, decisions: Sequence[Option]) -> bool:
        """Take a solution for the best one if it is valid and cheaper."""
        run = replayed(self._space, self._agendas, decisions)
        if run is None or run.cost >= self.run.cost:
            return False
        self.run = run
        return True

    def _sweep(self, size: int, budget: int, round_: int) -> Generator[Run | None, None, bool]:
        """Search every window whose cost is about the given size; return whether any was improved."""
        first, better = 0, False
        while first < len(self.run):
            end = self._window(first, size)
            if end is not None:
                agenda = self.run.agendas[end] if end < len(self.run) else None
                improved = yield from self._search(first, agenda, end, budget, round_)
                if improved:
                    better = True
                    continue  # once more from the same place, which is now cheaper
            first += 1
        return better

    def _window(self, first: int, size: int) -> int | None:
        """Return the end of the window of a size that begins at a place, if there is one that no smaller size has."""
        run = self.run
        if run.options[first] is None:
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

    def _search(
        self, first: int, stop: Agenda | None, end: int, budget: int, round_: int
    ) -> Generator[Run | None, None, bool]:
        """Search one window; return whether that led to a cheaper solution."""
        run = self.run
        cost = run.costs[end] - run.costs[first]
        agenda = run.agendas[first]
        assert agenda is not None
        least = agenda.least - (stop.least if stop is not None else 0)
        if cost <= least:
            return False
        key = (run.states[first], agenda, stop, cost)
        if self._closed.get(key, -1) >= round_:
            return False
        self._closed[key] = round_
        self.windows += 1
        meet = self._meeting(first, end)
        ways = self._ways(first, stop, cost, meet)
        tries = 4 << round_
        for node in ways.run(budget):
            if node is None:
                yield None
                continue
            tries -= 1
            if tries < 0:
                break
            improved = yield from self._finish(first, stop, end, node, meet, budget)
            if improved:
                self.expanded += ways.expanded
                return True
        self.expanded += ways.expanded
        return False

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

    def _finish(
        self, first: int, stop: Agenda | None, end: int, node: Node, meet: dict[Agenda, list[int]], budget: int
    ) -> Generator[Run | None, None, bool]:
        """Go on from an end of a window to the end of the problem; return whether that is a cheaper solution."""
        run = self.run
        places = [end] if node.agenda is stop else meet[node.agenda] if node.agenda is not None else []
        for place in places:
            spent = run.costs[first] + node.cost
            if spent >= run.costs[place]:
                continue
            self.replays += 1
            rest = yield from self._follow(place, node.state, spent, budget)
            if rest is not None and self._accept([*run.decisions(0, first), *node.decisions(), *rest]):
                yield self.run
                return True
        return False

    def _follow(self, place: int, state: int, spent: int, budget: int) -> Generator[None, None, list[Option] | None]:
        """Do from another state what the solution does from a place on; return the decisions, or None."""
        run, space = self.run, self._space
        first, total, repairs = place, run.cost, 0
        decisions: list[Option] = []
        marks: dict[int, tuple[int, int, int]] = {}
        while place < len(run):
            agenda = run.agendas[place]
            assert agenda is not None
            if spent + agenda.least >= total:
                return None
            if state == run.states[place]:
                return [*decisions, *run.decisions(place)] if spent < run.costs[place] else None
            marks[place] = (state, spent, len(decisions))
            option = run.options[place]
            if option is None:
                after = space.apply(state, agenda.task)
                if after >= 0:
                    state, spent, place = after, spent + agenda.cost, place + 1
                    continue
            elif space.allows(state, agenda.task, option):
                decisions.append(option)
                place += 1
                continue
            around = place if option is not None else run.parents[place]
            while True:
                if around < first or repairs >= _REPAIRS:
                    return None
                repairs += 1
                self.repairs += 1
                state, spent, kept = marks[around]
                found = None
                begin = run.agendas[around]
                assert begin is not None
                rest = begin.rest
                limit = total - spent - (rest.least if rest is not None else 0)
                ways = Ways(space, self._agendas, state, begin, rest, limit)
                for node in ways.run(budget):
                    if node is not None:
                        found = node
                        break
                    yield None
                self.expanded += ways.expanded
                if found is not None:
                    decisions[kept:] = found.decisions()
                    state, spent, place = found.state, spent + found.cost, run.ends[around]
                    break
                around = run.parents[around]
        return decisions if spent < total else None
