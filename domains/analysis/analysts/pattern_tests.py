"""Many features against one outcome at once: differences with errors that are robust to clusters, within strata."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Differences", "differences", "needed_cases", "shown", "smallest_visible"]


@dataclass(frozen=True, slots=True)
class Differences:
    """Per feature: change with one unit of the outcome, its 95 % interval, and the two-sided p value."""

    effect: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p: NDArray[np.float64]
    clusters: int

    def bounds(self, column: int, scale: float = 1.0) -> tuple[float | None, float | None]:
        """Return the interval of a feature; nothing where it is unbounded because the feature tells nothing."""
        low, high = float(self.low[column]) * scale, float(self.high[column]) * scale
        return (low, high) if isfinite(low) and isfinite(high) else (None, None)

    def tells(self, column: int) -> bool:
        """Return whether anything can be said of a feature at all."""
        return self.bounds(column) != (None, None)


def differences(
    features: NDArray[np.float64], outcome: Sequence[float], clusters: Sequence[Hashable], strata: Sequence[Hashable]
) -> Differences:
    """Regress every feature on the outcome, with a constant per stratum and cluster-robust errors.

    With an outcome of 0 and 1 the effect is the difference between the two means, cases of one stratum being compared
    with each other. The sandwich is that of statsmodels' OLS with `cov_type="cluster"`, for all features in one pass.

    Parameters
    ----------
    features : array of shape (cases, features)
        What is compared.
    outcome, clusters, strata : sequence
        Per case.

    Returns
    -------
    Differences
        A feature that does not vary within strata, or an outcome that does not, has effect 0 and p value 1.
    """
    import numpy as np
    from scipy.stats import t

    labels = np.unique([str(item) for item in clusters], return_inverse=True)[1]
    layers = np.unique([str(item) for item in strata], return_inverse=True)[1]
    x = _centred(np.asarray(outcome, dtype=float)[:, None], layers)[:, 0]
    y = _centred(features, layers)
    cases, groups = len(x), int(labels.max()) + 1 if len(labels) else 0
    spread = float(x @ x)
    width = y.shape[1]
    if spread < 1e-12 or groups < 10:
        zero = np.zeros(width)
        return Differences(zero, zero - np.inf, zero + np.inf, np.ones(width), groups)
    effect = (x @ y) / spread
    score = x[:, None] * (y - np.outer(x, effect))
    sums = np.zeros((groups, width))
    np.add.at(sums, labels, score)
    parameters = int(layers.max()) + 2
    correction = groups / (groups - 1) * (cases - 1) / max(cases - parameters, 1)
    error = np.sqrt(correction * (sums**2).sum(axis=0)) / spread
    flat = (y**2).sum(axis=0) < 1e-12
    error[flat] = np.inf
    p = 2 * t.sf(np.abs(effect / np.where(error > 0, error, np.inf)), groups - 1)
    reach = t.ppf(0.975, groups - 1) * np.where(flat, np.inf, error)
    return Differences(effect, effect - reach, effect + reach, np.where(flat, 1.0, p), groups)


def _centred(values: NDArray[np.float64], layers: NDArray[np.intp]) -> NDArray[np.float64]:
    import numpy as np

    sums = np.zeros((int(layers.max()) + 1 if len(layers) else 0, values.shape[1]))
    np.add.at(sums, layers, values)
    counts = np.bincount(layers)[:, None] if len(layers) else np.ones((0, 1))
    return np.asarray(values - (sums / counts)[layers], dtype=float)


def shown(symbol: str, value: float) -> str:
    """Return a p or q value in words.

    Examples
    --------
    >>> shown("q", 0.034), shown("p", 1e-9)
    ('q = 0.034', 'p < 0.0001')
    """
    return f"{symbol} < 0.0001" if value < 0.0001 else f"{symbol} = {value:.2g}"


def smallest_visible(won: int, lost: int, alpha: float = 0.05, power: float = 0.8) -> float | None:
    """Return the smallest difference between two shares near one half that so many cases would show.

    Examples
    --------
    >>> round(smallest_visible(100, 100), 2)
    0.2
    """
    from scipy.stats import norm

    if not won or not lost:
        return None
    reach = float(norm.ppf(1 - alpha / 2) + norm.ppf(power))
    return float(reach * (0.25 * (1 / won + 1 / lost)) ** 0.5)


def needed_cases(difference: float, deviation: float, alpha: float = 0.05, power: float = 0.8) -> int | None:
    """Return the cases per outcome that a test at level alpha needs to see a difference; None when there is none.

    Examples
    --------
    >>> needed_cases(0.2, 0.5)
    99
    """
    import math

    from scipy.stats import norm

    if abs(difference) < 1e-9 or deviation < 1e-9:
        return None
    reach = float(norm.ppf(1 - alpha / 2) + norm.ppf(power))
    return math.ceil(2 * (reach * deviation / difference) ** 2)
