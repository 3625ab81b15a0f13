"""What the factory can do."""

from __future__ import annotations

from typing import Any

from htn.model import Domain

__all__ = ["domain"]

domain = Domain("openstacks")


@domain.operator(describe="start {0}")
def start_order(state: Any, order: str) -> Any:
    """Open a stack for an order that waits."""
    if not state.waiting[order] or state.stacks["open"] >= state.limit["stacks"]:
        return False
    state.waiting[order] = False
    state.started[order] = True
    state.stacks["open"] += 1
    return state


@domain.operator(describe="make {0}")
def make_product(state: Any, product: str) -> Any:
    """Make a product that every order which includes it is ready for."""
    if state.made[product] or not all(state.started[order] for order in state.included_in[product]):
        return False
    state.made[product] = True
    return state


@domain.operator(describe="ship {0}")
def ship_order(state: Any, order: str) -> Any:
    """Ship an order whose products are all made, and close its stack."""
    if not state.started[order] or not all(state.made[product] for product in state.includes[order]):
        return False
    state.started[order] = False
    state.shipped[order] = True
    state.stacks["open"] -= 1
    return state


@domain.operator(describe="settle the accounts")
def settle(state: Any) -> Any:
    """Settle the accounts, once every order has been shipped."""
    if not all(state.shipped[order] for order in state.orders["all"]):
        return False
    state.settled["accounts"] = True
    return state
