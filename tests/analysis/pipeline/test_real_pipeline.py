"""On the real CRM data every pipeline measure is what an independent look with pandas gives."""

from __future__ import annotations

import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from tests.analysis.pipeline.workspaces import CRM, answer_of, claims, measure, needs_crm

pytestmark = [pytest.mark.shared_data, needs_crm]


@pytest.fixture(scope="module")
def frame():
    """The pipeline table as pandas reads it."""
    table = pd.read_csv(CRM / "sales_pipeline.csv", parse_dates=["engage_date", "close_date"])
    table["won"] = table["deal_stage"] == "Won"
    table["closed"] = table["deal_stage"].isin(["Won", "Lost"])
    return table


def test_win_rate_and_interval(crm, frame):
    """4,238 of 6,711: 63.2 % [62.0 to 64.3], by another interval routine."""
    found = measure(crm, "measure_win_rate")
    closed = frame[frame.closed]
    low, high = proportion_confint(int(closed.won.sum()), len(closed), method="wilson")
    assert (found.won, found.won + found.lost) == (int(closed.won.sum()), len(closed)) == (4238, 6711)
    assert (found.rate.low, found.rate.high) == pytest.approx((low, high))
    assert found.value.value == pytest.approx(closed[closed.won].close_value.mean())
    assert "63.2 % [62.0 to 64.3]" in claims(found)


def test_no_group_of_deals_differs_and_all_say_so(crm):
    """Region, product and sector: three comparisons, none beyond chance."""
    found = measure(crm, "measure_win_rate")
    compared = [finding for finding in found.findings if "Win rates" in finding.claim]
    assert len(compared) == 3
    assert {finding.strength for finding in compared} == {"not established"}
    assert "62.6 % (Central) to 63.9 % (West)" in claims(found)


def test_the_quarter_end_effect_is_found(crm, frame):
    """Closes in last months of quarters are won 81 % of the time, others 52 %, month by month 49 to 57 %."""
    found = measure(crm, "measure_quarter_end")
    closed = frame[frame.closed]
    late = closed.close_date.dt.month % 3 == 0
    assert found.in_quarter_end.value == pytest.approx(closed[late].won.mean())
    assert found.in_other_months.value == pytest.approx(closed[~late].won.mean())
    by_month = closed.groupby(closed.close_date.dt.strftime("%Y-%m")).won.mean()
    assert {number.name[-7:]: number.value for number in found.months} == pytest.approx(by_month.to_dict())
    assert found.findings[0].strength == "established"
    assert 0.80 < found.in_quarter_end.value < 0.82
    assert found.gap.low > 20


def test_ageing_and_cycle_lengths(crm, frame):
    """Ages count from engagement to the last recorded day; 500 open deals have no date and are named as left out."""
    found = measure(crm, "measure_ageing")
    closed = frame[frame.closed]
    waiting = frame[~frame.closed & frame.engage_date.notna()]
    ages = (closed.close_date.max() - waiting.engage_date).dt.days
    lengths = (closed.close_date - closed.engage_date).dt.days
    assert found.open_dated == len(waiting) == 1589
    assert found.median_days == ages.median()
    assert found.beyond_usual.value == pytest.approx((ages > lengths.quantile(0.95, interpolation="lower")).mean())
    assert f"{int((ages > lengths.max()).sum()):,} are older than any closed deal" in claims(found)
    assert [(item.what, item.count) for item in found.exclusions] == [("open deals", 500)]
    assert measure(crm, "measure_velocity").cycle_days.value == pytest.approx(lengths.mean())


def test_the_forecast_is_the_last_quarter_with_its_record(crm, frame):
    """The value won in October to December is repeated; each back-test is the two sums that pandas gives."""
    found = measure(crm, "forecast_quarter")
    value = frame[frame.won].set_index("close_date").close_value.sort_index()
    assert found.value.value == pytest.approx(value.loc["2017-10-01":"2017-12-31"].sum())
    assert (found.start, found.end) == ("2018-01-01", "2018-03-31")
    errors = []
    for as_of in pd.date_range("2017-05-31", "2017-09-30", freq="ME"):
        before = value.loc[as_of - pd.offsets.MonthEnd(3) + pd.Timedelta(days=1) : as_of].sum()
        after = value.loc[as_of + pd.Timedelta(days=1) : as_of + pd.offsets.MonthEnd(3)].sum()
        errors.append(abs(before / after - 1))
    assert len(found.backtests) == len(errors) == 5
    assert found.backtest_error.value == pytest.approx(sum(errors) / len(errors))
    assert found.backtest_error.value < 0.065
    assert found.value.low < found.value.value < found.value.high


def test_the_forecast_made_a_quarter_earlier_held(crm, frame):
    """Made at the end of September from what was known then, the interval holds what was won by the end of December."""
    found = measure(crm, "forecast_quarter", (("period", "2017-03-01/2017-09-30"),))
    assert found.value is None  # seven months give one earlier day only, and four are needed
    assert "No forecast is made" in found.limits[0]
    found = measure(crm, "forecast_quarter", (("period", "2017-03-01/2017-11-30"),))
    assert found.value is not None
    won = frame[frame.won & (frame.close_date > "2017-11-30")].close_value.sum()
    assert won < found.value.high  # December alone cannot be more than the three months forecast
    assert (found.start, found.end) == ("2017-12-01", "2018-02-28")


def test_what_is_not_recorded_is_said_and_not_made_up(crm):
    """Coverage, stage conversion, slippage and categories are absent, each with a sentence."""
    answer = answer_of(crm, "pipeline")
    said = " ".join(answer.limits)
    for word in ("quotas", "stage history", "expected close dates", "forecast category", "creation dates"):
        assert word in said
    assert "coverage" not in claims(answer).lower()


def test_the_answer_leads_with_what_matters(crm):
    """Forecast with interval, win rate with interval, the quarter-end effect; and what to do about it."""
    answer = answer_of(crm, "pipeline")
    assert "63.2 % [62.0 to 64.3]" in answer.headline
    assert "80.7 %" in answer.headline
    assert "2,802,496" in answer.headline
    assert any("quarter" in item.action for item in answer.recommendations)
    assert "do not plan with it" in claims(answer)
