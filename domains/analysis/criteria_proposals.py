"""Success criteria of proposals: a method or the reasons why there is none; promises that were kept."""

from __future__ import annotations

from domains.analysis.artifacts import Artifact
from domains.analysis.criterion import Criterion

__all__ = ["CRITERIA"]


def _proposal_or_reason(artifact: Artifact) -> str | None:
    from domains.analysis.proposals.proposal import ProposedMethod

    if not isinstance(artifact, ProposedMethod):
        return "the step returned no proposal"
    if artifact.tasks:
        return None if artifact.checked and artifact.model else "nothing says what was checked, or who proposed it"
    return None if artifact.rejected or artifact.limits else "nothing was proposed, and nothing says why"


def _promises_are_kept(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.proposed_method import ProposalVerdict

    if not isinstance(artifact, ProposalVerdict):
        return "the step returned no verdict"
    return f"promised and not given: {'; '.join(artifact.broken)}" if artifact.broken else None


CRITERIA: dict[str, Criterion] = {
    item.name: item
    for item in (
        Criterion(
            "proposal_or_reason",
            "a method was proposed and says what was checked, or it is said why there is none",
            _proposal_or_reason,
        ),
        Criterion("promises_are_kept", "each proposed task gave what it was declared to give", _promises_are_kept),
    )
}
