"""A report, part by part, before it is written as Markdown or HTML."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "MEANINGS",
    "STRENGTHS",
    "Amount",
    "Bar",
    "CellPart",
    "FindingPart",
    "Notice",
    "NumberRow",
    "Reason",
    "RecommendationPart",
    "Reference",
    "Report",
    "StepRow",
    "TablePart",
]

STRENGTHS = ("established", "suggestive", "not established", "descriptive")
"""How firmly a claim can stand, firmest first; the last is apart: it infers nothing."""

MEANINGS = {
    "established": "holds after correction for everything that was tested with it, on enough cases",
    "suggestive": "points one way; chance, or too few cases, cannot be ruled out",
    "not established": "no difference could be shown, which does not show that there is none",
    "descriptive": "says what the records hold; nothing beyond them is inferred",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a reader must know before the rest; ``kind`` is "synthetic", "incomplete" or "review"."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a claim rests, looked up.

    Attributes
    ----------
    number : int
        Its number in the report.
    title : str
        The call's title, or the table's name.
    place : str
        Call, date, speaker and turn; or how many rows.
    keys : tuple of str
        Keys of the rows.
    quote : str or None
        The words of a turn.
    problem : str or None
        What was not found when the report was written.
    cited_by : tuple of int
        Numbers of the findings that cite it.
    call, turn : str or None, int or None
        The call and the turn in it, where it is one.
    """

    number: int
    title: str
    place: str
    keys: tuple[str, ...]
    quote: str | None
    problem: str | None
    cited_by: tuple[int, ...]
    call: str | None = None
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """Where an interval lies among those beside it, in percent of their common range."""

    low: float
    value: float
    high: float
    zero: float | None


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number as the table shows it."""

    name: str
    value: str
    interval: str
    level: str
    n: str
    method: str
    bar: Bar | None = None


@dataclass(frozen=True, slots=True)
class CellPart:
    """A number in a finding's table; ``thin`` where it rests on fewer cases than the table asks for."""

    value: str = ""
    interval: str = ""
    n: str = ""
    thin: bool = False


@dataclass(frozen=True, slots=True)
class TablePart:
    """A finding's numbers beside each other, and what thin cells lack."""

    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[CellPart, ...]], ...]
    hint: str
    up_front: bool


@dataclass(frozen=True, slots=True)
class FindingPart:
    """A finding with its number and heading, the references it cites and the step it comes from."""

    number: int
    heading: str
    claim: str
    strength: str
    note: str
    references: tuple[int, ...]
    numbers: tuple[NumberRow, ...]
    table: TablePart | None
    step: int | None
    apart: bool
    """Whether it only describes, and neither headline nor advice rests on it: a page folds such findings up."""


@dataclass(frozen=True, slots=True)
class RecommendationPart:
    """What to do, and the numbers of the findings that speak for it."""

    action: str
    findings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that is not in the answer, and why: excluded, missing or dropped; ``means`` is what follows from it."""

    what: str
    why: str
    count: int | None = None
    kind: str = ""
    means: str = ""


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of the plan, as it was expected and as it went."""

    number: int
    id: str
    description: str
    agent: str
    status: str
    expected: str
    took: str
    criteria: tuple[tuple[str, bool | None], ...]
    after: tuple[int, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Amount:
    """Something expected beside what it came to; or, without an expectation, something counted."""

    name: str
    actual: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """An answer with all that it rests on, as plain data.

    Attributes
    ----------
    question, understood : str
        As it was asked, and as it was taken.
    run, status : str
        Which run it was, and how and when it ended.
    notices : tuple of Notice
        What must be known first.
    headline, standing : str
        The answer, and how firmly it stands.
    drawn_from : tuple of int
        Findings whose claims or figures the headline repeats.
    findings, recommendations, references
        What it rests on.
    missing, limits, excluded, dropped
        What it leaves out.
    checked : str
        What the review looked at.
    tree, steps, cost, data, commands
        The appendix.
    """

    question: str
    understood: str
    run: str
    status: str
    notices: tuple[Notice, ...]
    headline: str
    standing: str
    drawn_from: tuple[int, ...]
    findings: tuple[FindingPart, ...]
    recommendations: tuple[RecommendationPart, ...]
    references: tuple[Reference, ...]
    missing: tuple[Reason, ...]
    limits: tuple[str, ...]
    excluded: tuple[Reason, ...]
    dropped: tuple[Reason, ...]
    checked: str
    tree: tuple[str, ...]
    steps: tuple[StepRow, ...]
    cost: tuple[Amount, ...]
    data: tuple[Amount, ...]
    commands: tuple[tuple[str, str], ...]

    def finding(self, number: int) -> FindingPart:
        """Return the finding with a number."""
        return self.findings[number - 1]

    @property
    def tables(self) -> tuple[FindingPart, ...]:
        """The findings whose tables belong beside the headline."""
        return tuple(finding for finding in self.findings if finding.table and finding.table.up_front)

    @property
    def apart(self) -> tuple[FindingPart, ...]:
        """The findings that a page folds up."""
        return tuple(finding for finding in self.findings if finding.apart)

    def to_markdown(self) -> str:
        """Return the report as Markdown, with nothing from outside left that Markdown would act on."""
        from domains.analysis.report.markdown import markdown

        return markdown(self)

    def to_html(self) -> str:
        """Return the report as one HTML file that loads nothing and runs nothing."""
        from domains.analysis.report.html import html

        return html(self)
