"""The numbers of a finding anew: from the artifacts that measured them, and from the counts behind them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from domains.analysis.artifacts import Artifact, Finding, Number
from domains.analysis.evidence import same_words
from domains.analysis.figures_in_words import group_of, stated_figures, strange_figure

__all__ = ["Measured", "numbers_in", "recount_problem"]

_CLOSE = 1e-6
# Intervals are rounded by whoever hands them on: three places of what they are given in.
_SAME_INTERVAL = 2e-3


class Measured:
    """What the steps measured that an answer rests on.

    Parameters
    ----------
    artifacts : iterable of Artifact
        Their artifacts; without any, nothing can be compared.

    Examples
    --------
    >>> rate = Number(name="win rate", value=0.625, n=64)
    >>> measured = Measured([Artifact(findings=(Finding(claim="40 of 64.", strength="descriptive", numbers=(rate,)),))])
    >>> measured.problem(rate)
    >>> measured.problem(rate.model_copy(update={"value": 0.725}))
    'it gives win rate as 0.725, and the step that measured it as 0.625'
    """

    def __init__(self, artifacts: Iterable[Artifact] = ()) -> None:
        self._artifacts = tuple(artifacts)

    def __bool__(self) -> bool:
        return bool(self._artifacts)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of the steps."""
        return tuple(finding for artifact in self._artifacts for finding in artifact.findings)

    @cached_property
    def _claims(self) -> frozenset[str]:
        return frozenset(same_words(finding.claim) for finding in self.findings)

    @cached_property
    def _by_name(self) -> dict[str, list[Number]]:
        found: dict[str, list[Number]] = {}
        for artifact in self._artifacts:
            for number in numbers_in(artifact):
                found.setdefault(number.name, []).append(number)
        return found

    @cached_property
    def _values(self) -> frozenset[float]:
        return frozenset(
            round(value, 9) for artifact in self._artifacts for value in _values_in(artifact.model_dump(mode="json"))
        )

    @cached_property
    def groups(self) -> frozenset[str]:
        """The groups that numbers were measured of: regions, products, reps, competitors."""
        return frozenset(group for name in self._by_name if (group := group_of(name)[1]) and group[0].isupper())

    def says(self, claim: str) -> bool:
        """Whether a step says this in the same words."""
        return same_words(claim) in self._claims

    def bears(self, finding: Finding, told: Iterable[str] = ()) -> Finding | None:
        """Return a finding with the numbers that bear out every figure in its claim, or None where there are none.

        They are its own, those of one measured finding that has all its numerals, or, where it has no numbers, those
        of a measured finding that cites the same.

        Parameters
        ----------
        finding : Finding
            What is claimed.
        told : iterable of str
            Texts whose figures may be repeated: quotes, and the question.

        Examples
        --------
        >>> rate = Number(name="win rate", value=0.625, n=64)
        >>> known = Finding(claim="40 of 64 deals were won, 24 lost.", strength="descriptive", numbers=(rate,))
        >>> measured = Measured([Artifact(findings=(known,))])
        >>> [measured.bears(Finding(claim=claim, strength="descriptive")) is not None
        ...     for claim in ("Of 64 deals 24 were lost.", "Of 64 deals 23 were lost.")]
        [True, False]
        """
        quoted = list(told)
        if self.says(finding.claim) or strange_figure(finding, _without(finding.claim, quoted)) is None:
            return finding
        cited = set(finding.citations)
        for known in self.findings:
            left = _without(finding.claim, [*quoted, known.claim, known.note])
            in_words = any(item.kind != "figure" for item in stated_figures(left))
            if in_words and (finding.numbers or not cited & set(known.citations)):
                continue
            if strange_figure(finding.model_copy(update={"numbers": known.numbers}), left) is None:
                return finding.model_copy(update={"numbers": (*finding.numbers, *known.numbers)})
        return None

    def problem(self, number: Number) -> str | None:
        """Return why no step measured a number, or None: its artifact says otherwise, or there is none that has it."""
        known = self._by_name.get(number.name, ())
        if any(_same(number, other) for other in known):
            return None
        if known:
            nearest = min(known, key=lambda other: (other.n != number.n, _apart(number, other)))
            return f"it gives {number.name} as {_shown(number)}, and the step that measured it as {_shown(nearest)}"
        if any(_same(number, other) for others in self._by_name.values() for other in others):
            return None
        parts = [part for part in (number.value, number.low, number.high) if part is not None]
        if all(round(part, 9) in self._values for part in parts):
            return None
        return f"no step that it rests on measured {number.name} as {_shown(number)}"


def _without(claim: str, told: Iterable[str]) -> str:
    """Return a claim without the figures that stand in some texts as they stand in it."""
    there = {item.text for text in told for item in stated_figures(text)}
    for numeral in sorted(there, key=lambda numeral: (-len(numeral), numeral)):
        claim = re.sub(rf"(?<![\d.,+-]){re.escape(numeral)}(?![\d.])", " ", claim)
    return claim


def numbers_in(value: Any) -> Iterator[Number]:
    """Yield the numbers of an artifact: those of its findings, and those in fields of its own."""
    if isinstance(value, Number):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from numbers_in(item)
    elif hasattr(type(value), "model_fields"):
        for name in type(value).model_fields:
            yield from numbers_in(getattr(value, name))


def _values_in(document: Any) -> Iterator[float]:
    if isinstance(document, dict):
        for item in document.values():
            yield from _values_in(item)
    elif isinstance(document, list):
        yield float(len(document))
        for item in document:
            yield from _values_in(item)
    elif isinstance(document, (int, float)) and not isinstance(document, bool):
        yield float(document)


def _parts(number: Number) -> tuple[float | None, ...]:
    return (number.value, number.low, number.high, None if number.n is None else float(number.n))


def _same(number: Number, other: Number) -> bool:
    pairs = zip(_parts(number), _parts(other), strict=True)
    return all(one is two or (one is not None and two is not None and _equal(one, two)) for one, two in pairs)


def _equal(one: float, two: float) -> bool:
    return math.isclose(one, two, rel_tol=_CLOSE, abs_tol=_CLOSE)


def _apart(number: Number, other: Number) -> float:
    return math.inf if number.value is None or other.value is None else abs(number.value - other.value)


def _shown(number: Number) -> str:
    said = "unknown" if number.value is None else f"{number.value:.4g}"
    if number.low is not None and number.high is not None:
        said += f" [{number.low:.4g} to {number.high:.4g}]"
    return said


def recount_problem(numbers: Sequence[Number]) -> str | None:
    """Return why numbers cannot be what their counts give, or None.

    A share is so many of its n cases, and its Wilson interval theirs; the difference of two shares beside it, and its
    Newcombe interval (Newcombe 1998, method 10), is that of the same counts.

    Examples
    --------
    >>> rate = Number(name="win rate", value=0.5, low=0.2366, high=0.7634, level=0.95, n=10, method="Wilson interval")
    >>> recount_problem([rate])
    >>> recount_problem([rate.model_copy(update={"value": 0.47})])
    'win rate is 0.47, which no number of 10 cases gives'
    >>> recount_problem([rate.model_copy(update={"high": 0.6})])
    'the interval of win rate is [0.2366 to 0.6], and 5 of 10 give [0.2366 to 0.7634]'
    """
    shares = [number for number in numbers if number.method == "Wilson interval" and number.unit in ("share", "")]
    for number in shares:
        problem = _share_problem(number)
        if problem:
            return problem
    counted = [number for number in shares if number.n and number.value is not None]
    for number in numbers:
        if number.method.startswith("Newcombe interval") and number.unit == "points" and len(counted) == 2:
            problem = _difference_problem(number, *counted)
            if problem:
                return problem
    return None


def _share_problem(number: Number) -> str | None:
    from domains.analysis.statistics.intervals import wilson_interval

    if not number.n or number.value is None or number.low is None or number.high is None:
        return None
    count = round(number.value * number.n)
    if abs(count - number.value * number.n) > max(1e-3, _SAME_INTERVAL / 10 * number.n) or not 0 <= count <= number.n:
        return f"{number.name} is {number.value:.4g}, which no number of {number.n:,} cases gives"
    low, high = wilson_interval(count, number.n, number.level or 0.95)
    if max(abs(low - number.low), abs(high - number.high)) > _SAME_INTERVAL:
        given = f"[{number.low:.4g} to {number.high:.4g}]"
        return f"the interval of {number.name} is {given}, and {count:,} of {number.n:,} give [{low:.4g} to {high:.4g}]"
    return None


def _difference_problem(number: Number, one: Number, two: Number) -> str | None:
    """Return why a difference is not that of the two shares beside it, in either direction, or None."""
    if one.n is None or two.n is None or one.value is None or two.value is None or number.value is None:
        return None
    if number.n != one.n + two.n or re.search(r"within|held|adjusted", number.name):
        return None
    difference = 100 * (one.value - two.value)
    if abs(abs(difference) - abs(number.value)) > 100 * _SAME_INTERVAL:
        return f"{number.name} is {number.value:.4g} points, and its two shares differ by {abs(difference):.4g}"
    if None in (number.low, number.high, one.low, one.high, two.low, two.high):
        return None
    first, second = (one, two) if difference * number.value >= 0 else (two, one)
    low, high = _newcombe(first, second)
    if max(abs(low - float(number.low or 0)), abs(high - float(number.high or 0))) > 100 * _SAME_INTERVAL:
        given = f"[{number.low:.4g} to {number.high:.4g}]"
        return f"the interval of {number.name} is {given}, and its two shares give [{low:.4g} to {high:.4g}]"
    return None


def _newcombe(one: Number, two: Number) -> tuple[float, float]:
    """Return Newcombe's interval of a difference, in points, from the Wilson intervals of the two shares."""
    ends = [float(part or 0) for part in (one.value, one.low, one.high, two.value, two.low, two.high)]
    p, p_low, p_high, q, q_low, q_high = ends
    low = p - q - math.hypot(p - p_low, q_high - q)
    high = p - q + math.hypot(p_high - p, q - q_low)
    return 100 * low, 100 * high
