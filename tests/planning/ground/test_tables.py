"""Tables find a cheapest plan where there is one, and prove that there is none where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from htn.model.ground import GroundAction, GroundMethod, GroundProblem
from htn.planning.ground.tables import Tables
from tests.planning.ground.brute_force import cheapest_in_sequence, random_problem, replayed, solvable_in_sequence


def outcome(search):
    """Return the solutions and how the search ended."""
    run = search.run()
    solutions: list[Any] = []
    while True:
        try:
            found = next(run)
        except StopIteration as stopped:
            return solutions, stopped.value
        if found is not None:
            solutions.append(found)


def cost(problem, steps):
    """Return what a solution costs; tasks that the input does not know cost nothing."""
    actions = [step.task for step in steps if step.method is None]
    return sum(problem.actions[task].cost for task in actions if not problem.tasks[task][0].startswith("#"))


@pytest.mark.parametrize("recursive", [False, True])
def test_agrees_with_trying_everything(recursive):
    """On random problems it always decides, at once, and what it finds first is a cheapest plan."""
    solved = unsolvable = 0
    for seed in range(400):
        problem = random_problem(seed, ordered=True, recursive=recursive)
        solutions, ended = outcome(Tables(problem))
        assert ended == "exhausted"
        assert len(solutions) <= 1
        expected = solvable_in_sequence(problem)
        if expected is not None:
            assert bool(solutions) == expected, seed
        for steps in solutions:
            assert replayed(problem, steps), seed
            best = cheapest_in_sequence(problem)
            assert best is None or cost(problem, steps) == best
        solved += bool(solutions)
        unsolvable += not solutions
    assert solved > 30
    assert unsolvable > 50


def test_costs_decide():
    """Two cheap actions come before one that costs more, though its method comes first."""
    actions = {1: GroundAction(0, 0, 1, 0, cost=5), 2: GroundAction(0, 0, 2, 0, cost=1)}
    methods = {0: [GroundMethod(0, 0, (1,), None, "dear"), GroundMethod(0, 0, (2, 2), None, "cheap")]}
    problem = GroundProblem([("f",), ("g",)], [("t",), ("a",), ("b",)], actions, methods, 0, 0)
    [steps], ended = outcome(Tables(problem))
    assert [step.task for step in steps] == [0, 2, 2]
    assert ended == "exhausted"


def test_left_recursion_ends():
    """A task that begins with itself is worked out once."""
    actions = {1: GroundAction(0, 1, 1, 0), 2: GroundAction(2, 0, 0, 0)}
    methods = {0: [GroundMethod(0, 0, (0, 1), None, "again"), GroundMethod(0, 0, (2,), None, "done")]}
    problem = GroundProblem([("f",), ("g",)], [("t",), ("a",), ("b",)], actions, methods, 0, 0)
    search = Tables(problem)
    assert outcome(search) == ([], "exhausted")
    assert search.tables == 1
    solutions, _ = outcome(Tables(problem._replace(initial=2)))
    assert [step.task for step in solutions[0]] == [0, 2]


def test_long_plans_need_no_deep_recursion():
    """A chain of ten thousand steps, one below the other, is found and written down."""
    size = 10_000
    step = GroundAction(0, 0, 1, 0)
    methods = {i: [GroundMethod(0, 0, (size, i + 1), None, "m")] for i in range(size - 1)}
    methods[size - 1] = [GroundMethod(0, 0, (), None, "end")]
    problem = GroundProblem([("f",)], [(f"t{i}",) for i in range(size + 1)], {size: step}, methods, 0, 0)
    [steps], _ = outcome(Tables(problem))
    assert len(steps) == 2 * size - 1


def test_it_gives_up_where_it_proves_nothing():
    """Where the order is open it says so; after too many items, too."""
    actions = {1: GroundAction(1, 0, 0, 0), 2: GroundAction(0, 0, 1, 0)}
    methods = {0: [GroundMethod(0, 0, (1, 2), (), "m")]}
    problem = GroundProblem([("f",)], [("t",), ("a",), ("b",)], actions, methods, 0, 0)
    assert outcome(Tables(problem)) == ([], "gave up")
    methods = {0: [GroundMethod(0, 0, (2, 0), None, "m"), GroundMethod(0, 0, (1,), None, "n")]}
    assert outcome(Tables(problem._replace(methods=methods), most=1)) == ([], "gave up")
