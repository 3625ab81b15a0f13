"""How long deals take to be decided when those still open count as waiting, not as missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import as_of, cite_deals, closed, day, started
from domains.analysis.artifacts import Finding, Number
from domains.analysis.statistics.numbers import in_words
from domains.analysis.statistics.time_to_close import Spell
from domains.analysis.statistics.waiting_times import median_wait

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal

__all__ = ["spells_of", "time_to_decision"]

FEWEST_OPEN = 10


def spells_of(deals: Sequence[Deal]) -> list[Spell]:
    """Return the time in the pipeline of every deal with a day of beginning, won ones with their value."""
    spells = []
    for deal in deals:
        begun, ended = started(deal), day(deal.close_date) if deal.status in ("won", "lost") else None
        if begun is None or (deal.status != "open" and ended is None) or (ended and ended < begun):
            continue
        spells.append(Spell(begun, ended, (deal.amount or 0.0) if deal.status == "won" else None))
    return spells


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
    spells = spells_of(deals)
    waiting = sum(spell.ended is None for spell in spells)
    if waiting < FEWEST_OPEN:
        return None
    seen = [spell for spell in spells if (spell.ended or today) >= first]
    median = median_wait(
        "median days to a decision, open deals waiting",
        [((spell.ended or today) - spell.begun).days for spell in seen],
        [spell.ended is not None for spell in seen],
        # from the day before, so that a deal decided on the day it began was at risk
        [max((first - spell.begun).days, 0) - 1 for spell in seen],
    )
    if median is None:
        return None
    plain = Number(
        name="median days to a decision, closed deals only",
        value=among_closed,
        unit="days",
        n=len(seen) - waiting,
        method="sample median",
    )
    said = (
        f"half of the deals are decided within {in_words(median)}"
        if median.value is not None
        else "half of the deals are not decided in the time on record"
    )
    return Finding(
        claim=f"With the {waiting:,} open deals counted as waiting, {said}; among closed deals alone it is "
        f"{among_closed:.0f} days.",
        strength="descriptive",
        numbers=(median, plain),
        citations=(cite_deals(deal for deal in deals if started(deal)),),
        note="Kaplan-Meier, from the first recorded close on; an open deal that nobody will close any more counts as "
        "waiting too.",
        title="How long deals take, open ones counted",
    )
