"""Planning again from a failed step: around it where there is a way, and honest where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from htn.model import Domain, State, refuse
from htn.model.errors import InputError
from htn.plan import Plan
from htn.planning import InvalidDomain, LimitReached, Limits, Solved, Unsolvable, find_plan
from htn.planning.replan.around import plan_around


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


@pytest.mark.parametrize(("task", "goods"), [("task", 1), ("twice", 2), ("mixed", 1)])
def test_a_way_around_the_failed_step_is_found_behind_several_that_need_it(task: str, goods: int) -> None:
    """One method ruled out is not enough where the next leads to the same step again."""
    plan = _plan(task)
    outcome = plan_around(_domain(), plan, plan.steps[0].id)
    assert isinstance(outcome, Solved)
    assert [("good",)] * goods == outcome.actions


def test_no_way_around_is_said_as_that() -> None:
    """Where every decomposition holds the step there is no plan."""
    plan = _plan("sub")
    outcome = plan_around(_domain(), plan, plan.steps[0].id)
    assert isinstance(outcome, Unsolvable)
    assert "every decomposition needs bad" == outcome.reason


def test_what_the_facts_rule_out_is_told_in_the_words_of_the_method() -> None:
    """The decomposer's reason is not replaced by a general one."""
    plan = _plan("closed")
    outcome = plan_around(_domain(), plan, plan.steps[0].id, [("at", "known", 1)])
    assert isinstance(outcome, Unsolvable)
    assert "the bridge is closed" in outcome.reason


def test_a_limit_and_a_mistake_in_the_domain_are_not_taken_for_unsolvable() -> None:
    """Only a search that came to its end says that there is no plan."""
    plan = _plan("broken")
    mistaken = plan_around(_domain(), plan, plan.steps[0].id, [("at", "known", 1)])
    assert isinstance(mistaken, InvalidDomain)
    assert "did you mean 'bad'?" in mistaken.problems[0]
    stopped = find_plan(_domain(), State(at={}), [("bad",)] * 500)
    assert isinstance(stopped, Solved)
    outcome = plan_around(_domain(), stopped.plan, stopped.plan.steps[0].id, limits=Limits(nodes=100))
    assert isinstance(outcome, LimitReached)


def test_a_fact_with_arguments_for_a_single_value_is_refused() -> None:
    """The sentence says what to write instead."""
    plan = _plan("sub")
    with pytest.raises(InputError, match=r"state\.n is a single value"):
        plan_around(_domain(), plan, plan.steps[0].id, [("n", "key", 2)])
