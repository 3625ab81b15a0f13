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

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from htn.model.ground import GroundProblem
from htn.planning.ground.operators import Operators, bits

__all__ = [
    "HIGHEST",
    "NEED",
    "UNREACHED",
    "Composition",
    "RelaxedComposition",
    "RelaxedPlan",
    "Table",
    "relaxed_composition",
]

UNREACHED = float("inf")
"""The estimate of what cannot be reached even without deletes."""

NEED = float(1 << 40)
"""What one missing precondition adds to an operator's count: more than any sum of estimates, and exact in a float."""

HIGHEST = float(1 << 24)
"""Estimates above this are cut off, so that sums stay below `NEED`."""

_MANY = 10_000
"""From so many operators on, arrays are faster than lists."""


class Table:
    """The estimates from one state for all tasks below those left.

    Attributes
    ----------
    values : list of float
        The cost of each proposition; `UNREACHED` where there is no way.
    """

    __slots__ = ("_operators", "_support", "values")

    def __init__(self, operators: Operators, values: list[float], support: list[int]) -> None:
        self._operators = operators
        self.values = values
        self._support = support

    def added(self, tasks: Sequence[int]) -> float:
        """Return the sum of the tasks' costs: `h_add`."""
        values, first = self.values, self._operators.first_task
        return sum([values[first + task] for task in tasks])

    def relaxed_plan(self, tasks: Sequence[int]) -> float:
        """Return the cost of a relaxed plan for tasks: `h_FF`, and one more for every further occurrence of a task."""
        return self.extended(tasks).cost

    def extended(self, tasks: Sequence[int], plan: RelaxedPlan | None = None) -> RelaxedPlan:
        """Return a relaxed plan for tasks beside those of another relaxed plan from this table."""
        support, values = self._support, self.values
        needs, costs, first = self._operators.needs, self._operators.costs, self._operators.first_task
        if plan is None:
            total, seen, planned = 0.0, set[int](), set[int]()
        else:
            total, seen, planned = plan.cost, plan.seen.copy(), plan.tasks.copy()
        planned_before = len(planned)
        planned.update(tasks)
        # Without this, a recursion that puts off the same tasks over and over would look free.
        total += len(tasks) - (len(planned) - planned_before)
        waiting = [first + task for task in reversed(tasks)]
        while waiting:
            proposition = waiting.pop()
            if proposition in seen:
                continue
            seen.add(proposition)
            value = values[proposition]
            if not value:
                continue
            if value == UNREACHED:
                total = UNREACHED
                break
            operator = support[proposition]
            if -1 - operator not in seen:
                seen.add(-1 - operator)
                total += costs[operator]
                waiting += needs[operator]
        return RelaxedPlan(total, seen, planned)


class RelaxedPlan(NamedTuple):
    """A relaxed plan.

    Attributes
    ----------
    cost : float
        What it costs; infinite where there is none.
    seen : set of int
        The propositions that it brings about, and its operators as numbers below zero.
    tasks : set of int
        The tasks that it is for.
    """

    cost: float
    seen: set[int]
    tasks: set[int]


class Composition(Protocol):
    """What estimates states."""

    operators: Operators
    evaluations: int

    def table(self, state: int, tasks: int) -> Table:
        """Return the estimates from a state, with some of the tasks taking part."""


def relaxed_composition(problem: GroundProblem, method_cost: float = 1.0) -> Composition:
    """Return the relaxed problem in the form that suits its size.

    Parameters
    ----------
    problem : GroundProblem
        The problem.
    method_cost : float
        What a decomposition costs beside its actions.

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
    >>> relaxed = relaxed_composition(problem)
    >>> relaxed.table(state=1, tasks=0b11).added([0]), relaxed.table(state=2, tasks=0b11).added([0])
    (2.0, inf)
    """
    operators = Operators(problem, method_cost)
    if len(operators.needs) < _MANY:
        return RelaxedComposition(operators)
    # Here, so that small problems do not pay for loading NumPy.
    from htn.planning.ground.relaxed_arrays import ArrayComposition

    return ArrayComposition(operators)


class RelaxedComposition:
    """The relaxed problem, kept at the state that was asked about last: the next one is reached by its differences.

    Parameters
    ----------
    operators : Operators
        The relaxed problem.

    Attributes
    ----------
    operators : Operators
        The relaxed problem.
    evaluations : int
        How many states were looked at.
    """

    def __init__(self, operators: Operators) -> None:
        self.operators = operators
        self.evaluations = 0
        size = operators.propositions
        self._consumers: list[list[int]] = [[] for _ in range(size)]
        self._of_task: list[list[int]] = [[] for _ in range(size - operators.first_task)]
        for number, (task, needs) in enumerate(zip(operators.tasks, operators.needs, strict=True)):
            self._of_task[task].append(number)
            for proposition in needs:
                self._consumers[proposition].append(number)
        # One need more is that the task takes part.
        self._counts = [NEED * (len(needs) + 1) for needs in operators.needs]
        self._values = [UNREACHED] * size
        self._no_support = [-1] * size
        self._ready: dict[int, None] = {}
        self._state = self._tasks = self._relevant = 0
        for fact in range(operators.facts):
            self._turn(operators.facts + fact, True)
            if self._consumers[fact] or self._consumers[operators.facts + fact]:
                self._relevant |= 1 << fact

    def _turn(self, proposition: int, holds: bool) -> None:
        """Make a fact, or its absence, hold at the start or not."""
        self._values[proposition] = 0.0 if holds else UNREACHED
        self._count(self._consumers[proposition], holds)

    def _count(self, operators: list[int], met: bool) -> None:
        counts, ready = self._counts, self._ready
        if met:
            for operator in operators:
                counts[operator] -= NEED
                if not counts[operator]:
                    ready[operator] = None
        else:
            for operator in operators:
                if not counts[operator]:
                    del ready[operator]
                counts[operator] += NEED

    def _move(self, state: int, tasks: int) -> None:
        """Go to a state and to the tasks that may take part."""
        state &= self._relevant
        facts = self.operators.facts
        for fact in bits(state ^ self._state):
            holds = bool(state >> fact & 1)
            self._turn(fact, holds)
            self._turn(facts + fact, not holds)
        for task in bits(tasks ^ self._tasks):
            self._count(self._of_task[task], bool(tasks >> task & 1))
        self._state, self._tasks = state, tasks

    def table(self, state: int, tasks: int) -> Table:
        """Return the estimates from a state.

        Propositions spread in waves (first in, first out), which is faster than cheapest first and estimates as well:
        what a later wave finds cheaper counts from then on only.

        Parameters
        ----------
        state : int
            The facts that are true.
        tasks : int
            Those that take part, as bits.
        """
        self.evaluations += 1
        self._move(state, tasks)
        counts, values, support = self._counts[:], self._values[:], self._no_support[:]
        gives, costs, consumers = self.operators.gives, self.operators.costs, self._consumers
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
                change = min(values[proposition], HIGHEST) - NEED
                for operator in consumers[proposition]:
                    count = counts[operator] = counts[operator] + change
                    if count < NEED:
                        operators.append(operator)
        return Table(self.operators, values, support)
