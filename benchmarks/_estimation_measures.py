"""What predictions are judged by: error, relative error, coverage, pinball and Winkler's score."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["COLUMNS", "measures", "row"]

COLUMNS = ("runs", "MAE", "median APE %", "log-RMSE", "coverage %", "hi/lo", "pinball .1", "pinball .9", "Winkler")


def measures(actual: Any, predicted: Any) -> dict[str, float]:
    """Return the measures of predictions, one row of lower end, median and upper end for each actual value.

    Examples
    --------
    >>> found = measures([10.0, 20.0], [[5.0, 10.0, 15.0], [5.0, 10.0, 15.0]])
    >>> found["MAE"], found["median APE %"], found["coverage %"]
    (5.0, 25.0, 50.0)
    """
    y = np.asarray(actual, dtype=float)
    low, middle, high = np.asarray(predicted, dtype=float).reshape(-1, 3).T
    error = np.abs(y - middle)
    outside = np.maximum(low - y, 0) + np.maximum(y - high, 0)
    return {
        "runs": len(y),
        "MAE": float(error.mean()),
        "median APE %": float(np.median(error / y) * 100),
        "log-RMSE": float(np.sqrt(np.mean(np.log(middle / y) ** 2))),
        "coverage %": float(np.mean((low <= y) & (y <= high)) * 100),
        "hi/lo": float(np.median(high / low)),
        "pinball .1": _pinball(y, low, 0.1),
        "pinball .9": _pinball(y, high, 0.9),
        "Winkler": float(np.mean(high - low + 10 * outside)),
    }


def row(name: str, found: dict[str, float]) -> list[Any]:
    """Return a row of a table."""
    return [name, *(found[column] for column in COLUMNS)]


def _pinball(y: Any, quantile: Any, share: float) -> float:
    return float(np.mean(np.maximum(share * (y - quantile), (share - 1) * (y - quantile))))
