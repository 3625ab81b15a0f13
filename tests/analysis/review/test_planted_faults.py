"""Each fault that is planted in an answer is dropped with its reason, by the review and by the criterion before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from domains.analysis.artifacts import Answer, Artifact, Citation, Finding, Number
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.criteria import criterion
from domains.analysis.planner import EstatePlanner
from domains.analysis.registry import Inputs, capabilities
from domains.analysis.review import EvidenceReview
from tests.analysis.estate_sample import make_workspace

Fault = Callable[[Answer], Answer]
NOW = "Where does our pipeline stand?"


class Made:
    """The pipeline analysis of the sample: its answer, and what the answer rests on."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        known, made = capabilities(), dict[str, Artifact]()
        steps = EstatePlanner(workspace.folder).plan_for(NOW, "pipeline", ()).plan.steps
        for step in steps:
            inputs = Inputs((made[one.id] for one in steps if one.id in step.causal), step.args)
            made[step.id] = known[step.capability].analyst(workspace, (), inputs)
            if step.task == "synthesise_pipeline":
                answer = made[step.id]
                assert isinstance(answer, Answer)
                self.answer, self.rests_on = answer, tuple(inputs)
            if step.task == "review_answer":
                self.given = tuple(inputs)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Nothing of it is changed."""
    with Workspace.open(make_workspace(tmp_path_factory.mktemp("faults"))) as workspace:
        yield Made(workspace)


def _rate(answer: Answer) -> tuple[int, Finding, Number]:
    """Return the finding on the win rate of all, where it stands, and its number."""
    for place, finding in enumerate(answer.findings):
        if len(finding.numbers) == 1 and finding.numbers[0].name == "win rate":
            return place, finding, finding.numbers[0]
    raise AssertionError("the sample has a win rate")


def _with(answer: Answer, place: int, **change: object) -> Answer:
    findings = list(answer.findings)
    findings[place] = findings[place].model_copy(update=change)
    return answer.model_copy(update={"findings": tuple(findings)})


def _and(answer: Answer, claim: str, strength: str = "descriptive", *numbers: Number, **more: object) -> Answer:
    _, finding, _ = _rate(answer)
    told = {"claim": claim, "strength": strength, "numbers": numbers, "citations": finding.citations, **more}
    return answer.model_copy(update={"findings": (*answer.findings, Finding.model_validate(told))})


def another_share(answer: Answer) -> Answer:
    """Claim, number and interval say the same, and otherwise than the counts that were measured."""
    place, _, rate = _rate(answer)
    other = rate.model_copy(update={"value": 0.9, "low": 0.85, "high": 0.93})
    return _with(answer, place, claim=f"90.0 % [85.0 to 93.0] (n = {rate.n}) were won.", numbers=(other,))


def count_without_number(answer: Answer) -> Answer:
    """A count that none of its numbers has."""
    place, _, rate = _rate(answer)
    return _with(answer, place, claim=f"{(rate.n or 0) - 1} of {rate.n} closed deals were won.", numbers=())


def share_in_words(answer: Answer) -> Answer:
    """A share that is not even said in digits."""
    place, _, _ = _rate(answer)
    return _with(answer, place, claim="Nine out of ten closed deals were won.")


def quote_not_said(answer: Answer) -> Answer:
    """Words that stand in no call."""
    return _and(
        answer, "Buyers call us cheap.", citations=(Citation(kind="turn", source="none", turn=0, quote="cheap"),)
    )


def otherwise_than_another(answer: Answer) -> Answer:
    """One number, given in two ways."""
    _, _, rate = _rate(answer)
    other = rate.model_copy(update={"value": 0.5, "low": None, "high": None, "level": None})
    return _and(answer, "The win rate is another.", "descriptive", other)


def opposite_in_words(answer: Answer) -> Answer:
    """What is established, and its opposite."""
    return _and(_and(answer, "Late deals are won more often."), "Late deals are won less often.")


def too_few(answer: Answer) -> Answer:
    """One case, called established."""
    one = Number(name="win rate of Ann", value=1.0, low=0.2065, high=1.0, level=0.95, n=1, method="Wilson interval")
    return _and(answer, "Ann wins more (p = 0.01): 100 % [20.65 to 100.0] (n = 1).", "established", one)


def interval_holds_zero(answer: Answer) -> Answer:
    """Firm words for a difference that may be none."""
    gap = Number(name="difference", value=3.0, unit="points", low=-8.0, high=14.0, level=0.95, n=359, method="score")
    return _and(answer, "The West wins more often: +3 points [-8 to +14] (n = 359).", "established", gap)


def p_in_words(answer: Answer) -> Answer:
    """Firm words for what chance would give, as the words themselves say."""
    return _and(answer, "Win rates of regions differ (corrected p = 0.24).", "established")


FAULTS: dict[Fault, str] = {
    another_share: "which no number of",
    count_without_number: "which none of its numbers does",
    share_in_words: "'Nine out of ten', which none of its numbers does",
    quote_not_said: "there is no call 'none'",
    otherwise_than_another: "it gives win rate as 0.5",
    opposite_in_words: "the opposite of another claim",
    too_few: "win rate of Ann",
    interval_holds_zero: "difference",
    p_in_words: "its words say p = 0.24",
}


def test_what_was_measured_is_kept(made: Made) -> None:
    """No false alarm: the review is given what the parts of the analysis measured, and drops nothing."""
    assert len(made.given) > len(made.rests_on)
    reviewed = EvidenceReview().review(made.answer, made.workspace, made.rests_on)
    assert reviewed.dropped == ()
    assert reviewed.checks.kept == len(made.answer.findings) > 5


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_dropped_with_its_reason(made: Made, fault: Fault) -> None:
    """That claim and no other, with what is wrong about it."""
    wrong = fault(made.answer)
    reviewed = EvidenceReview().review(wrong, made.workspace, made.rests_on)
    (dropped,) = [item for item in reviewed.dropped if item.kind == "finding"]
    assert FAULTS[fault] in dropped.reason
    assert reviewed.checks.kept == len(wrong.findings) - 1


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_the_step_that_said_it_misses_a_criterion(made: Made, fault: Fault) -> None:
    """So that recovery acts before the review has to drop anything."""
    wanted = criterion("words_match_numbers")
    assert wanted.wished
    assert wanted.against is not None
    assert wanted.against(made.answer, made.rests_on, made.workspace) is None
    assert FAULTS[fault] in str(wanted.against(fault(made.answer), made.rests_on, made.workspace))


@pytest.mark.parametrize("fault", [too_few, interval_holds_zero], ids=lambda fault: fault.__name__)
def test_firm_words_need_cases_and_intervals_whoever_measured_them(made: Made, fault: Fault) -> None:
    """A step that measured it itself may not call it established either."""
    wrong = fault(made.answer)
    measured = (*made.rests_on, Artifact(findings=wrong.findings[-1:]))
    (dropped,) = EvidenceReview().review(wrong, made.workspace, measured).dropped
    assert dropped.reason.startswith("it is called established, and ")


def test_a_headline_gives_no_figure_that_no_claim_gives(made: Made) -> None:
    """What is read first is held to what stands below."""
    wrong = made.answer.model_copy(update={"headline": "The win rate is 98.7 %."})
    reviewed = EvidenceReview().review(wrong, made.workspace, made.rests_on)
    assert "98.7" not in reviewed.headline
    assert [item.reason for item in reviewed.dropped] == ["it says '98.7', which no claim that is kept does"]
