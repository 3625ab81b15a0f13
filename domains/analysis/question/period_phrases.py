"""The parts of period phrases: which words name a quarter, a month, a year, or so many days back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from domains.analysis.question.calendar_units import (
    SEASONS,
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

__all__ = ["Atom", "MONTHS", "find_atoms", "settle"]

_MONTH_NAMES = "january february march april may june july august september october november december".split()
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4, "final": 4}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "couple of": 2, "three": 3, "few": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "eighteen": 18,
    "twenty": 20, "twenty four": 24, "thirty": 30, "sixty": 60, "ninety": 90, "hundred": 100,
}  # fmt: skip

_M = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
_Y = r"(?:(?:fiscal |calendar )?(?:year )?(?:fy|cy)? ?((?:19|20)\d\d)|(?:fy|cy) ?(\d\d)(?!\d)|(\d\d)(?=$| [^\w%]| (?:vs|and|to|by|per|compared|than|in|for|on|with|against|from)\b))"
_OF_YEAR = rf"(?: (?:of |in )?(?:the )?(?:{_Y}|(this|last|next|previous|prior|the|that) year|(this) one))?"
_N = r"(\d{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + ")"
_U = r"(day|week|month|quarter|half|year)"
_FULL_YEAR = r"(?:(?:fy|cy|fiscal year|fiscal|calendar year|calendar|year) ?((?:19|20)\d\d|\d\d(?!\d))|(?<![$\d])((?:19|20)\d\d)(?! ?(?:deals|calls|usd|dollars|euros|k\b)))"


@dataclass(frozen=True, slots=True)
class Atom:
    """One named period in the text: a fixed span, or a month, quarter, half or season whose year is still open."""

    start: int
    end: int
    unit: str
    span: Span | None = None
    number: int = 0
    name: str = ""
    to_date: bool = False


_Maker = Callable[[re.Match[str], date], tuple[str, Span | None, int, str, bool] | None]


def _year_of(groups: tuple[str | None, ...], as_of: date) -> int | None:
    """Return the year that an "of 2024", "FY24" or "of last year" names."""
    for item in groups:
        if item is None:
            continue
        if item.isdigit():
            return int(item) if len(item) == 4 else 2000 + int(item)
        return as_of.year + {"last": -1, "previous": -1, "prior": -1, "next": 1}.get(item, 0)
    return None


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text]


def _in_year(unit: str, number: int, of_year: int | None, name: str = "") -> tuple[str, Span | None, int, str, bool]:
    if of_year is None:
        return unit, None, number, name, False
    return unit, _span(unit, number, name, of_year), number, name, False


def _span(unit: str, number: int, name: str, of_year: int) -> Span:
    if unit == "month":
        return month(of_year, number)
    if unit == "quarter":
        return quarter(of_year, number)
    if unit == "half":
        return months(of_year, 6 * number - 5, 6)
    return season(of_year, name)


def _iso_range(match: re.Match[str], as_of: date) -> tuple[str, Span | None, int, str, bool] | None:
    try:
        first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2])
    except ValueError:
        return None
    return ("range", Span(min(first, last), max(first, last)), 0, "", False)


def _day(match: re.Match[str], as_of: date) -> tuple[str, Span | None, int, str, bool] | None:
    try:
        day = date.fromisoformat(match[1])
    except ValueError:
        return None
    return "day", Span(day, day), 0, "", False


def _written_day(match: re.Match[str], as_of: date) -> tuple[str, Span | None, int, str, bool] | None:
    name, number = (match["m1"], match["d1"]) if match["m1"] else (match["m2"], match["d2"])
    of_year = int(match["y"]) if match["y"] else as_of.year
    try:
        day = date(of_year, MONTHS[name], int(number))
        if not match["y"] and day > as_of:
            day = date(of_year - 1, MONTHS[name], int(number))
    except ValueError:
        return None
    return "day", Span(day, day), 0, "", False


def _relative(match: re.Match[str], as_of: date) -> tuple[str, Span | None, int, str, bool] | None:
    word, unit = match[1], match[2]
    steps = {"this": 0, "current": 0, "the current": 0, "next": 1, "coming": 1, "following": 1}.get(word, -1)
    return unit, unit_around(as_of, unit, steps), 0, "", steps == 0


def _back(match: re.Match[str], as_of: date) -> tuple[str, Span | None, int, str, bool] | None:
    return "back", back(as_of, _number(match[1]), match[2]), 0, "", False


def _ago(match: re.Match[str], as_of: date) -> tuple[str, Span | None, int, str, bool] | None:
    count, unit = _number(match[1]), match[2]
    if unit in ("day", "week"):
        return "ago", unit_around(as_of, unit, -count), 0, "", False
    return "ago", back(as_of, count, unit), 0, "", False


def _before_last(match: re.Match[str], as_of: date) -> tuple[str, Span | None, int, str, bool] | None:
    return match[1], unit_around(as_of, match[1], -2), 0, "", False


def _to_date(match: re.Match[str], as_of: date) -> tuple[str, Span | None, int, str, bool] | None:
    unit = {"y": "year", "q": "quarter", "m": "month", "w": "week"}[match.group()[0]]
    return unit, Span(unit_around(as_of, unit).start, as_of), 0, "", True


def _edge(match: re.Match[str], as_of: date) -> tuple[str, Span | None, int, str, bool] | None:
    """Read "the start of the year", "the end of the quarter": the unit as a whole; what stands before says the rest."""
    which, unit = match[2] or "this", match[3]
    steps = {"last": -1, "previous": -1, "prior": -1, "next": 1}.get(which, 0)
    return f"{match[1]} of {unit}", unit_around(as_of, unit, steps), 0, "", steps == 0


def _season(match: re.Match[str], as_of: date) -> tuple[str, Span | None, int, str, bool] | None:
    which, name = match[1], match[2]
    of_year = _year_of(match.groups()[2:], as_of)
    if of_year is not None:
        return _in_year("season", 0, of_year, name)
    current = next(
        item for item in (season(as_of.year + step, name) for step in (0, -1)) if item.start <= as_of
    )
    if which in ("last", "previous", "past") and current.end >= as_of:
        current = season(current.start.year - 1, name)
    if which == "next":
        current = next(item for item in (season(as_of.year + step, name) for step in (0, 1)) if item.start > as_of)
    return "season", current, 0, name, False


_PATTERNS: tuple[tuple[str, _Maker], ...] = (
    (r"(\d{4}-\d\d-\d\d) ?(?:/|to|until|through|-|and) ?(\d{4}-\d\d-\d\d)", _iso_range),
    (r"(\d{4}-\d\d-\d\d)", _day),
    (r"((?:19|20)\d\d)-(\d\d)(?![-\d])", lambda m, _: _in_year("month", int(m[2]), int(m[1])) if 0 < int(m[2]) < 13 else None),
    (
        rf"(?:the )?(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m1>{_M[1:-1]})|(?P<m2>{_M[1:-1]}) (?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th|(?= ,)|$))(?: ,)?(?: (?P<y>(?:19|20)\d\d))?",
        _written_day,
    ),
    (rf"(?:the )?q([1-4])(?!\w){_OF_YEAR}", lambda m, a: _in_year("quarter", int(m[1]), _year_of(m.groups()[1:], a))),
    (r"([1-4])q ?'?(\d\d|(?:19|20)\d\d)(?!\d)", lambda m, a: _in_year("quarter", int(m[1]), _year_of((m[2],), a))),
    (r"((?:19|20)\d\d|fy ?\d\d(?:\d\d)?) ?-?q([1-4])", lambda m, a: _in_year("quarter", int(m[2]), _year_of((re.sub(r"\D", "", m[1]),), a))),
    (rf"(?:the )?(first|second|third|fourth|last|final|1st|2nd|3rd|4th) quarter(?: (?:of|in) (?:the )?(?:{_Y}|(this|last|next|previous|the|that) year)| (?:{_Y}))", lambda m, a: _in_year("quarter", _ORDINALS[m[1]], _year_of(m.groups()[1:], a))),
    (r"(?:the )?(first|second|third|fourth|1st|2nd|3rd|4th) quarter", lambda m, a: _in_year("quarter", _ORDINALS[m[1]], None)),
    (rf"(?:the )?h([12])(?!\w){_OF_YEAR}", lambda m, a: _in_year("half", int(m[1]), _year_of(m.groups()[1:], a))),
    (r"(?:the )?(first)(?= (?:to|and|vs|or|with) (?:the )?second half)", lambda m, a: _in_year("half", 1, a.year)),
    (r"([12])h ?'?(\d\d|(?:19|20)\d\d)?(?!\d)(?!\w)", lambda m, a: _in_year("half", int(m[1]), _year_of((m[2],), a))),
    (r"((?:19|20)\d\d) ?-?h([12])", lambda m, _: _in_year("half", int(m[2]), int(m[1]))),
    (rf"(?:the )?(first|second|1st|2nd) half(?: (?:of|in) (?:the )?(?:{_Y}|(this|last|next|previous|the|that) year)| (?:{_Y}))?", lambda m, a: _in_year("half", _ORDINALS[m[1]], _year_of(m.groups()[1:], a))),
    (rf"(?:the month of )?{_M}(?!\w)\.?(?: ,)?{_OF_YEAR}", lambda m, a: _in_year("month", MONTHS[m[1]], _year_of(m.groups()[1:], a))),
    (rf"(?:the )?(last|previous|past|this|next)? ?(?:the )?({'|'.join(SEASONS)})(?!\w){_OF_YEAR}", _season),
    (rf"(?:the )?{_U} before last", _before_last),
    (rf"(?:the |this |our )?(start|beginning|end)(?: of)?(?: the| this| our)?(?: (last|next|previous|prior))? (month|quarter|half|year)", _edge),
    (r"year[- ]end", lambda m, a: ("end of year", unit_around(a, "year"), 0, "", True)),
    (r"(?:ytd|qtd|mtd|year to date|quarter to date|month to date|(?:year|quarter|month) so far)(?!\w)", _to_date),
    (rf"(?:the )?(?:last|past|trailing|previous|prior|preceding|rolling|recent|most recent|latest) {_N} (?:calendar |full |business )?{_U}s?", _back),
    (rf"(?:the )?(?:trailing|rolling|past|t) ?-?(\d{{1,3}}) ?-? ?{_U}s?", _back),
    (rf"(?:the )?(?:past|trailing|rolling) {_U}(?!\w)", lambda m, a: ("back", back(a, 1, m[1]), 0, "", False)),
    (r"(?:ttm|ltm|l12m|t12m)(?!\w)", lambda m, a: ("back", back(a, 12, "month"), 0, "", False)),
    (r"(?:the )?(?:last|past) half (?:a )?-?year", lambda m, a: ("back", back(a, 6, "month"), 0, "", False)),
    (rf"(?:the )?(this|current|the current|last|previous|prior|preceding|next|coming|following) (?:full |calendar |fiscal |whole |financial )?(?:entire )?{_U}(?!s?\w)", _relative),
    (rf"(?:the )?(?:next|coming|following) {_N} {_U}s?", lambda m, a: ("ahead", ahead(a, _number(m[1]), m[2]), 0, "", False)),
    (r"(?<=for )the (month|quarter|year)(?! (?:before|after|to|so|of|over|on|end))", lambda m, a: (m[1], unit_around(a, m[1]), 0, "", True)),
    (rf"(?:the )?{_N} {_U}s? ago", _ago),
    (rf"(?:the )?{_FULL_YEAR}(?! ?[-/]\d)", lambda m, a: ("year", year(_year_of(m.groups(), a) or a.year), 0, "", False)),
)
_COMPILED = tuple((re.compile(r"(?<![\w@/.])" + pattern), maker) for pattern, maker in _PATTERNS)


def find_atoms(text: str, as_of: date) -> list[Atom]:
    """Return the named periods of a lower-case text, in order, the longest reading of each.

    Examples
    --------
    >>> [(item.unit, str(item.span)) for item in find_atoms("win rate last quarter vs 2024", date(2025, 6, 30))]
    [('quarter', '2025-01-01/2025-03-31'), ('year', '2024-01-01/2024-12-31')]
    """
    found = []
    for place, (pattern, maker) in enumerate(_COMPILED):
        for match in pattern.finditer(text):
            made = maker(match, as_of)
            if made is not None:
                found.append((match.start() - match.end(), place, Atom(match.start(), match.end(), *made)))
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
