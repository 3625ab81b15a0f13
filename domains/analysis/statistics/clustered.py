"""Whether something goes with an outcome when cases come in clusters that share their fate."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.statistics.intervals import Interval
from htn.model.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Association", "association"]


@dataclass(frozen=True, slots=True)
class Association:
    """How the outcome changes with one unit of the measure.

    Attributes
    ----------
    effect : float
        Change of the outcome (for won and lost: of the share won) per unit of the measure.
    interval : Interval
        Its interval, from standard errors that are robust to clusters.
    level : float
        Level of the interval.
    p : float
        Two-sided p value.
    n, clusters : int
        Cases, and clusters they come in; the latter is what the certainty rests on.
    """

    effect: float
    interval: Interval
    level: float
    p: float
    n: int
    clusters: int


def association(
    measure: Sequence[float],
    outcome: Sequence[float],
    clusters: Sequence[Hashable],
    strata: Sequence[Hashable] | None = None,
    level: float = 0.95,
) -> Association | None:
    """Return how an outcome goes with a measure (linear regression, cluster-robust errors).

    Parameters
    ----------
    measure, outcome : sequence of float
        Per case; an outcome of 1 and 0 makes the effect a difference of shares.
    clusters : sequence
        Per case, whom its fate belongs to: calls with one customer are not independent.
    strata : sequence, optional
        Per case, what it is like; only cases of one stratum are compared with each other.
    level : float
        Level of the interval.

    Returns
    -------
    Association or None
        None when measure or outcome do not vary, or there are fewer than 10 clusters.

    Raises
    ------
    InputError
        When the sequences differ in length.
    """
    import numpy as np
    import statsmodels.api as sm

    if not len(measure) == len(outcome) == len(clusters) or (strata is not None and len(strata) != len(measure)):
        raise InputError("measure, outcome, clusters and strata must be of one length")
    labels = np.unique([str(item) for item in clusters], return_inverse=True)[1] if clusters else np.zeros(0)
    groups = len(set(labels.tolist()))
    x, y = np.asarray(measure, dtype=float), np.asarray(outcome, dtype=float)
    if strata is not None and len(x):
        x, y = _within(x, strata), _within(y, strata)
    if groups < 10 or np.ptp(x) < 1e-12 or np.ptp(y) < 1e-12:
        return None
    fit = sm.OLS(y, sm.add_constant(x)).fit(cov_type="cluster", cov_kwds={"groups": labels}, use_t=True)
    low, high = fit.conf_int(1 - level)[1]
    return Association(
        effect=float(fit.params[1]),
        interval=Interval(float(low), float(high)),
        level=level,
        p=float(fit.pvalues[1]),
        n=len(x),
        clusters=groups,
    )


def _within(values: NDArray[np.float64], strata: Sequence[Hashable]) -> NDArray[np.float64]:
    """Return the values less the mean of their stratum."""
    import numpy as np

    labels = np.unique([str(item) for item in strata], return_inverse=True)[1]
    means = np.bincount(labels, weights=values) / np.bincount(labels)
    return values - means[labels]
