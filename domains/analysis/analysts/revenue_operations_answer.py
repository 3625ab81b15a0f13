"""The answer on the pipeline: headline, findings in the order in which they matter, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.answer_draft import LEVEL_OF_INTERVALS, AnswerDraft
from domains.analysis.analysts.asked_first import asked_first
from domains.analysis.analysts.retrieval_deals import DealSet
from domains.analysis.analysts.revenue_operations_ageing import Ageing
from domains.analysis.analysts.revenue_operations_categories import CategoryRollUp
from domains.analysis.analysts.revenue_operations_coverage import Coverage
from domains.analysis.analysts.revenue_operations_forecast import QuarterForecast
from domains.analysis.analysts.revenue_operations_quarter_end import QuarterEnd
from domains.analysis.analysts.revenue_operations_slippage import Slippage
from domains.analysis.analysts.revenue_operations_stages import StageConversion
from domains.analysis.analysts.revenue_operations_survey import PipelineSurvey
from domains.analysis.analysts.revenue_operations_velocity import Velocity
from domains.analysis.analysts.revenue_operations_win_rate import WinRate
from domains.analysis.artifacts import Answer, Artifact
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, describe
from domains.analysis.scope import value as value_of
from domains.analysis.statistics.numbers import amount, in_words, percent

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["synthesise_pipeline"]

# What works out a measure that may be asked for; a forecast leads anyway.
_ASKED: dict[str, type[Artifact]] = {
    "coverage": Coverage,
    "velocity": Velocity,
    "stage_conversion": StageConversion,
    "deal_age": Ageing,
    "slippage": Slippage,
    "commit": CategoryRollUp,
}
TOO_LITTLE = "Too little has closed for a win rate or a forecast"
DAYS_TO_ACT = 14
WIDE = "Why the interval is so wide"


@capability("synthesise_pipeline", specialist="revenue operations", output=Answer)
def synthesise_pipeline(workspace: Workspace, scope: Scope, inputs: Inputs) -> Answer:
    """Put the pipeline measures together: forecast first, then win rate and what moves it, then the open deals."""
    draft = AnswerDraft()
    expected = inputs.first(QuarterForecast)
    draft.add(expected)
    rate = inputs.first(WinRate)
    draft.add(rate)
    quarter = inputs.first(QuarterEnd)
    at_quarter_end = draft.add(quarter)
    coverage = inputs.first(Coverage)
    covered = draft.add(coverage)
    draft.add(inputs.first(CategoryRollUp))
    stages = inputs.first(StageConversion)
    converted = draft.add(stages)
    ageing = inputs.first(Ageing)
    aged = draft.add(ageing)
    slipped = inputs.first(Slippage)
    late = draft.add(slipped)
    draft.add(inputs.first(Velocity))
    # last: what is missing reads better after what there is
    draft.add(inputs.first(DealSet))
    draft.add(inputs.first(PipelineSurvey))
    if quarter and quarter.findings and quarter.findings[0].strength != "not established":
        draft.recommend(
            "Compare months only with the same month of other quarters, and find out whether losses are written off "
            "early and "
            "wins held for the quarter's end.",
            at_quarter_end[:1] + at_quarter_end[2:],
        )
    if coverage and _short(coverage):
        draft.recommend("Build pipeline: what is open does not cover the quota at the past win rate.", covered)
    if stages and stages.findings and stages.findings[0].strength == "established":
        draft.recommend(f"Look at why deals end in {_weakest(stages)} before working on other stages.", converted[:1])
    if ageing and ageing.beyond_usual and (ageing.beyond_usual.value or 0.0) > 0.1:
        draft.recommend(
            "Go through the open deals older than any that closed: close them as lost or date them anew.", aged[1:]
        )
    if slipped and slipped.overdue and (slipped.overdue.value or 0.0) > 0.1:
        draft.recommend("Set new close dates for the overdue open deals, or close them.", late[:1])
    draft.limit(LEVEL_OF_INTERVALS)
    asked = asked_first(scope, {name: inputs.first(kind) for name, kind in _ASKED.items()})
    usual = _headline(scope, inputs, rate, expected, quarter)
    if usual.startswith(TOO_LITTLE):
        draft.limit(usual)
    return draft.answer(" ".join([*asked, usual]))


def _short(coverage: Coverage) -> bool:
    """Return whether coverage lies below what is needed, with time left in the period to do something about it."""
    if not coverage.ratio or not coverage.target or (coverage.days_left or 0) < DAYS_TO_ACT:
        return False
    return (coverage.ratio.value or 0.0) < (coverage.target.low or 0.0)


def _weakest(stages: StageConversion) -> str:
    known = [stage for stage in stages.stages if stage.advanced.value is not None]
    return min(known, key=lambda stage: stage.advanced.value or 0.0).name


def _headline(
    scope: Scope, inputs: Inputs, rate: WinRate | None, expected: QuarterForecast | None, quarter: QuarterEnd | None
) -> str:
    deals = inputs.first(DealSet)
    parts = []
    if expected and expected.value:
        value = expected.value
        parts.append(
            f"{amount(value.value)} is expected to be won from {expected.start} to {expected.end} "
            f"[{amount(value.low)} to {amount(value.high)} at {value.level or 0.0:.0%}]"
        )
        parts += _why_so_wide(expected)
    only_forecast = bool(parts) and value_of(scope, "metric") == "forecast"
    if not only_forecast and rate and rate.findings and rate.findings[0].strength == "descriptive":
        parts.append(f"the win rate is {in_words(rate.rate)}")
    firm = quarter is not None and bool(quarter.findings) and quarter.findings[0].strength == "established"
    if not only_forecast and firm and quarter and quarter.gap and quarter.in_quarter_end:
        parts.append(
            f"deals closed in the last month of a quarter are won {percent(quarter.in_quarter_end.value)} of the "
            f"time, others {percent(quarter.in_other_months.value if quarter.in_other_months else None)}, as observed"
        )
    if not parts and deals:
        held = f"{deals.won:,} won, {deals.lost:,} lost and {deals.open:,} open deals"
        return f"{TOO_LITTLE} ({describe(scope)}): there are {held}."
    if not parts:
        return f"There are no deals, so there is no pipeline to measure ({describe(scope)})."
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _why_so_wide(expected: QuarterForecast) -> list[str]:
    """Say how far apart the ends of the interval are, what drives it most, and what the simplest rule is."""
    wide = next((finding for finding in expected.findings if finding.title == WIDE), None)
    if wide is None:
        return [f"by {expected.rule}"]
    wins, size = wide.numbers[1], wide.numbers[2]
    times = f"the upper end is {amount(wide.numbers[0].value)} times the lower"
    parts = f"of that {percent(wins.value)} goes back to how many deals are won, {percent(size.value)} to their size"
    return [f"that is {expected.rule}; {times}; {parts}"]
