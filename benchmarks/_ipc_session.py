"""Planners side by side on instances: one run at a time on a core, rows in a file, a line of progress for each."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks._ipc_judge import Judge
from benchmarks._ipc_planners import Planner
from benchmarks._ipc_results import Results
from benchmarks._ipc_run import Limits, run
from benchmarks._ipc_suite import Instance

__all__ = ["Job", "Session"]


@dataclass(frozen=True)
class Job:
    """One run to be done."""

    planner: Planner
    instance: Instance
    limits: Limits
    verifier: str = ""

    @property
    def identity(self) -> dict[str, Any]:
        """What its row is known by."""
        return {
            "planner": self.planner.name,
            "version": self.planner.version,
            "instance": self.instance.key,
            "seconds_limit": self.limits.seconds,
            "gib_limit": self.limits.gib,
            "clock": self.limits.clock,
            "verifier": self.verifier,
        }


_core: int | None = None
_judges: dict[str, Judge] = {}


def _work(job: Job) -> dict[str, Any]:
    """Return the row of a job."""
    made = run(job.planner.command, job.instance.domain_file, job.instance.problem_file, job.limits, _core)
    judge = _judges.setdefault(job.verifier, Judge(job.verifier))
    judgement = judge.judge(job.instance, made, job.planner.codes)
    seconds = made.cpu if job.limits.clock == "cpu" else made.wall
    if judgement.status == "solved" and seconds > job.limits.seconds:
        judgement = type(judgement)("timeout")
    return {
        **job.identity,
        **asdict(judgement),
        "ours": job.planner.ours,
        "seconds": round(seconds, 4),
        "wall": round(made.wall, 4),
        "cpu": round(made.cpu, 4),
        "mebibytes": round(made.mebibytes, 1),
        "code": made.code,
        **_statistics(made.output),
    }


def _statistics(output: str) -> dict[str, Any]:
    """Return what ours says of itself with ``--json``."""
    if not output.startswith("{"):
        return {}
    try:
        document = json.loads(output)
    except ValueError:
        return {}
    return {name: document[name] for name in ("statistics", "member") if name in document}


def _start_worker(cores: Any) -> None:
    """Give a worker its core. The one who started it handles interrupts, and ends it."""
    global _core
    _core = cores.get()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the run that it waits for is ended too


class Session:
    """Runs that are not yet in the results.

    Parameters
    ----------
    results : Results
        What has been done; rows are added as they come.
    jobs : int
        Runs at a time, each on a core of its own.
    """

    def __init__(self, results: Results, jobs: int = 1) -> None:
        self.results = results
        self.jobs = jobs

    def run(self, planned: Sequence[Job]) -> list[dict[str, Any]]:
        """Do what is left of the jobs; return the rows of all of them, in their order."""
        left = [job for job in planned if self.results.get(job.identity) is None]
        done = len(planned) - len(left)
        if done:
            print(f"  {done} of {len(planned)} runs are done already", file=sys.stderr)
        with contextlib.closing(self._rows(left)) as rows:
            for row in rows:
                done += 1
                self.results.add(row)
                print(f"  {done}/{len(planned)} {_progress(row)}", file=sys.stderr, flush=True)
        found = [self.results.get(job.identity) for job in planned]
        return [row for row in found if row is not None]

    def _rows(self, left: Sequence[Job]) -> Generator[dict[str, Any]]:
        global _core
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [None]
        if self.jobs == 1:
            _core = cores[-1]
            for job in left:
                yield _work(job)
            return
        context = multiprocessing.get_context("spawn")
        places = context.Queue()
        for place in range(self.jobs):
            places.put(cores[place % len(cores)])
        with context.Pool(self.jobs, _start_worker, (places,)) as pool:
            yield from pool.imap_unordered(_work, left)


def _progress(row: dict[str, Any]) -> str:
    length = f" {row['length']} steps" if row["length"] is not None else ""
    message = f" ({row['message']})" if row["message"] else ""
    return f"{row['planner']} {row['instance']}: {row['status']} {row['seconds']:.2f} s{length}{message}"
