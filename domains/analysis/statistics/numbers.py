"""Numbers as findings carry them: value, interval, sample size and method; and the same in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from domains.analysis.artifacts import Number
from domains.analysis.statistics.intervals import mean_interval, median_interval, wilson_interval
from domains.analysis.statistics.proportions import ProportionTest

__all__ = ["amount", "average", "count", "difference", "in_words", "median", "percent", "proportion"]

LEVEL = 0.95


def count(name: str, value: int, unit: str = "") -> Number:
    """Return a plain count; it has no interval because nothing is inferred from it."""
    return Number(name=name, value=float(value), unit=unit, n=value, method="count")


def proportion(name: str, successes: int, n: int, level: float = LEVEL) -> Number:
    """Return a share with its Wilson interval; its value is None when there are no cases.

    Examples
    --------
    >>> in_words(proportion("win rate", 60, 100))
    '60.0 % [50.2 to 69.1] (n = 100)'
    """
    low, high = wilson_interval(successes, n, level)
    value = successes / n if n else None
    return Number(name=name, value=value, unit="share", low=low, high=high, level=level, n=n, method="Wilson interval")


def average(name: str, values: Sequence[float], unit: str = "", level: float = LEVEL) -> Number:
    """Return a mean with Student's t interval; no interval below two values.

    Examples
    --------
    >>> in_words(average("cycle", [10.0, 20.0, 30.0], "days"))
    '20.0 days [-4.8 to 44.8] (n = 3)'
    """
    n = len(values)
    value = math.fsum(values) / n if n else None
    if n < 2:
        return Number(name=name, value=value, unit=unit, n=n, method="mean")
    low, high = mean_interval(values, level)
    return Number(name=name, value=value, unit=unit, low=low, high=high, level=level, n=n, method="mean, t interval")


def median(name: str, values: Sequence[float], unit: str = "", level: float = LEVEL) -> Number:
    """Return a median with the interval that ranks give whatever the distribution; none where values are too few.

    Examples
    --------
    >>> in_words(median("cycle", [float(day) for day in range(1, 22)], "days"))
    '11.0 days [6.0 to 16.0] (n = 21)'
    """
    n = len(values)
    if not n:
        return Number(name=name, value=None, unit=unit, n=0, method="median")
    ordered = sorted(values)
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    found = median_interval(ordered, level)
    if found is None:
        return Number(name=name, value=middle, unit=unit, n=n, method="median")
    return Number(
        name=name,
        value=middle,
        unit=unit,
        low=found.low,
        high=found.high,
        level=level,
        n=n,
        method="median, interval by ranks",
    )


def difference(name: str, test: ProportionTest) -> Number:
    """Return the difference of two shares, in points, with its interval and its p value."""
    return Number(
        name=name,
        value=test.difference * 100,
        unit="points",
        low=test.interval.low * 100,
        high=test.interval.high * 100,
        level=test.level,
        n=test.n,
        method=f"Newcombe interval; {test.method}, p = {test.p:.2g}",
    )


def percent(value: float | None) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> percent(0.632), percent(None)
    ('63.2 %', 'unknown')
    """
    return "unknown" if value is None else f"{value * 100:.1f} %"


def amount(value: float | None) -> str:
    """Return a number readable at its size, with separators for thousands.

    Examples
    --------
    >>> amount(2802496.0), amount(12.345), amount(None)
    ('2,802,496', '12.3', 'unknown')
    """
    if value is None:
        return "unknown"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def in_words(number: Number) -> str:
    """Return value, interval and n of a number, as it stands in a claim."""
    share = number.unit == "share"

    def show(value: float | None) -> str:
        return f"{value * 100:.1f}" if share and value is not None else amount(value)

    unit = " %" if share else f" {number.unit}" if number.unit else ""
    text = "unknown" if number.value is None else show(number.value) + unit
    if number.low is not None and number.high is not None:
        text += f" [{show(number.low)} to {show(number.high)}]"
    return text if number.n is None else f"{text} (n = {number.n:,})"
