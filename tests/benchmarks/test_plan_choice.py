"""The benchmark of choices among plans: its enumeration, its larger domains and its measures are what they say."""

from __future__ import annotations

import math

import pytest

from benchmarks import _choice_domains as domains
from benchmarks import plan_choice
from benchmarks._estimation_plans import held
from htn.model.estimate import Estimate
from htn.planning import Solved, find_plans
from htn.planning.choice import Objective


def test_enumeration_finds_what_the_planner_enumerates() -> None:
    """The plain recursion and the planner's own enumeration give the same sums of seconds, domain by domain."""
    for seed in range(25):
        case = domains.small(seed)
        outcomes = [found for found in find_plans(case.domain, case.state, case.tasks) if isinstance(found, Solved)]
        theirs = {sum(case.prices[action[0]].seconds for action in found.actions) for found in outcomes}
        assert {point[0] for point in domains.every_plan(case)} == theirs


def test_larger_domains_have_alternatives_that_no_method_order_knows() -> None:
    """An index is built at most once in a region, and the price of a plan is that of its steps and decisions."""
    case = domains.larger(3, 8)
    choice = plan_choice._choose(case, Objective.parse("fast"), 5.0)
    assert choice.proved
    assert choice.chosen is not None
    built = [action for action in choice.chosen.solved.actions if action[0] == "build_index"]
    assert len(built) == len(set(built))
    by_hand = plan_choice._price(case, choice.chosen.solved)
    assert by_hand.seconds == pytest.approx(choice.chosen.price.seconds, abs=1e-4)
    assert by_hand.quality == pytest.approx(choice.chosen.price.quality, abs=1e-4)


def test_value_is_one_for_the_plan_compared_with() -> None:
    """A weight of one on time alone makes the first plan's value one."""
    case = domains.larger(1, 5)
    choice = plan_choice._choose(case, Objective.parse("seconds=1"), 0.2)
    assert choice.first is not None
    value = plan_choice._value(case, choice.first.solved, Objective.parse("seconds=1"), choice.first.price)
    assert value == pytest.approx(1.0)
    assert math.isfinite(choice.gap)


def test_totals_inside_below_and_above_are_counted() -> None:
    """Of four plans two are inside, one is below and one above."""
    estimate = Estimate(1.0, 2.0, 4.0, 2.2)
    found = held([(estimate, 1.0), (estimate, 4.0), (estimate, 0.5), (estimate, 9.0)])
    assert (found["coverage %"], found["below %"], found["above %"], found["hi/lo"]) == (50, 25, 25, 4)
