"""The numbers of a finding as rows of a table, with bars where intervals can be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from domains.analysis.artifacts import Number
from domains.analysis.report.content import Bar, NumberRow
from domains.analysis.report.figures import count, figure, interval, level

__all__ = ["number_rows"]


def number_rows(numbers: Sequence[Number]) -> tuple[NumberRow, ...]:
    """Return the rows of a finding's numbers, in order.

    Examples
    --------
    >>> row = number_rows([Number(name="won", value=0.5, unit="share", low=0.4, high=0.6, level=0.9, n=80)])[0]
    >>> row.value, row.interval, row.level, row.n, row.bar
    ('50.0 %', '40.0 to 60.0', '90 %', '80', None)
    """
    ranges = _ranges(numbers)
    return tuple(
        NumberRow(
            name=number.name,
            value=figure(number),
            interval=interval(number),
            level=level(number),
            n="–" if number.n is None else count(number.n),
            method=number.method,
            bar=_bar(number, ranges.get(number.unit)),
        )
        for number in numbers
    )


def _ends(number: Number) -> tuple[float, float, float] | None:
    if number.low is None or number.high is None or number.value is None:
        return None
    return number.low, number.value, number.high


def _ranges(numbers: Sequence[Number]) -> dict[str, tuple[float, float]]:
    """Return, by unit, the range of the intervals of one finding; only where there are two to compare."""
    ends = defaultdict(list)
    for number in numbers:
        found = _ends(number)
        if found is not None:
            ends[number.unit].append(found)
    return {
        unit: (min(low for low, _, _ in found), max(high for _, _, high in found))
        for unit, found in ends.items()
        if len(found) > 1 and max(high for _, _, high in found) > min(low for low, _, _ in found)
    }


def _bar(number: Number, limits: tuple[float, float] | None) -> Bar | None:
    found = _ends(number)
    if found is None or limits is None:
        return None
    first, last = limits
    low, value, high, zero = (round(100 * (end - first) / (last - first), 2) for end in (*found, 0.0))
    return Bar(low, min(max(value, low), high), high, zero if 0 < zero < 100 else None)
