"""Why a forecast's interval is as wide as it is: the number of wins, their size, and how few back-tests there are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_deals, day
from domains.analysis.artifacts import Finding, Number
from domains.analysis.statistics.backtest import months_before
from domains.analysis.statistics.numbers import amount, percent

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.statistics.backtest import BacktestPoint, Forecast

__all__ = ["width_finding"]

LARGEST = 5


def width_finding(found: Forecast, winners: Sequence[Deal]) -> Finding | None:
    """Return what drives the errors that the interval is made of; None where they cannot be taken apart.

    Notes
    -----
    A window's value is its number of wins times their mean value, so the error of a back-test on the log scale is the
    sum of the errors of both. Each part's share of the squared errors is its covariance with the whole; the shares add
    up to one, and one of them is negative where the two make up for each other.
    """
    parts = [_parts(point, found, winners) for point in found.backtest.points]
    errors = [wins + size for wins, size in parts]
    squared = math.fsum(error**2 for error in errors)
    if not squared:
        return None
    n = len(errors)
    of_wins = math.fsum(error * wins for error, (wins, _) in zip(errors, parts, strict=True)) / squared
    shares = [
        Number(name=f"share of the squared errors from {what}", value=share, unit="share", n=n, method=_METHOD)
        for what, share in (("how many deals are won", of_wins), ("how large they are", 1 - of_wins))
    ]
    last = sorted((deal.amount or 0.0 for deal in _within(winners, *_window(found, found.start))), reverse=True)
    top = math.fsum(last[:LARGEST]) / math.fsum(last)
    largest = Number(
        name=f"share of the {LARGEST} largest of {len(last)} wins in the last window",
        value=top,
        unit="share",
        n=len(last),
        method="sum of the largest over the sum of all",
    )
    ratio = found.high / found.low
    times = Number(name="upper end of the interval over the lower", value=ratio, unit="times", n=n, method="high / low")
    wins, size = (percent(number.value) for number in shares)
    return Finding(
        claim=f"The upper end of the interval is {amount(ratio)} times the lower: of the squared errors of the "
        f"back-tests {wins} go back to how many deals are won, {size} to how large they are. In the last window "
        f"{LARGEST} of {len(last)} wins make {percent(top)} of the value.",
        strength="descriptive",
        numbers=(times, *shares, largest),
        citations=(cite_deals(winners),),
        note=f"Only {found.backtest.apart} windows do not overlap; with so few the interval is widened for that as "
        "well (Student's t). It narrows with more months on record. What each open deal is worth would "
        "narrow it too, but at which value they stood open on earlier days is not recorded.",
        title="Why the interval is so wide",
    )


_METHOD = "covariance of the part with the whole error of the back-tests, logs"


def _window(found: Forecast, start: date) -> tuple[date, date]:
    """Return the day before, and the last day of, the window that a forecast from a day repeats."""
    lag = 3 if found.backtest.rule.startswith("the last") else 12
    eve = months_before(found.end, 3) if start == found.start else start
    return months_before(eve, lag), months_before(eve, lag - 3)


def _parts(point: BacktestPoint, found: Forecast, winners: Sequence[Deal]) -> tuple[float, float]:
    """Return the errors of the number of wins and of their mean value in a back-test, as logarithms."""
    before = _within(winners, *_window(found, point.as_of))
    after = _within(winners, point.as_of, months_before(point.as_of, -3))
    wins = math.log(len(after) / len(before))
    return wins, math.log(point.actual / point.predicted) - wins


def _within(winners: Sequence[Deal], after: date, until: date) -> list[Deal]:
    return [deal for deal in winners if (end := day(deal.close_date)) and after < end <= until]
