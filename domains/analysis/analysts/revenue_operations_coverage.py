"""Coverage: open pipeline against the quota that is still to be won."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import as_of, cite_deals, cite_rows, closed, day, selected_deals, won
from domains.analysis.artifacts import Artifact, Exclusion, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics import wilson_interval
from domains.analysis.statistics.numbers import amount, count

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Coverage", "measure_coverage"]

CLOSED_FLOOR = 100
NO_QUOTA = "No quotas are recorded for this scope, so pipeline coverage cannot be computed."
NO_VALUES = "Open deals carry no values, so pipeline coverage cannot be computed in money."
PARTLY = (
    "Quotas are set for reps, while the question is about some of their deals only: coverage would compare unlike "
    "things "
    "and is not computed."
)


@dataclass(frozen=True, slots=True)
class _Target:
    """The quotas of one period."""

    start: date
    end: date
    quota: float
    keys: tuple[str, ...]
    reps: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Open:
    """Open deals that count for the period, those of them with a value, all of them, and how the former were chosen."""

    waiting: list[Deal]
    valued: list[Deal]
    total: int
    dated: bool
    days_left: int


class Coverage(Artifact):
    """Open pipeline per quota still to be won, and the target that the win rate sets."""

    period: str | None = None
    quota: float | None = None
    won_so_far: float | None = None
    open_value: float | None = None
    days_left: int | None = None
    ratio: Number | None = None
    target: Number | None = None


@capability("measure_coverage", specialist="revenue operations", output=Coverage)
def measure_coverage(workspace: Workspace, scope: Scope, inputs: Inputs) -> Coverage:
    """Measure open pipeline / (quota still to win) for the quota period of the last recorded day, or the next one.

    Notes
    -----
    The target is 1 / win rate, with the interval of the win rate turned over, and not a fixed three times.
    """
    if any(value(scope, key) for key in ("account", "product", "segment", "stage", "competitor", "content")):
        return Coverage(limits=(PARTLY,))
    deals = selected_deals(workspace, scope, inputs)
    today = as_of(deals)
    target = _target(workspace, deals, today) if today else None
    if today is None or target is None:
        return Coverage(limits=(NO_QUOTA,))
    own = [deal for deal in deals if deal.status == "open" and deal.rep in target.reps]
    # where close dates are expected, only what is to close by then can help in the period
    expected = [deal for deal in own if deal.expected_close]
    waiting = [deal for deal in expected if (day(deal.expected_close) or target.end) <= target.end] if expected else own
    valued = [deal for deal in waiting if deal.amount is not None]
    if waiting and not valued:
        return Coverage(period=_words(target), quota=target.quota, limits=(NO_VALUES,))
    so_far = [
        deal
        for deal in won(deals)
        if deal.rep in target.reps and (end := day(deal.close_date)) and target.start <= end <= target.end
    ]
    return _coverage(deals, target, _Open(waiting, valued, len(own), bool(expected), (target.end - today).days), so_far)


def _words(target: _Target) -> str:
    return f"{target.start.isoformat()} to {target.end.isoformat()}"


def _target(workspace: Workspace, deals: list[Deal], today: date) -> _Target | None:
    """Return the quotas of the first period that ends after the day, or of the last one."""
    reps = {deal.rep for deal in deals if deal.rep}
    rows = [
        (str(row["rep"]), start, end, float(row["amount"]))
        for row in workspace.connection.execute("SELECT rep, period_start, period_end, amount FROM quotas")
        if row["rep"] in reps
        and row["amount"] is not None
        and (start := day(row["period_start"]))
        and (end := day(row["period_end"]))
    ]
    if not rows:
        return None
    periods = sorted({(end, start) for _, start, end, _ in rows})
    end, start = next((period for period in periods if period[0] > today), periods[-1])
    chosen = [row for row in rows if (row[2], row[1]) == (end, start)]
    keys = tuple(f"{rep} {start.isoformat()}" for rep, *_ in chosen)
    return _Target(start, end, sum(row[3] for row in chosen), keys, frozenset(row[0] for row in chosen))


def _coverage(deals: list[Deal], target: _Target, pipeline: _Open, so_far: list[Deal]) -> Coverage:
    valued = pipeline.valued
    earned = sum(deal.amount or 0.0 for deal in so_far)
    worth = sum(deal.amount or 0.0 for deal in valued)
    left = target.quota - earned
    ratio = (
        Number(
            name="coverage",
            value=worth / left,
            unit="times",
            n=len(valued),
            method="value of open deals / (quota - value won in the period)",
        )
        if left > 0
        else None
    )
    wanted = _wanted(deals)
    facts = (
        f"Quota for {_words(target)}: {amount(target.quota)}, of which {amount(earned)} is won "
        f"({len(so_far):,} deals), with {max(pipeline.days_left, 0)} days left; {len(valued):,} of "
        f"{pipeline.total:,} open "
        f"deals {'are expected to close by then and ' if pipeline.dated else ''}are worth {amount(worth)}"
    )
    if ratio is None:
        claim = facts + ". The quota is met."
    else:
        claim = f"{facts}: {ratio.value:.1f} times what is still to be won" + _against(wanted)
    finding = Finding(
        claim=claim,
        strength="descriptive",
        numbers=tuple(number for number in (ratio, wanted, count("open deals with a value", len(valued))) if number),
        citations=(cite_rows("quotas", target.keys), *(cite_deals(group) for group in (so_far, valued) if group)),
        note="Open deals are counted at full value, whatever their age and the record of their expected dates.",
        title="Whether what is open covers the quota",
    )
    missing = len(pipeline.waiting) - len(valued)
    return Coverage(
        period=_words(target),
        quota=target.quota,
        won_so_far=earned,
        open_value=worth,
        days_left=pipeline.days_left,
        ratio=ratio,
        target=wanted,
        findings=(finding,),
        exclusions=(Exclusion(what="open deals", count=missing, reason="no value recorded"),) if missing else (),
    )


def _wanted(deals: list[Deal]) -> Number | None:
    finished, winners = closed(deals), won(deals)
    if len(finished) < CLOSED_FLOOR or not winners:
        return None
    low, high = wilson_interval(len(winners), len(finished))
    return Number(
        name="coverage needed",
        value=len(finished) / len(winners),
        unit="times",
        low=1 / high,
        high=1 / low,
        level=0.95,
        n=len(finished),
        method="1 / win rate, Wilson interval turned over",
    )


def _against(wanted: Number | None) -> str:
    if wanted is None or wanted.low is None or wanted.high is None:
        return "."
    return f"; at the past win rate {wanted.value:.1f} times [{wanted.low:.1f} to {wanted.high:.1f}] would be needed."
