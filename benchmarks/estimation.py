"""Estimates against what runs took, by honest protocols: each run predicted from earlier ones, groups held whole.

    python benchmarks/estimation.py [DATA] --json estimation.json
    python benchmarks/estimation.py --recorded WORKSPACE ...

DATA is the folder with `agent_runs` and `workflow_tasks`. Predictions use earlier runs only, and one setting serves all
targets; how far that setting was chosen in sight of the scored runs, `docs/benchmarks.md` says. Without the data, only
the learning curve of our own runs and the speed are measured.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _estimation_agents as agents
from benchmarks import _estimation_curves as curves
from benchmarks import _estimation_plans as plans
from benchmarks import _estimation_recorded as recorded
from benchmarks import _estimation_workflows as workflows
from benchmarks._estimation_measures import COLUMNS, measures, row
from benchmarks._report import Claim, finish, parser, table
from estimators.regressor import StepRegressor

PARTS = ("agents", "workflows", "curves", "plans", "speed")
_ORDERS = 12
_RESOURCES = {"seconds": "seconds", "output tokens": "output_tokens", "prompt tokens": "input_tokens"}


def agent_runs(data: Path, *, quick: bool) -> tuple[dict[str, Any], list[Claim]]:
    """Measure the runs of agents, in order and reshuffled."""
    runs = agents.load(data)
    found: dict[str, Any] = {}
    claims, rows = [], []
    for name, target in agents.TARGETS.items():
        ours = agents.prequential(runs, target)
        lookup = agents.table_baseline(runs, target)
        orders = [agents.prequential(agents.reshuffled(runs, seed), target) for seed in range(2 if quick else _ORDERS)]
        found[name] = {"in order": ours, "lookup table": lookup, "reshuffled": orders}
        rows += [row(f"{name}: lookup table", lookup), row(f"{name}: in order", ours)]
        middle = {column: float(np.median([order[column] for order in orders])) for column in COLUMNS}
        rows.append(row(f"{name}: median of {len(orders)} orders", middle))
        claims += [Claim(f"{name}: {column}", ours[column], limit) for column, limit in agents.ANCHORS[name].items()]
        claims += [Claim(f"{name}: MAE against the lookup table's", ours["MAE"] / lookup["MAE"], 1.0)]
        claims += _between(f"{name}: coverage %", ours["coverage %"], 75, 85)
    calls, covered = (
        sum(
            order[f"all first calls{word}"]
            for each in found.values()
            for order in [each["in order"], *each["reshuffled"]]
        )
        for word in ("", " covered")
    )
    claims.append(Claim("first calls of an unseen type: coverage %", 100 * covered / calls, 70, at_most=False))
    print("Runs of agents, each predicted from all earlier ones\n")
    print(table(["", *COLUMNS], rows))
    return found, claims


def workflow_tasks(data: Path, *, quick: bool) -> tuple[dict[str, Any], list[Claim]]:
    """Measure the tasks of workflows, later instances predicted from earlier ones, beside the baselines."""
    parts = list(workflows.splits(workflows.load(data)))
    if quick:
        parts = [part for part in parts if len(part[1]) < 1000]
    models = {"before any of them ran": workflows.ours, "after each instance": workflows.after_each_instance}
    predictions: dict[str, list[tuple[str, Any, Any]]] = {}
    for family, earlier, later in parts:
        for name, predict in {**workflows.BASELINES, **models}.items():
            made = predict(earlier, later, "seconds")
            predictions.setdefault(name, []).append((family, later["seconds"].to_numpy(float), made))
    found: dict[str, Any] = {
        name: {
            "families": {family: measures(truth, made) for family, truth, made in own},
            "all": measures(np.concatenate([t for _, t, _ in own]), np.vstack([made for _, _, made in own])),
        }
        for name, own in predictions.items()
    }
    print("\nTasks of workflows, later 30 % of the instances of each family, seconds\n")
    print(table(["", *COLUMNS], [row(name, each["all"]) for name, each in found.items()]))
    ours = found["before any of them ran"]["all"]
    claims = _between("workflow tasks: coverage %", ours["coverage %"], 78, 82)
    for column in ("MAE", "median APE %", "log-RMSE", "Winkler"):
        best = min(found[name]["all"][column] for name in workflows.BASELINES)
        claims.append(Claim(f"workflow tasks: {column}, against the best baseline", ours[column], best))
    return found, [] if quick else claims


def harder(data: Path) -> dict[str, Any]:
    """Measure unseen kinds of tasks and inputs that grow, beside ridge and the type's median."""
    tasks = workflows.load(data)
    models = {
        "type median and quantiles": workflows.BASELINES["type median and quantiles"],
        "ridge, split conformal": workflows.BASELINES["ridge, split conformal"],
        "before any of them ran": workflows.ours,
    }
    questions: dict[str, list[tuple[Any, Any, str]]] = {
        "unseen kinds: seconds": [
            (known, wanted, "seconds")
            for _, earlier, later in workflows.splits(tasks)
            for known, wanted in workflows.unseen(earlier, later)
        ]
    }
    for target in ("seconds", "memory_bytes"):
        questions[f"growing inputs: {target}"] = [
            (small, large, target) for _, small, large in workflows.growing(tasks, target)
        ]
    found: dict[str, Any] = {}
    rows = []
    for question, cases in questions.items():
        for name, predict in models.items():
            made = [predict(known, wanted, target) for known, wanted, target in cases]
            truth = np.concatenate([wanted[target].to_numpy(float) for _, wanted, target in cases])
            found.setdefault(question, {})[name] = measures(truth, np.vstack(made))
            rows.append(row(f"{question}: {name}", found[question][name]))
    print("\nWhat was never seen\n")
    print(table(["", *COLUMNS], rows))
    return found


def learning_curves(data: Path, *, quick: bool) -> dict[str, Any]:
    """Measure how estimates get better from the prior on."""
    found: dict[str, Any] = {}
    runs = agents.load(data)
    for name, target in agents.TARGETS.items():
        found[f"agents, {name}"] = curves.agents(runs, target, _RESOURCES[name], 2 if quick else _ORDERS)
    found["workflow tasks, seconds"] = curves.workflows(workflows.load(data), 1 if quick else 4)
    rows = [[name, each["known"], *(each[column] for column in COLUMNS)] for name, own in found.items() for each in own]
    print("\nLearning curves: after so many runs\n")
    print(table(["", "known", *COLUMNS], rows))
    return found


def whole_plans(data: Path | None, runs: int, *, quick: bool) -> tuple[dict[str, Any], list[Claim]]:
    """Measure totals of whole plans: our own runs on a sample and on real records, agents' tokens, workflow graphs."""
    rows: dict[str, dict[str, float]] = {}
    ours: list[tuple[Any, float]] = []
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        places = {"a synthetic sample": plans.sample(Path(folder) / "sample")}
        if data and not quick:
            places["real opportunities"] = plans.crm(Path(folder) / "crm", data)
        for name, workspace in places.items():
            done = plans.run_questions(workspace, runs if name.endswith("sample") else runs // 2)
            pairs = [(run.predicted["seconds"], run.actual["seconds"]) for run in done]
            rows[f"makespan, {name}"] = plans.held(pairs)
            simulated = [(run.simulated["seconds"], run.actual["seconds"]) for run in done]
            rows[f"makespan, {name}: simulation alone"] = plans.held(simulated)
            ours += pairs
            found[f"curve, {name}"] = curves.own_runs(workspace)
    rows["makespan, our own runs together"] = plans.held(ours)
    if data:
        for name, pairs in plans.fives_of_agents(agents.load(data)).items():
            rows[f"{name.replace('_', ' ')}, five agent runs"] = plans.held(pairs)
        instances = plans.workflow_instances(data / "workflow_tasks", largest=150 if quick else 400)
        for name, pairs in instances.items():
            rows[f"makespan, workflows {name}"] = plans.held(pairs)
    columns = list(next(iter(rows.values())))
    print("\nWhole plans, each predicted before it began\n")
    print(table(["", *columns], [[name, *(each[column] for column in columns)] for name, each in rows.items()]))
    steps = [[name, e["known"], *(e[c] for c in COLUMNS)] for name, own in found.items() for e in own]
    print("\nOur own steps, seconds: after so many runs of questions\n")
    print(table(["", "known", *COLUMNS], steps))
    claims = []
    for name in () if quick else ("makespan, our own runs together", "makespan, workflows simulated"):
        if name in rows:
            claims += _between(f"{name}: coverage %", rows[name]["coverage %"], 75, 85)
    return {"totals": rows, **found}, claims


def recorded_plans(workspaces: list[Path]) -> dict[str, Any]:
    """Measure totals of the runs recorded in workspaces, each estimated anew from those before it."""
    rows: dict[str, dict[str, float]] = {}
    together: dict[str, list[tuple[Any, float]]] = {"": [], ": simulation alone": []}
    for workspace in workspaces:
        for kind, pairs in zip(together, recorded.recorded(workspace), strict=True):
            together[kind] += pairs
            rows[f"{workspace}{kind}"] = plans.held(pairs)
    rows |= {f"all recorded runs{kind}": plans.held(pairs) for kind, pairs in together.items()}
    columns = list(next(iter(rows.values())))
    print("\nRecorded runs, makespan\n")
    print(table(["", *columns], [[name, *(each[column] for column in columns)] for name, each in rows.items()]))
    return rows


def speed(rows: int) -> tuple[dict[str, float], list[Claim]]:
    """Measure CPU seconds of a fit and of a single prediction, on made-up runs."""
    rng = np.random.default_rng(0)
    columns = np.column_stack(
        [rng.integers(0, 12, rows), rng.integers(0, 4, rows), np.arange(rows) // 20, rng.lognormal(5, 1, (rows, 2))]
    )
    truth = np.exp(columns[:, 0] / 4 + rng.normal(0, 0.4, rows)) * np.sqrt(columns[:, 3])
    started = time.process_time()
    model = StepRegressor(task=0, who=(1,), batch=2).fit(columns, truth)
    fitted = time.process_time()
    model.predict(columns[:1000])
    found = {"runs": rows, "fit": fitted - started, "prediction": (time.process_time() - fitted) / 1000}
    print(
        f"\n{rows} runs learned in {found['fit']:.1f} s, a step predicted in {1e3 * found['prediction']:.2f} ms of CPU"
    )
    per_run = found["fit"] / rows * 10_000
    return found, [
        Claim("seconds of CPU to learn 10,000 runs", per_run, 15),
        Claim("milliseconds to predict a step", 1e3 * found["prediction"], 1),
    ]


def _between(text: str, measured: float, low: float, high: float) -> list[Claim]:
    return [Claim(text, measured, low, at_most=False), Claim(text, measured, high)]


def _options() -> argparse.Namespace:
    made = parser(__doc__ or "")
    made.add_argument("data", nargs="?", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    made.add_argument("--part", choices=PARTS, help="only this part")
    made.add_argument("--runs", type=int, default=210, help="of our own, on the sample; half as many on real records")
    made.add_argument("--recorded", nargs="+", type=Path, help="only the runs recorded in these workspaces")
    return made.parse_args()


def main() -> None:
    """Measure, print and check."""
    options = _options()
    data = options.data if (options.data / "agent_runs").is_dir() else None
    found: dict[str, Any] = {}
    claims: list[Claim] = []
    if options.recorded:
        finish(options, {"recorded": recorded_plans(options.recorded)}, claims)
        return
    if not data:
        print(f"There is no data in {options.data}; only the speed and our own runs are measured.")
    for part in PARTS if options.part is None else (options.part,):
        if part == "agents" and data:
            found["agent runs"], more = agent_runs(data, quick=options.quick)
        elif part == "workflows" and data:
            found["workflow tasks"], more = workflow_tasks(data, quick=options.quick)
            if not options.quick:
                found["never seen"] = harder(data)
        elif part == "curves" and data:
            found["learning curves"], more = learning_curves(data, quick=options.quick), []
        elif part == "plans":
            found["plans"], more = whole_plans(data, 8 if options.quick else options.runs, quick=options.quick)
        elif part == "speed":
            found["speed"], more = speed(1_000 if options.quick else 10_000)
        else:
            continue
        claims += more
    finish(options, found, claims)


if __name__ == "__main__":
    main()
