"""Small random ground problems in total order, some solution of each, and the cost of the cheapest by iteration."""

from __future__ import annotations

from random import Random
from typing import Any

from htn.model.ground import GroundAction, GroundMethod, GroundProblem, GroundStep

ACTIONS, COMPOUND, FACTS = 4, 4, 4


def random_problem(seed, *, unit=True):
    """Return a problem whose tasks may call each other in any way, recursively too."""
    random = Random(seed)
    actions = {}
    for task in range(ACTIONS):
        cost = 1 if unit else random.randint(0, 3)
        positive = _mask(random, 0.2)
        add = _mask(random, 0.35)
        actions[task] = GroundAction(positive, _mask(random, 0.05) & ~positive, add, _mask(random, 0.2), cost)
    root = ACTIONS + COMPOUND
    goal = root + 1
    actions[goal] = GroundAction(_mask(random, 0.3), 0, 0, 0)
    methods = {}
    for task in range(ACTIONS, root):
        methods[task] = [_method(random, number) for number in range(random.randint(2, 4))]
    below = tuple(random.randrange(ACTIONS, root) for _ in range(random.randint(1, 3)))
    methods[root] = [GroundMethod(0, 0, (*below, goal), None, "")]
    names = [(f"a{i}",) for i in range(ACTIONS)] + [(f"t{i}",) for i in range(COMPOUND)] + [("#top",), ("#goal",)]
    return GroundProblem([(f"f{i}",) for i in range(FACTS)], names, actions, methods, _mask(random, 0.5), root)


def _mask(random, chance):
    return sum(1 << fact for fact in range(FACTS) if random.random() < chance)


def _method(random, number):
    subtasks = [
        random.randrange(ACTIONS) if random.random() < 0.55 else random.randrange(ACTIONS, ACTIONS + COMPOUND)
        for _ in range(random.choice((0, 1, 2, 2, 3)))
    ]
    before = None if random.random() < 0.7 else tuple((i, i + 1) for i in range(len(subtasks) - 1))
    return GroundMethod(_mask(random, 0.15), _mask(random, 0.05), tuple(subtasks), before, f"m{number}")


def cost_of(problem, task):
    """Return what an action costs; the goal costs nothing."""
    return 0 if problem.tasks[task][0].startswith("#") else problem.actions[task].cost


def cheapest(problem):
    """Return the least cost of a solution, or None: the cost of each task from state to state, raised to a fixpoint."""
    table = {}
    for task, action in problem.actions.items():
        for state in range(1 << FACTS):
            if state & action.positive == action.positive and not state & action.negative:
                table[task, state] = {state & ~action.delete | action.add: cost_of(problem, task)}
    changed = True
    while changed:
        changed = False
        for task, methods in problem.methods.items():
            for state in range(1 << FACTS):
                known = table.setdefault((task, state), {})
                for method in methods:
                    if state & method.positive != method.positive or state & method.negative:
                        continue
                    for end, cost in _through(table, method.subtasks, state).items():
                        if cost < known.get(end, 1 << 30):
                            known[end], changed = cost, True
    return min(table[problem.root, problem.initial].values(), default=None)


def _through(table, subtasks, state):
    ends = {state: 0}
    for subtask in subtasks:
        following: dict[Any, Any] = {}
        for here, spent in ends.items():
            for end, cost in table.get((subtask, here), {}).items():
                following[end] = min(spent + cost, following.get(end, 1 << 30))
        ends = following
    return ends


def some_solution(problem, seed, tries=300):
    """Return a solution found by chance, as a rule a long one; None when none was met."""
    random = Random(seed)
    for _ in range(tries):
        steps: list[Any] = []
        state = problem.initial
        waiting = [(problem.root, -1, 0)]
        while waiting and len(steps) < 120:
            task, parent, position = waiting.pop()
            if task in problem.actions:
                action = problem.actions[task]
                if state & action.positive != action.positive or state & action.negative:
                    break
                state = state & ~action.delete | action.add
                steps.append(GroundStep(task, parent, position, None))
                continue
            applicable = [
                method
                for method in problem.methods[task]
                if state & method.positive == method.positive and not state & method.negative
            ]
            if not applicable:
                break
            method = random.choice(applicable)
            waiting += [(subtask, len(steps), place) for place, subtask in enumerate(method.subtasks)][::-1]
            steps.append(GroundStep(task, parent, position, method))
        else:
            if not waiting:
                return steps
    return None


def check(problem, steps):
    """Assert that steps are a solution; return what its actions cost."""
    state, cost = problem.initial, 0
    children: dict[Any, Any] = {}
    for number, step in enumerate(steps):
        assert step.parent < number
        children.setdefault(step.parent, []).append((step.position, step.task, number))
        if step.parent >= 0:
            # Depth first: everything below the siblings before it is done.
            assert [position for position, _, _ in children[step.parent]] == list(range(step.position + 1))
        condition = problem.actions[step.task] if step.method is None else step.method
        assert state & condition.positive == condition.positive
        assert not state & condition.negative
        if step.method is None:
            state = state & ~problem.actions[step.task].delete | problem.actions[step.task].add
            cost += cost_of(problem, step.task)
        else:
            assert step.method in problem.methods[step.task]
    for number, step in enumerate(steps):
        if step.method is not None:
            assert tuple(task for _, task, _ in children.get(number, [])) == step.method.subtasks
    assert [(step.task, step.parent) for step in steps if step.parent < 0] == [(problem.root, -1)]
    return cost
