"""The guided searches find a plan exactly where there is one, and what they find is a plan."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from htn.model.ground import GroundProblem, GroundStep
from htn.planning.ground.best_first import BestFirst
from htn.planning.ground.operators import Operators
from htn.planning.ground.partial_order import PartialOrder
from htn.planning.ground.relaxed import UNREACHED, Composition, RelaxedComposition, Table
from htn.planning.ground.relaxed_arrays import ArrayComposition
from tests.planning.ground.brute_force import (
    cheapest_in_sequence,
    random_problem,
    replayed,
    solvable_in_sequence,
    solvable_interleaved,
    widened,
)

INFINITE = float("inf")


def outcome(
    run: Generator[list[GroundStep] | None, None, str], most: int = 20_000
) -> tuple[list[list[GroundStep]], str]:
    """Return the solutions and how the search ended, cut off after a number of steps."""
    found: list[list[GroundStep]] = []
    for _ in range(most):
        try:
            each = next(run)
        except StopIteration as stopped:
            return found, stopped.value
        if each is not None:
            found.append(each)
    return found, "cut off"


def length(problem: GroundProblem, steps: list[GroundStep]) -> int:
    """Return the number of actions of a solution that the input knows."""
    return sum(1 for step in steps if step.method is None and not problem.tasks[step.task][0].startswith("#"))


@pytest.mark.parametrize("heuristic", ["add", "ff"])
@pytest.mark.parametrize("recursive", [False, True])
def test_best_first_solves_what_can_be_solved(heuristic: str, recursive: bool) -> None:
    """On random problems it agrees with trying everything; where that cannot tell, a solution is still checked."""
    solved = unsolvable = 0
    for seed in range(400):
        problem = random_problem(seed, ordered=True, recursive=recursive)
        expected = solvable_in_sequence(problem)
        found, ended = outcome(BestFirst(problem, heuristic=heuristic).run(), 2000)
        assert all(replayed(problem, steps) for steps in found), seed
        if expected is not None:
            assert bool(found) == expected, seed
            assert found or ended == "exhausted", seed
        solved += bool(found)
        unsolvable += ended == "exhausted" and not found
    assert solved > 30
    assert unsolvable > 30


def test_partial_order_search_solves_what_can_be_solved() -> None:
    """On random problems it agrees with trying every decomposition in every order, preconditions by the definition."""
    solved = unsolvable = 0
    for seed in range(250):
        problem = random_problem(seed, ordered=False, recursive=False)
        expected = solvable_interleaved(problem)
        found, ended = outcome(PartialOrder(problem, heuristic="add" if seed % 2 else "ff").run())
        assert all(replayed(problem, steps) for steps in found), seed
        if expected is not None:
            assert bool(found) == expected, seed
        assert ended == "exhausted", seed
        solved += bool(found)
        unsolvable += not found
    assert solved > 30
    assert unsolvable > 30


def test_plans_of_wide_networks_are_plans() -> None:
    """With orders of any shape and equal tasks side by side, every step is of the right one of them."""
    wide = 0
    for seed in range(600):
        problem = widened(random_problem(seed, ordered=False, recursive=seed % 2 == 0), seed)
        found, _ = outcome(PartialOrder(problem, seed=seed if seed % 3 else None).run(), 100)
        for steps in found:
            if sum(step.method is None for step in steps) < 40:
                assert replayed(problem, steps), seed
                wide += any(step.method is not None and step.method.label == "wide" for step in steps)
    assert wide > 100


def test_partial_order_search_on_sequences_is_search_on_sequences() -> None:
    """On recursive, totally ordered problems both searches say the same."""
    for seed in range(300):
        problem = random_problem(seed, ordered=True, recursive=True)
        found, ended = outcome(PartialOrder(problem).run(), 1000)
        other, ended_other = outcome(BestFirst(problem).run(), 1000)
        assert all(replayed(problem, steps) for steps in found), seed
        if "cut off" not in (ended, ended_other):
            assert bool(found) == bool(other), seed
            if found:
                assert length(problem, found[-1]) == length(problem, other[-1]), seed


def test_each_further_solution_is_shorter() -> None:
    """Resumed after a solution, the searches only give cheaper ones."""
    further = 0
    for seed in range(400):
        problem = random_problem(seed, ordered=True, recursive=True)
        for search in (BestFirst(problem), PartialOrder(problem)):
            found, _ = outcome(search.run(), 500)
            lengths = [length(problem, steps) for steps in found]
            assert lengths == sorted(set(lengths), reverse=True)
            further += len(lengths) > 1
    assert further


def test_what_is_left_when_exhausted_is_cheapest() -> None:
    """Where a search ends by exhaustion, trying everything finds nothing cheaper than its last solution."""
    compared = 0
    for seed in range(300):
        problem = random_problem(seed, ordered=True, recursive=True)
        for search in (BestFirst(problem), BestFirst(problem, heuristic="add", seed=1), PartialOrder(problem)):
            found, ended = outcome(search.run(), 500)
            cheapest = cheapest_in_sequence(problem)
            if found and ended == "exhausted" and cheapest is not None:
                compared += 1
                assert length(problem, found[-1]) == cheapest == search.best, seed
    assert compared > 100


def test_only_what_is_cheaper_than_a_known_solution_is_looked_for() -> None:
    """With the cost of the cheapest solution given beforehand nothing is found; with one more, it is found."""
    for seed in range(200):
        problem = random_problem(seed, ordered=True, recursive=False)
        cheapest = cheapest_in_sequence(problem)
        if cheapest is None:
            continue
        for make in (BestFirst, PartialOrder):
            search = make(problem)
            search.best = cheapest
            assert outcome(search.run()) == ([], "exhausted")
            search = make(problem)
            search.best = cheapest + 1
            found, ended = outcome(search.run())
            assert [length(problem, steps) for steps in found] == [cheapest]
            assert ended == "exhausted"


def test_searches_share_what_they_look_up() -> None:
    """A search that is given another's task lists does what it would do alone."""
    for seed in range(100):
        problem = random_problem(seed, ordered=True, recursive=True)
        first = BestFirst(problem)
        outcome(first.run(), 200)
        second = BestFirst(problem, heuristic="add", lists=first.lists)
        shared = outcome(second.run(), 200)
        alone = outcome(BestFirst(problem, heuristic="add").run(), 200)
        assert [length(problem, steps) for steps in shared[0]] == [length(problem, steps) for steps in alone[0]]


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_runs_are_the_same_every_time(seed: int | None) -> None:
    """The same problem and seed give the same solutions."""
    for number in range(50):
        ordered = random_problem(number, ordered=True, recursive=True)
        partial = random_problem(number, ordered=False, recursive=True)
        assert outcome(BestFirst(ordered, seed=seed).run(), 100) == outcome(BestFirst(ordered, seed=seed).run(), 100)
        first, second = PartialOrder(partial, seed=seed), PartialOrder(partial, seed=seed)
        assert outcome(first.run(), 100) == outcome(second.run(), 100)


def test_linearised_search_proves_nothing() -> None:
    """Where methods leave the order open, the search on sequences may find plans but never says that there are none."""
    ends = set()
    for seed in range(200):
        problem = random_problem(seed, ordered=False, recursive=False)
        found, ended = outcome(BestFirst(problem).run())
        assert all(replayed(problem, steps) for steps in found)
        ends.add(ended)
    assert ends == {"gave up"}


def estimated(relaxed: Composition, problem: GroundProblem, state: int) -> Table:
    """Return the table of a state, all tasks taking part."""
    return relaxed.table(state, (1 << len(problem.tasks)) - 1)


def test_an_infinite_estimate_is_a_proof() -> None:
    """Where the root cannot be reached without deletes and order, there is no plan; and such problems occur."""
    infinite = 0
    for seed in range(300):
        problem = random_problem(seed, ordered=True, recursive=True)
        table = estimated(RelaxedComposition(Operators(problem)), problem, problem.initial)
        if table.added([problem.root]) == UNREACHED:
            infinite += 1
            assert not solvable_in_sequence(problem), seed
        partial = random_problem(seed, ordered=False, recursive=False)
        table = estimated(RelaxedComposition(Operators(partial)), partial, partial.initial)
        if table.added([partial.root]) == UNREACHED:
            assert not solvable_interleaved(partial), seed
    assert infinite > 30


def test_estimates_depend_on_the_state_alone() -> None:
    """Moving from state to state by differences estimates as a fresh start there does, with lists and with arrays."""
    for seed in range(100):
        problem = random_problem(seed, ordered=True, recursive=True)
        lists, arrays = RelaxedComposition(Operators(problem)), ArrayComposition(Operators(problem))
        for state in ((seed * 7 + number * 5) % 16 for number in range(12)):
            fresh = estimated(RelaxedComposition(Operators(problem)), problem, state)
            for relaxed in (lists, arrays):
                table = estimated(relaxed, problem, state)
                assert table.values == fresh.values
                plan, other = table.relaxed_plan([problem.root]), fresh.relaxed_plan([problem.root])
                assert (plan == UNREACHED) == (other == UNREACHED)


def test_only_tasks_that_take_part_are_estimated() -> None:
    """What needs a task that does not take part is out of reach; and more tasks never make an estimate worse."""
    for seed in range(60):
        problem = random_problem(seed, ordered=True, recursive=True)
        for relaxed in (RelaxedComposition(Operators(problem)), ArrayComposition(Operators(problem))):
            everything = estimated(relaxed, problem, problem.initial)
            first = relaxed.operators.first_task
            for task in range(len(problem.tasks)):
                table = relaxed.table(problem.initial, (1 << len(problem.tasks)) - 1 & ~(1 << task))
                assert table.values[first + task] == UNREACHED
                for less, more in zip(table.values, everything.values, strict=True):
                    assert (less == UNREACHED) >= (more == UNREACHED)
