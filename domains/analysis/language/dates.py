"""Date phrases in speech ("by next Tuesday") turned into dates, with the day of the call as base."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

__all__ = ["DatePhrase", "date_phrases"]

_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "a couple of": 2,
    "ten": 10,
}
_COUNT = r"\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True))
_PHRASES = re.compile(
    r"\b(?:"
    r"(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<near>today|tonight|tomorrow|day after tomorrow)"
    rf"|(?P<end>(?:the )?end of (?:the |this |next )?(?:week|month|quarter|year|{_MONTHS}))"
    rf"|(?P<ahead>(?:in|within)(?: the next)? (?P<count>{_COUNT}) (?P<unit>day|business day|week|month)s?)"
    r"|(?P<period>(?:next|this|later this|early next|later next) (?:week|month|quarter|year))"
    rf"|(?P<weekday>(?:(?P<which>next|this|coming|on|by|until|before) )?(?P<day>{_DAYS}))"
    rf"|(?P<written>(?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTHS})"
    rf"|(?:{_MONTHS})\.? (?:the )?\d{{1,2}}(?:st|nd|rd|th)?)"
    r"(?!\d)(?:,? \d{4})?)"
    r"|(?P<slashed>\d{1,2}/\d{1,2}/\d{2,4})"
    r")\b",
    re.IGNORECASE,
)


# Without one of these there is no date phrase; most sentences end here.
_HINT = re.compile(rf"\d|day|tomorrow|tonight|week|month|quarter|year|{_MONTHS}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DatePhrase:
    """A date phrase as it was said, and the day it means (for a period: its last day)."""

    text: str
    start: int
    day: date | None


def date_phrases(text: str, base: date | None) -> list[DatePhrase]:
    """Return the date phrases of a text; without a base only full dates get a day.

    Parameters
    ----------
    text : str
        What was said.
    base : datetime.date or None
        The day of the call.

    Returns
    -------
    list of DatePhrase
        In the order of the text. "Next week" and the like mean the last working day of that period, because that is
        when a promise made so has been broken.

    Examples
    --------
    >>> [(item.text, item.day.isoformat()) for item in date_phrases("I'll send it by Friday.", date(2024, 3, 5))]
    [('by Friday', '2024-03-08')]
    """
    if not _HINT.search(text):
        return []
    return [DatePhrase(match.group(), match.start(), _day(match, base)) for match in _PHRASES.finditer(text)]


def _day(match: re.Match[str], base: date | None) -> date | None:
    if match["iso"]:
        return _parsed(match["iso"], base or date.min)
    if base is None:
        return _parsed(match.group(), None) if re.search(r"\d{4}", match.group()) else None
    if match["near"]:
        return base + timedelta(days={"tomorrow": 1, "day after tomorrow": 2}.get(match["near"].lower(), 0))
    if match["end"]:
        return _period_end(match["end"].lower(), base)
    if match["period"]:
        return _period_end(match["period"].lower(), base)
    if match["ahead"]:
        return _ahead(match["count"].lower(), match["unit"].lower(), base)
    if match["day"]:
        return _weekday(match["day"].lower(), (match["which"] or "").lower(), base)
    return _parsed(match.group(), base)


def _parsed(text: str, base: date | None) -> date | None:
    import dateparser

    settings: dict[str, object] = {"PREFER_DATES_FROM": "future", "TIMEZONE": "UTC", "STRICT_PARSING": False}
    if base is not None and base != date.min:
        settings["RELATIVE_BASE"] = datetime.combine(base, time())
    clean = re.sub(r"\b(?:the|of)\b", " ", text, flags=re.IGNORECASE)
    found = dateparser.parse(clean, languages=["en"], settings=settings)
    if found is None:
        return None
    day = found.date()
    # "March 3rd" said on March 5th is two days ago, not in a year.
    if base not in (None, date.min) and not re.search(r"\d{4}", text) and (day - base).days > 270:
        day = _add_months(day, -12)
    return day


def _weekday(day: str, which: str, base: date) -> date:
    ahead = (_DAYS.split("|").index(day) - base.weekday()) % 7 or 7
    found = base + timedelta(days=ahead)
    # "Next Friday" said on a Monday is the Friday of next week; said on a Friday it is seven days on.
    if which == "next" and found.isocalendar()[:2] == base.isocalendar()[:2]:
        found += timedelta(days=7)
    return found


def _ahead(count: str, unit: str, base: date) -> date:
    number = _NUMBERS.get(count) or int(count)
    if unit == "month":
        return _add_months(base, number)
    if unit == "week":
        return base + timedelta(weeks=number)
    if unit == "day":
        return base + timedelta(days=number)
    found = base
    while number > 0:
        found += timedelta(days=1)
        number -= found.weekday() < 5
    return found


def _add_months(base: date, number: int) -> date:
    years, month = divmod(base.month - 1 + number, 12)
    year = base.year + years
    return date(year, month + 1, min(base.day, calendar.monthrange(year, month + 1)[1]))


def _period_end(phrase: str, base: date) -> date:
    step = 1 if "next" in phrase else 0
    if "week" in phrase:
        return base + timedelta(days=4 - base.weekday() + 7 * step if base.weekday() < 5 or step else 0)
    if "month" in phrase:
        return _month_end(_add_months(base.replace(day=1), step))
    if "quarter" in phrase:
        return _month_end(_add_months(base.replace(month=(base.month - 1) // 3 * 3 + 1, day=1), 2 + 3 * step))
    if "year" in phrase:
        return date(base.year + step, 12, 31)
    month = next(n for n in range(1, 13) if calendar.month_name[n].lower().startswith(phrase.split()[-1][:3]))
    return _month_end(date(base.year + (month < base.month), month, 1))


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
