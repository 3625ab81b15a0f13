"""Partial pooling: what the groups' rates are once chance is taken out, and whether their order can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.statistics.intervals import Interval
from htn.model.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PooledRates", "pool_rates", "split_half_reliability"]

# Above this many prior cases the groups are one population for every practical purpose.
LARGEST_CONCENTRATION = 1e6


@dataclass(frozen=True, slots=True)
class PooledRates:
    """Beta-binomial empirical Bayes estimates of the groups' rates.

    Attributes
    ----------
    overall : float
        Mean of the population of groups.
    concentration : float
        How many cases the population counts for when it is mixed with a group's own.
    spread : float
        Standard deviation of the true rates; what is left of the observed spread without chance.
    estimates : tuple of float
        The groups' rates, drawn towards the overall mean.
    intervals : tuple of Interval
        Posterior intervals, at ``level``.
    level : float
        Their level.
    """

    overall: float
    concentration: float
    spread: float
    estimates: tuple[float, ...]
    intervals: tuple[Interval, ...]
    level: float


def pool_rates(successes: Sequence[int], totals: Sequence[int], level: float = 0.95) -> PooledRates:
    """Estimate the rates of several groups together (beta-binomial, maximum marginal likelihood).

    Parameters
    ----------
    successes, totals : sequence of int
        Per group; groups without cases get the population's estimate.
    level : float
        Level of the intervals.

    Raises
    ------
    InputError
        When no group has any case.

    Notes
    -----
    The intervals take the population's mean and spread as known, so they are a little too short with few groups.

    Examples
    --------
    >>> pooled = pool_rates([9, 50, 1], [10, 100, 10])
    >>> [round(rate, 2) for rate in pooled.estimates]
    [0.82, 0.5, 0.18]
    """
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import betaln
    from scipy.stats import beta

    won, n = np.asarray(successes, dtype=float), np.asarray(totals, dtype=float)
    if not n.sum():
        raise InputError("there are no cases to estimate rates from")
    # half a case is added on both sides so that the start is inside (0, 1) when all or none succeeded
    start = float((won.sum() + 0.5) / (n.sum() + 1))

    def cost(parameters: NDArray[np.float64]) -> float:
        mean = 1 / (1 + math.exp(-float(np.clip(parameters[0], -30, 30))))
        size = math.exp(float(np.clip(parameters[1], -3, math.log(LARGEST_CONCENTRATION))))
        a, b = mean * size, (1 - mean) * size
        return -float(np.sum(betaln(a + won, b + n - won) - betaln(a, b)))

    logit = math.log(start / (1 - start))
    # the likelihood can be flat in the concentration: the best of a few starts is taken
    fits = [minimize(cost, [logit, math.log(size)], method="Nelder-Mead") for size in (3.0, 100.0, 10_000.0)]
    best = min(fits, key=lambda fit: float(fit.fun))
    mean = 1 / (1 + math.exp(-float(best.x[0])))
    size = math.exp(min(max(float(best.x[1]), -3.0), math.log(LARGEST_CONCENTRATION)))
    a, b = mean * size + won, (1 - mean) * size + n - won
    tail = (1 - level) / 2
    lows, highs = np.atleast_1d(beta.ppf(tail, a, b)), np.atleast_1d(beta.ppf(1 - tail, a, b))
    return PooledRates(
        overall=mean,
        concentration=size,
        spread=math.sqrt(mean * (1 - mean) / (size + 1)),
        estimates=tuple(float(x) for x in a / (a + b)),
        intervals=tuple(Interval(float(low), float(high)) for low, high in zip(lows, highs, strict=True)),
        level=level,
    )


def split_half_reliability(groups: Sequence[Sequence[float]], splits: int = 200, seed: int = 0) -> float | None:
    """Return how far the order of the groups' means would repeat with as many new cases (0: not at all, 1: exactly).

    Each group is cut at random into halves; the correlation of the halves' means over the groups, averaged over
    many cuts, is stepped up to the full length (Spearman-Brown). Groups below four cases are left out.

    Parameters
    ----------
    groups : sequence of sequence of float
        The cases of each group: 0 and 1 for rates, amounts for means.
    splits : int
        Random cuts to average over.
    seed : int
        Seed of the cuts, so that the answer is the same every time.

    Returns
    -------
    float or None
        None with fewer than three usable groups. Negative averages mean no reliability and are returned as 0.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    arrays = [np.asarray(group, dtype=float) for group in groups if len(group) >= 4]
    if len(arrays) < 3:
        return None
    found = []
    for _ in range(splits):
        halves = []
        for values in arrays:
            order = rng.permutation(len(values))
            middle = len(values) // 2
            halves.append((values[order[:middle]].mean(), values[order[middle:]].mean()))
        first, second = np.asarray(halves).T
        if first.std() > 0 and second.std() > 0:
            found.append(float(np.corrcoef(first, second)[0, 1]))
    if not found:
        return None
    half = max(0.0, float(np.mean(found)))
    return 2 * half / (1 + half)
