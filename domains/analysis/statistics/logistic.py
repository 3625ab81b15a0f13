"""Logistic regression of won and lost on named factors, guarded against what makes its numbers meaningless."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from domains.analysis.statistics.intervals import Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Factor", "LogisticModel", "fit_logistic"]

T = TypeVar("T")

CASES_PER_COLUMN = 10
CELL_FLOOR = 5


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of interest, with the others held.

    Attributes
    ----------
    name : str
        Which.
    effect : float
        Average change of the probability to win when the factor is there.
    interval : Interval
        Its 95 % interval.
    p : float
        Two-sided p value of its coefficient.
    n : int
        Cases that have it.
    """

    name: str
    effect: float
    interval: Interval
    p: float
    n: int


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """The factors, which of them had to be left out and why, the cases and the columns of control."""

    factors: tuple[Factor, ...]
    left_out: tuple[str, ...]
    n: int
    columns: int


def fit_logistic(
    won: Sequence[bool],
    factors: Mapping[str, Sequence[bool]],
    categories: Mapping[str, Sequence[str]],
    measures: Mapping[str, Sequence[float]],
    clusters: Sequence[Hashable],
) -> LogisticModel | None:
    """Fit a logistic regression and return the effect of each factor with the controls held.

    Parameters
    ----------
    won : sequence of bool
        The outcome per case.
    factors : dict
        What is asked about: present or not, per case.
    categories : dict
        Controls with names, made into columns; names with fewer than 5 won or lost cases are put together.
    measures : dict
        Controls with numbers, put to mean 0 and standard deviation 1.
    clusters : sequence
        Per case, whom it belongs to; errors are robust to it, and never below those of independent cases: robust ones
        come out too small where few clusters have a factor.

    Returns
    -------
    LogisticModel or None
        None when there are fewer than 10 wins or losses per column, or the fit does not settle: then no number
        that came out of it would mean anything.

    Notes
    -----
    A factor with fewer than 5 won or 5 lost cases is left out before the fit, and its cases with it: its coefficient
    would run off to infinity (separation) and drag the others along, and they are no cases without a factor either.
    """
    import numpy as np

    kept, left_out = _usable(won, factors)
    inside = [not any(factors[name][index] for name in left_out) for index in range(len(won))]
    won, clusters = _where(won, inside), _where(clusters, inside)
    factors = {name: _where(present, inside) for name, present in factors.items()}
    categories = {name: _where(labels, inside) for name, labels in categories.items()}
    measures = {name: _where(values, inside) for name, values in measures.items()}
    y = np.asarray(won, dtype=float)
    controls = [_standard(np.asarray(values, dtype=float)) for values in measures.values()]
    for labels in categories.values():
        controls += _columns(y, list(labels))
    columns = [np.asarray(factors[name], dtype=float) for name in kept] + [c for c in controls if np.ptp(c) > 0]
    if not kept or min(y.sum(), len(y) - y.sum()) < CASES_PER_COLUMN * (len(columns) + 1):
        return None
    design = np.column_stack([np.ones(len(y)), *columns])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    found = _fit(y, design, kept, clusters)
    return LogisticModel(found, tuple(left_out), len(y), design.shape[1] - 1 - len(kept)) if found else None


def _where(values: Sequence[T], inside: Sequence[bool]) -> list[T]:
    return [value for value, chosen in zip(values, inside, strict=True) if chosen]


def _usable(won: Sequence[bool], factors: Mapping[str, Sequence[bool]]) -> tuple[list[str], list[str]]:
    kept: list[str] = []
    left_out: list[str] = []
    for name, present in factors.items():
        inside = _where(won, present)
        wins = sum(inside)
        (kept if min(wins, len(inside) - wins) >= CELL_FLOOR else left_out).append(name)
    return kept, left_out


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 0 else values * 0.0


def _columns(y: NDArray[np.float64], labels: list[str]) -> list[NDArray[np.float64]]:
    """Return a column per name but the commonest, which is what the others are compared with."""
    import numpy as np

    named = np.asarray(labels, dtype=object)
    counts = {label: int((named == label).sum()) for label in sorted(set(labels))}
    wins = {label: float(y[named == label].sum()) for label in counts}
    small = [label for label in counts if min(wins[label], counts[label] - wins[label]) < CELL_FLOOR]
    groups = [[label] for label in counts if label not in small] + ([small] if small else [])
    groups.sort(key=lambda group: -sum(counts[label] for label in group))
    return [np.isin(named, group).astype(float) for group in groups[1:]]


def _fit(
    y: NDArray[np.float64], design: NDArray[np.float64], kept: list[str], clusters: Sequence[Hashable]
) -> tuple[Factor, ...] | None:
    import numpy as np
    import statsmodels.api as sm
    from scipy.stats import norm
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    labels = np.unique([str(item) for item in clusters], return_inverse=True)[1]
    model = sm.Logit(y, design)
    # by default separation and a fit that does not settle are only warned about, and give numbers all the same
    model.raise_on_perfect_prediction = True
    try:
        fit = model.fit(disp=0, maxiter=100, warn_convergence=False, cov_type="cluster", cov_kwds={"groups": labels})
        plain = model.fit(disp=0, maxiter=100, warn_convergence=False)
    except (PerfectSeparationError, np.linalg.LinAlgError):
        return None
    if not fit.mle_retvals["converged"]:
        return None
    if not np.all(np.isfinite(fit.bse)) or float(np.max(np.abs(fit.params))) > 15:
        return None
    either = [one.get_margeff(dummy=True) for one in (fit, plain)]
    reach = norm.ppf(0.975) * np.maximum(*(margins.margeff_se for margins in either))
    p = np.maximum(fit.pvalues, plain.pvalues)
    effect = either[0].margeff
    return tuple(
        Factor(
            name=name,
            effect=float(effect[index]),
            interval=Interval(float(effect[index] - reach[index]), float(effect[index] + reach[index])),
            p=float(p[index + 1]),
            n=int(design[:, index + 1].sum()),
        )
        for index, name in enumerate(kept)
    )
