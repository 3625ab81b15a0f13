"""Progression search for totally ordered problems, the most promising task list first.

A node is a state and the list of the tasks that are left. Actions at its head, and tasks there that only one method
applies to, leave no choice and are carried out at once; what remains is a compound task with several methods. Nodes are
ranked by the estimate of their parent and looked at when they come up (deferred evaluation: Helmert, "The Fast
Downward Planning System", JAIR 2006); where that turns out worse than what else is open, they wait again, for a while.

Recursion is what misleads it: a path can be put together in endless ways before its first step is taken. So a greedy
search at first enters a recursive task only once in each state for each outermost call. Where that leaves nothing to
look at and something was left out, it starts again without this rule.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from heapq import heappop, heappush

from htn.model.ground import GroundMethod, GroundProblem, GroundStep
from htn.planning.ground.relaxed import UNREACHED, Table
from htn.planning.ground.replay import steps_of
from htn.planning.ground.task_lists import Cell, TaskLists

__all__ = ["BestFirst"]

_MOST_FORCED = 200
"""Forced moves that are made without looking at whether the search has been there before."""

_MOST_WAITS = 3
"""So many nodes in a row may turn out worse than they seemed before the best of them is gone on with all the same."""

_INFINITE = float("inf")


class _Node:
    """A state, the tasks left, and how the search came there."""

    __slots__ = ("base", "cell", "methods", "parent", "spent", "state")

    def __init__(
        self, parent: _Node | None, methods: tuple[GroundMethod, ...], state: int, cell: Cell | None, spent: float
    ) -> None:
        self.parent = parent
        self.methods = methods
        self.state = state
        self.cell = cell
        self.spent = spent
        self.base = -1


class _Estimate:
    """Estimates of lists from one table: what they have in common, the tasks after the first, is looked at once."""

    def __init__(self, table: Table, heuristic: str, common: Cell | None) -> None:
        self.table = table
        self.heuristic = heuristic
        self.common = common
        tasks = common.tasks() if common else []
        self._plan = table.extended(tasks) if heuristic == "ff" else None
        self._sum = 0.0 if heuristic == "ff" else table.added(tasks)

    def of(self, cell: Cell) -> float:
        """Return the estimate of a list."""
        tasks = []
        at: Cell | None = cell
        while at is not None and at is not self.common:
            tasks.append(at.task)
            at = at.rest
        shared = at is self.common
        if self._plan is not None:
            return self.table.extended(tasks, self._plan if shared else None).cost
        return self.table.added(tasks) + (self._sum if shared else 0.0)


class BestFirst:
    """Greedy best-first search, or weighted A* (Pohl, 1970).

    Parameters
    ----------
    problem : GroundProblem
        The problem. Where a method leaves the order open, its subtasks are taken as listed, and what the search then
        exhausts proves nothing.
    heuristic : str
        ``"ff"`` or ``"add"``.
    weights : sequence of float
        The weight of the estimate against what was spent, for one search after the other; infinite is greedy. Each
        search looks only for what is cheaper than the solutions before.
    seed : int, optional
        Ties are broken at random, reproducibly; by default the newest and the first method win.
    lists : TaskLists, optional
        Those of another search on the same problem, so that they are made only once.

    Attributes
    ----------
    expanded, generated, evaluations : int
        What was done so far.
    best : float
        The cost of the cheapest solution so far. It may be set to that of a solution found elsewhere; what is looked
        for must then be cheaper.
    """

    def __init__(
        self,
        problem: GroundProblem,
        *,
        heuristic: str = "ff",
        weights: tuple[float, ...] = (_INFINITE, 5.0, 3.0, 2.0, 1.0),
        seed: int | None = None,
        lists: TaskLists | None = None,
    ) -> None:
        self.problem = problem
        self.heuristic = heuristic
        self.weights = weights
        self.expanded = 0
        self.generated = 0
        self.evaluations = 0
        self.best = _INFINITE
        self._random = None if seed is None else random.Random(seed)
        self.lists = lists or TaskLists(problem)
        ordered = all(method.before is None for each in problem.methods.values() for method in each)
        self._ended = "exhausted" if ordered else "gave up"

    def run(self) -> Generator[list[GroundStep] | None, None, str]:
        """Search; yield None now and then and each solution that is cheaper than those before.

        Returns
        -------
        str
            ``"exhausted"`` where there is no plan, or none that is cheaper than the last; else ``"gave up"``.
        """
        for _ in self.lists.prepare():
            yield None
        for weight in self.weights:
            for once in (True, False) if weight == _INFINITE else (False,):
                if once or weight != _INFINITE or self.best == _INFINITE:
                    ended = yield from self._search(weight, once, weight == self.weights[-1])
                    if ended:
                        return ended
        return "gave up"

    def _search(self, weight: float, once: bool, last: bool) -> Generator[list[GroundStep] | None, None, str | None]:
        """Search with one weight; return how it ended, or None where the next search may find something better."""
        greedy = weight == _INFINITE
        visited: dict[tuple[int, int], float] = {}
        entered: set[tuple[int, int, int]] = set()
        cut = found = False
        # Ranked by the estimates of parents, and by their own.
        queue: list[tuple[float, float, _Node]] = []
        known: list[tuple[float, float, _Node]] = []
        order = waits = 0
        root = self._settle(_Node(None, (), self.problem.initial, self.lists.before(self.problem.root, None), 0.0))
        if root is not None:
            if root.cell is None:
                yield from self._solution(root)
                return self._ended
            queue.append((0.0, 0.0, root))
        while queue or known:
            again = not queue or bool(known and (waits >= _MOST_WAITS or known[0] < queue[0]))
            _, tie, node = heappop(known if again else queue)
            cell, spent = node.cell, node.spent
            assert cell is not None
            if spent + cell.least >= self.best:
                continue
            key = (node.state, cell.number)
            earlier = visited.get(key)
            if earlier is not None and (greedy or earlier <= spent):
                continue
            if once and (node.state, cell.task, node.base) in entered:
                cut = True
                continue
            yield None
            table = self.lists.relaxed.table(node.state, self.lists.reach(cell))
            self.evaluations += 1
            estimate = _Estimate(table, self.heuristic, cell.rest)
            value = estimate.of(cell)
            if value == UNREACHED:
                visited[key] = -1.0
                continue
            if not again:
                rank = value if greedy else spent + weight * value
                best = min(known[0][0] if known else rank, queue[0][0] if queue else rank)
                if rank > best:
                    heappush(known, (rank, tie, node))
                    waits += 1
                    continue
            waits = 0
            visited[key] = spent
            entered.add((node.state, cell.task, node.base))
            self.expanded += 1
            for method, after in reversed(list(self.lists.choices(node.state, cell))):
                child = self._settle(_Node(node, (method,), node.state, after, spent))
                if child is None:
                    continue
                self.generated += 1
                if child.cell is None:
                    found = found or child.spent < self.best
                    yield from self._solution(child)
                    continue
                value = estimate.of(child.cell)
                if value == UNREACHED:
                    continue
                child.base = self._base(node, cell, child, child.cell)
                order -= 1
                rank = value if greedy else child.spent + weight * value
                heappush(queue, (rank, self._random.random() if self._random else order, child))
            if found and not last:
                return None
        # A greedy search does not go back to a node that it reaches at less cost, so it proves nothing about cost.
        return None if cut or (greedy and self.best < _INFINITE) else self._ended

    def _base(self, node: _Node, cell: Cell, child: _Node, after: Cell) -> int:
        """Return the number of the list behind the outermost call of the recursion that a node is at the head of."""
        rest = after.rest.number if after.rest else 0
        if child.state != node.state or after.length <= cell.length - 1:
            return rest
        return node.base if self.lists.below[after.task] is self.lists.below[cell.task] else rest

    def _settle(self, node: _Node) -> _Node | None:
        """Make the moves that leave no choice; return None where one cannot be made."""
        actions, costs = self.problem.actions, self.lists.costs
        state, cell, spent = node.state, node.cell, node.spent
        chosen = list(node.methods)
        forced = 0
        while cell is not None:
            if state & cell.positive != cell.positive or state & cell.negative:
                return None
            action = actions.get(cell.task)
            if action is not None:
                state = state & ~action.delete | action.add
                spent += costs[cell.task]
                cell = cell.rest
                continue
            choices = self.lists.choices(state, cell)
            only = next(choices, None)
            if only is None:
                return None
            forced += 1
            if forced > _MOST_FORCED or next(choices, None) is not None:
                break
            chosen.append(only[0])
            cell = only[1]
        node.state, node.cell, node.spent, node.methods = state, cell, spent, tuple(chosen)
        return node

    def _solution(self, node: _Node) -> Generator[list[GroundStep] | None, None, None]:
        """Yield what led to a node without tasks, if it is cheaper than what was found before."""
        if node.spent >= self.best:
            return
        self.best = node.spent
        chosen: list[tuple[GroundMethod, ...]] = []
        at: _Node | None = node
        while at is not None:
            chosen.append(at.methods)
            at = at.parent
        yield steps_of(self.problem, (method for each in reversed(chosen) for method in each))
