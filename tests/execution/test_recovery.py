"""Recovery is a table: for every class of failure and every situation it says what is tried next."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from htn.execution.failures import FACTS, FailureClass, failure_facts
from htn.execution.recovery import RECOVERY_TABLE, PlanRecovery, RecoveryState, RetryPrice, Strategy
from htn.plan.plan import Step

R, A, T = Strategy.RETRY, Strategy.ANOTHER_AGENT, Strategy.ACCEPT_PARTIAL
P, Q, G = Strategy.REPLAN, Strategy.ASK, Strategy.ABANDON

# What is done after the first, second, ... failure of a step with one other agent, one replan and one question to spend
# and a partial artifact at hand, written down by hand: the table in the code must lead to exactly this.
EXPECTED = {
    FailureClass.DATA_UNAVAILABLE: [P, Q, G],
    FailureClass.AGENT_TIMEOUT: [R, R, A, R, R, T],
    FailureClass.CRITERION_UNMET: [A, R, T],
    FailureClass.RATE_LIMITED: [R, R, R, R, R, A, R, R, R, R, R, T],
    FailureClass.SERVER_ERROR: [R, R, R, A, R, R, R, T],
    FailureClass.MALFORMED_OUTPUT: [R, R, A, R, R, T],
    FailureClass.MODEL_REFUSAL: [A, T],
    FailureClass.BUDGET_EXCEEDED: [T],
    FailureClass.CAPABILITY_GONE: [A, T],
    FailureClass.HUMAN_REFUSED: [P, G],
    FailureClass.UNKNOWN: [A, T],
}

# The same without one.
WITHOUT_PARTIAL = EXPECTED | {
    FailureClass.BUDGET_EXCEEDED: [P, Q, G],
    FailureClass.AGENT_TIMEOUT: [R, R, A, R, R, P, R, R, Q, G],
    FailureClass.CRITERION_UNMET: [A, P, Q, G],
    FailureClass.RATE_LIMITED: [R, R, R, R, R, A, R, R, R, R, R, Q, G],
    FailureClass.SERVER_ERROR: [R, R, R, A, R, R, R, P, R, R, Q, G],
    FailureClass.MALFORMED_OUTPUT: [R, R, A, R, R, P, R, R, Q, G],
    FailureClass.MODEL_REFUSAL: [A, P, Q, G],
    FailureClass.CAPABILITY_GONE: [A, P, Q, G],
    FailureClass.UNKNOWN: [A, P, Q, G],
}
EVERY = list(FailureClass)
PAGE = Path(__file__).parents[2] / "docs" / "recovery.md"


def _walk(failure: FailureClass, now: RecoveryState, recovery: PlanRecovery) -> list[Strategy]:
    """Return what is decided while the step fails again and again."""
    seen: list[Strategy] = []
    while not seen or seen[-1] not in (G, T):
        seen.append(recovery.decide(failure, now).strategy)
        if seen[-1] is R:
            now = replace(now, tries=now.tries + 1)
        elif seen[-1] is A:
            now = replace(now, tries=1, others=now.others - 1)
        elif seen[-1] is P:
            now = replace(now, replans=now.replans + 1)
        elif seen[-1] is Q:
            now = replace(now, questions=(now.questions or 0) + 1)
    return seen


def test_every_class_has_a_rule_and_an_expectation():
    """A class of failure that is added later cannot be forgotten."""
    assert set(FailureClass) == set(RECOVERY_TABLE) == set(EXPECTED)


@pytest.mark.parametrize("failure", EVERY)
def test_each_class_walks_through_its_strategies(failure: FailureClass):
    """A step that fails again and again is retried, given away, replanned, asked about and at last given up."""
    recovery = PlanRecovery(max_replans=1, max_questions=1)
    assert _walk(failure, RecoveryState(others=1, partial=True, questions=0), recovery) == EXPECTED[failure]


@pytest.mark.parametrize("failure", EVERY)
def test_without_a_partial_artifact_none_is_accepted(failure: FailureClass):
    """What there is not cannot be taken."""
    recovery = PlanRecovery(max_replans=1, max_questions=1)
    assert _walk(failure, RecoveryState(others=1, questions=0), recovery) == WITHOUT_PARTIAL[failure]


@pytest.mark.parametrize("failure", EVERY)
def test_a_run_that_asks_nobody_asks_nobody(failure: FailureClass):
    """Without a person the walk is the same, with the question left out."""
    recovery = PlanRecovery(max_replans=1)
    wanted = [strategy for strategy in WITHOUT_PARTIAL[failure] if strategy is not Q]
    assert _walk(failure, RecoveryState(others=1, questions=None), recovery) == wanted


def _situations() -> Iterator[RecoveryState]:
    """Return every combination of limits reached and not reached."""
    prices = (None, RetryPrice(1.0, 0.9, 1000.0), RetryPrice(1000.0, 0.1, 1.0))
    for tries, others, replans, replannable, partial, questions, price in itertools.product(
        range(1, 8), range(3), range(4), (True, False), (True, False), (None, 0, 2, 3), prices
    ):
        yield RecoveryState(tries, others, replans, replannable, partial, questions, None, price)


@pytest.mark.parametrize("failure", EVERY)
def test_the_first_strategy_that_is_possible_is_taken_and_no_other(failure: FailureClass):
    """Every class with every limit: an action needs what it spends, and nothing before it in the order was possible."""
    rule, recovery = RECOVERY_TABLE[failure], PlanRecovery(max_replans=2, max_questions=3)
    for now in _situations():
        action = recovery.decide(failure, now)
        pays = now.price is None or now.price.alternative > 10.0
        another, part = rule.another_agent and now.others > 0, rule.accept_partial and now.partial
        anew = rule.replan and now.replannable and now.replans < 2
        fallback = rule.retries if anew else rule.last_retries
        possible = {
            R: now.tries <= (rule.retries if another else rule.wished_retries if part else fallback) and pays,
            A: another,
            T: part,
            P: anew,
            Q: rule.ask and now.questions is not None and now.questions < 3,
            G: True,
        }
        assert action.strategy is next(strategy for strategy in Strategy if possible[strategy]), now
        assert action.reason.startswith(f"{failure}: ")
        assert rule.why in action.reason
        assert action.delay == 0.0 or action.strategy is R


def test_waits_double_up_to_the_limit():
    """The wait before a retry grows, and never beyond the limit."""
    recovery = PlanRecovery(max_delay=10.0)
    delays = [recovery.decide(FailureClass.RATE_LIMITED, RecoveryState(tries=n)).delay for n in range(1, 6)]
    assert delays == [2.0, 4.0, 8.0, 10.0, 10.0]


def test_the_other_side_says_how_long_to_wait():
    """A wait that was asked for replaces our own, though it be longer; to ask again earlier would be refused."""
    recovery = PlanRecovery(max_delay=60.0)
    asked = [
        recovery.decide(FailureClass.RATE_LIMITED, RecoveryState(retry_after=seconds)).delay
        for seconds in (17.0, 300.0, -5.0)
    ]
    assert asked == [17.0, 300.0, 0.0]


def test_nobody_is_waited_for_without_end():
    """Where the other side asks for more than the longest wait, something else is tried, and the wait is named."""
    action = PlanRecovery().decide(FailureClass.RATE_LIMITED, RecoveryState(others=1, retry_after=1e9))
    assert action.strategy is A
    assert "would have to wait 1e+09 s, the longest wait is 900 s" in action.reason


def test_reaching_the_limit_of_replans_is_said():
    """A person reads which limit ended it."""
    action = PlanRecovery(max_replans=3).decide(FailureClass.DATA_UNAVAILABLE, RecoveryState(replans=3))
    assert action.strategy is G
    assert "limit of 3 replans" in action.reason


@pytest.mark.parametrize("success", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("alternative", [5.0, 50.0, 500.0])
def test_another_try_is_made_exactly_while_it_costs_less_on_average(success: float, alternative: float):
    """Retry or avoid is priced: the decision is that of counting out both branches."""
    recovery, tries = PlanRecovery(), (1, 2, 3, 4, 5)
    for number in tries:
        now = RecoveryState(tries=number, others=1, price=RetryPrice(3.0, success, alternative))
        action = recovery.decide(FailureClass.RATE_LIMITED, now)
        wait = 2.0**number
        works, fails = wait + 3.0, wait + 3.0 + alternative
        average = success * works + (1.0 - success) * fails
        assert (action.strategy is R) == (average <= alternative)
        assert f"{average:.3g} s on average" in action.reason, "the sums are shown"


def test_an_agent_that_never_answers_is_worth_no_wait():
    """With no chance of success another try never pays, whatever the alternative costs."""
    now = RecoveryState(price=RetryPrice(0.1, 0.0, 1e6))
    assert PlanRecovery().decide(FailureClass.SERVER_ERROR, now).strategy is P


@pytest.mark.parametrize("failure", EVERY)
def test_every_class_becomes_facts(failure: FailureClass):
    """That the step failed and how, and one fact of the class's own, hashable as states want it."""
    step = Step("n1", "k1", "count", ("calls", ("a", 1)), "counting")
    failed, own = failure_facts(failure, step, agent="ann", criteria=["enough"])
    assert failed == ("failed", ("count", "calls", ("a", 1)), str(failure))
    rule = FACTS[failure]
    assert own[0] == rule.fluent
    assert own[1] == {"step": failed[1], "capability": "counting"}[rule.about]
    assert own[2] == {"true": True, "agent": "ann", "criteria": ("enough",)}[rule.value]
    assert hash(own[1:])


def test_the_facts_of_two_classes_are_never_taken_for_each_other():
    """Each class has a fluent of its own."""
    assert len({rule.fluent for rule in FACTS.values()} | {"failed", "partial"}) == len(FailureClass) + 2


def test_the_documented_table_is_the_one_that_is_used():
    """Row by row, for every class."""
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    documented = {row.split("`")[1]: [cell.strip() for cell in row.split("|")[2:8]] for row in rows}
    assert set(documented) == {str(failure) for failure in FailureClass}
    for failure in FailureClass:
        rule, fact = RECOVERY_TABLE[failure], FACTS[failure]
        wait = f", first after {rule.backoff:g} s" if rule.retries and rule.backoff else ""
        allowed = (rule.another_agent, rule.accept_partial, rule.replan, rule.ask)
        key = "task and arguments" if fact.about == "step" else "capability"
        more = f", {rule.last_retries} without another way" if rule.last_retries > rule.retries else ""
        wish = f", {rule.wished_retries} for a wish" if rule.wished_retries > rule.retries else ""
        told = [f"{rule.retries}{wait}{more}{wish}", *("yes" if may else "no" for may in allowed)]
        assert documented[str(failure)] == [*told, f"`{fact.fluent}[{key}]` = {fact.value}"]
