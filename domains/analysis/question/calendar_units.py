"""Weeks, months, quarters, halves and years as pairs of days, and stepping from one to another."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["SEASONS", "Span", "ahead", "back", "month", "months", "quarter", "season", "unit_around", "year"]

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_DAYS_IN = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The days from `start` to `end`, both included."""

    start: date
    end: date

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


def month(of_year: int, number: int) -> Span:
    """Return a month; a number outside 1 to 12 counts on into other years.

    Examples
    --------
    >>> str(month(2024, 2)), str(month(2024, 0))
    ('2024-02-01/2024-02-29', '2023-12-01/2023-12-31')
    """
    of_year, index = of_year + (number - 1) // 12, (number - 1) % 12 + 1
    return Span(date(of_year, index, 1), date(of_year, index, calendar.monthrange(of_year, index)[1]))


def months(of_year: int, first: int, count: int) -> Span:
    """Return `count` months from the given one."""
    return Span(month(of_year, first).start, month(of_year, first + count - 1).end)


def quarter(of_year: int, number: int) -> Span:
    """Return a quarter of a calendar year.

    Examples
    --------
    >>> str(quarter(2025, 1))
    '2025-01-01/2025-03-31'
    """
    return months(of_year, 3 * number - 2, 3)


def year(number: int) -> Span:
    """Return a calendar year."""
    return months(number, 1, 12)


def season(of_year: int, name: str) -> Span:
    """Return a season of three months; winter begins in December."""
    return months(of_year, SEASONS[name], 3)


def unit_around(day: date, unit: str, steps: int = 0) -> Span:
    """Return the week, month, quarter, half or year that a day is in, or one `steps` later (earlier when negative).

    Examples
    --------
    >>> str(unit_around(date(2025, 6, 30), "quarter", -1)), str(unit_around(date(2025, 6, 30), "week"))
    ('2025-01-01/2025-03-31', '2025-06-30/2025-07-06')
    """
    if unit == "day":
        return Span(day + timedelta(days=steps), day + timedelta(days=steps))
    if unit == "week":
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=steps)
        return Span(monday, monday + timedelta(days=6))
    if unit == "fortnight":
        # "The past fortnight" ends with the day, the next one begins after it.
        return ahead(day, steps, unit) if steps > 0 else back(day, 1, unit)
    size = _MONTHS_IN[unit]
    first = (day.month - 1) // size * size + 1
    return months(day.year, first + steps * size, size)


def back(as_of: date, count: int, unit: str) -> Span:
    """Return the last `count` units: days and weeks end with the day itself, months and longer with its month.

    Examples
    --------
    >>> str(back(date(2025, 6, 30), 90, "day")), str(back(date(2025, 6, 30), 2, "quarter"))
    ('2025-04-02/2025-06-30', '2025-01-01/2025-06-30')
    """
    if unit in _DAYS_IN:
        days = count * _DAYS_IN[unit]
        return Span(as_of - timedelta(days=days - 1), as_of)
    if unit == "quarter":
        start = unit_around(as_of, "quarter", 1 - count).start
    else:
        start = month(as_of.year, as_of.month - count * _MONTHS_IN[unit] + 1).start
    return Span(start, as_of)


def ahead(as_of: date, count: int, unit: str) -> Span:
    """Return the next `count` units: days and weeks begin tomorrow, months and longer with the next calendar one.

    Examples
    --------
    >>> str(ahead(date(2025, 6, 30), 90, "day")), str(ahead(date(2025, 6, 30), 2, "month"))
    ('2025-07-01/2025-09-28', '2025-07-01/2025-08-31')
    """
    if unit in _DAYS_IN:
        days = count * _DAYS_IN[unit]
        return Span(as_of + timedelta(days=1), as_of + timedelta(days=days))
    return Span(unit_around(as_of, unit, 1).start, unit_around(as_of, unit, count).end)
