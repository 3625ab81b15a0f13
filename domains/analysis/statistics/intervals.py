"""Confidence intervals of one proportion and of one mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from htn.model.errors import InputError

__all__ = ["Interval", "mean_interval", "wilson_interval"]


class Interval(NamedTuple):
    """Lower and upper end of an interval."""

    low: float
    high: float


def wilson_interval(successes: int, n: int, level: float = 0.95) -> Interval:
    """Return the Wilson score interval of a proportion.

    It stays within [0, 1] and is usable at small n, where the textbook interval is not.

    Parameters
    ----------
    successes, n : int
        How many of how many; with n = 0 nothing is known and the interval is [0, 1].
    level : float
        Nominal coverage, between 0 and 1.

    Raises
    ------
    InputError
        When the counts do not fit each other.

    Examples
    --------
    >>> low, high = wilson_interval(81, 263)
    >>> round(low, 3), round(high, 3)
    (0.255, 0.366)
    """
    from statsmodels.stats.proportion import proportion_confint

    if not 0 <= successes <= n:
        raise InputError(f"{successes} successes of {n} is no proportion")
    if n == 0:
        return Interval(0.0, 1.0)
    low, high = proportion_confint(successes, n, alpha=1 - level, method="wilson")
    # rounding can leave the ends a hair outside [0, 1] when all or none succeeded
    return Interval(max(0.0, float(low)), min(1.0, float(high)))


def mean_interval(values: Sequence[float], level: float = 0.95) -> Interval:
    """Return Student's t interval of a mean.

    Below two values, or when they are not finite, the interval is unbounded: the data cannot say.

    Parameters
    ----------
    values : sequence of float
        The sample.
    level : float
        Nominal coverage, between 0 and 1.

    Examples
    --------
    >>> low, high = mean_interval([1.0, 2.0, 3.0, 4.0])
    >>> round(low, 2), round(high, 2)
    (0.45, 4.55)
    """
    from scipy.stats import t

    n = len(values)
    if n < 2:
        return Interval(-math.inf, math.inf)
    mean = math.fsum(values) / n
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    reach = float(t.ppf((1 + level) / 2, n - 1)) * spread / math.sqrt(n)
    return Interval(mean - reach, mean + reach)
