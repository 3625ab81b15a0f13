"""Statistics the analysts share: intervals, tests, corrections, pooling, and words for how firmly a claim stands."""

from __future__ import annotations

from domains.analysis.statistics.correction import benjamini_hochberg
from domains.analysis.statistics.intervals import Interval, mean_interval, wilson_interval
from domains.analysis.statistics.proportions import (
    ProportionTest,
    homogeneity_test,
    needed_per_group,
    two_proportion_p,
    two_proportion_test,
)
from domains.analysis.statistics.strength import Strength, hedged, is_borderline, strength_of

__all__ = [
    "Interval",
    "ProportionTest",
    "Strength",
    "benjamini_hochberg",
    "hedged",
    "homogeneity_test",
    "is_borderline",
    "mean_interval",
    "needed_per_group",
    "strength_of",
    "two_proportion_p",
    "two_proportion_test",
    "wilson_interval",
]
