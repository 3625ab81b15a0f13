"""The success criteria that rest on the review: that it would pass an answer whole, that it keeps a finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.artifacts import Answer, Artifact
from domains.analysis.criterion import Criterion
from domains.analysis.directions import contradictions, direction_problem
from domains.analysis.firmness import firmness_problem
from domains.analysis.recomputing import recount_problem
from domains.analysis.wording_checks import figure_problem, layout_problem

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["CRITERIA"]


def _review_keeps_a_finding_or_says_why(artifact: Artifact) -> str | None:
    from domains.analysis.review import ReviewedAnswer

    if not isinstance(artifact, ReviewedAnswer):
        return "the step returned no reviewed answer"
    if not artifact.headline.strip():
        return "the reviewed answer has no headline"
    dropped = sum(item.kind == "finding" for item in artifact.dropped)
    if artifact.checks.kept != len(artifact.findings) or artifact.checks.claims != artifact.checks.kept + dropped:
        return "the claims kept and dropped do not add up to the claims checked"
    for item in artifact.recommendations:
        if not item.because or not all(0 <= place < len(artifact.findings) for place in item.because):
            return f"a recommendation rests on no kept finding: {item.action}"
    if artifact.findings or dropped or artifact.limits:
        return None
    return "there is no finding and no word on why"


def _review_keeps_something(artifact: Artifact) -> str | None:
    checks = getattr(artifact, "checks", None)
    if checks is None or not checks.claims or checks.kept:
        return None
    dropped = getattr(artifact, "dropped", ())
    first = next((item.reason for item in dropped if item.kind == "finding"), "")
    return f"none of {checks.claims} claims could be kept: {first}"


def _words_match_numbers(artifact: Artifact) -> str | None:
    """Look at the answer alone, where neither records nor the artifacts that it rests on are at hand."""
    for finding in artifact.findings:
        problem = figure_problem(finding) or recount_problem(finding.numbers) or firmness_problem(finding)
        problem = problem or direction_problem(finding) or layout_problem(finding)
        if problem:
            return f"{problem}: {finding.claim[:80]!r}"
    return next(iter(contradictions(artifact.findings).values()), None)


def _review_would_pass(artifact: Artifact, given: Sequence[Artifact], workspace: Workspace) -> str | None:
    """Return what the review would drop of an answer, so that it goes back before it gets there."""
    from domains.analysis.analysts.quality_reviewer import REVIEW

    if not isinstance(artifact, Answer):
        return _words_match_numbers(artifact)
    dropped = REVIEW.review(artifact, workspace, given).dropped
    if not dropped:
        return None
    first = next((item for item in dropped if item.kind == "finding"), dropped[0])
    lost = sum(item.kind == "finding" for item in dropped)
    many = f"{lost} of {len(artifact.findings)} claims do not hold" if lost else f"the {first.kind} does not hold"
    return f"{many}; {first.reason}: {first.claim[:80]!r}"


CRITERIA: dict[str, Criterion] = {
    item.name: item
    for item in (
        Criterion(
            "review_keeps_a_finding_or_says_why",
            "a claim that can be checked is kept, or there is a reason why none is",
            _review_keeps_a_finding_or_says_why,
        ),
        Criterion(
            "review_keeps_something",
            "where there are claims, at least one can be kept",
            _review_keeps_something,
            wished=True,
        ),
        Criterion(
            "words_match_numbers",
            "every claim would pass the review: numbers as measured, quotes as said, words as firm as intervals and "
            "samples allow, none against another",
            _words_match_numbers,
            wished=True,
            against=_review_would_pass,
        ),
    )
}
