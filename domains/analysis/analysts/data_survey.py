"""What a data survey says: which records there are, and which analyses are therefore impossible."""

from __future__ import annotations

from collections.abc import Mapping

from domains.analysis.artifacts import Artifact

__all__ = ["DataSurvey", "survey"]


class DataSurvey(Artifact):
    """Records that are there, and records that are not; the latter stand in ``limits`` as sentences."""

    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def survey(has: Mapping[str, bool], sentences: Mapping[str, str]) -> DataSurvey:
    """Return the survey of the records that an analysis would use.

    Parameters
    ----------
    has : mapping
        The workspace's facts: whether a kind of record is there.
    sentences : mapping
        Per kind of record, what cannot be told without it.

    Examples
    --------
    >>> survey({"quotas": False, "deals": True}, {"quotas": "No quotas are recorded.", "deals": "No deals."}).limits
    ('No quotas are recorded.',)
    """
    absent = tuple(kind for kind in sentences if not has.get(kind, False))
    return DataSurvey(
        present=tuple(kind for kind in sentences if kind not in absent),
        absent=absent,
        limits=tuple(sentences[kind] for kind in absent),
    )
