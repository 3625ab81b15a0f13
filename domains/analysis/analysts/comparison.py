"""What something is compared with: the deals and calls beyond the one rep, region or competitor of the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, SpokenCall, read_calls
from domains.analysis.analysts.deal_selection import selected_deals
from domains.analysis.analysts.retrieval_calls import retrieve_calls
from domains.analysis.analysts.retrieval_deals import retrieve_deals
from domains.analysis.registry import Inputs
from domains.analysis.scope import Scope

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["calls_beyond", "deals_beyond", "without"]


def without(scope: Scope, *keys: str) -> Scope:
    """Return the scope without some of its keys.

    Examples
    --------
    >>> without((("period", "2017-07-01/2017-09-30"), ("rep", "Ann")), "rep")
    (('period', '2017-07-01/2017-09-30'),)
    """
    return tuple(item for item in scope if item[0] not in keys)


def deals_beyond(workspace: Workspace, scope: Scope, inputs: Inputs, *keys: str) -> list[Deal]:
    """Return the usable deals of the scope, as if it did not have these keys."""
    wider = without(scope, *keys)
    if wider == scope:
        return selected_deals(workspace, scope, inputs)
    return selected_deals(workspace, wider, Inputs([retrieve_deals(workspace, wider, Inputs())]))


def calls_beyond(workspace: Workspace, scope: Scope, inputs: Inputs, *keys: str) -> list[SpokenCall]:
    """Return the usable calls of the scope with their turns, as if it did not have these keys."""
    wider = without(scope, *keys)
    chosen = inputs.first(CallSet) if wider == scope else None
    return read_calls(workspace, wider, chosen or retrieve_calls(workspace, wider, Inputs()))
