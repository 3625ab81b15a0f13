"""Underwater robot: a course of places with a gate, buoys, a bin and a torpedo board; actions may fail.

After the domain that acting with refinement methods is measured with, from the public description of robot submarine
competitions. Most stations can be done in a way that is worth more and fails more often, in one that is worth less, or
be skipped; the gate cannot.
"""

from domains.underwater.methods import domain
from domains.underwater.problems import problem

__all__ = ["COSTS", "FAILS", "STATIC", "domain", "problem"]

STATIC = ("course", "kind", "things")
"""Fluents that no operator changes."""

COSTS = {
    "search_for": 2.0,
    "localize": 1.0,
    "localize_pinger": 1.0,
    "go": 5.0,
    "cross_narrow": 10.0,
    "cross_wide": 8.0,
    "pick": 3.0,
    "trace_path": 3.0,
    "touch_back": 6.0,
    "touch_front": 3.0,
    "open_bin": 5.0,
    "drop_into_open": 2.0,
    "drop_on_closed": 2.0,
    "uncover": 5.0,
    "shoot_uncovered": 2.0,
    "shoot_covered": 2.0,
    "surface": 3.0,
}
"""What every operator costs."""

FAILS = {
    "cross_narrow": 0.7,
    "pick": 0.05,
    "trace_path": 0.15,
    "touch_back": 0.6,
    "touch_front": 0.2,
    "open_bin": 0.5,
    "drop_into_open": 0.1,
    "drop_on_closed": 0.1,
    "uncover": 0.6,
    "shoot_uncovered": 0.2,
    "shoot_covered": 0.2,
}
"""How often an operator fails, and changes nothing; never where it is not named."""
