"""Checks of a finding's words against its numbers: values with intervals, firmness, and one another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domains.analysis.artifacts import Finding, Number

__all__ = ["contradictions", "figure_problem", "firmness_problem", "layout_problem"]

_FIGURE = r"[+-]?\d[\d,]*(?:\.\d+)?"
# "62.5 % [50.2 to 73.4] (n = 64)": a value in words, its interval, and how many cases where that is said.
_WITH_INTERVAL = re.compile(
    rf"({_FIGURE})(?: ?%| points| days| seconds| words)? \[({_FIGURE}) ?%? to ({_FIGURE})[^\]\d]*(?:\d+ ?%)?\]"
    r"(?: \(n = (\d[\d,]*)\))?"
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_SCALES = (1.0, 100.0)
_FIRM_AT = 0.05


def figure_problem(finding: Finding) -> str | None:
    """Return which value with an interval stands in a finding's words and not among its numbers, or None.

    Examples
    --------
    >>> rate = Number(name="win rate", value=0.625, low=0.502, high=0.734, level=0.95, n=64)
    >>> figure_problem(Finding(claim="62.5 % [50.2 to 73.4] were won.", strength="descriptive", numbers=(rate,)))
    >>> figure_problem(Finding(claim="72.5 % [50.2 to 73.4] were won.", strength="descriptive", numbers=(rate,)))
    'its words say 72.5 [50.2 to 73.4], which is none of its numbers'
    """
    for match in _WITH_INTERVAL.finditer(finding.claim):
        if not any(_says(match, number) for number in finding.numbers):
            return f"its words say {match[1]} [{match[2]} to {match[3]}], which is none of its numbers"
    return None


def _says(match: re.Match[str], number: Number) -> bool:
    if match[4] is not None and number.n is not None and int(match[4].replace(",", "")) != number.n:
        return False
    pairs = zip(match.groups()[:3], (number.value, number.low, number.high), strict=True)
    said = [(text.replace(",", ""), true) for text, true in pairs]
    return any(all(true is not None and _rounds(text, true * scale) for text, true in said) for scale in _SCALES)


def _rounds(text: str, true: float) -> bool:
    """Whether a figure is a number rounded to its places; a sign may be left to the words around it."""
    half = 0.5 * 10.0 ** -len(text.partition(".")[2])
    value = float(text)
    return (
        min(abs(value - true), abs(abs(value) - abs(true)) if text[0] not in "+-" else half + 1) <= half * 1.01 + 1e-9
    )


def firmness_problem(finding: Finding) -> str | None:
    """Return why a finding may not be called established, or None: chance is not ruled out by its own numbers.

    Examples
    --------
    >>> p = Number(name="p value of no difference", value=0.2)
    >>> firmness_problem(Finding(claim="They differ.", strength="established", numbers=(p,)))
    'it is called established, and its p value is 0.2'
    """
    if finding.strength != "established":
        return None
    tested = [number.value for number in finding.numbers if _is_p(number) and number.value is not None]
    if tested and min(tested) > _FIRM_AT:
        return f"it is called established, and its p value is {min(tested):.2g}"
    return None


def _is_p(number: Number) -> bool:
    return re.match(r"(?:corrected )?(?:p|q)(?: value)?(?: |$)", number.name) is not None


def layout_problem(finding: Finding) -> str | None:
    """Return why a finding's title or table says what the finding does not, or None.

    Examples
    --------
    >>> layout_problem(Finding(claim="12 deals are open.", strength="descriptive", title="13 deals are open"))
    'its title says 13, which its claim does not'
    >>> layout_problem(Finding(claim="12 deals are open.", strength="descriptive", title="12 deals are open"))
    """
    said = set(_DIGITS.findall(finding.claim))
    strange = [figure for figure in _DIGITS.findall(finding.title) if figure not in said]
    if strange:
        return f"its title says {strange[0]}, which its claim does not"
    table = finding.table
    if table is None:
        return None
    if any(len(row.cells) != len(table.columns) for row in table.rows):
        return "a row of its table has more or fewer cells than the table has columns"
    places = [cell for row in table.rows for cell in row.cells if cell is not None]
    if not all(0 <= place < len(finding.numbers) for place in places):
        return "its table shows a number that is none of its numbers"
    return None


def contradictions(findings: Sequence[Finding]) -> dict[int, str]:
    """Return the findings that say of one number what an earlier finding says otherwise, by place, with the reason.

    One number is one name with one sample and one method, in claims that give no other: in lists of several the names
    are those of groups, and the claim says what is measured. Of the two the earlier stands.

    Examples
    --------
    >>> def rate(value): return Number(name="win rate", value=value, n=64, method="share")
    >>> some = [Finding(claim=text, strength="descriptive", numbers=(rate(value),))
    ...     for text, value in (("Half is won.", 0.5), ("A third is won.", 0.33))]
    >>> contradictions(some)
    {1: "it gives win rate as 0.33, and another claim as 0.5: 'Half is won.'"}
    """
    first: dict[tuple[str, int | None, str], tuple[float, str]] = {}
    found: dict[int, str] = {}
    for place, finding in enumerate(findings):
        number = finding.numbers[0] if len(finding.numbers) == 1 else None
        if number is None or number.value is None or number.n is None:
            continue
        value, claim = first.setdefault((number.name, number.n, number.method), (number.value, finding.claim))
        if claim != finding.claim and abs(value - number.value) > 1e-6 * max(1.0, abs(value)):
            found[place] = f"it gives {number.name} as {number.value:g}, and another claim as {value:g}: {claim[:80]!r}"
    return found
