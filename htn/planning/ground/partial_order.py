"""Progression search for partially ordered problems, with interleaving, the most promising network first.

A node is a state and the network of the tasks that are left. Where a compound task has nothing before it, one such is
decomposed, in every way; else each action that has nothing before it is carried out. Methods' preconditions are actions
without effects, so a decomposition looks at no state and may be made at any time. What loses nothing is done at once:
actions without effects that are applicable, decompositions with one method, the last action left to choose.
(Höller, Bercher, Behnke and Biundo, "HTN Planning as Heuristic Progression Search", JAIR 2020.)
"""

from __future__ import annotations

import random
from collections.abc import Generator
from heapq import heappop, heappush

from htn.model.ground import GroundProblem, GroundStep
from htn.planning.ground.interleave import Move, predecessors, steps_of_moves
from htn.planning.ground.networks import Network, Networks
from htn.planning.ground.preconditions import preconditions_as_actions
from htn.planning.ground.reach import least_costs, tasks_below
from htn.planning.ground.relaxed import UNREACHED, Table, relaxed_composition

__all__ = ["PartialOrder"]

_MOST_FORCED = 200
"""Forced moves that are made without looking at whether the search has been there before."""

_INFINITE = float("inf")


class _Node:
    """A state, the tasks left, and how the search came there."""

    __slots__ = ("depth", "moves", "network", "parent", "spent", "state")

    def __init__(
        self,
        parent: _Node | None,
        moves: tuple[Move, ...],
        state: int,
        network: Network | None,
        spent: float,
        depth: float,
    ) -> None:
        self.parent = parent
        self.moves = moves
        self.state = state
        self.network = network
        self.spent = spent
        self.depth = depth


class PartialOrder:
    """Weighted A* (Pohl, 1970) or greedy best-first search on networks.

    Parameters
    ----------
    problem : GroundProblem
        The problem.
    heuristic : str
        ``"ff"`` or ``"add"``.
    weights : sequence of float
        The weight of the estimate against what was spent (decompositions count), for one search after the other;
        infinite is greedy. Each search looks only for what is cheaper than the solutions before.
    seed : int, optional
        Ties are broken at random, reproducibly; by default the newest wins.

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
        weights: tuple[float, ...] = (5.0, 2.0, 1.0),
        seed: int | None = None,
    ) -> None:
        self.original = problem
        self.heuristic = heuristic
        self.weights = weights
        self.expanded = 0
        self.generated = 0
        self.evaluations = 0
        self.best = _INFINITE
        self._random = None if seed is None else random.Random(seed)

    def run(self) -> Generator[list[GroundStep] | None, None, str]:
        """Search; yield None now and then and each solution that is cheaper than those before.

        Returns
        -------
        str
            ``"exhausted"`` where there is no plan, or none that is cheaper than the last; else ``"gave up"``.
        """
        self.problem = preconditions_as_actions(self.original)
        yield None
        self._relaxed = relaxed_composition(self.problem)
        yield None
        self._costs = [0.0 if name[0].startswith("#") else 1.0 for name in self.problem.tasks]
        self._networks = Networks(least_costs(self.problem))
        self._below = tasks_below(self.problem)
        self._bodies: dict[tuple[int, int], Network | None] = {}
        yield None
        for weight in self.weights:
            ended = yield from self._search(weight)
            if ended:
                return ended
        return "gave up"

    def _body(self, task: int, place: int) -> Network | None:
        """Return the network of a method's subtasks."""
        key = (task, place)
        if key not in self._bodies:
            method = self.problem.methods[task][place]
            parts = [self._networks.task(each) for each in method.subtasks]
            self._bodies[key] = self._networks.ordered(parts, predecessors(len(parts), method.before or ()))
        return self._bodies[key]

    def _search(self, weight: float) -> Generator[list[GroundStep] | None, None, str | None]:
        """Search with one weight; return how it ended, or None where the next weight may find something better."""
        visited: dict[tuple[int, int], float] = {}
        open_nodes: list[tuple[float, float, _Node]] = []
        order = 0
        greedy = weight == _INFINITE
        root = self._settle(_Node(None, (), self.problem.initial, self._networks.task(self.problem.root), 0.0, 0.0))
        if root is not None:
            if root.network is None:
                yield from self._solution(root)
                return "exhausted"
            heappush(open_nodes, (0.0, 0.0, root))
        while open_nodes:
            priority, tie, node = heappop(open_nodes)
            network, depth = node.network, node.depth
            assert network is not None
            if node.spent + network.least >= self.best:
                continue
            key = (node.state, network.number)
            earlier = visited.get(key)
            if earlier is not None and (greedy or earlier <= node.spent):
                continue
            yield None
            tasks = network.tasks()
            table = self._relaxed.table(node.state, self._tasks_below(tasks))
            self.evaluations += 1
            value = self._estimate(table, tasks)
            if value == UNREACHED:
                visited[key] = -1.0
                continue
            rank = value if greedy else depth + weight * value
            if open_nodes and rank > priority and rank > open_nodes[0][0]:
                # It waits with its own estimate; when it comes up again that has not got worse.
                heappush(open_nodes, (rank, tie, node))
                continue
            visited[key] = node.spent
            self.expanded += 1
            found = False
            for child in reversed([each for each in map(self._settle, self._children(node, network)) if each]):
                self.generated += 1
                if child.network is None:
                    before = self.best
                    yield from self._solution(child)
                    found = found or self.best < before
                    continue
                estimate = self._estimate(table, child.network.tasks())
                if estimate == UNREACHED:
                    continue
                order -= 1
                rank = estimate if greedy else child.depth + weight * estimate
                heappush(open_nodes, (rank, self._random.random() if self._random else order, child))
            if found and weight != self.weights[-1]:
                return None
        # A greedy search does not go back to a node that it reaches at less cost, so it proves nothing about cost.
        return None if greedy and self.best < _INFINITE else "exhausted"

    def _tasks_below(self, tasks: list[int]) -> int:
        """Return the tasks that may take part in doing some, as bits."""
        below = 0
        for task in dict.fromkeys(tasks):
            below |= self._below.get(task) or 1 << task
        return below

    def _estimate(self, table: Table, tasks: list[int]) -> float:
        return table.relaxed_plan(tasks) if self.heuristic == "ff" else table.added(tasks)

    def _children(self, node: _Node, network: Network) -> list[_Node]:
        """Return what comes of decomposing one task in every way, or else of carrying out each action."""
        methods = self.problem.methods
        chosen = None
        fewest = 0
        for head in network.heads:
            if head[0] in methods and (chosen is None or len(methods[head[0]]) < fewest):
                chosen, fewest = head, len(methods[head[0]])
        if chosen is not None:
            return [self._decomposed(node, network, chosen, place) for place in range(fewest)]
        return [self._executed(node, network, head) for head in network.heads if self._applicable(node.state, head[0])]

    def _applicable(self, state: int, task: int) -> bool:
        action = self.problem.actions[task]
        return state & action.positive == action.positive and not state & action.negative

    def _decomposed(self, node: _Node, network: Network, head: tuple[int, tuple[int, ...]], place: int) -> _Node:
        task, path = head
        after = self._networks.replace(network, path, self._body(task, place))
        return _Node(node, ((task, place, after),), node.state, after, node.spent, node.depth + 1.0)

    def _executed(self, node: _Node, network: Network, head: tuple[int, tuple[int, ...]]) -> _Node:
        task, path = head
        action = self.problem.actions[task]
        after = self._networks.replace(network, path, None)
        cost = self._costs[task] * action.cost
        state = node.state & ~action.delete | action.add
        return _Node(node, ((task, -1, after),), state, after, node.spent + cost, node.depth + self._costs[task])

    def _settle(self, node: _Node) -> _Node | None:
        """Make the moves that lose nothing; return None where a dead end shows."""
        actions, methods = self.problem.actions, self.problem.methods
        moves = list(node.moves)
        forced = 0
        while node.network is not None and forced < _MOST_FORCED:
            forced += 1
            heads = node.network.heads
            for head in heads:
                task = head[0]
                action = actions.get(task)
                if action is None:
                    count = len(methods[task])
                    if not count:
                        return None
                    if count == 1:
                        following = self._decomposed(node, node.network, head, 0)
                        break
                elif not action.add and not action.delete and self._applicable(node.state, task):
                    following = self._executed(node, node.network, head)
                    break
            else:
                if any(head[0] in methods for head in heads):
                    break
                ready = [head for head in heads if self._applicable(node.state, head[0])]
                if not ready:
                    return None
                if len(ready) > 1:
                    break
                following = self._executed(node, node.network, ready[0])
            moves += following.moves
            following.parent = node.parent
            node = following
        node.moves = tuple(moves)
        return node

    def _solution(self, node: _Node) -> Generator[list[GroundStep] | None, None, None]:
        """Yield what led to a node without tasks, if it is cheaper than what was found before."""
        if node.spent >= self.best:
            return
        self.best = node.spent
        chosen: list[tuple[Move, ...]] = []
        at: _Node | None = node
        while at is not None:
            chosen.append(at.moves)
            at = at.parent
        moves = [move for each in reversed(chosen) for move in each]
        yield steps_of_moves(self.original, self.problem, self._networks, moves)
