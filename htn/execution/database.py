"""Opens the journal's SQLite file: private to the user, write-ahead log, and one sentence where it cannot be used."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from htn.execution.errors import JournalError

__all__ = ["Database", "private_directory", "private_file"]

_SCHEMA_VERSION = 2

_SCHEMA = """
CREATE TABLE runs(
    run_id TEXT PRIMARY KEY, title TEXT NOT NULL, created REAL NOT NULL, finished REAL, runtime TEXT NOT NULL,
    context TEXT NOT NULL, options TEXT NOT NULL, status TEXT NOT NULL, revision INTEGER NOT NULL, result TEXT,
    forked_from TEXT, cancel_requested REAL);
CREATE TABLE plans(
    run_id TEXT NOT NULL, revision INTEGER NOT NULL, created REAL NOT NULL, reason TEXT NOT NULL,
    document TEXT NOT NULL, estimates TEXT NOT NULL, origin TEXT,
    PRIMARY KEY(run_id, revision), UNIQUE(run_id, origin));
CREATE TABLE sessions(
    run_id TEXT NOT NULL, session INTEGER NOT NULL, revision INTEGER NOT NULL, started REAL NOT NULL,
    launches INTEGER NOT NULL, reuse TEXT NOT NULL, outcome TEXT, PRIMARY KEY(run_id, session));
CREATE TABLE steps(
    run_id TEXT NOT NULL, step_id TEXT NOT NULL, session INTEGER NOT NULL, attempt INTEGER NOT NULL, key TEXT NOT NULL,
    status TEXT NOT NULL, agent TEXT, started REAL, finished REAL, artifact TEXT, type TEXT, usage TEXT, failure TEXT,
    message TEXT, decision TEXT, criteria TEXT, facts TEXT, PRIMARY KEY(run_id, step_id, session, attempt));
CREATE INDEX finished_steps ON steps(key, run_id) WHERE status = 'finished';
CREATE TABLE events(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, time REAL NOT NULL, kind TEXT NOT NULL,
    payload TEXT NOT NULL, mark TEXT);
CREATE INDEX events_of_run ON events(run_id, seq);
CREATE UNIQUE INDEX events_once ON events(run_id, mark) WHERE mark IS NOT NULL;
CREATE TABLE artifacts(hash TEXT PRIMARY KEY, type TEXT NOT NULL, size INTEGER NOT NULL, document TEXT);
"""

# What layout 2 added: the audit record, and what waits for a person.
_ADDED = """
CREATE TABLE audit(
    seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, time REAL NOT NULL, kind TEXT NOT NULL, content TEXT NOT NULL,
    hash TEXT NOT NULL);
CREATE TABLE audit_head(seq INTEGER NOT NULL, hash TEXT NOT NULL);
INSERT INTO audit_head VALUES (0, '0000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE approvals(
    run_id TEXT NOT NULL, key TEXT NOT NULL, step_id TEXT NOT NULL, reason TEXT NOT NULL, requested REAL NOT NULL,
    deadline REAL, fallback TEXT NOT NULL, answer TEXT, by TEXT, note TEXT, answered REAL, PRIMARY KEY(run_id, key));
"""
_TRIGGERS = (
    "CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit record only grows'); END",
    "CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit record only grows'); END",
)


def private_directory(path: Path) -> None:
    """Create a directory, if it is not there, that only the user can enter.

    Raises
    ------
    JournalError
        Where it cannot be created.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise JournalError(
            f"{path}: the directory cannot be created ({error.strerror}); choose another place"
        ) from error


def private_file(path: Path) -> None:
    """Create an empty file, if it is not there, that only the user can read.

    Raises
    ------
    JournalError
        Where it cannot be created.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise JournalError(
            f"{path}: cannot be written ({error.strerror}); make the workspace writable or choose another"
        ) from error


class Database:
    """One SQLite connection shared by the threads of a process, with transactions that nest.

    Parameters
    ----------
    path : Path
        The file.
    readonly : bool
        Open for reading only; nothing is created and nothing is written.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        self.readonly = readonly
        self._lock = threading.RLock()
        self._depth = 0
        if readonly and not path.is_file():
            raise JournalError(f"{path}: there are no runs here yet; start one first")
        if not readonly:
            private_directory(path.parent)
            private_file(path)
        self._connection = self._connect()

    def _connect(self) -> sqlite3.Connection:
        uri = self.path.absolute().as_uri()
        try:
            connection = self._opened(uri + ("?mode=ro" if self.readonly else "?mode=rw"))
        except sqlite3.OperationalError:
            if not self.readonly:
                raise self._unusable(None) from None
            # A write-ahead log cannot be opened where its index cannot be created; then nobody writes to it either.
            connection = self._opened(uri + "?immutable=1")
        return connection

    def _opened(self, uri: str) -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=30.0)
        try:
            connection.row_factory = sqlite3.Row
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if not self.readonly:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                if version < _SCHEMA_VERSION:
                    version = self._create_schema(connection)
            if not 1 <= version <= _SCHEMA_VERSION:
                raise JournalError(
                    f"{self.path}: has layout {version}, this program reads layout {_SCHEMA_VERSION}; "
                    "use the version of the program that wrote it"
                )
        except sqlite3.OperationalError:
            connection.close()
            raise
        except sqlite3.DatabaseError as error:
            connection.close()
            raise self._unusable(error) from error
        except JournalError:
            connection.close()
            raise
        return connection

    @staticmethod
    def _create_schema(connection: sqlite3.Connection) -> int:
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have created it while this one waited for the lock.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version < _SCHEMA_VERSION:
            tables = _ADDED if version else _SCHEMA + _ADDED
            for statement in (*filter(str.strip, tables.split(";")), *_TRIGGERS):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        connection.execute("COMMIT")
        return _SCHEMA_VERSION

    def _unusable(self, error: sqlite3.Error | None) -> JournalError:
        if error is None or isinstance(error, sqlite3.OperationalError):
            why = "cannot be written" if error is None else f"cannot be used ({error})"
            return JournalError(f"{self.path}: {why}; make the workspace writable, or free some space, and try again")
        return JournalError(
            f"{self.path}: is not a readable journal ({error}); "
            "restore it from a backup, or move it away to start afresh"
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write what the block writes in one commit; inside another transaction, take part in that one.

        Raises
        ------
        JournalError
            Where the file cannot be written.
        """
        with self._lock:
            if self._depth:
                yield
                return
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                self._depth = 1
                yield
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                self._rollback()
                raise self._unusable(error) from error
            except BaseException:
                self._rollback()
                raise
            finally:
                self._depth = 0

    def _rollback(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:  # the first error is the one to report
            return

    @contextmanager
    def durable(self) -> Iterator[None]:
        """Like `transaction`, and on disk when the block ends, whatever happens to the machine.

        Inside another transaction it takes part in that one, which decides when it is on disk.
        """
        with self._lock:
            if self._depth:
                yield
                return
            self._connection.execute("PRAGMA synchronous = FULL")
            try:
                with self.transaction():
                    yield
            finally:
                self._connection.execute("PRAGMA synchronous = NORMAL")

    @property
    def in_transaction(self) -> bool:
        """Whether the calling thread is inside a transaction; only asked by who holds none elsewhere."""
        with self._lock:
            return self._depth > 0

    def has_table(self, name: str) -> bool:
        """Whether there is such a table; a file of an earlier layout lacks the later ones."""
        return self.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)) is not None

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Carry out one statement in a transaction; return the number of rows that it changed."""
        with self.transaction():
            return self._connection.execute(sql, parameters).rowcount

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        try:
            with self._lock:
                return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()
