"""The numbers that local statistics computed for a step: a model may repeat them, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from domains.analysis.artifacts import Artifact, Finding, Number
from domains.analysis.recomputing import Measured, numbers_in

__all__ = ["SAID", "Figures", "numerals"]

SAID = "Said on a call: "
"""How a claim begins whose numbers were said, not measured; they are no measured numbers for later steps either."""

_NUMERAL = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?")
# Words that say nothing of what was measured.
_PLAIN = frozenset(
    "about also been both does each from have less many more most much only other over same some such than that their "
    "them then there these they this those very were what when where which while will with your "
    "half third quarter twice times percent".split()
)
# What was said on a call is no measured number, nor is a place in a table.
_NOT_MEASURED = frozenset({"quote", "table"})


def numerals(text: str) -> tuple[str, ...]:
    """Return the numbers written in a text, without separators of thousands; those inside names are left out.

    Examples
    --------
    >>> numerals("Of 1,204 deals 62.5 % were won in Q3, see C-0012.")
    ('1204', '62.5')
    """
    found = (match for match in _NUMERAL.finditer(text) if text[max(match.start() - 1, 0) : match.start()] != "-")
    return tuple(match.group().replace(",", "") for match in found)


class Figures:
    """What was measured.

    Parameters
    ----------
    measured : iterable of Artifact
        What local statistics computed, and the artifacts of earlier steps. What people said on calls does not count.
    about : str
        Text of the program whose numbers may be repeated too, such as a period.

    Examples
    --------
    >>> figures = Figures([Artifact(findings=(Finding(claim="40 of 64 deals were won.", strength="descriptive",
    ...     numbers=(Number(name="win rate", value=0.625, n=64),)),))])
    >>> figures.unknown("62.5 % (or 63 %) of 64 deals, not 99 %")
    '99'
    """

    def __init__(self, measured: Iterable[Artifact], about: str = "") -> None:
        self._measured = tuple(measured)
        self._about = about

    @cached_property
    def _values(self) -> frozenset[float]:
        found = {float(text) for text in numerals(self._about)}
        for artifact in self._measured:
            found.update(_numbers_in(artifact.model_dump(mode="json")))
        return frozenset(found)

    @cached_property
    def measured(self) -> Measured:
        """The same, to recompute numbers from and to compare claims with."""
        return Measured(self._measured)

    @cached_property
    def _words(self) -> frozenset[str]:
        told = [self._about, *self._limits]
        for finding in self.findings:
            told += [finding.claim, finding.note, finding.title, *(number.name for number in finding.numbers)]
        return _content(" ".join(told))

    @property
    def _limits(self) -> Iterator[str]:
        for artifact in self._measured:
            yield from artifact.limits

    def known_words(self, text: str) -> float:
        """Return which share of the telling words of a text what was measured speaks of too; 1 where it has none."""
        said = _content(text)
        return len(said & self._words) / len(said) if said else 1.0

    def bears(self, finding: Finding, quotes: Iterable[str] = ()) -> Finding | None:
        """Return a finding with the numbers that bear out every figure in its claim, or None where there are none."""
        return self.measured.bears(finding, [*quotes, self._about])

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings among it."""
        return tuple(finding for artifact in self._measured for finding in artifact.findings)

    @cached_property
    def _numbers(self) -> tuple[Number, ...]:
        found = [number for finding in self.findings for number in finding.numbers]
        for artifact in self._measured:
            found.extend(numbers_in(artifact))
        return tuple(dict.fromkeys(found))

    def unknown(self, text: str, quotes: Iterable[str] = ()) -> str | None:
        """Return the first number written in a text that was neither measured nor quoted, or None."""
        quoted = {numeral for quote in quotes for numeral in numerals(quote)}
        for numeral in numerals(text):
            places = len(numeral.partition(".")[2])
            value = float(numeral)
            if numeral not in quoted and not any(
                _close(value, abs(known) * scale, places) for known in self._values for scale in (1, 100)
            ):
                return numeral
        return None

    def find(self, number: Number) -> Number | None:
        """Return the measured number that a model's number repeats, which stands in its place, or None."""
        fitting = [known for known in self._numbers if _repeats(number, known)]
        return min(fitting, key=lambda known: known.name != number.name, default=None)


def _content(text: str) -> frozenset[str]:
    """Return the telling words of a text, by their beginnings, so that forms of one word are one."""
    return frozenset(word[:5].lower() for word in re.findall(r"[^\W\d_]{4,}", text) if word.lower() not in _PLAIN)


def _repeats(number: Number, known: Number) -> bool:
    """Whether all that a number says is what a measured one says, up to rounding."""
    if number.n is not None and number.n != known.n:
        return False
    pairs = ((number.value, known.value), (number.low, known.low), (number.high, known.high))
    return number.value is not None and all(said is None or _rounded(said, true) for said, true in pairs)


def _rounded(said: float, true: float | None) -> bool:
    if true is None:
        return False
    places = len(f"{said:.10f}".rstrip("0").partition(".")[2])
    return _close(said, true, places)


def _close(said: float, true: float, places: int) -> bool:
    """Whether a number with so many places is the true one rounded; a half may be rounded either way."""
    return abs(said - true) <= 0.5 * 10.0**-places + 1e-9


def _numbers_in(document: Any) -> Iterator[float]:
    if isinstance(document, dict):
        said = str(document.get("claim", "")).startswith(SAID)
        for key, value in document.items():
            if key not in _NOT_MEASURED and not (said and key in ("claim", "note")):
                yield from _numbers_in(value)
    elif isinstance(document, list):
        for item in document:
            yield from _numbers_in(item)
    elif isinstance(document, str):
        yield from (float(text) for text in numerals(document))
    elif isinstance(document, (int, float)) and not isinstance(document, bool):
        yield float(document)
