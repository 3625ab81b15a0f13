"""When things happened in a deal: how long it ran, where it ended, which stages it entered when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from domains.analysis.sample import names
from domains.analysis.sample.chance import chance, weighted
from domains.analysis.sample.effects import Effects
from domains.analysis.sample.organisation import AS_OF

__all__ = ["MEDIAN_DAYS", "Timeline", "draw_timeline", "quarter_end"]

MEDIAN_DAYS = 78
AGE_SD = math.hypot(0.35, 0.72 * 0.3)
_SHARES = (0.14, 0.17, 0.31, 0.22, 0.16)
_LOST_AT = (0.10, 0.17, 0.32, 0.25, 0.16)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The dates of a deal as of the day the corpus was taken."""

    status: str
    engaged: date | None
    closed: date | None
    expected: date
    history: tuple[tuple[str, date], ...]


def quarter_end(day: date) -> date:
    """Return the last day of the calendar quarter that a day is in.

    Examples
    --------
    >>> quarter_end(date(2026, 2, 3))
    datetime.date(2026, 3, 31)
    """
    month = (day.month + 2) // 3 * 3
    return date(day.year + month // 12, month % 12 + 1, 1) - timedelta(1)


def draw_timeline(rng: Random, created: date, size: float, age: float, won: bool, effects: Effects) -> Timeline:
    """Return dates that fit the outcome: the length of the deal was settled before the outcome and does not leak it.

    A lost deal spends what is left of its length in the stage where it ends, so a loss is not shorter by itself.
    """
    usual = MEDIAN_DAYS * math.exp(effects.size_slows * size)
    days = max(12, round(usual * math.exp(AGE_SD * age)))
    planned = quarter_end(created + timedelta(round(usual * 0.9))) - timedelta(rng.randint(0, 25))
    closed = created + timedelta(days)
    last = len(names.STAGES) if won else 1 + names.STAGES.index(weighted(rng, names.STAGES, _LOST_AT))
    pulled = _pull(rng, created, closed, effects.quarter_end_pull_won if won else effects.quarter_end_pull_lost)
    entered = _entries(rng, created, days if closed > AS_OF else (pulled - created).days, last)
    if closed > AS_OF:
        history = tuple((stage, day) for stage, day in entered if day <= AS_OF)
        expected = _revised(rng, planned)
        return Timeline("open", _second(history), None, expected, history)
    status = "won" if won else "lost"
    history = (*entered, (f"Closed {status.capitalize()}", pulled))
    return Timeline(status, _second(entered), pulled, planned, history)


def _pull(rng: Random, created: date, closed: date, probability: float) -> date:
    """Move a close into the last days of the nearer quarter end, if that is near and not after the export."""
    if chance(rng, probability):
        ends = [quarter_end(closed), date(closed.year, (closed.month - 1) // 3 * 3 + 1, 1) - timedelta(1)]
        nearest = min(ends, key=lambda end: abs((end - closed).days))
        moved = nearest - timedelta(rng.randint(0, 9))
        if abs((moved - closed).days) <= 40 and moved <= AS_OF and (moved - created).days >= 12:
            closed = moved
    return closed - timedelta(max(0, closed.weekday() - 4))


def _entries(rng: Random, created: date, days: int, last: int) -> tuple[tuple[str, date], ...]:
    weights = [share * rng.uniform(0.6, 1.4) for share in _SHARES]
    # One deal in four stalls in evaluation: more of its length is spent there.
    if chance(rng, 0.25):
        weights[2] *= 2.2
    elapsed, total, found = 0.0, sum(weights), []
    for index in range(last):
        found.append((names.STAGES[index], created + timedelta(round(days * elapsed / total))))
        elapsed += weights[index]
    return tuple(found)


def _second(history: tuple[tuple[str, date], ...]) -> date | None:
    """Return the day the deal was engaged: when it left discovery."""
    return history[1][1] if len(history) > 1 and not history[1][0].startswith("Closed") else None


def _revised(rng: Random, planned: date) -> date:
    """Return the close date an open deal shows: pushed once it is past, except where the rep left it overdue."""
    while planned < AS_OF and chance(rng, 0.75):
        planned = quarter_end(planned + timedelta(80)) - timedelta(rng.randint(0, 20))
    return planned
