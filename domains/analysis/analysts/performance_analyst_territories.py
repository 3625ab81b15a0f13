"""Territories: win rates of regions, as observed and for the mix of deals that each region has."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from domains.analysis.analysts.comparison import without
from domains.analysis.analysts.deal_selection import cite_deals, closed, won
from domains.analysis.analysts.performance_analyst_judgements import JudgedArtifact, Judgement
from domains.analysis.analysts.performance_analyst_mix import beyond_mix
from domains.analysis.analysts.retrieval_deals import retrieve_deals
from domains.analysis.analysts.revenue_operations_win_rate import grouping
from domains.analysis.artifacts import Exclusion, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics import hedged, homogeneity_test, strength_of
from domains.analysis.statistics.numbers import percent, proportion
from domains.analysis.statistics.standardisation import Standardised, standardise

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Territories", "measure_territories"]

REGION_FLOOR = 50
NOT_ENOUGH = (
    "Territories are not compared: it takes two regions with at least {floor} closed deals each, and there are {found}."
)


class Territories(JudgedArtifact):
    """Win rates of regions: observed, and less what their mix of deals lets expect (in points)."""

    observed: tuple[Number, ...] = ()
    adjusted: tuple[Number, ...] = ()
    raw_p: float | None = None
    adjusted_p: float | None = None


@capability("measure_territories", specialist="performance analyst", output=Territories)
def measure_territories(workspace: Workspace, scope: Scope, inputs: Inputs) -> Territories:
    """Compare the win rates of regions, as observed and among deals of the same segment and product.

    Notes
    -----
    All regions are compared even where the question is about one of them, or about a rep: a region is good or bad only
    against the others.
    """
    ways = grouping(workspace)
    wider = without(scope, "rep", "region")
    kept = set(retrieve_deals(workspace, wider, Inputs()).deal_ids)
    deals = [deal for deal in closed(workspace.deals(wider)) if deal.opportunity_id in kept]
    groups: dict[str, list[Deal]] = defaultdict(list)
    for deal in deals:
        groups[ways["region"](deal) or ""].append(deal)
    large = {name: members for name, members in sorted(groups.items()) if name and len(members) >= REGION_FLOOR}
    left_out = len(deals) - sum(map(len, large.values()))
    reason = f"their region is not recorded or has fewer than {REGION_FLOOR} of them"
    exclusions = (Exclusion(what="closed deals", count=left_out, reason=reason),) if left_out else ()
    if len(large) < 2:
        return Territories(limits=(NOT_ENOUGH.format(floor=REGION_FLOOR, found=len(large)),), exclusions=exclusions)
    cases = [(name, deal) for name, members in large.items() for deal in members]
    strata = [(ways["segment"](deal), deal.product) for _, deal in cases]
    fair = standardise([name for name, _ in cases], strata, [float(deal.status == "won") for _, deal in cases])
    raw_p = homogeneity_test([len(won(members)) for members in large.values()], [*map(len, large.values())])
    observed = tuple(proportion(f"win rate, {name}", len(won(m)), len(m)) for name, m in large.items())
    adjusted = tuple(beyond_mix(fair, index) for index in range(len(fair.groups)))
    finding, test = _finding(large, observed, adjusted, raw_p, fair)
    return Territories(
        observed=observed,
        adjusted=adjusted,
        raw_p=raw_p,
        adjusted_p=fair.p,
        judgements=(test,),
        findings=(finding,),
        exclusions=exclusions,
    )


def _finding(
    groups: dict[str, list[Deal]],
    observed: tuple[Number, ...],
    adjusted: tuple[Number, ...],
    raw_p: float,
    fair: Standardised,
) -> tuple[Finding, Judgement]:
    n = sum(map(len, groups.values()))
    ordered = sorted(zip(groups, observed, strict=True), key=lambda pair: pair[1].value or 0.0)
    (lowest, low), (highest, high) = ordered[0], ordered[-1]
    span = f"{percent(low.value)} ({lowest}) to {percent(high.value)} ({highest})"
    strength = strength_of(fair.p, n=n, floor=2 * REGION_FLOOR)
    if strength != "not established":
        far = max(adjusted, key=lambda number: abs(number.value or 0.0))
        name = far.name.removeprefix("win rate beyond its mix, ")
        claim = (
            f"Territories differ also among deals of the same segment and product: {name} stands {far.value:+.1f} "
            "points from "
            f"what its mix lets expect; observed win rates run from {span}."
        )
    elif raw_p <= 0.05:
        claim = (
            f"Observed win rates of territories run from {span}, but the mix of segments and products explains it: "
            "among like "
            f"deals they differ no more than chance would make them (p = {fair.p:.2g})."
        )
    else:
        claim = f"Territories do not differ in win rate beyond chance: {span} (p = {raw_p:.2g})."
    otherwise = f"Territories do not differ beyond chance among like deals; observed win rates run from {span}."
    finding = Finding(
        claim=hedged(claim, strength),
        strength=strength,
        numbers=(*observed, *adjusted),
        citations=tuple(cite_deals(members) for members in groups.values()),
        note=f"As observed p = {raw_p:.2g}; among deals of the same segment and product ({fair.strata} strata) p = "
        f"{fair.p:.2g}.",
    )
    return finding, Judgement(question="territories", claim=finding.claim, otherwise=otherwise, p=fair.p)
