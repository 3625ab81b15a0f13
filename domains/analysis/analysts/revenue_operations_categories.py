"""Forecast categories: open deals and their value by the category that reps gave them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_deals, selected_deals
from domains.analysis.artifacts import Artifact, Exclusion, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import amount

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["CategoryRollUp", "roll_up_categories"]

NO_CATEGORIES = "No open deal has a forecast category, so there is no roll-up by category."
UNCHECKED = "The category a deal had before it closed is not recorded: how often categories came true is unknown."


class CategoryRollUp(Artifact):
    """Value of open deals by forecast category, largest first."""

    categories: tuple[Number, ...] = ()


@capability("roll_up_categories", specialist="revenue operations", output=CategoryRollUp)
def roll_up_categories(workspace: Workspace, scope: Scope, inputs: Inputs) -> CategoryRollUp:
    """Add up the open deals by forecast category."""
    waiting = [deal for deal in selected_deals(workspace, scope, inputs) if deal.status == "open"]
    groups: dict[str, list[Deal]] = defaultdict(list)
    for deal in waiting:
        if deal.forecast_category:
            groups[deal.forecast_category].append(deal)
    if not groups:
        return CategoryRollUp(limits=(NO_CATEGORIES,))
    numbers = sorted((_total(name, deals) for name, deals in groups.items()), key=lambda n: -(n.value or 0.0))
    parts = [f"{number.name} {amount(number.value)} ({number.n:,} deals)" for number in numbers]
    finding = Finding(
        claim="Open deals by forecast category: " + ", ".join(parts) + ".",
        strength="descriptive",
        numbers=tuple(numbers),
        citations=tuple(cite_deals(groups[number.name]) for number in numbers),
        title="What reps themselves expect of the open deals",
    )
    without = len(waiting) - sum(map(len, groups.values()))
    return CategoryRollUp(
        categories=tuple(numbers),
        findings=(finding,),
        exclusions=(Exclusion(what="open deals", count=without, reason="no forecast category"),) if without else (),
        limits=(UNCHECKED,),
    )


def _total(name: str, deals: list[Deal]) -> Number:
    return Number(
        name=name,
        value=sum(deal.amount or 0.0 for deal in deals),
        unit="value",
        n=len(deals),
        method="sum of the values of open deals",
    )
