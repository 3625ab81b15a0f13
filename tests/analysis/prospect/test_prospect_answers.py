"""Prospect answers: evidence word for word, warnings by their limits, absences said."""

from __future__ import annotations

from collections import Counter

import pytest

from domains.analysis.analysts.deal_limits import DealLimits, deal_limits
from domains.analysis.analysts.prospect_artifacts import ObjectionReview
from domains.analysis.registry import Inputs, capabilities
from htn.model.errors import InputError
from tests.analysis.prospect.carrying_out import answer_to, carry_out, plan_of, verbatim


@pytest.fixture(scope="module")
def account(sample):
    """The account with most calls among those that have an open deal."""
    still = {deal.account for deal in sample.deals() if deal.status == "open"}
    return Counter(call.account for call in sample.calls() if call.account in still).most_common(1)[0][0]


@pytest.fixture(scope="module")
def artifacts(sample, account):
    """The artifacts of the full analysis of that account, by type name."""
    plan = plan_of(sample.facts, "prospect", (("account", account),))
    return {type(item).__name__: item for item in carry_out(sample, plan).values()}


def test_every_claim_is_cited_and_every_quote_is_verbatim(sample, artifacts):
    """Each quote of the answer stands in the turn it cites, and no claim is without a citation."""
    answer = artifacts["Answer"]
    assert all(finding.citations for finding in answer.findings)
    assert verbatim(sample, answer) > 5


def test_history_holds_every_dated_event_once_and_in_order(sample, account, artifacts):
    """Calls, openings, stages, content and closes are as many as a count in SQL finds."""
    events = Counter(event.kind for event in artifacts["History"].events)
    deals = "(SELECT opportunity_id FROM opportunities WHERE account = ?)"
    count = lambda query: sample.connection.execute(query, (account,)).fetchone()[0]  # noqa: E731
    assert events["call"] == count(
        "SELECT COUNT(*) FROM calls WHERE account = ? AND date IS NOT NULL AND turn_count > 0"
    )
    assert events["stage"] == count(f"SELECT COUNT(*) FROM stage_history WHERE opportunity_id IN {deals}")
    assert events["won"] == count("SELECT COUNT(*) FROM opportunities WHERE account = ? AND status = 'won'")
    days = [event.day for event in artifacts["History"].events]
    assert days == sorted(days)


def test_a_letter_without_a_quote_is_null(artifacts):
    """Each of the eight letters has evidence with quotes and a basis, or neither."""
    letters = artifacts["Qualification"].letters
    assert len(letters) == 8
    assert all((letter.basis is None) == (not letter.evidence) for letter in letters)


def test_warnings_follow_their_limits(sample, account, artifacts):
    """An open deal is stalled exactly when its last stage change lies further back than the limit."""
    for deal in artifacts["Momentum"].deals:
        stalled = next(item for item in deal.warnings if item.name == "stalled in stage")
        assert (stalled.status == "raised") == (deal.days_in_stage > DealLimits().stalled_days)


def test_the_likelihood_is_the_share_won_of_closed_deals_that_reached_the_stage(sample, artifacts):
    """As counted in SQL, and the headline gives it where there is one open deal."""
    query = (
        "SELECT AVG(o.status = 'won'), COUNT(*) FROM opportunities o WHERE o.status IN ('won', 'lost') AND o.close_date"
        " IS NOT NULL AND EXISTS (SELECT 1 FROM stage_history h WHERE h.opportunity_id = o.opportunity_id"
        " AND h.stage = ?)"
    )
    deals = artifacts["Momentum"].deals
    for deal in deals:
        share, n = sample.connection.execute(query, (deal.stage,)).fetchone()
        assert (deal.won_from_stage.value, deal.won_from_stage.n) == (pytest.approx(share), n)
        if deal.won_as_long is not None:
            assert deal.won_as_long.n < n
    if len(deals) == 1:
        assert f"of deals that reach {deals[0].stage}, {share * 100:.1f} %" in artifacts["Answer"].headline


def test_what_was_heard_on_other_deals_does_not_qualify_the_open_one(sample, account, artifacts):
    """A letter counts as earlier exactly when no call of an open deal holds its evidence."""
    still = {deal.opportunity_id for deal in sample.deals((("account", account),)) if deal.status == "open"}
    current = {call.call_id for call in sample.calls((("account", account),)) if call.opportunity_id in still}
    found = artifacts["Qualification"]
    assert current
    for letter in found.letters:
        held = {citation.source for citation in letter.evidence}
        assert (letter.letter in found.earlier) == (bool(held) and not held & current)
        assert not held & current or held <= current


def test_gaps_are_asked_for_right_after_the_open_deal(artifacts):
    """The advice on letters without evidence comes before objections, next steps and competitors."""
    found = artifacts["Qualification"]
    gaps = [one.letter for one in found.letters if one.basis is None or one.letter in found.earlier]
    actions = [item.action for item in artifacts["Answer"].recommendations]
    place = next((at for at, action in enumerate(actions) if action.startswith("Ask about")), None)
    assert (place is not None) == bool(gaps)
    if place is not None:
        assert all(action.startswith("Deal ") for action in actions[:place])
        assert all(letter in actions[place] for letter in gaps)


def test_limits_can_be_set_in_the_workspace(tmp_path):
    """A file in the workspace sets limits; what it leaves out keeps its default."""
    assert deal_limits(tmp_path) == DealLimits()
    (tmp_path / "deal_warnings.toml").write_text("stalled_days = 5\n")
    assert deal_limits(tmp_path) == DealLimits(stalled_days=5)


@pytest.mark.parametrize(
    ("text", "says"),
    [("stalled = 5", "no limit 'stalled'"), ("stalled_days = -1", "0 or more"), ("stalled_days", "cannot be read")],
)
def test_a_wrong_limit_is_refused_with_a_sentence(tmp_path, text, says):
    """An unknown name, a negative number and a broken file are each refused, naming the file."""
    (tmp_path / "deal_warnings.toml").write_text(text)
    with pytest.raises(InputError, match=says) as caught:
        deal_limits(tmp_path)
    assert "deal_warnings.toml" in str(caught.value)


def test_an_unknown_account_is_said_to_be_unknown(sample):
    """Nothing is recorded for an account that does not exist, and the headline says so."""
    answer = answer_to(sample, "prospect", (("account", "Nobody & Sons"),))
    assert answer.headline.startswith("Nothing is recorded for Nobody & Sons")
    assert not answer.findings


@pytest.mark.shared_data
def test_real_crm_without_calls_says_what_cannot_be_told(crm):
    """In CRM data without calls and stages, no warning is raised on silence, and the limits name what is missing."""
    answer = answer_to(crm, "prospect", (("account", "Cancity"),))
    assert "55 won, 38 lost and 8 open deals" in answer.headline
    assert "warning" not in answer.headline
    assert any("No calls are recorded" in limit for limit in answer.limits)
    assert any("No stage history" in limit for limit in answer.limits)


@pytest.mark.shared_data
def test_resolved_objections_on_real_calls_go_with_giving(calls):
    """Where an objection counts as resolved the prospect gives more often than where it was left standing."""
    known = capabilities()
    retrieved = known["retrieve_calls"].analyst(calls, (), Inputs())
    review = known["assess_objections"].analyst(calls, (), Inputs([retrieved]))
    assert isinstance(review, ObjectionReview)
    outcome = {call.call_id: call.outcome for call in calls.calls()}
    rate = {}
    for verdict in ("resolved", "not resolved"):
        own = [outcome[item.call_id] == "won" for item in review.objections if item.outcome == verdict]
        assert len(own) > 20
        rate[verdict] = sum(own) / len(own)
    assert rate["resolved"] > rate["not resolved"]


def test_people_have_their_titles_and_all_steps_agree_on_who_decides(sample, artifacts):
    """Speakers have the titles on record; an open deal has "no power" exactly when none of its buyers can decide."""
    people = artifacts["StakeholderMap"].people
    recorded = {name: title for titles in sample.titles().values() for name, title in titles.items()}
    spoke = [one for one in people if one.spoke and one.name in recorded]
    assert spoke
    assert all(one.title and one.basis for one in spoke if one.part != "unknown")
    deciding = any(one.part == "economic buyer" for one in people)
    for deal in artifacts["Momentum"].deals:
        power = next(item for item in deal.warnings if item.name == "no power")
        assert deciding or power.status != "clear"
    buyer = next(one for one in artifacts["Qualification"].letters if one.letter == "economic buyer")
    assert deciding or buyer.basis in (None, "said by the rep only")


def test_the_report_gives_each_letter_its_quote_or_says_not_heard(artifacts):
    """One finding lists the eight letters in order, with the quote or "not heard"."""
    claim = next(one.claim for one in artifacts["Answer"].findings if one.title == "MEDDPICC, letter by letter")
    for letter in artifacts["Qualification"].letters:
        said = f'"{letter.evidence[0].quote}"' if letter.evidence else "not heard"
        assert f"{letter.letter}: {said}" in claim
    assert any("entered its stages" in one.title for one in artifacts["Answer"].findings)
