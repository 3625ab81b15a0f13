"""The scope of a part of a question: names, periods, measures, groups and subjects as pairs, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product as combinations

from domains.analysis.question.calendar_units import Span
from domains.analysis.question.classify import Clause
from domains.analysis.question.known import Known
from domains.analysis.question.lexicon import rule
from domains.analysis.question.measures import find_groups, find_metrics
from domains.analysis.question.mentions import Mention
from domains.analysis.question.periods import PeriodPhrase, find_periods
from domains.analysis.question.priority import asked_for
from domains.analysis.question.reading import Reading
from domains.analysis.question.subjects import find_subjects
from domains.analysis.scope import KEYS, Scope

__all__ = ["Part", "looks_forward", "make_clause", "one_by_one", "pairs_of", "periods_in"]

_FORWARD = rule("scoping", "forward")
_NAMED_AHEAD = rule("scoping", "named_ahead")
_PAST = rule("scoping", "past")
_LEAVING_OUT = rule("scoping", "leaving_out")
# "ignoring anything in Discovery": what is left out comes after these words.
_ANYTHING_IN = re.compile(
    r" (?:anything|everything|all|any|those|deals|opportunities|business|ones|accounts|whatever)"
    r"(?: that| which| is| are)* (?:in|from|with|at|for|by|of) (?:the )?"
)
_AFTER_NAME = re.compile(
    r"(@[a-z]+\d+(?: ?(?:,|and|or) @[a-z]+\d+)*)(?: deals| business| calls)? (?:is |are |being )?"
    r"(?:not (?:included|counted|considered)|excluded|left (?:out|aside)|aside|apart|removed|taken out|put aside)(?!\w)"
)
# These leave out only the name that follows at once.
_SOFT = re.compile(r"without(?: the| any)?|no|beyond|outside(?: of)?|rather than|(?:and |but )?not")
_HARD_KINDS = ("account", "rep", "region", "product", "segment", "stage", "competitor", "country", "manager")
_OF_DEALS = ("deal_size", "revenue", "cycle_time")
_WHO = rule("scoping", "who")
_WHOM_ENABLED = rule("scoping", "whom_enabled")
_RIVAL_WHO = rule("scoping", "rival_who")
_WHOSE = rule("scoping", "whose")
_IN_DANGER = re.compile(r"(?<!\w)(?:risk\w*|stuck|stalled|dead|alive|real|danger\w*|trouble|healthy)(?!\w)")
_WHOSE_TEAM = re.compile(r"(?<!\w)(?:whose|which manager 's) (?:sales )?teams?(?!\w)")
_QUALIFIED = re.compile(r"(?:best|worst|top|strongest|weakest|leading|lowest|highest|most|least|biggest)\b")
_RATE = rule("scoping", "rate")
_TOP = rule("scoping", "top")
# What is said and to be ranked: objections, unless they are called topics.
_LISTED = rule("scoping", "listed")


@dataclass(frozen=True, slots=True)
class Part:
    """One ask: its type, the clause it was read from, its scope and what is left out of it.

    `notes` says what of it is not answered; `back` why it cannot be answered as it is asked.
    """

    analysis: str
    clause: Clause
    scope: Scope
    excludes: Scope
    spans: tuple[Span, ...]
    forward: bool
    rule: str
    words: str
    confidence: float
    strong: bool = True
    notes: tuple[str, ...] = ()
    back: str = ""


def make_clause(text: str, reading: Reading, known: Known, inherited: Sequence[Mention] = ()) -> Clause:
    """Return a part of the text with its names, measures, groups and subjects."""
    mentions = [item for item in reading.marked(text) if item.name is not None]
    groups = find_groups(text)
    metrics = find_metrics(text)
    # "Contract value" is a measure and no talk of contracts.
    taken = [range(item.start, item.start + len(item.words)) for item in metrics if item.name in _OF_DEALS]
    subjects = [
        pair
        for pair in find_subjects(text, known, [item.name for item in groups])
        if not any(pair[1].start in span for span in taken)
    ]
    return Clause(text, mentions, metrics, groups, subjects, inherited)


def looks_forward(text: str) -> bool:
    """Return whether a part asks about what is to come, so that "Q3" is the next one.

    Examples
    --------
    >>> looks_forward("forecast q3"), looks_forward("win rate q3")
    (True, False)
    """
    if _FORWARD.search(text):
        return True
    return _NAMED_AHEAD.search(text) is not None and _PAST.search(text) is None


def periods_in(text: str, known: Known) -> list[PeriodPhrase]:
    """Return the periods of a part; the marks of names are no dates."""
    plain = re.sub(
        r"@[a-z]+\d+",
        lambda match: (
            match.group()[:-1].ljust(len(match.group()), "_")
            if match.group()[1:].startswith(("training", "content"))
            else "_" * len(match.group())
        ),
        text,
    )
    kept = re.sub(r"@(training|content)_+", lambda match: f"@{match[1]}0".ljust(len(match.group()), "0"), plain)
    return find_periods(kept, known.as_of, known.first_day, looks_forward(text))


def left_out(text: str, reading: Reading) -> tuple[set[str], list[tuple[int, int]]]:
    """Return the marks of names that are left out of a part, and the stretches of text that leave something out."""
    marks: set[str] = set()
    stretches = []
    for match in _LEAVING_OUT.finditer(text):
        before = text[: match.start()].split()[-2:]
        if before[-1:] in (["or"], ["and"]) and "with" in before:
            continue
        lead = _ANYTHING_IN.match(text, match.end())
        begin = lead.end() - 1 if lead else match.end()
        stretch = re.split(
            r" [,.;:?!](?: |$)| (?:what|how|which|who|in|for|by|since|is|are|does|do|did|last|this) ",
            text[begin:] + " ",
        )[0]
        found = re.findall(r"@([a-z]+)(\d+)", stretch)
        if _SOFT.fullmatch(match.group()):
            found = [(kind, number) for kind, number in found[:1] if kind in _HARD_KINDS and len(stretch.split()) <= 4]
            if match.group() in ("no", "beyond") or not found:
                continue
        marks |= {f"@{kind}{number}" for kind, number in found}
        stretches.append((begin, begin + len(stretch)))
    for match in _AFTER_NAME.finditer(text):
        marks |= {item.group() for item in re.finditer(r"@[a-z]+\d+", match[1])}
        stretches.append(match.span(1))
    return marks, stretches


def pairs_of(clause: Clause, analysis: str, reading: Reading, known: Known) -> tuple[Scope, Scope, tuple[Span, ...]]:
    """Return the scope of a part, what it leaves out, and its periods."""
    marks, stretches = left_out(clause.text, reading)
    named: list[Mention] = []
    inside: list[tuple[str, str]] = []
    outside: list[tuple[str, str]] = []
    for match in re.finditer(r"@([a-z]+)(\d+)", clause.text):
        mention = reading.mentions[int(match[2])]
        if mention.name is not None and mention.kind in KEYS:
            (outside if match.group() in marks else inside).append((mention.kind, mention.name))
            named += [] if match.group() in marks else [mention]
    for kind, found in clause.subjects:
        away = any(start <= found.start < end for start, end in stretches)
        (outside if away else inside).append((kind, found.name))
    outside += _subjects_away(clause, stretches, known)
    inside += [(item.kind, item.name) for item in clause.inherited if item.name is not None and item.kind in KEYS]
    kept = [item for item in clause.metrics if not any(start <= item.start < end for start, end in stretches)]
    clause = replace(clause, metrics=kept)
    inside += [("metric", name) for name in _metrics(clause, analysis)]
    if ("metric", "next_step_rate") in inside or analysis == "prospect":
        inside = [pair for pair in inside if pair != ("topic", "next steps")]
    inside += [("group_by", name) for name in _groups(clause, analysis, named)]
    phrases = periods_in(clause.text, known)
    dropped = [item for item in phrases if any(start <= item.start < end for start, end in stretches)]
    outside += [("period", str(span)) for item in dropped for span in item.spans]
    spans = tuple(dict.fromkeys(span for item in phrases if item not in dropped for span in item.spans))
    inside += [("period", str(span)) for span in spans]
    return tuple(sorted(set(inside))), tuple(sorted(set(outside))), spans


def _subjects_away(clause: Clause, stretches: Sequence[tuple[int, int]], known: Known) -> list[tuple[str, str]]:
    """Return the objections or topics left out of a table of them: "the commonest objections apart from price"."""
    listed = {item.name for item in clause.groups} & {"objection", "topic"}
    found = []
    for kind in sorted(listed):
        for start, end in stretches:
            words = f"{kind}s about {clause.text[start:end]}"
            found += [(kind, item.name) for own, item in find_subjects(words, known) if own == kind]
    return found


def _metrics(clause: Clause, analysis: str) -> list[str]:
    names = asked_for(clause.metrics)
    if _IN_DANGER.search(clause.text):
        # "Anything risky in the pipeline?" asks for no amount.
        bare = {item.name for item in clause.metrics if item.words in ("pipeline", "pipe")}
        names = [name for name in names if name != "pipeline_value" or name not in bare]
    if "quota_attainment" in names and "coverage" in names:
        names = [name for name in names if name != ("quota_attainment" if analysis == "pipeline" else "coverage")]
    if analysis == "prospect":
        told = {item.name for item in clause.metrics if item.words.startswith("what ")}
        names = [name for name in names if name not in ("forecast", "next_step_rate", "slippage", *told)]
    if analysis == "pattern":
        names = [name for name in names if name != "next_step_rate" or _RATE.search(clause.text)]
    return names


def _groups(clause: Clause, analysis: str, kept: Sequence[Mention]) -> list[str]:
    names = [
        item.name
        for item in clause.groups
        if item.name != "rep" or analysis in ("performance", "custom", "pipeline") or not _QUALIFIED.match(item.words)
    ]
    kinds = {item.kind for item in clause.mentions}
    if analysis == "prospect":
        names = [
            name
            for name in names
            if name not in ("account", "content", "objection", "topic")
            or (_TOP.search(clause.text) and name == "objection")
        ]
        # "Who of the people at Calder decides?" asks after no rep.
        asked = {item.name for item in clause.groups if item.words.startswith("who")}
        names = [name for name in names if name != "rep" or name not in asked]
    if "objection" not in names and "mention_rate" in {item.name for item in clause.metrics}:
        listed = _LISTED.search(clause.text)
        if listed and _TOP.search(clause.text) and not any(kind == "objection" for kind, _ in clause.subjects):
            names.append("topic" if listed[1] else "objection")
    if "manager" not in names and _WHOSE_TEAM.search(clause.text):
        names.append("manager")
    elif "rep" not in names and "rep" not in kinds:
        rule = _WHO if analysis == "performance" else _WHOM_ENABLED if analysis == "enablement" else None
        if rule is not None and rule.search(clause.text):
            names.append("rep")
    if analysis == "pipeline" and "rep" not in names and "rep" not in kinds and _WHOSE.search(clause.text):
        names.append("rep")
    if (
        analysis == "competitive"
        and "competitor" not in names
        and "competitor" not in {item.kind for item in (*kept, *clause.inherited)}
        and _RIVAL_WHO.search(clause.text)
    ):
        names.append("competitor")
    return list(dict.fromkeys(names))


def one_by_one(scope: Scope) -> tuple[Scope, ...]:
    """Return scopes with one value per key: a comparison of two reps becomes two scopes.

    Examples
    --------
    >>> one_by_one((("metric", "win_rate"), ("rep", "Ann"), ("rep", "Bo")))
    ((('metric', 'win_rate'), ('rep', 'Ann')), (('metric', 'win_rate'), ('rep', 'Bo')))
    """
    values: dict[str, list[str]] = {}
    for key, item in scope:
        values.setdefault(key, []).append(item)
    return tuple(tuple(zip(values, chosen, strict=True)) for chosen in combinations(*values.values()))


def merged(scopes: Iterable[Scope]) -> Scope:
    """Return the scopes as one."""
    return tuple(sorted({pair for scope in scopes for pair in scope}))
