"""Date phrases: the day that is meant, seen from the day of the call."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.analysis.language.dates import date_phrases

TUESDAY = date(2024, 3, 5)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("by next Tuesday", date(2024, 3, 12)),
        ("on Friday", date(2024, 3, 8)),
        ("next Friday", date(2024, 3, 15)),
        ("tomorrow", date(2024, 3, 6)),
        ("end of the month", date(2024, 3, 31)),
        ("end of March", date(2024, 3, 31)),
        ("end of January", date(2025, 1, 31)),
        ("end of next quarter", date(2024, 6, 30)),
        ("next week", date(2024, 3, 15)),
        ("in two weeks", date(2024, 3, 19)),
        ("in 3 business days", date(2024, 3, 8)),
        ("within a month", date(2024, 4, 5)),
        ("the 15th of April", date(2024, 4, 15)),
        ("March 3rd", date(2024, 3, 3)),
        ("May 2, 2025", date(2025, 5, 2)),
        ("2024-07-01", date(2024, 7, 1)),
    ],
)
def test_phrases_mean_their_day(said, day):
    """Each phrase means one day, seen from a Tuesday in March."""
    (found,) = date_phrases(f"I'll do it {said}.", TUESDAY)
    assert found.day == day


@pytest.mark.parametrize(
    "text", ["You may call me.", "He sat there.", "In a second.", "We march on.", "Twenty people."]
)
def test_words_that_only_look_like_dates_are_none(text):
    """May, march, sat and second are mostly words, not dates."""
    assert date_phrases(text, TUESDAY) == []


def test_without_the_day_of_the_call_only_full_dates_have_a_day():
    """A weekday said on an undated call is no day; a date with its year is one."""
    assert [item.day for item in date_phrases("Friday, or May 2, 2025.", None)] == [None, date(2025, 5, 2)]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(DAYS))
def test_a_weekday_is_the_next_such_day(base, name):
    """A bare weekday lies one to seven days ahead and is that weekday."""
    (found,) = date_phrases(f"let's talk {name}", base)
    assert found.day is not None
    assert found.day.weekday() == DAYS.index(name)
    assert timedelta(days=1) <= found.day - base <= timedelta(days=7)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 400))
def test_days_ahead_are_counted(base, number):
    """In n days is the base plus n days."""
    (found,) = date_phrases(f"in {number} days", base)
    assert found.day == base + timedelta(days=number)
