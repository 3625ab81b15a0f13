"""Which data an analysis cannot do without, and which of it a workspace lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domains.analysis.question.calendar_units import Span
from domains.analysis.question.classify import Clause
from domains.analysis.question.cues import cue
from domains.analysis.question.known import Known
from domains.analysis.question.lexicon import rule

__all__ = ["Lack", "find_lack", "lacking_measures", "lacks_transcripts"]

# What is missing, in words, by flag.
_NAMES = {
    "calls": "call transcripts",
    "deals": "deals from a CRM",
    "stage_history": "a history of stages",
    "expected_close": "expected close dates",
    "quotas": "quotas",
    "competitors": "competitors",
    "content": "records of content",
    "trainings": "records of training",
    "timestamps": "timestamps in the transcripts",
    "regions": "regions",
    "hire_dates": "hiring dates of reps",
    "accounts": "particulars of the accounts (sector, size, country)",
    "products": "products",
    "forecast_categories": "forecast categories",
    "managers": "managers of reps",
    "created_dates": "dates on which deals were created",
    "outcomes": "outcomes of calls or deals",
}
_BY_METRIC: dict[str, tuple[str, ...]] = {
    "quota_attainment": ("quotas",),
    "coverage": ("deals", "quotas"),
    "stage_conversion": ("deals", "stage_history"),
    "slippage": ("deals", "expected_close"),
    "velocity": ("deals",),
    "cycle_time": ("deals",),
    "deal_age": ("deals",),
    "pipeline_value": ("deals",),
    "forecast": ("deals",),
    "commit": ("deals", "forecast_categories"),
    "activity": ("calls",),
    "mention_rate": ("calls",),
    "talk_ratio": ("calls",),
    "question_rate": ("calls",),
    "monologue": ("calls",),
    "next_step_rate": ("calls",),
    "patience": ("calls", "timestamps"),
    "interruptions": ("calls", "timestamps"),
    "ramp_time": ("hire_dates",),
}
_BY_GROUP = {
    "region": "regions", "product": "products", "stage": "deals", "competitor": "competitors", "content": "content",
    "training": "trainings", "country": "accounts", "size": "accounts", "segment": "accounts", "objection": "calls",
    "topic": "calls", "manager": "managers",
}  # fmt: skip
_TRAINING = rule("needs", "training")
_HIRING = rule("needs", "hiring")
_MATERIAL = rule("needs", "material")
_SPOKEN = rule("needs", "spoken")
_REASONS = rule("needs", "reasons")


@dataclass(frozen=True, slots=True)
class Lack:
    """A flag of data that is missing, and its name in a sentence."""

    what: str
    name: str


def find_lack(
    clause: Clause, analysis: str, known: Known, spans: Sequence[Span] = (), forward: bool = False
) -> Lack | None:
    """Return the data without which a part of a question cannot be answered, or None when all is there."""
    for flag in _needed(clause, analysis, known):
        if _absent(flag, known):
            return Lack(flag, _NAMES[flag])
    ahead = forward or analysis in ("pipeline", "prospect")
    if spans and all(span.end < known.first_day or (span.start > known.as_of and not ahead) for span in spans):
        first, last = known.first_day.isoformat(), known.as_of.isoformat()
        return Lack("period", f"records of that period (they run from {first} to {last})")
    return None


def lacking_measures(clause: Clause, known: Known) -> dict[str, Lack]:
    """Return the measures asked for that these data cannot give, with what they lack; none where they can give none.

    Where some of several measures can be given, they are, and the others are named.

    Examples
    --------
    >>> from domains.analysis.question.measures import Found
    >>> asked = Clause("patience and talk ratio", metrics=[Found("patience", "", 0), Found("talk_ratio", "", 13)])
    >>> {name: lack.what for name, lack in lacking_measures(asked, Known(has={"timestamps": False})).items()}
    {'patience': 'timestamps'}
    """
    found = {}
    for item in clause.metrics:
        absent = [flag for flag in _BY_METRIC.get(item.name, ()) if _absent(flag, known)]
        if absent:
            found[item.name] = Lack(absent[0], _NAMES[absent[0]])
    return found if len(found) < len({item.name for item in clause.metrics}) else {}


def lacks_transcripts(known: Known) -> bool:
    """Return whether there is no call to be read."""
    return known.lacks("calls") or known.lacks("transcripts")


def _absent(flag: str, known: Known) -> bool:
    if flag == "calls":
        return lacks_transcripts(known)
    if flag in ("managers", "products") and flag not in known.has:
        kind = flag.removesuffix("s")
        return (kind in known.entities or "managers" in known.entities) and not known.names(kind) and _small(known)
    return known.lacks(flag)


def _small(known: Known) -> bool:
    """Whether nothing but calls is known: then an empty list of products means that there are none."""
    return known.lacks("deals")


def _needed(clause: Clause, analysis: str, known: Known) -> list[str]:
    flags = [flag for item in clause.metrics for flag in _BY_METRIC.get(item.name, ())]
    flags += [_BY_GROUP[item.name] for item in clause.groups if item.name in _BY_GROUP]
    text = clause.text
    if analysis == "competitive":
        flags.append("competitors")
    elif analysis == "pipeline":
        flags.append("deals")
    elif analysis == "pattern":
        if _REASONS.search(text) and not known.lacks("loss_reasons") and not _SPOKEN.search(text):
            return flags
        flags.append("calls")
    elif analysis == "enablement":
        flags += _enablement_needs(text)
    elif analysis == "prospect" and (_SPOKEN.search(text) or clause.subjects):
        flags.append("calls")
    elif analysis == "prospect" and cue("competitive", text):
        flags.append("competitors")
    if clause.subjects and analysis in ("performance", "competitive", "custom"):
        flags.append("calls")
    return flags


def _enablement_needs(text: str) -> list[str]:
    if _TRAINING.search(text):
        return ["trainings"]
    if _MATERIAL.search(text):
        return ["content"]
    return ["hire_dates"] if _HIRING.search(text) else []
