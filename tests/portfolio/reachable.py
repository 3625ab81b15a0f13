"""The cheapest plan of a small problem with recursion, by working out everything that can be reached; shares no code.

Totally ordered: for each task and state, the cheapest way to each state that doing the task can end in, as a least
fixpoint: exact however deep the recursion. Partially ordered: every pair of a state and a task network that is left,
the cheapest first; exact unless networks grow beyond a bound.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import permutations
from typing import Any

from htn.hddl.model import And, Forall, Increase, When
from tests.hddl.brute_force import choices, objects_of, successor, value

TOO_MANY = "too many"


class Ground:
    """A problem's instances, made when they are asked for."""

    def __init__(self, domain, problem):
        self.domain, self.problem = domain, problem
        self.objects = objects_of(domain, problem)
        self.actions = {action.name: action for action in domain.actions}
        self.tasks = {task.name: task for task in domain.tasks}
        self.values = dict(problem.values)
        self.costly = any("Increase(" in repr(action.effect) for action in domain.actions)
        self.initial = frozenset(problem.init)
        self.known = {}

    def fits(self, task):
        """Whether a task's arguments are of the types declared."""
        schema = self.actions.get(task[0]) or self.tasks[task[0]]
        return all(x in self.objects.get(p.type, ()) for x, p in zip(task[1:], schema.parameters, strict=True))

    def network(self, network, values):
        """Return tasks and edges; None where a type does not fit or a constraint does not hold."""
        if not value(network.constraints, frozenset(), values, self.objects):
            return None
        tasks = tuple((each.task, *(values.get(term, term) for term in each.terms)) for each in network.subtasks)
        if not all(map(self.fits, tasks)):
            return None
        place = {each.label: i for i, each in enumerate(network.subtasks)}
        edges = {(place[first], place[second]) for first, second in network.ordering}
        if network.ordered:
            edges |= {(i, i + 1) for i in range(len(tasks) - 1)}
        return tasks, frozenset(edges)

    def initials(self):
        """Return the initial networks."""
        found = [self.network(self.problem.network, full) for full in choices(self.problem.parameters, self.objects)]
        return [each for each in found if each is not None]

    def methods(self, task):
        """Return what a compound task can become: (precondition, binding, tasks, edges)."""
        if task not in self.known:
            self.known[task] = list(self._methods(task))
        return self.known[task]

    def _methods(self, task):
        for method in self.domain.methods:
            if method.task == task[0]:
                for full in choices(method.parameters, self.objects):
                    if all(full.get(term, term) == x for term, x in zip(method.terms, task[1:], strict=True)):
                        network = self.network(method.network, full)
                        if network is not None:
                            yield method.precondition, full, *network

    def apply(self, task, state):
        """Return the state after an action and what it costs; None where it cannot be carried out."""
        action = self.actions[task[0]]
        values = {p.name: x for p, x in zip(action.parameters, task[1:], strict=True)}
        if not value(action.precondition, state, values, self.objects):
            return None
        return frozenset(successor(action.effect, state, values, self.objects)), self._cost(action.effect, values)

    def _cost(self, effect, values):
        if not self.costly:
            return 1
        total: float = 0
        for part in effect.parts if isinstance(effect, And) else [effect]:
            assert not isinstance(part, (When, Forall)) or "Increase(" not in repr(part)
            if isinstance(part, Increase):
                amount = part.amount
                if not isinstance(amount, (int, float)):
                    amount = self.values[(amount.predicate, *(values.get(term, term) for term in amount.terms))]
                total += amount
        return total

    def reached(self, state):
        """Whether the goal holds."""
        return self.problem.goal is None or value(self.problem.goal, state, {}, self.objects)


def orders(tasks, edges):
    """Return every order of tasks that the edges allow."""
    found = []
    for order in permutations(range(len(tasks))):
        place = {task: i for i, task in enumerate(order)}
        if all(place[first] < place[second] for first, second in edges):
            found.append(order)
    return found


def totally_ordered(domain, problem):
    """Whether every network allows one order only."""
    for network in [problem.network, *(method.network for method in domain.methods)]:
        place = {each.label: i for i, each in enumerate(network.subtasks)}
        edges = [(place[first], place[second]) for first, second in network.ordering]
        if not network.ordered and len(orders(network.subtasks, edges)) != 1:
            return False
    return True


class Fixpoint:
    """Cheapest ways from state to state, for totally ordered problems."""

    def __init__(self, ground, most=4000):
        self.ground = ground
        self.ways = {}
        self.most = most
        self.changed = False

    @property
    def looked_at(self):
        """How many pairs of a task and a state were looked at."""
        return len(self.ways)

    def cheapest(self):
        """Return the cost of the cheapest plan, None where there is none, TOO_MANY where that is not worked out."""
        self.changed = True
        while self.changed:
            self.changed = False
            ends = [
                cost
                for tasks, edges in self.ground.initials()
                for state, cost in self._sequence(tasks, edges, self.ground.initial).items()
                if self.ground.reached(state)
            ]
            for task, state in list(self.ways):
                self._improve(task, state)
            if len(self.ways) > self.most:
                return TOO_MANY
        return min(ends, default=None)

    def _sequence(self, tasks, edges, state):
        ends = {state: 0}
        for place in orders(tasks, edges)[0]:
            following: dict[Any, Any] = {}
            for before, spent in ends.items():
                for after, cost in self._of(tasks[place], before).items():
                    if spent + cost < following.get(after, float("inf")):
                        following[after] = spent + cost
            ends = following
        return ends

    def _of(self, task, state):
        if task[0] in self.ground.actions:
            applied = self.ground.apply(task, state)
            return {} if applied is None else {applied[0]: applied[1]}
        if (task, state) not in self.ways:
            self.ways[task, state] = {}
            self.changed = True
        return self.ways[task, state]

    def _improve(self, task, state):
        ends = self.ways[task, state]
        for precondition, values, tasks, edges in self.ground.methods(task):
            if value(precondition, state, values, self.ground.objects):
                for after, cost in list(self._sequence(tasks, edges, state).items()):
                    if cost < ends.get(after, float("inf")):
                        ends[after] = cost
                        self.changed = True


class Configurations:
    """Dijkstra's algorithm over states and the networks left, for partially ordered problems."""

    def __init__(self, ground, most=3000, size=7):
        self.ground, self.most, self.size = ground, most, size
        self.looked_at = 0

    def cheapest(self):
        """Return the cost of the cheapest plan, None where there is none, TOO_MANY where that is not worked out.

        With networks beyond the bound left out, a plan that is found is still one, and its cost a bound: then the
        answer is (TOO_MANY, cost).
        """
        waiting: list[Any] = []
        costs: dict[Any, Any] = {}
        count, cut = 0, False
        for tasks, edges in self.ground.initials():
            heappush(waiting, (0, count, self.ground.initial, _canonical(tasks, edges)))
            count += 1
        while waiting:
            cost, _, state, network = heappop(waiting)
            if (state, network) in costs:
                continue
            costs[state, network] = cost
            if len(costs) > self.most:
                return TOO_MANY
            self.looked_at = len(costs)
            if not network[0] and self.ground.reached(state):
                return (TOO_MANY, cost) if cut else cost
            for more, after, tasks, edges in self._next(state, network):
                if len(tasks) > self.size:
                    cut = True
                else:
                    count += 1
                    heappush(waiting, (cost + more, count, after, _canonical(tasks, edges)))
        return TOO_MANY if cut else None

    def _next(self, state, network):
        tasks, edges = network
        for i, task in enumerate(tasks):
            if any(second == i for _, second in edges):
                continue
            if task[0] in self.ground.actions:
                applied = self.ground.apply(task, state)
                if applied is not None:
                    yield applied[1], applied[0], *_replaced(tasks, edges, i, (), ())
            else:
                for precondition, values, inner, order in self.ground.methods(task):
                    if value(precondition, state, values, self.ground.objects):
                        yield 0, state, *_replaced(tasks, edges, i, inner, order)


def _replaced(tasks, edges, i, inner, order):
    """Put a network in the place of a task that nothing comes before."""
    shift = len(inner)
    rest = [j for j in range(len(tasks)) if j != i]
    place = {j: shift + k for k, j in enumerate(rest)}
    kept = {(place[a], place[b]) for a, b in edges if a != i}
    after = {place[b] for a, b in edges if a == i}
    return (*inner, *(tasks[j] for j in rest)), kept | set(order) | {(k, b) for k in range(shift) for b in after}


def _canonical(tasks, edges):
    """Give equal networks the same form in most cases: tasks sorted, those alike by what comes before and after."""
    edges = set(edges)
    for middle in range(len(tasks)):
        for a in range(len(tasks)):
            edges |= {(a, b) for b in range(len(tasks)) if (a, middle) in edges and (middle, b) in edges}
    before = [sorted(tasks[a] for a, b in edges if b == i) for i in range(len(tasks))]
    after = [sorted(tasks[b] for a, b in edges if a == i) for i in range(len(tasks))]
    order = sorted(range(len(tasks)), key=lambda i: (tasks[i], before[i], after[i]))
    place = {task: i for i, task in enumerate(order)}
    return tuple(tasks[i] for i in order), frozenset((place[a], place[b]) for a, b in edges)
