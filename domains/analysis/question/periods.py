"""Period phrases resolved against an as-of date: since, until, between, compared, and what is to come."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domains.analysis.question.calendar_units import Span, unit_around
from domains.analysis.question.lexicon import source
from domains.analysis.question.period_phrases import Atom, find_atoms, settle

__all__ = ["PeriodPhrase", "find_periods", "periods_of"]

_BEFORE = re.compile(rf"(?<!\w)({source('comparisons', 'before')})(?: the)?(?: end of| start of| beginning of)? ?$")
_RANGE = re.compile(r"^ ?,? ?(?:to|through|thru|until|till|up to|-|/) ?(?:the )?$")
_AND = re.compile(r"^ ?,? ?and (?:the )?$")
_SAME = re.compile(
    r"(?:the )?(?:same|equivalent|corresponding) (?:period|time|months?|quarters?|half|halves|stretch|weeks?)"
    r"(?: (?:of|in|from|a|one|the|year|prior|previous|last|earlier|before|ago))*"
)
_EARLIER = re.compile(
    rf"(?:vs|compared (?:with|to)|against|than|versus|over|from|and|to) (?:the )?({source('comparisons', 'the last')})"
    r"(?: one| year's)?(?= ?(?:$|[?.,!;)]))"
)
_CHANGE = re.compile(r"(?<!\w)(?:chang|differ|compar|mov|shift|develop|evolv|improv|go|went)\w*")
_COMPARED = re.compile(
    r"(?<!\w)(?:compar\w*|vs|versus|than|between|each|by month|per month|month by month|monthly|against|differ\w*|from"
    r"|chang\w*|split|broken|respectively)(?!\w)"
)
_LISTED = re.compile(r" ?(?:,|and|or|, and|, or|&|/) ?")
# A date that names an event is no period: "the workshop from February", "the March offsite".
_EVENT_BEFORE = re.compile(rf"{source('comparisons', 'event')} (?:from|of|in|held in|back in) (?:the )?$")
_EVENT_AFTER = re.compile(rf"^(?: 's)? {source('comparisons', 'event after its date')}\b")


@dataclass(frozen=True, slots=True)
class PeriodPhrase:
    """Where a period is spoken of, in which words, and which days it means; two when two are compared."""

    start: int
    end: int
    words: str
    spans: tuple[Span, ...]
    unit: str = ""


def periods_of(text: str, as_of: date, first_day: date | None = None, forward: bool = False) -> list[Span]:
    """Return the periods that a text names, in order and without repetition.

    Parameters
    ----------
    text : str
        A question, or a part of one.
    as_of : datetime.date
        What "this quarter" refers to.
    first_day : datetime.date, optional
        Where a period begins that has only an end ("until May").
    forward : bool
        The question is a forecast: a quarter without a year is the next one, and the current one counts whole.

    Examples
    --------
    >>> [str(item) for item in periods_of("win rate since March", date(2025, 6, 30))]
    ['2025-03-01/2025-06-30']
    >>> [str(item) for item in periods_of("bookings in 2024 vs 2025", date(2025, 6, 30))]
    ['2024-01-01/2024-12-31', '2025-01-01/2025-06-30']
    """
    found = [span for item in find_periods(text.casefold(), as_of, first_day, forward) for span in item.spans]
    return list(dict.fromkeys(found))


def find_periods(text: str, as_of: date, first_day: date | None = None, forward: bool = False) -> list[PeriodPhrase]:
    """Return the period phrases of a lower-case text, in order."""
    atoms = [atom for atom in find_atoms(text, as_of) if not _names_event(text, atom)]
    atoms = _with_shared_year(text, atoms)
    atoms = _months_together(text, atoms, as_of, forward)
    found: list[PeriodPhrase] = []
    place = 0
    while place < len(atoms):
        atom = atoms[place]
        before = _BEFORE.search(text[: atom.start])
        word = before[1].split()[0] if before else ""
        start = before.start() if before else atom.start
        span = settle(atom, as_of, forward)
        follower = atoms[place + 1] if place + 1 < len(atoms) else None
        if follower is not None and _joined(text[atom.end : follower.start], word):
            last = settle(follower, as_of, forward)
            first = span if span.start <= last.end else _earlier_year(atom, last)
            compared = word == "from" and atom.unit == follower.unit and _CHANGE.search(text)
            spans = (first, last) if compared else (Span(first.start, last.end),)
            clipped = tuple(_clipped(item, as_of, forward) for item in spans)
            found.append(_phrase(text, start, follower.end, clipped, atom.unit))
            place += 2
            continue
        resolved = _resolved(word, atom, span, as_of, first_day, forward)
        if resolved is not None:
            found.append(_phrase(text, start, atom.end, (resolved,), "" if word else atom.unit))
        place += 1
    return _with_comparisons(text, found, as_of)


def _phrase(text: str, start: int, end: int, spans: tuple[Span, ...], unit: str = "") -> PeriodPhrase:
    return PeriodPhrase(start, end, text[start:end].strip(), spans, unit)


def _names_event(text: str, atom: Atom) -> bool:
    # What was said on a call ("not this year") is no period either.
    if text.count('"', 0, atom.start) % 2 and '"' in text[atom.end :]:
        return True
    return bool(_EVENT_BEFORE.search(text[: atom.start]) or _EVENT_AFTER.search(text[atom.end :]))


def _joined(between: str, word: str) -> bool:
    return bool(_RANGE.match(between)) or (word in ("between", "from") and bool(_AND.match(between)))


def _earlier_year(atom: Atom, last: Span) -> Span:
    """Return "November" in "November to February" as the one before that February."""
    return settle(atom, last.end, forward=False)


def _with_shared_year(text: str, atoms: list[Atom]) -> list[Atom]:
    """Give "Q1" the year of its neighbour in "Q1 vs Q2 2024"."""
    shared = list(atoms)
    for place in range(len(shared) - 2, -1, -1):
        left, right = shared[place], shared[place + 1]
        between = text[left.end : right.start]
        same_kind = left.unit == right.unit and left.span is None and right.span is not None
        if (
            same_kind
            and right.span is not None
            and re.fullmatch(r" ?(?:,|vs|and|to|through|-|/|or|with|versus|compared to|compared with)? ?", between)
        ):
            shared[place] = replace(left, span=settle(left, right.span.start, False, right.span.start.year))
    return shared


def _months_together(text: str, atoms: list[Atom], as_of: date, forward: bool) -> list[Atom]:
    """Read neighbouring months in one list as one period ("in April, May or June") where nothing is compared."""
    if _COMPARED.search(text):
        return atoms
    result: list[Atom] = []
    for atom in atoms:
        last = result[-1] if result else None
        if last is not None and last.unit == "month" == atom.unit:
            first, own = settle(last, as_of, forward), settle(atom, as_of, forward)
            between = text[last.end : atom.start]
            bare = between == " " and own.end > first.start
            if bare or (_LISTED.fullmatch(between) and first.end + timedelta(days=1) == own.start):
                result[-1] = replace(last, end=atom.end, span=Span(first.start, own.end))
                continue
        result.append(atom)
    return result


def _clipped(span: Span, as_of: date, forward: bool) -> Span:
    """End the current period at the as-of date, unless the question looks forward."""
    if not forward and span.start <= as_of < span.end:
        return Span(span.start, as_of)
    return span


def _resolved(word: str, atom: Atom, span: Span, as_of: date, first_day: date | None, forward: bool) -> Span | None:
    if atom.unit.startswith(("end of", "start of", "beginning of")) and word not in (
        "since",
        "from",
        "before",
        "after",
        "until",
        "till",
    ):
        return _clipped(span, as_of, forward)
    if atom.unit == "ago" and atom.span is not None and word in ("", "from", "since"):
        return Span(span.start, as_of)
    if word in ("since", "starting", "beginning") or (word == "from" and atom.unit == "day"):
        start = span.end if atom.unit.startswith("end of") else span.start
        return Span(start, as_of) if start <= as_of else span
    if word in ("after", "following"):
        start = span.end + timedelta(days=1)
        return Span(start, as_of) if start <= as_of else unit_around(start, "year")
    if word in ("before", "prior"):
        return _ending(span.start - timedelta(days=1), first_day)
    if word in ("until", "till", "up", "through", "ending") and not forward:
        return _ending(min(span.end, as_of), first_day)
    return _clipped(span, as_of, forward)


def _ending(end: date, first_day: date | None) -> Span | None:
    if first_day is None or first_day > end:
        return None
    return Span(first_day, end)


def _with_comparisons(text: str, found: list[PeriodPhrase], as_of: date) -> list[PeriodPhrase]:
    """Add the other period of "compared with last", "same months of 2024", "year over year"."""
    result = list(found)
    first = found[0].spans[0] if found else None
    for match in _SAME.finditer(text):
        base = first if first is not None else Span(unit_around(as_of, "year").start, as_of)
        near = [item for item in found if item.start >= match.start() and item.start - match.end() < 6]
        own = near[0].spans[0] if near else None
        others = [item.spans[0] for item in found if not near or item is not near[0]]
        base = others[0] if others else base
        of_year = own.start.year if own is not None else base.start.year - 1
        moved = Span(_in_year(base.start, of_year), _in_year(base.end, of_year + base.end.year - base.start.year))
        result = [item for item in result if not near or item is not near[0]]
        result.append(_phrase(text, match.start(), near[0].end if near else match.end(), (moved,)))
    if first is not None and len(result) == 1:
        earlier = _EARLIER.search(text, found[0].end)
        unit = found[0].unit if found[0].unit in ("week", "month", "quarter", "half", "year") else None
        if earlier is not None and unit is not None:
            result.append(_phrase(text, earlier.start(1), earlier.end(1), (unit_around(first.start, unit, -1),)))
    return sorted(result, key=lambda item: item.start)


def _in_year(day: date, of_year: int) -> date:
    try:
        return day.replace(year=of_year)
    except ValueError:
        return day.replace(year=of_year, day=28)
