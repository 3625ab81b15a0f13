"""Whole plans: what was predicted before they began, against what they took; our own runs, agents and workflows."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from estimators.history import StepRun
from estimators.journal_plans import PlanRun, plan_runs
from estimators.learned import LearnedCosts
from estimators.whole_plans import corrected
from htn.model.estimate import Estimate
from htn.scheduling.simulate import AgentCapacity, makespans, simulate

__all__ = ["QUESTIONS", "crm", "fives_of_agents", "held", "run_questions", "sample", "workflow_instances"]

QUESTIONS = (
    "How healthy is the pipeline this quarter?",
    "Where does the pipeline stand?",
    "What do our best reps do differently?",
    "Why do we lose against competitors?",
    "Which objections come up most?",
    "Does training help new reps?",
    "What is the average deal size by region?",
    "How do our reps perform?",
    "What is our win rate by region?",
    "How long is our sales cycle?",
)
_DEPTHS = ("standard", "quick", "thorough")
_SIZES = ("in_bytes", "n_in")
_TOGETHER, _TEACHING, _PLACES = 5, 3, 4


def sample(folder: Path, calls: int = 120, deals: int = 260) -> Path:
    """Return a workspace with a synthetic sample."""
    from domains.analysis.corpus.ingest import ingest
    from domains.analysis.corpus.workspace import Workspace
    from domains.analysis.sample import generate, write

    write(generate(calls=calls, deals=deals), folder / "sample")
    with Workspace.open(folder / "workspace", create=True) as opened:
        ingest(opened, [folder / "sample"])
    return folder / "workspace"


def crm(folder: Path, data: Path) -> Path:
    """Return a workspace with the real opportunities."""
    from domains.analysis.corpus.ingest import ingest
    from domains.analysis.corpus.workspace import Workspace

    with Workspace.open(folder / "workspace", create=True) as opened:
        ingest(opened, [data / "crm_pipeline"])
    return folder / "workspace"


def run_questions(workspace: Path, runs: int, seed: int = 0) -> tuple[PlanRun, ...]:
    """Ask so many questions at random, run each plan, and return what was said and what it took.

    Every plan is estimated from the runs before it, as `estate run` does.
    """
    from domains.analysis.errors import NotAcceptedError
    from domains.analysis.planner import EstatePlanner
    from htn.execution.journal import Journal

    chance, planner, done = random.Random(seed), EstatePlanner(workspace), 0
    askable = list(QUESTIONS)
    while done < runs:
        question = chance.choice(askable)
        try:
            plan = planner.plan(question, options={"depth": chance.choice(_DEPTHS)})
        except NotAcceptedError:  # these records cannot answer it
            askable.remove(question)
            continue
        planner.run(plan).wait(300)
        done += 1
    with Journal(workspace, readonly=True) as journal:
        return tuple(plan_runs(journal))


def held(pairs: Sequence[tuple[Estimate, float]]) -> dict[str, float]:
    """Return how predictions of totals held."""
    inside = [estimate.p10 <= actual <= estimate.p90 for estimate, actual in pairs]
    ratio = np.array([actual / max(estimate.p50, 1e-9) for estimate, actual in pairs])
    wide = [estimate.p90 / max(estimate.p10, 1e-9) for estimate, _ in pairs]
    return {
        "plans": len(pairs),
        "coverage %": 100 * float(np.mean(inside)),
        "below %": 100 * float(np.mean([actual < estimate.p10 for estimate, actual in pairs])),
        "above %": 100 * float(np.mean([actual > estimate.p90 for estimate, actual in pairs])),
        "median APE %": 100 * float(np.median(np.abs(1 / np.maximum(ratio, 1e-9) - 1))),
        "bias": float(np.median(ratio)),
        "hi/lo": float(np.median(wide)),
    }


def fives_of_agents(runs: pd.DataFrame) -> dict[str, list[tuple[Estimate, float]]]:
    """Return token totals of agent runs, five of a batch at a time, each five predicted from those before.

    The first third only teaches.
    """
    costs, fives = LearnedCosts(trees=False), []
    measured = runs[(runs.prompt_tokens > 0) & (runs.out_tokens > 0)]
    for number, batch in measured.groupby("run_id", sort=False):
        rows = [
            StepRun(
                f"{one.task} {one.model}",
                run=f"{number} {place // _TOGETHER}",
                ended=float(place),
                input_tokens=float(one.prompt_tokens),
                output_tokens=float(one.out_tokens),
            )
            for place, one in enumerate(_records(batch))
        ]
        fives += [rows[first : first + _TOGETHER] for first in range(0, len(rows), _TOGETHER)]
    found: dict[str, list[tuple[Estimate, float]]] = {"input_tokens": [], "output_tokens": []}
    for number, rows in enumerate(fives):
        if number >= len(fives) // 3:
            steps = [_Shape(str(place), (), row.task_type) for place, row in enumerate(rows)]
            estimates = {str(n): costs.estimate("", (), row.task_type, {}) for n, row in enumerate(rows)}
            correlations = {name: costs.correlation(resource=name) for name in found}
            for name, pairs in found.items():
                totals = simulate(steps, estimates, correlation=correlations[name]).totals
                pairs.append((totals[name], math.fsum(getattr(row, name) for row in rows)))
        costs.learn(rows)
    return found


def workflow_instances(
    folder: Path, *, largest: int = 400, draws: int = 4, seed: int = 0
) -> dict[str, list[tuple[Estimate, float]]]:
    """Return makespans of workflow runs on four places, each predicted from the family's runs before it.

    The first three runs of a family only teach. Under ``really`` every task takes what it took; under ``simulated`` it
    takes what some task of its kind in that run took, several times over.
    """
    tasks = pd.read_parquet(folder / "tasks.parquet")
    edges = pd.read_parquet(folder / "edges.parquet")
    edges_of = {str(name): group for name, group in edges.groupby("instance", observed=True)}
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[Estimate, float]]] = {"really": [], "simulated": []}
    for _, of_family in tasks.groupby("family", observed=True):
        costs = LearnedCosts(trees=False, sizes=_SIZES)
        names = list(of_family.groupby("instance", observed=True).created.min().sort_values(kind="stable").index)
        past: list[tuple[Estimate, float]] = []
        for number, name in enumerate(names):
            group = of_family[of_family.instance == name]
            if len(group) > largest:
                continue
            rows = [
                StepRun(
                    str(one.kind),
                    run=str(name),
                    ended=float(number),
                    sizes={size: float(getattr(one, size)) for size in _SIZES},
                    seconds=float(one.seconds),
                )
                for one in _records(group)
            ]
            if number >= _TEACHING:
                simulated, actual = _makespans(rows, _before(group, edges_of.get(str(name))), costs, rng, draws)
                total = corrected(simulated, past)
                found["really"].append((total, actual[0]))
                found["simulated"] += [(total, each) for each in actual[1:]]
                past.append((simulated, actual[0]))
            costs.learn(rows)
    return found


def _records(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))


def _before(group: pd.DataFrame, edges: pd.DataFrame | None) -> list[list[int]]:
    place = {int(task): number for number, task in enumerate(group.task_idx)}
    before: list[list[int]] = [[] for _ in place]
    for parent, child in () if edges is None else zip(edges.parent_idx, edges.child_idx, strict=True):
        before[place[int(child)]].append(place[int(parent)])
    return before


def _makespans(
    rows: Sequence[StepRun], before: Sequence[Sequence[int]], costs: LearnedCosts, rng: Any, draws: int
) -> tuple[Estimate, list[float]]:
    """Return the predicted makespan, and the real one followed by drawn ones."""
    steps = [_Shape(str(n), tuple(map(str, before[n])), row.task_type) for n, row in enumerate(rows)]
    people = [AgentCapacity("anybody", None, _PLACES)]
    known: dict[Any, Any] = {}
    for row in rows:
        key = (row.task_type, *row.sizes.values())
        if key not in known:
            known[key] = costs.estimate("", (), row.task_type, {"count": row.sizes})
    estimates = {step.id: known[(row.task_type, *row.sizes.values())] for step, row in zip(steps, rows, strict=True)}
    predicted = simulate(steps, estimates, people, samples=300, correlation=costs.correlation()).totals["seconds"]
    of_kind: dict[str, list[float]] = {}
    for row in rows:
        of_kind.setdefault(row.task_type, []).append(row.seconds or 0.0)
    taken = [[row.seconds or 0.0 for row in rows]]
    taken += [[float(rng.choice(of_kind[row.task_type])) for row in rows] for _ in range(draws)]
    exact = [{str(n): {"seconds": Estimate.exactly(each)} for n, each in enumerate(one)} for one in taken]
    return predicted, [float(makespans(steps, one, people, samples=1)[0]) for one in exact]


class _Shape:
    def __init__(self, identity: str, dependencies: tuple[str, ...], capability: str) -> None:
        self.id, self.dependencies, self.capability = identity, dependencies, capability
