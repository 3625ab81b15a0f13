"""Whether open deals, by their ages, foretell more than the past repeated: the survival model on the same days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_deals, started
from domains.analysis.analysts.revenue_operations_waiting import spells_of
from domains.analysis.artifacts import Finding, FindingTable, Number, TableRow
from domains.analysis.statistics.backtest import forecast_from
from domains.analysis.statistics.numbers import percent
from domains.analysis.statistics.time_to_close import expected_value, survival_backtest

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.statistics.backtest import Backtest, BacktestPoint, Forecast

__all__ = ["by_survival", "survival_finding"]

# With a handful of days to compare on, a model has to be better by more than a fifth to be taken for better.
BETTER = 0.8

_METHOD = "weekly chances of being won and lost by age, from what was known on the day; new deals as of late"


def by_survival(deals: Sequence[Deal], first: date, last: date, simple: Forecast) -> tuple[Forecast, Backtest | None]:
    """Return the forecast to be used, and how the survival model did where the simple rule was tested.

    The survival model is used where its mean error on the same days is below that of the simple rule by a fifth; its
    interval comes from its own back-tests, as that of the simple rule does.
    """
    spells = spells_of(deals)
    tested = survival_backtest(spells, first, simple.backtest)
    if tested is None or tested.mape >= BETTER * simple.backtest.mape:
        return simple, tested
    value = expected_value(spells, first, last, simple.end)
    return (forecast_from(value, tested, last) if value else simple), tested


def survival_finding(deals: Sequence[Deal], found: Backtest, simple: Backtest) -> Finding:
    """Return how a survival model of the deals' ages did against the simple rule, and which of the two is used."""
    dated = [deal for deal in deals if started(deal)]
    errors = tuple(
        Number(
            name=f"mean absolute error of {name}",
            value=test.mape,
            unit="share",
            n=len(test.points),
            method=f"{how}; |predicted / actual - 1|, mean over the same days",
        )
        for name, test, how in (("the survival model", found, _METHOD), ("the simple rule", simple, simple.rule))
    )
    points = tuple(map(_point, found.points))
    rows = tuple(TableRow(name=item.as_of.isoformat(), cells=(2 + place,)) for place, item in enumerate(found.points))
    used = (
        "The model is used"
        if found.mape < BETTER * simple.mape
        else "The simple rule is used, which the model would have to beat by a fifth"
    )
    return Finding(
        claim=f"A survival model of how long deals stay open was off by {percent(found.mape)} on average on the same "
        f"{len(found.points)} days, the simple rule by {percent(simple.mape)}. {used}.",
        strength="descriptive",
        numbers=(*errors, *points),
        citations=(cite_deals(dated),),
        note="The model takes every open deal to be alive and the chances at each age to stay as they were; deals that "
        "nobody closes, and quarter ends, break both.",
        title="Whether the open deals' ages foretell more",
        table=FindingTable(corner="on", columns=("predicted by the survival model",), rows=rows),
    )


def _point(point: BacktestPoint) -> Number:
    return Number(
        name=f"survival model on {point.as_of.isoformat()}", value=point.predicted, unit="value", n=None, method=_METHOD
    )
