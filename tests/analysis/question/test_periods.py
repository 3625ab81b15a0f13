"""Words for periods become the days they mean, at any as-of date."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.analysis.question.periods import periods_of

AS_OF = date(2025, 6, 30)
FIRST_DAY = date(2023, 7, 1)
DAYS = st.dates(date(2002, 1, 1), date(2090, 12, 31))
MONTHS = list(calendar.month_name)[1:]
ORDINALS = ("first", "second", "third", "fourth")


def days(text: str, as_of: date = AS_OF, forward: bool = False) -> list[str]:
    """Return the periods of a text, as written in scopes."""
    return [str(item) for item in periods_of(text, as_of, FIRST_DAY, forward)]


def quarter(year: int, number: int) -> str:
    """Return a quarter, worked out without the code under test."""
    last = calendar.monthrange(year, 3 * number)[1]
    return f"{year}-{3 * number - 2:02}-01/{year}-{3 * number:02}-{last}"


@given(st.integers(2001, 2098), st.integers(1, 4), st.integers(0, 5))
def test_every_way_to_write_a_quarter_means_the_same_days(year: int, number: int, way: int):
    """Q3 2024, q3 24, 3Q24, 2024 Q3, Q3 FY24 and "third quarter of 2024" are the same three months."""
    short = f"{year % 100:02}"
    written = (
        f"Q{number} {year}",
        f"q{number} {short}",
        f"{number}Q{short}",
        f"{year} Q{number}",
        f"Q{number} FY{short}",
        f"the {ORDINALS[number - 1]} quarter of {year}",
    )[way]
    assert days(f"win rate in {written}", as_of=date(2099, 12, 31)) == [quarter(year, number)]


@given(DAYS, st.integers(1, 4))
def test_a_quarter_without_a_year_is_the_latest_that_has_begun(as_of: date, number: int):
    """It begins at or before the as-of date, less than a year back, and does not end after it."""
    (text,) = days(f"win rate q{number}", as_of)
    start, end = map(date.fromisoformat, text.split("/"))
    assert start <= as_of
    assert end <= as_of
    assert (start.month, start.day) == (3 * number - 2, 1)
    assert as_of - start <= timedelta(days=366)


@given(DAYS, st.integers(1, 4))
def test_in_a_forecast_a_quarter_without_a_year_is_whole_and_not_over(as_of: date, number: int):
    """It ends at or after the as-of date, and is the first of its number to do so."""
    (text,) = days(f"forecast q{number}", as_of, forward=True)
    start, end = map(date.fromisoformat, text.split("/"))
    assert text == quarter(start.year, number)
    assert end >= as_of
    assert start.replace(year=start.year - 1) < end - timedelta(days=366) + timedelta(days=92)
    assert end.replace(year=end.year - 1) < as_of or end.replace(year=end.year - 1, day=28) < as_of


@given(DAYS, st.integers(1, 400))
def test_trailing_days_are_as_many_as_said(as_of: date, count: int):
    """Trailing N days end with the as-of date and are N days."""
    (text,) = days(f"calls in the trailing {count} days", as_of)
    start, end = map(date.fromisoformat, text.split("/"))
    assert end == as_of
    assert (end - start).days + 1 == count


@given(DAYS, st.sampled_from(MONTHS))
def test_since_a_month_begins_on_its_first_day_and_ends_today(as_of: date, month: str):
    """Since March runs from 1 March to the as-of date, less than a year."""
    (text,) = days(f"bookings since {month}", as_of)
    start, end = map(date.fromisoformat, text.split("/"))
    assert (start.day, MONTHS[start.month - 1], end) == (1, month, as_of)
    assert (end - start).days < 366


@given(DAYS)
def test_two_halves_make_a_year(as_of: date):
    """H1 and H2 of a past year touch, and together are that year."""
    year = as_of.year - 1
    first, second = days(f"H1 {year} vs H2 {year}", as_of)
    assert first.split("/")[0] == f"{year}-01-01"
    assert second.split("/")[1] == f"{year}-12-31"
    assert date.fromisoformat(first.split("/")[1]) + timedelta(days=1) == date.fromisoformat(second.split("/")[0])


@given(st.text(max_size=200), DAYS)
def test_any_text_gives_ordered_periods_or_none(text: str, as_of: date):
    """Whatever is written, no error, and a period never ends before it begins."""
    assert all(item.start <= item.end for item in periods_of(text, as_of, FIRST_DAY))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("this quarter", ["2025-04-01/2025-06-30"]),
        ("last quarter", ["2025-01-01/2025-03-31"]),
        ("the quarter before last", ["2024-10-01/2024-12-31"]),
        ("next quarter", ["2025-07-01/2025-09-30"]),
        ("last year", ["2024-01-01/2024-12-31"]),
        ("the past year", ["2024-07-01/2025-06-30"]),
        ("over the last six months", ["2025-01-01/2025-06-30"]),
        ("in the last two quarters", ["2025-01-01/2025-06-30"]),
        ("the last couple of months", ["2025-05-01/2025-06-30"]),
        ("the next 90 days", ["2025-07-01/2025-09-28"]),
        ("this week", ["2025-06-30/2025-06-30"]),
        ("last week", ["2025-06-23/2025-06-29"]),
        ("year to date", ["2025-01-01/2025-06-30"]),
        ("FY24", ["2024-01-01/2024-12-31"]),
        ("calendar 2024", ["2024-01-01/2024-12-31"]),
        ("in May", ["2025-05-01/2025-05-31"]),
        ("in September", ["2024-09-01/2024-09-30"]),
        ("until May", ["2023-07-01/2025-05-31"]),
        ("before April", ["2023-07-01/2025-03-31"]),
        ("after April", ["2025-05-01/2025-06-30"]),
        ("between March and May", ["2025-03-01/2025-05-31"]),
        ("from November to February", ["2024-11-01/2025-02-28"]),
        ("from 2024-01-15 to 2024-02-15", ["2024-01-15/2024-02-15"]),
        ("since 15 April", ["2025-04-15/2025-06-30"]),
        ("since the start of 2024", ["2024-01-01/2025-06-30"]),
        ("last summer", ["2024-06-01/2024-08-31"]),
        ("in the spring of 2024", ["2024-03-01/2024-05-31"]),
        ("2024 vs 2025", ["2024-01-01/2024-12-31", "2025-01-01/2025-06-30"]),
        ("Q1 vs Q2 2024", ["2024-01-01/2024-03-31", "2024-04-01/2024-06-30"]),
        ("this year compared with last", ["2025-01-01/2025-06-30", "2024-01-01/2024-12-31"]),
        ("this month vs the month before", ["2025-06-01/2025-06-30", "2025-05-01/2025-05-31"]),
        ("Q2 against the same quarter last year", ["2025-04-01/2025-06-30", "2024-04-01/2024-06-30"]),
        ("change from the first to the second half of 2024", ["2024-01-01/2024-06-30", "2024-07-01/2024-12-31"]),
        ("recently", []),
        ("as of today", []),
        ("before tomorrow's call", []),
        ("20 deals over 2000 dollars", []),
    ],
)
def test_phrase_means_these_days(text: str, expected: list[str]):
    """Each phrase gives exactly the days of the labelling guide, asked on 30 June 2025."""
    assert sorted(days(text)) == sorted(expected)


@pytest.mark.parametrize(("year", "last"), [(2023, 28), (2024, 29), (2000, 29), (2100, 28)])
def test_february_has_its_leap_day(year: int, last: int):
    """February ends on the 29th in leap years only."""
    assert days(f"in February {year}", as_of=date(2101, 1, 1)) == [f"{year}-02-01/{year}-02-{last}"]


def test_the_same_months_of_a_leap_year_are_not_beyond_its_days():
    """29 February has no counterpart in a common year: the 28th stands for it."""
    assert days("february 2024 vs the same month last year", as_of=date(2024, 2, 29))[-1].startswith("2023-02-01")


def test_the_date_of_an_event_is_no_period():
    """A workshop that took place in February does not limit the analysis to February."""
    assert days("did the workshop from February help") == []


@pytest.mark.parametrize("text", ["2025-13-45", "Q5 2024", "31 February 2024", "the last 0 days", "99q99", "year 0000"])
def test_impossible_dates_are_no_error(text: str):
    """A date that does not exist is left alone."""
    assert all(item.start <= item.end for item in periods_of(text, AS_OF, FIRST_DAY))


@given(DAYS, st.integers(1, 12))
def test_first_months_of_a_year_begin_with_january(as_of: date, count: int):
    """The first so many months of a past year end with the last day of the last of them."""
    year = as_of.year - 1
    last = calendar.monthrange(year, count)[1]
    assert days(f"first {count} months of {year}", as_of) == [f"{year}-01-01/{year}-{count:02}-{last}"]


@given(DAYS)
def test_last_june_is_over_and_next_june_not_begun(as_of: date):
    """A month that is called last or next is the nearest one on that side of the day on which it is asked."""
    last, following = (periods_of(f"{which} june", as_of, FIRST_DAY)[0] for which in ("last", "next"))
    assert last.end < as_of < following.start
    assert (as_of - last.end).days <= 366
    assert (following.start - as_of).days <= 366


@given(DAYS)
def test_the_week_of_a_day_holds_the_day(as_of: date):
    """A week named by a day runs from Monday to Sunday around that day."""
    day = as_of - timedelta(days=30)
    (week,) = periods_of(f"week of {day.day} {calendar.month_name[day.month].lower()} {day.year}", as_of, FIRST_DAY)
    assert week.start <= day <= week.end
    assert week.start.weekday() == 0
    assert (week.end - week.start).days == 6


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the past fortnight", "2025-06-17/2025-06-30"),
        ("since the turn of the year", "2025-01-01/2025-06-30"),
        ("since the first of may", "2025-05-01/2025-06-30"),
        ("since fri", "2025-06-27/2025-06-30"),
        ("from the start of last year until now", "2024-01-01/2025-06-30"),
        ("l4q", "2024-07-01/2025-06-30"),
        ("last year's third quarter", "2024-07-01/2024-09-30"),
        ("quarter two", "2025-04-01/2025-06-30"),
        ("the three months to march", "2025-01-01/2025-03-31"),
        ("on 15/03/2025", "2025-03-15/2025-03-15"),
        ("in 03/2025", "2025-03-01/2025-03-31"),
        ("in april and may", "2025-04-01/2025-05-31"),
        ("the last two weeks of q1", "2025-03-18/2025-03-31"),
        ("the back half of 2024", "2024-07-01/2024-12-31"),
        ("the past fourteen days", "2025-06-17/2025-06-30"),
    ],
)
def test_ordinary_ways_to_name_a_period_are_read(text: str, wanted: str):
    """Fortnights, weekdays, dates in digits, months counted from an edge: each is one period."""
    assert days(text) == [wanted]


def test_months_that_are_compared_stay_apart():
    """Neighbouring months are one period only where nothing is compared."""
    assert days("compare april and may") == ["2025-04-01/2025-04-30", "2025-05-01/2025-05-31"]
