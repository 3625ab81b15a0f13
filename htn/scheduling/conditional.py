"""Correlated normals given some of them, and given that others exceed a bound: exact but for a grid of one number."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from htn.scheduling.sampling import Floats

__all__ = ["Evidence", "conditional_normals", "truncated_normals"]

_GRID = 801
_WIDTH = 8.0  # standard deviations of the prior on either side of what is likely
_MOST_ALIKE = 0.999  # with a correlation of 1 a single number would decide all, and two could contradict each other
_ASYMPTOTIC = 25.0  # beyond it erfc is too small for a float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of steps as standard normals.

    Attributes
    ----------
    taken : tuple of float
        The normals of steps that are over; they are not drawn.
    beyond : tuple of float or None
        One for each step to draw: what its normal is known to exceed, None where nothing is known.
    """

    taken: tuple[float, ...]
    beyond: tuple[float | None, ...]


def conditional_normals(rng: np.random.Generator, samples: int, known: Evidence, correlation: float) -> Floats:
    """Draw standard normals that share a common part, given the evidence.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draws.
    samples : int
        Rows.
    known : Evidence
        What is known.
    correlation : float
        Between any two of them, as of `htn.scheduling.sampling.correlated_normals`.

    Returns
    -------
    ndarray
        Of shape (samples, steps to draw).

    Examples
    --------
    >>> drawn = conditional_normals(np.random.default_rng(0), 1000, Evidence((), (1.0, None)), 0.5)
    >>> bool(drawn[:, 0].min() >= 1.0), bool(drawn[:, 1].mean() > 0.5)
    (True, True)
    """
    alike = min(correlation, _MOST_ALIKE)
    own = math.sqrt(1 - alike)
    common = _common(rng, samples, known, alike) if alike else np.zeros(samples)
    normals = np.empty((samples, len(known.beyond)))
    for place, bound in enumerate(known.beyond):
        shared = math.sqrt(alike) * common
        if bound is None or bound == -math.inf:
            normals[:, place] = shared + own * rng.standard_normal(samples)
        else:
            normals[:, place] = np.maximum(shared + own * truncated_normals(rng, (bound - shared) / own), bound)
    return normals


def _common(rng: np.random.Generator, samples: int, known: Evidence, alike: float) -> Floats:
    """Draw the common part from its posterior, by inverting its distribution on a grid at stratified places."""
    # Normal observations give a normal posterior; bounds multiply it by the chances of exceeding them.
    noise = 1 - alike
    precision = 1 + len(known.taken) * alike / noise
    middle = math.sqrt(alike) / noise * sum(known.taken) / precision
    bounds = [each for each in known.beyond if each is not None and each > -math.inf]
    reach = max([0.0, *((bound / math.sqrt(alike)) for bound in bounds)])
    grid = np.linspace(
        middle - _WIDTH / math.sqrt(precision), max(middle, min(reach, _WIDTH)) + _WIDTH / math.sqrt(precision), _GRID
    )
    logarithm = -precision * (grid - middle) ** 2 / 2
    for bound in bounds:
        logarithm += _log_exceeding((bound - math.sqrt(alike) * grid) / math.sqrt(noise))
    density = np.exp(logarithm - logarithm.max())
    steps = (density[1:] + density[:-1]) / 2
    reached = np.concatenate([[0.0], np.cumsum(steps)])
    shares = (np.arange(samples) + rng.random(samples)) / samples
    drawn: Floats = np.interp(shares * reached[-1], reached, grid)
    return rng.permutation(drawn)


def _log_exceeding(bounds: Floats) -> Floats:
    """Return the logarithm of the chance that a standard normal exceeds each bound."""
    chance = [
        math.log(math.erfc(bound / math.sqrt(2)) / 2)
        if bound < _ASYMPTOTIC
        else -bound * bound / 2 - math.log(bound * math.sqrt(2 * math.pi))
        for bound in bounds.tolist()
    ]
    return np.array(chance)


def truncated_normals(rng: np.random.Generator, bounds: npt.NDArray[np.float64]) -> Floats:
    """Draw one standard normal above each bound, by rejection (Robert, 1995).

    References
    ----------
    Robert, C. P. (1995). Simulation of truncated normal variables. Statistics and Computing 5, 121-125.

    Examples
    --------
    >>> drawn = truncated_normals(np.random.default_rng(0), np.full(10_000, 2.0))
    >>> bool(drawn.min() > 2), round(float(drawn.mean()), 2)
    (True, 2.37)
    """
    drawn = np.empty_like(bounds)
    waiting = np.arange(len(bounds))
    while waiting.size:
        above = bounds[waiting]
        # Far out an exponential begins at the bound; near the middle a plain normal is kept about as often.
        far = above > 0
        rate = (above + np.sqrt(above * above + 4)) / 2
        proposed = np.where(far, above + rng.exponential(size=waiting.size) / rate, rng.standard_normal(waiting.size))
        accepted = np.where(far, rng.random(waiting.size) <= np.exp(-((proposed - rate) ** 2) / 2), proposed >= above)
        drawn[waiting[accepted]] = proposed[accepted]
        waiting = waiting[~accepted]
    return drawn
