"""Forecasting the next three months from the last ones, and what such forecasts were worth on earlier days."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

__all__ = [
    "Backtest",
    "BacktestPoint",
    "Forecast",
    "back_test",
    "forecast",
    "forecast_from",
    "log_reach",
    "months_before",
]

LEVEL = 0.8


@dataclass(frozen=True, slots=True)
class BacktestPoint:
    """What was predicted on an earlier day for the three months after it, and what came."""

    as_of: date
    predicted: float
    actual: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """How one rule did on earlier days.

    Attributes
    ----------
    rule : str
        "the last three months repeated" or "the same three months of the year before repeated".
    points : tuple of BacktestPoint
        One for every month's end that has enough data on both sides, oldest first.
    mape : float
        Mean absolute error as a share of what came.
    apart : int
        How many of the predicted windows do not overlap; neighbouring ones share months and say less than their number.
    """

    rule: str
    points: tuple[BacktestPoint, ...]
    mape: float
    apart: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast of the three months after a day; `covered` counts the back-tests inside its interval."""

    start: date
    end: date
    value: float
    low: float
    high: float
    level: float
    backtest: Backtest
    covered: int


def months_before(day: date, months: int) -> date:
    """Return the day some months earlier; the last day of a month stays the last day.

    Examples
    --------
    >>> months_before(date(2017, 12, 31), 3), months_before(date(2017, 5, 15), 3)
    (datetime.date(2017, 9, 30), datetime.date(2017, 2, 15))
    """
    last = (day + timedelta(days=1)).day == 1
    index = day.year * 12 + day.month - 1 - months
    first_of_next = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    ending = first_of_next - timedelta(days=1)
    return ending if last else ending.replace(day=min(day.day, ending.day))


class _Series:
    """Amounts by day, summed fast over windows."""

    def __init__(self, days: Sequence[date], amounts: Sequence[float]) -> None:
        pairs = sorted(zip(days, amounts, strict=True))
        self._days = [moment for moment, _ in pairs]
        self._sums = [0.0, *accumulate(amount for _, amount in pairs)]

    def until(self, moment: date) -> float:
        return self._sums[bisect_right(self._days, moment)]

    def between(self, after: date, until: date) -> float:
        """Return the sum over the days after one day until another, inclusive."""
        return self.until(until) - self.until(after)


def back_test(days: Sequence[date], amounts: Sequence[float], first: date, last: date, lag: int) -> Backtest | None:
    """Predict every past window of three months by one that began `lag` months before it.

    Parameters
    ----------
    days, amounts : sequence
        When something was won, and its value.
    first, last : date
        The first and the last day that the data cover.
    lag : int
        3 repeats the three months before; 12 the same months of the year before.

    Returns
    -------
    Backtest or None
        None when no past window can be predicted, or nothing was won in one of them.
    """
    series = _Series(days, amounts)
    points = []
    for back in range(3, 240):
        moment = months_before(last, back)
        begin = months_before(moment, lag)
        if begin < first - timedelta(days=1):
            break
        predicted = series.between(begin, months_before(moment, lag - 3))
        actual = series.between(moment, months_before(last, back - 3))
        points.append(BacktestPoint(moment, predicted, actual))
    if not points or not all(point.predicted > 0 and point.actual > 0 for point in points):
        return None
    errors = [abs(point.predicted / point.actual - 1) for point in points]
    rule = "the last three months repeated" if lag == 3 else "the same three months of the year before repeated"
    apart = 1 + (len(points) - 1) // 3
    return Backtest(rule, tuple(reversed(points)), math.fsum(errors) / len(errors), apart)


def log_reach(points: Sequence[BacktestPoint], apart: int) -> float:
    """Return half the width of a forecast's interval on the log scale, from its back-tests.

    Parameters
    ----------
    points : sequence of BacktestPoint
        What was predicted on earlier days, and what came.
    apart : int
        How many of their windows do not overlap.
    """
    from scipy.stats import t

    squares = [math.log(point.actual / point.predicted) ** 2 for point in points]
    return math.sqrt(math.fsum(squares) / len(squares)) * float(t.ppf((1 + LEVEL) / 2, apart))


def forecast(
    days: Sequence[date], amounts: Sequence[float], first: date, last: date, fewest: int = 4
) -> Forecast | None:
    """Forecast what is won in the three months after the last day.

    The last three months are repeated: any three months hold one quarter end, so its effect is in them already. The
    same months of the year before are repeated instead only where that did better on the same earlier days.

    The interval is symmetric on the log scale: root mean square error of the back-tests times Student's t with as many
    degrees of freedom as there are windows that do not overlap.

    Parameters
    ----------
    days, amounts, first, last
        As for `back_test`.
    fewest : int
        Earlier days needed; with fewer there is no forecast.

    Returns
    -------
    Forecast or None
    """
    candidates = [found for lag in (3, 12) if (found := back_test(days, amounts, first, last, lag))]
    candidates = [found for found in candidates if len(found.points) >= fewest]
    if not candidates:
        return None
    best, *others = candidates
    for other in others:
        # the same days for both, or the comparison would reward the easier stretch
        same = [point for point in best.points if point.as_of >= other.points[0].as_of]
        error = math.fsum(abs(point.predicted / point.actual - 1) for point in same) / len(same)
        best = other if other.mape < error else best
    lag = 3 if best is candidates[0] and best.rule.startswith("the last") else 12
    value = _Series(days, amounts).between(months_before(last, lag), months_before(last, lag - 3))
    if value <= 0:
        return None
    return forecast_from(value, best, last)


def forecast_from(value: float, tested: Backtest, last: date) -> Forecast:
    """Return a value expected for the three months after a day, with the interval that its rule's back-tests give.

    Examples
    --------
    >>> points = tuple(BacktestPoint(date(2024, month, 28), 90.0, 100.0) for month in (3, 6, 9))
    >>> found = forecast_from(100.0, Backtest("a rule", points, 0.1, 3), date(2024, 12, 31))
    >>> round(found.low), round(found.high), found.covered
    (84, 119, 3)
    """
    reach = log_reach(tested.points, tested.apart)
    return Forecast(
        start=last + timedelta(days=1),
        end=months_before(last, -3),
        value=value,
        low=value * math.exp(-reach),
        high=value * math.exp(reach),
        level=LEVEL,
        backtest=tested,
        covered=sum(abs(math.log(point.actual / point.predicted)) <= reach for point in tested.points),
    )
