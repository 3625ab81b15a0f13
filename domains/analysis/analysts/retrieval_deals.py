"""Retrieving deals: which of them an analysis may rest on, and which not, and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from domains.analysis.artifacts import Artifact, Exclusion
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, period_of

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["DealSet", "retrieve_deals"]

BY_PERIOD = (
    "A period selects closed deals by the day they were won or lost and open deals by the day they began, so deals "
    "that "
    "were in the pipeline then but began earlier and are still open are not in it."
)


class DealSet(Artifact):
    """The deals that an analysis rests on."""

    deal_ids: tuple[str, ...]
    won: int
    lost: int
    open: int
    first_date: str | None
    last_date: str | None


@capability("retrieve_deals", specialist="retrieval", output=DealSet)
def retrieve_deals(workspace: Workspace, scope: Scope, inputs: Inputs) -> DealSet:
    """Select the deals of a scope; closed deals with missing or impossible dates are set aside.

    Parameters
    ----------
    workspace : Workspace
        Where the deals are.
    scope : Scope
        Which deals.
    inputs : Inputs
        None are needed.

    Returns
    -------
    DealSet
        The deals kept, counts by status, the range of dates, and what was excluded for which reason.
    """
    kept: list[Deal] = []
    reasons: Counter[str] = Counter()
    for deal in workspace.deals(scope):
        reason = _unusable(deal)
        if reason is None:
            kept.append(deal)
        else:
            reasons[reason] += 1
    status = Counter(deal.status for deal in kept)
    days = sorted(
        moment for deal in kept for moment in (deal.created_date, deal.engage_date, deal.close_date) if moment
    )
    return DealSet(
        deal_ids=tuple(sorted(deal.opportunity_id for deal in kept)),
        won=status["won"],
        lost=status["lost"],
        open=status["open"],
        first_date=days[0] if days else None,
        last_date=days[-1] if days else None,
        exclusions=tuple(Exclusion(what="deals", count=n, reason=reason) for reason, n in sorted(reasons.items())),
        limits=(BY_PERIOD,) if period_of(scope) else (),
    )


def _unusable(deal: Deal) -> str | None:
    """Return why a deal cannot be used, or None."""
    if deal.status == "open":
        return None
    if not deal.close_date:
        return "closed, but without a close date"
    begun = [moment for moment in (deal.created_date, deal.engage_date) if moment]
    # ISO dates compare as text
    if begun and deal.close_date < min(begun):
        return "closed before it was created or engaged"
    return None
