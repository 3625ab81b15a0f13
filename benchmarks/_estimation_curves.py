"""Learning curves from the prior: how wrong estimates are after zero to fifty runs, on others' runs and on our own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._estimation_agents import reshuffled
from benchmarks._estimation_measures import measures
from benchmarks._estimation_workflows import SIZES
from estimators.prior import PriorCosts
from estimators.regressor import StepRegressor

__all__ = ["BINS", "agents", "curve", "own_runs", "workflows"]

BINS = ((0, 0), (1, 2), (3, 5), (6, 10), (11, 20), (21, 35), (36, 50))
_RUNS = 51


def curve(runs: Sequence[tuple[int, float, Sequence[float]]]) -> list[dict[str, Any]]:
    """Return measures by how many runs were known; each run as that number, the truth, and what was predicted."""
    found = []
    for first, last in BINS:
        chosen = [(truth, issued) for known, truth, issued in runs if first <= known <= last]
        if chosen:
            held = measures([truth for truth, _ in chosen], [issued for _, issued in chosen])
            found.append({"known": f"{first}-{last}" if last > first else str(first), **held})
    return found


def _issued(model: StepRegressor, columns: pd.DataFrame, truth: Any) -> list[tuple[int, float, Sequence[float]]]:
    issued = model.fit(columns, truth).issued_
    return [(place, float(value), ends) for place, (value, ends) in enumerate(zip(truth, issued, strict=True))]


def agents(runs: pd.DataFrame, target: str, resource: str, seeds: int) -> list[dict[str, Any]]:
    """Return the curve of the first runs of agents, over orders within batches."""
    found = []
    for seed in range(seeds):
        order = reshuffled(runs[runs[target] > 0], seed).head(_RUNS)
        columns = order[["task", "model", "run_id"]].copy()
        columns["prior"] = [PriorCosts("model").estimate("", (), task, {})[resource].p50 for task in order["task"]]
        model = StepRegressor(task="task", who=("model",), batch="run_id", prior="prior")
        found += _issued(model, columns, order[target].to_numpy(float))
    return curve(found)


def workflows(tasks: pd.DataFrame, seeds: int) -> list[dict[str, Any]]:
    """Return the curve of tasks drawn from each family, in the order of time."""
    found = []
    for _, own in tasks.groupby("family"):
        for seed in range(seeds):
            drawn = np.sort(np.random.default_rng(seed).choice(len(own), _RUNS, replace=False))
            order = own.iloc[drawn]
            columns = order[["kind", "instance", *SIZES]].copy()
            columns["prior"] = [PriorCosts().estimate("", (), kind, {})["seconds"].p50 for kind in order["kind"]]
            model = StepRegressor(task="kind", batch="instance", prior="prior", sizes=SIZES)
            found += _issued(model, columns, order["seconds"].to_numpy(float))
    return curve(found)


def own_runs(workspace: Path) -> list[dict[str, Any]]:
    """Return the curve of this project's own steps, by how many runs of questions in the workspace were known.

    Each run's steps are predicted before the run, from those that began alike, as `estate run` does: the first run of a
    process loads libraries and is left out.
    """
    from estimators.journal_history import JournalHistory
    from estimators.learned import LearnedCosts
    from htn.execution.journal import Journal

    with Journal(workspace, readonly=True) as journal:
        warm = [run for run in journal.runs() if not run.context.get("first_of_process", True)]
        issued = LearnedCosts(JournalHistory(journal, runs=warm).rows(), trees=False).issued()
    place = {run: number for number, run in enumerate(dict.fromkeys(each.run for each in issued))}
    return curve([(place[each.run], each.actual, (each.low, each.middle, each.high)) for each in issued])
