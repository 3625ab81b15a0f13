"""Reviewing an answer before it is delivered: what rests on evidence that exists is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.artifacts import Answer
from domains.analysis.registry import Inputs, capability
from domains.analysis.review import EvidenceReview, QualityReview, ReviewedAnswer, measured_among
from domains.analysis.scope import Scope

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["review_answer"]

REVIEW: QualityReview = EvidenceReview()


@capability("review_answer", specialist="quality reviewer", output=ReviewedAnswer)
def review_answer(workspace: Workspace, scope: Scope, inputs: Inputs) -> ReviewedAnswer:
    """Return what stands of the last answer, held against what it rests on, and what does not with the reasons."""
    answers = inputs.all(Answer) or [inputs.one(Answer)]
    return REVIEW.review(answers[-1], workspace, measured_among(item for item in inputs if item is not answers[-1]))
