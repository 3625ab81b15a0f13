"""Random problems from five orders to a hundred."""

from __future__ import annotations

import random
from typing import Any

from htn.model import MultiGoal, State

__all__ = ["goal", "problem"]


def problem(number: int, seed: int = 0) -> tuple[State, list[tuple[Any, ...]]]:
    """Return a problem with five times as many orders and products as its number, as state and task list.

    Examples
    --------
    >>> state, tasks = problem(1)
    >>> len(state.made), tasks[0], tasks[-1]
    (5, ('deliver', 'order0'), ('settle',))
    """
    count = 5 * number
    choice = random.Random(f"openstacks {number} {seed}")
    orders = [f"order{index}" for index in range(count)]
    products = [f"product{index}" for index in range(count)]
    pairs = [(order, products[index]) for index, order in enumerate(orders)]
    pairs += [(choice.choice(orders), choice.choice(products)) for _ in range(count)]
    included = {order: tuple(product for product in products if (order, product) in pairs) for order in orders}
    state = State(
        f"openstacks {number}",
        orders={"all": tuple(orders)},
        products={"all": tuple(products)},
        includes=included,
        included_in={product: tuple(order for order in orders if product in included[order]) for product in products},
        limit={"stacks": count},
        stacks={"open": 0},
        waiting=dict.fromkeys(orders, True),
        started=dict.fromkeys(orders, False),
        shipped=dict.fromkeys(orders, False),
        made=dict.fromkeys(products, False),
        settled={"accounts": False},
    )
    return state, [*(("deliver", order) for order in orders), ("settle",)]


def goal(tasks: list[tuple[Any, ...]]) -> MultiGoal:
    """Return the facts that a problem's tasks bring about.

    Examples
    --------
    >>> goal([("deliver", "order0"), ("settle",)])
    MultiGoal(shipped['order0'] = True, settled['accounts'] = True)
    """
    facts = [("shipped", task[1], True) for task in tasks if task[0] == "deliver"]
    return MultiGoal.from_facts((*facts, ("settled", "accounts", True)))
