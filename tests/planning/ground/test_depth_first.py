"""The depth-first search finds a plan exactly where there is one, proves where there is none, and its parts hold up."""

from __future__ import annotations

from typing import Any

import pytest

from htn.model.ground import GroundAction, GroundMethod, GroundProblem
from htn.planning.ground.cover import Cover
from htn.planning.ground.depth_first import DepthFirst
from htn.planning.ground.recursion import circles, components
from tests.planning.ground.brute_force import holds, random_problem, replayed, solvable_in_sequence

WAYS: list[dict[str, Any]] = [
    {},
    {"hasty": False},
    {"seed": 3},
    {"hasty": False, "seed": 5},
    {"slack": 1},
    {"slack": 1, "hasty": False},
]


def first(problem, most=400, **options):
    """Return the first solution, and how the search ended; None where it was cut off."""
    search = DepthFirst(problem, **options).run()
    for _ in range(most):
        try:
            found = next(search)
        except StopIteration as stopped:
            return None, stopped.value
        if found is not None:
            return found, "solved"
    return None, None


@pytest.mark.parametrize("recursive", [False, True])
def test_agrees_with_trying_everything(recursive):
    """On random problems it solves what can be solved and exhausts the rest, whatever its options."""
    solved = unsolvable = 0
    for seed in range(300):
        problem = random_problem(seed, ordered=True, recursive=recursive)
        expected = solvable_in_sequence(problem)
        for options in WAYS:
            steps, ended = first(problem, 30, **options)
            assert steps is None or replayed(problem, steps), (seed, options)
            if expected is not None:
                assert (steps is not None) == expected, (seed, options)
                assert expected or ended == "exhausted", (seed, options)
            elif ended == "exhausted":
                # Agendas that can grow without end: trying everything could not tell.
                unsolvable += 1
        solved += bool(expected)
        unsolvable += expected is False
    assert solved > 30
    assert unsolvable > 50


def test_every_solution_is_one():
    """Resumed after a solution it yields others, all of them valid, and then claims no proof."""
    several = 0
    for seed in range(500):
        problem = random_problem(seed, ordered=True, recursive=False)
        search = DepthFirst(problem).run()
        found: list[Any] = []
        ended = None
        while ended is None:
            try:
                found.append(next(search))
            except StopIteration as stopped:
                ended = stopped.value
        found = [steps for steps in found if steps is not None]
        assert all(replayed(problem, steps) for steps in found)
        assert ended == ("gave up" if found else "exhausted")
        several += len(found) > 1
    assert several > 5


def test_same_seed_same_plan():
    """The order of methods depends on the seed alone."""
    for seed in range(60):
        problem = random_problem(seed, ordered=True, recursive=True)
        assert first(problem, seed=7) == first(problem, seed=7)


def test_without_sequences_it_proves_nothing():
    """Where the order is open, only one order is tried, so that exhausting it is no proof."""
    ended = set()
    for seed in range(100):
        problem = random_problem(seed, ordered=False, recursive=False)
        steps, how = first(problem)
        ended.add(how)
        # The steps of a sequence are in an order that the network allows.
        assert steps is None or replayed(problem, steps)
    assert ended == {"solved", "gave up"}


def test_recursion_before_the_action_needs_longer_agendas():
    """Left recursion that must go deep is found by letting the agenda grow."""
    size = 50
    actions = {1: GroundAction(0, 0, 0, 0)}
    # t becomes t b, or a; the b that needs the fact n makes the fact n + 1, so that only the deepest nesting helps.
    actions |= {2 + n: GroundAction(1 << n, 0, 1 << (n + 1), 0) for n in range(size)}
    tasks = [("t",), ("a",), *[("b", str(n)) for n in range(size)], ("#goal",), ("#root",), ("b",)]
    goal, root, some = size + 2, size + 3, size + 4
    actions[goal] = GroundAction(1 << size, 0, 0, 0)
    methods = {
        root: [GroundMethod(0, 0, (0, goal), None, "")],
        0: [GroundMethod(0, 0, (1,), None, "stop"), GroundMethod(0, 0, (0, some), None, "more")],
        some: [GroundMethod(0, 0, (2 + n,), None, f"b{n}") for n in range(size)],
    }
    problem = GroundProblem([(str(n),) for n in range(size + 1)], tasks, actions, methods, 1, root)
    for options in ({"slack": 3}, {"slack": 3, "hasty": False}):
        steps, ended = first(problem, **options)
        assert ended == "solved"
        assert replayed(problem, steps)


def test_it_pauses_while_it_works():
    """However long the search, there are never more than a thousand or so nodes between two pauses."""
    size = 16
    actions = {n: GroundAction(0, 0, 1 << n, 0) for n in range(size)}
    actions |= {size + n: GroundAction(0, 0, 0, 1 << n) for n in range(size)}
    methods = {2 * size + n: [GroundMethod(0, 0, (each,), None, "m") for each in (n, size + n)] for n in range(size)}
    choice, root = 3 * size, 3 * size + 1
    # The first fact must be true for one method and false for the other, but each then needs the opposite of the
    # last task: nothing that holds for both, so that every state is tried.
    methods[choice] = [GroundMethod(2, 1, (), None, "m"), GroundMethod(1, 2, (), None, "n")]
    actions[choice + 2] = GroundAction(0b11, 0, 0, 0)
    methods[root] = [GroundMethod(0, 0, (*range(2 * size, choice), choice, choice + 2), None, "")]
    tasks = [(str(n),) for n in range(choice + 3)]
    problem = GroundProblem([(str(n),) for n in range(size)], tasks, actions, methods, 0, root)
    search = DepthFirst(problem)
    run = search.run()
    while search.nodes < 8000:
        before = search.nodes
        assert next(run) is None
        assert search.nodes - before <= 1024


def test_cover_is_implied_by_having_a_plan():
    """In every state from which a task can be carried out, what the cover says is needed holds."""
    checked = 0
    for seed in range(150):
        problem = random_problem(seed, ordered=True, recursive=False)
        cover = Cover(problem)
        for task in range(len(problem.tasks)):
            for state in range(1 << len(problem.facts)):
                here = problem._replace(initial=state, root=task)
                if solvable_in_sequence(here):
                    checked += 1
                    assert state & cover.positive[task] == cover.positive[task]
                    assert not state & cover.negative[task]
    assert checked > 1000


def test_regression_through_an_action_is_exact():
    """What must hold before an action, for something to hold after it, does so just where it is true."""
    for seed in range(40):
        problem = random_problem(seed, ordered=True, recursive=False)
        cover = Cover(problem)
        for task, action in problem.actions.items():
            for positive in range(16):
                negative = ~positive & (seed % 16)
                before = cover.regress(task, positive, negative)
                for state in range(16):
                    after = state & ~action.delete | action.add
                    expected = holds(state, action) and after & positive == positive and not after & negative
                    assert (state & before[0] == before[0] and not state & before[1]) == expected


def test_circles_are_tasks_that_reach_each_other():
    """Two tasks have the same number just where each comes up below the other; below means later in the list."""
    for seed in range(200):
        problem = random_problem(seed, ordered=True, recursive=True)
        reach = {task: {each for m in methods for each in m.subtasks} for task, methods in problem.methods.items()}
        for _ in problem.tasks:
            reach = {task: below.union(*(reach.get(each, ()) for each in below)) for task, below in reach.items()}
        found = components(problem)
        numbers = circles(problem, found)
        assert sorted(task for component in found for task in component) == sorted(problem.methods)
        place = {task: i for i, component in enumerate(found) for task in component}
        for one in problem.methods:
            assert (numbers[one] > 0) == (one in reach[one])
            for other in problem.methods:
                both = one in reach[other] and other in reach[one]
                assert both == (numbers[one] == numbers[other] > 0)
                assert both or other not in reach[one] or place[other] < place[one]
