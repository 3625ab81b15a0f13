"""Measures as a question wants them taken: of lost or open deals, as a median or the largest, of how many accounts."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from domains.analysis.analysts.measure_names import Measure
from domains.analysis.scope import Scope, value

__all__ = ["NoSuchVariant", "as_asked", "not_narrowed"]

Statistic = Literal["median", "largest", "smallest"]
_STATISTICS: dict[str, Statistic] = {"median": "median", "largest": "largest", "smallest": "smallest"}
_AMOUNTS = ("won_value", "average_deal_size", "open_pipeline")
_SPOKEN = ("topic", "objection", "training")
_OF_TIME = {"largest": "longest", "smallest": "shortest"}
_PLURAL = {"country": "countries", "segment": "sectors"}


class NoSuchVariant(Exception):
    """The measure is not taken in this way; the message says so in a sentence."""


def as_asked(item: Measure, scope: Scope) -> Measure:
    """Return a measure with the outcome, the statistic and the thing counted that a scope asks for.

    Raises
    ------
    NoSuchVariant
        Where the measure is not taken so; another number must not stand in for it.

    Examples
    --------
    >>> from domains.analysis.analysts.measure_names import MEASURES
    >>> as_asked(MEASURES["deal_count"], (("outcome", "lost"),)).words
    'deals lost'
    >>> as_asked(MEASURES["average_deal_size"], (("statistic", "median"),)).words
    'median deal size'
    >>> as_asked(MEASURES["win_rate"], (("outcome", "lost"),)).words
    'loss rate'
    """
    outcome, statistic, counted = (value(scope, key) or "" for key in ("outcome", "statistic", "counted"))
    if item.of == "calls":
        if outcome:
            raise NoSuchVariant(f"The {item.words} is not taken of calls by their outcome here.")
        return _with_statistic(item, statistic, item.words)
    if counted and item.name == "deal_count":
        return _distinct(item, counted, outcome)
    if item.name == "win_rate":
        return _rate(item, outcome, statistic)
    if item.name == "deal_count":
        return _number(item, outcome)
    if item.name == "cycle_days" and outcome in ("open", "any"):
        raise NoSuchVariant("An open deal has no length yet; how old open deals are is another question.")
    changed = _of_outcome(item, outcome)
    if item.name in _AMOUNTS and statistic in _STATISTICS:
        return _sized(changed, _STATISTICS[statistic])
    return _with_statistic(changed, statistic, changed.words)


def not_narrowed(item: Measure, scope: Scope) -> str:
    """Return what of a scope a measure cannot be narrowed to, as a sentence; empty where it can be to all of it."""
    if item.of == "calls" and item.name in ("mention_rate", "objection_rate"):
        return ""
    found = [f"{key} {name}" for key, name in scope if key in _SPOKEN]
    if not found:
        return ""
    return f"This is not narrowed to {' and '.join(found)}: {item.of} cannot be chosen by it here."


def _distinct(item: Measure, counted: str, outcome: str) -> Measure:
    things = _PLURAL.get(counted, f"{counted}s")
    deals = {"": "a deal won or lost", "won": "a deal won", "lost": "a deal lost", "open": "an open deal"}
    which = deals.get(outcome, "a deal")
    return replace(
        item,
        words=f"{things} with {which}",
        kind="distinct",
        unit=things,
        definition=f"different {things} among the deals, counted once each",
        outcome=outcome,
        counted=counted,
    )


def _rate(item: Measure, outcome: str, statistic: str) -> Measure:
    if statistic:
        raise NoSuchVariant(f"A {statistic} of the win rate is not computed here; the win rate by group is.")
    if outcome == "lost":
        return replace(item, words="loss rate", definition="lost / (won + lost), by close date", outcome="lost")
    return item


def _number(item: Measure, outcome: str) -> Measure:
    words = {
        "won": ("deals won", "deals won, by close date"),
        "lost": ("deals lost", "deals lost, by close date"),
        "open": ("open deals", "deals neither won nor lost; in a period, by the day they began"),
        "any": ("deals, whatever came of them", "deals won, lost and open"),
    }
    if outcome not in words:
        return item
    return replace(item, words=words[outcome][0], definition=words[outcome][1], outcome=outcome)


_OUTCOME_WORDS = {
    "won_value": "value of {} deals",
    "average_deal_size": "average size of {} deals",
    "cycle_days": "cycle of {} deals",
    "discount": "discount on {} deals",
    "open_pipeline": "value of {} deals",
}


def _of_outcome(item: Measure, outcome: str) -> Measure:
    usual = "open" if item.name == "open_pipeline" else "won"
    if outcome in ("", usual):
        return item
    named = "all" if outcome == "any" else outcome
    definition = item.definition.replace(f"{usual} deals", f"{named} deals")
    return replace(item, words=_OUTCOME_WORDS[item.name].format(named), definition=definition, outcome=outcome)


def _sized(item: Measure, statistic: Statistic) -> Measure:
    """Return the median, the largest or the smallest amount of the deals that a measure of amounts is taken of."""
    usual = "open" if item.name == "open_pipeline" else "won"
    which = item.outcome or usual
    words = "median deal size" if (statistic, which) == ("median", "won") else f"{statistic} amount of a {which} deal"
    return replace(
        item,
        words=words.replace("a open", "an open"),
        kind=statistic,
        definition=f"{statistic} of the amounts of {which} deals",
        floor=30 if statistic == "median" else 1,
    )


def _with_statistic(item: Measure, statistic: str, words: str) -> Measure:
    if statistic not in _STATISTICS:
        return item
    if item.kind != "mean":
        raise NoSuchVariant(f"A {statistic} of the {item.words} is not computed here.")
    named = _OF_TIME.get(statistic, statistic) if item.unit == "days" else statistic
    return replace(
        item,
        words=f"{named} {words}",
        kind=_STATISTICS[statistic],
        definition=f"{named}; {item.definition.removeprefix('mean ')}",
        floor=30 if statistic == "median" else 1,
    )
