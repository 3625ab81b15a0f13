"""Past runs of LLM agents, each predicted from all earlier ones; batches reshuffled to see the order's luck."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._estimation_measures import measures
from estimators.regressor import StepRegressor

__all__ = ["ANCHORS", "TARGETS", "issued", "load", "prequential", "reshuffled", "table_baseline"]

TARGETS = {"seconds": "seconds", "output tokens": "out_tokens", "prompt tokens": "prompt_tokens"}
_FIRST_SCORED = 70
# What a fixed set of baselines measured by the same protocol reached at best, to be met: figure and column.
ANCHORS: dict[str, dict[str, float]] = {
    "seconds": {"MAE": 52, "median APE %": 25, "log-RMSE": 0.65, "pinball .1": 9.3, "pinball .9": 18},
    "output tokens": {"MAE": 1873, "median APE %": 13.8, "log-RMSE": 0.30},
    "prompt tokens": {"MAE": 25_440},
}


def load(folder: Path) -> pd.DataFrame:
    """Return the runs in the order of time: batches by their end, then repeats."""
    runs = pd.read_csv(folder / "agent_runs" / "agent_runs.csv.gz")
    return runs.sort_values(["at", "run_index", "task", "model"], kind="stable").reset_index(drop=True)


def prequential(runs: pd.DataFrame, target: str) -> dict[str, Any]:
    """Predict each run from all earlier ones; return measures of the scored part, and of first calls of a type."""
    known = runs[runs[target] > 0].reset_index(drop=True)  # zero stands for "not measured"
    first = (known.groupby(["task", "model"]).cumcount() == 0).to_numpy()
    scored = np.arange(len(known)) >= _FIRST_SCORED
    actual, made = known[target].to_numpy(float), issued(known, target)
    inside = (made[:, 0] <= actual) & (actual <= made[:, 2])
    return {
        **measures(actual[scored], made[scored]),
        "first calls": int((first & scored).sum()),
        "first calls covered": int((inside & first & scored).sum()),
        # Of all first calls, the start included: with the prior's width.
        "all first calls": int(first.sum()),
        "all first calls covered": int((inside & first).sum()),
    }


def issued(known: pd.DataFrame, target: str) -> Any:
    """Return lower end, median and upper end of each run, predicted from all earlier ones."""
    columns = known[["task", "model", "run_id"]]
    return StepRegressor(task="task", who=("model",), batch="run_id").fit(columns, known[target]).issued_


def table_baseline(runs: pd.DataFrame, target: str) -> dict[str, float]:
    """Return the measures of the lookup table: the median of the same task and model, intervals from its errors."""
    known = runs[runs[target] > 0]
    past: dict[Any, list[float]] = {}
    everything: list[float] = []
    errors: list[float] = []
    actual, predicted = [], []
    for place, (task, model, value) in enumerate(zip(known["task"], known["model"], known[target], strict=True)):
        own = past.setdefault((task, model), [])
        middle = float(np.median(own or everything or [value]))
        low, high = np.quantile(errors[-100:] or [0.0], [0.1, 0.9])
        if place >= _FIRST_SCORED:
            actual.append(value)
            predicted.append([middle * np.exp(low), middle, middle * np.exp(high)])
        errors.append(float(np.log(value / middle)))
        own.append(value)
        everything.append(value)
    return measures(actual, predicted)


def reshuffled(runs: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the runs in another order within each batch; batches stay where they were."""
    order = np.random.default_rng(seed).permutation(len(runs))
    shuffled = runs.iloc[order]
    return shuffled.sort_values("at", kind="stable").reset_index(drop=True)
