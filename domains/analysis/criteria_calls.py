"""Success criteria of the steps that work on calls: prospects, patterns, enablement, custom questions."""

from __future__ import annotations

from itertools import pairwise

from domains.analysis.artifacts import Answer, Artifact
from domains.analysis.criterion import Criterion

__all__ = ["CRITERIA"]


def _has_calls(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.call_artifacts import CallSet

    if not isinstance(artifact, CallSet):
        return "the step returned no set of calls"
    if sum(artifact.by_outcome.values()) != len(artifact.call_ids):
        return "the counts by outcome do not add up to the calls retrieved"
    return None if artifact.call_ids else "no call can be used; all were excluded"


def _claims_are_cited(artifact: Artifact) -> str | None:
    if not artifact.findings and not artifact.limits:
        # An empty finding list is a result when the step looked and there was nothing; it must be able to say so.
        return None
    for finding in artifact.findings:
        if not finding.citations:
            return f"a claim cites nothing: {finding.claim}"
        for citation in finding.citations:
            if citation.kind == "turn" and (citation.turn is None or not citation.quote):
                return f"a turn is cited without its words: {finding.claim}"
            if citation.kind == "rows" and (citation.total is None or citation.total < len(citation.rows)):
                return f"a citation does not say how many rows there are: {finding.claim}"
    return None


def _quotes_are_given(artifact: Artifact) -> str | None:
    for finding in artifact.findings:
        quoted = any(citation.kind == "turn" and citation.quote for citation in finding.citations)
        counted_nothing = any(number.value == 0 for number in finding.numbers)
        if not quoted and not counted_nothing and "Outcomes of the calls" not in finding.claim:
            return f"a claim about what was said quotes nothing: {finding.claim}"
    return _claims_are_cited(artifact)


def _history_is_ordered(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.prospect_artifacts import History

    if not isinstance(artifact, History):
        return "the step returned no history"
    if any(later.day < earlier.day for earlier, later in pairwise(artifact.events)):
        return "the events are not in the order in which they happened"
    return _claims_are_cited(artifact) if artifact.calls or artifact.deals else "neither a call nor a deal is in it"


def _momentum_is_dated(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.prospect_artifacts import Momentum

    if not isinstance(artifact, Momentum):
        return "the step returned no momentum"
    if artifact.as_of is None:
        return None if artifact.limits else "it does not say as of which day"
    for deal in artifact.deals:
        if len(deal.warnings) != 7 or any(not warning.reason for warning in deal.warnings):
            return f"deal {deal.opportunity_id} lacks a warning or its reason"
    return _claims_are_cited(artifact)


def _steps_have_owners(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.prospect_artifacts import StepList

    if not isinstance(artifact, StepList):
        return "the step returned no list of next steps"
    if any(not step.citation.quote for step in artifact.steps):
        return "a next step is not quoted"
    return _claims_are_cited(artifact)


def _qualification_is_evidence(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.prospect_artifacts import Qualification

    if not isinstance(artifact, Qualification):
        return "the step returned no qualification"
    if len(artifact.letters) != 8:
        return f"{len(artifact.letters)} of 8 letters are there"
    for letter in artifact.letters:
        if (letter.basis is None) != (not letter.evidence):
            return f"{letter.letter} has a verdict without a quote, or a quote without a verdict"
    return _claims_are_cited(artifact)


def _tests_are_counted(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.pattern_artifacts import CandidateSet

    if not isinstance(artifact, CandidateSet):
        return "the step returned no candidates"
    if len(artifact.candidates) > artifact.tested:
        return "there are more candidates than tests"
    if any(one.q < one.p - 1e-12 for one in artifact.candidates):
        return "a corrected p value is smaller than the one it corrects"
    return _claims_are_cited(artifact)


def _verdicts_follow_tests(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.pattern_artifacts import ValidatedSet

    if not isinstance(artifact, ValidatedSet):
        return "the step returned no verdicts"
    for item in artifact.patterns:
        if item.strength == "established" and (item.candidate.q > 0.05 or not item.replicates):
            return f"called established without passing its tests: {item.candidate.name}"
    return _claims_are_cited(artifact)


def _topics_are_stable(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.pattern_artifacts import TopicSet

    if not isinstance(artifact, TopicSet):
        return "the step returned no topics"
    if not artifact.topics and not artifact.limits:
        return "there are no topics and no reason why"
    return _claims_are_cited(artifact)


def _measures_are_complete(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.measure_artifacts import MetricTable

    if not isinstance(artifact, MetricTable):
        return "the step returned no table of measures"
    if not artifact.rows and not artifact.limits:
        return "there is neither a number nor a reason why"
    if any(row.number.n is None or not row.number.method for row in artifact.rows):
        return "a number lacks its sample size or how it was computed"
    return _claims_are_cited(artifact)


def _absence_is_said(artifact: Artifact) -> str | None:
    if not artifact.findings and not artifact.limits:
        return "there is neither a finding nor a sentence on what is missing"
    return _claims_are_cited(artifact)


def _compares_like_with_like(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.enablement_artifacts import ContentComparison, TrainingComparison

    if not isinstance(artifact, ContentComparison | TrainingComparison):
        return "the step returned no comparison"
    for row in artifact.rows:
        if row.strength == "established" and (row.odds_ratio is None or row.adjusted_p is None or row.used_late):
            return f"called established without like being compared with like: {row.name}"
    return _absence_is_said(artifact)


def _answers_with_evidence(artifact: Artifact) -> str | None:
    if not isinstance(artifact, Answer) or not artifact.headline.strip():
        return "there is no headline"
    if not artifact.findings and not artifact.limits:
        return "the answer has neither findings nor a word on what is missing"
    for item in artifact.recommendations:
        if not item.because or not all(0 <= position < len(artifact.findings) for position in item.because):
            return f"a recommendation rests on no finding: {item.action}"
    return _claims_are_cited(artifact)


CRITERIA: dict[str, Criterion] = {
    item.name: item
    for item in (
        Criterion("has_calls", "there are calls that can be used, and their counts add up", _has_calls),
        Criterion(
            "claims_are_cited", "every claim cites turns with their words, or rows with totals", _claims_are_cited
        ),
        Criterion("quotes_are_given", "every claim about what was said quotes it", _quotes_are_given),
        Criterion("history_is_ordered", "there are events, in the order in which they happened", _history_is_ordered),
        Criterion("momentum_is_dated", "it says as of which day, and every warning has its reason", _momentum_is_dated),
        Criterion("steps_have_owners", "every next step is quoted, with owner and date where said", _steps_have_owners),
        Criterion(
            "qualification_is_evidence", "each of the 8 letters has a quote or is null", _qualification_is_evidence
        ),
        Criterion("tests_are_counted", "all tests are counted and p values corrected for them", _tests_are_counted),
        Criterion(
            "verdicts_follow_tests",
            "what is called established passed correction and replication",
            _verdicts_follow_tests,
        ),
        Criterion(
            "topics_are_stable", "there are topics that come back, or a reason why there are none", _topics_are_stable
        ),
        Criterion("measures_are_complete", "every number has sample size and method", _measures_are_complete),
        Criterion("absence_is_said", "there is a finding, or a sentence on what is missing", _absence_is_said),
        Criterion(
            "compares_like_with_like",
            "what is called established holds like compared with like",
            _compares_like_with_like,
        ),
        Criterion(
            "answers_with_evidence", "there is a headline, and advice rests on cited findings", _answers_with_evidence
        ),
    )
}
