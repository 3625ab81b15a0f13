"""The review keeps what can be checked and names what cannot."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.analysis.artifacts import Answer, Citation, Finding, Number, Recommendation
from domains.analysis.corpus.schema import DATA_TABLES
from domains.analysis.criteria import criterion
from domains.analysis.evidence import ONE_ROW_EACH, Evidence
from domains.analysis.registry import Inputs, capabilities
from domains.analysis.review import EvidenceReview, QualityReview, ReviewedAnswer
from htn.model.errors import DomainError
from tests.analysis.report.small import ABSENT, QUOTE, ROWS, TURN, false_claim, small_answer, small_workspace

CRITERION = criterion("review_keeps_a_finding_or_says_why")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Two calls and six deals."""
    with small_workspace(tmp_path_factory.mktemp("review") / "w") as opened:
        yield opened


def turn(**change: object) -> Citation:
    """The citation of a turn that holds its quote, but for a change."""
    return TURN.model_copy(update=change)


def rows(**change: object) -> Citation:
    """The citation of rows that are there, but for a change."""
    return ROWS.model_copy(update=change)


def number(**change: object) -> Number:
    """A number with all that an interval needs, but for a change."""
    whole = Number(name="rate", value=0.5, unit="share", low=0.4, high=0.6, level=0.95, n=80, method="Wilson")
    return whole.model_copy(update=change)


def claim(*citations: Citation, numbers: tuple[Number, ...] = (), text: str = "Price matters.") -> Finding:
    """A claim that rests on citations and numbers."""
    return Finding(claim=text, strength="established", citations=citations, numbers=numbers)


FAULTS = {
    "a call that is not there": (claim(turn(source="C9")), "no call 'C9'"),
    "a call where rows are named": (claim(turn(source="opportunities")), "no call 'opportunities'"),
    "a turn that is not there": (claim(turn(turn=7)), "no turn 7"),
    "a turn before the first": (claim(turn(turn=-1)), "no turn -1"),
    "no turn": (claim(turn(turn=None)), "without saying which turn"),
    "a fabricated quote": (claim(turn(quote="we love it")), "does not say 'we love it'"),
    "a quote of another turn": (claim(turn(turn=0)), f"does not say '{QUOTE}'"),
    "a quote with a word changed": (claim(turn(quote="it is too cheap for us")), "does not say"),
    "a quote with letters changed": (claim(turn(quote=QUOTE.upper())), "does not say"),
    "a quote that leaves something out": (claim(turn(quote="it is expensive for us")), "does not say"),
    "an empty quote": (claim(turn(quote="")), "without its words"),
    "a quote of signs": (claim(turn(quote=" , ")), "without its words"),
    "a table that is not there": (claim(rows(source="secrets")), "no table 'secrets'"),
    "a table that is none of the data": (claim(rows(source="sqlite_master")), "no table 'sqlite_master'"),
    "a row that is not there": (claim(rows(rows=("D00001", "D99999"))), "no row 'D99999'"),
    "no rows": (claim(rows(rows=(), total=4)), "cites no row"),
    "no rows, and nothing that was looked through": (claim(rows(rows=(), total=0)), "cites no row"),
    "nothing but that there are no rows": (claim(rows(rows=(), total=0), rows(rows=(), total=0)), "cites no row"),
    "no rows of a table that is not there": (claim(ROWS, rows(source="secrets", rows=(), total=0)), "no table"),
    "a row counted twice": (claim(rows(rows=("D00001", "D00001"))), "twice"),
    "no total": (claim(rows(total=None)), "says that there are None"),
    "a total below what is listed": (claim(rows(total=1)), "lists 2 rows"),
    "more rows than the table has": (claim(rows(total=7)), "which has 6"),
    "one good citation and one bad": (claim(ROWS, TURN, turn(source="C9")), "no call 'C9'"),
    "no citation": (claim(), "cites nothing"),
    "a value outside its interval": (claim(ROWS, numbers=(number(value=0.7),)), "outside its own interval"),
    "an interval turned round": (claim(ROWS, numbers=(number(low=0.6, high=0.4),)), "outside its own interval"),
    "a value above an upper bound": (claim(ROWS, numbers=(number(low=None, value=0.7),)), "outside its own"),
    "an interval without a level": (claim(ROWS, numbers=(number(level=None),)), "does not say its level"),
    "a level in percent": (claim(ROWS, numbers=(number(level=95.0),)), "does not say its level"),
    "an interval without a sample size": (claim(ROWS, numbers=(number(n=None),)), "does not say its sample size"),
    "an infinite number": (claim(ROWS, numbers=(number(high=math.inf),)), "not finite"),
    "no number": (claim(ROWS, numbers=(number(value=math.nan),)), "not finite"),
    "the second number": (claim(ROWS, numbers=(number(), number(name="gap", value=9.0))), "'gap' lies outside"),
    "nothing said": (claim(ROWS, text="  "), "says nothing"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_claim_with_a_fault_is_dropped_and_the_fault_named(workspace, fault):
    """The claim stands among those dropped, with a reason that names what is wrong; the claim beside it is kept."""
    finding, words = FAULTS[fault]
    good = claim(TURN, ROWS, numbers=(number(),), text="This one holds.")
    reviewed = EvidenceReview().review(Answer(headline="So it is.", findings=(finding, good)), workspace)
    assert [kept.claim for kept in reviewed.findings] == ["This one holds."]
    assert [(item.kind, item.claim) for item in reviewed.dropped] == [("finding", finding.claim)]
    assert words in reviewed.dropped[0].reason
    assert CRITERION.check(reviewed) is None


def test_a_claim_that_holds_is_kept_as_it_is(workspace):
    """Every finding, recommendation, exclusion and limit of a sound answer passes unchanged."""
    answer = small_answer()
    reviewed = EvidenceReview().review(answer, workspace)
    assert {name: getattr(reviewed, name) for name in Answer.model_fields} == dict(answer)
    assert reviewed.dropped == ()
    assert reviewed.checks.model_dump() == {
        "claims": 4, "kept": 4, "turns": 1, "rows": 6, "numbers": 4, "intervals": 3, "recommendations": 1
    }  # fmt: skip


def test_that_there_are_no_such_rows_may_be_said_beside_those_looked_through(workspace):
    """None of these deals: the deals are cited, and that no row is left of them."""
    for beside in (ROWS, TURN):
        finding = claim(rows(rows=(), total=0), beside)
        assert EvidenceReview().review(Answer(headline="h", findings=(finding,)), workspace).findings == (finding,)


def test_white_space_is_no_different_wording(workspace):
    """A line break within a quote does not make it another one."""
    spaced = claim(turn(quote="it is\n  too   expensive\tfor us"))
    assert EvidenceReview().review(Answer(headline="h", findings=(spaced,)), workspace).findings == (spaced,)


def test_an_interval_may_end_at_its_value_and_may_be_open(workspace):
    """A share of one ends at one; an unknown value of no cases has an interval; a bound alone is an interval."""
    numbers = (
        number(value=1.0, low=0.8, high=1.0),
        number(value=1 / 3, low=0.3333333333333334, high=0.5),
        number(value=None, low=0.0, high=1.0, n=0),
        number(high=None),
        Number(name="plain", value=4.0),
    )
    finding = claim(ROWS, numbers=numbers)
    assert EvidenceReview().review(Answer(headline="h", findings=(finding,)), workspace).findings == (finding,)


@pytest.mark.parametrize(
    ("finding", "limits", "is_kept"),
    [
        (ABSENT, (ABSENT.claim,), True),
        (ABSENT, (f"  {ABSENT.claim.replace(' ', '  ')}\n",), True),
        (ABSENT, (), False),
        (ABSENT, ("Something else is not recorded.",), False),
        (ABSENT, (f"{ABSENT.claim} And more.",), False),
        (ABSENT.model_copy(update={"strength": "suggestive"}), (ABSENT.claim,), False),
        (ABSENT.model_copy(update={"numbers": (number(),)}), (ABSENT.claim,), False),
    ],
)
def test_only_a_stated_limit_may_cite_nothing(workspace, finding, limits, is_kept):
    """A claim without citations is kept when it describes, has no numbers and stands among the limits word for word."""
    reviewed = EvidenceReview().review(Answer(headline="h", findings=(finding,), limits=limits), workspace)
    assert bool(reviewed.findings) is is_kept


POOL = (
    *(claim(TURN, text=f"good {place}") for place in range(4)),
    *(claim(turn(source="C9"), text=f"bad {place}") for place in range(4)),
)


@given(
    st.permutations(POOL).flatmap(lambda all_of_them: st.integers(0, 8).map(lambda size: all_of_them[:size])),
    st.lists(st.lists(st.integers(-3, 10), max_size=6), max_size=5),
)
def test_recommendations_go_on_pointing_at_the_same_claims(workspace, findings, supports):
    """What spoke for a recommendation and is kept still does; one for which nothing is left is dropped and named."""
    recommendations = tuple(Recommendation(action=f"do {n}", because=tuple(why)) for n, why in enumerate(supports))
    answer = Answer(headline="h", findings=tuple(findings), recommendations=recommendations)
    reviewed = EvidenceReview().review(answer, workspace)
    claims = [finding.claim for finding in findings]
    wanted = {}
    for item in recommendations:
        spoke = {claims[place] for place in item.because if 0 <= place < len(claims)}
        left = {text for text in spoke if text.startswith("good")}
        if left:
            wanted[item.action] = left
    said = {item.action: {reviewed.findings[n].claim for n in item.because} for item in reviewed.recommendations}
    assert said == wanted
    assert all(len(set(item.because)) == len(item.because) for item in reviewed.recommendations)
    lost = [item.claim for item in reviewed.dropped if item.kind == "recommendation"]
    assert lost == [item.action for item in recommendations if item.action not in wanted]


@given(st.lists(st.sampled_from([item for item, _ in FAULTS.values()] + list(small_answer().findings)), max_size=8))
def test_no_claim_is_lost_and_a_second_review_changes_nothing(workspace, findings):
    """Claims are kept in order or dropped with a reason, never both, never neither; what is kept is kept again."""
    answer = Answer(headline="h", findings=tuple(findings), limits=(ABSENT.claim,))
    once = EvidenceReview().review(answer, workspace)
    lost = [item.claim for item in once.dropped if item.kind == "finding"]
    kept = [finding.claim for finding in once.findings]
    assert sorted(kept + lost) == sorted(finding.claim for finding in findings)
    assert kept == [finding.claim for finding in findings if finding in once.findings]
    again = EvidenceReview().review(Answer(**{name: getattr(once, name) for name in Answer.model_fields}), workspace)
    assert again.findings == once.findings
    assert [item for item in again.dropped if item.kind != "headline"] == []


def test_a_headline_that_repeats_a_dropped_claim_goes_too(workspace):
    """It is replaced, and named among what was dropped."""
    finding = false_claim()
    headline = f"In short: {finding.claim} Hurrah."
    reviewed = EvidenceReview().review(Answer(headline=headline, findings=(finding, claim(TURN))), workspace)
    assert finding.claim not in reviewed.headline
    assert [item.claim for item in reviewed.dropped if item.kind == "headline"] == [headline]


def test_a_headline_with_nothing_left_under_it_goes_too(workspace):
    """When no claim is kept, neither is the headline."""
    reviewed = EvidenceReview().review(Answer(headline="All is well.", findings=(false_claim(),)), workspace)
    assert "All is well" not in reviewed.headline
    assert "No claim" in reviewed.headline
    assert CRITERION.check(reviewed) is None


def test_an_answer_that_says_only_what_is_missing_passes(workspace):
    """No finding at all, and a limit that says why."""
    answer = Answer(headline="There are no trainings.", limits=("No trainings are recorded.",))
    reviewed = EvidenceReview().review(answer, workspace)
    assert reviewed.headline == "There are no trainings."
    assert CRITERION.check(reviewed) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"headline": " "}, "no headline"),
        ({"findings": ()}, "do not add up"),
        ({"recommendations": (Recommendation(action="x", because=(4,)),)}, "rests on no kept finding"),
        ({"recommendations": (Recommendation(action="x"),)}, "rests on no kept finding"),
    ],
)
def test_the_criterion_refuses_a_review_that_does_not_fit_together(workspace, change, words):
    """Nothing kept or dropped without being counted, no recommendation in the air."""
    reviewed = EvidenceReview().review(small_answer(), workspace).model_copy(update=change)
    assert words in str(CRITERION.check(reviewed))


def test_the_criterion_refuses_silence_and_other_artifacts():
    """Neither an answer that was not reviewed nor one without a finding and a reason."""
    assert "no reviewed answer" in str(CRITERION.check(small_answer()))
    assert "no word on why" in str(CRITERION.check(ReviewedAnswer(headline="Nothing.")))


def test_the_capability_reviews_the_one_answer_that_it_is_given(workspace):
    """It is registered for the quality reviewer, reviews the last answer it is given, and refuses to guess at one."""
    known = capabilities()["review_answer"]
    assert (known.specialist, known.output) == ("quality reviewer", ReviewedAnswer)
    answer = small_answer()
    assert known.analyst(workspace, (), Inputs([answer])) == EvidenceReview().review(answer, workspace)
    part = answer.model_copy(update={"headline": "A part of it."})
    reviewed = known.analyst(workspace, (), Inputs([part, answer]))
    assert isinstance(reviewed, ReviewedAnswer)
    assert reviewed.headline == answer.headline
    with pytest.raises(DomainError):
        known.analyst(workspace, (), Inputs([]))


def test_the_default_is_a_quality_review():
    """The protocol is met, so that another review can stand in its place."""
    assert isinstance(EvidenceReview(), QualityReview)


def test_every_table_can_be_cited_by_the_keys_that_findings_use(workspace):
    """One table after the other; a date stands for a moment of that day; nothing is found by half a key."""
    evidence = Evidence(workspace)
    assert all(evidence.is_table(table) for table in DATA_TABLES)
    assert set(DATA_TABLES) >= ONE_ROW_EACH
    for table, key in (
        ("calls", "C1"),
        ("turns", "C1:2"),
        ("opportunities", "D00001"),
        ("quotas", "Ann 2025-01-01"),
        ("stage_history", "D00001:2025-01-01"),
        ("stage_history", "D00001:Demo"),
    ):
        assert evidence.has_row(table, key), (table, key)
    for table, key in (("calls", ""), ("turns", "C1"), ("quotas", "2025-01-01"), ("opportunities", "D0000")):
        assert not evidence.has_row(table, key), (table, key)


def test_a_reviewed_answer_survives_json(workspace):
    """What crosses from step to step is JSON."""
    answer = small_answer()
    reviewed = EvidenceReview().review(
        answer.model_copy(update={"findings": (*answer.findings, false_claim())}), workspace
    )
    assert ReviewedAnswer.model_validate_json(reviewed.model_dump_json()) == reviewed
