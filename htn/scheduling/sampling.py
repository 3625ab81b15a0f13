"""Draws from estimates: the distribution through an estimate's three quantiles, for many steps at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from htn.model.errors import InputError
from htn.model.estimate import Z90, Estimate

__all__ = ["Floats", "check_sampling", "correlated_normals", "draw", "normal_of"]

Floats: TypeAlias = npt.NDArray[np.float64]


def check_sampling(samples: int, correlation: float) -> None:
    """Refuse to simulate with no samples, or with a correlation that is none.

    Raises
    ------
    InputError
        Naming both.
    """
    if samples < 1 or not 0 <= correlation <= 1:
        raise InputError(f"simulating needs samples >= 1 and a correlation in [0, 1], got {samples} and {correlation}")


def correlated_normals(rng: np.random.Generator, samples: int, steps: int, correlation: float) -> Floats:
    """Return standard normals, one row per sample, whose columns share a common part.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws.
    samples, steps : int
        Rows and columns.
    correlation : float
        Correlation between any two columns, from 0 (independent) to 1 (all steps are slow together). A slow day, or
        a prior that is wrong about the machine, hits all steps the same way.

    Returns
    -------
    ndarray
        Of shape (samples, steps).
    """
    own = rng.standard_normal((samples, steps))
    common = rng.standard_normal((samples, 1))
    mixed: Floats = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
    return mixed


def draw(estimates: Sequence[Estimate | None], normals: Floats) -> Floats:
    """Turn standard normals into draws with each estimate's quantiles; a missing estimate gives zero.

    The distribution is the one whose mean ``Estimate.from_quantiles`` gives: lognormal on either side of the median,
    half-normal where a quantile is zero.

    Parameters
    ----------
    estimates : sequence of Estimate or None
        One per column.
    normals : ndarray
        Standard normals of shape (samples, len(estimates)).

    Returns
    -------
    ndarray
        Draws of the same shape.

    Examples
    --------
    >>> draw([Estimate.lognormal(10, 2), None], np.array([[0.0, 0.0], [Z90, 0.0]])).round(6).tolist()
    [[10.0, 0.0], [20.0, 0.0]]
    """
    quantiles = [(0.0, 0.0, 0.0) if each is None else (each.p10, each.p50, each.p90) for each in estimates]
    p10, p50, p90 = np.array(quantiles, dtype=float).reshape(-1, 3).T
    low, high = normals < 0, normals >= 0
    out = np.zeros_like(normals)
    # where(..., 1) keeps the logarithms finite in the columns that the other branch fills
    below = np.log(np.where(p10 > 0, p50, 1) / np.where(p10 > 0, p10, 1)) / Z90
    above = np.log(np.where(p50 > 0, p90, 1) / np.where(p50 > 0, p50, 1)) / Z90
    out += np.where(low & (p10 > 0), p50 * np.exp(normals * below), 0)
    out += np.where(low & (p10 <= 0), np.maximum(0, p50 * (1 + normals / Z90)), 0)
    out += np.where(high & (p50 > 0), p50 * np.exp(normals * above), 0)
    out += np.where(high & (p50 <= 0), p90 * normals / Z90, 0)
    return out


def normal_of(estimate: Estimate, value: float) -> float:
    """Return the standard normal from which `draw` makes a value: how unusual it is under the estimate.

    Where the estimate has no spread on the value's side, what differs from it is infinitely unusual.

    Examples
    --------
    >>> round(normal_of(Estimate.lognormal(10, 2), 20) / Z90, 6)
    1.0
    >>> normal_of(Estimate.exactly(10), 11), normal_of(Estimate.exactly(10), 10), normal_of(Estimate.exactly(10), 9)
    (inf, 0.0, -inf)
    """
    p10, p50, p90 = estimate.p10, estimate.p50, estimate.p90
    if value == p50:
        return 0.0
    if value < p50:
        if p10 <= 0:
            return Z90 * (value / p50 - 1)
        return -math.inf if value <= 0 or p10 == p50 else -Z90 * math.log(p50 / value) / math.log(p50 / p10)
    if p90 == p50:
        return math.inf
    return Z90 * (value / p90 if p50 <= 0 else math.log(value / p50) / math.log(p90 / p50))
