"""Learning curves from the prior: how wrong estimates are after zero to fifty runs, on others' runs and on our own."""

from __future__ import annotations

import math
import tempfile
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
_QUESTIONS = (
    "How healthy is the pipeline this quarter?",
    "What do our best reps do differently?",
    "Why do we lose against competitors?",
    "Which objections come up most?",
)


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


def own_runs() -> list[dict[str, Any]]:
    """Return the curve of this project's own steps: questions asked of synthetic samples, read from the journal.

    Each run's steps are predicted before the run; what is known is counted in steps.
    """
    from domains.analysis.planner import EstatePlanner
    from estimators.history import History
    from estimators.journal_history import JournalHistory
    from estimators.learned import LearnedCosts
    from htn.execution.journal import Journal

    found = []
    with tempfile.TemporaryDirectory() as folder:
        workspace = _sample(Path(folder))
        planner = EstatePlanner(workspace)
        for question in _QUESTIONS:
            planner.run(planner.plan(question)).wait(120)
        with Journal(workspace, readonly=True) as journal:
            rows = list(History(JournalHistory(journal).rows()))
    for place, run in enumerate(dict.fromkeys(row.run for row in rows)):
        known = [row for row in rows if row.run in list(dict.fromkeys(each.run for each in rows))[:place]]
        costs = LearnedCosts(known)
        for row in rows:
            if row.run == run and row.seconds:
                made = costs.estimate("", (), row.task_type, {"count": row.sizes})["seconds"]
                found.append((len(known), math.fsum([row.seconds]), (made.p10, made.p50, made.p90)))
    return curve(found)


def _sample(folder: Path) -> Path:
    from domains.analysis.corpus.ingest import ingest
    from domains.analysis.corpus.workspace import Workspace
    from domains.analysis.sample import generate, write

    write(generate(calls=120, deals=260), folder / "sample")
    with Workspace.open(folder / "workspace", create=True) as opened:
        ingest(opened, [folder / "sample"])
    return folder / "workspace"
