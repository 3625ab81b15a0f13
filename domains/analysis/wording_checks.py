"""Checks of what a finding shows against its numbers: values with intervals, its title, its table."""

from __future__ import annotations

import re

from domains.analysis.artifacts import Finding, Number

__all__ = ["figure_problem", "layout_problem"]

_FIGURE = r"[+-]?\d[\d,]*(?:\.\d+)?"
# "62.5 % [50.2 to 73.4] (n = 64)": a value in words, its interval, and how many cases where that is said.
_WITH_INTERVAL = re.compile(
    rf"({_FIGURE})(?: ?%| points| days| seconds| words)? \[({_FIGURE}) ?%? to ({_FIGURE})[^\]\d]*(?:\d+ ?%)?\]"
    r"(?: \(n = (\d[\d,]*)\))?"
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_SCALES = (1.0, 100.0)


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
