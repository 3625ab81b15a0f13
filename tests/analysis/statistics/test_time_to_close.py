"""The value expected from open deals: planted chances are found again, and nothing is known before it happens."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from domains.analysis.statistics.backtest import back_test
from domains.analysis.statistics.time_to_close import Spell, expected_value, survival_backtest

FIRST, TODAY = date(2022, 1, 1), date(2024, 12, 31)
WINNING, LOSING = 0.006, 0.004
WORTH = 100.0


def _planted(seed: int, begins: list[date]) -> list[Spell]:
    """Return deals that are won and lost at constant rates a day, whatever their age."""
    random = Random(seed)
    spells = []
    for begin in begins:
        days = math.ceil(random.expovariate(WINNING + LOSING))
        gained = random.random() < WINNING / (WINNING + LOSING)
        spells.append(Spell(begin, begin + timedelta(days), WORTH if gained else None))
    return spells


def _days(seed: int, count: int, first: date, last: date) -> list[date]:
    random = Random(seed)
    return [first + timedelta(random.randrange((last - first).days)) for _ in range(count)]


def _open(spells: list[Spell]) -> int:
    return sum(spell.ended is None or spell.ended > TODAY for spell in spells)


def test_planted_chances_of_open_deals_are_found() -> None:
    """With no new deals, the expected wins are those that the planted rates give in 13 weeks."""
    spells = _planted(1, _days(2, 6000, FIRST, TODAY - timedelta(100)))
    found = expected_value(spells, FIRST, TODAY, TODAY + timedelta(91))
    rate = WINNING + LOSING
    truth = _open(spells) * WORTH * WINNING / rate * (1 - math.exp(-rate * 91))
    assert found == pytest.approx(truth, rel=0.07)


def test_new_deals_are_counted_in() -> None:
    """In a steady stream as many are won in the quarter ahead as in any other."""
    spells = _planted(3, _days(4, 8000, FIRST, TODAY))
    found = expected_value(spells, FIRST, TODAY, TODAY + timedelta(91))
    steady = 8000 / (TODAY - FIRST).days * 91 * WINNING / (WINNING + LOSING) * WORTH
    assert found == pytest.approx(steady, rel=0.1)


def test_records_that_begin_late_do_not_mislead() -> None:
    """Deals that ended before the records begin are missing from them; the chances come out the same."""
    spells = _planted(5, _days(6, 8000, FIRST, TODAY))
    begin = date(2023, 7, 1)
    recorded = [spell for spell in spells if spell.ended and spell.ended >= begin]
    whole = expected_value(spells, FIRST, TODAY, TODAY + timedelta(91))
    late = expected_value(recorded, begin, TODAY, TODAY + timedelta(91))
    assert late == pytest.approx(whole, rel=0.07)


def test_what_comes_later_is_not_known() -> None:
    """Ends after the day of the forecast, and deals that begin after it, change nothing."""
    spells = _planted(7, _days(8, 1500, FIRST, TODAY))
    past = TODAY - timedelta(200)
    blind = [
        replace(spell, ended=None, won=None) if spell.ended and spell.ended > past else spell
        for spell in spells
        if spell.begun <= past
    ]
    until = past + timedelta(91)
    assert expected_value(spells, FIRST, past, until) == expected_value(blind, FIRST, past, until)


def test_back_tests_are_on_the_same_days_as_those_of_the_simple_rule() -> None:
    """The two are compared on the same windows, against the same truth."""
    spells = _planted(9, _days(10, 8000, FIRST, TODAY))
    ended = [(spell.ended, spell.won) for spell in spells if spell.won and spell.ended and spell.ended <= TODAY]
    simple = back_test([when for when, _ in ended], [worth for _, worth in ended], FIRST, TODAY, 3)
    assert simple is not None
    found = survival_backtest(spells, FIRST, simple)
    assert found is not None
    assert [(point.as_of, point.actual) for point in found.points] == [
        (point.as_of, point.actual) for point in simple.points
    ]
    assert found.mape == pytest.approx(
        sum(abs(point.predicted / point.actual - 1) for point in found.points) / len(found.points)
    )
    assert found.mape < 0.25


def test_nothing_won_is_nothing_to_expect() -> None:
    """Without a won deal there is no value to go by."""
    assert expected_value([Spell(FIRST, FIRST + timedelta(9))], FIRST, TODAY, TODAY + timedelta(91)) is None
