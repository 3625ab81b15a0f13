"""A step that failed and left no trace: tried again or avoided, whichever is expected to cost less."""

from __future__ import annotations

import json
from typing import Any

import pytest

from htn.model import Domain, State
from htn.plan import Plan
from htn.planning import Solved, find_plan
from htn.planning.checker import check_plan
from htn.planning.replan import Attempts, Combined, Repaired, replan

PRICES = {"drive": 4.0, "walk": 6.0, "shop": 1.0}


def town() -> Domain:
    """Return a domain with two ways to a shop."""
    domain = Domain("town")
    for name in PRICES:

        def operator(state: Any, where: str, name: str = name) -> Any:
            state.did[where, name] = True
            return state

        domain.operator(name=name)(operator)
    domain.method("go", name="by_car")(lambda state, where: [("drive", where)])
    domain.method("go", name="on_foot")(lambda state, where: [("walk", where)])
    domain.method("errand")(lambda state, where: [("go", where), ("shop", where)])
    return domain


def plan(*places: str) -> Plan:
    """Return a plan for errands."""
    outcome = find_plan(town(), State(did={}), [("errand", place) for place in places])
    assert isinstance(outcome, Solved)
    return outcome.plan


def price(task: Any) -> float:
    """Return what a step costs."""
    return PRICES[task[0]]


def tried(*outcomes: tuple[str, bool]) -> Attempts:
    """Return attempts of steps at the baker's, each with whether it failed."""
    attempts = Attempts()
    for name, failed in outcomes:
        attempts.note((name, "baker"), failed=failed)
    return attempts


def after(attempts: Attempts, *places: str, policy: Combined | None = None) -> Repaired:
    """Return the repair after the first step failed."""
    made = plan(*places)
    outcome = replan(town(), made, made.steps[0].id, attempts=attempts, costs=price, policy=policy)
    assert isinstance(outcome, Repaired)
    assert check_plan(town(), outcome.plan, [("errand", place) for place in places])
    return outcome


def test_what_rarely_fails_is_tried_again_and_what_fails_time_and_again_is_avoided() -> None:
    """After one failure driving is still expected to be cheaper than walking; after twelve not, and it says so."""
    once = after(tried(("drive", True)), "baker")
    assert [("drive", "baker"), ("shop", "baker")] == once.actions
    assert once.changes.empty
    assert "drive('baker') is tried again: no cheaper way was found within 8 nodes" == once.why
    often = after(tried(*[("drive", True)] * 12), "baker")
    assert [("walk", "baker"), ("shop", "baker")] == often.actions
    assert "drive('baker') is avoided: 7.778 is expected, 10.89 with it" == often.why
    assert pytest.approx(6 / 0.9 + 1 / 0.9) == often.cost


def test_what_is_avoided_once_may_be_part_of_later_plans() -> None:
    """Nothing is ruled out for ever: when walking turns out to fail more often, the car is taken again."""
    attempts = tried(*[("drive", True)] * 12)
    first = after(attempts, "baker")
    for _ in range(40):
        attempts.note(("walk", "baker"), failed=True)
    second = replan(town(), first.plan, first.pending[0].id, attempts=attempts, costs=price)
    assert isinstance(second, Repaired)
    assert [("drive", "baker"), ("shop", "baker")] == second.actions


def test_looking_for_another_way_has_its_limit() -> None:
    """With no node to spend, the step is tried again; without attempts, nothing is looked for at all."""
    attempts = tried(*[("drive", True)] * 12)
    none = after(attempts, "baker", "butcher", policy=Combined(look=0))
    assert ("drive", "baker") == none.actions[0]
    made = plan("baker")
    plain = replan(town(), made, made.steps[0].id, costs=price)
    assert isinstance(plain, Repaired)
    assert plain.changes.empty
    assert 0 == plain.statistics.nodes


def test_a_step_is_judged_by_its_own_tries_and_by_those_of_its_operator() -> None:
    """What is known of other steps of an operator is where the guess for a new one begins; its own tries weigh more."""
    attempts = Attempts()
    assert attempts.rate == attempts.probability(("drive", "baker"))
    for number in range(200):
        attempts.note(("drive", "butcher"), failed=number % 2 == 0)
        attempts.note(("drive", "baker"), failed=number % 10 == 0)
        attempts.note(("walk", "baker"), failed=False)
    assert pytest.approx(0.5, abs=0.02) == attempts.probability(("drive", "butcher"))
    assert pytest.approx(0.1, abs=0.02) == attempts.probability(("drive", "baker"))
    assert 0.25 < attempts.probability(("drive", "grocer")) < 0.35
    assert attempts.probability(("walk", "grocer")) < 0.01
    copy = Attempts.from_json(json.loads(json.dumps(attempts.to_json())))
    assert attempts.probability(("drive", "grocer")) == copy.probability(("drive", "grocer"))
