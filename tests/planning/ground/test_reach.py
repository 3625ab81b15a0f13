"""What decompositions can lead to, whatever the state, agrees with working it out naively."""

from __future__ import annotations

from htn.planning.ground.operators import bits
from htn.planning.ground.reach import least_costs, tasks_below
from tests.planning.ground.brute_force import random_problem, widened


def test_below_a_task_is_what_its_decompositions_lead_to() -> None:
    """The tasks below are the transitive closure of "is a subtask of", with the task itself."""
    for seed in range(200):
        problem = widened(random_problem(seed, ordered=False, recursive=True), seed)
        below = tasks_below(problem)
        assert sorted(below) == sorted(problem.methods)
        for task, mask in below.items():
            reached = [task]
            for each in reached:
                for method in problem.methods.get(each, ()):
                    reached += [subtask for subtask in method.subtasks if subtask not in reached]
            assert bits(mask) == sorted(set(reached))


def test_tasks_of_one_recursion_have_the_same_number() -> None:
    """Two tasks that lead to each other share one object; others do not."""
    circles = 0
    for seed in range(200):
        below = tasks_below(random_problem(seed, ordered=True, recursive=True))
        for one, mask in below.items():
            for other, other_mask in below.items():
                mutual = bool(mask >> other & 1 and other_mask >> one & 1)
                assert (mask is other_mask) == (mutual or one == other)
                circles += mutual and one != other
    assert circles > 20


def test_least_costs_are_those_of_the_cheapest_decomposition() -> None:
    """Rounds over all methods until nothing changes give the same."""
    infinite = 0
    for seed in range(300):
        problem = random_problem(seed, ordered=True, recursive=True)
        expected = [float("inf")] * len(problem.tasks)
        for task in problem.actions:
            expected[task] = 0.0 if problem.tasks[task][0].startswith("#") else 1.0
        for _ in range(50):
            for task, methods in problem.methods.items():
                expected[task] = min(sum(expected[each] for each in method.subtasks) for method in methods)
        assert least_costs(problem) == expected
        infinite += expected.count(float("inf"))
    assert infinite > 20
