"""Grounding loses no plan and invents none: against trying everything."""

from __future__ import annotations

import pytest

from htn.hddl.ground import NotGrounded, ground, plan_of_ground
from htn.hddl.verify import verify
from tests.hddl.ground.ground_plans import solutions
from tests.hddl_solve.exhaustive import Exhaustive, TooManyError
from tests.hddl_solve.random_problems import Making


def compare(seed, sequences):
    """Compare the plans of one random problem; return how many there are, or None where there are too many to list."""
    domain, problem = Making(seed, sequences).make()
    try:
        expected = Exhaustive(domain, problem).sequences()
        made = ground(domain, problem)
        assert not isinstance(made, NotGrounded), (seed, made)
        found = set()
        for steps in solutions(made):
            plan = plan_of_ground(made, steps)
            sequence = tuple((step.name, *step.arguments) for step in plan.steps)
            if sequence not in found:
                verdict = verify(domain, problem, plan)
                assert verdict.valid, (seed, verdict)
            found.add(sequence)
    except TooManyError:
        return None
    assert found == expected, seed
    return len(expected)


@pytest.mark.parametrize("start", range(0, 400, 50))
def test_sequences(start):
    """In total order, the action sequences of all plans are those found by trying everything."""
    counts = [compare(seed, sequences=True) for seed in range(start, start + 50)]
    assert sum(count is not None for count in counts) > 30
    assert sum(bool(count) for count in counts) > 6


@pytest.mark.parametrize("start", range(1000, 1200, 50))
def test_interleaving(start):
    """In partial order too, interleaved in every way."""
    counts = [compare(seed, sequences=False) for seed in range(start, start + 50)]
    assert sum(count is not None for count in counts) > 24
    assert sum(bool(count) for count in counts) > 4
