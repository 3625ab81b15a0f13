"""How predictions held: coverage, error and drift by task type, from what was predicted before each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from htn.model.errors import InputError

__all__ = ["Calibration", "calibration", "intraclass"]

_USUAL_COUNTS = 10
_THIRDS_FROM = 9  # with fewer runs, thirds are too small to speak of drift


@dataclass(frozen=True, slots=True)
class Calibration:
    """How predictions of one task type held.

    Attributes
    ----------
    task_type : str
        Empty for all of them together.
    runs : int
        How many were predicted.
    coverage : float
        Share of runs inside the interval.
    below, above : float
        Shares of runs below and above it.
    error : float
        Median of the relative error.
    bias : float
        Median of actual over predicted: above 1, predictions are too low.
    coverage_drift, bias_drift : float or None
        Last third of the runs against the first: difference of the coverage, and ratio of the bias. None for few runs.
    """

    task_type: str
    runs: int
    coverage: float
    below: float
    above: float
    error: float
    bias: float
    coverage_drift: float | None
    bias_drift: float | None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def calibration(
    task_types: Sequence[str], actual: npt.ArrayLike, issued: npt.ArrayLike, least: float = 1e-3
) -> list[Calibration]:
    """Return how predictions held: over all runs first, then by task type, the most frequent first.

    Parameters
    ----------
    task_types : sequence of str
        The type of each run, in the order of time.
    actual : array-like
        What each run took.
    issued : array-like of shape (n_runs, 3)
        Lower end, median and upper end as predicted before the run.
    least : float
        Values below count as it in ratios.

    Raises
    ------
    InputError
        If there are not as many types and predictions as runs.

    Examples
    --------
    >>> report = calibration(["read", "read"], [1.0, 5.0], [[0.5, 1.0, 2.0], [0.5, 1.0, 2.0]])
    >>> report[0].coverage, report[0].above, report[1].task_type
    (0.5, 0.5, 'read')
    """
    truth = np.asarray(actual, dtype=float)
    predicted = np.asarray(issued, dtype=float).reshape(-1, 3)
    if not len(task_types) == len(truth) == len(predicted):
        raise InputError(f"{len(truth)} runs need as many types and predictions: {len(task_types)}, {len(predicted)}")
    if not len(truth):
        return []
    types = np.array(task_types, dtype=object)
    counts = {name: int((types == name).sum()) for name in dict.fromkeys(task_types)}
    rows = [_of("", truth, predicted, least)]
    for name in sorted(counts, key=lambda each: (-counts[each], each)):
        chosen = types == name
        rows.append(_of(name, truth[chosen], predicted[chosen], least))
    return rows


def _of(name: str, truth: npt.NDArray[np.float64], predicted: npt.NDArray[np.float64], least: float) -> Calibration:
    low, middle, high = predicted.T
    ratio = np.maximum(truth, least) / np.maximum(middle, least)
    inside = (low <= truth) & (truth <= high)
    third = len(truth) // 3
    known = len(truth) >= _THIRDS_FROM
    return Calibration(
        task_type=name,
        runs=len(truth),
        coverage=float(inside.mean()),
        below=float((truth < low).mean()),
        above=float((truth > high).mean()),
        error=float(np.median(np.abs(1 - 1 / ratio))),
        bias=float(np.median(ratio)),
        coverage_drift=float(inside[-third:].mean() - inside[:third].mean()) if known else None,
        bias_drift=float(np.median(ratio[-third:]) / np.median(ratio[:third])) if known else None,
    )


def intraclass(groups: Sequence[Sequence[float]], usual: float) -> float:
    """Return how alike numbers of one group are, as the share of the variance that lies between groups.

    Parameters
    ----------
    groups : sequence of sequences of float
        The numbers; groups of one tell nothing.
    usual : float
        What is believed before; it counts as much as ten groups.

    Examples
    --------
    >>> round(intraclass([[1.0, 1.1], [5.0, 5.1], [9.0, 9.1]] * 20, 0.5), 2)
    0.92
    >>> intraclass([], 0.5)
    0.5
    """
    held = [np.asarray(group, dtype=np.float64) for group in groups if len(group) > 1]
    if len(held) < 2:
        return usual
    sizes = np.array([len(group) for group in held], dtype=np.float64)
    means = np.array([group.mean() for group in held])
    overall = float((sizes * means).sum() / sizes.sum())
    between = float((sizes * (means - overall) ** 2).sum() / (len(held) - 1))
    within = float(sum(((group - mean) ** 2).sum() for group, mean in zip(held, means, strict=True)))
    within /= max(sizes.sum() - len(held), 1.0)
    typical = float((sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(held) - 1))
    total = between + (typical - 1) * within
    found = min(max((between - within) / total, 0.0), 0.99) if total > 0 else usual
    return (len(held) * found + _USUAL_COUNTS * usual) / (len(held) + _USUAL_COUNTS)
