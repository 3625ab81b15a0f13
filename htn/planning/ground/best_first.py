"""Progression search for totally ordered problems, the most promising task list first.

A node is a state and the list of the tasks that are left. Actions at its head, and tasks there that only one method
applies to, leave no choice and are carried out at once; what remains is a compound task with several methods. Nodes are
ranked by the estimate of their parent and looked at when they come up (deferred evaluation: Helmert, "The Fast
Downward Planning System", JAIR 2006); where that turns out worse than what else is open, they wait again.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Iterator
from heapq import heappop, heappush

from htn.model.ground import GroundMethod, GroundProblem, GroundStep
from htn.planning.ground.cover import Cover
from htn.planning.ground.reach import least_costs, tasks_below
from htn.planning.ground.relaxed import UNREACHED, Table, relaxed_composition
from htn.planning.ground.replay import steps_of

__all__ = ["BestFirst"]

_MOST_FORCED = 200
"""Forced moves that are made without looking at whether the search has been there before."""

_INFINITE = float("inf")


class _Cell:
    """A task and the list of those after it. There is one cell for each such list: equal lists are the same object."""

    __slots__ = ("below", "least", "length", "negative", "number", "positive", "rest", "task")

    def __init__(self, task: int, rest: _Cell | None, number: int, least: float, needs: tuple[int, int]) -> None:
        self.task = task
        self.rest = rest
        self.number = number
        self.below = 0
        self.least = least
        self.length: int = 1 + rest.length if rest else 1
        self.positive, self.negative = needs


class _Node:
    """A state, the tasks left, and how the search came there."""

    __slots__ = ("base", "cell", "methods", "parent", "spent", "state")

    def __init__(
        self, parent: _Node | None, methods: tuple[GroundMethod, ...], state: int, cell: _Cell | None, spent: float
    ) -> None:
        self.parent = parent
        self.methods = methods
        self.state = state
        self.cell = cell
        self.spent = spent
        self.base = -1


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
        ordered = all(method.before is None for each in problem.methods.values() for method in each)
        self._ended = "exhausted" if ordered else "gave up"

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
        self._relaxed = relaxed_composition(self.problem, self.method_cost)
        self._below = tasks_below(self.problem)
        yield None
        self._least = least_costs(self.problem)
        self._costs = {
            task: 0.0 if self.problem.tasks[task][0].startswith("#") else float(action.cost)
            for task, action in self.problem.actions.items()
        }
        yield None
        self._cover = Cover(self.problem)
        yield None
        for weight in self.weights:
            for once in (True, False) if weight == _INFINITE else (False,):
                if once or weight != _INFINITE or self.best == _INFINITE:
                    ended = yield from self._search(weight, once, weight == self.weights[-1])
                    if ended:
                        return ended
        return "gave up"

    def _cons(self, task: int, rest: _Cell | None) -> _Cell:
        key = (task, rest.number if rest else 0)
        cell = self._cells.get(key)
        if cell is None:
            least = self._least[task]
            if rest is None:
                needs = self._cover.regress(task, 0, 0)
            else:
                needs = self._cover.regress(task, rest.positive, rest.negative)
                least += rest.least
            cell = self._cells[key] = _Cell(task, rest, len(self._cells) + 1, least, needs)
        return cell

    def _tasks_below(self, cell: _Cell) -> int:
        """Return the tasks that may take part in doing those of a list, as bits."""
        above = []
        at: _Cell | None = cell
        while at is not None and not at.below:
            above.append(at)
            at = at.rest
        below = at.below if at else 0
        for each in reversed(above):
            more = below | (self._below.get(each.task) or 1 << each.task)
            # Most lists have the same below them as their rests: one number for all.
            each.below = below = below if more == below else more
        return below

    def _search(self, weight: float, once: bool, last: bool) -> Generator[list[GroundStep] | None, None, str | None]:
        """Search with one weight; return how it ended, or None where the next search may find something better."""
        greedy = weight == _INFINITE
        visited: dict[tuple[int, int], float] = {}
        entered: set[tuple[int, int, int]] = set()
        cut = found = False
        queue: list[tuple[float, float, _Node]] = []
        order = 0
        root = self._settle(_Node(None, (), self.problem.initial, self._cons(self.problem.root, None), 0.0))
        if root is not None:
            if root.cell is None:
                yield from self._solution(root)
                return self._ended
            queue.append((0.0, 0.0, root))
        while queue:
            priority, tie, node = heappop(queue)
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
            table = self._relaxed.table(node.state, self._tasks_below(cell))
            value = self._estimate(table, cell)
            if value == UNREACHED:
                visited[key] = -1.0
                continue
            rank = value if greedy else spent + weight * value
            if queue and rank > priority and rank > queue[0][0]:
                # It waits with its own estimate; when it comes up again that has not got worse.
                heappush(queue, (rank, tie, node))
                continue
            visited[key] = spent
            entered.add((node.state, cell.task, node.base))
            self.expanded += 1
            for method, after in reversed(list(self._choices(node.state, cell))):
                child = self._settle(_Node(node, (method,), node.state, after, spent))
                if child is None:
                    continue
                self.generated += 1
                if child.cell is None:
                    found = found or child.spent < self.best
                    yield from self._solution(child)
                    continue
                value = self._estimate(table, child.cell)
                if value == UNREACHED:
                    continue
                child.base = self._base(node, cell, child, child.cell)
                order -= 1
                rank = value if greedy else child.spent + weight * value
                heappush(queue, (rank, self._random.random() if self._random else order, child))
            if found and not last:
                return None
        return None if cut else self._ended

    def _base(self, node: _Node, cell: _Cell, child: _Node, after: _Cell) -> int:
        """Return the number of the list behind the outermost call of the recursion that a node is at the head of."""
        rest = after.rest.number if after.rest else 0
        if child.state != node.state or after.length <= cell.length - 1:
            return rest
        return node.base if self._below[after.task] is self._below[cell.task] else rest

    def _estimate(self, table: Table, cell: _Cell | None) -> float:
        tasks = []
        while cell is not None:
            tasks.append(cell.task)
            cell = cell.rest
        return table.relaxed_plan(tasks) if self.heuristic == "ff" else table.added(tasks)

    def _choices(self, state: int, cell: _Cell) -> Iterator[tuple[GroundMethod, _Cell | None]]:
        """Yield the methods of the first task that may lead to a plan, each with the tasks that it leaves."""
        for method in self.problem.methods[cell.task]:
            if state & method.positive == method.positive and not state & method.negative:
                after = cell.rest
                for task in reversed(method.subtasks):
                    after = self._cons(task, after)
                if after is None or (state & after.positive == after.positive and not state & after.negative):
                    yield method, after

    def _settle(self, node: _Node) -> _Node | None:
        """Make the moves that leave no choice; return None where one cannot be made."""
        actions, costs = self.problem.actions, self._costs
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
            choices = self._choices(state, cell)
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
