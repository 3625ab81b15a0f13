"""The type of analysis that a part of a question asks for: border rules, first match decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from domains.analysis.question.cues import cue
from domains.analysis.question.leanings import leaning
from domains.analysis.question.lexicon import rule
from domains.analysis.question.measures import CLOSED, OPEN, SAID, TALK, Found
from domains.analysis.question.mentions import Mention

__all__ = ["TYPES", "Choice", "Clause", "choose"]

TYPES = ("prospect", "pattern", "competitive", "pipeline", "performance", "enablement", "custom")

_HELD_AGAINST = re.compile(r"(?<!\w)(?:already|say|says|said|object\w*|give|giving|donate|how often)(?!\w)")
_RECOMMEND = rule("border", "recommend")
_RELATION = rule("border", "relation")
_OUTCOME = rule("border", "outcome")
_CONNECTION = rule("border", "connection")
_CLOSED_WORDS = rule("border", "closed_words")
_REPS = rule("border", "reps")
_OF_CUSTOMERS = rule("border", "of_customers")
_OPEN_RISK = rule("border", "open_risk")
_MORE_THAN_ONE = rule("border", "more_than_one_number")


@dataclass(frozen=True)
class Clause:
    """A part of a question with everything found in it; `facts` that the type is decided by."""

    text: str
    mentions: Sequence[Mention] = ()
    metrics: Sequence[Found] = ()
    groups: Sequence[Found] = ()
    subjects: Sequence[tuple[str, Found]] = ()
    inherited: Sequence[Mention] = ()

    @property
    def kinds(self) -> set[str]:
        """The kinds of names in this part, or referred to by a pronoun."""
        return {item.kind for item in (*self.mentions, *self.inherited)}

    @property
    def metric_names(self) -> set[str]:
        """The measures in this part."""
        return {item.name for item in self.metrics}

    @property
    def group_names(self) -> set[str]:
        """The dimensions in this part."""
        return {item.name for item in self.groups}


@dataclass(frozen=True)
class Choice:
    """The type, the words that decided, by which rule, how sure, and the runner-up."""

    analysis: str
    words: str
    rule: str
    confidence: float
    runner_up: str | None = None
    strong: bool = field(default=True)


_Rule = Callable[[Clause], tuple[str, str, str] | None]


def choose(clause: Clause) -> Choice | None:
    """Return the type of a part of a question, or None when nothing in it tells.

    Examples
    --------
    >>> choose(Clause("does the battlecard help us win ?")).analysis
    'enablement'
    >>> choose(Clause("compare them .")) is None
    True
    """
    fired = [found for rule in _RULES if (found := rule(clause)) is not None]
    if not fired:
        return None
    analysis, words, why = fired[0]
    others = [item[0] for item in fired[1:] if item[0] != analysis]
    confidence = 0.95 if not others else 0.8 if why != "weak" else 0.6
    return Choice(
        analysis, words, why, confidence if why != "weak" else min(confidence, 0.6), others[0] if others else None
    )


def _enablement(clause: Clause) -> tuple[str, str, str] | None:
    words = next((item.words for item in clause.groups if item.name in ("content", "training")), None)
    words = words or cue("enablement", clause.text)
    words = words or next((item.words for item in clause.metrics if item.name == "ramp_time"), None)
    words = words or next((item.written for item in clause.inherited if item.kind in ("content", "training")), None)
    if words is None:
        return None
    if "account" in clause.kinds and _RECOMMEND.search(clause.text):
        return None
    return "enablement", words, "content, training or ramp is what is asked about"


def _competitive(clause: Clause) -> tuple[str, str, str] | None:
    words = cue("competitive", clause.text)
    if "account" in clause.kinds:
        return None
    if words == "other charities" and any(item.name == "other causes" for _, item in clause.subjects):
        # Whom donors already give to is what they hold against giving, unless rivals are asked about.
        words = None if _HELD_AGAINST.search(clause.text) else words
    if words is None and "competitor" in clause.group_names | {item.kind for item in clause.inherited}:
        words = "competitor"
    return None if words is None else ("competitive", words, "competitors are the subject")


def _account(clause: Clause) -> tuple[str, str, str] | None:
    if "account" not in clause.kinds or _only_left_out(clause):
        return None
    name = next((item.written for item in clause.mentions if item.kind == "account"), "the account")
    metrics = clause.metric_names
    if (
        metrics
        and metrics <= CLOSED
        and not _MORE_THAN_ONE.search(clause.text)
        and not cue("pattern", _WISH.sub(" ", clause.text))
    ):
        return "custom", clause.metrics[0].words, "one number of closed business of a named account"
    return "prospect", name, "a named account"


def _only_left_out(clause: Clause) -> bool:
    """Whether no account is named but one that does not count: "can we make the quarter without @account0"."""
    named = {item.kind for item in clause.inherited}
    return "account" not in named and "@account" in clause.text and "@account" not in _LEFT_OUT.sub(" ", clause.text)


def _relation(clause: Clause) -> tuple[str, str, str] | None:
    metrics = clause.metric_names
    across = bool(metrics & (OPEN | {"quota_attainment"})) and bool(metrics & (CLOSED | TALK | SAID))
    if across and len(metrics) > 1 and (_RELATION.search(clause.text) or _one_table(clause)):
        return (
            "custom",
            " and ".join(item.words for item in clause.metrics),
            "a relation between measures of different types",
        )
    return None


def _one_table(clause: Clause) -> bool:
    """Whether the measures are named in one list: "win rate, cycle time and deal size"."""
    found = sorted(clause.metrics, key=lambda item: item.start)
    between = [clause.text[a.start + len(a.words) : b.start] for a, b in pairwise(found)]
    return all(re.fullmatch(r" ?(?:,|and|&|/)(?: (?:and|the|our|average))* ?", item) for item in between)


def _pipeline(clause: Clause) -> tuple[str, str, str] | None:
    opened = [item for item in clause.metrics if item.name in OPEN]
    if opened:
        return "pipeline", opened[0].words, "a measure of open business"
    words = cue("pipeline", clause.text)
    # A measure of talk tells more than a word such as "stuck".
    judged = clause.metric_names & (TALK | SAID | {"quota_attainment"})
    if words is None or judged - {"next_step_rate"} or (judged and not _OF_DEALS.search(words)):
        return None
    if _WHY_LOST.search(clause.text):
        return None
    if clause.metric_names & CLOSED and _CLOSED_WORDS.search(clause.text) and not _OPEN_RISK.search(clause.text):
        return None
    return "pipeline", words, "open business or its flow"


def _performance(clause: Clause) -> tuple[str, str, str] | None:
    in_view = _REPS.search(clause.text) is not None or bool({"rep", "manager"} & (clause.group_names | clause.kinds))
    talk = clause.metric_names & TALK
    if talk:
        said = clause.metric_names & SAID or {"objection", "topic"} & clause.group_names
        if in_view or not (said or _OUTCOME.search(clause.text)):
            return "performance", next(item.words for item in clause.metrics if item.name in TALK), "how reps talk"
        return None
    if "quota_attainment" in clause.metric_names:
        return "performance", "quota", "attainment so far"
    if {"rep", "manager"} & clause.group_names or {"rep", "manager"} & clause.kinds:
        return (
            "performance",
            next((item.words for item in clause.groups if item.name in ("rep", "manager")), "a named rep"),
            "reps or teams are judged",
        )
    if "mention_rate" in clause.metric_names:
        return None
    words = cue("performance", clause.text)
    if words is None or _only_named(words, clause):
        return None
    return "performance", words, "reps, teams or territories are judged"


_OF_DEALS = re.compile(r"deals?|opportunit|open")
_LEFT_OUT = re.compile(
    r"(?:without|excluding|except(?: for)?|apart from|aside from|other than|not counting|besides|leaving out|minus)"
    r"(?: the| all)?(?: @account\d+ (?:,|and|or))* @account\d+"
)
_ANY_SPEAKER = re.compile(r"(?:the )?(?:sales ?)?(?:reps?|sellers?|agents?|callers?)")
_WHY_LOST = re.compile(
    r"(?<!\w)why (?:do|did|are|have|does)(?: \w+){0,4} (?:fall|fell|falling|die|died|collapse\w*|fail\w*)"
)
_PLACES = re.compile(r"territor(?:y|ies)")
_JUDGED = rule("border", "judged")


def _only_named(words: str, clause: Clause) -> bool:
    """Whether reps only speak in it and nobody is judged, or territories only divide a table of closed business."""
    if _JUDGED.search(clause.text):
        return False
    if _ANY_SPEAKER.fullmatch(words) and clause.subjects:
        return True
    return _PLACES.fullmatch(words) is not None and bool(clause.metric_names & CLOSED)


def _pattern(clause: Clause) -> tuple[str, str, str] | None:
    said = [item.words for item in clause.metrics if item.name in SAID | TALK]
    if said:
        return "pattern", said[0], "a measure of what is said"
    if clause.subjects and not (clause.metric_names & {"discount"}):
        return "pattern", clause.subjects[0][1].words, "something said across calls"
    words = cue("pattern", _WISH.sub(" ", _without_measures(clause)))
    if words is None or {"activity"} == clause.metric_names or "discount" in clause.metric_names:
        return None
    if clause.metric_names & CLOSED and not _strong_pattern(_without_measures(clause)):
        return None
    return "pattern", words, "what is said or happens across calls"


_SOLD = rule("border", "sold")
_BUYERS = rule("border", "buyers")
_STRONG_PATTERN = rule("border", "strong_pattern")
# What the asker wants is said of no customer.
_WISH = re.compile(
    r"(?<!\w)(?:(?:i|we)(?: \w+)? (?:like|want|love|need|ask(?: for)?|hear|care about|hope)"
    r"|what (?:do|should|can|shall) i (?:say|tell|answer|reply))(?!\w)"
)
_SHARE_OF_CALLS = re.compile(
    r"(?:share|percentage|percent|proportion|fraction|%) of (?:all |our |the )*calls"
    r" (?:that |which )?(?:end|ended|result|resulted|finish|finished|close|closed|led)(?: \w+){0,3}"
)


def _without_measures(clause: Clause) -> str:
    """Take out the words that name a measure: "total raised" is not something raised on a call."""
    text = clause.text
    for item in clause.metrics:
        if item.name in CLOSED and (
            item.name != "win_rate" or len(item.words.split()) < 3 or _SHARE_OF_CALLS.fullmatch(item.words)
        ):
            text = text[: item.start] + "~" * len(item.words) + text[item.start + len(item.words) :]
    return text


def _strong_pattern(text: str) -> bool:
    return _STRONG_PATTERN.search(text) is not None


def _custom(clause: Clause) -> tuple[str, str, str] | None:
    if clause.metrics:
        return "custom", clause.metrics[0].words, "a measure of closed business"
    match = _CONNECTION.search(clause.text)
    return ("custom", match.group(), "a relation between measures") if match else None


# What a question is about that names no more than this.
_BY_NAME = {"region": "performance", "product": "custom", "segment": "custom", "stage": "pipeline"}
_BY_GROUP = {"region": "performance", "stage": "pipeline", "objection": "pattern", "topic": "pattern"}


def _weak(clause: Clause) -> tuple[str, str, str] | None:
    named = [item for item in clause.mentions if item.kind in _BY_NAME]
    if _OF_CUSTOMERS.search(clause.text) and not named:
        return "pattern", "win or lose", "weak"
    grouped = [item for item in clause.groups if item.name not in ("quarter", "month", "week", "year")]
    if grouped and (not named or grouped[0].name in ("stage", "product", "segment", "account", "country", "size")):
        return _BY_GROUP.get(grouped[0].name, "custom"), grouped[0].words, "weak"
    if named:
        analysis = _BY_NAME[named[0].kind]
        sold = analysis == "performance" and _SOLD.search(clause.text) is not None
        return "custom" if sold else analysis, named[0].written, "weak"
    spoken = _BUYERS.search(clause.text)
    if spoken is not None:
        return "pattern", spoken.group(), "weak"
    return ("custom", clause.groups[0].words, "weak") if clause.groups else None


def _leaning(clause: Clause) -> tuple[str, str, str] | None:
    found = leaning(clause.text)
    return None if found is None else (*found, "weak")


def _firm_leaning(clause: Clause) -> tuple[str, str, str] | None:
    """What is in the question beside a region, a product or a dimension, when it leans to a type of its own."""
    found = _leaning(clause)
    return found if found is not None and found[0] != "custom" else None


_RULES: tuple[_Rule, ...] = (
    _enablement,
    _competitive,
    _account,
    _relation,
    _pipeline,
    _performance,
    _pattern,
    _custom,
    _firm_leaning,
    _weak,
    _leaning,
)
