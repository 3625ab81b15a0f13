"""Whom a rep is compared with: the deals and calls of everybody, also where the question is about one rep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, SpokenCall, read_calls
from domains.analysis.analysts.deal_selection import selected_deals
from domains.analysis.analysts.retrieval_calls import retrieve_calls
from domains.analysis.analysts.retrieval_deals import retrieve_deals
from domains.analysis.registry import Inputs
from domains.analysis.scope import Scope, value

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["calls_of_all", "deals_of_all", "without"]


def without(scope: Scope, *keys: str) -> Scope:
    """Return the scope without some of its keys.

    Examples
    --------
    >>> without((("period", "2017-07-01/2017-09-30"), ("rep", "Ann")), "rep")
    (('period', '2017-07-01/2017-09-30'),)
    """
    return tuple(item for item in scope if item[0] not in keys)


def deals_of_all(workspace: Workspace, scope: Scope, inputs: Inputs) -> list[Deal]:
    """Return the usable deals of the scope; those of all reps where the scope names one."""
    if value(scope, "rep") is None:
        return selected_deals(workspace, scope, inputs)
    wider = without(scope, "rep")
    return selected_deals(workspace, wider, Inputs([retrieve_deals(workspace, wider, Inputs())]))


def calls_of_all(workspace: Workspace, scope: Scope, inputs: Inputs) -> list[SpokenCall]:
    """Return the usable calls of the scope with their turns; those of all reps where the scope names one."""
    wider = without(scope, "rep")
    chosen = inputs.first(CallSet) if wider == scope else None
    return read_calls(workspace, wider, chosen or retrieve_calls(workspace, wider, Inputs()))
