"""Value per closed deal of reps: whether it repeats, and whether it is the rep or what the rep has to sell."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from domains.analysis.analysts.comparison import deals_beyond
from domains.analysis.analysts.deal_selection import cite_deals, closed
from domains.analysis.analysts.performance_analyst_outcomes import DEALS_FLOOR, RELIABLE, REPS_FLOOR
from domains.analysis.artifacts import Artifact, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import amount, average, in_words
from domains.analysis.statistics.pooling import split_half_reliability

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["RepValue", "measure_rep_value"]

TOO_FEW = "Value per closed deal is not compared: {found} reps have at least {floor} closed deals, {reps} are needed."


class RepValue(Artifact):
    """Value per closed deal by rep, its reliability, and the reliability once the product is taken out."""

    reps: tuple[Number, ...] = ()
    reliability: float | None = None
    reliability_within_product: float | None = None


@capability("measure_rep_value", specialist="performance analyst", output=RepValue)
def measure_rep_value(workspace: Workspace, scope: Scope, inputs: Inputs) -> RepValue:
    """Compare reps by value per closed deal (lost deals count as nothing), raw and within products."""
    groups: dict[str, list[Deal]] = defaultdict(list)
    for deal in closed(deals_beyond(workspace, scope, inputs, "rep")):
        if deal.rep and (deal.status == "lost" or deal.amount is not None):
            groups[deal.rep].append(deal)
    large = {rep: members for rep, members in sorted(groups.items()) if len(members) >= DEALS_FLOOR}
    if len(large) < REPS_FLOOR:
        return RepValue(limits=(TOO_FEW.format(found=len(large), floor=DEALS_FLOOR, reps=REPS_FLOOR),))
    deals = [deal for members in large.values() for deal in members]
    means = _product_means(deals)
    raw = split_half_reliability([[_worth(deal) for deal in members] for members in large.values()])
    within = split_half_reliability(
        [[_worth(deal) - means[deal.product] for deal in members] for members in large.values()]
    )
    numbers = tuple(
        average(f"value per closed deal, {rep}", [_worth(deal) for deal in members]) for rep, members in large.items()
    )
    return RepValue(
        reps=numbers,
        reliability=raw,
        reliability_within_product=within,
        findings=(_finding(numbers, raw, within, deals),),
    )


def _worth(deal: Deal) -> float:
    return (deal.amount or 0.0) if deal.status == "won" else 0.0


def _product_means(deals: list[Deal]) -> dict[str | None, float]:
    values: dict[str | None, list[float]] = defaultdict(list)
    for deal in deals:
        values[deal.product].append(_worth(deal))
    return {product: sum(found) / len(found) for product, found in values.items()}


def _finding(numbers: tuple[Number, ...], raw: float | None, within: float | None, deals: list[Deal]) -> Finding:
    ordered = sorted(numbers, key=lambda number: number.value or 0.0)
    low, high = ordered[0], ordered[-1]
    names = [number.name.removeprefix("value per closed deal, ") for number in (low, high)]
    span = f"from {amount(low.value)} ({names[0]}) to {amount(high.value)} ({names[1]})"
    if raw is None or within is None or raw < 0.5:
        span = f"from {amount(low.value)} to {amount(high.value)}"
        meaning = "an order that would not repeat, so nobody is named"
    elif within < 0.5:
        meaning = "an order that repeats because of which products each rep sells: within products it is gone"
    else:
        meaning = "and part of it stays when deals of the same product are compared"
    reliabilities = tuple(
        Number(name=name, value=found, n=len(deals), method="split-half, Spearman-Brown")
        for name, found in (("reliability of the order", raw), ("the same within products", within))
    )
    shown = [f"{number.value:.2f}" if number.value is not None else "unknown" for number in reliabilities]
    return Finding(
        claim=f"Value per closed deal runs {span}: {meaning} (reliability {shown[0]}, within products {shown[1]}).",
        strength="established" if within is not None and within >= RELIABLE else "not established",
        numbers=(low, high, *reliabilities),
        citations=(cite_deals(deals),),
        note=f"Lowest: {in_words(low)}; highest: {in_words(high)}. Lost deals count as nothing.",
        title="Value per closed deal, and whether an order of reps by it repeats",
    )
