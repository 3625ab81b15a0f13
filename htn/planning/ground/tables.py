"""Tables: for each task and state that come up, the states in which doing the task can end, the cheapest ways first.

A totally ordered task ends in certain states wherever it stands, whatever comes after it. So recursion, however deep,
comes to a finite table: where there is no plan that is found out, and the first plan that is found is a cheapest one.
The price is that nothing of what comes after a task narrows down how it is done.

References
----------
Chen, W. and Warren, D. S. (1996). Tabled evaluation with delaying for general logic programs. Journal of the ACM 43.
Knuth, D. E. (1977). A generalization of Dijkstra's algorithm. Information Processing Letters 6.
"""

from __future__ import annotations

from collections.abc import Generator
from heapq import heappop, heappush
from typing import Any, NamedTuple, TypeAlias

from htn.model.ground import GroundMethod, GroundProblem, GroundStep
from htn.planning.ground.replay import steps_of

__all__ = ["Tables"]

_SLICE = 255
"""So many items between two pauses; a power of two less one."""
_MOST = 5_000_000
"""So many items by default: somewhat more than a gigabyte."""

_Trail: TypeAlias = "tuple[_Trail, _Table, int] | None"
"""How the compound subtasks of a method ended so far, the last first."""


class _Table:
    """Where one task ends when it begins in one state, and who wants to know."""

    __slots__ = ("ends", "task", "waiting")

    def __init__(self, task: int) -> None:
        self.task = task
        self.ends: dict[int, tuple[float, GroundMethod, _Trail]] = {}
        self.waiting: list[_Caller] = []


class _Caller(NamedTuple):
    """A method of a table's task that goes on behind a subtask once that has ended."""

    cost: float
    table: _Table
    method: GroundMethod
    place: int
    trail: _Trail


class Tables:
    """Cheapest plans by tables.

    Parameters
    ----------
    problem : GroundProblem
        The problem. Where a method leaves the order open, its subtasks are taken as listed, and the search proves
        nothing.
    most : int
        Give up after so many items: they are kept, and so is what they lead to.

    Attributes
    ----------
    tables, ends, items : int
        What was done so far: pairs of a task and a state that were looked at, ends that were found, and places in
        methods where they were.

    Examples
    --------
    >>> from htn.model.ground import GroundAction
    >>> step = GroundAction(positive=0, negative=1, add=1, delete=0)
    >>> methods = {0: [GroundMethod(0, 0, (0, 1), None, "again"), GroundMethod(1, 0, (), None, "done")]}
    >>> list(Tables(GroundProblem([("there",)], [("go",), ("step",)], {1: step}, methods, 0, 0)).run())
    []
    """

    def __init__(self, problem: GroundProblem, *, most: int = _MOST) -> None:
        self.problem, self.most = problem, most
        self.tables = self.ends = self.items = 0
        self._known: dict[tuple[int, int], _Table] = {}
        self._ordered = all(method.before is None for each in problem.methods.values() for method in each)
        self._costs = {
            task: 0.0 if problem.tasks[task][0].startswith("#") else float(action.cost)
            for task, action in problem.actions.items()
        }
        # Each item: a cost, a number that tells it apart, where a table's task ends or goes on, and in which state.
        self._waiting: list[tuple[float, int, _Caller, int]] = []

    def run(self) -> Generator[list[GroundStep] | None, None, str]:
        """Search; yield None now and then, and one plan, a cheapest one.

        Returns
        -------
        str
            ``"exhausted"`` where there is no plan, or none cheaper; ``"gave up"`` where the order was open, or after
            too many items.
        """
        problem, waiting = self.problem, self._waiting
        if problem.root in problem.actions:
            action = problem.actions[problem.root]
            if problem.initial & action.positive == action.positive and not problem.initial & action.negative:
                yield steps_of(problem, [])
            return "exhausted"
        root = self._table(problem.root, problem.initial)
        done = 0
        while waiting:
            cost, _, caller, state = heappop(waiting)
            done += 1
            if self.items > self.most:
                return "gave up"
            if not done & _SLICE:
                yield None
            table, method = caller.table, caller.method
            if caller.place < len(method.subtasks):
                self._advance(cost, caller, state)
            elif state not in table.ends:
                table.ends[state] = cost, method, caller.trail
                self.ends += 1
                if table is root:
                    yield steps_of(problem, _methods(root, state))
                    break
                for each in table.waiting:
                    self._push(each.cost + cost, each._replace(trail=(each.trail, table, state)), state)
        return "exhausted" if self._ordered else "gave up"

    def _push(self, cost: float, caller: _Caller, state: int) -> None:
        self.items += 1
        heappush(self._waiting, (cost, self.items, caller, state))

    def _table(self, task: int, state: int) -> _Table:
        """Return the table of a task that begins in a state; a new one is worked out from now on."""
        table = self._known.get((task, state))
        if table is None:
            table = self._known[task, state] = _Table(task)
            self.tables += 1
            for method in self.problem.methods[task]:
                if state & method.positive == method.positive and not state & method.negative:
                    self._push(0.0, _Caller(0.0, table, method, 0, None), state)
        return table

    def _advance(self, cost: float, caller: _Caller, state: int) -> None:
        """Carry out the actions that come next, up to the end or a compound task, and wait for that."""
        actions = self.problem.actions
        subtasks = caller.method.subtasks
        place = caller.place
        while place < len(subtasks) and subtasks[place] in actions:
            action = actions[subtasks[place]]
            if state & action.positive != action.positive or state & action.negative:
                return
            state = state & ~action.delete | action.add
            cost += self._costs[subtasks[place]]
            place += 1
        if place == len(subtasks):
            self._push(cost, caller._replace(cost=cost, place=place), state)
            return
        table = self._table(subtasks[place], state)
        following = caller._replace(cost=cost, place=place + 1)
        table.waiting.append(following)
        for end, (more, *_) in table.ends.items():
            self._push(cost + more, following._replace(trail=(caller.trail, table, end)), end)


def _methods(table: _Table, end: int) -> list[GroundMethod]:
    """Return the methods on the cheapest way to an end, in the order in which they are applied."""
    found: list[GroundMethod] = []
    waiting: list[Any] = [(table, end)]
    while waiting:
        table, end = waiting.pop()
        _, method, trail = table.ends[end]
        found.append(method)
        while trail is not None:
            trail, *below = trail
            waiting.append(below)
    return found
