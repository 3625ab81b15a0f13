"""How long deals take to be decided when those still open count as waiting, not as missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import as_of, cite_deals, closed, day, started
from domains.analysis.artifacts import Finding, Number
from domains.analysis.statistics.numbers import in_words

if TYPE_CHECKING:
    from datetime import date

    from domains.analysis.corpus.records import Deal

__all__ = ["time_to_decision"]

LEVEL = 0.95
FEWEST_OPEN = 10


def time_to_decision(deals: Sequence[Deal], among_closed: float) -> Finding | None:
    """Return the median days until a deal is won or lost, open deals waiting (Kaplan-Meier); None where few are open.

    Parameters
    ----------
    deals : sequence of Deal
        Those in view, open ones among them.
    among_closed : float
        The median days of the deals that have closed, which leaves the slow ones out.

    Notes
    -----
    A deal that began before the first recorded close is counted from that day on (delayed entry): others of its age had
    closed by then and are not in the records.
    """
    first = min((end for deal in closed(deals) if (end := day(deal.close_date))), default=None)
    today = as_of(deals)
    if first is None or today is None:
        return None
    rows = [row for deal in deals if (row := _wait(deal, first, today)) is not None]
    waiting = [deal for deal in deals if deal.status == "open" and started(deal)]
    if len(waiting) < FEWEST_OPEN:
        return None
    median = _median(rows)
    if median is None:
        return None
    plain = Number(
        name="median days to a decision, closed deals only",
        value=among_closed,
        unit="days",
        n=len(rows) - len(waiting),
        method="sample median",
    )
    said = (
        f"half of the deals are decided within {in_words(median)}"
        if median.value is not None
        else "half of the deals are not decided in the time on record"
    )
    return Finding(
        claim=f"With the {len(waiting):,} open deals counted as waiting, {said}; among closed deals alone it is "
        f"{among_closed:.0f} days.",
        strength="descriptive",
        numbers=(median, plain),
        citations=(cite_deals(deal for deal in deals if started(deal)),),
        note="Kaplan-Meier, from the first recorded close on; an open deal that nobody will close any more counts as "
        "waiting too.",
        title="How long deals take, open ones counted",
    )


def _wait(deal: Deal, first: date, today: date) -> tuple[float, float, bool] | None:
    """Return the days at which a deal came under observation and left it, and whether a decision ended it."""
    begun = started(deal)
    ended = day(deal.close_date) if deal.status in ("won", "lost") else None
    if begun is None or (deal.status != "open" and ended is None):
        return None
    until = ended or today
    # one day longer, so that a deal decided on the day it began was at risk
    days, enter = (until - begun).days + 1, max((first - begun).days, 0)
    return (float(enter), float(days), ended is not None) if days > enter else None


def _median(rows: Sequence[tuple[float, float, bool]]) -> Number | None:
    import numpy as np
    from statsmodels.duration.survfunc import SurvfuncRight

    enter, days, ended = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    if not ended.any():
        return None
    curve = SurvfuncRight(days, ended.astype(int), entry=enter)
    middle = float(curve.quantile(0.5))
    with np.errstate(divide="ignore", invalid="ignore"):  # at the ends of the curve the interval is unbounded
        low, high = (float(item) for item in curve.quantile_ci(0.5))
    bounded = bool(np.isfinite([middle, low, high]).all())
    return Number(
        name="median days to a decision, open deals waiting",
        value=middle - 1 if np.isfinite(middle) else None,
        unit="days",
        low=low - 1 if bounded else None,
        high=high - 1 if bounded else None,
        level=LEVEL if bounded else None,
        n=len(rows),
        method="Kaplan-Meier median with delayed entry",
    )
