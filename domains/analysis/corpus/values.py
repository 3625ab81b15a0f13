"""Dates, numbers and periods as people write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal

__all__ = ["DateOrder", "date_order", "read_date", "read_number", "read_period"]

DateOrder = Literal["dmy", "mdy"]

_ISO = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?:[T ].*)?")
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T ,].*)?")
_IN_WORDS = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%d-%b-%Y")
_NUMBER = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d+)?(?:[eE][-+]?\d+)?")
_CURRENCY = re.compile(r"[\s\u00a0\u202f'$€£¥]|USD|EUR|GBP")
_QUARTER = re.compile(r"(?:(\d{4})[-\s]?Q([1-4])|Q([1-4])[-\s]?(\d{4}))", re.IGNORECASE)
_EARLIEST, _LATEST = 1900, 2100


def date_order(values: Iterable[str]) -> DateOrder | None:
    """Return whether dates like 3/4/2024 start with the day or the month, or None where the values do not tell.

    Examples
    --------
    >>> date_order(["3/4/2024", "25/4/2024"])
    'dmy'
    >>> date_order(["3/4/2024"]) is None
    True
    """
    day_first = month_first = False
    for item in values:
        found = _NUMERIC.fullmatch(item.strip())
        if found is None:
            continue
        first, second = int(found[1]), int(found[3])
        day_first |= found[2] == "." or (first > 12 >= second)
        month_first |= second > 12 >= first
    if day_first == month_first:
        return None
    return "dmy" if day_first else "mdy"


def read_date(text: str, order: DateOrder | None = None) -> str:
    """Return a date in ISO form.

    Parameters
    ----------
    text : str
        ISO dates and times, 20240301, 1 Mar 2024, March 1, 2024, and (given the order) 1/3/2024.
    order : {"dmy", "mdy"}, optional
        How to read dates made of numbers alone.

    Raises
    ------
    ValueError
        When it is no date, or one that can be read in two ways.

    Examples
    --------
    >>> read_date("2024-03-01T10:00:00Z"), read_date("1/3/2024", "dmy"), read_date("Mar 1, 2024")
    ('2024-03-01', '2024-03-01', '2024-03-01')
    """
    text = text.strip()
    found = _ISO.fullmatch(text)
    if found:
        day = date(int(found[1]), int(found[3]), int(found[4]))
    else:
        found = _NUMERIC.fullmatch(text)
        day = _numeric(found, order) if found else _in_words(text)
    if not _EARLIEST <= day.year <= _LATEST:
        raise ValueError("the year is out of range")
    return day.isoformat()


def _numeric(found: re.Match[str], order: DateOrder | None) -> date:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if order is None and first != second:
        raise ValueError("day and month cannot be told apart")
    return date(year, second, first) if order == "dmy" else date(year, first, second)


def _in_words(text: str) -> date:
    for form in _IN_WORDS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise ValueError("not a date")


def read_number(text: str, decimal: str = ".") -> float:
    """Return a number: with thousands marks, a currency sign, or in brackets for a negative one.

    Raises
    ------
    ValueError
        When it is not a finite number.

    Examples
    --------
    >>> read_number("$1,234.50"), read_number("(12)"), read_number("1.234,5", decimal=",")
    (1234.5, -12.0, 1234.5)
    """
    plain = _CURRENCY.sub("", text)
    if decimal == ",":
        plain = plain.replace(".", "").replace(",", ".")
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1] if negative else plain
    if not _NUMBER.fullmatch(plain):
        raise ValueError("not a number")
    number = float(plain.replace(",", ""))
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return -number if negative else number


def read_period(text: str) -> tuple[str, str]:
    """Return the first and last day of a period like 2024-Q3, Q3 2024, 2024-07 or 2024.

    Raises
    ------
    ValueError
        When it is no such period.

    Examples
    --------
    >>> read_period("Q1 2024"), read_period("2024-02")
    (('2024-01-01', '2024-03-31'), ('2024-02-01', '2024-02-29'))
    """
    text = text.strip()
    quarter = _QUARTER.fullmatch(text)
    if quarter:
        year = int(quarter[1] or quarter[4])
        first = 3 * int(quarter[2] or quarter[3]) - 2
        return _months(year, first, first + 2)
    month = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if month:
        return _months(int(month[1]), int(month[2]), int(month[2]))
    if re.fullmatch(r"(?:FY)?\d{4}", text):
        return _months(int(text[-4:]), 1, 12)
    raise ValueError("not a period")


def _months(year: int, first: int, last: int) -> tuple[str, str]:
    start = date(year, first, 1)
    following = date(year + last // 12, last % 12 + 1, 1)
    return start.isoformat(), (following - timedelta(days=1)).isoformat()
