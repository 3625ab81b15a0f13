"""What every artifact of an analysis holds: findings with numbers and citations, exclusions, limits."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Answer",
    "Artifact",
    "Citation",
    "Exclusion",
    "Finding",
    "FindingTable",
    "Number",
    "Recommendation",
    "TableRow",
]


class Record(BaseModel):
    """Base of all parts: immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Citation(Record):
    """Where a claim rests: a turn of a call, or rows of a CRM table."""

    kind: Literal["turn", "rows"]
    source: str = Field(description="call id for a turn; table name for rows")
    turn: int | None = Field(default=None, description="turn index (0-based) within the call")
    rows: tuple[str, ...] = Field(
        default=(), description="row keys; at most 20 are listed, `total` says how many there are"
    )
    total: int | None = Field(default=None, description="how many rows the claim rests on in all")
    quote: str | None = Field(default=None, description="verbatim part of the turn's text")


class Number(Record):
    """A number with what is needed to judge it."""

    name: str
    value: float | None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    level: float | None = Field(default=None, description="nominal level of the interval, e.g. 0.95")
    n: int | None = Field(default=None, description="sample size the number rests on")
    method: str = ""


class TableRow(Record):
    """A row of a finding's table."""

    name: str
    cells: tuple[int | None, ...] = Field(description="places among the finding's numbers; None where there is none")


class FindingTable(Record):
    """A finding's numbers set beside each other; it holds no number of its own."""

    corner: str = Field(description="what the rows are")
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    floor: int | None = Field(default=None, description="cells that rest on fewer cases are marked as thin")
    up_front: bool = Field(default=False, description="whether it belongs beside the headline")


class Finding(Record):
    """One claim, how firmly it stands, and what it rests on."""

    claim: str
    strength: Literal["established", "suggestive", "not established", "descriptive"]
    numbers: tuple[Number, ...] = ()
    citations: tuple[Citation, ...] = ()
    note: str = ""
    title: str = Field(default="", description="the claim in a few words, without figures of its own")
    table: FindingTable | None = None


class Exclusion(Record):
    """What was left out, how much of it, and why."""

    what: str
    count: int
    reason: str


class Artifact(Record):
    """Base of every capability's typed output."""

    findings: tuple[Finding, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    limits: tuple[str, ...] = Field(default=(), description="what the data cannot tell, in sentences")


class Recommendation(Record):
    """Something to do, with the findings that speak for it (indices into the answer's findings)."""

    action: str
    because: tuple[int, ...] = ()


class Answer(Artifact):
    """The last artifact of an analysis: the answer first, then what it rests on."""

    headline: str
    recommendations: tuple[Recommendation, ...] = ()
