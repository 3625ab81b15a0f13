"""The durable engine, DBOS on a SQLite file: the only module that touches it, imported only to run.

Settings, and why:

- write-ahead log with NORMAL synchronisation: nothing is lost when the process is killed; a power loss may lose the
  last commits, and those steps run again;
- JSON instead of pickle, one fixed application version, short polling;
- an executor id for each launch: DBOS takes up by itself what an executor with the same id left behind, but a crashed
  run is resumed when somebody asks for it, not because another one is started. Taking it up is `resume_workflow`, which
  the workspace lock makes safe: what is pending and not in this process is dead.
"""

from __future__ import annotations

import concurrent.futures
import logging
import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import sqlalchemy
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from dbos import error as dbos_error

from htn.execution.coordinator import Coordinator, ReplayMismatchError
from htn.execution.database import private_file
from htn.execution.errors import EngineError
from htn.execution.journal import Journal
from htn.execution.lock import WorkspaceLock
from htn.execution.runtime import RuntimeReference, load_runtime

__all__ = ["Engine", "SessionLostError"]

APPLICATION_VERSION = "plan-interpreter-1"
QUEUE = "runs"
POLLING_SECONDS = 0.05
CLOSING_SECONDS = 2.0

Outcome = dict[str, Any]


class SessionLostError(Exception):
    """A session's record cannot be replayed; finished work is in the journal, so another session goes on from there."""


class _DbosRecord:
    """Records operations as steps of the workflow that calls it, numbered in the order of the calls."""

    def record(self, name: str, body: Callable[[], Outcome]) -> Awaitable[Outcome]:
        """Reserve the next step now, and run the body as this step in a worker thread."""
        reservation = DBOS.reserve_step()
        return reservation.run_async({"name": name}, body)

    def record_async(self, name: str, body: Callable[[], Coroutine[Any, Any, Outcome]]) -> Awaitable[Outcome]:
        """Reserve the next step now, and run the coroutine function as this step on the event loop."""
        reservation = DBOS.reserve_step()
        return reservation.run_async({"name": name}, body)


@DBOS.workflow(name="run_plan")
async def _run_plan(run_id: str, session: int) -> Outcome:
    """Carry out one session of a run, in the engine of this process."""
    engine = Engine.current()
    return await engine.carry_out(run_id, session)


def check_versions(python: tuple[int, ...], sqlite: tuple[int, ...]) -> None:
    """Refuse an SQLite that DBOS gets no times from.

    On Python 3.12 and newer DBOS asks SQLite for fractions of a second, which older ones than 3.42 answer with NULL.

    Raises
    ------
    EngineError
        Naming both versions.

    Examples
    --------
    >>> check_versions((3, 11), (3, 40, 1))
    >>> check_versions((3, 12), (3, 40, 1))
    Traceback (most recent call last):
    ...
    htn.execution.errors.EngineError: SQLite 3.40.1 is too old for Python 3.12: use SQLite 3.42 or newer, or Python 3.11
    """
    if python >= (3, 12) and sqlite < (3, 42):
        raise EngineError(
            f"SQLite {'.'.join(map(str, sqlite))} is too old for Python {python[0]}.{python[1]}: "
            "use SQLite 3.42 or newer, or Python 3.11"
        )


def _database(path: Path) -> sqlalchemy.Engine:
    """Open the engine's own database."""
    private_file(path)
    database = sqlalchemy.create_engine(sqlalchemy.URL.create("sqlite", database=str(path)))

    @sqlalchemy.event.listens_for(database, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    return database


class Engine:
    """Carries out the runs of one workspace in this process.

    DBOS is one for a process, so there is one engine at a time; `acquire` shares it among the runs of a workspace, and
    it ends with the last one.
    """

    FILE_NAME = "engine.sqlite"

    _current: Engine | None = None
    _guard = threading.RLock()

    def __init__(self, workspace: Path) -> None:
        check_versions(tuple(sys.version_info[:3]), sqlite3.sqlite_version_info)
        self.workspace = workspace
        self._users = 0
        self._futures: dict[str, concurrent.futures.Future[Outcome]] = {}
        self._ended: set[str] = set()
        self._lock = WorkspaceLock(workspace)
        self._lock.acquire()
        try:
            self.journal = Journal(workspace)
            self._database = _database(workspace / self.FILE_NAME)
            self._launch()
        except BaseException:
            self._lock.release()
            raise

    @classmethod
    def current(cls) -> Engine:
        """Return the engine of this process."""
        if cls._current is None:
            raise EngineError("no engine is running in this process; start or resume a run first")
        return cls._current

    @classmethod
    def acquire(cls, workspace: Path | str) -> Engine:
        """Return the engine of a workspace, started if need be; give it back with `release`.

        Raises
        ------
        WorkspaceBusyError
            When another process carries out runs there.
        EngineError
            When this process carries out runs of another workspace, or the engine cannot be started.
        """
        path = Path(workspace).absolute()
        with cls._guard:
            if cls._current is None:
                cls._current = cls(path)
            elif cls._current.workspace != path:
                raise EngineError(
                    f"this process carries out runs in {cls._current.workspace}; wait for them before using {path}"
                )
            cls._current._users += 1
            return cls._current

    def release(self) -> None:
        """Give the engine back; the last one to do so ends it."""
        with Engine._guard:
            self._users -= 1
            if self._users == 0:
                Engine._current = None
                _in_thread(self._close)

    def _launch(self) -> None:
        config: DBOSConfig = {
            "name": "htn-runs",
            "system_database_url": f"sqlite:///{self.workspace / self.FILE_NAME}",
            "system_database_engine": self._database,
            "application_version": APPLICATION_VERSION,
            "executor_id": uuid.uuid4().hex,
            "serializer": DBOSPortableJSONSerializer(),
            "notification_listener_polling_interval_sec": POLLING_SECONDS,
            "log_level": "CRITICAL",  # what goes wrong is reported as the run's outcome
        }
        # DBOS flushes a handler that it made for the standard error of the moment of its import, which may be closed by
        # now. What goes wrong is reported by us, so it needs none.
        logging.getLogger("dbos").handlers[:] = [logging.NullHandler()]
        failure: list[Exception] = []

        def launch() -> None:
            try:
                DBOS(config=config)
                DBOS.launch()
                DBOS.register_queue(QUEUE, polling_interval_sec=POLLING_SECONDS)
            except Exception as error:  # noqa: BLE001 -- handed to the thread that waits
                failure.append(error)

        _in_thread(launch)
        if failure:
            self._close()
            raise EngineError(
                f"{self.workspace / self.FILE_NAME}: the engine cannot be started ({_first_line(failure[0])}); "
                "move that file away, finished work is in the journal and is not lost"
            ) from failure[0]

    def _close(self) -> None:
        self._let_record()
        DBOS.destroy()
        self._database.dispose()
        self.journal.close()
        self._lock.release()

    def _let_record(self) -> None:
        """Give sessions that are over the moment in which the engine records so."""
        until = time.monotonic() + CLOSING_SECONDS
        while self._ended and time.monotonic() < until:
            workflow_id = next(iter(self._ended))
            status = DBOS.get_workflow_status(workflow_id)
            if status is None or status.status not in ("PENDING", "ENQUEUED"):
                self._ended.discard(workflow_id)
            else:
                time.sleep(0.002)

    def carry_out_session(self, run_id: str, session: int) -> concurrent.futures.Future[Outcome]:
        """Start a session, or take up one that a dead process left; the same future for a session already in hand.

        The future gives the run's status and result, or raises SessionLostError when the session cannot be taken up.
        """
        workflow_id = f"{run_id}.{session}"
        with Engine._guard:
            if workflow_id in self._futures:
                return self._futures[workflow_id]
            future: concurrent.futures.Future[Outcome] = concurrent.futures.Future()
            self._futures[workflow_id] = future
        future.add_done_callback(lambda _: self._futures.pop(workflow_id, None))
        status = DBOS.get_workflow_status(workflow_id)
        if status is None:
            with SetWorkflowID(workflow_id):
                DBOS.start_workflow(_run_plan, run_id, session)
        elif status.status in ("PENDING", "ENQUEUED"):
            DBOS.resume_workflow(workflow_id, queue_name=QUEUE)
        else:
            future.set_exception(SessionLostError(f"session {session} of run {run_id} is recorded as {status.status}"))
        return future

    def has_in_hand(self, run_id: str, session: int) -> bool:
        """Whether this engine carries out a session now."""
        return f"{run_id}.{session}" in self._futures

    async def carry_out(self, run_id: str, session: int) -> Outcome:
        """Carry out a session inside its workflow, and hand its outcome to whoever waits for it."""
        workflow_id = f"{run_id}.{session}"
        future = self._futures.get(workflow_id)
        try:
            reference = RuntimeReference.from_json(self.journal.run(run_id).runtime)
            coordinator = Coordinator(self.journal, load_runtime(reference), run_id, session)
            outcome = await coordinator.run(_DbosRecord())
            self._ended.add(workflow_id)
        except (dbos_error.DBOSException, ReplayMismatchError) as error:
            _resolve(future, error=SessionLostError(_first_line(error)))
            raise
        except BaseException as error:
            _resolve(future, error=error)
            raise
        _resolve(future, outcome=outcome)
        return outcome


def _in_thread(function: Callable[[], None]) -> None:
    """Call a function in a thread of its own, and wait for it.

    Where an event loop runs, as in a notebook, DBOS would adopt it at its launch and refuse blocking calls.
    """
    thread = threading.Thread(target=function, name="engine")
    thread.start()
    thread.join()


def _resolve(
    future: concurrent.futures.Future[Outcome] | None,
    *,
    outcome: Outcome | None = None,
    error: BaseException | None = None,
) -> None:
    if future is None or future.done():
        return
    if error is not None:
        future.set_exception(error)
    elif outcome is not None:
        future.set_result(outcome)


def _first_line(error: BaseException) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
