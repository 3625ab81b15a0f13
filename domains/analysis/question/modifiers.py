"""How a measure is to be taken: of deals won, lost or open, large or long enough; as a median; of how many things."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domains.analysis.question.classify import Clause
from domains.analysis.question.known import Known
from domains.analysis.question.lexicon import rule, sections
from domains.analysis.question.reading import Reading
from domains.analysis.scope import Scope

__all__ = ["Modified", "modified"]

_COUNTED = tuple(
    (name.removeprefix("counted "), rule("modifiers", name)) for name in sections("modifiers") if "counted " in name
)
_SIZED = frozenset({"deal_size", "revenue"})
_OF_OUTCOME = frozenset({"deal_count", "deal_size", "cycle_time", "revenue", "win_rate", "discount"})
_WHICH = re.compile(r"(?<!\w)(?:which|who|whose|what) (?!(?:is|was|are|were|do|did) )")
_NUMBER = r"[$€£]? ?(\d+(?: ?, ?\d{3})*(?:\.\d+)?) ?(k|m|mn|thousand|grand|million)?(?!\w)"
_MORE = r"more than|over|above|exceeding|larger than|bigger than|greater than|higher than|longer than|worth more than|>"
_LESS = r"less than|under|below|smaller than|lower than|shorter than|worth less than|<"
_LIMITS = tuple(
    (sign, re.compile(rf"(?<![\w@])(?:{words}) {_NUMBER}( ?(?:days?|weeks?|months?|%|percent|points?|\w+)?)"))
    for sign, words in (
        (">=", "at least|no less than|not less than|minimum of"),
        ("<=", "at most|up to|no more than|not more than|maximum of"),
        (">", _MORE),
        ("<", _LESS),
    )
)
_BETWEEN = re.compile(rf"(?<![\w@])between {_NUMBER} ?(?:and|to|-) ?{_NUMBER}(?! ?(?:days|weeks|months|employees|%))")
_TIMES = {"k": 1e3, "thousand": 1e3, "grand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6}
_IN_DAYS = {"day": 1, "days": 1, "week": 7, "weeks": 7}
# A number with another word after it counts something else: "more than 20 calls".
_AFTER_AMOUNT = frozenset(
    "dollars dollar usd euros euro eur pounds gbp did do does in for by we were was per and that have has won lost "
    "closed at with of from to are is last this it they".split()
) | {""}
# "More than 20 won deals" are a number of deals.
_OF_DEALS = re.compile(r" ?(?:deals?|opportunit|orders?|contracts?|calls?)")
# "Over 2017" is no amount.
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Modified:
    """The scope with the modifiers of a question, a sentence on what of them is left aside, and one to ask back."""

    scope: Scope
    notes: tuple[str, ...] = ()
    back: str = ""


def modified(clause: Clause, analysis: str, scope: Scope, reading: Reading, known: Known) -> Modified:
    """Return the scope of a part with what its words say on how to take the measure.

    Parameters
    ----------
    clause : Clause
        The part.
    analysis : str
        Its type.
    scope : Scope
        As names, measures, groups and periods make it.
    reading : Reading
        Of the whole question.
    known : Known
        Names and data of the workspace.

    Examples
    --------
    >>> from domains.analysis.question.reading import read
    >>> reading = read("Median deal size", Known())
    >>> modified(Clause(reading.text), "custom", (("metric", "deal_size"),), reading, Known()).scope
    (('metric', 'deal_size'), ('statistic', 'median'))
    """
    scope, notes = _team(clause.text, scope, reading, known)
    metrics = {name for key, name in scope if key == "metric"}
    text = clause.text
    if _has("unsupported", text) and metrics:
        words = rule("modifiers", "unsupported").search(text)
        said = words.group() if words else ""
        return Modified(scope, notes, f'"{said}" is not computed here; median, mean, largest, smallest and total are.')
    if _has("staff", text) and metrics:
        return Modified(scope, notes, "Accounts cannot be chosen by a number of employees here, only grouped by size.")
    if "cycle_time" not in metrics and "deal_size" in metrics and _has("cycle", text):
        scope = tuple(("metric", "cycle_time") if pair == ("metric", "deal_size") else pair for pair in scope)
        metrics = metrics - {"deal_size"} | {"cycle_time"}
    if analysis == "pattern" and not metrics and _has("said", text) and _subjects(scope):
        return Modified(tuple(sorted({*scope, ("statistic", "quotes")})), notes)
    found = [*_counted(text, metrics), *_statistic(text, scope, metrics), *_limits(text, metrics)]
    counted = any(key == "counted" for key, _ in found)
    if "deal_count" in metrics and any(key == "days" for key, _ in found):
        # "How many deals took more than 90 days to close" asks for no cycle.
        scope = tuple(pair for pair in scope if pair != ("metric", "cycle_time"))
        metrics = metrics - {"cycle_time"}
    if metrics & _OF_OUTCOME or counted:
        found += _outcome(text, analysis, scope, metrics, counted=counted)
    return Modified(tuple(sorted({*scope, *found})), notes)


def _subjects(scope: Scope) -> bool:
    return any(key in ("topic", "objection") for key, _ in scope)


def _has(section: str, text: str) -> bool:
    return rule("modifiers", section).search(text) is not None


def _team(text: str, scope: Scope, reading: Reading, known: Known) -> tuple[Scope, tuple[str, ...]]:
    """Read "the team of Ann" as the deals of those whom Ann manages; where Ann manages nobody, say so."""
    found = rule("modifiers", "team").search(text)
    mark = re.search(r"@rep(\d+)", found.group()) if found else None
    name = reading.mentions[int(mark[1])].name if mark else None
    if name is None or ("rep", name) not in scope:
        return scope, ()
    if name not in known.names("manager"):
        return scope, (f"No team of {name} is recorded; the answer is on {name} alone.",)
    return tuple(sorted([*(pair for pair in scope if pair != ("rep", name)), ("manager", name)])), ()


def _counted(text: str, metrics: set[str]) -> list[tuple[str, str]]:
    if not metrics <= {"deal_count", "revenue"} or not (metrics or _has("at hand", text)):
        return []
    return [("counted", name) for name, own in _COUNTED if own.search(text)][:1]


def _statistic(text: str, scope: Scope, metrics: set[str]) -> list[tuple[str, str]]:
    ranked = any(key == "group_by" for key, _ in scope) and _WHICH.search(text) is not None
    if _has("median", text) and metrics:
        return [("statistic", "median")]
    if ranked or _has("mean", text):
        return []
    if metrics & _SIZED:
        words = (("largest", "largest"), ("smallest", "smallest"))
    elif "cycle_time" in metrics:
        words = (("longest", "largest"), ("shortest", "smallest"))
    else:
        return []
    return [("statistic", name) for section, name in words if _has(section, text)][:1]


def _limits(text: str, metrics: set[str]) -> list[tuple[str, str]]:
    if not metrics & _OF_OUTCOME:
        return []
    found = []
    taken: list[range] = []
    for match in _BETWEEN.finditer(text):
        taken.append(range(match.start(), match.end()))
        found.append(("amount", f">= {_amount(match[1], match[2] or match[4])} and <= {_amount(match[3], match[4])}"))
    for sign, own in _LIMITS:
        for match in own.finditer(text):
            if any(match.start() < span.stop and span.start < match.end() for span in taken):
                continue
            taken.append(range(match.start(), match.end()))
            unit = match[3].strip()
            if unit in _IN_DAYS:
                found.append(("days", f"{sign} {int(_amount(match[1], None)) * _IN_DAYS[unit]}"))
            elif unit in _AFTER_AMOUNT and not _YEAR.fullmatch(match[1]) and not _OF_DEALS.match(text, match.end()):
                found.append(("amount", f"{sign} {_amount(match[1], match[2])}"))
    # Several limits of one kind hold together.
    return [
        (kind, " and ".join(limit for own, limit in found if own == kind))
        for kind in dict.fromkeys(kind for kind, _ in found)
    ]


def _amount(digits: str, unit: str | None) -> str:
    return f"{float(re.sub('[ ,]', '', digits)) * _TIMES.get(unit or '', 1):.0f}"


def _outcome(text: str, analysis: str, scope: Scope, metrics: set[str], *, counted: bool) -> list[tuple[str, str]]:
    """Return which deals are meant by how they ended, where that is not what the measure is taken of anyway."""
    if "win_rate" in metrics:
        rate = _has("loss rate", text) and not _has("won", text)
        return [("outcome", "lost")] if rate and metrics == {"win_rate"} else []
    number = counted or bool(metrics & {"deal_count"})
    if number and any(key == "period" for key, _ in scope) and _has("started deals", text):
        return [("dated", "start"), *([] if _ended(text) else [("outcome", "any")])]
    if _has("open", text):
        return [("outcome", "open")]
    if _has("both", text):
        return []
    if _has("lost", text):
        return [("outcome", "lost")]
    if _has("won", text) and number:
        return [("outcome", "won")]
    staged = any(key == "stage" for key, _ in scope)
    return [("outcome", "open")] if number and staged and not _has("closed", text) else []


def _ended(text: str) -> bool:
    return any(_has(section, text) for section in ("lost", "won", "closed"))
