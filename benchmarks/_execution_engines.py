"""One measurement of one engine in a process of its own: ``python -m benchmarks._execution_engines ENGINE ORDER``.

The order is JSON: shape, steps, whether each step is to be on disk at once, the folder, and for the resumption a step
to hold at. It prints what was measured as JSON.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import operator
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypedDict

from benchmarks._execution_work import graph, plan, reference, work

Order = dict[str, Any]


def _size(folder: Path) -> int:
    """Return the bytes of all files, logs that are not yet folded in left out."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".sqlite-shm")


def ours(order: Order) -> dict[str, Any]:
    """Carry the plan out durably with this project."""
    import htn.execution.engine  # noqa: F401 -- imported before the clock starts, as the others' libraries are
    from htn.execution.runs import resume_run, start_run

    folder = Path(order["folder"])
    config = {name: order[name] for name in ("hold", "mark", "seconds", "capacity") if name in order}
    runtime = reference(**config, tokens=100 if order.get("dear") else 0)
    if order.get("resume"):
        begun = time.time()
        resume_run(folder, "r1")
        return {"reached": float(Path(order["mark"]).read_text().split()[0]) - begun}
    with tempfile.TemporaryDirectory() as other:  # what is imported and started only once is no part of a step
        start_run(other, plan("chain", 1), reference())
    started, cpu = time.perf_counter(), time.process_time()
    start_run(folder, plan(order["shape"], order["steps"]), runtime, run_id="r1")
    return {"wall": time.perf_counter() - started, "cpu": time.process_time() - cpu}


def dbos_alone(order: Order) -> dict[str, Any]:
    """Carry the plan out with nothing but the library that we record operations with: what ours adds is the rest."""
    import sqlalchemy
    from dbos import DBOS

    engine = sqlalchemy.create_engine(f"sqlite:///{order['folder']}/dbos.sqlite")

    @sqlalchemy.event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if order.get('dear') else 'NORMAL'}")

    address = f"sqlite:///{order['folder']}/dbos.sqlite"
    # Typed loosely: the declared keys differ between releases.
    config: Any = {"name": "bench", "system_database_url": address, "system_database_engine": engine}
    config |= {"run_admin_server": False, "log_level": "CRITICAL"}
    DBOS(config=config)

    async def step(name: str) -> dict[str, Any]:
        return await DBOS.reserve_step().run_async({"name": name}, lambda: work(name))

    @DBOS.workflow()
    async def run(names: list[str], places: int) -> None:
        for first in range(0, len(names), places):
            tasks = [asyncio.create_task(step(name)) for name in names[first : first + places]]
            await asyncio.gather(*tasks)

    DBOS.launch()
    asyncio.run(run(["warm"], 1))
    names = list(graph(order["shape"], order["steps"]))
    started, cpu = time.perf_counter(), time.process_time()
    asyncio.run(run(names, 1 if order["shape"] == "chain" else 8))
    measured = {"wall": time.perf_counter() - started, "cpu": time.process_time() - cpu}
    DBOS.destroy()
    return measured


def floor(order: Order) -> dict[str, Any]:
    """Call each step in its order on an event loop, and commit its result to SQLite: the least that is durable."""
    folder = Path(order["folder"])
    connection = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {'FULL' if order.get('dear') else 'NORMAL'}")
    connection.execute("CREATE TABLE IF NOT EXISTS steps(name TEXT PRIMARY KEY, result TEXT)")

    async def run() -> None:
        done = {row[0] for row in connection.execute("SELECT name FROM steps")}
        for name in graph(order["shape"], order["steps"]):
            if name in done:
                continue
            await asyncio.sleep(0)
            connection.execute("INSERT INTO steps VALUES (?, ?)", (name, json.dumps(work(name))))

    started, cpu = time.perf_counter(), time.process_time()
    asyncio.run(run())
    measured = {"wall": time.perf_counter() - started, "cpu": time.process_time() - cpu}
    connection.close()
    return measured


class _State(TypedDict):
    place: int
    results: Annotated[list[dict[str, Any]], operator.add]


def langgraph(order: Order) -> dict[str, Any]:
    """Carry the plan out with LangGraph, each checkpoint saved before the next step; results are kept in its state."""
    import warnings

    warnings.simplefilter("ignore")
    # By name: what is measured beside us is not installed with us.
    saver_type: Any = importlib.import_module("langgraph.checkpoint.sqlite").SqliteSaver
    parts: Any = importlib.import_module("langgraph.graph")
    send: Any = importlib.import_module("langgraph.types").Send
    first, last = parts.START, parts.END

    steps = order["steps"]
    names = list(graph(order["shape"], steps))

    def step(state: _State) -> dict[str, Any]:
        name = names[state["place"]]
        if name == order.get("hold"):
            Path(order["mark"]).write_text(str(time.time()))
            if not Path(f"{order['mark']}.go").exists():
                time.sleep(3600)
        return {"place": state["place"] + 1, "results": [work(name)]}

    def branch(state: dict[str, Any]) -> dict[str, Any]:
        return {"results": [work(state["name"])]}

    built = parts.StateGraph(_State)
    if order["shape"] == "chain":
        built.add_node("step", step)
        built.add_edge(first, "step")
        built.add_conditional_edges("step", lambda state: "step" if state["place"] < steps else last, ["step", last])
    else:
        built.add_node("first", lambda state: {"results": [work("s0")]})
        built.add_node("branch", branch)
        built.add_node("last", lambda state: {"results": [work(names[-1])]})
        built.add_edge(first, "first")
        built.add_conditional_edges("first", lambda state: [send("branch", {"name": name}) for name in names[1:-1]])
        built.add_edge("branch", "last")
        built.add_edge("last", last)
    begun = time.time()
    connection = sqlite3.connect(Path(order["folder"]) / "graph.sqlite", check_same_thread=False)
    saver = saver_type(connection)
    saver.setup()
    connection.execute(f"PRAGMA synchronous = {'FULL' if order.get('dear') else 'NORMAL'}")
    compiled: Any = built.compile(checkpointer=saver)
    config = {"configurable": {"thread_id": "r1"}, "recursion_limit": steps + 10, "max_concurrency": 8}
    started, cpu = time.perf_counter(), time.process_time()
    compiled.invoke(None if order.get("resume") else {"place": 0, "results": []}, config, durability="sync")
    measured = {"wall": time.perf_counter() - started, "cpu": time.process_time() - cpu}
    if order.get("resume"):
        measured["reached"] = float(Path(order["mark"]).read_text()) - begun
    connection.close()
    return measured


def prefect(order: Order) -> dict[str, Any]:
    """Carry a chain out with Prefect, on the server that it starts for itself; it records states, and cannot replay."""
    library: Any = importlib.import_module("prefect")

    def step(name: str, *before: Any) -> dict[str, Any]:
        return work(name)

    durable = library.task(step, persist_result=True)

    def run(steps: int) -> None:
        results: dict[str, Any] = {}
        for name, uses in graph(order["shape"], steps).items():
            results[name] = durable(name, *(results[item] for item in uses))

    library.flow(run)(1)  # starts its server
    started, cpu = time.perf_counter(), time.process_time()
    library.flow(run)(order["steps"])
    return {"wall": time.perf_counter() - started, "cpu": time.process_time() - cpu}


ENGINES: dict[str, Callable[[Order], dict[str, Any]]] = {
    "htn": ours,
    "dbos": dbos_alone,
    "floor": floor,
    "langgraph": langgraph,
    "prefect": prefect,
}


def main() -> None:
    """Measure, and print it as JSON."""
    order = json.loads(sys.argv[2])
    folder = Path(order["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    measured = ENGINES[sys.argv[1]](order)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("\n" + json.dumps({**measured, "bytes": _size(folder), "megabytes": peak}))


if __name__ == "__main__":
    main()
