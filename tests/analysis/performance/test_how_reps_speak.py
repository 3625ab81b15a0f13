"""Measures of speech and next steps: counted out on small calls, planted effects found, nulls not."""

from __future__ import annotations

import pytest

from domains.analysis.analysts.call_artifacts import SpokenCall
from domains.analysis.analysts.performance_analyst_closing import dated_closing
from domains.analysis.analysts.performance_analyst_speech import speech_of_calls
from domains.analysis.corpus.records import Call, Turn
from domains.analysis.sample import generate
from tests.analysis.pipeline.workspaces import (
    answer_of,
    claims,
    measure,
    needs_calls,
    plan_of,
    state_of,
    tasks_of,
    workspace_of,
)


def spoken(*turns: tuple[str, str], times: list[tuple[float, float]] | None = None, key: str = "c") -> SpokenCall:
    """A call made of (role, text) pairs."""
    rows = [
        Turn(key, i, role, None, text, *(times[i] if times else (None, None))) for i, (role, text) in enumerate(turns)
    ]
    return SpokenCall(Call(key, "2024-03-04", "Demo with A", "Ann", None, "A", None, None, "won", None, None), rows)


def values_of(call: SpokenCall) -> dict[str, float | None]:
    """The measures of one call by name."""
    kinds, rows = speech_of_calls([call])
    return {kind.name: value for kind, value in zip(kinds, rows[0].values, strict=True)}


def test_without_times_words_are_counted():
    """Six of ten words are the rep's; one of the rep's three sentences asks; five words are the longest stretch."""
    call = spoken(("rep", "Hello."), ("prospect", "Hi there to you."), ("rep", "We help. Does that fit?"))
    found = values_of(call)
    assert found["talk ratio"] == pytest.approx(6 / 10)
    assert found["question rate"] == pytest.approx(1 / 3)
    assert found["longest monologue"] == 5
    assert found["patience"] is None


def test_with_times_seconds_are_counted():
    """Speaking time, the longest stretch from first to last second, and the median pause after the prospect."""
    call = spoken(
        ("rep", "A."),
        ("rep", "B."),
        ("prospect", "C."),
        ("rep", "D."),
        ("prospect", "E."),
        ("rep", "F."),
        times=[(0, 10), (11, 20), (21, 31), (33, 35), (36, 38), (42, 43)],
    )
    found = values_of(call)
    assert found["talk ratio"] == pytest.approx((10 + 9 + 2 + 1) / (10 + 9 + 10 + 2 + 2 + 1))
    assert found["longest monologue"] == 20
    assert found["patience"] == 3


def test_calls_are_measured_by_clock_or_by_word_but_not_both():
    """Nine timed calls in ten: seconds, and the tenth is left out; fewer: words for all."""
    timed = [spoken(("rep", "A."), ("prospect", "B."), times=[(0, 1), (2, 3)], key=str(i)) for i in range(9)]
    untimed = spoken(("rep", "A."), ("prospect", "B."), key="x")
    kinds, rows = speech_of_calls([*timed, untimed])
    assert kinds[2].unit == "seconds"
    assert rows[-1].values[0] is None
    kinds, rows = speech_of_calls([*timed[:5], untimed])
    assert kinds[2].unit == "words"
    assert all(row.values[0] is not None for row in rows)


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("I'll send the quote by Friday.", True),
        ("Can we meet on March 12th?", True),
        ("Then you'd collect the list. Shall we say Tuesday?", True),
        ("Let's talk tomorrow at nine.", True),
        ("I'll get back to you soon.", False),
        ("Let's speak again next quarter.", False),
        ("We will look at it by the end of the month.", False),
        ("How would you say it works today?", False),
        ("We meet every Thursday, you know.", False),
        ("We will have met last Friday.", False),
        ("It rained on Friday.", False),
    ],
)
def test_a_next_step_is_dated_when_a_day_is_named_with_something_to_do(text, fixed):
    """A named day and an action; a period, a habit, the past or mere talk are none."""
    call = spoken(("prospect", "Fine."), ("rep", text), ("prospect", "Okay."))
    found = dated_closing(call.turns, call.day)
    assert (found is not None) == fixed
    if found is not None:
        assert found.quote
        assert found.quote in text


def test_what_is_fixed_early_in_a_call_is_no_closing():
    """Only the last quarter of a call (at least eight turns) is read."""
    turns = [("rep", "I'll send it by Friday."), *[("prospect", "Hm."), ("rep", "Right.")] * 10]
    call = spoken(*turns)
    assert dated_closing(call.turns, call.day) is None


def test_planned_closings_are_recognised(sample, corpus):
    """Of the calls written to end with a dated step nearly all are found, and few others."""
    from domains.analysis.analysts.performance_analyst_next_steps import measure_next_steps
    from domains.analysis.registry import Inputs

    planned = {call.call_id: call.plan.next_step.kind == "dated" for call in corpus.calls}
    found = {}
    for call in sample.calls():
        turns = sample.turns(call.call_id)
        day = SpokenCall(call, turns).day
        found[call.call_id] = dated_closing(turns, day) is not None
    # files that name their calls otherwise are matched by the beginning of the name
    pairs = [
        (next(truth for key, truth in planned.items() if name.startswith(key)), said) for name, said in found.items()
    ]
    hits = sum(truth and said for truth, said in pairs)
    assert hits / sum(truth for truth, _ in pairs) > 0.9
    assert hits / sum(said for _, said in pairs) > 0.9
    rates = measure_next_steps(sample, (), Inputs())
    assert rates.dated is not None
    assert rates.dated.value == pytest.approx(sum(found.values()) / len(found))


def test_over_several_corpora_the_planted_habit_is_found_and_the_others_are_not(tmp_path):
    """Six corpora: dated next steps go with winning on average; of the other habits hardly any is established."""
    effects, words = [], []
    for seed in range(1, 7):
        tables = generate(seed=seed).tables()
        workspace = workspace_of(tmp_path / str(seed), tables)
        effects.append(measure(workspace, "measure_next_steps").effect.value)
        speech = measure(workspace, "measure_conversation")
        words += [finding.strength for finding in speech.findings if "early in a call" in finding.claim]
    assert sum(effects) / len(effects) > 10
    assert sum(effect > 0 for effect in effects) >= 5
    assert len(words) >= 18
    assert words.count("established") <= 1


def test_quotes_are_verbatim(sample):
    """Every cited turn holds the quoted words."""
    for name in ("measure_next_steps", "measure_conversation"):
        cited = [c for f in measure(sample, name).findings for c in f.citations if c.kind == "turn"]
        assert cited
        for citation in cited:
            text = next(turn.text for turn in sample.turns(citation.source) if turn.idx == citation.turn)
            assert citation.quote in text


@needs_calls
@pytest.mark.shared_data
def test_on_real_calls_nothing_about_speech_is_established(calls):
    """667 calls: behaviour early in a call does not go with the outcome, and next steps are too rare to judge."""
    answer = answer_of(calls, "performance")
    assert claims(answer, "established", "suggestive") == ""
    assert "the floor is 20 with and 20 without" in claims(answer)
    assert not answer.recommendations


def test_plans_follow_what_is_at_hand(sample, tmp_path):
    """Calls and deals, deals alone, calls alone, neither: four different sets of steps."""
    both = state_of(sample)
    assert {"measure_rep_outcomes", "measure_conversation", "measure_attainment"} <= set(
        tasks_of(plan_of("performance", both))
    )
    only_deals = state_of(sample)
    only_deals.count["calls", ()] = 0
    tasks = set(tasks_of(plan_of("performance", only_deals)))
    assert "measure_rep_outcomes" in tasks
    assert not tasks & {"retrieve_calls", "measure_conversation", "measure_next_steps"}
    only_calls = state_of(sample)
    only_calls.count["deals", ()] = 0
    tasks = set(tasks_of(plan_of("performance", only_calls)))
    assert "measure_conversation" in tasks
    assert not tasks & {"retrieve_deals", "measure_rep_outcomes", "measure_territories"}
    only_calls.count["calls", ()] = 0
    assert tasks_of(plan_of("performance", only_calls)) == ["survey_performance", "synthesise_performance"]


def test_in_a_hurry_fewer_parts_are_measured(sample):
    """The glance has no attainment, no value and no speech measures."""
    tasks = set(tasks_of(plan_of("performance", state_of(sample, depth="quick"))))
    assert tasks == {
        "retrieve_calls",
        "retrieve_deals",
        "survey_performance",
        "measure_rep_outcomes",
        "measure_territories",
        "measure_next_steps",
        "synthesise_performance",
    }


def test_when_calls_cannot_be_retrieved_deals_still_answer(sample):
    """After a failed retrieval of calls the plan rests on deals alone."""
    tasks = tasks_of(plan_of("performance", state_of(sample, failed=["retrieve_calls"])))
    assert "measure_rep_outcomes" in tasks
    assert "measure_conversation" not in tasks


def test_the_answer_passes_its_criteria(sample):
    """Planned, carried out and checked, the answer names nobody whose place would not repeat."""
    answer = answer_of(sample, "performance")
    assert answer.headline
    assert "not ranked" in answer.headline
