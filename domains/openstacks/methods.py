"""How the factory goes about it: step by step, what makes least work first; or one order after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domains.openstacks.operators import domain
from htn.model import MultiGoal
from htn.model.goals import unmet

__all__ = ["domain"]


def _complete(state: Any, order: str) -> bool:
    return all(state.made[product] for product in state.includes[order])


def _work(state: Any, product: str) -> int:
    """Return how much is still to be made for the orders that a product would open."""
    opened = [order for order in state.included_in[product] if not state.started[order]]
    return sum(not state.made[other] for order in opened for other in state.includes[order])


@domain.multigoal_method
def all_shipped(state: Any, wanted: MultiGoal) -> Any:
    """Applies when everything wanted is so already."""
    return False if unmet(state, wanted) else []


@domain.multigoal_method
def step_by_step(state: Any, wanted: MultiGoal) -> Any:
    """Applies when an order has not been shipped."""
    return [("fulfil",)] if unmet(state, wanted) else False


@domain.method("fulfil")
def one_more_step(state: Any) -> Any:
    """Applies when an order has not been shipped: one step is taken, and then the others."""
    if all(state.shipped[order] for order in state.orders["all"]):
        return False
    return [("one_step",), ("fulfil",)]


@domain.method("fulfil")
def close(state: Any) -> Any:
    """Applies when every order has been shipped."""
    return [("settle",)] if all(state.shipped[order] for order in state.orders["all"]) else False


@domain.method("one_step")
def ship_what_is_ready(state: Any) -> Iterator[Any]:
    """Applies when a started order is complete."""
    for order in state.orders["all"]:
        if state.started[order] and not state.shipped[order] and _complete(state, order):
            yield [("shipped", order, True)]


@domain.method("one_step")
def start_what_is_complete(state: Any) -> Iterator[Any]:
    """Applies when an order that waits has all its products made already."""
    for order in state.orders["all"]:
        if state.waiting[order] and _complete(state, order):
            yield [("start_order", order)]


@domain.method("one_step")
def make_something(state: Any) -> Iterator[Any]:
    """Applies when a product is missing: what opens the orders with least work comes first."""
    missing = [
        product
        for product in state.products["all"]
        if not state.made[product] and any(not state.shipped[order] for order in state.included_in[product])
    ]
    for product in sorted(missing, key=lambda product: _work(state, product)):
        yield [("made", product, True)]


@domain.goal_method("shipped")
def ship_it(state: Any, order: str, wanted: bool) -> Any:
    """Applies when the order is complete."""
    return [("ship_order", order)] if _complete(state, order) else False


@domain.goal_method("made")
def start_orders_and_make(state: Any, product: str, wanted: bool) -> Any:
    """Applies always."""
    return [("start_orders", product), ("make_product", product)]


@domain.method("start_orders")
def start_another(state: Any, product: str) -> Iterator[Any]:
    """Applies when an order that includes the product waits."""
    for order in state.included_in[product]:
        if state.waiting[order]:
            yield [("start_order", order), ("start_orders", product)]


@domain.method("start_orders")
def all_started(state: Any, product: str) -> Any:
    """Applies when every order that includes the product has been started."""
    return [] if all(state.started[order] for order in state.included_in[product]) else False


@domain.method("deliver")
def is_shipped(state: Any, order: str) -> Any:
    """Applies when the order has been shipped."""
    return [] if state.shipped[order] else False


@domain.method("deliver")
def make_and_ship(state: Any, order: str) -> Any:
    """Applies when the order has not been shipped: what is missing is made, and the order is shipped."""
    if state.shipped[order]:
        return False
    missing = [("made", product, True) for product in state.includes[order] if not state.made[product]]
    return [*missing, ("start_if_waiting", order), ("ship_order", order)]


@domain.method("start_if_waiting")
def start_it(state: Any, order: str) -> Any:
    """Applies when the order waits."""
    return [("start_order", order)] if state.waiting[order] else False


@domain.method("start_if_waiting")
def is_started(state: Any, order: str) -> Any:
    """Applies when the order has been started."""
    return [] if state.started[order] else False
