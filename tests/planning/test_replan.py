"""Planning again from a failed step: around it where there is a way, and honest where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from htn.model import Domain, State, refuse
from htn.model.errors import InputError
from htn.plan import Plan
from htn.planning import InvalidDomain, LimitReached, Limits, Outcome, Solved, Unsolvable, find_plan
from htn.planning.checker import check_plan
from htn.planning.replan import Repaired, replan


def _domain() -> Domain:
    domain = Domain("ways")

    @domain.operator
    def bad(state: State) -> Any:
        state.at["bad"] = 1
        return state

    @domain.operator
    def good(state: State) -> Any:
        state.at["good"] = 1
        return state

    @domain.method("sub")
    def only(state: State) -> Any:
        return [("bad",)]

    @domain.method("task")
    def directly(state: State) -> Any:
        return [("bad",)]

    @domain.method("task")
    def indirectly(state: State) -> Any:
        return [("sub",)]

    @domain.method("task")
    def otherwise(state: State) -> Any:
        return [("good",)]

    @domain.method("twice")
    def both(state: State) -> Any:
        return [("task",), ("task",)]

    @domain.method("mixed")
    def mixed(state: State) -> Any:
        return [("sub",), ("task",)]

    @domain.method("mixed")
    def pure(state: State) -> Any:
        return [("task",)]

    @domain.method("closed")
    def unless_known(state: State) -> Any:
        return refuse("the bridge is closed") if "known" in state.at else [("bad",)]

    @domain.method("broken")
    def mistaken(state: State) -> Any:
        return [("bda",)] if "known" in state.at else [("bad",)]

    return domain


def _plan(task: str) -> Plan:
    outcome = find_plan(_domain(), State(at={}, n=1), [(task,)])
    assert isinstance(outcome, Solved)
    return outcome.plan


def _around(plan: Plan, *facts: tuple[str, Any, Any], limits: Limits | None = None) -> Outcome:
    """Repair a plan whose first step has failed, which told these facts."""
    failed = plan.steps[0].id
    return replan(_domain(), plan, failed, observations={failed: facts}, avoid=True, limits=limits)


@pytest.mark.parametrize(("task", "goods"), [("task", 1), ("twice", 2), ("mixed", 1)])
def test_a_way_around_the_failed_step_is_found_behind_several_that_need_it(task: str, goods: int) -> None:
    """One method ruled out is not enough where the next leads to the same step again."""
    outcome = _around(_plan(task))
    assert isinstance(outcome, Repaired)
    assert [("good",)] * goods == outcome.actions
    assert check_plan(_domain(), outcome.plan)


def test_no_way_around_is_said_as_that() -> None:
    """Where every decomposition holds the step there is no plan."""
    outcome = _around(_plan("sub"))
    assert isinstance(outcome, Unsolvable)
    assert "bad" in outcome.reason


def test_what_the_facts_rule_out_is_told_in_the_words_of_the_method() -> None:
    """The decomposer's reason is not replaced by a general one."""
    plan = _plan("closed")
    failed = plan.steps[0].id
    outcome = replan(_domain(), plan, failed, observations={failed: [("at", "known", 1)]})
    assert isinstance(outcome, Unsolvable)
    assert "the bridge is closed" in outcome.reason


def test_a_limit_and_a_mistake_in_the_domain_are_not_taken_for_unsolvable() -> None:
    """Only a search that came to its end says that there is no plan."""
    mistaken = _around(_plan("broken"), ("at", "known", 1))
    assert isinstance(mistaken, InvalidDomain)
    assert "did you mean 'bad'?" in mistaken.problems[0]
    stopped = find_plan(_domain(), State(at={}), [("task",)] * 500)
    assert isinstance(stopped, Solved)
    assert isinstance(_around(stopped.plan, limits=Limits(nodes=100)), LimitReached)


def test_a_fact_with_arguments_for_a_single_value_is_refused() -> None:
    """The sentence says what to write instead."""
    with pytest.raises(InputError, match=r"state\.n is a single value"):
        _around(_plan("sub"), ("n", "key", 2))
