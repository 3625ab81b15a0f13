"""Best-first search over decompositions under several objectives, with dives to plans that are good soon.

A configuration (state and agenda) is left out when it cannot come to a plan within the limits, or to one that no plan
found covers: what was spent and the least that the agenda takes are a lower bound in every objective. Where time adds
up, a configuration is also left out when it was reached before by spending no more of anything.

References
----------
Mandow, L., Pérez de la Cruz, J. L. (2010). Multiobjective A* search with consistent heuristics. Journal of the ACM 57.
Land, A. H., Doig, A. G. (1960). An automatic method of solving discrete programming problems. Econometrica 28.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Any, NamedTuple, Protocol

from htn.planning.choice.bounds import Bounds
from htn.planning.choice.price import NOTHING, Parts, Point, plus, point_of
from htn.planning.improve.agenda import Agenda, Agendas
from htn.planning.improve.space import NOT_APPLICABLE, Option, Space

__all__ = ["Judge", "Node", "Search"]

_PAUSE = 50
_DIVE = 200
"""A dive goes no deeper than this, and what recursion makes endless is left for later."""


class Judge(Protocol):
    """Says which points are of use."""

    places: int | None
    """How many steps are carried out at once; None is as many as there are."""
    adds_up: bool
    """Whether the time of a plan is the sum of its steps'."""

    def hopeless(self, point: Point) -> bool:
        """Whether no plan at this point or behind it is of use."""

    def value(self, point: Point) -> float:
        """Return how bad a point is."""


class Node(NamedTuple):
    """Where a search has come to.

    Attributes
    ----------
    state, agenda : int, Agenda or None
        The configuration; the first task is compound.
    spent : tuple
        What the steps and decisions so far take.
    steps : int
        How many steps there are so far.
    before, option : Node or None, Option or None
        Where it came from, and how the first task there was decomposed.
    point : tuple
        Lower bound.
    """

    state: int
    agenda: Agenda | None
    spent: Parts
    steps: int
    before: Node | None
    option: Option | None
    point: Point


class Search:
    """A search for plans from one state.

    Parameters
    ----------
    space : Space
        What tasks do.
    bounds : Bounds
        What they take.
    loss : callable
        What quality a decision costs: ``loss(task, method)``.
    judge : Judge
        Which plans are of use.

    Attributes
    ----------
    tried : int
        Configurations made.
    agendas : Agendas
        Where agendas are made.
    """

    def __init__(self, space: Space, bounds: Bounds, loss: Callable[[Any, Any], int], judge: Judge) -> None:
        self.space, self.agendas = space, Agendas(space)
        self._bounds, self._loss, self._judge = bounds, loss, judge
        self._open: list[tuple[float, int, int, Node]] = []
        self._reached: dict[tuple[int, Agenda | None], list[Parts]] = {}
        self.tried = self._pushed = 0
        self._diving: Node | None = None
        start = self._node(None, space.initial, self.agendas.push(space.tasks, None), None, NOTHING)
        if start is not None:
            self._push(start)

    @property
    def lowest(self) -> float | None:
        """The value that what is left comes to at the least; None when nothing is."""
        while self._open and self._judge.hopeless(self._open[0][3].point):
            heappop(self._open)
        values = [self._open[0][0]] if self._open else []
        if self._diving is not None:
            values.append(self._judge.value(self._diving.point))
        return min(values, default=None)

    def run(self, budget: int) -> Iterator[Node | None]:
        """Make about so many configurations; yield the ends reached, and None at pauses."""
        last, pause = self.tried + budget, self.tried + _PAUSE
        while self.lowest is not None and self.tried < last:
            node: Node | None = heappop(self._open)[3]
            for _ in range(_DIVE):
                if node is None or node.agenda is None:
                    break
                self._diving = node = self._dive(node)
                if self.tried >= pause:
                    pause = self.tried + _PAUSE
                    yield None
            self._diving = None
            if node is not None and node.agenda is None:
                yield node
            elif node is not None:
                self._push(node)

    def _push(self, node: Node) -> None:
        length = 0 if node.agenda is None else node.agenda.length
        self._pushed += 1
        heappush(self._open, (self._judge.value(node.point), length, self._pushed, node))

    def _dive(self, node: Node) -> Node | None:
        """Make what comes after a node; keep the best for now and leave the others for later."""
        agenda = node.agenda
        assert agenda is not None
        made: list[Node] = []
        for option in self.space.options(node.state, agenda.task):
            spent = plus(node.spent, (0, 0, 0, 0, self._loss(agenda.task, option.method)))
            after = self._node(node, node.state, self.agendas.push(option.subtasks, agenda.rest), option, spent)
            if after is not None:
                made.append(after)
        if not made:
            self.tried += 1
            return None
        best = min(made, key=lambda each: self._judge.value(each.point))  # the first of equals
        for each in made:
            if each is not best:
                self._push(each)
        return best

    def _node(
        self, before: Node | None, state: int, agenda: Agenda | None, option: Option | None, spent: Parts
    ) -> Node | None:
        """Do the steps that come first and return where that leads, unless it leads to nothing of use."""
        self.tried += 1
        places, hopeless, bounds = self._judge.places, self._judge.hopeless, self._bounds
        point = point_of(plus(spent, bounds.of(agenda)), places)
        if hopeless(point):
            return None
        steps = before.steps if before is not None else 0
        while agenda is not None and agenda.cost >= 0:
            state = self.space.apply(state, agenda.task)
            if state == NOT_APPLICABLE:
                return None
            spent = plus(spent, bounds.of_task(agenda))
            agenda, steps = agenda.rest, steps + 1
        if self._judge.adds_up:
            reached = self._reached.setdefault((state, agenda), [])
            if any(all(map(int.__le__, other, spent)) for other in reached):
                return None
            reached[:] = [other for other in reached if not all(map(int.__le__, spent, other))]
            reached.append(spent)
        elif _came_back(before, state, agenda, steps):
            return None
        return Node(state, agenda, spent, steps, before, option, point)


def _came_back(node: Node | None, state: int, agenda: Agenda | None, steps: int) -> bool:
    """Whether a configuration was met before without a step since."""
    while node is not None and node.steps == steps:
        if node.state == state and node.agenda is agenda:
            return True
        node = node.before
    return False
