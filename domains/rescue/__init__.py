"""Search and rescue: a drone surveys places, and robots on wheels help whoever is found; actions may fail.

After the domain that acting with refinement methods is measured with, from its public description. Each thing can be
done in a cheap way that fails more often, or in a dearer one that fails less.
"""

from domains.rescue.methods import domain
from domains.rescue.problems import problem

__all__ = ["COSTS", "FAILS", "STATIC", "domain", "problem"]

STATIC = ("robots", "base", "obstacles", "kind", "weather", "person_at")
"""Fluents that no operator changes."""

COSTS = {
    "release": 1.0,
    "drive_straight": 4.0,
    "drive_square": 6.0,
    "drive_curve": 7.0,
    "inspect_person": 1.0,
    "treat": 5.0,
    "treat_with_care": 7.0,
    "inspect_place": 1.0,
    "clear": 6.0,
    "clear_with_care": 8.0,
    "restock": 5.0,
    "hand_over": 3.0,
    "photograph": 1.0,
    "change_altitude": 1.0,
    "confirm": 1.0,
    "engage": 2.0,
    "requisition": 4.0,
}
"""What every operator costs."""

FAILS = {
    "drive_straight": 0.2,
    "drive_square": 0.1,
    "drive_curve": 0.1,
    "treat": 0.15,
    "treat_with_care": 0.05,
    "clear": 0.15,
    "clear_with_care": 0.05,
    "restock": 0.05,
    "hand_over": 0.2,
    "engage": 0.1,
    "requisition": 0.01,
}
"""How often an operator fails, and changes nothing; never where it is not named."""
