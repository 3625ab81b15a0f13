"""Back-tests use only what was known on their day, and intervals made from them hold about as often as they say."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import numpy as np
import pytest

from domains.analysis.statistics.backtest import back_test, forecast, months_before


def monthly(values: list[float], start: tuple[int, int] = (2020, 1)) -> tuple[list[date], list[float]]:
    """One amount in the middle of every month."""
    year, month = start
    days = [date(year + (month - 1 + i) // 12, (month - 1 + i) % 12 + 1, 15) for i in range(len(values))]
    return days, values


def end_of(day: date) -> date:
    """Last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@pytest.mark.parametrize("months", range(-15, 15))
def test_last_days_of_months_stay_last_days(months):
    """Going back any number of months from the end of one ends at the end of another, and can be undone."""
    for day in (date(2023, 1, 31), date(2024, 2, 29), date(2023, 6, 30)):
        moved = months_before(day, months)
        assert moved == end_of(moved)
        assert months_before(moved, -months) == day


def test_days_within_a_month_keep_their_number():
    """The 15th stays the 15th; a 30th that February does not have becomes its last day."""
    assert months_before(date(2024, 5, 15), 3) == date(2024, 2, 15)
    assert months_before(date(2023, 3, 30), 1) == date(2023, 2, 28)


def test_back_test_repeats_the_window_before():
    """Every prediction is the sum of the three months before its day, every truth that of the three months after."""
    values = [float(10 + i) for i in range(12)]
    days, amounts = monthly(values)
    found = back_test(days, amounts, date(2020, 1, 1), date(2020, 12, 31), 3)
    assert found is not None
    assert [point.as_of.month for point in found.points] == [3, 4, 5, 6, 7, 8, 9]
    for point in found.points:
        at = point.as_of.month
        assert point.predicted == sum(values[at - 3 : at])
        assert point.actual == sum(values[at : at + 3])
    assert found.apart == 3
    assert found.mape == pytest.approx(np.mean([abs(p.predicted / p.actual - 1) for p in found.points]))


def test_a_back_test_never_looks_ahead():
    """Changing what comes after a day does not change the prediction made on it."""
    days, amounts = monthly([float(10 + i) for i in range(12)])
    changed = [*amounts[:8], *(x * 5 for x in amounts[8:])]
    before = back_test(days, amounts, date(2020, 1, 1), date(2020, 12, 31), 3)
    after = back_test(days, changed, date(2020, 1, 1), date(2020, 12, 31), 3)
    assert before is not None
    assert after is not None
    same = [(a.predicted, b.predicted) for a, b in zip(before.points, after.points, strict=True) if a.as_of.month <= 8]
    assert all(x == y for x, y in same)
    assert len(same) == 6


def test_too_short_a_history_gives_no_forecast():
    """Eight months leave three earlier days; four are needed."""
    days, amounts = monthly([10.0] * 8)
    assert forecast(days, amounts, date(2020, 1, 1), date(2020, 8, 31)) is None
    days, amounts = monthly([10.0 + i % 2 for i in range(9)])
    assert forecast(days, amounts, date(2020, 1, 1), date(2020, 9, 30)) is not None


def test_the_forecast_covers_the_three_months_after_the_last_day():
    """Its dates follow the data; its value is the last three months' where these did best."""
    days, amounts = monthly([10.0, 12.0, 11.0] * 4)
    found = forecast(days, amounts, date(2020, 1, 1), date(2020, 12, 31))
    assert found is not None
    assert (found.start, found.end) == (date(2021, 1, 1), date(2021, 3, 31))
    assert found.value == sum(amounts[-3:])
    assert found.low <= found.value <= found.high


def test_the_season_is_repeated_only_where_that_did_better():
    """With a yearly season and little noise last year's months win; without a season the last months do."""
    seasonal = [100.0 + 80 * np.sin(month / 12 * 2 * np.pi) for month in range(48)]
    days, amounts = monthly([float(x) for x in seasonal])
    found = forecast(days, amounts, date(2020, 1, 1), date(2023, 12, 31))
    assert found is not None
    assert "year before" in found.backtest.rule
    assert found.value == pytest.approx(sum(seasonal[36:39]))
    drifting = [100.0 * 1.05**month for month in range(48)]
    days, amounts = monthly(drifting)
    found = forecast(days, amounts, date(2020, 1, 1), date(2023, 12, 31))
    assert found is not None
    assert "last three months" in found.backtest.rule


@pytest.mark.parametrize("months", [12, 24])
def test_intervals_hold_about_as_often_as_they_say(months):
    """Over made-up histories with quarter-end months, the 80 % interval holds the next one 70 to 95 times in 100."""
    rng = np.random.default_rng(months)
    held, made = 0, 200
    for _ in range(made):
        shape = np.array([80.0, 90.0, 130.0] * (months // 3 + 1))
        values = shape * np.exp(rng.normal(0, 0.15, len(shape)))
        days, amounts = monthly([float(x) for x in values[:months]])
        last = end_of(days[-1])
        found = forecast(days, amounts, date(2020, 1, 1), last)
        assert found is not None
        held += found.low <= float(values[months : months + 3].sum()) <= found.high
    assert 0.70 * made <= held <= 0.95 * made


def test_nothing_won_in_three_months_gives_no_forecast():
    """A history with a gap cannot be judged by ratios, and is not."""
    days = [date(2020, 1, 15) + timedelta(days=30 * i) for i in range(3)]
    assert forecast(days, [1.0, 1.0, 1.0], date(2020, 1, 1), date(2020, 12, 31)) is None
