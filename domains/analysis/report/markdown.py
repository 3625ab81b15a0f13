"""Writes a report as Markdown; text from outside stays text under CommonMark, GitHub's dialect and a page generator."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from domains.analysis.report.content import (
    MEANINGS,
    STRENGTHS,
    Amount,
    CellPart,
    FindingPart,
    Reason,
    Reference,
    Report,
    StepRow,
    TablePart,
)
from domains.analysis.report.headings import anchor
from domains.analysis.report.plain import LONGEST, plain

__all__ = ["escaped", "markdown", "table"]

_LONGEST_KEY = 200

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~{}$]|&(?=[#A-Za-z])")
_LINK_STARTS = re.compile(r"(?<=[A-Za-z])(?=://)|(?<=www)(?=\.)", re.IGNORECASE)
_BLOCK_START = re.compile(r"([-+=#:](?=[-+=#:\s]|$)|\d{1,9}(?=[.)](?:\s|$)))")
_AT = re.compile("@+")
_SPACES = re.compile(r"\s+")


def escaped(text: str, most: int = LONGEST) -> str:
    r"""Return text that Markdown shows as it is: one line, no markup, no HTML, no link.

    An @ stands in a code span of its own: GitHub makes a link of an address even where the @ is escaped.

    Examples
    --------
    >>> escaped("**Ann** <b>[x](javascript:1)</b>")
    '\\*\\*Ann\\*\\* \\<b\\>\\[x\\](javascript:1)\\</b\\>'
    >>> escaped("1. see https://x.example, ann@x.example")
    '1\\. see https\\://x.example, ann`@`x.example'
    """
    flat = _SPACES.sub(" ", plain(text, most)).strip()
    quoted = _SPECIAL.sub(lambda found: f"\\{found[0]}", flat)
    inert = _AT.sub(r"`\g<0>`", _LINK_STARTS.sub(r"\\", quoted))
    start = _BLOCK_START.match(inert)
    if start is None:
        return inert
    # what begins a list, a heading or a rule only does so at the start
    first = start[1]
    return f"{first}\\{inert[len(first) :]}" if first[0].isdigit() else f"\\{inert}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Return the lines of a table; the cells are Markdown already."""
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(cell or ' ' for cell in row)} |"
    yield ""


def markdown(report: Report) -> str:
    """Return a report as Markdown."""
    lines = [*_top(report), *_recommendations(report), *_findings(report), *_left_out(report), *_review(report)]
    return "\n".join([*lines, *_numbers(report), *_references(report), *_appendix(report)]).rstrip() + "\n"


def _top(report: Report) -> Iterator[str]:
    yield f"# {escaped(report.question)}"
    yield ""
    for notice in report.notices:
        yield f"> **{escaped(notice.title)}.** {escaped(notice.text)}"
        yield ""
    yield "## Answer"
    yield ""
    yield escaped(report.headline)
    yield ""
    for finding in report.tables:
        if finding.table:
            yield from (f"{escaped(finding.heading)} ({_finding_link(finding)}):", "")
            yield from _finding_table(finding.table)
    drawn = f" The headline draws on {_finding_links(report, report.drawn_from)}." if report.drawn_from else ""
    yield f"*How firmly it stands.* {escaped(report.standing)}{drawn}"
    yield ""
    asked = [f"Understood as: {escaped(report.understood)}."] if report.understood else []
    if report.run:
        asked.append(f"Run `{_code(report.run)}`:")
    yield " ".join([*asked, f"{escaped(report.status)}."])
    yield ""


def _recommendations(report: Report) -> Iterator[str]:
    if not report.recommendations:
        return
    yield "## What to do"
    yield ""
    for place, item in enumerate(report.recommendations, 1):
        yield f"{place}. {escaped(item.action)} Speaking for it: {_supports(report, item.findings)}."
    yield ""


def _supports(report: Report, numbers: Iterable[int]) -> str:
    found = map(report.finding, numbers)
    return ", ".join(f"{_finding_link(finding)} ({finding.strength})" for finding in found)


def _findings(report: Report) -> Iterator[str]:
    yield "## Findings"
    yield ""
    if not report.findings:
        yield "There is no finding that could be checked."
        yield ""
    for finding in report.findings:
        yield f"### {_title(finding)}"
        yield ""
        yield f"**{finding.strength}** · {escaped(finding.claim)}{_cited(finding)}"
        yield ""
        if finding.note:
            yield f"Note: {escaped(finding.note)}"
            yield ""
        if finding.table and not finding.table.up_front:
            yield from _finding_table(finding.table)
    if report.findings:
        yield from ("What the words mean:", "")
        yield from (f"- **{name}**: {MEANINGS[name]}" for name in STRENGTHS)
        yield ""


def _finding_table(part: TablePart) -> Iterator[str]:
    header = (escaped(part.corner), *map(escaped, part.columns))
    yield from table(header, ((escaped(name), *map(_cell, cells)) for name, cells in part.rows))
    if part.hint:
        yield from (f"{escaped(part.hint)} Such cells are in brackets.", "")


def _cell(cell: CellPart) -> str:
    if not cell.value:
        return "–"
    parts = [cell.value, f"[{cell.interval}]" if cell.interval else "", f"n = {cell.n}" if cell.n else ""]
    words = escaped(" ".join(part for part in parts if part))
    return f"({words})" if cell.thin else words


def _cited(finding: FindingPart) -> str:
    links = [f"[{number}](#reference-{number})" for number in finding.references]
    return f" (references {', '.join(links)})" if links else " (a limit of the data; it rests on no record)"


def _left_out(report: Report) -> Iterator[str]:
    if report.missing:
        yield from ("## What is missing", "")
        header = ("could not be done", "why", "what that does to the answer")
        rows = ((escaped(item.what), escaped(item.why), escaped(item.means)) for item in report.missing)
        yield from table(header, rows)
    yield from ("## What the data cannot tell", "")
    yield from (f"- {escaped(sentence)}" for sentence in report.limits or ("No limits are stated.",))
    yield ""
    yield from ("## What was excluded", "")
    if report.excluded:
        header = ("what", "how many", "why")
        yield from table(
            header, ((escaped(item.what), f"{item.count or 0:,}", escaped(item.why)) for item in report.excluded)
        )
    else:
        yield from ("Nothing was excluded.", "")


def _reasons(items: Iterable[Reason], header: tuple[str, str]) -> Iterator[str]:
    yield from table(header, ((escaped(item.what), escaped(item.why)) for item in items))


def _review(report: Report) -> Iterator[str]:
    yield from ("## Review", "")
    yield escaped(report.checked or "This answer was not reviewed.")
    yield ""
    if report.dropped:
        rows = ((item.kind, escaped(item.what), escaped(item.why)) for item in report.dropped)
        yield from table(("dropped", "what it said", "why"), rows)


def _numbers(report: Report) -> Iterator[str]:
    if not any(finding.numbers for finding in report.findings):
        return
    yield from ("## Numbers", "")
    header = ("finding", "number", "value", "interval", "level", "n", "method")
    rows = (
        (
            f"[{finding.number}](#{anchor(_title(finding))})",
            escaped(row.name),
            escaped(row.value),
            escaped(row.interval),
            row.level,
            row.n,
            escaped(row.method),
        )
        for finding in report.findings
        for row in finding.numbers
    )
    yield from table(header, rows)


def _references(report: Report) -> Iterator[str]:
    if not report.references:
        return
    yield from ("## References", "", "Turns of a call are counted from 0.", "")
    for item in report.references:
        yield from _reference(report, item)


def _reference(report: Report, item: Reference) -> Iterator[str]:
    yield f"### Reference {item.number}"
    yield ""
    keys = f": {', '.join(escaped(key, most=_LONGEST_KEY) for key in item.keys)}" if item.keys else ""
    yield f"{escaped(item.title)}: {escaped(item.place)}{keys}. Cited by {_finding_links(report, item.cited_by)}."
    yield ""
    if item.quote:
        yield f"> {escaped(item.quote)}"
        yield ""
    if item.problem:
        yield f"**Not found:** {escaped(item.problem)}."
        yield ""


def _appendix(report: Report) -> Iterator[str]:
    if report.steps:
        yield from ("## Appendix: the plan", "")
        yield from _fenced(report.tree)
        header = ("step", "what", "agent", "state", "expected", "took", "after", "criteria")
        yield from table(header, (_step(step) for step in report.steps))
    if report.cost:
        yield from ("## Appendix: cost", "", "Expected is the median, with the range that holds eight runs of ten.", "")
        yield from table(
            ("", "expected", "actual"), ((i.name, escaped(i.expected), escaped(i.actual)) for i in report.cost)
        )
    if report.data:
        yield from ("## Appendix: data", "")
        yield from _amounts(report.data)
    if report.commands:
        yield from ("## Appendix: ask why", "")
        yield from (f"- `{_code(command)}`: {what}" for command, what in report.commands)
        yield ""


def _amounts(amounts: Iterable[Amount]) -> Iterator[str]:
    yield from table(("what", "how much"), ((item.name, escaped(item.actual)) for item in amounts))


def _step(step: StepRow) -> tuple[str, ...]:
    marks = {True: "met", False: "not met", None: "not checked"}
    said = "; ".join(f"{escaped(name.replace('_', ' '))}: {marks[met]}" for name, met in step.criteria)
    what = f"{escaped(step.description)} (`{_code(step.id[:8])}`)"
    if step.message:
        what = f"{what}: {escaped(step.message)}"
    after = ", ".join(map(str, step.after))
    return (str(step.number), what, escaped(step.agent), escaped(step.status), step.expected, step.took, after, said)


def _fenced(lines: Sequence[str]) -> Iterator[str]:
    shown = [plain(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}text", *shown, fence, "")


def _code(text: str) -> str:
    """Return text for a code span, in which nothing but a backtick and a bar has a meaning."""
    return plain(text).replace("`", "'").replace("|", "/")


def _title(finding: FindingPart) -> str:
    return f"{finding.number}. {escaped(finding.heading)}"


def _finding_link(finding: FindingPart) -> str:
    return f"[finding {finding.number}](#{anchor(_title(finding))})"


def _finding_links(report: Report, numbers: Sequence[int]) -> str:
    return ", ".join(_finding_link(report.finding(number)) for number in numbers)
