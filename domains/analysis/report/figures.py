"""Numbers as a reader takes them in: percent, thousands, and as many digits as their interval can bear."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from domains.analysis.artifacts import Number

__all__ = ["bytes_in_words", "count", "duration", "figure", "interval", "level", "moment"]


def figure(number: Number) -> str:
    """Return a number's value with its unit; in as many digits as fit its interval.

    Examples
    --------
    >>> figure(Number(name="win rate", value=0.44846, unit="share", low=0.3978, high=0.5002, level=0.95, n=359))
    '44.8 %'
    >>> figure(Number(name="won", value=677100.0, unit="value")), figure(Number(name="won", value=None))
    ('677,100', 'unknown')
    """
    if number.value is None:
        return "unknown"
    return f"{_digits(number, number.value)}{_unit(number)}"


def interval(number: Number) -> str:
    """Return a number's interval, without the unit that stands beside the value; a dash when it has none.

    Examples
    --------
    >>> interval(Number(name="d", value=-14.3, unit="points", low=-26.08, high=-2.53, level=0.95, n=72))
    '-26 to -3'
    >>> interval(Number(name="days", value=12.0))
    '–'
    """
    if number.low is None and number.high is None:
        return "–"
    if number.low is None or number.high is None:
        return f"at least {_digits(number, number.low)}" if number.low is not None else f"at most {_end(number)}"
    return f"{_digits(number, number.low)} to {_digits(number, number.high)}"


def _end(number: Number) -> str:
    return _digits(number, number.high or 0.0)


def level(number: Number) -> str:
    """Return the level of a number's interval.

    Examples
    --------
    >>> level(Number(name="d", value=1.0, low=0.0, high=2.0, level=0.95)), level(Number(name="d", value=1.0))
    ('95 %', '–')
    """
    return "–" if number.level is None else f"{number.level * 100:g} %"


def count(value: int | float | None) -> str:
    """Return a whole number with thousands apart.

    Examples
    --------
    >>> count(1234567), count(None)
    ('1,234,567', 'unknown')
    """
    return "unknown" if value is None else f"{value:,.0f}"


def duration(seconds: float | None) -> str:
    """Return seconds in the unit a person would use.

    Examples
    --------
    >>> duration(0.004), duration(2.345), duration(200.0), duration(7500.0), duration(None)
    ('< 0.1 s', '2.3 s', '3 min 20 s', '2 h 5 min', 'unknown')
    """
    if seconds is None or not math.isfinite(seconds):
        return "unknown"
    if seconds < 0.1:
        return "< 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 120:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def bytes_in_words(size: float) -> str:
    """Return an amount of memory.

    Examples
    --------
    >>> bytes_in_words(350_000_000), bytes_in_words(900)
    ('350 MB', '< 1 MB')
    """
    return "< 1 MB" if size < 1e6 else f"{size / 1e6:,.0f} MB"


def moment(seconds: float | None) -> str:
    """Return a moment in UTC, which it says.

    Examples
    --------
    >>> moment(0.0)
    '1970-01-01 00:00 UTC'
    """
    return "unknown" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _unit(number: Number) -> str:
    if number.unit == "share":
        return " %"
    # "value" says that it is an amount of the CRM, which names no currency
    return f" {number.unit}" if number.unit and number.unit != "value" else ""


def _digits(number: Number, value: float) -> str:
    """Write a value of this number, its own or an end of its interval."""
    scale = 100.0 if number.unit == "share" else 1.0
    half = None
    if number.low is not None and number.high is not None:
        half = abs(number.high - number.low) * scale / 2
    sign = "+" if number.unit == "points" else "-"  # a difference says its direction
    text = f"{value * scale:{sign},.{_places(value * scale, half, share=number.unit == 'share')}f}"
    return text.lstrip("+-") if not text.strip("+-0.,") else text


def _places(value: float, half: float | None, *, share: bool) -> int:
    """Return the number of decimals: two significant digits of half the interval, or as the size asks.

    Percentages have one, as they have in claims.
    """
    if not math.isfinite(value):
        return 0
    if share:
        return 1
    if half and math.isfinite(half):
        return min(4, max(0, 1 - math.floor(math.log10(half))))
    if value == round(value) or abs(value) >= 100:
        return 0
    return 1 if abs(value) >= 10 else min(4, 1 - math.floor(math.log10(abs(value))))
