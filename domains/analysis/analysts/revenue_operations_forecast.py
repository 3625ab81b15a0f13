"""Forecast of the value won in the next three months, by the simplest rule unless a survival model is better."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_deals, closed, day, selected_deals, won
from domains.analysis.analysts.revenue_operations_forecast_survival import by_survival, survival_finding
from domains.analysis.analysts.revenue_operations_forecast_width import width_finding
from domains.analysis.artifacts import Artifact, Exclusion, Finding, FindingTable, Number, TableRow
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, period_of
from domains.analysis.statistics.backtest import BacktestPoint, Forecast, forecast
from domains.analysis.statistics.numbers import amount, percent
from domains.analysis.statistics.time_to_close import RULE

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["QuarterForecast", "forecast_quarter"]

FEWEST_BACKTESTS = 4
FEWEST_WON = 100
COMPLETE_AFTER = 3
_REPEATED = "The forecast repeats the past: it knows nothing of the open deals, of prices, or of anything new."
_FROM_AGES = "The forecast takes open deals to go as deals of their age went: it knows of no prices and of nothing new."


class QuarterForecast(Artifact):
    """Value expected to be won in the next three months, and the back-tests it rests on."""

    start: str | None = None
    end: str | None = None
    rule: str | None = None
    value: Number | None = None
    backtest_error: Number | None = None
    backtests: tuple[Number, ...] = ()


@capability("forecast_quarter", specialist="revenue operations", output=QuarterForecast)
def forecast_quarter(workspace: Workspace, scope: Scope, inputs: Inputs) -> QuarterForecast:
    """Forecast the value won in the three months after the last recorded close.

    Notes
    -----
    With a period in the scope the forecast starts where the period ends and uses everything before, because a forecast
    from within a period would have nothing to be tested on. A survival model of the open deals' ages is tested on the
    same days as the simple rule and takes its place only where it is better by a fifth; on exports with dead deals and
    quarter ends it is not.
    """
    deals = _history(workspace, scope, inputs)
    dated = sorted((end, deal.opportunity_id, deal.amount) for deal in closed(deals) if (end := day(deal.close_date)))
    winners = [deal for deal in won(deals) if deal.amount is not None]
    without = len(won(deals)) - len(winners)
    exclusions = (Exclusion(what="won deals", count=without, reason="no value recorded"),) if without else ()
    if len(winners) < FEWEST_WON:
        sentence = f"No forecast is made: {len(winners)} won deals with a value are below the floor of {FEWEST_WON}."
        return QuarterForecast(limits=(sentence,), exclusions=exclusions)
    first, last = _covered(dated[0][0], dated[-1][0])
    ends = [end for deal in winners if (end := day(deal.close_date))]
    found = forecast(ends, [deal.amount or 0.0 for deal in winners], first, last, FEWEST_BACKTESTS)
    if found is None:
        sentence = (
            f"No forecast is made: it takes closes over about {6 + FEWEST_BACKTESTS - 1} months to test one on "
            f"{FEWEST_BACKTESTS} earlier days, and something won in every three months; closes run from "
            f"{first.isoformat()} "
            f"to {last.isoformat()}."
        )
        return QuarterForecast(limits=(sentence,), exclusions=exclusions)
    simple, pipeline = found.backtest, _whatever_became(workspace, scope, inputs)
    found, tested = by_survival(pipeline, first, last, found)
    compared = () if tested is None else (survival_finding(pipeline, tested, simple),)
    return _result(found, winners, exclusions, compared)


def _history(workspace: Workspace, scope: Scope, inputs: Inputs) -> list[Deal]:
    deals = _whatever_became(workspace, scope, inputs)
    period = period_of(scope)
    if period is None:
        return deals
    until = period[1].isoformat()
    return [deal for deal in closed(deals) if deal.close_date and deal.close_date <= until]


def _whatever_became(workspace: Workspace, scope: Scope, inputs: Inputs) -> list[Deal]:
    """Return deals whatever became of them after the period; what was open when it ended can be among them."""
    if period_of(scope) is None:
        return selected_deals(workspace, scope, inputs)
    return workspace.deals(tuple(item for item in scope if item[0] != "period"))


def _covered(first: date, last: date) -> tuple[date, date]:
    """Return the first and last day that the closes cover; months that begin or end within days count as whole."""
    first = first.replace(day=1) if first.day <= COMPLETE_AFTER + 1 else first
    days = monthrange(last.year, last.month)[1]
    return first, last.replace(day=days) if days - last.day <= COMPLETE_AFTER else last


def _result(
    found: Forecast, winners: list[Deal], exclusions: tuple[Exclusion, ...], compared: tuple[Finding, ...]
) -> QuarterForecast:
    test = found.backtest
    number = Number(
        name=f"value won {found.start.isoformat()} to {found.end.isoformat()}",
        value=found.value,
        unit="value",
        low=found.low,
        high=found.high,
        level=found.level,
        n=len(test.points),
        method=f"{test.rule}; interval from the errors of {len(test.points)} back-tests ({test.apart} without overlap)",
    )
    error = Number(
        name="mean absolute error of the back-tests",
        value=test.mape,
        unit="share",
        n=len(test.points),
        method="|predicted / actual - 1|, mean over earlier days",
    )
    points = tuple(map(_point, test.points))
    came = tuple(map(_came, test.points))
    rows = tuple(
        TableRow(name=point.as_of.isoformat(), cells=(2 + place, 2 + len(points) + place))
        for place, point in enumerate(test.points)
    )
    rule = test.rule if test.rule == RULE else f"the simplest rule: {test.rule}"
    claim = (
        f"From {found.start.isoformat()} to {found.end.isoformat()} {amount(found.value)} is expected to be won "
        f"[{amount(found.low)} to {amount(found.high)} at {found.level:.0%}], by {rule}. On "
        f"{len(test.points)} earlier days this rule was off by {percent(test.mape)} on average."
    )
    note = (
        f"The interval holds {found.covered} of the {len(test.points)} back-tests it was made from, of which "
        f"{test.apart} do "
        "not overlap; so few cannot show how often it will hold."
    )
    finding = Finding(
        claim=claim,
        strength="descriptive",
        numbers=(number, error, *points, *came),
        citations=(cite_deals(winners),),
        note=note,
        title="What is expected to be won, and how far off such forecasts were",
        table=FindingTable(corner="on", columns=("predicted for three months", "came"), rows=rows),
    )
    from_ages = test.rule == RULE
    width = None if from_ages else width_finding(found, winners)
    return QuarterForecast(
        start=found.start.isoformat(),
        end=found.end.isoformat(),
        rule=test.rule,
        value=number,
        backtest_error=error,
        backtests=points,
        findings=(finding, *compared) if width is None else (finding, *compared, width),
        exclusions=exclusions,
        limits=(_FROM_AGES if from_ages else _REPEATED,),
    )


def _came(point: BacktestPoint) -> Number:
    name = f"came in the three months after {point.as_of.isoformat()}"
    return Number(name=name, value=point.actual, unit="value", n=None, method="sum of the values won")


def _point(point: BacktestPoint) -> Number:
    """Return a back-test as a number: what was predicted, and in words what came."""
    return Number(
        name=f"predicted on {point.as_of.isoformat()}",
        value=point.predicted,
        unit="value",
        n=None,
        method=f"came: {amount(point.actual)} ({point.predicted / point.actual - 1:+.1%})",
    )
