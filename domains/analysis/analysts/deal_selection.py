"""The deals that a step works on, and how findings cite them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from domains.analysis.analysts.retrieval_deals import DealSet, retrieve_deals
from domains.analysis.artifacts import Citation
from domains.analysis.registry import Inputs

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace
    from domains.analysis.scope import Scope

__all__ = ["as_of", "cite_deals", "cite_rows", "closed", "day", "selected_deals", "started", "won"]

LISTED = 20


def selected_deals(workspace: Workspace, scope: Scope, inputs: Inputs) -> list[Deal]:
    """Return the deals that the retrieval step kept, or would keep where a plan has no retrieval step."""
    chosen = inputs.first(DealSet) or retrieve_deals(workspace, scope, Inputs())
    kept = set(chosen.deal_ids)
    return [deal for deal in workspace.deals(scope) if deal.opportunity_id in kept]


def closed(deals: Iterable[Deal]) -> list[Deal]:
    """Return the deals that were won or lost."""
    return [deal for deal in deals if deal.status in ("won", "lost")]


def won(deals: Iterable[Deal]) -> list[Deal]:
    """Return the deals that were won."""
    return [deal for deal in deals if deal.status == "won"]


def day(text: str | None) -> date | None:
    """Return an ISO date, or None where there is none."""
    return date.fromisoformat(text[:10]) if text else None


def started(deal: Deal) -> date | None:
    """Return the day a deal was created, or engaged where no creation is recorded."""
    return day(deal.created_date) or day(deal.engage_date)


def as_of(deals: Iterable[Deal]) -> date | None:
    """Return the last day on which anything is recorded: a close, an engagement, a creation."""
    days = [
        moment
        for deal in deals
        for moment in (day(deal.close_date) if deal.status in ("won", "lost") else None, started(deal))
        if moment
    ]
    return max(days, default=None)


def cite_rows(table: str, keys: Iterable[str]) -> Citation:
    """Return a citation of rows: the first keys in order, and how many there are."""
    ordered = sorted(keys)
    return Citation(kind="rows", source=table, rows=tuple(ordered[:LISTED]), total=len(ordered))


def cite_deals(deals: Iterable[Deal]) -> Citation:
    """Return a citation of the rows of these deals."""
    return cite_rows("opportunities", (deal.opportunity_id for deal in deals))
