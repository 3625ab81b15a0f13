"""What durable execution costs: for each step, in the database, at a resumption, and what more workers bring.

Against LangGraph with its SQLite saver, a bare loop that commits each result to SQLite (the floor), DBOS alone (which
we record operations with) and, where it is installed, Prefect. Each measurement is a process of its own; engines take
turns, and medians are shown. Step functions do nothing, so all time is the engine's. Results are 1 KB of text each.

"cheap" steps may be lost with the machine's power and are then done again (SQLite: write-ahead log, synchronous NORMAL,
the same for all engines); "dear" ones, for which a model was paid, are on disk before anything else happens (FULL).

    pip install langgraph langgraph-checkpoint-sqlite
    python benchmarks/execution.py [--quick] [--json FILE] [--check]

Prefect is measured where the environment variable PREFECT_PYTHON names a Python that has it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._execution_work import PAYLOAD, plan, reference
from benchmarks._report import Claim, finish, parser, table
from htn.execution.location import chosen_engine
from htn.execution.runs import begin_run, start_run
from tests.execution.team import WorkerProcess, until
from tests.postgres import Server, find_binaries

ROOT = Path(__file__).resolve().parents[1]
PREFECT = os.environ.get("PREFECT_PYTHON", sys.executable)  # it wants other versions of packages than we do
Measured = dict[str, Any]
NAMES = {"htn": "this project", "htn-pg": "this project, PostgreSQL", "floor": "bare loop", "langgraph": "LangGraph"}
NAMES |= {"dbos": "DBOS alone", "prefect": "Prefect"}


def present() -> list[str]:
    """Return the engines that can be measured here."""
    found = ["htn", "dbos", "floor"]
    if importlib.util.find_spec("langgraph") and importlib.util.find_spec("aiosqlite"):
        found.append("langgraph")
    if PREFECT != sys.executable or importlib.util.find_spec("prefect"):
        found.append("prefect")
    return found


def child(engine: str, address: str | None = None, **order: Any) -> Measured:
    """Measure in a process of its own, and return what it printed."""
    name = "htn" if engine == "htn-pg" else engine
    python = PREFECT if engine == "prefect" else sys.executable
    command = [python, "-m", "benchmarks._execution_engines", name, json.dumps(order)]
    environment = {**os.environ, "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120"}
    if address:
        environment["HTN_ENGINE"] = address
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{engine}: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


class Bench:
    """The measurements, each in a folder or database of its own.

    Parameters
    ----------
    server : Server or None
        A PostgreSQL server that writes to disk.
    quick : bool
        Whether to measure little.
    """

    def __init__(self, server: Server | None, *, quick: bool) -> None:
        self._server = server
        self._repeats = 1 if quick else 3
        self._folders = 0
        self._base = Path(tempfile.mkdtemp(prefix="bench"))

    def close(self) -> None:
        """Remove the folders."""
        shutil.rmtree(self._base, ignore_errors=True)

    def folder(self) -> Path:
        """Return a new folder."""
        self._folders += 1
        return self._base / str(self._folders)

    def _one(self, engine: str, **order: Any) -> Measured:
        folder = self.folder()
        address = None
        if engine == "htn-pg":
            assert self._server is not None
            address = self._server.new_database()
            _warm(address)
        measured = child(engine, address, folder=str(folder), **order)
        if address is not None:
            measured["bytes"] = _database_bytes(address)
        shutil.rmtree(folder, ignore_errors=True)
        return measured

    def median(self, engine: str, **order: Any) -> Measured:
        """Return the medians of some measurements."""
        found = [self._one(engine, **order) for _ in range(self._repeats)]
        return {name: statistics.median(one[name] for one in found) for name in found[0]}

    # ------------------------------------------------------------------------------------------------------ overhead
    def overhead(self, engines: list[str], cases: list[tuple[str, int, bool]]) -> list[Measured]:
        """Return milliseconds, kilobytes and memory for each step, by case and engine."""
        rows = []
        for shape, steps, dear in cases:
            for engine in engines:
                if engine == "prefect" and (shape != "chain" or steps > 200):
                    continue
                found = self.median(engine, shape=shape, steps=steps, dear=dear)
                rows.append(
                    {
                        "shape": shape,
                        "steps": steps,
                        "dear": dear,
                        "engine": engine,
                        "ms": found["wall"] / steps * 1000,
                        "cpu ms": found["cpu"] / steps * 1000,
                        "KB": (found["bytes"] / steps - len(PAYLOAD)) / 1024,
                        "MB memory": found["megabytes"],
                    }
                )
                print(".", end="", flush=True, file=sys.stderr)
        return rows

    # ------------------------------------------------------------------------------------------------------ resumption
    def resumption(self, engine: str, steps: int) -> float:
        """Return the seconds from launch until a run, killed in its last step, is there again."""
        found = []
        for _ in range(self._repeats):
            folder = self.folder()
            mark = folder.with_suffix(".mark")
            order: Measured = {
                "shape": "chain",
                "steps": steps,
                "folder": str(folder),
                "hold": f"s{steps - 1}",
                "mark": str(mark),
            }
            command = [sys.executable, "-m", "benchmarks._execution_engines", engine, json.dumps(order)]
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            until(mark.exists, 300, "the last step")
            process.kill()
            process.wait()
            Path(f"{mark}.go").touch()
            mark.unlink()
            found.append(float(child(engine, resume=True, **order)["reached"]))
        return statistics.median(found)

    # ------------------------------------------------------------------------------------------------ several at once
    def gain(self) -> float:
        """Return how many times faster four branches of waiting steps are with four places than with one."""
        seconds: dict[int, float] = {}
        for places in (1, 4):
            order: Measured = {"shape": "branches", "steps": 12, "seconds": 0.2, "capacity": places}
            seconds[places] = self.median("htn", **order)["wall"]
        return seconds[1] / seconds[4]

    def throughput(self, workers: int, *, waiting: bool) -> float:
        """Return the steps per second of some runs on a team's workers, two runs at a time each."""
        assert self._server is not None
        address = self._server.new_database()
        _warm(address)
        runs, steps = (16, 6) if waiting else (8, 50)
        runtime = reference(seconds=0.5 if waiting else 0.0, tokens=10 if waiting else 0)
        with chosen_engine(address), ExitStack() as stack:
            for number in range(workers):
                one = WorkerProcess(address, self.folder(), f"w{number}", places=2)
                stack.enter_context(one)
                one.wait_ready()
            time.sleep(2)  # until all of them ask for runs
            folder = self.folder()
            started = time.perf_counter()
            handles = [begin_run(folder, plan("chain", steps), runtime, run_id=f"r{n}") for n in range(runs)]
            for handle in handles:
                handle.wait(300)
            return runs * steps / (time.perf_counter() - started)


def _warm(address: str) -> None:
    """Make the tables, which happens once."""
    with chosen_engine(address), tempfile.TemporaryDirectory() as folder:
        start_run(folder, plan("chain", 1), reference())


def _database_bytes(address: str) -> int:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM")
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        empty = connection.execute("SELECT pg_database_size('template1')").fetchone()
    assert row is not None
    assert empty is not None
    return int(row[0]) - int(empty[0])


def _show_overhead(rows: list[Measured]) -> str:
    columns = ["case", "engine", "ms/step", "CPU ms/step", "KB/step beyond results", "MB memory"]
    return table(
        columns,
        [
            [
                f"{row['shape']} of {row['steps']}, {'dear' if row['dear'] else 'cheap'}",
                NAMES[row["engine"]],
                row["ms"],
                row["cpu ms"],
                row["KB"],
                round(row["MB memory"]),
            ]
            for row in rows
        ],
    )


def _value(rows: list[Measured], engine: str, shape: str, steps: int, name: str, *, dear: bool = False) -> float:
    wanted = (engine, shape, steps, dear)
    found = [row for row in rows if (row["engine"], row["shape"], row["steps"], row["dear"]) == wanted]
    return float(found[0][name])


def _claims(data: Measured, steps: int, *, against: bool) -> list[Claim]:
    rows = data["overhead"]
    value: Callable[..., float] = lambda *a, **k: _value(rows, *a, **k)  # noqa: E731 -- a short name for what follows
    growth = value("htn", "chain", steps, "KB")
    less = value("htn", "chain", steps // 4, "KB")
    claims = [
        Claim("milliseconds for a cheap step of a chain, SQLite", value("htn", "chain", steps, "ms"), 3.0),
        Claim("milliseconds for a cheap step of a fan, SQLite", value("htn", "fan", steps, "ms"), 3.0),
        Claim("milliseconds for a dear step, SQLite", value("htn", "chain", steps // 4, "ms", dear=True), 30.0),
        Claim("kilobytes for a step beyond its result", growth, 4.0),
        Claim("growth for a step, of a long chain over a short one", growth / less, 1.2),
        Claim(f"seconds until a run of {steps} steps is there again", data["resumption"]["htn"], 2.0),
        Claim("times faster with four branches at once", data["gain"], 1.5, at_most=False),
    ]
    if against:
        pairs = (
            ("ms", "chain", "time of a cheap step"),
            ("ms", "fan", "time of a cheap step"),
            ("KB", "chain", "growth"),
        )
        claims += [
            Claim(
                f"{what}, {shape} of {steps}, over LangGraph's",
                value("htn", shape, steps, name) / value("langgraph", shape, steps, name),
                1.0,
            )
            for name, shape, what in pairs
        ]
        claims.append(
            Claim("resumption over LangGraph's", data["resumption"]["htn"] / data["resumption"]["langgraph"], 1.0)
        )
    if data["throughput"]:
        first, *_, last = data["throughput"]
        gain = last["waiting"] / first["waiting"]
        claims.append(
            Claim(f"times the throughput of one, {last['workers']} workers, steps that wait", gain, 1.5, False)
        )
    return claims


def main() -> None:
    """Measure, print the tables, look at the claims."""
    options = parser(__doc__ or "").parse_args()
    quick = options.quick
    steps = 400 if quick else 1000
    engines = present()
    binaries = find_binaries()
    server = None if binaries is None else Server(binaries, settings="")
    bench = Bench(server, quick=quick)
    try:
        cases = [
            ("chain", steps // 4, False),
            ("chain", steps, False),
            ("fan", steps, False),
            ("chain", steps // 4, True),
        ]
        rows = bench.overhead(engines, cases)
        if server is not None:
            fewer = [("chain", steps // 4, False), ("chain", steps // 4, True)]
            rows += bench.overhead(["htn-pg"], fewer if quick else [*fewer, ("fan", steps, False)])
        print("\n" + _show_overhead(rows))
        resumption = {engine: bench.resumption(engine, steps) for engine in engines if engine in ("htn", "langgraph")}
        print("\n" + table(["there again after a kill", "s"], [[NAMES[name], s] for name, s in resumption.items()]))
        data: Measured = {"overhead": rows, "resumption": resumption, "gain": bench.gain(), "throughput": []}
        for workers in () if server is None else (1, 2) if quick else (1, 2, 4):
            cheap = None if quick else bench.throughput(workers, waiting=False)
            data["throughput"].append(
                {"workers": workers, "waiting": bench.throughput(workers, waiting=True), "cheap": cheap}
            )
        shown = [[row["workers"], row["waiting"], row["cheap"]] for row in data["throughput"]]
        if shown:
            print("\n" + table(["workers on PostgreSQL", "steps/s, each 0.5 s", "steps/s, cheap"], shown))
        else:
            print("\nPostgreSQL is not installed: workers were not measured")
    finally:
        bench.close()
        if server is not None:
            server.remove()
    finish(options, data, _claims(data, steps, against="langgraph" in engines))


if __name__ == "__main__":
    main()
