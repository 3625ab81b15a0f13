"""The figures that a text states, as numerals or in words, and which of them a finding's numbers bear out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from domains.analysis.artifacts import Finding, Number

__all__ = ["Stated", "bears_out", "group_of", "stated_figures", "strange_figure"]

_NUMERAL = re.compile(r"(?<![\w.])[+-]?\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d{1,2})?(?!\w)")
# Neither days, months, quarters and years, nor names with digits in them, nor places in a list are figures.
_NO_FIGURE = re.compile(
    r"\b(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?(?:,? ?-?Q[1-4])?\b|\bQ[1-4]\b|\b[A-Za-z]+-\d[\w-]*|\(\d+\)|“[^”]*”"
)
_ONES = "zero one two three four five six seven eight nine ten eleven twelve".split()
_TENS = "ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_COUNTS = {word: value for value, word in enumerate(_ONES)} | {word: 10 * at for at, word in enumerate(_TENS, 1)}
_COUNT = "|".join(_COUNTS)
_PARTS = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1}
_IN_WORDS = (
    # "nine out of ten", "nine in ten", "9 of every 10"
    re.compile(rf"\b({_COUNT}|\d+) (?:out of|in|of|of every|in every) (?:every )?({_COUNT}|\d+)\b", re.IGNORECASE),
    re.compile(rf"\b({_COUNT})(?:-({_COUNT}))? (?:percent|per cent|%)", re.IGNORECASE),
    re.compile(
        rf"\b(?:(a|one|{_COUNT})[ -])?(half|thirds?|quarters?|fifths?|tenths?)(?: of| the| as)\b", re.IGNORECASE
    ),
    re.compile(
        rf"\b(?:(twice|double|triple|doubled|tripled)|({_COUNT}) times)(?: as| the| more| that)?\b", re.IGNORECASE
    ),
)
_NEAR = 0.05
"""How far a share in round words may be off: half is 45 % to 55 %."""
_NEAR_RATIO = 0.15
"""The same of ratios, as a part of them: twice is 1.7 to 2.3 times."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure that a text states: as it stands there, and the values that it may mean.

    Attributes
    ----------
    text : str
        As it stands there.
    low, high : float
        What it may mean.
    kind : str
        ``figure`` for a numeral, ``share`` and ``ratio`` for words.
    """

    text: str
    low: float
    high: float
    kind: str = "figure"


def stated_figures(text: str, names: Iterable[str] = ()) -> tuple[Stated, ...]:
    """Return the figures that a text states, but those within names, dates and quotation marks.

    Parameters
    ----------
    text : str
        What is said.
    names : iterable of str
        Names that may have digits or words for numbers in them.

    Examples
    --------
    >>> [item.text for item in stated_figures("Nine out of ten of 1,204 deals since 2025-03, 62.5 % in Q3.")]
    ['Nine out of ten', '1,204', '62.5']
    >>> [(item.low, item.high) for item in stated_figures("About half of them.")]
    [(0.45, 0.55)]
    >>> stated_figures("A name such as 1e9999 is no figure.")
    ()
    """
    for name in sorted({name for name in names if name}, key=lambda name: (-len(name), name)):
        text = text.replace(name, " ")
    text = _NO_FIGURE.sub(" ", text)
    found = list(_in_words(text))
    for item in found:
        text = text.replace(item.text, " ")
    return (*found, *map(_numeral, _NUMERAL.findall(text)))


def _numeral(text: str) -> Stated:
    plain = text.replace(",", "")
    digits = plain.partition("e")
    half = 0.5 * 10.0 ** -len(digits[0].partition(".")[2]) * 10.0 ** float(digits[2] or 0)
    value = abs(float(plain))
    return Stated(text, value - half * 1.01 - 1e-12, value + half * 1.01 + 1e-12)


def _in_words(text: str) -> Iterator[Stated]:
    for match in _IN_WORDS[0].finditer(text):
        part, whole = (_value(word) for word in match.groups())
        # "40 of 64 deals" gives counts, which are looked up as they are; round words give a share.
        if whole and part <= whole and not (match[1].isdigit() and match[2].isdigit() and whole != 10):
            yield _share(match[0], part / whole)
    for match in _IN_WORDS[1].finditer(text):
        yield _share(match[0], (_value(match[1]) + _value(match[2] or "zero")) / 100)
    for match in _IN_WORDS[2].finditer(text):
        times = 1 if match[1] is None or match[1].lower() == "a" else _value(match[1])
        yield _share(match[0], times * _PARTS[match[2].lower().removesuffix("s") or match[2]])
    for match in _IN_WORDS[3].finditer(text):
        times = (3 if match[1].lower().startswith("trip") else 2) if match[1] else _value(match[2])
        yield Stated(match[0], times * (1 - _NEAR_RATIO), times * (1 + _NEAR_RATIO), "ratio")


def _value(word: str) -> float:
    return float(word) if word.isdigit() else float(_COUNTS[word.lower()])


def _share(text: str, value: float) -> Stated:
    return Stated(text, round(value - _NEAR, 9), round(value + _NEAR, 9), "share")


def group_of(name: str) -> tuple[str, str]:
    """Return what a number measures and of which group, as its name has them; an empty group is all.

    Examples
    --------
    >>> group_of("win rate, West"), group_of("win rate against Acme"), group_of("win rate")
    (('win rate', 'West'), ('win rate', 'Acme'), ('win rate', ''))
    """
    match = re.match(r"(.+?)(?:, |: | against )(.+)$", name)
    return (match[1], match[2]) if match else (name, "")


@lru_cache(maxsize=4096)
def _meant(number: Number) -> frozenset[float]:
    """Return the figures that a number bears out: value, interval and its width, cases, level, how many of them."""
    found = {abs(part) for part in (number.value, number.low, number.high) if part is not None}
    if number.low is not None and number.high is not None:
        found.add(number.high - number.low)
    found |= {part * 100 for part in found}
    if number.n is not None:
        found.add(float(number.n))
        if number.value is not None and 0 <= number.value <= 1:
            counted = round(number.value * number.n)
            found |= {float(counted), float(number.n - counted)}
    return frozenset(found | ({number.level * 100} if number.level else set()))


def bears_out(stated: Stated, numbers: Iterable[Number]) -> bool:
    """Whether one of the numbers is what a stated figure says; a ratio may be that of two of them.

    Examples
    --------
    >>> rate = Number(name="win rate", value=0.625, n=64)
    >>> [bears_out(item, [rate]) for item in stated_figures("40 of 64, or 62.5 %; not half of them")]
    [False, True, True, True]
    """
    given = tuple(numbers)
    if stated.kind == "figure":
        return any(stated.low <= value <= stated.high for number in given for value in _meant(number))
    values = [abs(number.value) for number in given if number.value is not None]
    if stated.kind == "share":
        shares = [number.value for number in given if number.value is not None and number.unit in ("share", "")]
        return any(stated.low <= value <= stated.high or stated.low <= 1 - value <= stated.high for value in shares)
    return any(stated.low <= value <= stated.high for value in values) or any(
        one and stated.low <= other / one <= stated.high for one in values for other in values
    )


def strange_figure(finding: Finding, text: str | None = None) -> str | None:
    """Return the first figure in a finding's claim, or in another text of it, that its numbers do not bear out.

    How many rows or quotes it cites, and how many of a kind are among its numbers, may be said as well; figures within
    the names of its groups and rows are none.

    Examples
    --------
    >>> rate = Number(name="win rate", value=0.625, n=64)
    >>> strange_figure(Finding(claim="41 of 64 deals were won.", strength="descriptive", numbers=(rate,)))
    '41'
    """
    names = [part for number in finding.numbers for part in (number.name, group_of(number.name)[1])]
    names += [row.name for row in finding.table.rows] if finding.table else []
    counted = {float(citation.total) for citation in finding.citations if citation.total is not None}
    # how many there are of a kind among what it lists: "4 competitors", each with numbers of its own
    counted |= {float(len(finding.citations)), *map(float, range(1, len(finding.numbers) + 1))}
    groups = len({group for number in finding.numbers if (group := group_of(number.name)[1])})
    counted |= {float(groups), float(max(groups - 1, 0))}  # one of them may be what the others are compared with
    if finding.table:
        counted |= {float(len(finding.table.rows)), float(finding.table.floor or 0)}
    for item in stated_figures(finding.claim if text is None else text, names):
        by_count = item.kind == "figure" and any(item.low <= value <= item.high for value in counted)
        if not by_count and not bears_out(item, finding.numbers):
            return item.text
    return None
