"""From a domain and what steps are expected to take to the plan that suits best, and the others worth a look."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar

from htn.model.domain import Domain
from htn.model.errors import InputError
from htn.model.record import replace
from htn.model.state import State
from htn.planning.choice.allowed import allowed
from htn.planning.choice.bounds import Bounds, least_parts
from htn.planning.choice.found import Alternative, Choice
from htn.planning.choice.front import Front
from htn.planning.choice.graph import task_graph
from htn.planning.choice.objective import Ceiling, Objective
from htn.planning.choice.polish import Polish
from htn.planning.choice.price import MICRO, NOTHING, Parts, Point, Price, loss_of, parts_of, plus, point_of
from htn.planning.choice.search import Node, Search
from htn.planning.decompose import find_plan, find_plans
from htn.planning.improve.run import recorded
from htn.planning.improve.solutions import solution_of
from htn.planning.improve.space import UnsuitableError, decisions
from htn.planning.improve.state_space import StateSpace
from htn.planning.limits import Limits, Meter
from htn.planning.outcome import Outcome, Solved, Unsolvable
from htn.planning.table import Constraints

__all__ = ["choose_plan"]

T = TypeVar("T")

_TURN = 200
"""Configurations made from one state before another state's turn comes."""
_UNITS = 30
"""What a usual step costs when plans are improved part by part."""
_POLISHING = 6
"""Pauses of the improvement of the first plan between two such turns: about as much time."""


def choose_plan(
    domain: Domain,
    starts: State | Mapping[str, State],
    tasks: Any,
    prices: Callable[[State, Any], Price],
    *,
    objective: Objective | None = None,
    ceiling: Ceiling | None = None,
    quality: Callable[[Any, str], float] | None = None,
    makespan: Callable[[Solved], float] | None = None,
    places: int | None = 1,
    every: bool = True,
    subtasks: Mapping[str, Collection[Iterable[str]]] | None = None,
    lowest: Callable[[str], Price] | None = None,
    constraints: Constraints | None = None,
    limits: Limits | None = None,
) -> Choice:
    """Choose among the decompositions of a task list by what they are expected to take.

    The search can be stopped at any time: the best plan so far is there, and how much better another could be.

    Parameters
    ----------
    domain : Domain
        What can be done, and how.
    starts : State or mapping of str to State
        The facts at the start; several of them where something about them is to be chosen too.
    tasks : list or TaskNetwork
        What is to be done.
    prices : callable
        ``prices(start, task)``: what a primitive task is expected to take.
    objective : Objective, optional
        What counts; time, tokens, money and quality alike by default.
    ceiling : Ceiling, optional
        What the expected plan may not exceed.
    quality : callable, optional
        ``quality(task, method)``: how good what comes of a method is expected to be, above 0 and at most 1.
    makespan : callable, optional
        How many seconds a whole plan takes from start to end. Without it steps are done one after the other.
    places : int or None
        How many steps are carried out at once, at most; only with `makespan`. None is as many as there are.
    every : bool
        Whether the plans that are best by other objectives are wanted too: the Pareto front.
    subtasks : mapping, optional
        For every compound task's name, the names of the subtasks of each of its methods: the task-decomposition graph.
        By default what the methods' source shows of it (`htn.planning.choice.graph`).
    lowest : callable, optional
        ``lowest(name)``: the least that any task of an operator takes. Prices are a function of the arguments, of
        which there may be any number, so that nobody else can know it; without it a compound task is taken to cost
        nothing until it is decomposed.
    constraints : Constraints, optional
        Methods and tasks ruled out, methods preferred among equals.
    limits : Limits, optional
        How much the search may take; ten seconds by default.

    Returns
    -------
    Choice
        The plan chosen, and the others.

    Raises
    ------
    InputError
        When money is limited, and what a step costs is not known.

    Examples
    --------
    >>> domain = Domain("travel")
    >>> for name in ("walk", "ride"):
    ...     _ = domain.operator(name=name)(lambda state: state)
    >>> @domain.method("go")
    ... def on_foot(state):
    ...     return [("walk",)]
    >>> @domain.method("go")
    ... def by_taxi(state):
    ...     return [("ride",)]
    >>> known = {"walk": Price(seconds=900), "ride": Price(seconds=120, money=12)}
    >>> choice = choose_plan(domain, State(), [("go",)], lambda _, task: known[task[0]],
    ...                      objective=Objective.parse("fast"))
    >>> choice.chosen.solved.actions, len(choice.front), choice.proved
    ([('ride',)], 2, True)
    """
    given = {"": starts} if isinstance(starts, State) else dict(starts)
    limits = limits or Limits(seconds=10)
    chooser = _Chooser(domain, tasks, prices, quality, makespan, places, objective or Objective.parse("balanced"))
    chooser.limit(ceiling or Ceiling(), every)
    outcome = chooser.begin(given, limits, constraints)
    if chooser.first is not None:
        chooser.search_all(_Known(given, limits, Meter(limits), constraints, subtasks, lowest))
    return chooser.choice(outcome)


class _Known(NamedTuple):
    """What every search of a choice is given."""

    starts: Mapping[str, State]
    limits: Limits
    meter: Meter
    constraints: Constraints | None
    subtasks: Mapping[str, Collection[Iterable[str]]] | None
    lowest: Callable[[str], Price] | None


class _Chooser:
    """What is known while plans are looked for; the searches' judge."""

    def __init__(
        self,
        domain: Domain,
        tasks: Any,
        prices: Callable[[State, Any], Price],
        quality: Callable[[Any, str], float] | None,
        makespan: Callable[[Solved], float] | None,
        places: int | None,
        objective: Objective,
    ) -> None:
        self._domain, self._tasks, self._prices, self._quality = domain, tasks, prices, quality
        self._makespan, self._objective = makespan, objective
        self.places = places if makespan is not None else 1
        self.adds_up = makespan is None
        self._front: Front[Alternative] = Front()
        self.first: Alternative | None = None
        self._scale: Point = (0, 0, 0, 0)
        self._open: list[Search] = []
        self._best: float | None = None
        self._nodes = 0
        self._stopped = False
        self._any_order = True

    def limit(self, ceiling: Ceiling, every: bool) -> None:
        """Set what may not be exceeded, and whether all of the front is wanted."""
        self._ceiling, self._money, self._every = ceiling.point, ceiling.money is not None, every

    def hopeless(self, point: Point) -> bool:
        """Whether a point is beyond the limits, or covered, or no better than the best where only that is wanted."""
        if any(number > most for number, most in zip(point, self._ceiling, strict=True)):
            return True
        if not self._every:
            return self._best is not None and self.value(point) >= self._best
        return self._front.covered(point)

    def value(self, point: Point) -> float:
        """Return how bad a point is by the objective."""
        return self._objective.value(point, self._scale)

    def begin(self, starts: Mapping[str, State], limits: Limits, constraints: Constraints | None) -> Outcome:
        """Plan as without a choice; that plan is what others are compared with."""
        limits = replace(limits, nodes=None)  # without a plan to compare with nothing can be chosen
        for name, state in starts.items():
            outcome = find_plan(self._domain, state, self._tasks, limits=limits, constraints=constraints)
            if isinstance(outcome, Solved):
                point, price = self._judged(outcome)
                self._scale = point
                self.first = Alternative(outcome, price, name)
                self._take(point, self.first)
                break
            self._stopped |= not isinstance(outcome, Unsolvable)
        return outcome

    def search_all(self, known: _Known) -> None:
        """Look for others until nothing is left or a limit is reached.

        Where the first plan is not within the limits, one that is comes first: what is limited is all that counts then.
        """
        if not self._front.members:
            usual = self._objective, self._scale
            self._objective, self._scale = self._limited()
            self._search(known, only_one=True)
            self._objective, self._scale = usual
            if not self._front.members:
                return
            self._best = min(self.value(point) for point, _ in self._front.members)
        self._open.clear()
        self._search(known, only_one=False)

    def _limited(self) -> tuple[Objective, Point]:
        """Return what counts while no plan within the limits is known, and what it is measured by."""
        weights = [float(most < math.inf) for most in self._ceiling]
        scale = [round(most) if most < math.inf else 0 for most in self._ceiling]
        seconds, tokens, money, quality = weights
        return Objective(seconds, tokens, money, quality), (scale[0], scale[1], scale[2], scale[3])

    def _search(self, known: _Known, *, only_one: bool) -> None:
        starts, limits, meter, constraints, subtasks, lowest = known
        least = self._least(subtasks, lowest)
        found: dict[int, tuple[str, State]] = {}
        for name, state in starts.items():
            try:
                space = allowed(self._domain, StateSpace(self._domain, state, self._tasks), constraints)
                bounds = Bounds(partial(self._step, state), lambda task: least.get(task[0], NOTHING))
                search = Search(space, bounds, self._loss, self)
            except UnsuitableError:
                self._enumerate(name, state, meter, limits, constraints)
                continue
            found[id(search)] = name, state
            self._open.append(search)
        polish = self._polish(subtasks) if constraints is None or constraints == Constraints() else None
        while self._open and not self._stopped and not (only_one and self._front.members):
            if polish is not None:
                for solved in polish.go_on(_POLISHING):
                    self._judge_and_take(solved, polish.start)
            search = min(self._open, key=lambda each: each.lowest or 0.0)
            name, state = found[id(search)]
            try:
                self._go_on(search, name, state, meter)
            except UnsuitableError:
                self._open.remove(search)
                self._enumerate(name, state, meter, limits, constraints)
                continue
            if search.lowest is None:
                self._open.remove(search)
                self._any_order &= search.space.complete

    def choice(self, outcome: Outcome) -> Choice:
        """Return what was found."""
        members = sorted(self._front.members, key=lambda member: self.value(member[0]))
        proved = not self._stopped
        gap = 0.0
        if members and not proved:
            value = self.value(members[0][0])
            rest = [search.lowest for search in self._open]
            low = min((each for each in rest if each is not None), default=value if rest else 0.0)
            gap = max(0.0, 1 - low / value) if value else 0.0
        alternatives = tuple(alternative for _, alternative in members)
        chosen = alternatives[0] if alternatives else None
        return Choice(chosen, alternatives, self.first, proved, self._any_order, gap, self._nodes, outcome)

    def _go_on(self, search: Search, name: str, state: State, meter: Meter) -> None:
        before = search.tried
        for node in search.run(_TURN):
            if node is not None and not self.hopeless(node.point):
                self._end(search, node, name, state)
            if meter.reached(self._nodes + search.tried - before) is not None:
                self._stopped = True
                break
        self._nodes += search.tried - before

    def _end(self, search: Search, node: Node, name: str, state: State) -> None:
        """Replay a plan on the state itself, and take it if it is of use."""
        run = _drained(recorded(search.space, search.agendas, decisions(node)))
        solution = None if run is None else solution_of(self._domain, state, run)
        if solution is None:
            raise UnsuitableError("what a method does depends on the order in which facts came")
        self._judge_and_take(
            Solved(self._domain, state.copy(), solution.state.copy(), self._tasks, solution.path), name
        )

    def _judge_and_take(self, solved: Solved, name: str) -> None:
        point, price = self._judged(solved)
        self._take(point, Alternative(solved, price, name))

    def _polish(self, subtasks: Mapping[str, Collection[Iterable[str]]] | None) -> Polish | None:
        """Return the improvement of the best plan so far by what its steps add to the objective's value."""
        begin = min(self._front.members, key=lambda each: self.value(each[0]))[1] if self._front.members else self.first
        if begin is None:
            return None
        initial = begin.solved.initial

        def value(task: Any) -> float:
            work, _, tokens, money, loss = self._step(initial, task)
            return self.value((work, tokens, money, loss))

        # Windows are measured in costs, the smallest a few units wide: so is the usual step.
        steps = begin.solved.actions
        unit = math.fsum(map(value, steps)) / (_UNITS * len(steps)) if steps else 0.0

        def cost(task: Any) -> int:
            return round(value(task) / unit) if unit else 0

        return Polish(begin, cost, subtasks)

    def _enumerate(
        self, name: str, state: State, meter: Meter, limits: Limits, constraints: Constraints | None
    ) -> None:
        """Look at every decomposition as it comes, where the domain is more than sequences of plain tasks."""
        for outcome in find_plans(self._domain, state, self._tasks, limits=limits, constraints=constraints):
            self._nodes += 1
            if isinstance(outcome, Solved):
                self._judge_and_take(outcome, name)
            elif outcome.status == "limit reached":
                self._stopped = True
            if meter.reached(self._nodes) is not None:
                self._stopped = True
                return

    def _take(self, point: Point, alternative: Alternative) -> None:
        if all(number <= most for number, most in zip(point, self._ceiling, strict=True)):
            self._front.add(point, alternative)
            value = self.value(point)
            self._best = value if self._best is None else min(self._best, value)

    def _judged(self, solved: Solved) -> tuple[Point, Price]:
        """Return a plan's point and price."""
        parts, money = NOTHING, 0.0
        unknown = False
        for entry in solved.path:
            if len(entry) != 6 or entry[1] == "deferred":
                price = self._price(solved.initial, entry[0] if len(entry) != 6 else entry[0][0])
                parts = plus(parts, parts_of(price))
                unknown |= price.money is None
                money += price.money or 0.0
            elif entry[1] is not None:
                parts = plus(parts, (0, 0, 0, 0, self._loss(entry[0][0], entry[1].name)))
        point = point_of(parts, self.places)
        if self._makespan is not None:
            point = (max(round(self._makespan(solved) * MICRO), point[0]), *point[1:])
        quality = math.exp(-parts[4] / MICRO)
        return point, Price(point[0] / MICRO, parts[2] / MICRO, None if unknown else money, quality)

    def _price(self, state: State, task: Any) -> Price:
        price = self._prices(state, task)
        if self._money and price.money is None:
            raise InputError(f"money is limited, and what {task[0]} costs is not known: configure prices")
        return price

    def _step(self, state: State, task: Any) -> Parts:
        return parts_of(self._price(state, task))

    def _loss(self, task: Any, method: str) -> int:
        return 0 if self._quality is None else loss_of(self._quality(task, method))

    def _least(
        self,
        subtasks: Mapping[str, Collection[Iterable[str]]] | None,
        lowest: Callable[[str], Price] | None,
    ) -> Mapping[Any, Parts]:
        if lowest is None:
            return {}
        graph = task_graph(self._domain) if subtasks is None else subtasks
        return least_parts({name: parts_of(lowest(name)) for name in self._domain.operators}, graph)


def _drained(steps: Generator[None, None, T]) -> T:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
