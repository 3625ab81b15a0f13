"""Recovery is a table: for every class of failure and every situation it says what is tried next."""

from __future__ import annotations

import itertools

import pytest

from htn.execution.failures import FailureClass
from htn.execution.recovery import RECOVERY_TABLE, PlanRecovery, Strategy

R, A, P, G = Strategy.RETRY, Strategy.ANOTHER_AGENT, Strategy.REPLAN, Strategy.GIVE_PARTIAL

# What is done after the first, second, ... failure of a step with one other agent and one replan to spend, written down
# by hand: the table in the code must lead to exactly this.
EXPECTED = {
    FailureClass.DATA_UNAVAILABLE: [P, G],
    FailureClass.AGENT_TIMEOUT: [R, A, R, P, G],
    FailureClass.CRITERION_UNMET: [A, P, G],
    FailureClass.RATE_LIMITED: [R, R, R, R, R, A, R, R, R, R, R, G],
    FailureClass.SERVER_ERROR: [R, R, R, A, R, R, R, P, G],
    FailureClass.MALFORMED_OUTPUT: [R, R, A, R, R, P, G],
    FailureClass.MODEL_REFUSAL: [A, P, G],
    FailureClass.BUDGET_EXCEEDED: [P, G],
    FailureClass.CAPABILITY_GONE: [A, P, G],
    FailureClass.HUMAN_REFUSED: [P, G],
    FailureClass.UNKNOWN: [A, P, G],
}


def test_every_class_has_a_rule_and_an_expectation():
    """A class of failure that is added later cannot be forgotten."""
    assert set(FailureClass) == set(RECOVERY_TABLE) == set(EXPECTED)


@pytest.mark.parametrize("failure", list(FailureClass))
def test_each_class_walks_through_its_strategies(failure: FailureClass):
    """A step that fails again and again is retried, given to the other agent, replanned and at last given up."""
    recovery = PlanRecovery(max_replans=1)
    seen, tries, others, replans = [], 1, 1, 0
    while G not in seen:
        action = recovery.decide(failure, tries=tries, others=others, replans=replans)
        seen.append(action.strategy)
        if action.strategy is R:
            tries += 1
        elif action.strategy is A:
            tries, others = 1, others - 1
        elif action.strategy is P:
            replans += 1
    assert seen == EXPECTED[failure]


@pytest.mark.parametrize("failure", list(FailureClass))
def test_no_limit_is_ever_exceeded(failure: FailureClass):
    """Whatever the situation, an action needs the thing that it spends."""
    rule, recovery = RECOVERY_TABLE[failure], PlanRecovery(max_replans=2)
    for tries, others, replans in itertools.product(range(1, 8), range(3), range(4)):
        action = recovery.decide(failure, tries=tries, others=others, replans=replans)
        assert (action.strategy is R) == (tries <= rule.retries)
        if action.strategy is A:
            assert rule.another_agent
            assert others > 0
        if action.strategy is P:
            assert rule.replan
            assert replans < 2
        assert action.reason


def test_waits_double_up_to_the_limit():
    """The wait before a retry grows, and never beyond the limit."""
    recovery = PlanRecovery(max_delay=10.0)
    delays = [recovery.decide(FailureClass.RATE_LIMITED, tries=n, others=0, replans=0).delay for n in range(1, 6)]
    assert delays == [2.0, 4.0, 8.0, 10.0, 10.0]


def test_the_other_side_says_how_long_to_wait():
    """A wait that was asked for replaces our own, within the limit."""
    recovery = PlanRecovery(max_delay=60.0)
    asked = [
        recovery.decide(FailureClass.RATE_LIMITED, tries=1, others=0, replans=0, retry_after=seconds).delay
        for seconds in (17.0, 1e9, -5.0)
    ]
    assert asked == [17.0, 60.0, 0.0]


def test_reaching_the_limit_of_replans_is_said():
    """A person reads which limit ended it."""
    action = PlanRecovery(max_replans=3).decide(FailureClass.DATA_UNAVAILABLE, tries=1, others=0, replans=3)
    assert action.strategy is G
    assert "limit of 3 replans" in action.reason
