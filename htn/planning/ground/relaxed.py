"""Estimate what is left to do from a relaxation without deletes and order: tasks are facts that methods bring about.

The relaxed composition (RC) of Höller, Bercher, Behnke and Biundo ("On Guiding Search in HTN Planning with Classical
Planning Heuristics", IJCAI 2019; "HTN Planning as Heuristic Progression Search", JAIR 2020): an action becomes an
operator that, besides its effects, says that its task has been reached; a method becomes one that needs its subtasks
reached and says so of its task. The goal is that all tasks left are reached. Only tasks below these take part. On this
problem without order the estimates of classical planning apply: `h_add` (Bonet and Geffner, "Planning as heuristic
search", 2001) and the length of a relaxed plan, `h_FF` (Hoffmann and Nebel, 2001).

An estimate is infinite only where no decomposition of the tasks leads to a plan.
"""

from __future__ import annotations

from collections.abc import Iterable

from htn.model.ground import GroundProblem
from htn.planning.ground.reach import tasks_below

__all__ = ["UNREACHED", "RelaxedComposition", "Table"]

UNREACHED = float("inf")
"""The estimate of what cannot be reached even without deletes."""

_NEED = float(1 << 40)
"""What one missing precondition adds to an operator's count: more than any sum of estimates, and exact in a float."""

_HIGHEST = float(1 << 24)
"""Estimates above this are cut off, so that sums stay below `_NEED`."""


class Table:
    """The estimates from one state for all tasks below those left.

    Attributes
    ----------
    values : list of float
        The cost of each proposition; `UNREACHED` where there is no way.
    """

    __slots__ = ("_composition", "_support", "values")

    def __init__(self, composition: RelaxedComposition, values: list[float], support: list[int]) -> None:
        self._composition = composition
        self.values = values
        self._support = support

    def relaxed_plan(self, tasks: Iterable[int]) -> float:
        """Return the cost of a relaxed plan for tasks, which are taken once each: `h_FF`."""
        composition, support, values = self._composition, self._support, self.values
        needs, costs, first = composition.needs, composition.costs, composition.first_task
        seen = set()
        waiting = [first + task for task in tasks]
        total = 0.0
        while waiting:
            proposition = waiting.pop()
            if proposition in seen:
                continue
            seen.add(proposition)
            value = values[proposition]
            if not value:
                continue
            if value == UNREACHED:
                return UNREACHED
            operator = -1 - support[proposition]
            if operator not in seen:
                seen.add(operator)
                total += costs[-1 - operator]
                waiting += needs[-1 - operator]
        return total


class RelaxedComposition:
    """The relaxed problem, kept at the state that was asked about last: the next one is reached by its differences.

    Parameters
    ----------
    problem : GroundProblem
        The problem.
    method_cost : float
        What a decomposition costs beside its actions.

    Attributes
    ----------
    first_task : int
        Where the tasks' propositions begin.
    evaluations : int
        How many states were looked at.

    Examples
    --------
    >>> from htn.model.ground import GroundAction, GroundMethod
    >>> walk = GroundAction(positive=1, negative=0, add=2, delete=1)
    >>> problem = GroundProblem(
    ...     facts=[("at", "a"), ("at", "b")],
    ...     tasks=[("go",), ("walk",)],
    ...     actions={1: walk},
    ...     methods={0: [GroundMethod(0, 0, (1,), None, "m")]},
    ...     initial=1,
    ...     root=0,
    ... )
    >>> relaxed = RelaxedComposition(problem)
    >>> relaxed.table(1).values[relaxed.first_task], relaxed.table(2).values[relaxed.first_task]
    (2.0, inf)
    """

    def __init__(self, problem: GroundProblem, method_cost: float = 1.0) -> None:
        self._root = problem.root
        self._fact_count = len(problem.facts)
        self.first_task = 2 * self._fact_count
        size = self.first_task + len(problem.tasks)
        self.below = tasks_below(problem)
        self.evaluations = 0
        self.needs: list[tuple[int, ...]] = []
        self.costs: list[float] = []
        self._gives: list[tuple[int, ...]] = []
        self._consumers: list[list[int]] = [[] for _ in range(size)]
        self._of_task: list[list[int]] = [[] for _ in problem.tasks]
        self._build(problem, method_cost)
        self._counts = [_NEED * (len(needs) + 1) for needs in self.needs]
        self._values = [UNREACHED] * size
        self._no_support = [-1] * size
        self._ready: dict[int, None] = {}
        self._state = 0
        self._tasks = 0
        for fact in range(self._fact_count):
            self._turn(self._fact_count + fact, True)
        self._relevant = sum(
            1 << fact
            for fact in range(self._fact_count)
            if self._consumers[fact] or self._consumers[self._fact_count + fact]
        )

    def _build(self, problem: GroundProblem, method_cost: float) -> None:
        """Make an operator of every action and method; effects that nothing needs are left out."""
        positive = negative = 0
        for action in problem.actions.values():
            positive |= action.positive
            negative |= action.negative
        for methods in problem.methods.values():
            for method in methods:
                positive |= method.positive
                negative |= method.negative
        for task, action in problem.actions.items():
            gives = _bits(action.add & positive, 0) + _bits(action.delete & ~action.add & negative, self._fact_count)
            self._operator(task, action.positive, action.negative, (), gives, action.cost)
        for task, methods in problem.methods.items():
            for method in methods:
                self._operator(task, method.positive, method.negative, method.subtasks, [], method_cost)

    def _operator(
        self, task: int, positive: int, negative: int, subtasks: tuple[int, ...], gives: list[int], cost: float
    ) -> None:
        number = len(self.needs)
        needs = _bits(positive, 0) + _bits(negative, self._fact_count) + [self.first_task + each for each in subtasks]
        self.needs.append(tuple(needs))
        self.costs.append(float(cost))
        self._gives.append((self.first_task + task, *gives))
        self._of_task[task].append(number)
        for proposition in needs:
            self._consumers[proposition].append(number)

    def _turn(self, proposition: int, holds: bool) -> None:
        """Make a fact, or its absence, hold at the start or not."""
        self._values[proposition] = 0.0 if holds else UNREACHED
        self._count(self._consumers[proposition], holds)

    def _count(self, operators: list[int], met: bool) -> None:
        counts, ready = self._counts, self._ready
        if met:
            for operator in operators:
                counts[operator] -= _NEED
                if not counts[operator]:
                    ready[operator] = None
        else:
            for operator in operators:
                if not counts[operator]:
                    del ready[operator]
                counts[operator] += _NEED

    def _move(self, state: int, tasks: int) -> None:
        """Go to a state and to the tasks that may take part."""
        state &= self._relevant
        difference = state ^ self._state
        while difference:
            bit = difference & -difference
            difference ^= bit
            fact = bit.bit_length() - 1
            holds = bool(state & bit)
            self._turn(fact, holds)
            self._turn(self._fact_count + fact, not holds)
        difference = tasks ^ self._tasks
        while difference:
            bit = difference & -difference
            difference ^= bit
            self._count(self._of_task[bit.bit_length() - 1], bool(tasks & bit))
        self._state, self._tasks = state, tasks

    def table(self, state: int, tasks: int | None = None) -> Table:
        """Return the estimates from a state.

        Propositions spread in waves (first in, first out), which is faster than cheapest first and estimates as well:
        what a later wave finds cheaper counts from then on only.

        Parameters
        ----------
        state : int
            The facts that are true.
        tasks : int, optional
            Those that may take part, as bits; all below the root by default.
        """
        self.evaluations += 1
        self._move(state, self.below[self._root] if tasks is None else tasks)
        counts, values, support = self._counts[:], self._values[:], self._no_support[:]
        gives, costs, consumers = self._gives, self.costs, self._consumers
        operators = list(self._ready)
        while operators:
            wave = []
            for operator in operators:
                cost = counts[operator] + costs[operator]
                for proposition in gives[operator]:
                    value = values[proposition]
                    if cost < value:
                        if value == UNREACHED:
                            wave.append(proposition)
                        values[proposition] = cost
                        support[proposition] = operator
            operators = []
            for proposition in wave:
                change = min(values[proposition], _HIGHEST) - _NEED
                for operator in consumers[proposition]:
                    count = counts[operator] = counts[operator] + change
                    if count < _NEED:
                        operators.append(operator)
        return Table(self, values, support)


def _bits(mask: int, offset: int) -> list[int]:
    """Return the places of the bits that are set, from an offset on."""
    places = []
    while mask:
        bit = mask & -mask
        places.append(offset + bit.bit_length() - 1)
        mask ^= bit
    return places
