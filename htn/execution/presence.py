"""Who carries out which run: the lock on a workspace's files, or locks and signs of life in the team's database."""

from __future__ import annotations

import os
import re
import secrets
import socket
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from htn.execution.database import Database
from htn.execution.errors import EmptyJournalError, EngineError, JournalError
from htn.execution.journal import Journal
from htn.execution.location import engine_of
from htn.execution.lock import WorkspaceLock
from htn.execution.postgres_database import PostgresDatabase
from htn.model.errors import InputError

__all__ = ["Presence", "WorkerRecord", "carrier_of", "live_workers", "workers_wait"]

# A process that was not heard from for so long is taken for frozen or cut off, though its connection may still stand.
SILENT_SECONDS = 5.0
SIGN_SECONDS = 1.0
NAME_LENGTH = 30  # the server cuts what a connection is called to 63 bytes

_APPLICATION = "htn "
_NOW = "CAST(extract(epoch FROM clock_timestamp()) AS double precision)"  # one clock for all machines


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """A process that carries out runs in a team's database.

    Attributes
    ----------
    executor : str
        Its name, and what tells this start of it from others.
    name : str
        Its name, which stays the same when it is started again.
    kind : str
        ``worker``, or ``own`` for a process that carries out only what it started itself.
    host : str
        The machine.
    pid : int
        Its number there.
    places : int
        How many runs it carries out at once.
    started : float
        When it was started.
    silent : float
        Seconds since its last sign of life.
    """

    executor: str
    name: str
    kind: str
    host: str
    pid: int
    places: int
    started: float
    silent: float

    @property
    def alive(self) -> bool:
        """Whether it was heard from lately."""
        return self.silent < SILENT_SECONDS

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON data."""
        return asdict(self)


def _workers(database: Database) -> list[WorkerRecord]:
    columns = "executor, name, kind, host, pid, places, started"
    rows = database.rows(f"SELECT {columns}, {_NOW} - seen AS silent FROM workers ORDER BY name, started")  # noqa: S608 -- constants
    return [WorkerRecord(**{field: row[field] for field in WorkerRecord.__slots__}) for row in rows]


def live_workers(journal: Journal) -> list[WorkerRecord]:
    """Return the workers that take runs from the queue and were heard from lately; none in a workspace's own files."""
    database = journal.database
    if not isinstance(database, PostgresDatabase):
        return []
    found = [worker for worker in _workers(database) if worker.kind == "worker" and worker.alive]
    return [worker for worker in found if database.lock_holders(name_lock(worker.name))]  # a killed one has lost it


def workers_wait(workspace: Path | str) -> bool:
    """Whether there are workers that would take a run of this workspace."""
    if engine_of(workspace) is None:
        return False
    try:
        with Journal(workspace, readonly=True) as journal:
            return bool(live_workers(journal))
    except EmptyJournalError:
        return False


def carrier_of(journal: Journal, run_id: str) -> int | None:
    """Return the number of the process that carries out a run, on whatever machine, or None.

    Of a workspace's own files only one process can carry out runs; it is returned whichever run it is asked for.
    """
    database = journal.database
    if not isinstance(database, PostgresDatabase):
        return WorkspaceLock(journal.workspace).holder()
    holders = {name.removeprefix(_APPLICATION) for name in database.lock_holders(run_lock(run_id))}
    if not holders:
        return None
    return next((worker.pid for worker in _workers(database) if worker.executor in holders and worker.alive), None)


def name_lock(name: str) -> str:
    """Return the name of the lock that a worker keeps on its name."""
    return f"worker {name}"


def run_lock(run_id: str) -> str:
    """Return the name of the lock that a process keeps on a run while it carries it out."""
    return f"run {run_id}"


class Presence:
    """Makes a process known in the team's database, and gives a sign of life every second.

    Parameters
    ----------
    workspace : Path
        The workspace, whose setting names the database.
    kind : str
        ``worker`` or ``own``.
    name : str or None
        A name that no other process has at the same time; by default the machine's with a number.
    places : int
        How many runs it carries out at once.

    Raises
    ------
    InputError
        For a name that cannot be used.
    EngineError
        When another process has the name.
    """

    def __init__(self, workspace: Path, *, kind: str, name: str | None = None, places: int = 1) -> None:
        if name is not None and not re.fullmatch(rf"[A-Za-z0-9._-]{{1,{NAME_LENGTH}}}", name):
            raise InputError(
                f"{name!r} is no name for a worker: letters, digits, '.', '_' and '-', {NAME_LENGTH} at most"
            )
        address = engine_of(workspace)
        assert address is not None
        self.kind = kind
        self._places = places
        self._database = PostgresDatabase(address, application=f"{_APPLICATION}presence")
        self._stop = threading.Event()
        try:
            self.name = self._take_name(name)
            self.executor = f"{self.name}/{secrets.token_hex(4)}"
            self._register()
        except BaseException:
            self._database.close()
            raise
        self.application = _APPLICATION + self.executor
        self._thread = threading.Thread(target=self._give_signs, name="presence", daemon=True)
        self._thread.start()

    def _take_name(self, wanted: str | None) -> str:
        host = re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[: NAME_LENGTH - 4] or "worker"
        if self.kind == "own":
            return f"{host[:15]}-{os.getpid()}"[:NAME_LENGTH]
        for name in (wanted,) if wanted is not None else (f"{host}-{number}" for number in range(1, 1000)):
            if self._database.keep_lock(name_lock(name), exclusive=True):
                return name
        raise EngineError(f"a worker called {wanted or host} runs already; stop it, or give this one another name")

    def _register(self) -> None:
        with self._database.transaction():
            # Those that were killed could not do it themselves; the row of one that is only frozen comes back with it.
            gone = f"DELETE FROM workers WHERE {_NOW} - seen > 3600 OR name = ?"  # noqa: S608 -- a constant
            self._database.execute(gone, (self.name,))
            self._sign()

    def _sign(self) -> None:
        self._database.execute(
            "INSERT INTO workers(executor, name, kind, host, pid, places, started, seen)"  # noqa: S608 -- a constant
            f" VALUES (?, ?, ?, ?, ?, ?, {_NOW}, {_NOW}) ON CONFLICT(executor) DO UPDATE SET seen = excluded.seen",
            (self.executor, self.name, self.kind, socket.gethostname(), os.getpid(), self._places),
        )

    def _give_signs(self) -> None:
        while not self._stop.wait(SIGN_SECONDS):
            with suppress(JournalError):  # the database is away; those who need it say so, and it may come back
                self._sign()

    def close(self) -> None:
        """Be gone, at once and for all to see."""
        self._stop.set()
        self._thread.join(5.0)
        with suppress(JournalError):
            self._database.execute("DELETE FROM workers WHERE executor = ?", (self.executor,))
        self._database.close()
