"""Satellite: satellites turn, switch on and calibrate their instruments, and take pictures.

The classic domain of the planning competitions, from its public description. A satellite has power for one instrument
at a time; switching one on spoils its calibration, which takes pointing at the instrument's target.
"""

from domains.satellite.deviations import DEVIATIONS
from domains.satellite.methods import domain
from domains.satellite.problems import goal, problem

__all__ = ["COSTS", "DEVIATIONS", "STATIC", "domain", "goal", "problem"]

COSTS = dict.fromkeys(domain.operators, 1.0)
"""What every operator costs."""

STATIC = ("satellites", "directions", "instruments", "carrier", "modes", "target")
"""Fluents that no operator changes."""
