"""Prospect plans: which method for which records, what runs side by side, what a failure leaves."""

from __future__ import annotations

from tests.analysis.prospect.carrying_out import counted, plan_of, tasks

ACME = (("account", "Acme"),)


def test_all_sides_are_looked_at_when_calls_and_deals_are_there():
    """With calls and deals, seven steps look at the account, and none of them waits for another."""
    plan = plan_of(counted(calls=5, deals=3, turns=90), "prospect", ACME)
    looks = [step for step in plan.steps if not step.task.startswith(("retrieve_", "synthesise_"))]
    assert len(looks) == 7
    retrieved = {step.id for step in plan.steps if step.task.startswith("retrieve_")}
    assert all(set(step.dependencies) <= retrieved for step in looks)


def test_a_hurry_leaves_the_long_steps_out():
    """Quick depth, a tight budget and a tight deadline each give the brief plan."""
    facts = counted(calls=5, deals=3)
    for option in ({"depth": "quick"}, {"budget": "tight"}, {"deadline": "tight"}):
        names = tasks(plan_of(facts, "prospect", ACME, **option))
        assert "gather_qualification" not in names
        assert "synthesise_prospect_in_brief" in names


def test_only_what_is_recorded_is_retrieved():
    """Without deals nothing asks for deals; without calls nothing reads calls."""
    assert "retrieve_deals" not in tasks(plan_of(counted(calls=5), "prospect", ACME))
    assert tasks(plan_of(counted(deals=5), "prospect", ACME)) == {
        "retrieve_deals",
        "trace_history",
        "measure_momentum",
        "find_competitive_context",
        "synthesise_prospect_from_deals",
    }


def test_nothing_recorded_still_gives_an_answer():
    """Where neither calls nor deals are recorded, the plan is the one step that says so."""
    assert tasks(plan_of(counted(), "prospect", ACME)) == {"synthesise_prospect_without_records"}


def test_a_failed_look_is_left_out_and_the_rest_stays():
    """When assessing objections has failed, the other six looks and the synthesis remain."""
    facts = counted(calls=5, deals=3)
    whole = tasks(plan_of(facts, "prospect", ACME))
    rest = tasks(plan_of(facts, "prospect", ACME, failed=[("assess_objections", ACME)]))
    assert whole - rest == {"assess_objections"}


def test_when_nothing_can_be_retrieved_the_answer_is_made_without_records():
    """The plan is the one step that says what could not be read."""
    failed = [("retrieve_calls", ACME), ("retrieve_deals", ACME)]
    assert tasks(plan_of(counted(calls=5, deals=3), "prospect", ACME, failed=failed)) == {
        "synthesise_prospect_without_records"
    }
