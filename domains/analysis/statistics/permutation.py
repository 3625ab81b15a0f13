"""An exact test for effects that act on whole units (months, prospects) and not on single cases."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import combinations

__all__ = ["exact_unit_test"]

MOST_ARRANGEMENTS = 200_000
DRAWN = 20_000


def exact_unit_test(marked: Sequence[float], others: Sequence[float]) -> float:
    """Return the two-sided p value of the difference between the means of two sets of units.

    Every way of choosing as many units is tried, so the value needs no assumption about the cases inside a unit; with
    few units it cannot become small, which is the point. Where there are too many ways, 20,000 drawn with a fixed seed
    stand for them.

    Examples
    --------
    >>> round(exact_unit_test([0.8, 0.82, 0.81, 0.79], [0.5, 0.52, 0.55, 0.49, 0.51, 0.53]), 4)
    0.0048
    >>> exact_unit_test([0.9], [0.5, 0.4])
    0.3333333333333333
    """
    if not marked or not others:
        return 1.0
    values = [*marked, *others]
    total, size = math.fsum(values), len(marked)
    rest = len(values) - size

    def gap(chosen: float) -> float:
        return abs(chosen / size - (total - chosen) / rest)

    seen = gap(math.fsum(marked))
    # a hair of tolerance: equal arrangements must count as equal in floating point
    if math.comb(len(values), size) <= MOST_ARRANGEMENTS:
        arrangements = [gap(math.fsum(chosen)) >= seen - 1e-12 for chosen in combinations(values, size)]
        return sum(arrangements) / len(arrangements)
    draw = random.Random(0)
    drawn = sum(gap(math.fsum(draw.sample(values, size))) >= seen - 1e-12 for _ in range(DRAWN))
    return (drawn + 1) / (DRAWN + 1)
