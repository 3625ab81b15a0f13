"""Confidence intervals of one proportion, of one mean and of one median."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from htn.model.errors import InputError

__all__ = ["Interval", "mean_interval", "median_interval", "wilson_interval"]


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


def median_interval(values: Sequence[float], level: float = 0.95) -> Interval | None:
    """Return the interval of a median between two of the sorted values, or None where there are too few of them.

    It covers at the level at least, whatever the distribution (Conover 1999, Practical Nonparametric Statistics, 3.2).

    Parameters
    ----------
    values : sequence of float
        The sample.
    level : float
        Nominal coverage, between 0 and 1.

    Examples
    --------
    >>> median_interval([float(day) for day in range(1, 22)])
    Interval(low=6.0, high=16.0)
    >>> median_interval([1.0, 2.0]) is None
    True
    """
    from scipy.stats import quantile_test

    if len(values) < 2:
        return None
    found: Any = quantile_test(list(values), p=0.5)
    low, high = (float(end) for end in found.confidence_interval(level))
    return None if math.isnan(low) or math.isnan(high) else Interval(low, high)
