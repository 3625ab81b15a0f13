"""What open deals will bring, from how fast deals of their age were won and lost: a life table with two ways to end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from domains.analysis.statistics.backtest import Backtest, BacktestPoint, months_before

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RULE", "Spell", "expected_value", "survival_backtest"]

RULE = "a survival model of the deals' ages"
WEEK = 7
# Weeks of age told apart; older deals are taken together.
WEEKS = 52
ARRIVALS = 13


@dataclass(frozen=True, slots=True)
class Spell:
    """A deal's time in the pipeline: when it began, when it ended if it has, and what a won one was worth."""

    begun: date
    ended: date | None = None
    won: float | None = None


def expected_value(spells: Sequence[Spell], first: date, as_of: date, until: date) -> float | None:
    """Return the value expected to be won after one day until another, from what was known on the first of them.

    Parameters
    ----------
    spells : sequence of Spell
        All deals with a day of beginning, later ones too; what came after `as_of` is not looked at.
    first : date
        The first day of recorded closes. Deals that began before it are counted from it on (delayed entry), since
        those that had ended by then are not in the records.
    as_of, until : date
        The day of the forecast and the last day it is for.

    Returns
    -------
    float or None
        None when no deal was won before `as_of`.

    Notes
    -----
    Chances of winning and of losing by week of age, events over deals at risk: the actuarial life table with two ways
    to end (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2002, sections 1.4 and 8.2). An
    open deal is carried through the weeks ahead with both; new deals are taken to begin at the rate of the last 13
    weeks; every won deal is worth the mean of those won so far.

    Examples
    --------
    >>> begins = [date(2024, 1, 1) + timedelta(7 * week) for week in range(40)]
    >>> weekly = [Spell(begin, begin + timedelta(14), 10.0) for begin in begins]
    >>> expected_value(weekly, date(2024, 1, 1), date(2024, 9, 30), date(2024, 12, 30))
    135.0
    """
    import numpy as np

    known = [spell for spell in spells if spell.begun <= as_of]
    worth = [spell.won for spell in known if spell.won is not None and spell.ended and spell.ended <= as_of]
    if not worth:
        return None
    winning, losing = _chances(known, first, as_of)
    weeks = max(1, round((until - as_of).days / WEEK))
    waiting = np.zeros(WEEKS + 1)
    for spell in known:
        if spell.ended is None or spell.ended > as_of:
            waiting[min((as_of - spell.begun).days // WEEK, WEEKS)] += 1
    since = as_of - timedelta(days=ARRIVALS * WEEK)
    arriving = sum(spell.begun > since for spell in known) / ARRIVALS
    leaving = winning + losing
    wins = 0.0
    for _ in range(weeks):
        # of a week's new deals half are taken to be there from its beginning, half from its end
        waiting[0] += arriving / 2
        wins += float((waiting * winning).sum())
        left = waiting * (1 - leaving)
        waiting = np.concatenate(([arriving / 2], left[:-1]))
        waiting[-1] += left[-1]
    return wins * math.fsum(worth) / len(worth)


def _chances(spells: Sequence[Spell], first: date, as_of: date) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the chances of being won and lost within a week, by age in weeks; the last place holds greater ages."""
    import numpy as np

    known = [spell.ended is not None and spell.ended <= as_of for spell in spells]
    ends = [spell.ended if ended and spell.ended else as_of for spell, ended in zip(spells, known, strict=True)]
    enter = np.array([max((first - spell.begun).days, 0) for spell in spells], dtype=float) / WEEK
    leave = np.array([(end - spell.begun).days for spell, end in zip(spells, ends, strict=True)], dtype=float) / WEEK
    ended, gained = np.array(known), np.array([spell.won is not None for spell in spells])
    seen = leave >= enter
    week = np.arange(WEEKS + 1, dtype=float)[:, None]
    # the whole of a week at risk, but the part of it for those who come or go, undecided, within it
    begin = np.clip(week + 1 - np.maximum(enter, week), 0, 1)
    stay = np.where(ended, leave > week, np.clip(leave - week, 0, 1))
    stay[0, ended] = 1  # decided on the day it began
    risk = (begin * stay)[:, seen].sum(axis=1)
    older = seen & (leave > WEEKS)
    risk[WEEKS] = np.ceil(leave[older] - np.maximum(enter[older], WEEKS)).sum()
    # a week holds its last day, not its first: what ends at 14 days ends in the second week
    place = np.clip(np.ceil(leave).astype(int) - 1, 0, WEEKS)
    chances = []
    for kind in (gained, ~gained):
        events = np.bincount(place[seen & ended & kind], minlength=WEEKS + 1)
        chances.append(np.divide(events, risk, out=np.zeros(WEEKS + 1), where=risk > 0))
    return chances[0], chances[1]


def survival_backtest(spells: Sequence[Spell], first: date, simple: Backtest) -> Backtest | None:
    """Return how the survival model did on the days on which a simple rule was tested.

    Parameters
    ----------
    spells : sequence of Spell
        All deals with a day of beginning.
    first : date
        The first day of recorded closes.
    simple : Backtest
        The rule to be compared with; what came is taken from it.

    Returns
    -------
    Backtest or None
        None when on one of the days nothing could be expected.
    """
    points = []
    for point in simple.points:
        found = expected_value(spells, first, point.as_of, months_before(point.as_of, -3))
        if not found:
            return None
        points.append(BacktestPoint(point.as_of, found, point.actual))
    error = math.fsum(abs(point.predicted / point.actual - 1) for point in points) / len(points)
    return Backtest(RULE, tuple(points), error, simple.apart)
