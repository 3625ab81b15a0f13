"""Openstacks: products are made once each for all orders that include them, and orders are shipped when complete.

The classic domain of the planning competitions, from its public description. An order's stack is open from when the
order is started until it is shipped; a product is made only when every order that includes it has been started; no more
than a given number of stacks may be open at a time.
"""

from domains.openstacks.deviations import DEVIATIONS
from domains.openstacks.methods import domain
from domains.openstacks.problems import goal, problem

__all__ = ["COSTS", "DEVIATIONS", "STATIC", "domain", "goal", "problem"]

COSTS = dict.fromkeys(domain.operators, 1.0)
"""What every operator costs."""

STATIC = ("orders", "products", "includes", "included_in", "limit")
"""Fluents that no operator changes."""
