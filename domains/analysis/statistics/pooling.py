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

    Array = NDArray[np.float64]

__all__ = ["PooledRates", "pool_rates", "split_half_reliability"]

# Above this many prior cases the groups are one population for every practical purpose.
LARGEST_CONCENTRATION = 1e6
GRID = 21


@dataclass(frozen=True, slots=True)
class PooledRates:
    """Beta-binomial estimates of the groups' rates, the population's mean and spread being estimated with them.

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
    """Estimate the rates of several groups together (beta-binomial model).

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
    Mean and spread of the population are those of maximum marginal likelihood. The groups' estimates and intervals do
    not take them as known: with a dozen groups the likeliest spread is often nought though the true one is not, and
    intervals that believed it would cover half of what they should. They average over what mean and spread can be, all
    means and all spreads (standard deviations) being as likely beforehand (Gelman, 2006).

    Examples
    --------
    >>> pooled = pool_rates([9, 50, 1], [10, 100, 10])
    >>> [round(rate, 2) for rate in pooled.estimates]
    [0.81, 0.5, 0.19]
    """
    import numpy as np

    won, n = np.asarray(successes, dtype=float), np.asarray(totals, dtype=float)
    if not n.sum():
        raise InputError("there are no cases to estimate rates from")
    mean, size = _likeliest(won, n)
    spread = math.sqrt(mean * (1 - mean) / (size + 1))
    a, b, weights = _possible(won, n, mean, spread)
    own_a, own_b = a[:, None] + won, b[:, None] + n - won
    estimates = weights @ (own_a / (own_a + own_b))
    tail = (1 - level) / 2
    lows, highs = (_quantile(own_a, own_b, weights, share) for share in (tail, 1 - tail))
    return PooledRates(
        overall=mean,
        concentration=size,
        spread=spread,
        estimates=tuple(float(x) for x in estimates),
        intervals=tuple(Interval(float(low), float(high)) for low, high in zip(lows, highs, strict=True)),
        level=level,
    )


def _log_likelihood(won: Array, n: Array, a: Array, b: Array) -> Array:
    import numpy as np
    from scipy.special import betaln

    each = betaln(a[..., None] + won, b[..., None] + n - won) - betaln(a, b)[..., None]
    return np.asarray(each.sum(axis=-1), dtype=float)


def _likeliest(won: Array, n: Array) -> tuple[float, float]:
    """Return the population's mean and concentration of maximum marginal likelihood."""
    import numpy as np
    from scipy.optimize import minimize

    # half a case is added on both sides so that the start is inside (0, 1) when all or none succeeded
    start = float((won.sum() + 0.5) / (n.sum() + 1))

    def cost(parameters: Array) -> float:
        mean = 1 / (1 + math.exp(-float(np.clip(parameters[0], -30, 30))))
        size = math.exp(float(np.clip(parameters[1], -3, math.log(LARGEST_CONCENTRATION))))
        return -float(_log_likelihood(won, n, np.array(mean * size), np.array((1 - mean) * size)))

    logit = math.log(start / (1 - start))
    # the likelihood can be flat in the concentration: the best of a few starts is taken
    fits = [minimize(cost, [logit, math.log(size)], method="Nelder-Mead") for size in (3.0, 100.0, 10_000.0)]
    best = min(fits, key=lambda fit: float(fit.fun))
    mean = 1 / (1 + math.exp(-float(best.x[0])))
    return mean, math.exp(min(max(float(best.x[1]), -3.0), math.log(LARGEST_CONCENTRATION)))


def _possible(won: Array, n: Array, mean: float, spread: float) -> tuple[Array, Array, Array]:
    """Return populations on a grid of mean and spread, as the two numbers of a beta distribution, and their weights."""
    import numpy as np

    cases, groups = float(n.sum()), int((n > 0).sum())
    error = math.sqrt(mean * (1 - mean) / cases + spread**2 / groups) + 0.5 / cases
    # far enough out for chance to have hidden a spread, and for few groups to have hidden a larger one
    farthest = 4 * spread + 3 * math.sqrt(mean * (1 - mean) / (cases / groups)) + 0.02
    means = np.clip(mean + np.linspace(-4, 4, GRID) * 1.5 * error, 1e-4, 1 - 1e-4)
    spreads = np.linspace(0.002, min(farthest, 0.45), 2 * GRID)
    m, s = (values.ravel() for values in np.meshgrid(means, spreads))
    size = np.maximum(m * (1 - m) / s**2 - 1, 0.05)
    logs = _log_likelihood(won, n, m * size, (1 - m) * size)
    weights = np.exp(logs - logs.max())
    kept = weights > 1e-3
    return (m * size)[kept], ((1 - m) * size)[kept], weights[kept] / weights[kept].sum()


def _quantile(a: Array, b: Array, weights: Array, share: float) -> Array:
    """Return per group the quantile of a mixture of beta distributions, by bisection."""
    import numpy as np
    from scipy.special import betainc

    low, high = np.zeros(a.shape[1]), np.ones(a.shape[1])
    for _ in range(18):
        middle = (low + high) / 2
        below = weights @ betainc(a, b, middle) < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2, dtype=float)


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
