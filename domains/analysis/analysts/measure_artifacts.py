"""What a measure step hands on: a number with interval and sample size per group."""

from __future__ import annotations

from domains.analysis.artifacts import Artifact, Citation, Number, Record

__all__ = ["MetricRow", "MetricTable", "TopicEvidence"]


class MetricRow(Record):
    """One measure of one group; an empty group is the total."""

    metric: str
    group: tuple[str, ...] = ()
    number: Number
    enough: bool = True


class MetricTable(Artifact):
    """Measures by group."""

    dimensions: tuple[str, ...] = ()
    rows: tuple[MetricRow, ...] = ()
    differ_p: float | None = None


class TopicEvidence(Artifact):
    """What is said of a topic, with quotes."""

    topic: str
    calls: int = 0
    all_calls: int = 0
    quotes: tuple[Citation, ...] = ()
