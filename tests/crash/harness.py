"""Runs a plan in a process of its own, kills it at random moments, resumes it, and checks what it did."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from htn.execution.errors import EmptyJournalError
from htn.execution.journal import Journal
from htn.execution.runs import list_runs
from htn.execution.runtime import RuntimeReference
from tests.execution.toy import ToyPlan, lines, make_plan, reference

ROOT = Path(__file__).resolve().parents[2]

CHILD = """
import json, sys
from htn.execution.options import RunOptions
from htn.execution.runs import resume_run, start_run
from htn.execution.runtime import RuntimeReference
from tests.execution.toy import ToyPlan
order = json.load(sys.stdin)
if order["resume"]:
    run = resume_run(order["workspace"], "r1").run_id
else:
    plan = ToyPlan.from_json(order["plan"])
    runtime = RuntimeReference.from_json(order["runtime"])
    run = start_run(order["workspace"], plan, runtime, run_id="r1", options=RunOptions(max_delay=0.05))
print("over:" + run, flush=True)
"""


def branching_plan(branches: int, length: int, way: str = "detour") -> ToyPlan:
    """Return chains side by side, with a cross link between neighbours, joined at the end.

    The step ``detour`` never works; the plan by another ``way`` is what the decomposer then finds.
    """
    graph: dict[str, list[str]] = {"start": [], way: ["start"]}
    for branch in range(branches):
        for place in range(length):
            uses = [f"b{branch}-{place - 1}" if place else "start"]
            if place and branch:
                uses.append(f"b{branch - 1}-{place - 1}")
            graph[f"b{branch}-{place}"] = uses
    graph["end"] = [way] + [f"b{branch}-{length - 1}" for branch in range(branches)]
    return make_plan(graph)


def runtime_for(
    log: Path, other: ToyPlan, *, seconds: float = 0.004, capacity: int = 3, hold: Mapping[str, str] | None = None
) -> RuntimeReference:
    """Return a runtime whose agents write every execution down, work a little, and fail some first tries."""
    agents = [
        {
            "name": name,
            "capacity": capacity,
            "log": str(log),
            "announce": True,
            "seconds": seconds,
            "hold": dict(hold or {}),
            "always": {"detour": "data_unavailable"},
            "fails": {"b0-1": ["server_error"], "b1-2": ["unknown"]} if name == "first" else {},
        }
        for name in ("first", "second")
    ]
    return reference(agents=agents, plans={"n-detour": other.to_json()})


def start_child(program: str, order: Mapping[str, Any]) -> subprocess.Popen[str]:
    """Start a program in a process of its own and give it its order, which may be too long for an argument."""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(order))
    process.stdin.close()
    process.stdin = None
    return process


def killed_at(program: str, order: Mapping[str, Any], said: str) -> None:
    """Start a program, and kill it when it says that it is where it is to die."""
    process = start_child(program, order)
    assert process.stdout is not None
    assert process.stdout.readline() == f"{said}\n"
    process.kill()
    process.communicate(timeout=60)


@dataclass
class Trial:
    """One run in a workspace, killed and resumed.

    ``again`` counts executions of steps that were finished before the kill; it must stay 0.
    """

    workspace: Path
    plan: ToyPlan
    runtime: RuntimeReference
    log: Path
    kills: int = 0
    repeated: int = 0
    again: int = 0

    def start(self, *, resume: bool) -> subprocess.Popen[str]:
        """Start the run, or resume it, in a process of its own."""
        order: dict[str, Any] = {
            "workspace": str(self.workspace),
            "resume": resume,
            "plan": self.plan.to_json(),
            "runtime": self.runtime.to_json(),
        }
        return start_child(CHILD, order)

    def finished(self) -> set[str]:
        """Return the keys that the journal has as finished."""
        try:
            with Journal(self.workspace, readonly=True) as journal:
                return set(journal.finished_keys("r1"))
        except EmptyJournalError:
            return set()

    def kill_after(self, begun: int, rng: random.Random) -> bool:
        """Start or resume, kill after some steps have begun, and look at what is run again; True when it was over."""
        done_before = self.finished()
        seen = len(lines(self.log))
        process = self.start(resume=bool(list_runs(self.workspace)))
        assert process.stdout is not None
        over = False
        for _ in range(begun):
            line = process.stdout.readline()
            if not line:
                break
            if line.startswith("over:"):
                over = True
                break
        if not over:
            # A random stretch of the processor's time, so that kills hit every phase of a step and not just its start.
            for _ in range(rng.randrange(20000)):
                pass
            process.kill()
            self.kills += 1
        _, errors = process.communicate(timeout=60)
        assert "Traceback" not in errors, errors
        begun_now = [item.removeprefix("begin:") for item in lines(self.log)[seen:] if item.startswith("begin:")]
        self.again += len(done_before.intersection(begun_now))
        return over

    def finish(self) -> None:
        """Let the run come to its end."""
        while not self.kill_after(10**9, random.Random(0)):
            self.kills -= 1  # it ended by itself, which `kill_after` would count

    def artifacts(self) -> dict[str, str]:
        """Return the artifact hash by step key."""
        with Journal(self.workspace, readonly=True) as journal:
            return journal.finished_keys("r1")

    def executions(self) -> dict[str, int]:
        """Return how often each step key was begun."""
        counts: dict[str, int] = {}
        for line in lines(self.log):
            kind, _, key = line.partition(":")
            if kind == "begin":
                counts[key] = counts.get(key, 0) + 1
        return counts

    def sessions(self) -> int:
        """Return how many sessions there were; 1 when every launch replayed the record of the ones before."""
        with Journal(self.workspace, readonly=True) as journal:
            return journal.session("r1").session

    def revision(self) -> int:
        """Return the revision of the plan in force."""
        with Journal(self.workspace, readonly=True) as journal:
            return journal.run("r1").revision

    def status(self) -> str:
        """Return the run's status."""
        with Journal(self.workspace, readonly=True) as journal:
            return journal.run("r1").status


def new_trial(folder: Path, branches: int, length: int, **options: Any) -> Trial:
    """Return a trial of a branching plan in a folder of its own."""
    plan, other = branching_plan(branches, length), branching_plan(branches, length, way="straight")
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "executions.log"
    return Trial(folder / "workspace", plan, runtime_for(log, other, **options), log)
