"""Custom questions: parts are answered side by side and joined; one measure or topic is answered at once."""

from __future__ import annotations

import pytest

from domains.analysis.artifacts import Answer
from tests.analysis.prospect.carrying_out import answer_to, carry_out, counted, plan_of, tasks, verbatim

REGION = (("group_by", "region"), ("metric", "win_rate"))
EVERYTHING = counted(calls=60, deals=300, closed=250, won=120, lost=130, content_uses=40, trainings=5)


def test_parts_of_a_question_do_not_wait_for_each_other():
    """Steps of one part depend on no step of another; only the joining step depends on both."""
    parts = (("prospect", (("account", "Acme"),)), ("enablement", ()), ("custom", REGION))
    plan = plan_of(EVERYTHING, "custom", (("topic", "x"),), parts)
    by_scope = {step.id: step.args[-1] for step in plan.steps}
    for step in plan.steps[:-1]:
        assert {by_scope[i] for i in step.dependencies} <= {step.args[-1]}
    last = plan.steps[-1]
    assert last.task == "synthesise_custom"
    answers = {step.task for step in plan.steps if step.id in last.causal}
    assert answers == {"synthesise_prospect", "synthesise_enablement", "synthesise_custom_measure"}


def test_a_part_that_is_the_question_itself_does_not_loop():
    """A question listed among its own parts is answered directly instead of being split for ever."""
    plan = plan_of(EVERYTHING, "custom", REGION, (("custom", REGION), ("enablement", ())))
    assert "measure" in tasks(plan)


def test_the_joined_answer_keeps_findings_and_what_recommends_what(sample):
    """All findings of the parts are there, and each recommendation still points at its own findings."""
    account = sample.calls()[0].account
    parts = (("prospect", (("account", account),)), ("custom", REGION))
    plan = plan_of(sample.facts, "custom", (), parts)
    made = carry_out(sample, plan)
    answers = [item for item in made.values() if isinstance(item, Answer)]
    joined, single = answers[-1], answers[:-1]
    assert len(joined.findings) == sum(len(answer.findings) for answer in single)
    assert [f"({number})" in joined.headline for number in (1, 2)] == [True, True]
    wanted = {
        (item.action, tuple(answer.findings[i].claim for i in item.because))
        for answer in single
        for item in answer.recommendations
    }
    assert {
        (item.action, tuple(joined.findings[i].claim for i in item.because)) for item in joined.recommendations
    } == wanted


def test_a_topic_is_answered_with_quotes(sample):
    """What is said of a topic is quoted word for word."""
    answer = answer_to(sample, "custom", (("topic", "data migration"),))
    assert "comes up on" in answer.headline or "Nobody speaks" in answer.headline
    answer = answer_to(sample, "custom", (("topic", "price"),))
    assert "comes up on" in answer.headline
    assert verbatim(sample, answer) > 3


def test_an_unclear_question_gets_an_overview():
    """Neither measure nor topic: the usual measures are computed; an unknown measure counts as none."""
    assert tasks(plan_of(EVERYTHING, "custom")) == {"measure", "synthesise_custom_measure"}
    assert "measure" in tasks(plan_of(EVERYTHING, "custom", (("metric", "vibes"),)))


def test_nothing_recorded_is_said():
    """Without any records the plan is the one step that says so."""
    assert tasks(plan_of(counted(), "custom", REGION)) == {"synthesise_custom_without_records"}


@pytest.mark.shared_data
def test_a_real_two_part_question_is_answered(crm):
    """Win rate by region in a quarter, and what is known of an account, come as one answer with both."""
    first = (("group_by", "region"), ("metric", "win_rate"), ("period", "2017-07-01/2017-09-30"))
    parts = (("custom", first), ("prospect", (("account", "Cancity"),)))
    answer = answer_to(crm, "custom", (), parts)
    assert "61.4 %" in answer.headline
    assert "Cancity" in answer.headline
