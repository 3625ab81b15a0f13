"""What a transcript says about its call before the first turn: date, account, rep and so on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from domains.analysis.corpus.parsed import Parsed, ParsedCall
from domains.analysis.corpus.row_checks import outcome_of
from domains.analysis.corpus.tables import header_key
from domains.analysis.corpus.values import DateOrder, read_date, read_number
from domains.analysis.corpus.vocabulary import EMPTY_CELLS

__all__ = ["Header", "apply_header", "date_in_name", "read_header"]

Header = dict[str, tuple[int, str]]

_FIELDS = {
    "date": "date",
    "calldate": "date",
    "account": "account",
    "company": "account",
    "rep": "rep",
    "salesrep": "rep",
    "prospect": "prospect",
    "title": "title",
    "subject": "title",
    "opportunity": "opportunity_id",
    "opportunityid": "opportunity_id",
    "deal": "opportunity_id",
    "dealid": "opportunity_id",
    "outcome": "outcome",
    "amount": "amount",
    "callid": "call_id",
}
_LINE = re.compile(r"\s*(?:NOTE\s+)?([A-Za-z][A-Za-z _-]{0,20}):\s*(.*)")
_NAMED_DAY = re.compile(r"(?<!\d)(20\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)")


def read_header(lines: Sequence[str], anywhere: bool = False) -> tuple[Header, int]:
    """Return the header's fields with their lines, and how many lines it takes.

    Parameters
    ----------
    lines : sequence of str
        The file's lines.
    anywhere : bool
        Whether other lines may stand between (as in the head of a WebVTT file).

    Examples
    --------
    >>> read_header(["Date: 2024-03-01", "Rep: Ann", "", "Ann: Hi", "Bob: Hello"])
    ({'date': (1, '2024-03-01'), 'rep': (2, 'Ann')}, 3)
    """
    header: Header = {}
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line.rstrip())
        field = _FIELDS.get(header_key(found[1])) if found else None
        if found and field and field not in header and not _speaks_again(field, found[1], lines[number:]):
            header[field] = (number, found[2].strip())
        elif not anywhere and (line.strip() or header):
            return header, number if not line.strip() else number - 1
    return header, len(lines)


def apply_header(parsed: Parsed, call: ParsedCall, header: Header, order: DateOrder | None) -> None:
    """Set a call's fields from its header, reporting what cannot be read."""
    for field, (line, text) in header.items():
        if text.casefold() in EMPTY_CELLS:
            continue
        try:
            if field == "date":
                call.date = read_date(text, order)
            elif field == "amount":
                call.amount = read_number(text)
            elif field == "outcome":
                call.outcome = outcome_of(text)
            else:
                setattr(call, field, parsed.name(text) or getattr(call, field))
        except ValueError as problem:
            parsed.report(line, f"{field} is {text[:40]!r}: {problem}", "kept as empty", f"calls: bad {field}")


def date_in_name(stem: str) -> str | None:
    """Return the date in a file's name, or None.

    Examples
    --------
    >>> date_in_name("GMT20240301-150000_Recording"), date_in_name("acme 2024-13-01")
    ('2024-03-01', None)
    """
    found = _NAMED_DAY.search(stem)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4])).isoformat()
    except ValueError:
        return None


def _speaks_again(field: str, label: str, following: Sequence[str]) -> bool:
    """Return whether "Rep:" is a speaker's label and not a header: then it stands before other lines too."""
    if field not in ("rep", "prospect"):
        return False
    return any(line.lstrip().startswith(f"{label}:") for line in following)
