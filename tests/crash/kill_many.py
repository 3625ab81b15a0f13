"""Kill runs many times, with many plans and seeds, and print what came of it: ``python -m tests.crash.kill_many 200``.

With ``--engine postgresql`` workers of a team are killed, by turns one of two and both; with ``--restart`` the server
crashes as well now and then. Slow, so it is no test of the suite; it exits with 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from htn.execution.audit import verify_audit
from htn.execution.journal import Journal
from htn.execution.location import chosen_engine
from htn.execution.options import RunOptions
from htn.execution.runs import begin_run, show_run
from tests.crash.harness import Trial, new_trial
from tests.execution.team import WorkerProcess, until
from tests.execution.toy import lines
from tests.postgres import Server, find_binaries


@dataclass
class Outcome:
    """What came of one run: kills, steps done twice, promises that were broken, seconds until work went on."""

    kills: int
    repeated: int
    broken: list[str]
    takeovers: list[float] = field(default_factory=list)


def _size(rng: random.Random) -> tuple[tuple[int, int], dict[str, Any]]:
    size = rng.randrange(1, 5), rng.randrange(4, 10)
    return size, {"seconds": rng.choice([0.0, 0.004, 0.02]), "capacity": rng.randrange(1, 5)}


def _promises(trial: Trial, expected: dict[str, str], repeated: int, capacity: int) -> dict[str, bool]:
    with Journal(trial.workspace, readonly=True) as journal:
        finished = Counter(attempt.key for attempt in journal.attempts("r1") if attempt.status == "finished")
    return {
        "the run is completed": trial.status() == "completed",
        "the artifacts are those of an undisturbed run": trial.artifacts() == expected,
        "no finished step is executed again": trial.again == 0,
        "no step has two results": max(finished.values()) == 1,
        "only steps in hand repeat": repeated <= trial.kills * capacity * 2,
        "the audit record is intact": verify_audit(trial.workspace).intact,
    }


def on_files(folder: Path, seed: int) -> Outcome:
    """Kill one run in files of its own until it is over."""
    rng = random.Random(seed)
    size, options = _size(rng)
    calm = new_trial(folder / "calm", *size, **options)
    calm.finish()
    trial = new_trial(folder / "killed", *size, **options)
    while not trial.kill_after(rng.randrange(0, 6), rng):
        pass
    repeated = (Counter(trial.executions()) - Counter(calm.executions())).total()
    promises = _promises(trial, calm.artifacts(), repeated, options["capacity"])
    promises["every launch replays the record"] = trial.sessions() == 1
    return Outcome(trial.kills, repeated, [promise for promise, kept in promises.items() if not kept])


class TeamTrial:
    """Runs carried out by two workers that are killed, in a database of their own.

    Parameters
    ----------
    server : Server
        The server.
    restart : bool
        Whether the server crashes now and then instead of a worker.
    """

    def __init__(self, server: Server, *, restart: bool) -> None:
        self._server = server
        self._restart = restart

    def __call__(self, folder: Path, seed: int) -> Outcome:
        """Kill the workers of one run until it is over."""
        rng = random.Random(seed)
        size, options = _size(rng)
        options["seconds"] = max(options["seconds"], 0.02)  # a worker takes a second to start; a run must outlive it
        calm = new_trial(folder / "calm", *size, **options)
        calm.finish()
        expected = calm.artifacts()
        engine = self._server.new_database()
        trial = new_trial(folder / "killed", *size, **options)
        takeovers: list[float] = []
        with chosen_engine(engine):
            workers = [WorkerProcess(engine, trial.workspace, name).wait_ready() for name in "ab"]
            try:
                begin_run(trial.workspace, trial.plan, trial.runtime, run_id="r1", options=RunOptions(max_delay=0.05))
                while trial.status() != "completed":
                    self._disturb(trial, engine, workers, rng, takeovers)
            finally:
                for worker in workers:
                    worker.kill()
            repeated = (Counter(trial.executions()) - Counter(calm.executions())).total()
            promises = _promises(trial, expected, repeated, options["capacity"])
        return Outcome(trial.kills, repeated, [promise for promise, kept in promises.items() if not kept], takeovers)

    def _disturb(
        self, trial: Trial, engine: str, workers: list[WorkerProcess], rng: random.Random, takeovers: list[float]
    ) -> None:
        """Let some steps be done, kill, and wait until work goes on; a killed worker is started again."""
        wanted = len(trial.finished()) + rng.randrange(0, 4)
        until(lambda: trial.status() == "completed" or len(trial.finished()) >= wanted, what="some steps")
        time.sleep(rng.random() * 0.05)  # so that kills hit every phase of a step, and not just its end
        if self._restart and rng.random() < 0.3:
            self._server.restart("immediate")
            return
        pid = show_run(trial.workspace, "r1").pid
        victims = [worker for worker in workers if worker.process.pid == pid]
        if not victims:
            return
        if rng.random() < 0.25:
            victims = list(workers)
        for victim in victims:
            victim.kill()
            trial.kills += 1
        killed, done, seen = time.monotonic(), trial.finished(), len(lines(trial.log))
        for place, worker in enumerate(workers):
            if worker in victims:
                workers[place] = WorkerProcess(engine, trial.workspace, worker.name)
        until(lambda: trial.status() == "completed" or len(lines(trial.log)) > seen, what="work going on")
        if len(victims) < len(workers):
            takeovers.append(time.monotonic() - killed)
        begun = [line.removeprefix("begin:") for line in lines(trial.log)[seen:] if line.startswith("begin:")]
        trial.again += len(done.intersection(begun))


def main() -> int:
    """Run trials until there were enough kills."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--restart", action="store_true", help="the PostgreSQL server crashes now and then, too")
    arguments = parser.parse_args()
    if arguments.engine == "sqlite":
        return _count(on_files, arguments.kills, arguments.seed)
    binaries = find_binaries()
    if binaries is None:
        print("PostgreSQL is not installed (Debian: apt-get install postgresql)")
        return 1
    server = Server(binaries)
    try:
        return _count(TeamTrial(server, restart=arguments.restart), arguments.kills, arguments.seed)
    finally:
        server.remove()


def _count(trial: Callable[[Path, int], Outcome], wanted: int, first_seed: int) -> int:
    kills = repeated = trials = broken = 0
    takeovers: list[float] = []
    started = time.monotonic()
    while kills < wanted:
        seed = first_seed + trials
        with tempfile.TemporaryDirectory() as folder:
            outcome = trial(Path(folder), seed)
        trials += 1
        kills += outcome.kills
        repeated += outcome.repeated
        takeovers += outcome.takeovers
        broken += bool(outcome.broken)
        for promise in outcome.broken:
            print(f"seed {seed}: broken: {promise}", flush=True)
        print(f"{kills} kills in {trials} runs, {broken} broken", end="\r", file=sys.stderr, flush=True)
    seconds = time.monotonic() - started
    print(file=sys.stderr)
    print(f"{kills} kills in {trials} runs, {seconds:.0f} s: {repeated} steps in hand repeated, {broken} runs broken")
    if takeovers:
        middle, worst = statistics.median(takeovers), max(takeovers)
        print(
            f"work went on after {middle:.1f} s at the median, {worst:.1f} s at the most ({len(takeovers)} takeovers)"
        )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
