"""Which method answers a pipeline question follows from what the state knows; measures run side by side."""

from __future__ import annotations

import pytest

from domains.analysis.methods import pipeline
from tests.analysis.pipeline.workspaces import (
    answer_of,
    claims,
    deal,
    domain,
    known_capabilities,
    plan_of,
    state_of,
    tasks_of,
    workspace_of,
)

ALL_MEASURES = {
    "measure_win_rate",
    "forecast_quarter",
    "measure_quarter_end",
    "measure_velocity",
    "measure_ageing",
    "measure_slippage",
    "measure_stage_conversion",
    "measure_coverage",
    "roll_up_categories",
}


def test_with_stage_history_everything_is_measured(sample):
    """A full CRM gives all nine measures."""
    assert set(tasks_of(plan_of("pipeline", state_of(sample)))) == ALL_MEASURES | {
        "retrieve_deals",
        "survey_pipeline",
        "synthesise_pipeline",
    }


@pytest.mark.parametrize("option", [{"depth": "quick"}, {"budget": "tight"}, {"deadline": "tight"}])
def test_in_a_hurry_only_win_rate_and_forecast_are_measured(sample, option):
    """Quick depth, a tight budget or a tight deadline choose the glance."""
    assert tasks_of(plan_of("pipeline", state_of(sample, **option)))[2:-1] == ["measure_win_rate", "forecast_quarter"]


def test_without_stage_history_stages_are_left_out(sample):
    """Outcomes alone give the same plan without stage conversion."""
    state = state_of(sample)
    state.has["stage_history"] = False
    assert "measure_stage_conversion" not in tasks_of(plan_of("pipeline", state))
    assert "measure_quarter_end" in tasks_of(plan_of("pipeline", state))


def test_few_closed_deals_give_no_forecast(tmp_path):
    """Below a hundred closed deals the open ones are described, and the answer says why there is no more."""
    rows = [deal(i, "won" if i % 2 else "lost") for i in range(30)] + [deal(100 + i, "open") for i in range(5)]
    workspace = workspace_of(tmp_path / "w", {"opportunities": rows})
    tasks = tasks_of(plan_of("pipeline", state_of(workspace)))
    assert "forecast_quarter" not in tasks
    assert "measure_ageing" in tasks
    assert "Too little has closed" in answer_of(workspace, "pipeline").headline


def test_no_deals_at_all_are_said_to_be_missing(empty):
    """There is still an answer, and it says what is missing."""
    answer = answer_of(empty, "pipeline")
    assert answer.headline.startswith("There are no deals")
    assert answer.findings == ()
    assert answer.limits[0].startswith("No deals are recorded")


@pytest.mark.parametrize("task", sorted(ALL_MEASURES))
def test_a_measure_that_failed_is_left_out_and_the_rest_stays(sample, task):
    """After a failure the plan is the same without that measure."""
    whole = set(tasks_of(plan_of("pipeline", state_of(sample))))
    assert set(tasks_of(plan_of("pipeline", state_of(sample, failed=[task])))) == whole - {task}


def test_when_retrieval_fails_the_answer_has_nothing_to_rest_on(sample):
    """Without deals at hand only the survey is left."""
    plan = plan_of("pipeline", state_of(sample, failed=["retrieve_deals"]))
    assert tasks_of(plan) == ["survey_pipeline", "synthesise_pipeline"]


def test_measures_do_not_wait_for_each_other(sample):
    """Every measure depends on retrieval and survey only; the answer on all of them."""
    plan = plan_of("pipeline", state_of(sample))
    by_id = {step.id: step for step in plan.steps}
    first = {step.id for step in plan.steps if step.task in ("retrieve_deals", "survey_pipeline")}
    for step in plan.steps:
        if step.task in ALL_MEASURES:
            assert set(step.dependencies) <= first
            assert [by_id[key].task for key in step.causal] == ["retrieve_deals"]
    assert set(plan.steps[-1].causal) == set(by_id) - {plan.steps[-1].id}


def test_scopes_do_not_mix(sample):
    """Two questions at once give two sets of steps that know nothing of each other."""
    from htn.planning import Solved, find_plan

    west, central = (("region", "West"),), (("region", "Central"),)
    state = state_of(sample, west)
    for (what, _), number in state_of(sample, central).count.items():
        state.count[what, central] = number
    outcome = find_plan(domain(), state, [("analyse_pipeline", west), ("analyse_pipeline", central)])
    assert isinstance(outcome, Solved)
    scope = {step.id: step.args[0] for step in outcome.plan.steps}
    assert all(scope[key] == step.args[0] for step in outcome.plan.steps for key in step.causal)


def test_every_operator_has_an_analyst_and_every_method_says_when_it_applies():
    """Capabilities exist for all operators; every method's first line is a sentence; each type has several methods."""
    found = domain()
    assert {operator.capability for operator in found.operators.values()} <= set(known_capabilities())
    for task, methods in found.methods.items():
        assert len(methods) >= 2, task
        for method in methods:
            assert method.applies.startswith("Applies when")
            assert method.applies.endswith(".")


def test_one_year_of_synthetic_deals_gives_an_answer_with_every_part(sample):
    """Coverage, stages, categories and slippage are all in the answer, and the planted quarter-end pull is found."""
    answer = answer_of(sample, "pipeline")
    text = claims(answer)
    for word in ("Quota for", "went further", "forecast category", "expected close", "back-test", "earlier days"):
        assert word in text or word in " ".join(f.note for f in answer.findings)
    assert "last month of a quarter are won" in claims(answer, "established")


def test_the_hard_segment_is_found_by_the_win_rate(sample):
    """The planted segment has the lowest win rate, established."""
    answer = answer_of(sample, "pipeline", depth="quick")
    assert "Win rates differ by segment, as observed: from" in claims(answer, "established")
    assert "(Bank)" in claims(answer, "established")


def test_enough_closed_is_the_floor_for_insights():
    """The methods' threshold is the published floor of a hundred closed deals."""
    assert pipeline.ENOUGH_CLOSED == 100
