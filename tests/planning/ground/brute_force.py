"""Ground problems at random, and what can be said of them by trying everything.

It knows nothing of bit masks kept up to date, memory or estimates: whole decompositions first, then every order of
their actions, then the definition of when a method's precondition holds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import product

from htn.model.ground import GroundAction, GroundMethod, GroundProblem, GroundStep

FACTS = 4
ACTIONS = 4
COMPOUND = 3


def random_problem(seed: int, *, ordered: bool, recursive: bool) -> GroundProblem:
    """Return a small problem; tasks 0.. are compound, and without recursion methods use later ones only."""
    rng = random.Random(seed)
    everything = range(COMPOUND + ACTIONS)

    def mask(most: int) -> int:
        return sum(1 << fact for fact in rng.sample(range(FACTS), rng.choice((0, 0, 1, most))))

    def condition(most: int) -> tuple[int, int]:
        positive = mask(most)
        return positive, mask(1) & ~positive

    def method(task: int, name: str) -> GroundMethod:
        choice = [other for other in everything if recursive or other > task]
        subtasks = tuple(rng.choice(choice) for _ in range(rng.choice((0, 1, 2, 2, 3))))
        pairs = [(a, b) for b in range(len(subtasks)) for a in range(b) if rng.random() < 0.35]
        return GroundMethod(*condition(1), subtasks, None if ordered else tuple(pairs), name)

    actions = {}
    for task in range(COMPOUND, COMPOUND + ACTIONS):
        add = mask(2)
        actions[task] = GroundAction(*condition(2), add, mask(2) & ~add)
    methods: dict[int, Sequence[GroundMethod]] = {
        task: [method(task, f"m{task}{place}") for place in range(rng.randint(1, 3))] for task in range(COMPOUND)
    }
    goal, root = COMPOUND + ACTIONS, COMPOUND + ACTIONS + 1
    actions[goal] = GroundAction(*condition(2), 0, 0)
    top = tuple(rng.randrange(COMPOUND) for _ in range(rng.randint(1, 2)))
    last = tuple((place, len(top)) for place in range(len(top)))
    methods[root] = [GroundMethod(0, 0, (*top, goal), None if ordered else last, "")]
    names = [(f"t{task}",) for task in everything] + [("#goal",), ("#root",)]
    return GroundProblem(
        [(f"f{fact}",) for fact in range(FACTS)], names, actions, methods, rng.randrange(1 << FACTS), root
    )


def widened(problem: GroundProblem, seed: int) -> GroundProblem:
    """Return a problem with one more method for each task, of four or five subtasks in an order of any shape."""
    rng = random.Random(seed)
    methods = dict(problem.methods)
    for task in range(COMPOUND):
        size = rng.choice((4, 5))
        subtasks = tuple(rng.choice(range(task + 1, COMPOUND + ACTIONS)) for _ in range(size))
        pairs = tuple((a, b) for b in range(size) for a in range(b) if rng.random() < 0.35)
        methods[task] = [*methods[task], GroundMethod(0, 0, subtasks, pairs, "wide")]
    actions = {
        task: action._replace(positive=action.positive & rng.getrandbits(FACTS), negative=0)
        for task, action in problem.actions.items()
    }
    return problem._replace(methods=methods, actions=actions)


def holds(state: int, condition: GroundAction | GroundMethod) -> bool:
    """Whether a condition is met."""
    return state & condition.positive == condition.positive and state & condition.negative == 0


def solvable_in_sequence(problem: GroundProblem, most: int = 3000, longest: int = 12) -> bool | None:
    """Whether a totally ordered problem has a plan; None where the search was cut off without one."""
    waiting: list[tuple[int, tuple[int, ...]]] = [(problem.initial, (problem.root,))]
    seen = set(waiting)
    cut = False
    for state, tasks in waiting:
        if not tasks:
            return True
        task, rest = tasks[0], tasks[1:]
        following: list[tuple[int, tuple[int, ...]]] = []
        if task in problem.actions:
            action = problem.actions[task]
            if holds(state, action):
                following.append((state & ~action.delete | action.add, rest))
        else:
            following = [(state, method.subtasks + rest) for method in problem.methods[task] if holds(state, method)]
        for each in following:
            if len(each[1]) > longest or len(seen) >= most:
                cut = True
            elif each not in seen:
                seen.add(each)
                waiting.append(each)
    return None if cut else False


def cheapest_in_sequence(problem: GroundProblem, most: int = 3000, longest: int = 12) -> int | None:
    """Return the fewest actions of a plan of a totally ordered problem; None where there is none or it was cut off."""
    queue: list[tuple[int, int, tuple[int, ...]]] = [(0, problem.initial, (problem.root,))]
    done: set[tuple[int, tuple[int, ...]]] = set()
    while queue and len(done) < most:
        cost, state, tasks = heappop(queue)
        if not tasks:
            return cost
        if (state, tasks) in done or len(tasks) > longest:
            continue
        done.add((state, tasks))
        task, rest = tasks[0], tasks[1:]
        if task not in problem.actions:
            for method in problem.methods[task]:
                if holds(state, method):
                    heappush(queue, (cost, state, method.subtasks + rest))
        elif holds(state, problem.actions[task]):
            action = problem.actions[task]
            counts = not problem.tasks[task][0].startswith("#")
            heappush(queue, (cost + counts, state & ~action.delete | action.add, rest))
    return None


Tree = tuple[int, GroundMethod | None, tuple["Tree", ...]]


def trees(problem: GroundProblem, task: int) -> Iterator[Tree]:
    """Yield every decomposition of a task; only for problems without recursion."""
    if task in problem.actions:
        yield task, None, ()
        return
    for method in problem.methods[task]:
        for children in product(*[list(trees(problem, each)) for each in method.subtasks]):
            yield task, method, children


def solvable_interleaved(problem: GroundProblem, most: int = 1000) -> bool | None:
    """Whether a partially ordered problem without recursion has a plan; None where trying was cut off."""
    for tree in trees(problem, problem.root):
        leaves: list[tuple[int, ...]] = []
        _leaves(tree, (), leaves)
        for order in _orders(tree, leaves):
            most -= 1
            if most < 0:
                return None
            if valid(problem, tree, list(order)):
                return True
    return False


def _leaves(tree: Tree, path: tuple[int, ...], found: list[tuple[int, ...]]) -> None:
    if tree[1] is None:
        found.append(path)
    for place, child in enumerate(tree[2]):
        _leaves(child, (*path, place), found)


def _comes_before(tree: Tree, first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    depth = next(place for place in range(len(first)) if first[place] != second[place])
    for place in first[:depth]:
        tree = tree[2][place]
    assert tree[1] is not None
    return bool(predecessors_of(tree[1])[second[depth]] >> first[depth] & 1)


def predecessors_of(method: GroundMethod) -> list[int]:
    """Return what comes before each subtask, by Warshall's algorithm."""
    size = len(method.subtasks)
    before = method.before if method.before is not None else [(place, place + 1) for place in range(size - 1)]
    masks = [sum(1 << first for first in range(size) if (first, second) in before) for second in range(size)]
    for middle in range(size):
        for place in range(size):
            if masks[place] >> middle & 1:
                masks[place] |= masks[middle]
    return masks


def _orders(tree: Tree, leaves: list[tuple[int, ...]]) -> Iterator[tuple[tuple[int, ...], ...]]:
    if not leaves:
        yield ()
    for leaf in leaves:
        others = [other for other in leaves if other != leaf]
        if not any(_comes_before(tree, other, leaf) for other in others):
            for rest in _orders(tree, others):
                yield (leaf, *rest)


def valid(problem: GroundProblem, tree: Tree, order: list[tuple[int, ...]]) -> bool:
    """Whether a decomposition, its actions carried out in an order, is a plan by the definition."""
    states = [problem.initial]
    for path in order:
        node = tree
        for place in path:
            node = node[2][place]
        action = problem.actions[node[0]]
        if not holds(states[-1], action):
            return False
        states.append(states[-1] & ~action.delete | action.add)
    return _settled(tree, (), 0, states, order) is not None


def _settled(
    tree: Tree, path: tuple[int, ...], start: int, states: list[int], order: list[tuple[int, ...]]
) -> int | None:
    """Return when a task can be finished at the earliest if all before it is finished at the start."""
    if tree[1] is None:
        position = order.index(path)
        return position + 1 if start <= position else None
    below = [place for place, leaf in enumerate(order) if leaf[: len(path)] == path]
    last = min(below, default=len(order))
    found = next((place for place in range(start, last + 1) if holds(states[place], tree[1])), None)
    if found is None:
        return None
    ends = [found] * len(tree[2])
    masks = predecessors_of(tree[1])
    for place in sorted(range(len(tree[2])), key=lambda place: masks[place].bit_count()):
        begin = max([found, *(ends[other] for other in range(len(tree[2])) if masks[place] >> other & 1)])
        end = _settled(tree[2][place], (*path, place), begin, states, order)
        if end is None:
            return None
        ends[place] = end
    return max([found, *ends])


def replayed(problem: GroundProblem, steps: list[GroundStep]) -> bool:
    """Whether the steps of a solution are a decomposition of the root, and a plan by the definition."""
    children: dict[int, dict[int, int]] = {}
    for number, step in enumerate(steps):
        places = children.setdefault(step.parent, {})
        if step.parent >= number or step.position in places:
            return False
        places[step.position] = number
    if [steps[number].task for number in children[-1].values()] != [problem.root]:
        return False
    paths: dict[int, tuple[int, ...]] = {}
    order = []
    for number, step in enumerate(steps):
        paths[number] = (*paths[step.parent], step.position) if step.parent >= 0 else ()
        if step.method is None:
            order.append(paths[number])

    def grown(number: int) -> Tree | None:
        step = steps[number]
        if step.method is None:
            return (step.task, None, ()) if step.task in problem.actions and number not in children else None
        below = children.get(number, {})
        subtasks = step.method.subtasks
        if step.method not in problem.methods[step.task] or sorted(below) != list(range(len(subtasks))):
            return None
        parts = [grown(below[place]) for place in range(len(subtasks))]
        if any(part is None or part[0] != task for part, task in zip(parts, subtasks, strict=True)):
            return None
        return step.task, step.method, tuple([part for part in parts if part is not None])

    tree = grown(0)
    if tree is None:
        return False
    sequence = [(first, second) for place, second in enumerate(order) for first in order[place + 1 :]]
    return not any(_comes_before(tree, *pair) for pair in sequence) and valid(problem, tree, order)
