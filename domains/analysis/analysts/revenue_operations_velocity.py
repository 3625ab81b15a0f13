"""Pipeline velocity: value per day by the usual formula, and next to it the value that was really won per day."""

from __future__ import annotations

import statistics as sample
from datetime import timedelta
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import as_of, cite_deals, closed, day, selected_deals, started, won
from domains.analysis.analysts.revenue_operations_waiting import time_to_decision
from domains.analysis.artifacts import Artifact, Exclusion, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import amount, average, in_words

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Velocity", "measure_velocity"]

FLOOR = 50
RECENT_DAYS = 90


class Velocity(Artifact):
    """Cycle length, velocity by formula, and value won per day of late."""

    cycle_days: Number | None = None
    by_formula: Number | None = None
    observed: Number | None = None


@capability("measure_velocity", specialist="revenue operations", output=Velocity)
def measure_velocity(workspace: Workspace, scope: Scope, inputs: Inputs) -> Velocity:
    """Measure cycle length and velocity: open deals x win rate x mean value of a won deal / mean cycle in days.

    Notes
    -----
    The formula takes for granted that every open deal will be won or lost. The value won per day over the last 90 days
    is put beside it, so that one can see whether that holds.
    """
    deals = selected_deals(workspace, scope, inputs)
    finished = closed(deals)
    timed = [
        (deal, (end - begun).days) for deal in finished if (begun := started(deal)) and (end := day(deal.close_date))
    ]
    if len(timed) < FLOOR:
        sentence = f"Velocity is not computed: {len(timed)} closed deals have both dates, the floor is {FLOOR}."
        return Velocity(limits=(sentence,))
    cycle = average("days from start to close", [float(days) for _, days in timed], "days")
    middle = sample.median(days for _, days in timed)
    findings = [
        Finding(
            claim=f"Mean time from start to close: {in_words(cycle)}; half of the deals took {middle:.0f} days or "
            "less.",
            strength="descriptive",
            numbers=(cycle,),
            citations=(cite_deals(deal for deal, _ in timed),),
            note=_lengths(timed),
            title="How long deals take",
        )
    ]
    observed = _observed(deals)
    formula = _formula(deals, cycle)
    waited = time_to_decision(deals, middle)
    findings += [waited] if waited else []
    if formula and observed:
        findings.append(_comparison(deals, formula, observed))
    untimed = len(finished) - len(timed)
    reason = "no start date, so no cycle length"
    exclusions = (Exclusion(what="closed deals", count=untimed, reason=reason),) if untimed else ()
    return Velocity(
        cycle_days=cycle, by_formula=formula, observed=observed, findings=tuple(findings), exclusions=exclusions
    )


def _lengths(timed: list[tuple[Deal, int]]) -> str:
    parts = []
    for status in ("won", "lost"):
        days = [length for deal, length in timed if deal.status == status]
        if days:
            parts.append(f"{status}: median {sample.median(days):.0f} days, n = {len(days):,}")
    return "; ".join(parts) + ". Only deals that have closed are counted here, so slow ones are missing."


def _formula(deals: list[Deal], cycle: Number) -> Number | None:
    winners = [deal for deal in won(deals) if deal.amount is not None]
    waiting = [deal for deal in deals if deal.status == "open"]
    if not winners or not waiting or not cycle.value:
        return None
    rate = len(won(deals)) / len(closed(deals))
    worth = sum(deal.amount or 0.0 for deal in winners) / len(winners)
    return Number(
        name="velocity by formula",
        value=len(waiting) * rate * worth / cycle.value,
        unit="per day",
        n=len(waiting),
        method="open deals x win rate x mean value of a won deal / mean days from start to close",
    )


def _observed(deals: list[Deal]) -> Number | None:
    last = as_of(closed(deals))
    if last is None:
        return None
    since = last - timedelta(days=RECENT_DAYS)
    recent = [deal for deal in won(deals) if (end := day(deal.close_date)) and end > since]
    return Number(
        name=f"value won per day, last {RECENT_DAYS} days",
        value=sum(deal.amount or 0.0 for deal in recent) / RECENT_DAYS,
        unit="per day",
        n=len(recent),
        method=f"value of deals won after {since.isoformat()} / {RECENT_DAYS}",
    )


def _comparison(deals: list[Deal], formula: Number, observed: Number) -> Finding:
    waiting = [deal for deal in deals if deal.status == "open"]
    claim = (
        f"The velocity formula gives {amount(formula.value)} per day from {len(waiting):,} open deals; over the last "
        f"{RECENT_DAYS} days {amount(observed.value)} per day were really won"
    )
    if observed.value and formula.value:
        ratio = formula.value / observed.value
        if not 2 / 3 <= ratio <= 1.5:
            claim += f". The formula is off by a factor of {max(ratio, 1 / ratio):.1f}: do not plan with it"
    return Finding(
        claim=claim + ".",
        strength="descriptive",
        numbers=(formula, observed),
        citations=(cite_deals(waiting), cite_deals(won(deals))),
        note="The formula takes for granted that every open deal will be won or lost within the usual cycle.",
        title="What the pipeline brings by the day",
    )
