"""What is asked of an analysis that its answer does not lead with: a number measured, or quotes, beside it."""

from __future__ import annotations

from datetime import date

from domains.analysis.analysts.measure_names import measure_named, measures_of
from domains.analysis.scope import MODIFIERS, Scope, period_of, value
from htn.model.errors import HtnError

__all__ = ["ASKED_OF", "not_answered", "wants_beside"]

ASKED_OF: dict[str, frozenset[str]] = {
    "pipeline": frozenset({"forecast", "coverage", "velocity", "stage_conversion", "deal_age", "slippage", "commit"}),
    "performance": frozenset({"quota_attainment"}),
    "enablement": frozenset({"ramp_time"}),
}
"""Measures that an analysis works out itself and leads with when they are asked for."""

# What answers report besides, wherever it stands in them.
_REPORTED: dict[str, frozenset[str]] = {
    "pipeline": ASKED_OF["pipeline"],
    "performance": frozenset({"quota_attainment", "win_rate"}),
    "enablement": frozenset({"ramp_time", "win_rate"}),
    "competitive": frozenset({"win_rate", "mention_rate"}),
    "pattern": frozenset(
        {"mention_rate", "win_rate", "talk_ratio", "question_rate", "monologue", "patience", "next_step_rate"}
    ),
}
# Measures of closed deals are no measures of a pipeline unless the question says which deals it means.
_OF_A_PIPELINE = frozenset({"cycle_time", "pipeline_value", "win_rate", "deal_size"})
_SPOKEN = ("topic", "objection", "training")


def wants_beside(analysis: str, scope: Scope, as_of: date) -> bool:
    """Return whether a table of measures or quotes is to stand beside an analysis, and lead the answer.

    Parameters
    ----------
    analysis : str
        Type of the analysis.
    scope : Scope
        Everything that the part of the question names, its measures in one value.
    as_of : datetime.date
        The last day of the records.

    Examples
    --------
    >>> wants_beside("performance", (("metric", "revenue"), ("rep", "Ann")), date(2025, 6, 30))
    True
    >>> wants_beside("performance", (("group_by", "rep"), ("metric", "win_rate")), date(2025, 6, 30))
    False
    """
    if analysis == "pattern":
        return value(scope, "statistic") == "quotes"
    keys = {key for key, _ in scope}
    if analysis not in _REPORTED or keys & set(_SPOKEN) or not _measured(scope):
        return False
    period = period_of(scope)
    if period is not None and period[0] > as_of:
        return False
    groups = set((value(scope, "group_by") or "").split(",")) - {""}
    if analysis == "competitive":
        return "competitor" in keys | groups
    if keys & MODIFIERS:
        return True
    names = set((value(scope, "metric") or "").split(","))
    if analysis == "pipeline":
        return bool(names & _OF_A_PIPELINE)
    if analysis == "performance":
        return names != {"win_rate"} or "manager" in keys | groups or bool(groups - {"rep", "region"})
    return names != {"win_rate"}


def not_answered(analysis: str, scope: Scope, as_of: date) -> list[str]:
    """Return the measures that are asked of an analysis and that neither its answer nor a table beside it gives."""
    if analysis not in _REPORTED:
        return []
    names = [name for name in (value(scope, "metric") or "").split(",") if name]
    beside = {item.name for item in measures_of(scope)} if wants_beside(analysis, scope, as_of) else set()
    reported = _REPORTED[analysis] - ({"win_rate"} if {"topic", "objection"} & {key for key, _ in scope} else set())
    return [name for name in names if name not in reported and _known(name) not in beside]


def _measured(scope: Scope) -> bool:
    """Whether a measure that there is, and that needs no topic, is asked for."""
    if value(scope, "counted"):
        return True
    return any(item.name != "mention_rate" for item in measures_of(scope))


def _known(name: str) -> str:
    try:
        return measure_named(name).name
    except HtnError:
        return ""
