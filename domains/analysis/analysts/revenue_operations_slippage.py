"""Slippage: close dates that passed, and how much later than expected deals closed."""

from __future__ import annotations

import statistics as sample
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import as_of, cite_deals, closed, day, selected_deals
from domains.analysis.artifacts import Artifact, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import average, in_words, percent, proportion

if TYPE_CHECKING:
    from datetime import date

    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Slippage", "measure_slippage"]

FLOOR = 50
NEVER_EXPECTED = "No expected close dates are recorded, so slippage cannot be measured."


class Slippage(Artifact):
    """Overdue open deals, and closed deals against their expected date."""

    overdue: Number | None = None
    late: Number | None = None
    days_late: Number | None = None


@capability("measure_slippage", specialist="revenue operations", output=Slippage)
def measure_slippage(workspace: Workspace, scope: Scope, inputs: Inputs) -> Slippage:
    """Count open deals past their expected close, and measure how late deals closed that had one."""
    deals = selected_deals(workspace, scope, inputs)
    today = as_of(deals)
    if today is None or not any(deal.expected_close for deal in deals):
        return Slippage(limits=(NEVER_EXPECTED,))
    overdue, overdue_findings = _overdue(deals, today)
    late, days_late, late_findings, limits = _late(deals)
    return Slippage(
        overdue=overdue,
        late=late,
        days_late=days_late,
        findings=(*overdue_findings, *late_findings),
        limits=(
            *limits,
            "Only the last expected date of each deal is recorded: dates that were pushed before are not seen.",
        ),
    )


def _overdue(deals: list[Deal], today: date) -> tuple[Number | None, tuple[Finding, ...]]:
    expected = [(deal, moment) for deal in deals if deal.status == "open" and (moment := day(deal.expected_close))]
    if not expected:
        return None, ()
    past = [deal for deal, moment in expected if moment < today]
    share = proportion("open deals past their expected close", len(past), len(expected))
    claim = (
        f"On {today.isoformat()} {len(past):,} of {len(expected):,} open deals with an expected close date are past it "
        f"({percent(share.value)})."
    )
    citations = (cite_deals(past or [deal for deal, _ in expected]),)
    return share, (Finding(claim=claim, strength="descriptive", numbers=(share,), citations=citations),)


def _late(deals: list[Deal]) -> tuple[Number | None, Number | None, tuple[Finding, ...], tuple[str, ...]]:
    delays = [
        (deal, (end - moment).days)
        for deal in closed(deals)
        if (moment := day(deal.expected_close)) and (end := day(deal.close_date))
    ]
    if len(delays) < FLOOR:
        sentence = (
            f"Lateness of closed deals is not concluded: {len(delays)} have an expected date, the floor is {FLOOR}."
        )
        return None, None, (), (sentence,)
    after = [deal for deal, days in delays if days > 0]
    late = proportion("closed later than expected", len(after), len(delays))
    mean = average("days after the expected close", [float(days) for _, days in delays], "days")
    middle = sample.median(days for _, days in delays)
    claim = (
        f"{percent(late.value)} of closed deals closed after their expected date. From expected to actual close "
        f"it is {in_words(mean)} on average and {middle:+.0f} days at the median; below zero is early."
    )
    finding = Finding(
        claim=claim,
        strength="descriptive",
        numbers=(late, mean),
        citations=(cite_deals(after or [deal for deal, _ in delays]),),
    )
    return late, mean, (finding,), ()
