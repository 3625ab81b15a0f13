"""Improving solutions of ground problems: never worse, always valid, and a proof is one."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from htn.model.ground import GroundAction, GroundMethod, GroundProblem, GroundStep
from htn.planning.improve import improve_steps
from tests.planning.improve.random_ground import cheapest, check, random_problem, some_solution

PAUSES = 60


def improved(problem, steps):
    """Return all that is yielded up to a number of pauses, and the verdict; None when it was not done by then."""
    generator = improve_steps(problem, steps)
    found: list[Any] = []
    pauses = 0
    while pauses < PAUSES:
        try:
            event = next(generator)
        except StopIteration as end:
            return found, end.value
        if event is None:
            pauses += 1
        else:
            found.append(event)
    return found, None


def solved_problems(seeds, **how):
    """Yield random problems with a solution each."""
    for seed in seeds:
        problem = random_problem(seed, **how)
        steps = some_solution(problem, seed)
        if steps is not None:
            yield problem, steps


@pytest.mark.parametrize("unit", [True, False])
@pytest.mark.parametrize("start", range(0, 400, 100))
def test_what_is_given_is_valid_and_cheaper_and_a_proof_holds(start, unit):
    """Each solution is valid and cheaper than the one before; after "exhausted" none is cheaper than the last."""
    proofs = better = 0
    for problem, steps in solved_problems(range(start, start + 100), unit=unit):
        cost, least = check(problem, steps), cheapest(problem)
        found, verdict = improved(problem, steps)
        for event in found:
            assert check(problem, event.solution) == event.cost < cost
            assert event.length == sum(step.method is None and step.task < 4 for step in event.solution)
            cost = event.cost
            better += 1
        assert cost >= least
        if verdict == "exhausted":
            assert cost == least
            proofs += 1
    assert proofs > 20
    assert better > 8


def test_almost_every_small_problem_is_brought_to_its_least_cost():
    """Without waiting for a proof, the least cost is reached on nearly all of the random problems."""
    reached = total = 0
    for problem, steps in solved_problems(range(1000, 1100)):
        found, _ = improved(problem, steps)
        reached += (found[-1].cost if found else check(problem, steps)) == cheapest(problem)
        total += 1
    assert total > 20
    assert reached >= 0.95 * total


def test_it_is_deterministic():
    """The same problem and solution give the same sequence of events."""
    for problem, steps in solved_problems(range(30)):
        once, again = (list(islice(improve_steps(problem, steps), 50)) for _ in range(2))
        assert once == again


def interleaving(before):
    """Return a problem whose root has two subtasks of two actions each, and a solution that interleaves them."""
    actions = {task: GroundAction(0, 0, 0, 0) for task in range(4)}
    first, second = GroundMethod(0, 0, (0, 1), None, "m"), GroundMethod(0, 0, (2, 3), None, "m")
    root = GroundMethod(0, 0, (4, 5), before, "m")
    problem = GroundProblem([], [(f"t{i}",) for i in range(7)], actions, {4: [first], 5: [second], 6: [root]}, 0, 6)
    steps = [
        GroundStep(6, -1, 0, root),
        GroundStep(4, 0, 0, first),
        GroundStep(5, 0, 1, second),
        GroundStep(0, 1, 0, None),
        GroundStep(2, 2, 0, None),
        GroundStep(1, 1, 1, None),
        GroundStep(3, 2, 1, None),
    ]
    return problem, steps


def test_nothing_is_proved_where_the_order_is_open():
    """In partial order only one order is looked at, so that exhausting it says nothing."""
    problem, steps = interleaving(())
    assert improved(problem, steps) == ([], "gave up")


def test_a_chain_of_constraints_is_a_sequence():
    """Ordering constraints that leave one order are as good as none at all."""
    problem, steps = interleaving(((0, 1),))
    assert improved(problem, steps) == ([], "exhausted")


def test_a_solution_that_must_interleave_is_left_as_it_is():
    """What cannot be done in the order listed is not improved, and nothing fails."""
    problem, steps = interleaving(())
    problem.actions[0] = GroundAction(0, 0, 1, 0)
    problem.actions[2] = GroundAction(1, 0, 2, 0)
    problem.actions[1] = GroundAction(2, 0, 0, 0)
    assert improved(problem, steps) == ([], "gave up")
