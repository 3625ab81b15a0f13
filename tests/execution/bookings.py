"""A journey whose bookings are rows of a database: what is done and undone there can be counted."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from htn.execution.agent import StepRequest, StepResult
from htn.execution.failures import FailureClass, StepError
from htn.execution.replan_request import ReplanAnswer, ReplanRequest
from htn.execution.replanner import Replanner
from htn.execution.runtime import DefaultRuntime, RuntimeReference, runtime_factory
from htn.model import Domain, State, TaskNetwork, refuse
from htn.plan import Plan
from htn.planning import Solved, find_plan


def journey() -> Domain:
    """Return the domain: a journey books what it needs before it goes, and every booking can be cancelled."""
    domain = Domain("journey")

    @domain.operator
    def book(state: State, what: str, needs: str = "") -> object:
        if needs and not state.booked.get(needs):
            return refuse(f"{needs} is not booked")
        state.booked[what] = True
        return state

    @domain.operator(undoes="book")
    def cancel(state: State, what: str, needs: str = "") -> object:
        if not state.booked.get(what):
            return refuse(f"{what} is not booked")
        state.booked[what] = False
        return state

    @domain.operator
    def go(state: State, by: str) -> object:
        if not state.booked.get(by):
            return refuse(f"{by} is not booked")
        state.there[by] = True
        return state

    @domain.operator
    def tell(state: State) -> object:
        if not any(state.there.values()):
            return refuse("nobody has arrived")
        state.told["all"] = True
        return state

    for by in ("plane", "train"):

        def journey_by(state: State, by: str = by) -> object:
            """Applies when it runs and has not failed."""
            if not state.runs[by] or ("go", by) in state.failed:
                return refuse(f"the {by} does not go")
            return TaskNetwork.ordered([("book", f"bus to the {by}"), ("book", by, f"bus to the {by}"), ("go", by)])

        domain.method("travel", name=f"by_{by}")(journey_by)
    return domain


def journey_plan(*runs: str) -> Plan:
    """Return the plan of a journey, where only some means of travel run."""
    state = State(booked={}, there={}, told={}, failed={}, runs={by: by in runs for by in ("plane", "train")})
    outcome = find_plan(journey(), state, [("travel",), ("tell",)])
    assert isinstance(outcome, Solved)
    return outcome.plan


class Clerk:
    """Books and cancels in a database, each effect once for each step key; cannot go by some means."""

    name, capacity = "clerk", 2
    capabilities = frozenset({"book", "cancel", "go", "tell"})

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._file = config["file"]
        self._broken: Sequence[str] = config.get("broken", ())
        self._stop_at = config.get("stop_at", "")
        with closing(sqlite3.connect(self._file)) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS bookings(what TEXT PRIMARY KEY)")
            database.execute("CREATE TABLE IF NOT EXISTS changes(seq INTEGER PRIMARY KEY, key TEXT UNIQUE, said TEXT)")

    def run(self, request: StepRequest) -> StepResult:
        """Carry out a step; an effect and the note of it are one transaction."""
        what = str(request.args[0]) if request.args else ""
        said = f"{request.task} {what}".strip()
        if said in self._broken:
            raise StepError(f"{said} is impossible today", FailureClass.DATA_UNAVAILABLE)
        if request.task in ("book", "cancel"):
            self._change(request, what, said)
        return StepResult("Done", {"said": said})

    def _change(self, request: StepRequest, what: str, said: str) -> None:
        with closing(sqlite3.connect(self._file, timeout=30)) as database, database:
            new = database.execute(
                "INSERT OR IGNORE INTO changes(key, said) VALUES (?, ?)", (request.step_key, said)
            ).rowcount
            if new and request.task == "book":
                database.execute("INSERT INTO bookings VALUES (?)", (what,))
            elif new:
                assert database.execute("DELETE FROM bookings WHERE what = ?", (what,)).rowcount == 1
        if new and said == self._stop_at:
            os.write(1, f"reached {said}\n".encode())
            Path(f"{self._file}.pipe").read_text()  # a named pipe: waits until somebody writes to it


class JourneyRuntime(DefaultRuntime):
    """A clerk, and the replanner of the domain."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__([Clerk(config)], description="journeys")
        self._replanner = Replanner(journey())

    def replan(self, request: ReplanRequest) -> ReplanAnswer:
        """Repair the plan."""
        return self._replanner(request)


@runtime_factory
def journey_runtime(config: Mapping[str, Any]) -> JourneyRuntime:
    """Build the runtime."""
    return JourneyRuntime(config)


def clerk(file: Path, *broken: str, stop_at: str = "") -> RuntimeReference:
    """Refer to a runtime whose clerk writes to a file, and cannot do what is broken."""
    config = {"file": str(file), "broken": list(broken), "stop_at": stop_at}
    return RuntimeReference("tests.execution.bookings:journey_runtime", config)


def changes(file: Path) -> list[str]:
    """Return what was booked and cancelled, in order."""
    with closing(sqlite3.connect(file)) as database:
        return [str(said) for (said,) in database.execute("SELECT said FROM changes ORDER BY seq")]


def booked(file: Path) -> set[str]:
    """Return what is booked."""
    with closing(sqlite3.connect(file)) as database:
        return {str(what) for (what,) in database.execute("SELECT what FROM bookings")}
