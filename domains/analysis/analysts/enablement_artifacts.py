"""What the steps of an enablement analysis hand on."""

from __future__ import annotations

from typing import Literal

from domains.analysis.artifacts import Artifact, Number, Record

__all__ = ["AssociationRow", "ContentComparison", "EnablementRecords", "RampTime", "TrainingComparison"]


class EnablementRecords(Artifact):
    """What is recorded of content, trainings and hiring."""

    contents: int = 0
    uses: int = 0
    uses_on_deals: int = 0
    trainings: int = 0
    trained_reps: int = 0
    reps_with_hire_date: int = 0


class AssociationRow(Record):
    """A piece of content or a training against the outcome: as observed, and like compared with like.

    ``difference`` is that of the win rates as observed, ``held`` the one that is left with controls held (points);
    ``used_at`` is how far into a deal's life half of the uses come.
    """

    name: str
    with_it: Number
    without_it: Number
    difference: Number | None = None
    held: Number | None = None
    used_at: Number | None = None
    odds_ratio: Number | None
    adjusted_p: float | None = None
    q: float | None = None
    strata: int = 0
    used_late: bool = False
    strength: Literal["established", "suggestive", "not established"]


class ContentComparison(Artifact):
    """Use of content against outcomes."""

    rows: tuple[AssociationRow, ...] = ()
    deals: int = 0


class TrainingComparison(Artifact):
    """Trainings against outcomes."""

    rows: tuple[AssociationRow, ...] = ()
    deals: int = 0


class RampTime(Artifact):
    """Days from a rep's hiring to the first win."""

    median_days: Number | None = None
    reps: int = 0
    still_waiting: int = 0
