"""Retrieval, which every analysis type starts with."""

from __future__ import annotations

from domains.analysis.scope import Scope, describe
from htn.model import Domain, State, refuse

__all__ = ["domain"]

domain = Domain("analysis.shared")


@domain.operator(
    capability="retrieve_calls", criteria=("has_calls",), version="1", describe="Retrieve the calls in scope"
)
def retrieve_calls(state: State, scope: Scope) -> object:
    """Retrieve the calls of the scope."""
    if not state.count["calls", scope]:
        return refuse(f"no calls are recorded for {describe(scope)}")
    state.artifact["calls", scope] = "planned"
    return state


@domain.operator(
    capability="retrieve_deals", criteria=("has_deals",), version="1", describe="Retrieve the deals in scope"
)
def retrieve_deals(state: State, scope: Scope) -> object:
    """Retrieve the deals of the scope and set aside those whose dates are missing or impossible."""
    if not state.count["deals", scope]:
        return refuse(f"no deals are recorded for {describe(scope)}")
    state.artifact["deals", scope] = "planned"
    return state
