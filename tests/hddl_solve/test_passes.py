"""The compiler loses no plan and invents none: against trying everything, with each pass on and off."""

from __future__ import annotations

import pytest

from htn.hddl.compile import compile_problem, plan_of
from htn.hddl.verify import verify
from htn.planning import Solved, find_plans
from tests.hddl_solve.exhaustive import Exhaustive, TooManyError
from tests.hddl_solve.random_problems import Making
from tests.hddl_solve.solving import EVERY_WAY, actions, all_action_sequences, solve


def compare(seed, sequences):
    """Compare the plans of one random problem; return how many there are, or None where there are too many to list."""
    domain, problem = Making(seed, sequences).make()
    try:
        expected = Exhaustive(domain, problem).sequences()
    except TooManyError:
        return None
    for passes in EVERY_WAY:
        assert all_action_sequences(domain, problem, passes) == expected, (seed, passes)
        outcome, plan = solve(domain, problem, passes)
        assert (plan is not None) == bool(expected), (seed, passes, outcome)
    return len(expected)


@pytest.mark.parametrize("start", range(0, 200, 25))
def test_sequences(start):
    """In total order, the action sequences of all plans are those found by trying everything."""
    counts = [compare(seed, sequences=True) for seed in range(start, start + 25)]
    assert sum(count is not None for count in counts) > 15
    assert sum(bool(count) for count in counts) > 3


@pytest.mark.parametrize("start", range(1000, 1100, 25))
def test_interleaving(start):
    """In partial order too, interleaved in every way."""
    counts = [compare(seed, sequences=False) for seed in range(start, start + 25)]
    assert sum(count is not None for count in counts) > 12
    assert sum(bool(count) for count in counts) > 2


def test_in_sequence():
    """What is found when partly ordered subtasks are done one after the other are some of all plans."""
    some = 0
    for seed in range(2000, 2060):
        domain, problem = Making(seed, False).make()
        try:
            expected = Exhaustive(domain, problem).sequences()
        except TooManyError:
            continue
        compiled = compile_problem(domain, problem, in_sequence=True)
        found = set()
        for outcome in find_plans(compiled.domain, compiled.state, compiled.tasks, cover=compiled.cover):
            if isinstance(outcome, Solved):
                plan = plan_of(compiled, outcome.path)
                assert verify(domain, problem, plan).valid
                found.add(tuple(actions(plan)))
        assert found <= expected, seed
        some += bool(found)
    assert some > 5
