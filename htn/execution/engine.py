"""The durable engine, DBOS on an SQLite file or on PostgreSQL: the only module that touches it, imported only to run.

Settings, and why:

- on a file, write-ahead log with NORMAL synchronisation: nothing is lost when the process is killed; a power loss may
  lose the last commits, and those steps run again;
- JSON instead of pickle, one fixed application version, short polling;
- an executor id for each launch: DBOS takes up by itself what an executor with the same id left behind, but a crashed
  run is resumed when somebody asks for it, not because another one is started. Taking it up is `resume_workflow`. On a
  file the workspace lock makes that safe: what is pending and not in this process is dead. On PostgreSQL workers do it
  for those of which nothing is heard any more (`htn.execution.worker`), and an owner that was only slow is refused;
- on PostgreSQL only workers take runs from the queue; a process that nobody would help carries out its own.
"""

from __future__ import annotations

import concurrent.futures
import logging
import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from dbos import error as dbos_error

from htn.execution.admission import SharedPlaces
from htn.execution.coordinator import Coordinator
from htn.execution.database import private_file
from htn.execution.errors import EngineError, JournalError, SupersededError
from htn.execution.journal import Journal
from htn.execution.location import engine_of, without_secrets
from htn.execution.lock import WorkspaceLock
from htn.execution.postgres_database import FROZEN_SECONDS, PostgresDatabase
from htn.execution.presence import Presence, run_lock
from htn.execution.run_state import ReplayMismatchError
from htn.execution.runtime import RuntimeReference, load_runtime
from htn.execution.telemetry import report_session

__all__ = ["Engine", "SessionLostError", "hand_over"]

APPLICATION = "htn-runs"
APPLICATION_VERSION = "plan-interpreter-1"
QUEUE = "runs"
WORKFLOW = "run_plan"
POLLING_SECONDS = 0.05
QUEUE_POLLING_SECONDS = 0.2  # asked by every worker of a team
POOL_SIZE = 10
CLOSING_SECONDS = 2.0

Outcome = dict[str, Any]


class SessionLostError(Exception):
    """A session's record cannot be replayed; finished work is in the journal, so another session goes on from there.

    Attributes
    ----------
    taken_over : bool
        Whether there is nothing wrong with the record: another process goes on with it.
    """

    def __init__(self, message: str, *, taken_over: bool = False) -> None:
        super().__init__(message)
        self.taken_over = taken_over


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


@DBOS.workflow(name=WORKFLOW)
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

    Parameters
    ----------
    workspace : Path
        The workspace.
    worker : str or None
        On PostgreSQL, the name of a worker that takes runs from the queue; empty for one that is made up. None for a
        process that carries out only what it starts itself.
    places : int
        How many runs a worker carries out at once.
    """

    FILE_NAME = "engine.sqlite"

    _current: Engine | None = None
    _guard = threading.RLock()

    def __init__(self, workspace: Path, *, worker: str | None = None, places: int = 1) -> None:
        self.workspace = workspace
        self.address = engine_of(workspace)
        self._places = places
        self._listens = worker is not None
        self._users = 0
        self._futures: dict[str, concurrent.futures.Future[Outcome]] = {}
        self._ended: set[str] = set()
        self._agents_places = SharedPlaces()
        self.presence: Presence | None = None
        self._opened = ExitStack()
        try:
            if self.address is None:
                config = self._on_file()
            else:
                config = self._on_postgres(self.address, worker)
            self.journal = self._opened.enter_context(Journal(workspace, application=self.application))
            self._launch(config)
        except BaseException:
            self._opened.close()
            raise

    @property
    def application(self) -> str:
        """What this process is called among the connections to a team's database."""
        return "htn" if self.presence is None else self.presence.application

    @classmethod
    def current(cls) -> Engine:
        """Return the engine of this process."""
        if cls._current is None:
            raise EngineError("no engine is running in this process; start or resume a run first")
        return cls._current

    @classmethod
    def acquire(cls, workspace: Path | str, *, worker: str | None = None, places: int = 1) -> Engine:
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
                cls._current = cls(path, worker=worker, places=places)
            elif cls._current.workspace != path or cls._current.address != engine_of(path):
                raise EngineError(
                    f"this process carries out runs in {cls._current.where}; wait for them before using {path}"
                )
            cls._current._users += 1
            return cls._current

    @property
    def where(self) -> str:
        """Where the runs are that this engine carries out."""
        return str(self.workspace) if self.address is None else f"{self.workspace} ({without_secrets(self.address)})"

    def release(self, *, grace: int = 0) -> None:
        """Give the engine back; the last one to do so ends it, after at most ``grace`` seconds for what is in hand."""
        with Engine._guard:
            self._users -= 1
            if self._users == 0:
                Engine._current = None
                _in_thread(lambda: self._close(grace))

    # --------------------------------------------------------------------------------------------------------- launch
    def _on_file(self) -> DBOSConfig:
        check_versions(tuple(sys.version_info[:3]), sqlite3.sqlite_version_info)
        lock = WorkspaceLock(self.workspace)
        lock.acquire()
        self._opened.callback(lock.release)
        database = _database(self.workspace / self.FILE_NAME)
        self._opened.callback(database.dispose)
        return {
            "name": APPLICATION,
            "system_database_url": f"sqlite:///{self.workspace / self.FILE_NAME}",
            "system_database_engine": database,
            "executor_id": uuid.uuid4().hex,
        }

    def _on_postgres(self, address: str, worker: str | None) -> DBOSConfig:
        kind = "own" if worker is None else "worker"
        self.presence = Presence(self.workspace, kind=kind, name=worker or None, places=self._places)
        self._opened.callback(self.presence.close)
        return {
            "name": APPLICATION,
            "system_database_url": address,
            "executor_id": self.presence.executor,
            "sys_db_pool_size": POOL_SIZE + 2 * self._places,
            # Cheap steps reach the disk together with the next decision or paid step, whose record is in the same log.
            "db_engine_kwargs": {"connect_args": {"options": "-c synchronous_commit=off"}},
            # One that is frozen inside a transaction must not keep the others from taking its runs over.
            "sys_db_idle_transaction_timeout_sec": float(FROZEN_SECONDS),
        }

    def _launch(self, config: DBOSConfig) -> None:
        config["application_version"] = APPLICATION_VERSION
        config["serializer"] = DBOSPortableJSONSerializer()
        config["notification_listener_polling_interval_sec"] = POLLING_SECONDS
        config["log_level"] = "CRITICAL"  # what goes wrong is reported as the run's outcome
        # DBOS flushes a handler that it made for the standard error of the moment of its import, which may be closed by
        # now. What goes wrong is reported by us, so it needs none.
        logging.getLogger("dbos").handlers[:] = [logging.NullHandler()]
        failure: list[Exception] = []

        def launch() -> None:
            try:
                DBOS(config=config)
                if self.address is not None:
                    DBOS.listen_queues([QUEUE] if self._listens else [])
                DBOS.launch()
                if self.address is None:
                    DBOS.register_queue(QUEUE, polling_interval_sec=POLLING_SECONDS)
                elif self._listens:
                    DBOS.register_queue(
                        QUEUE,
                        worker_concurrency=self._places,
                        polling_interval_sec=QUEUE_POLLING_SECONDS,
                        on_conflict="always_update",
                    )
            except Exception as error:  # noqa: BLE001 -- handed to the thread that waits
                failure.append(error)

        _in_thread(launch)
        if failure:
            _in_thread(DBOS.destroy)
            why = _first_line(failure[0])
            if self.address is not None:
                raise EngineError(
                    f"{without_secrets(self.address)}: the engine cannot be started ({why})"
                ) from failure[0]
            raise EngineError(
                f"{self.workspace / self.FILE_NAME}: the engine cannot be started ({why}); "
                "move that file away, finished work is in the journal and is not lost"
            ) from failure[0]

    def _close(self, grace: int = 0) -> None:
        self._let_record()
        DBOS.destroy(workflow_completion_timeout_sec=grace)
        self._opened.close()

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

    # ------------------------------------------------------------------------------------------------------- sessions
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
        try:
            status = DBOS.get_workflow_status(workflow_id)
            if status is None:
                with SetWorkflowID(workflow_id):
                    DBOS.start_workflow(_run_plan, run_id, session)
            elif status.status in ("PENDING", "ENQUEUED") and self.address is None:
                DBOS.resume_workflow(workflow_id, queue_name=QUEUE)
            else:
                lost = f"session {session} of run {run_id} is recorded as {status.status}"
                future.set_exception(SessionLostError(lost))
        except sqlalchemy.exc.SQLAlchemyError as error:
            _resolve(future, error=self._told(error))
        return future

    def has_in_hand(self, run_id: str, session: int) -> bool:
        """Whether this engine carries out a session now."""
        return f"{run_id}.{session}" in self._futures

    async def carry_out(self, run_id: str, session: int) -> Outcome:
        """Carry out a session inside its workflow, and hand its outcome to whoever waits for it."""
        workflow_id = f"{run_id}.{session}"
        future = self._futures.get(workflow_id)
        try:
            with self._journal_for(run_id) as journal:
                outcome = await self._carry_on(journal, run_id, session)
            self._ended.add(workflow_id)
        except (dbos_error.DBOSException, ReplayMismatchError, SupersededError) as error:
            taken_over = isinstance(error, (SupersededError, dbos_error.DBOSWorkflowConflictIDError))
            if not taken_over:
                self._note(run_id, error)
            _resolve(future, error=SessionLostError(_first_line(error), taken_over=taken_over))
            raise
        except BaseException as error:
            self._note(run_id, error)
            _resolve(future, error=self._told(error))
            raise
        _resolve(future, outcome=outcome)
        return outcome

    def _told(self, error: BaseException) -> BaseException:
        """Return an error of the engine's own database as one sentence; others as they are."""
        if not isinstance(error, sqlalchemy.exc.SQLAlchemyError):
            return error
        why = _first_line(getattr(error, "orig", None) or error)
        if self.address is not None:
            return EngineError(
                f"{without_secrets(self.address)}: the engine's record cannot be used ({why}); resume the run"
            )
        place = self.workspace / self.FILE_NAME
        return EngineError(
            f"{place}: cannot be used ({why}); make the workspace writable, or free some space, and resume the run; "
            "what was finished is kept"
        )

    def _note(self, run_id: str, error: BaseException) -> None:
        """Write down for the team why a session broke: the process that is told may not be the one that asks."""
        if self.address is not None and isinstance(error, Exception):
            with suppress(JournalError):
                self.journal.event(run_id, "session_broken", {"message": _first_line(error)})

    @contextmanager
    def _journal_for(self, run_id: str) -> Iterator[Journal]:
        """Give a session its journal: on PostgreSQL a connection of its own, on which the run is marked as in hand."""
        if self.address is None:
            yield self.journal
            return
        with Journal(self.workspace, application=self.application) as journal:
            assert isinstance(journal.database, PostgresDatabase)
            journal.database.keep_lock(run_lock(run_id), exclusive=False)
            yield journal

    async def _carry_on(self, journal: Journal, run_id: str, session: int) -> Outcome:
        run = journal.run(run_id)
        if journal.session(run_id, session).outcome is not None:  # cancelled, or gone on with elsewhere, while queued
            return {"status": run.status, "result": dict(run.result)}
        reference = RuntimeReference.from_json(run.runtime)
        coordinator = Coordinator(journal, load_runtime(reference), run_id, session, _DbosRecord(), self._agents_places)
        outcome = await coordinator.run()
        report_session(journal, run_id, session, str(outcome["status"]))
        return outcome

    # -------------------------------------------------------------------------------------------------------- the team
    def enqueue(self, run_id: str, session: int) -> None:
        """Put a session on the queue, unless the engine has a record of it."""
        with SetWorkflowID(f"{run_id}.{session}"):
            DBOS.enqueue_workflow(QUEUE, _run_plan, run_id, session)

    def take_over(self, run_id: str, session: int) -> None:
        """Put a session that a dead process left on the queue again; the next one replays what is recorded."""
        DBOS.resume_workflow(f"{run_id}.{session}", queue_name=QUEUE)

    def records(self, sessions: Collection[tuple[str, int]]) -> dict[tuple[str, int], tuple[str, str]]:
        """Return status and executor by session, of those that the engine has a record of."""
        ids = {f"{run_id}.{session}": (run_id, session) for run_id, session in sessions}
        if not ids:
            return {}
        found = DBOS.list_workflows(workflow_ids=list(ids), load_input=False, load_output=False)
        return {ids[item.workflow_id]: (str(item.status), item.executor_id or "") for item in found}


def hand_over(address: str, run_id: str, session: int) -> None:
    """Put a session on the queue from a process that carries out nothing itself.

    Raises
    ------
    EngineError
        When the queue cannot be reached.
    """
    try:
        client = DBOSClient(
            system_database_url=address,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            retry_connection_errors=False,
        )
        try:
            client.enqueue(
                {
                    "queue_name": QUEUE,
                    "workflow_name": WORKFLOW,
                    "workflow_id": f"{run_id}.{session}",
                    "app_version": APPLICATION_VERSION,
                },
                run_id,
                session,
            )
        finally:
            client.destroy()
    except (dbos_error.DBOSException, sqlalchemy.exc.SQLAlchemyError) as error:
        raise EngineError(f"{without_secrets(address)}: the queue cannot be used ({_first_line(error)})") from error


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
