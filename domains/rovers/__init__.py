"""Rovers: samples and pictures of a planet are taken by rovers and sent to landers.

The classic domain of the planning competitions, from its public description. A rover drives along its own roads,
fills its store with a soil or rock sample, calibrates its cameras on a target in sight, takes pictures, and sends what
it found from where a lander sees it.
"""

from domains.rovers.deviations import DEVIATIONS
from domains.rovers.methods import domain
from domains.rovers.problems import goal, problem

__all__ = ["COSTS", "DEVIATIONS", "STATIC", "domain", "goal", "problem"]

COSTS = dict.fromkeys(domain.operators, 1.0)
"""What every operator costs."""

STATIC = ("rovers", "road", "visible", "lander_at", "store_of", "equipped", "cameras", "camera_of", "modes", "target")
"""Fluents that no operator changes."""
