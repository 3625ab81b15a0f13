"""The measure that a question asks for, and by what it is to be grouped, in the words of the scope."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domains.analysis.question.lexicon import pattern, rule, sections
from domains.analysis.question.together import together

__all__ = ["CLOSED", "OPEN", "SAID", "TALK", "Found", "find_groups", "find_metrics"]

CLOSED = frozenset({"win_rate", "revenue", "deal_size", "deal_count", "activity", "discount"})
OPEN = frozenset(
    {
        "cycle_time",
        "pipeline_value",
        "coverage",
        "velocity",
        "stage_conversion",
        "deal_age",
        "slippage",
        "forecast",
        "commit",
    }
)
TALK = frozenset({"talk_ratio", "question_rate", "monologue", "patience", "interruptions", "next_step_rate"})
SAID = frozenset({"mention_rate"})

# In order: where two fit the same words, the first is taken.
# A name may have two sections; the first word is the measure.
_COMPILED = tuple((name.split()[0], rule("measures", name)) for name in sections("measures"))

_ADJECTIVE = {"monthly": "month", "quarterly": "quarter", "weekly": "week", "yearly": "year", "annual": "year"}
# Short for "week over week"; at the start of a text "wow" is but a cry.
_CHANGES = {"wow": "week", "mom": "month", "qoq": "quarter", "yoy": "year"}
_OVER = re.compile(rf"(?<=\S )(?:{'|'.join(_CHANGES)})(?!\w)")
# "Their annual target" is one.
_UNGROUPED = re.compile(r"(?:targets?|quotas?|goals?|plan|budget|number(?! of))(?! attainment)(?!\w)")
_PERIODICAL = re.compile(rf"(?<!\w)(?:{'|'.join(_ADJECTIVE)})(?!\w)")
_TABLE = re.compile(r"(?:sales|totals?|figures|numbers|view|trend|basis)\b")
# A whole team in view is its reps.
_OF_ALL = ("across", "within", "throughout", "inside", "rank")
_LEADS = sections("groups")
_IMPLIED = tuple((name, rule("groups", f"implied {name}")) for name in ("size", "product", "stage", "rep"))
# "Objections about price" are of one sort: nothing is grouped.
_OF_ONE_SORT = r"(?! (?:about|on(?! (?:a |our |the )?(?:\w+ )?calls?)|to|around|regarding|handling))"
# "Raised by customers that are up for renewal", "common among donors": who acts, nothing is grouped.
_ACTORS = re.compile(
    r"by (?:customers|clients|prospects|buyers|donors|accounts) (?:that|in|with|from|who)(?!\w)"
    r"|among(?:st)?(?: the| our)* (?:customers|clients|prospects|buyers|donors)(?!\w)"
)
_PREPOSED = frozenset({"quarter", "month", "week", "year"})
_WHAT = frozenset({"region", "product", "segment", "stage", "competitor", "rep", "country", "content"})
_PAIRED = frozenset({"region", "product", "segment", "stage", "competitor", "country", "rep", "manager", "account"})


@dataclass(frozen=True, slots=True)
class Found:
    """A measure or a dimension, the words that name it, and where in the text they stand."""

    name: str
    words: str
    start: int


def find_metrics(text: str) -> list[Found]:
    """Return the measures that a text names, in order; words are used for one measure only.

    Examples
    --------
    >>> [item.name for item in find_metrics("win rate and average deal size by region")]
    ['win_rate', 'deal_size']
    """
    found: dict[str, Found] = {}
    free = _near("first", text, found)
    for name, own in _COMPILED:
        for match in own.finditer(free):
            if match.group().strip():
                found.setdefault(name, Found(name, match.group().strip(), match.start()))
                free = _without(free, match.start(), match.end())
    _near("alone", _near("", free, found), found)
    return sorted(found.values(), key=lambda item: item.start)


def _near(when: str, free: str, found: dict[str, Found]) -> str:
    """Add the measures that notions near each other name; return the text without their words."""
    for item in together():
        if item.when != when or item.measure in found or (found and when == "alone"):
            continue
        span = next(item.find(free), None)
        if span is not None:
            found[item.measure] = Found(item.measure, free[slice(*span)], span[0])
            free = _without(free, *span)
    return free


def _without(text: str, start: int, end: int) -> str:
    return text[:start] + "~" * (end - start) + text[end:]


def find_groups(text: str) -> list[Found]:
    """Return the dimensions by which a text asks to group, in order.

    Examples
    --------
    >>> [item.name for item in find_groups("which region has the best win rate month by month")]
    ['region', 'month']
    """
    found: dict[str, Found] = {}
    for name, source in sections("dimensions").items():
        for match in _group_rules(name, source).finditer(text):
            found.setdefault(name, Found(name, match.group().strip(), match.start()))
    if "account" in found and _ACTORS.match(text, found["account"].start):
        del found["account"]
    for item in (*_changes(text), *_adjectives(text), *_implied(text)):
        found.setdefault(item.name, item)
    for wide, narrow in (("size", "account"), ("segment", "account"), ("rep", "manager")):
        if wide in found and narrow in found and _is_part(found[narrow], found[wide]):
            del found[narrow]
    return sorted(found.values(), key=lambda item: item.start)


def _is_part(narrow: Found, wide: Found) -> bool:
    """Whether one is named by words of the other: "by company size" is by size, to rank a team is to rank its reps."""
    if wide.name == "rep":
        last = narrow.start + len(narrow.words) - 1
        return wide.words.startswith(_OF_ALL) and wide.start <= last < wide.start + len(wide.words)
    return wide.start <= narrow.start <= wide.start + len(wide.words)


def _changes(text: str) -> list[Found]:
    return [Found(_CHANGES[match.group()], match.group(), match.start()) for match in _OVER.finditer(text)]


def _adjectives(text: str) -> list[Found]:
    """Return the periods that an adjective groups by: "annual revenue" does, "the annual review" groups nothing."""
    found = []
    for match in _PERIODICAL.finditer(text):
        rest = text[match.end() :]
        near = " ".join(rest.split()[:4])
        measured = find_metrics(near) or _TABLE.match(near)
        ends = not rest.strip(" ?.!") or re.match(r" ?[,;]", rest)
        if not _UNGROUPED.match(near) and (ends or measured):
            found.append(Found(_ADJECTIVE[match.group()], match.group(), match.start()))
    return found


def _implied(text: str) -> list[Found]:
    matches = [(name, own.search(text)) for name, own in _IMPLIED]
    return [Found(name, match.group().strip(), match.start()) for name, match in matches if match is not None]


def _group_rules(name: str, source: str) -> re.Pattern[str]:
    lead = f"(?:{_LEADS['lead']})"
    if name in ("objection", "topic"):
        said = f"(?:{_LEADS['lead of what is said']})"
        forms = f"{_form('form', source)}|{_form('form of what is said', source)}"
        return pattern(f"(?:{said} ?(?:{source})|{forms}){_OF_ONE_SORT}")
    also = f"|{_form('form', source)}"
    if name in _PREPOSED:
        time = f"(?:{_LEADS['lead of time']})"
        again = f"(?:{source}) (?:over|on|after|to) (?:{source})"
        return pattern(f"{time} ?(?:{source})|{again}|(?:by|per|x) \\w+ (?:and|,|x) (?:{source}){also}")
    if name in _WHAT:
        also += f"|what (?:{source})(?= (?:{_LEADS['after what']}))"
    if name in _PAIRED:
        also += f"|{lead} \\w+ (?:and|or|,|with|against|x) (?:{source})(?= |$)"
    if name in ("rep", "region", "manager", "product", "segment"):
        also += f"|{_form('form of a list', source)}"
    return pattern(f"{lead} ?(?:{source}){also}")


def _form(section: str, source: str) -> str:
    """Return the forms of a section with the words for a dimension in their place."""
    return _LEADS[section].replace("<source>", f"(?:{source})")
