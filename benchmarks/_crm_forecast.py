"""The forecast of the next three months, made on every day on which one can be checked, from what was known then."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks._report import Claim
from domains.analysis.analysts.revenue_operations_forecast import QuarterForecast
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.registry import Inputs, capabilities
from domains.analysis.statistics.backtest import BacktestPoint, log_reach, months_before

__all__ = ["forecasts"]

BEST_NAIVE = 0.0621
COLUMNS = ("made on", "forecast", "came", "off by %", "80 % interval from the others", "holds")


def _won(folder: Path) -> list[tuple[date, float]]:
    with (folder / "sales_pipeline.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["deal_stage"] == "Won"]
    return [(date.fromisoformat(row["close_date"]), float(row["close_value"])) for row in rows]


def _points(won: Sequence[tuple[date, float]], last: date) -> list[BacktestPoint]:
    """Return what the last three months repeated gave at every month's end; of fewer months, in proportion."""
    first = min(day for day, _ in won)

    def between(after: date, until: date) -> float:
        return sum(value for day, value in won if after < day <= until)

    points = []
    for back in range(3, 10):
        moment = months_before(last, back)
        months = min(3, (moment.year - first.year) * 12 + moment.month - first.month + 1)
        predicted = between(months_before(moment, months), moment) * 3 / months
        points.append(BacktestPoint(moment, predicted, between(moment, months_before(last, back - 3))))
    return points[::-1]


def _apart(points: Sequence[BacktestPoint]) -> int:
    return 1 + (len(points) - 1) // 3


def forecasts(workspace: Workspace, folder: Path) -> tuple[tuple[Sequence[str], list[list[Any]]], list[Claim]]:
    """Return a table of forecasts and what came, and the claims on them.

    The interval of each day is made from the errors of the other days, as the product makes it from all: on none of
    these days but the last had four earlier forecasts been checked, and the product makes none before that.
    """
    points = _points(_won(folder), date(2017, 12, 31))
    product = capabilities()["forecast_quarter"].analyst(workspace, (), Inputs())
    assert isinstance(product, QuarterForecast)
    own = {number.name[-10:]: number.value for number in product.backtests}
    same = all(math.isclose(own[str(point.as_of)] or 0, point.predicted) for point in points if str(point.as_of) in own)
    rows, held, widths = [], 0, []
    for point in points:
        others = [one for one in points if one is not point]
        reach = log_reach(others, _apart(points))
        low, high = point.predicted * math.exp(-reach), point.predicted * math.exp(reach)
        holds = low <= point.actual <= high
        held += holds
        widths.append((high - low) / point.predicted)
        off = (point.predicted / point.actual - 1) * 100
        interval = f"{low:,.0f} to {high:,.0f}"
        rows.append([str(point.as_of), f"{point.predicted:,.0f}", f"{point.actual:,.0f}", off, interval, str(holds)])
    error = sum(abs(point.predicted / point.actual - 1) for point in points) / len(points)
    value = product.value
    claims = [
        Claim("forecast, MAPE % over seven days", error * 100, BEST_NAIVE * 100),
        Claim("forecast, days on which the interval holds, of seven", held, 5, at_most=False),
        Claim("forecast, width of the interval as a share of the value, %", sum(widths) / len(widths) * 100, 40),
        Claim("forecast, the product's own back-tests are these", float(same and len(own) >= 5), 1, at_most=False),
        Claim("forecast says it is the simple rule", float("repeated" in (product.rule or "")), 1, at_most=False),
    ]
    if value is not None and value.value and value.low and value.high:
        rows.append(["2017-12-31", f"{value.value:,.0f}", "-", None, f"{value.low:,.0f} to {value.high:,.0f}", "-"])
    return (COLUMNS, rows), claims
