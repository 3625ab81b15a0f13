"""The journal in an SQLite file of the workspace: private to the user, write-ahead log, one process at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from htn.execution.database import Database, Row, private_directory, private_file
from htn.execution.errors import EmptyJournalError, JournalError
from htn.execution.schema import ADDITIONS, LAYOUT, sqlite_statements

__all__ = ["SqliteDatabase"]


class SqliteDatabase(Database):
    """A journal's SQLite file.

    Parameters
    ----------
    path : Path
        The file.
    readonly : bool
        Open for reading only; nothing is created and nothing is written.
    """

    shared = False
    identity = ""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        super().__init__()
        self.path = path
        self.name = str(path)
        self.readonly = readonly
        if readonly and not path.is_file():
            raise EmptyJournalError(f"{path}: there are no runs here yet; start one first")
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
                if version < LAYOUT:
                    version = self._create_schema(connection)
                if version == LAYOUT:
                    for statement in ADDITIONS.values():
                        connection.execute(statement)
            if version == 0 and connection.execute("PRAGMA schema_version").fetchone()[0] == 0:
                # There was no room to begin it, or a moment ago nobody had.
                raise EmptyJournalError(f"{self.path}: there are no runs here yet; start one first")
            if not 1 <= version <= LAYOUT:
                raise JournalError(
                    f"{self.path}: has layout {version}, this program reads layout {LAYOUT}; "
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
        if version < LAYOUT:
            for statement in sqlite_statements(version):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {LAYOUT}")
        connection.execute("COMMIT")
        return LAYOUT

    def _unusable(self, error: sqlite3.Error | None) -> JournalError:
        if error is None or isinstance(error, sqlite3.OperationalError):
            why = "cannot be written" if error is None else f"cannot be used ({error})"
            return JournalError(f"{self.path}: {why}; make the workspace writable, or free some space, and try again")
        return JournalError(
            f"{self.path}: is not a readable journal ({error}); "
            "restore it from a backup, or move it away to start afresh"
        )

    @contextmanager
    def _outermost(self, *, on_disk: bool) -> Iterator[None]:
        if on_disk:
            self._connection.execute("PRAGMA synchronous = FULL")
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._rollback()
            raise self._unusable(error) from error
        except BaseException:
            self._rollback()
            raise
        finally:
            if on_disk:
                self._connection.execute("PRAGMA synchronous = NORMAL")

    def _rollback(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:  # the first error is the one to report
            return

    def has_table(self, name: str) -> bool:
        """Whether there is such a table; a file of an earlier layout lacks the later ones."""
        return self.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)) is not None

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Carry out one statement in a transaction; return the number of rows that it changed."""
        with self.transaction():
            return self._connection.execute(sql, parameters).rowcount

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query."""
        try:
            with self._lock:
                return self._connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def alone(self, name: str) -> None:
        """Do nothing: a transaction on a file is alone already."""

    def hold(self, run_id: str, session: int, launch: int) -> None:
        """Do nothing: the lock on the workspace keeps other processes out."""

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()
