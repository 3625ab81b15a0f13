"""The parts of period phrases: which words name a quarter, a month, a year, or so many days back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from domains.analysis.question.calendar_units import (
    Span,
    ahead,
    back,
    month,
    months,
    quarter,
    season,
    unit_around,
    year,
)
from domains.analysis.question.lexicon import sections

__all__ = ["MONTHS", "Atom", "find_atoms", "settle"]

_MONTH_NAMES = "january february march april may june july august september october november december".split()
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
_ORDINALS = {
    "front": 1, "opening": 1, "former": 1, "back": 2, "latter": 2, "closing": 2,
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4, "final": 4,
}  # fmt: skip
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "couple of": 2, "three": 3, "few": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "eighteen": 18,
    "twenty": 20, "twenty four": 24, "thirty": 30, "sixty": 60, "ninety": 90, "hundred": 100, "dozen": 12,
    "thirteen": 13, "fourteen": 14, "sixteen": 16, "seventeen": 17, "nineteen": 19, "forty": 40, "forty five": 45,
    "fifty": 50,
}  # fmt: skip
_STEPS = {"last": -1, "previous": -1, "prior": -1, "preceding": -1, "next": 1, "coming": 1, "following": 1}
_ORDINAL_DAYS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "fifteenth": 15, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Atom:
    """One named period in the text: fixed days, or a month, quarter, half or season whose year is still open."""

    start: int
    end: int
    unit: str
    span: Span | None = None
    number: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Made:
    """What a match means, before its place in the text is added."""

    unit: str
    span: Span | None = None
    number: int = 0
    name: str = ""


# Units that begin on a fixed day of the calendar, and the days in those that do not.
_CALENDAR = frozenset({"month", "quarter", "half", "year"})
_DAYS_IN = {"day": 1, "week": 7, "fortnight": 14}
_SHORT_UNITS = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}

_Maker = Callable[[re.Match[str], date], _Made | None]


def _year_of(groups: tuple[str | None, ...], as_of: date) -> int | None:
    """Return the year that an "of 2024", "FY24" or "of last year" names: the first group that is set."""
    item = next((item for item in groups if item is not None), None)
    if item is None:
        return None
    if item.isdigit():
        return int(item) if len(item) == 4 else 2000 + int(item)
    return as_of.year + _STEPS.get(item, 0)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text]


def _span(unit: str, number: int, name: str, of_year: int) -> Span:
    if unit == "month":
        return month(of_year, number)
    if unit == "quarter":
        return quarter(of_year, number)
    if unit == "half":
        return months(of_year, 6 * number - 5, 6)
    return season(of_year, name)


def _in_year(unit: str, number: int, of_year: int | None, name: str = "") -> _Made:
    return _Made(unit, None if of_year is None else _span(unit, number, name, of_year), number, name)


def _numbered(unit: str, numbers: dict[str, int] | None = None) -> _Maker:
    """Return the maker for a number first and perhaps a year after it: "Q3 2024", "third quarter of last year"."""

    def make(match: re.Match[str], as_of: date) -> _Made:
        number = int(match[1]) if numbers is None else numbers[match[1]]
        return _in_year(unit, number, _year_of(match.groups()[1:], as_of))

    return make


def _year_first(unit: str) -> _Maker:
    """Return the maker for a year first: "2024 Q3", "2024-03"."""

    def make(match: re.Match[str], as_of: date) -> _Made | None:
        number = int(match[2])
        if unit == "month" and not 1 <= number <= 12:
            return None
        return _in_year(unit, number, _year_of((re.sub(r"\D", "", match[1]),), as_of))

    return make


def _days(match: re.Match[str], as_of: date) -> _Made | None:
    try:
        days = [date.fromisoformat(item) for item in match.groups()]
    except ValueError:
        return None
    return _Made("day" if len(days) == 1 else "range", Span(min(days), max(days)))


def _written_day(match: re.Match[str], as_of: date) -> _Made:
    name, number = (match["m1"], match["d1"]) if match["m1"] else (match["m2"], match["d2"])
    day = _latest_day(int(number), MONTHS[name], match["y"], as_of)
    return _Made("day", Span(day, day))


def _latest_day(number: int, month_number: int, written_year: str | None, as_of: date) -> date:
    """Return a day of the year that is written, else the latest such day by the as-of date."""
    day = date(int(written_year) if written_year else as_of.year, month_number, number)
    return day if written_year or day <= as_of else date(as_of.year - 1, month_number, number)


def _ordinal_day(match: re.Match[str], as_of: date) -> _Made:
    day = _latest_day(_ORDINAL_DAYS[match[1]], MONTHS[match[2]], match[3], as_of)
    return _Made("day", Span(day, day))


def _day_in_digits(match: re.Match[str], as_of: date) -> _Made:
    """Read "15/03/2025": the day comes first, unless only the other order is a date."""
    number, month_number, of_year = int(match[1]), int(match[2]), _year_of((match[3],), as_of) or as_of.year
    if month_number > 12:
        number, month_number = month_number, number
    day = date(of_year, month_number, number)
    return _Made("day", Span(day, day))


def _week_of(match: re.Match[str], as_of: date) -> _Made:
    day = _written_day(match, as_of).span
    return _Made("week", unit_around(day.start if day else as_of, "week"))


def _weekday(match: re.Match[str], as_of: date) -> _Made:
    day = as_of - timedelta(days=(as_of.weekday() - _WEEKDAYS.index(match[1][:3])) % 7 or 7)
    return _Made("day", Span(day, day))


def _first_of_many(match: re.Match[str], as_of: date) -> _Made | None:
    """Read "the first five months of the year", "the last two weeks of Q1"."""
    count, unit = _number(match[2]), match[3]
    if match[6] is not None:
        whole = year(int(match[6]))
    elif match[7] is not None:
        whole = quarter(_year_of(match.groups()[7:], as_of) or as_of.year, int(match[7]))
    else:
        whole = unit_around(as_of, match[5], _STEPS.get(match[4] or "this", 0))
    if match[1] in ("first", "opening", "initial"):
        last = unit_around(whole.start, unit, count - 1).end if unit in _CALENDAR else None
        end = last or whole.start + timedelta(days=count * _DAYS_IN[unit] - 1)
        return _Made("range", Span(whole.start, min(end, whole.end)))
    first = unit_around(whole.end, unit, 1 - count).start if unit in _CALENDAR else None
    start = first or whole.end - timedelta(days=count * _DAYS_IN[unit] - 1)
    return _Made("range", Span(max(start, whole.start), whole.end))


def _units_to_month(match: re.Match[str], as_of: date) -> _Made | None:
    """Read "the three months to March", "the quarter ending in June"."""
    count, unit = _number(match[1]), match[2]
    if unit not in _CALENDAR or not count:
        return None
    end = settle(Atom(0, 0, "month", None, MONTHS[match[3]]), as_of, False, _year_of(match.groups()[3:], as_of)).end
    return _Made("range", back(end, count, unit))


def _possessed(match: re.Match[str], as_of: date) -> _Made:
    """Read "last year's third quarter", "2024's H1"."""
    of_year = _year_of((match[1], match[2], match[3]), as_of)
    if match[6] is not None:
        return _in_year(
            match[7], _ORDINALS[match[6]] if match[7] == "quarter" else min(_ORDINALS[match[6]], 2), of_year
        )
    return _in_year("quarter", int(match[4]), of_year) if match[4] else _in_year("half", int(match[5]), of_year)


def _month_before(match: re.Match[str], as_of: date) -> _Made:
    """Read "last October": the latest one that is over."""
    found = month(as_of.year, MONTHS[match[1]])
    return _Made("month", found if found.end < as_of else month(as_of.year - 1, MONTHS[match[1]]))


def _month_ahead(match: re.Match[str], as_of: date) -> _Made:
    found = month(as_of.year, MONTHS[match[1]])
    return _Made("month", found if found.start > as_of else month(as_of.year + 1, MONTHS[match[1]]))


def _relative(match: re.Match[str], as_of: date) -> _Made:
    return _Made(match[2], unit_around(as_of, match[2], _STEPS.get(match[1], 0)))


def _last(match: re.Match[str], as_of: date) -> _Made | None:
    count = _number(match[1])
    return _Made("back", back(as_of, count, match[2])) if count else None


def _next(match: re.Match[str], as_of: date) -> _Made | None:
    count = _number(match[1])
    return _Made("ahead", ahead(as_of, count, match[2])) if count else None


def _ago(match: re.Match[str], as_of: date) -> _Made:
    count, unit = _number(match[1]), match[2]
    if unit in ("day", "week"):
        return _Made("ago", unit_around(as_of, unit, -count))
    return _Made("ago", back(as_of, count, unit))


def _to_date(match: re.Match[str], as_of: date) -> _Made:
    unit = {"y": "year", "q": "quarter", "m": "month"}[match.group()[0]]
    return _Made(unit, Span(unit_around(as_of, unit).start, as_of))


def _edge(match: re.Match[str], as_of: date) -> _Made:
    """Read "the start of the year", "the end of the quarter": the unit as a whole; what stands before says the rest."""
    return _Made(f"{match[1]} of {match[3]}", unit_around(as_of, match[3], _STEPS.get(match[2] or "this", 0)))


def _season(match: re.Match[str], as_of: date) -> _Made:
    which, name = match[1], match[2]
    of_year = _year_of(match.groups()[2:], as_of)
    if of_year is not None:
        return _in_year("season", 0, of_year, name)
    current = next(item for item in (season(as_of.year + step, name) for step in (0, -1)) if item.start <= as_of)
    if which in ("last", "previous", "past") and current.end >= as_of:
        current = season(current.start.year - 1, name)
    if which == "next":
        current = next(item for item in (season(as_of.year + step, name) for step in (0, 1)) if item.start > as_of)
    return _Made("season", current, 0, name)


_MAKERS: dict[str, _Maker] = {
    "days from to": _days,
    "day": _days,
    "month in digits": _year_first("month"),
    "first of many": _first_of_many,
    "day in digits": _day_in_digits,
    "month and year in digits": lambda match, as_of: _Made("month", month(int(match[2]), int(match[1]))),
    "year and month in digits": lambda match, as_of: _Made("month", month(int(match[1]), int(match[2]))),
    "week of a day": _week_of,
    "weekday": _weekday,
    "now": lambda match, as_of: _Made("day", Span(as_of, as_of)),
    "ordinal day": _ordinal_day,
    "written day": _written_day,
    "quarter": _numbered("quarter"),
    "quarter by its number": _numbered("quarter", {**_NUMBERS, **{str(item): item for item in range(1, 5)}}),
    "of a year before it": _possessed,
    "month of a year before it": lambda match, as_of: _in_year(
        "month", MONTHS[match[3]], _year_of((match[1], match[2]), as_of)
    ),
    "units to a month": _units_to_month,
    "quarter after its number": _numbered("quarter"),
    "quarter after the year": _year_first("quarter"),
    "quarter in words of a year": _numbered("quarter", _ORDINALS),
    "quarter in words": _numbered("quarter", _ORDINALS),
    "half": _numbered("half"),
    "half in words beside the second": _numbered("half", _ORDINALS),
    "half after its number": _numbered("half"),
    "half after the year": _year_first("half"),
    "half in words": _numbered("half", _ORDINALS),
    "month": _numbered("month", MONTHS),
    "month before": _month_before,
    "month ahead": _month_ahead,
    "season": _season,
    "before last": lambda match, as_of: _Made(match[1], unit_around(as_of, match[1], -2)),
    "edge": _edge,
    "year end": lambda match, as_of: _Made("end of year", unit_around(as_of, "year")),
    "to date": _to_date,
    "back": _last,
    "rolling": _last,
    "new year": lambda match, as_of: _Made("start of year", unit_around(as_of, "year")),
    "last year back": lambda match, as_of: _Made("back", back(as_of, 12, "month")),
    "back one": lambda match, as_of: _Made("back", back(as_of, 1, match[1])),
    "units short": lambda match, as_of: (
        _Made("back", back(as_of, int(match[1]), _SHORT_UNITS[match[2]])) if int(match[1]) else None
    ),
    "twelve months": lambda match, as_of: _Made("back", back(as_of, 12, "month")),
    "half a year": lambda match, as_of: _Made("back", back(as_of, 6, "month")),
    "relative": _relative,
    "rest": lambda match, as_of: _Made(match[1], unit_around(as_of, match[1])),
    "ahead": _next,
    "the": lambda match, as_of: _Made(match[1], unit_around(as_of, match[1])),
    "ago": _ago,
    "year": lambda match, as_of: _Made("year", year(_year_of(match.groups(), as_of) or as_of.year)),
}
_COMPILED = tuple(
    (re.compile(r"(?<![\w@/.])(?:" + source + ")"), _MAKERS[name]) for name, source in sections("periods").items()
)


def find_atoms(text: str, as_of: date) -> list[Atom]:
    """Return the named periods of a lower-case text, in order, the longest reading of each.

    Examples
    --------
    >>> [(item.unit, str(item.span)) for item in find_atoms("win rate last quarter vs 2024", date(2025, 6, 30))]
    [('quarter', '2025-01-01/2025-03-31'), ('year', '2024-01-01/2024-12-31')]
    """
    found = []
    for place, (rule, maker) in enumerate(_COMPILED):
        for match in rule.finditer(text):
            try:
                made = maker(match, as_of)
            except (OverflowError, ValueError):
                # A year before the first or after the last that a date can have: no period.
                continue
            if made is not None:
                atom = Atom(match.start(), match.end(), made.unit, made.span, made.number, made.name)
                found.append((match.start() - match.end(), place, atom))
    taken: set[int] = set()
    chosen = []
    for _, _, atom in sorted(found, key=lambda item: item[:2]):
        if not taken.intersection(range(atom.start, atom.end)):
            taken.update(range(atom.start, atom.end))
            chosen.append(atom)
    return sorted(chosen, key=lambda item: item.start)


def settle(atom: Atom, as_of: date, forward: bool, of_year: int | None = None) -> Span:
    """Return an atom's days. Without a year it is the latest that has begun; in a forecast, the next still to end."""
    if atom.span is not None:
        return atom.span
    if of_year is not None:
        return _span(atom.unit, atom.number, atom.name, of_year)
    around = [_span(atom.unit, atom.number, atom.name, as_of.year + step) for step in (-1, 0, 1)]
    if forward:
        return next(item for item in around if item.end >= as_of)
    return next(item for item in reversed(around) if item.start <= as_of)
