"""How far a rep or a region stands from what its mix of deals lets expect, as a number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from domains.analysis.artifacts import Number

if TYPE_CHECKING:
    from domains.analysis.statistics.standardisation import Standardised

__all__ = ["beyond_mix"]


def beyond_mix(fair: Standardised, index: int) -> Number:
    """Return the wins of a group beyond expectation, in points of its deals."""
    group = fair.groups[index]
    points = (group.observed - group.expected) / group.n * 100
    error = abs(points / group.z) if group.z else 0.0
    reach = 1.959964 * error
    known = group.z != 0.0 and math.isfinite(error)
    return Number(
        name=f"win rate beyond its mix, {group.group}",
        value=points,
        unit="points",
        low=points - reach if known else None,
        high=points + reach if known else None,
        level=0.95 if known else None,
        n=group.n,
        method="observed less expected from segment and product, normal interval",
    )
