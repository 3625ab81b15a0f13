"""The success criterion of the review: it keeps a finding, or says why there is none."""

from __future__ import annotations

from domains.analysis.artifacts import Artifact
from domains.analysis.criterion import Criterion

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


CRITERIA: dict[str, Criterion] = {
    "review_keeps_a_finding_or_says_why": Criterion(
        "review_keeps_a_finding_or_says_why",
        "a claim that can be checked is kept, or there is a reason why none is",
        _review_keeps_a_finding_or_says_why,
    )
}
