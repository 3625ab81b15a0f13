"""The account of a run: limits hold however steps go on side by side, and nothing is refused that they would hold."""

from __future__ import annotations

import random

import pytest

from htn.execution.affordability import check_affordable, check_priced
from htn.execution.closing import closing_steps
from htn.execution.run_budget import RunBudget, most_amounts, used_amounts
from htn.execution.run_clock import RunClock
from htn.model.budget import Budget, BudgetTooSmallError
from htn.model.errors import InputError
from htn.plan.plan import Step
from tests.execution.toy import make_plan


def _random_plan(rng: random.Random, number: int) -> tuple[Step, ...]:
    graph = {f"s{i}": [f"s{j}" for j in range(i) if rng.random() < 0.3] for i in range(number)}
    return make_plan(graph).steps


@pytest.mark.parametrize("seed", range(40))
def test_limits_hold_whatever_runs_side_by_side(seed: int):
    """Against an accountant that keeps every begin and end: used and promised together never pass a limit.

    And nothing is turned away that the accountant would let begin.
    """
    rng = random.Random(seed)
    steps = _random_plan(rng, rng.randint(2, 14))
    most = {step.id: {"tokens": rng.randint(0, 50) * 1.0, "money": rng.random(), "steps": 1.0} for step in steps}
    limits = {"tokens": rng.randint(20, 400) * 1.0, "money": rng.random() * 6, "steps": rng.randint(1, 14) * 1.0}
    account = RunBudget(Budget(**limits))
    begun: dict[str, dict[str, float]] = {}
    ended: dict[str, dict[str, float]] = {}
    while True:
        ready = [s for s in steps if s.id not in begun and all(d in ended for d in s.dependencies)]
        rng.shuffle(ready)
        for step in ready:
            in_hand = [begun[name] for name in begun if name not in ended]
            would = {name: sum(each[name] for each in (*ended.values(), *in_hand, most[step.id])) for name in limits}
            holds = all(would[name] <= limits[name] * (1 + 1e-6) for name in limits if most[step.id][name])
            assert bool(account.lacking(most[step.id])) is not holds
            if holds and rng.random() < 0.8:
                account.reserve(step.id, most[step.id])
                begun[step.id] = most[step.id]
        working = [name for name in begun if name not in ended]
        if not working:
            if not ready or all(account.lacking(most[step.id]) for step in ready):
                break
            continue
        done = rng.choice(working)
        share = rng.random()
        ended[done] = {name: amount * share for name, amount in begun[done].items()} | {"steps": 1.0}
        account.settle(done, ended[done])
        for name in limits:
            held = sum(begun[one][name] for one in begun if one not in ended)
            assert account.reserved(name) == pytest.approx(held)
            assert account.spent(name) == pytest.approx(sum(each[name] for each in ended.values()))
            assert account.spent(name) + held <= limits[name] * (1 + 1e-6)


def test_what_took_more_than_expected_leaves_less():
    """An amount beyond the reservation counts in full; nothing is begun on what is not there."""
    account = RunBudget(Budget(tokens=100))
    account.reserve("a", {"tokens": 40})
    account.settle("a", {"tokens": 90})
    assert account.left("tokens") == 10
    assert [lack.needed for lack in account.lacking({"tokens": 20})] == [110]
    assert account.lacking({"tokens": 10}) == ()


def test_time_is_kept_for_what_ends_the_run():
    """A step begins only if it, and what must follow, end in time; time that is gone does not come back."""
    account = RunBudget(Budget(seconds=100))
    account.tick(30)
    assert account.lacking({"seconds": 40}, {"seconds": 30}) == ()
    account.reserve("a", {"seconds": 40})
    assert account.lacking({"seconds": 40}, {"seconds": 30}) == (), "side by side"
    account.settle("a", {"seconds": 1})
    account.tick(20)
    assert account.spent("seconds") == 30, "the clock never goes back"
    assert account.lacking({"seconds": 41}, {"seconds": 30})


def test_money_that_nobody_can_tell_counts_as_reserved():
    """Only where tokens were used: a step that used none cost nothing."""
    most = most_amounts({"output_tokens": 10, "money": 2.0})
    assert used_amounts({"output_tokens": 3}, most)["money"] == 2.0
    assert "money" not in used_amounts({}, most)
    assert used_amounts({"output_tokens": 3, "money": 0.6}, most)["money"] == 0.6


def test_tokens_are_told_in_all_or_either_way():
    """What was worked out once may be given again: nothing is counted twice, nothing is lost."""
    once = most_amounts({"input_tokens": 30, "output_tokens": 10, "seconds": 2})
    assert once["tokens"] == 40
    assert most_amounts(once) == once
    assert most_amounts({"tokens": 25})["tokens"] == 25


def test_ends_of_plans_are_recognised():
    """What joins and what comes after; joins of parts too; in a chain every step; nothing of a plan without steps."""
    parts = {"a": [], "b": [], "j": ["a", "b"], "c": [], "d": [], "k": ["c", "d"], "all": ["j", "k"], "end": ["all"]}
    assert closing_steps(make_plan(parts).steps) == ("n-j", "n-k", "n-all", "n-end")
    assert closing_steps(make_plan({"a": [], "b": ["a"], "c": ["b"]}).steps) == ("n-a", "n-b", "n-c")
    shared = {"load": [], "a": ["load"], "b": ["load"], "join": ["load", "a", "b"]}
    assert closing_steps(make_plan(shared).steps) == ("n-join",)
    assert closing_steps(()) == ()


@pytest.mark.parametrize("seed", range(20))
def test_every_end_lies_on_the_way_to_the_answer(seed: int):
    """Whatever the plan: each of them is the last step, or is used by nothing but other ends."""
    rng = random.Random(seed)
    steps = _random_plan(rng, rng.randint(1, 15))
    ends = set(closing_steps(steps))
    assert steps[-1].id in ends
    for step in steps:
        users = {each.id for each in steps if step.id in each.causal}
        assert step.id not in ends or step is steps[-1] or (users and users <= ends)


def test_a_run_that_cannot_begin_is_refused_with_what_it_needs():
    """The cheapest first step and what ends the run are what is needed at the least; what is finished needs nothing."""
    steps = make_plan({"a": [], "b": [], "end": ["a", "b"]}).steps
    costs = {"n-a": {"output_tokens": 30.0}, "n-b": {"output_tokens": 20.0}, "n-end": {"output_tokens": 50.0}}
    with pytest.raises(BudgetTooSmallError, match="limit of 60 tokens is below the 70 needed at least"):
        check_affordable(steps, Budget(tokens=60), costs, {})
    check_affordable(steps, Budget(tokens=70), costs, {})
    check_affordable(steps, Budget(tokens=60), costs, {}, [steps[0].key, steps[1].key])
    with pytest.raises(InputError, match="what the tokens of this plan cost is unknown"):
        check_priced(steps, costs)
    check_priced(steps, {name: {**each, "money": 1.0} for name, each in costs.items()})


def test_clock_counts_what_was_carried_out_and_no_waiting_for_people():
    """It goes on from what earlier sessions took, stands still when told so, and is never behind a recorded time."""
    now = [0.0]
    clock = RunClock(10.0, clock=lambda: now[0])
    now[0] = 5.0
    assert clock.read() == 15.0
    clock.stand_still(True)
    now[0] = 100.0
    assert clock.read() == 15.0
    clock.stand_still(False)
    now[0] = 101.0
    assert clock.read() == 16.0
    clock.advance(50.0)
    clock.advance(20.0)
    assert clock.read() == 50.0
