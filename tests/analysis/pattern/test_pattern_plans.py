"""Pattern plans: which method for which records, what runs side by side, what a failure leaves."""

from __future__ import annotations

from tests.analysis.prospect.carrying_out import counted, plan_of, tasks

MANY = {"calls": 400, "calls_won": 200, "calls_lost": 150}


def test_comparison_validation_and_topics_are_planned_with_enough_outcomes():
    """Behaviours, phrases, topics and change run side by side; validation waits for both comparisons only."""
    plan = plan_of(counted(**MANY), "pattern")
    step = {one.task: one for one in plan.steps}
    only_calls = {step["retrieve_calls"].id}
    for name in ("compare_behaviours", "compare_phrases", "cluster_topics", "track_change"):
        assert set(step[name].dependencies) == only_calls
    assert set(step["validate_patterns"].dependencies) - only_calls == {
        step["compare_behaviours"].id,
        step["compare_phrases"].id,
    }


def test_few_outcomes_are_described_and_not_compared():
    """Below 50 won or lost calls nothing is compared between them."""
    names = tasks(plan_of(counted(calls=300, calls_won=280, calls_lost=20), "pattern"))
    assert names == {"retrieve_calls", "cluster_topics", "synthesise_pattern_without_outcomes"}


def test_a_hurry_compares_behaviours_only():
    """In a hurry there are neither phrases nor topics, but validation stays."""
    names = tasks(plan_of(counted(**MANY), "pattern", depth="quick"))
    assert names == {"retrieve_calls", "compare_behaviours", "validate_behaviours", "synthesise_pattern_in_brief"}


def test_failed_clustering_falls_back_to_counting():
    """When clustering has failed, tracked topics are counted instead and everything else stays."""
    names = tasks(plan_of(counted(**MANY), "pattern", failed=[("cluster_topics", ())]))
    assert "count_topics" in names
    assert "cluster_topics" not in names
    assert "synthesise_pattern" in names


def test_failed_change_gives_an_answer_without_it():
    """When following change over time has failed, the answer is made without it."""
    names = tasks(plan_of(counted(**MANY), "pattern", failed=[("track_change", ())]))
    assert "synthesise_pattern_without_change" in names


def test_no_calls_still_give_an_answer():
    """Without calls the plan is the one step that says so."""
    assert tasks(plan_of(counted(deals=10), "pattern")) == {"synthesise_pattern_without_calls"}
