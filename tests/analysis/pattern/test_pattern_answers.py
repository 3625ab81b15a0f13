"""Pattern answers: what is planted is found, what is not is not, and real calls establish nothing."""

from __future__ import annotations

import pytest

from domains.analysis.analysts.pattern_artifacts import CandidateSet, TopicSet, ValidatedSet
from domains.analysis.artifacts import Artifact
from domains.analysis.registry import Inputs, capabilities
from domains.analysis.sample import Effects
from tests.analysis.prospect.carrying_out import answer_to, carry_out, plan_of, verbatim
from tests.analysis.prospect.worlds import synthetic

# Its corpora are analysed once for all tests: half a minute for whichever comes first, more on a busy machine.
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A corpus large enough for the planted effects to show on half of the buyers."""
    with synthetic(tmp_path_factory.mktemp("large"), seed=2, calls=1100, deals=1100) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def found(large):
    """The artifacts of a pattern analysis of it, by type."""
    made = carry_out(large, plan_of(large.facts, "pattern", depth="quick"))
    return {type(item): item for item in made.values()}


def established(artifacts):
    """Return the names of established behaviours, with whether won calls have more of them."""
    patterns = artifacts[ValidatedSet].patterns
    return {item.candidate.name: item.candidate.difference > 0 for item in patterns if item.strength == "established"}


def test_planted_effects_are_established_in_their_direction(found):
    """Dated next steps go with won calls and the strong competitor with lost ones, both on calls kept back."""
    names = established(found)
    assert names["next step with an owner and a date"] is True
    assert names["prospect names Bequorant"] is False


def test_what_has_no_effect_is_not_established(found):
    """Talk ratio, questions, monologues, small talk and the other competitors change nothing, and are not said to."""
    names = established(found)
    nulls = ("talking", "sentences that ask", "stretch", "small talk", "Trustelline", "Codivantra", "Inheristone")
    assert not [name for name in names if any(null in name for null in nulls)]


def test_without_effects_nothing_is_established(tmp_path):
    """In a corpus in which nothing changes the outcome, no behaviour and no phrase is established."""
    known = capabilities()
    with synthetic(tmp_path, seed=5, calls=400, deals=400, effects=Effects.none()) as workspace:
        made: list[Artifact] = []
        for name in ("retrieve_calls", "compare_behaviours", "compare_phrases", "validate_patterns"):
            made.append(known[name].analyst(workspace, (), Inputs(made)))
    assert sum(item.tested for item in made if isinstance(item, CandidateSet)) > 1000
    assert not established({type(item): item for item in made})


def test_calls_after_the_close_are_set_aside(large, found):
    """Calls on or after the day of the close are not compared: the outcome was known then."""
    closes = {deal.opportunity_id: deal.close_date for deal in large.deals()}
    used = [
        call
        for call in large.calls()
        if call.outcome in ("won", "lost") and not (call.date >= (closes[call.opportunity_id] or "9999"))
    ]
    artifact = found[CandidateSet]
    assert artifact.calls_won + artifact.calls_lost == len(used)


def test_topics_come_back_in_resamples(sample):
    """Reported topics are stable, each leads the calls it says, and quotes are verbatim."""
    plan = plan_of(sample.facts, "pattern")
    made = {type(item): item for item in carry_out(sample, plan).values()}
    topics = made[TopicSet]
    assert topics.topics
    assert all(topic.stability >= 0.6 for topic in topics.topics)
    assert sum(topic.calls for topic in topics.topics) <= topics.calls
    assert verbatim(sample, topics) > 3


@pytest.mark.shared_data
def test_real_calls_establish_nothing_and_say_what_it_would_take(calls):
    """On the real calls no behaviour is established, the sample needed is named, and the ends are not read as signs."""
    answer = answer_to(calls, "pattern")
    assert answer.headline.startswith("Nothing is established")
    assert not [finding for finding in answer.findings if finding.strength == "established"]
    head = next(finding for finding in answer.findings if "behaviours were compared" in finding.claim)
    assert "first half of the call" in head.claim
    assert "calls of each outcome to establish" in head.claim
    ahead = next(finding for finding in answer.findings if "a call's first half" in finding.claim)
    assert "hardly better than chance" in ahead.claim
    assert 0.5 < ahead.numbers[0].low < ahead.numbers[0].value < 0.65
    ends = next(finding for finding in answer.findings if "outcome being voiced" in finding.claim)
    assert ends.strength == "descriptive"
    assert verbatim(calls, answer) > 10
