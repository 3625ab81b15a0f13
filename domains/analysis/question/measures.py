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
_LEADS = sections("groups")
_IMPLIED = tuple((name, rule("groups", f"implied {name}")) for name in ("size", "product", "stage", "rep"))
# "Objections about price" are of one sort: nothing is grouped.
_OF_ONE_SORT = r"(?! (?:about|on(?! (?:a |our |the )?(?:\w+ )?calls?)|to|around|regarding|handling))"
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
    for match in _OVER.finditer(text):
        name = _CHANGES[match.group()]
        found.setdefault(name, Found(name, match.group(), match.start()))
    for word, name in _ADJECTIVE.items():
        adjective = re.search(rf"(?<!\w){word}(?!\w)", text)
        if adjective is None:
            continue
        rest = text[adjective.end() :]
        near = " ".join(rest.split()[:4])
        if _UNGROUPED.match(near):
            continue
        # "The annual review" groups nothing; "annual revenue" does.
        measured = find_metrics(near) or re.match(r"(?:sales|totals?|figures|numbers|view|trend|basis)\b", near)
        if not rest.strip(" ?.!") or re.match(r" ?[,;]", rest) or measured:
            found.setdefault(name, Found(name, word, adjective.start()))
    for name, own in _IMPLIED:
        implied = own.search(text)
        if implied is not None:
            found.setdefault(name, Found(name, implied.group().strip(), implied.start()))
    account = found.get("account")
    wider = [item for item in (found.get("size"), found.get("segment")) if item is not None]
    if account and any(item.start <= account.start <= item.start + len(item.words) for item in wider):
        del found["account"]  # "by company size" is by size
    rep, manager = found.get("rep"), found.get("manager")
    if rep and manager and rep.start <= manager.start < rep.start + len(rep.words):
        del found["manager"]  # to rank a team is to rank its reps
    return sorted(found.values(), key=lambda item: item.start)


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
        return pattern(f"{time} (?:{source})|{again}|(?:by|per|x) \\w+ (?:and|,|x) (?:{source}){also}")
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
