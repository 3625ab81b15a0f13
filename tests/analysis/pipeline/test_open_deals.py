"""Open deals count: as waiting in how long deals take, and in a forecast where their ages foretell more."""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random

import pytest

from domains.analysis.analysts.revenue_operations_forecast_survival import by_survival, survival_finding
from domains.analysis.analysts.revenue_operations_waiting import time_to_decision
from domains.analysis.corpus.records import Deal
from domains.analysis.statistics.backtest import forecast
from domains.analysis.statistics.time_to_close import RULE

LAST = date(2024, 12, 31)
WORTH = 1000.0


def _deal(number: int, begun: date, ended: date, gained: bool) -> Deal:
    """Return a deal as it stood on the last day."""
    status = "open" if ended > LAST else "won" if gained else "lost"
    return Deal(
        opportunity_id=f"D{number}",
        account=None,
        rep=None,
        product=None,
        stage=None,
        status=status,
        created_date=begun.isoformat(),
        engage_date=None,
        close_date=None if status == "open" else ended.isoformat(),
        expected_close=None,
        amount=WORTH if status == "won" else None,
        competitor=None,
        loss_reason=None,
        forecast_category=None,
        segment=None,
    )


def _stream(seed: int, begins: list[date], mean: float) -> list[Deal]:
    random = Random(seed)
    return [
        _deal(number, begun, begun + timedelta(math.ceil(random.expovariate(1 / mean))), random.random() < 0.5)
        for number, begun in enumerate(begins)
    ]


def _begins(seed: int, first: date, a_month: list[int]) -> list[date]:
    random = Random(seed)
    return [
        first + timedelta(30 * month + random.randrange(30)) for month, many in enumerate(a_month) for _ in range(many)
    ]


def test_the_planted_median_is_found_where_many_deals_are_open() -> None:
    """The closed deals alone say far too little; with open ones as waiting the planted median is in the interval."""
    deals = _stream(1, _begins(2, date(2024, 3, 1), [100] * 10), 200.0)
    ended = [deal for deal in deals if deal.close_date]
    closed_alone = sorted(
        (date.fromisoformat(deal.close_date or "") - date.fromisoformat(deal.created_date or "")).days for deal in ended
    )[len(ended) // 2]
    found = time_to_decision(deals, float(closed_alone))
    assert found is not None
    median = found.numbers[0]
    truth = 200.0 * math.log(2)
    assert closed_alone < 0.7 * truth
    assert median.low is not None
    assert median.high is not None
    assert median.low <= truth <= median.high


def test_without_open_deals_nothing_is_added() -> None:
    """Where everything has closed, the median of the closed deals is the whole story."""
    deals = [deal for deal in _stream(3, _begins(4, date(2023, 1, 1), [60] * 10), 30.0) if deal.status != "open"]
    assert time_to_decision(deals, 20.0) is None


@pytest.mark.parametrize(("surging", "used"), [(True, True), (False, False)])
def test_the_better_of_two_forecasts_is_used(surging: bool, used: bool) -> None:
    """While more and more deals begin, their ages foretell what repeating the past cannot; in a steady stream not."""
    months = [150] * 24 + [int(150 * 1.12**month) if surging else 150 for month in range(24)]
    first = date(2023, 1, 11)
    began = _begins(6, first - timedelta(720), months)
    deals = [deal for deal in _stream(5, began, 110.0) if (deal.close_date or "9") >= first.isoformat()]
    ends = [(date.fromisoformat(deal.close_date or ""), WORTH) for deal in deals if deal.status == "won"]
    days, amounts = [end for end, _ in ends], [worth for _, worth in ends]
    simple = forecast(days, amounts, first, LAST)
    assert simple is not None
    found, tested = by_survival(deals, first, LAST, simple)
    assert tested is not None
    assert (found.backtest.rule == RULE) is used
    assert ("The model is used" in survival_finding(deals, tested, simple.backtest).claim) is used
    if used:
        assert tested.mape < simple.backtest.mape
        assert found.low < found.value < found.high
