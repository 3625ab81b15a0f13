"""Progression search for totally ordered problems, the most promising task list first.

A node is a state and the list of the tasks that are left. Actions at its head, and tasks there that only one method
applies to, leave no choice and are carried out at once; what remains is a compound task with several methods. Nodes are
ranked by the estimate of their parent and looked at when they come up (deferred evaluation: Helmert, "The Fast
Downward Planning System", JAIR 2006); where that turns out worse than what else is open, they wait again.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from heapq import heappop, heappush

from htn.model.ground import GroundMethod, GroundProblem, GroundStep
from htn.planning.ground.reach import least_costs
from htn.planning.ground.relaxed import UNREACHED, RelaxedComposition, Table
from htn.planning.ground.replay import steps_of

__all__ = ["BestFirst"]

_MOST_FORCED = 200
"""Forced moves that are made without looking at whether the search has been there before."""

_INFINITE = float("inf")


class _Cell:
    """A task and the list of those after it. There is one cell for each such list: equal lists are the same object."""

    __slots__ = ("below", "least", "number", "rest", "task")

    def __init__(self, task: int, rest: _Cell | None, number: int, below: int, least: float) -> None:
        self.task = task
        self.rest = rest
        self.number = number
        self.below = below
        self.least = least


class _Node:
    """A state, the tasks left, and how the search came there."""

    __slots__ = ("cell", "methods", "parent", "spent", "state")

    def __init__(
        self, parent: _Node | None, methods: tuple[GroundMethod, ...], state: int, cell: _Cell | None, spent: float
    ) -> None:
        self.parent = parent
        self.methods = methods
        self.state = state
        self.cell = cell
        self.spent = spent


class BestFirst:
    """Greedy best-first search, or weighted A* (Pohl, 1970).

    Parameters
    ----------
    problem : GroundProblem
        The problem. Where a method leaves the order open, its subtasks are taken as listed, and what the search then
        exhausts proves nothing.
    heuristic : str
        ``"add"`` or ``"ff"``.
    weights : sequence of float
        The weight of the estimate against what was spent, for one search after the other; infinite is greedy. Each
        search looks only for what is cheaper than the solutions before.
    seed : int, optional
        Ties are broken at random, reproducibly; by default the newest and the first method win.

    Attributes
    ----------
    expanded, generated, evaluations : int
        What was done so far.
    best : float
        The cost of the cheapest solution so far.
    """

    def __init__(
        self,
        problem: GroundProblem,
        *,
        heuristic: str = "add",
        weights: tuple[float, ...] = (_INFINITE, 5.0, 3.0, 2.0, 1.0),
        seed: int | None = None,
        method_cost: float = 1.0,
    ) -> None:
        self.problem = problem
        self.heuristic = heuristic
        self.weights = weights
        self.method_cost = method_cost
        self.expanded = 0
        self.generated = 0
        self.best = _INFINITE
        self._random = None if seed is None else random.Random(seed)
        self._least: list[float] = []
        self._cells: dict[tuple[int, int], _Cell] = {}
        self._complete = all(method.before is None for each in problem.methods.values() for method in each)

    @property
    def evaluations(self) -> int:
        """How many states were estimated."""
        return self._relaxed.evaluations

    def run(self) -> Generator[list[GroundStep] | None, None, str]:
        """Search; yield None now and then and each solution that is cheaper than those before.

        Returns
        -------
        str
            ``"exhausted"`` where there is no plan, or none that is cheaper than the last; else ``"gave up"``.
        """
        self._relaxed = RelaxedComposition(self.problem, self.method_cost)
        self._first = self._relaxed.first_task
        yield None
        self._least = least_costs(self.problem)
        yield None
        for weight in self.weights:
            ended = yield from self._search(weight)
            if ended:
                return ended
        return "gave up"

    def _cons(self, task: int, rest: _Cell | None) -> _Cell:
        key = (task, rest.number if rest else 0)
        cell = self._cells.get(key)
        if cell is None:
            below, least = self._relaxed.below[task], self._least[task]
            if rest:
                below |= rest.below
                if below == rest.below:
                    below = rest.below
                least += rest.least
            cell = self._cells[key] = _Cell(task, rest, len(self._cells) + 1, below, least)
        return cell

    def _search(self, weight: float) -> Generator[list[GroundStep] | None, None, str | None]:
        """Search with one weight; return how it ended, or None where the next weight may find something better."""
        visited: dict[tuple[int, int], float] = {}
        open_nodes: list[tuple[float, float, _Node]] = []
        last_resort = self._random.random if self._random else None
        order = 0
        greedy = weight == _INFINITE
        root = self._settle(_Node(None, (), self.problem.initial, self._cons(self.problem.root, None), 0.0))
        if root is not None:
            if root.cell is None:
                yield from self._solution(root)
                return "exhausted" if self._complete else "gave up"
            heappush(open_nodes, (0.0, 0.0, root))
        found = False
        while open_nodes:
            priority, tie, node = heappop(open_nodes)
            cell, spent = node.cell, node.spent
            assert cell is not None
            if spent + cell.least >= self.best:
                continue
            key = (node.state, cell.number)
            earlier = visited.get(key)
            if earlier is not None and (greedy or earlier <= spent):
                continue
            yield None
            table = self._relaxed.table(node.state, cell.below)
            value = self._estimate(table, cell)
            if value == UNREACHED:
                visited[key] = -1.0
                continue
            rank = value if greedy else spent + weight * value
            if open_nodes and rank > priority and rank > open_nodes[0][0] and earlier is None:
                # It waits with its own estimate; when it comes up again that has not got worse.
                heappush(open_nodes, (rank, tie, node))
                continue
            visited[key] = spent
            self.expanded += 1
            children = []
            for method in self.problem.methods[cell.task]:
                if node.state & method.positive == method.positive and not node.state & method.negative:
                    child = self._settle(self._after(node, cell, method))
                    if child is None:
                        continue
                    if child.cell is None:
                        yield from self._solution(child)
                        found = True
                        continue
                    children.append(child)
            if found and self.weights[-1] != weight:
                return None
            self.generated += len(children)
            for child in reversed(children):
                estimate = self._estimate(table, child.cell)
                if estimate == UNREACHED:
                    estimate = value
                order -= 1
                rank = estimate if greedy else child.spent + weight * estimate
                heappush(open_nodes, (rank, last_resort() if last_resort else order, child))
        return "exhausted" if self._complete else "gave up"

    def _estimate(self, table: Table, cell: _Cell | None) -> float:
        values, first = table.values, self._first
        if self.heuristic == "ff":
            tasks = []
            while cell is not None:
                tasks.append(cell.task)
                cell = cell.rest
            return table.relaxed_plan(tasks)
        total = 0.0
        while cell is not None:
            total += values[first + cell.task]
            cell = cell.rest
        return total

    def _after(self, node: _Node, cell: _Cell, method: GroundMethod) -> _Node:
        """Return the node after a decomposition of the first task."""
        following = cell.rest
        for task in reversed(method.subtasks):
            following = self._cons(task, following)
        return _Node(node, (method,), node.state, following, node.spent)

    def _settle(self, node: _Node) -> _Node | None:
        """Make the moves that leave no choice; return None where one cannot be made."""
        actions, methods = self.problem.actions, self.problem.methods
        state, cell, spent = node.state, node.cell, node.spent
        chosen = list(node.methods)
        forced = 0
        while cell is not None:
            task = cell.task
            action = actions.get(task)
            if action is not None:
                if state & action.positive != action.positive or state & action.negative:
                    return None
                state = state & ~action.delete | action.add
                spent += action.cost
                cell = cell.rest
                continue
            only = None
            for method in methods[task]:
                if state & method.positive == method.positive and not state & method.negative:
                    if only is not None:
                        break
                    only = method
            else:
                forced += 1
                if only is None:
                    return None
                if forced < _MOST_FORCED:
                    chosen.append(only)
                    cell = cell.rest
                    for subtask in reversed(only.subtasks):
                        cell = self._cons(subtask, cell)
                    continue
            break
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
