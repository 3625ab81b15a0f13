"""The measures and dimensions of ad-hoc questions: their names, other names for them, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domains.analysis.scope import Scope
from htn.model.errors import UnknownNameError
from htn.model.suggest import did_you_mean

__all__ = ["DIMENSIONS", "MEASURES", "Measure", "dimensions_of", "measure_named", "measures_of"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: what it is taken of, what comes out, and its definition in a sentence.

    Attributes
    ----------
    name : str
        As a scope's `metric` names it.
    words : str
        As a reader knows it.
    of : str
        "deals" or "calls".
    kind : str
        "share" (of cases), "mean", "median", "largest" or "smallest" (over cases), "total", "count", or "distinct" (how
        many accounts, reps and so on there are among the cases).
    unit : str
        Of the value.
    definition : str
        What is divided by what.
    floor : int
        Cases below which nothing is concluded.
    outcome : str
        Which deals are meant where these are others than the measure is usually taken of: "won", "lost", "open", "any".
    counted : str
        The dimension of a distinct count.
    """

    name: str
    words: str
    of: Literal["deals", "calls"]
    kind: Literal["share", "mean", "median", "largest", "smallest", "total", "count", "distinct"]
    unit: str
    definition: str
    floor: int = 30
    outcome: str = ""
    counted: str = ""


MEASURES: dict[str, Measure] = {
    item.name: item
    for item in (
        Measure("win_rate", "win rate", "deals", "share", "share", "won / (won + lost), by close date", 100),
        Measure("won_value", "value won", "deals", "total", "", "sum of the amounts of won deals, by close date", 1),
        Measure("average_deal_size", "average deal size", "deals", "mean", "", "mean amount of won deals"),
        Measure(
            "deal_count",
            "deals",
            "deals",
            "count",
            "deals",
            "deals won or lost, by close date",
            1,
        ),
        Measure(
            "cycle_days", "cycle", "deals", "mean", "days", "days from creation (else engagement) to close, won deals"
        ),
        Measure("open_pipeline", "open pipeline", "deals", "total", "", "sum of the amounts of open deals", 1),
        Measure("discount", "discount", "deals", "mean", "share", "1 - amount / list price of the product, won deals"),
        Measure("call_count", "calls", "calls", "count", "calls", "recorded calls, by their date", 1),
        Measure("talk_ratio", "talk ratio", "calls", "mean", "share", "rep's speaking / all speaking, mean over calls"),
        Measure(
            "question_rate",
            "question rate",
            "calls",
            "mean",
            "share",
            "rep's sentences that ask / all the rep's sentences, mean over calls",
        ),
        Measure("monologue", "longest stretch of the rep", "calls", "mean", "words", "words in it, mean over calls"),
        Measure(
            "patience", "patience", "calls", "mean", "seconds", "median pause before the rep answers, mean over calls"
        ),
        Measure("objection_rate", "objection rate", "calls", "share", "share", "calls with an objection / all calls"),
        Measure(
            "competitor_mentions",
            "calls that name a competitor",
            "calls",
            "share",
            "share",
            "calls on which the prospect names a competitor / all calls",
        ),
        Measure(
            "next_step_rate",
            "next-step rate",
            "calls",
            "share",
            "share",
            "calls with a next step that has an owner and a date / all calls",
        ),
        Measure(
            "mention_rate", "calls that speak of it", "calls", "share", "share", "calls that speak of it / all calls"
        ),
    )
}

_OTHER_NAMES = {
    "revenue": "won_value",
    "deal_size": "average_deal_size",
    "activity": "call_count",
    "cycle_time": "cycle_days",
    "pipeline_value": "open_pipeline",
}

DIMENSIONS = (
    "rep",
    "region",
    "product",
    "segment",
    "account",
    "sector",
    "stage",
    "competitor",
    "manager",
    "country",
    "size",
    "week",
    "month",
    "quarter",
    "year",
)


def measure_named(name: str) -> Measure:
    """Return a measure by its name or by another name for it.

    Raises
    ------
    UnknownNameError
        With the nearest names there are.

    Examples
    --------
    >>> measure_named("revenue").name
    'won_value'
    """
    known = _OTHER_NAMES.get(name, name)
    if known not in MEASURES:
        raise did_you_mean(f"there is no measure {name!r}", name, [*MEASURES, *_OTHER_NAMES])
    return MEASURES[known]


def measures_of(scope: Scope) -> tuple[Measure, ...]:
    """Return the measures that a scope asks for and that there are; several are joined by commas."""
    found = []
    for name in _listed(scope, "metric"):
        try:
            found.append(measure_named(name))
        except UnknownNameError:
            continue
    return tuple(dict.fromkeys(found))


def dimensions_of(scope: Scope) -> tuple[str, ...]:
    """Return the dimensions that a scope groups by and that there are; several are joined by commas.

    Examples
    --------
    >>> dimensions_of((("group_by", "region, quarter"),))
    ('region', 'quarter')
    """
    return tuple(name for name in dict.fromkeys(_listed(scope, "group_by")) if name in DIMENSIONS)


def _listed(scope: Scope, key: str) -> list[str]:
    return [part.strip() for name, item in scope if name == key for part in item.split(",") if part.strip()]
