"""Scheduling: how far from the optimum on PSPLIB's j30, and on real workflow graphs with estimates that are wrong.

Three parts: `heuristic` (10 ms for each instance), `j30` (5 s for each on one core, the optimum is known: gap, proofs
and the anytime curve), `workflows` (schedules made with estimates, followed as the tasks really took, over the
clairvoyant). Every schedule is checked by `htn.scheduling.violations`, which shares nothing with what makes them.

The data is looked for in `../shared/data/rcpsp` and `../shared/data/workflow_tasks` beside the project, or where
--rcpsp and --workflows say. --results FILE keeps each measurement as it is made: a benchmark that was stopped goes on
from there.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _rcpsp, _workflows
from benchmarks._ipc_results import Results
from benchmarks._report import Claim, finish, parser, table
from htn.scheduling import cp_sat
from htn.scheduling.compiled import compile_work
from htn.scheduling.heuristic import search
from htn.scheduling.timetable import book, schedule
from htn.scheduling.violations import violations

MOMENTS = (0.01, 0.03, 0.1, 0.3, 1.0, 2.0, 5.0)
CLOCKS: dict[str, Callable[[], float]] = {"wall": time.perf_counter, "cpu": time.process_time}
PARTS = ("heuristic", "j30", "workflows")
ROOT = Path(__file__).parents[1]


def heuristic(project: _rcpsp.Project, seconds: float, clock: str) -> dict[str, Any]:
    """Return what the heuristic alone makes of an instance, the building of its arrays included in the time."""
    tick = CLOCKS[clock]
    began = tick()
    problem = compile_work(project.work)
    found = search(problem, seconds=seconds - (tick() - began), clock=tick)
    taken = tick() - began
    assert found.best is not None
    _check(project, book(problem, found.best))
    return {"makespan": found.best.makespan, "best": project.best, "seconds": taken, "tries": found.tries}


def exact(project: _rcpsp.Project, seconds: float) -> dict[str, Any]:
    """Return what one core makes of an instance in so many seconds of wall time."""
    began = time.perf_counter()
    made = schedule(project.work, seconds=seconds)
    taken = time.perf_counter() - began
    _check(project, made.bookings)
    if project.best is not None:
        assert made.bound <= project.best, f"{project.name}: the bound {made.bound} is above {project.best}"
    return {
        "makespan": made.makespan,
        "best": project.best,
        "bound": made.bound,
        "proved": made.proved,
        "method": made.method,
        "seconds": taken,
        "curve": [list(point) for point in made.curve],
    }


def _check(project: _rcpsp.Project, bookings: Sequence[Any]) -> None:
    wrong = violations(project.work, bookings)
    assert not wrong, f"{project.name}: {wrong[0]}"


def gap(row: dict[str, Any], makespan: float | None = None) -> float:
    """Return by how many percent a makespan is above the best known one."""
    return float(100 * ((row["makespan"] if makespan is None else makespan) / row["best"] - 1))


def at_moment(row: dict[str, Any], moment: float) -> float:
    """Return the makespan that was there at a moment; before the first, the first."""
    found = [makespan for seconds, makespan in row["curve"] if seconds <= moment]
    return float(min(found) if found else row["curve"][0][1])


def collect(
    results: Results, name: str, planned: Mapping[str, Callable[[], dict[str, Any]]], **limits: Any
) -> list[dict[str, Any]]:
    """Measure what is not yet in the results; tell what is above the best known as it is found."""
    rows, code = [], version()
    for instance, measure in planned.items():
        identity = {"planner": name, "version": code, "instance": instance, **limits}
        row = results.get(identity)
        if row is None:
            row = {**identity, **measure()}
            results.add(row)
            print(f"  {name} {instance}", file=sys.stderr)
        rows.append(row)
    return rows


def version() -> str:
    """Return a digest of what makes schedules: measurements of other code are made anew."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "htn" / "scheduling").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def j30_table(rows: list[dict[str, Any]], seconds: float) -> str:
    """Return the anytime curve of the exact part."""
    lines = []
    for moment in (*(each for each in MOMENTS if each < seconds), seconds):
        gaps = [gap(row, at_moment(row, moment)) for row in rows]
        lines.append([moment, statistics.mean(gaps), statistics.median(gaps), max(gaps), sum(g < 1e-9 for g in gaps)])
    return table(["after s", "mean gap %", "median %", "largest %", f"optimal of {len(rows)}"], lines)


def workflow_table(rows: list[dict[str, Any]]) -> str:
    """Return makespans over the clairvoyant one's, by family."""
    policies = [policy for policy in rows[0]["ratios"] if policy != "clairvoyant"]
    families = list(dict.fromkeys(row["family"] for row in rows))
    lines = []
    for family in [*families, "all"]:
        chosen = [row for row in rows if family in ("all", row["family"])]
        means = [statistics.mean(row["ratios"][policy] for row in chosen) for policy in policies]
        bound = statistics.mean(row["best"] / row["bound"] for row in chosen)
        lines.append([family, len(chosen), sum(row["steps"] for row in chosen), bound, *(round(m, 3) for m in means)])
    return table(["family", "runs", "steps", "best / bound", *policies], lines)


def claims(found: dict[str, list[dict[str, Any]]], *, quick: bool, hard: bool) -> list[Claim]:
    """Return what is to be shown. The hard part has limits of its own; the quick one's only tell if something broke."""
    made = []
    if "heuristic" in found:
        mean = statistics.mean(map(gap, found["heuristic"]))
        made.append(Claim("j30, heuristic in 10 ms: mean gap to the optimum in %", mean, 8 if quick or hard else 3))
    if "j30" in found:
        mean = statistics.mean(map(gap, found["j30"]))
        made.append(Claim("j30: mean gap to the optimum in %", mean, 1 if quick else 0.33 if hard else 0.05))
    if "workflows" in found:
        for label in ("median", "skewed"):
            anew = statistics.mean(row["ratios"][f"{label}, made anew"] for row in found["workflows"])
            made.append(Claim(f"workflows, {label}, made anew: times the clairvoyant", anew, 1.15 if quick else 1.05))
        kept = statistics.mean(row["ratios"]["skewed, kept"] for row in found["workflows"])
        anew = statistics.mean(row["ratios"]["skewed, made anew"] for row in found["workflows"])
        made.append(Claim("workflows, skewed: made anew over kept", anew / kept, 1.02 if quick else 1.0))
    return made


def options() -> argparse.Namespace:
    """Return the command line's options."""
    made = parser(__doc__ or "")
    made.add_argument(
        "--part", action="append", choices=("heuristic", "j30", "workflows"), help="only this; repeatable"
    )
    size = made.add_mutually_exclusive_group()
    size.add_argument("--all", action="store_true", help="every instance of j30 (480, up to 40 minutes) and every run")
    size.add_argument("--hard", action="store_true", help="of j30 the sets 13, 29 and 45; one run in three")
    made.add_argument("--seconds", type=float, help="for each instance of j30 (5; with --quick 1)")
    made.add_argument("--clock", choices=tuple(CLOCKS), default="wall", help="of the heuristic's 10 ms")
    made.add_argument("--results", type=Path, metavar="FILE", help="keep measurements there, and go on from them")
    made.add_argument("--rcpsp", type=Path, default=_rcpsp.DEFAULT)
    made.add_argument("--workflows", type=Path, default=_workflows.DEFAULT)
    return made.parse_args()


def measure(chosen: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """Measure the parts that are asked for and whose data is there."""
    results = Results(chosen.results)
    found: dict[str, list[dict[str, Any]]] = {}
    parts = chosen.part or PARTS
    part = "quick" if chosen.quick else "all" if chosen.all else "hard" if chosen.hard else "sample"
    seconds = chosen.seconds or (1.0 if chosen.quick else 5.0)
    projects = _rcpsp.sample(_rcpsp.instances(chosen.rcpsp), part) if chosen.rcpsp.is_dir() else []
    projects = [project for project in projects if project.best is not None]
    if projects and "heuristic" in parts:
        heuristic(projects[0], 0.01, chosen.clock)  # the first calls in a process take longer
        planned = {each.name: partial(heuristic, each, 0.01, chosen.clock) for each in projects}
        found["heuristic"] = collect(results, "heuristic", planned, seconds_limit=0.01, clock=chosen.clock)
    if projects and "j30" in parts:
        planned = {each.name: partial(exact, each, seconds) for each in projects}
        name = "exact" if cp_sat.available() else "without CP-SAT"
        found["j30"] = collect(results, name, planned, seconds_limit=seconds, clock="wall")
    if "workflows" in parts and chosen.workflows.is_dir():
        runs = _workflows.runs(chosen.workflows)
        if chosen.quick:
            runs = [min(same, key=lambda run: len(run.kinds)) for same in _families(runs)]
        elif not chosen.all:
            runs = runs[::3]
        found["workflows"] = collect(results, "workflows", {run.name: partial(_workflows.measure, run) for run in runs})
    return found


def _families(runs: list[_workflows.Run]) -> list[list[_workflows.Run]]:
    names = dict.fromkeys(run.family for run in runs)
    return [[run for run in runs if run.family == name] for name in names]


def main() -> None:
    """Measure, print and check."""
    chosen = options()
    found = measure(chosen)
    if not found:
        print("nothing measured: there is no data in ../shared/data beside the project; see --rcpsp and --workflows")
        return
    if "heuristic" in found:
        rows = found["heuristic"]
        gaps, taken = [gap(row) for row in rows], [1000 * row["seconds"] for row in rows]
        print(f"\nj30, the heuristic alone, 10 ms ({chosen.clock} clock)")
        heads = ["instances", "mean gap %", "median %", "largest %", "optimal", "median ms", "largest ms", "tries"]
        cells = [len(rows), statistics.mean(gaps), statistics.median(gaps), max(gaps), sum(g < 1e-9 for g in gaps)]
        times = [statistics.median(taken), max(taken), statistics.mean(row["tries"] for row in rows)]
        print(table(heads, [[*cells, *times]]))
    if "j30" in found:
        rows = found["j30"]
        seconds = max(row["seconds_limit"] for row in rows)
        print(f"\nj30, {rows[0]['planner']}, one core, {seconds:g} s each: {sum(r['proved'] for r in rows)} proved")
        print(j30_table(rows, seconds))
        behind = [f"{row['instance']} {row['makespan']:g} for {row['best']:g}" for row in rows if gap(row) > 1e-9]
        print(f"not optimal: {', '.join(behind) or 'none'}; longest {max(row['seconds'] for row in rows):.1f} s")
    if "workflows" in found:
        print("\nworkflows: makespan over the best with hindsight (first ready: no schedule, tasks in the order given)")
        print(workflow_table(found["workflows"]))
    finish(chosen, {"rows": found}, claims(found, quick=chosen.quick, hard=chosen.hard))


if __name__ == "__main__":
    main()
