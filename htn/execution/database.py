"""What the journal needs of a database, whichever it is: transactions that nest, rows by name, errors as a sentence."""

from __future__ import annotations

import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from htn.execution.errors import JournalError

__all__ = ["Database", "Row", "private_directory", "private_file"]


class Row(Protocol):
    """A row of a table: values by the name of the column or by its place."""

    def __getitem__(self, key: Any, /) -> Any:
        """Return a value."""


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


class Database(ABC):
    """One connection shared by the threads of a process, with transactions that nest.

    Attributes
    ----------
    name : str
        What messages call it.
    shared : bool
        Whether other processes may carry out runs in it at the same time.
    readonly : bool
        Whether it is open for reading only.
    """

    name: str
    shared: bool
    readonly: bool

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._depth = 0

    def transaction(self) -> AbstractContextManager[None]:
        """Write what the block writes in one commit; inside another transaction, take part in that one.

        Raises
        ------
        JournalError
            Where the database cannot be written.
        """
        return self._nested(on_disk=False)

    def durable(self) -> AbstractContextManager[None]:
        """Like `transaction`, and on disk when the block ends, whatever happens to the machine.

        Inside another transaction it takes part in that one, which decides when it is on disk.
        """
        return self._nested(on_disk=True)

    @contextmanager
    def _nested(self, *, on_disk: bool) -> Iterator[None]:
        with self._lock:
            if self._depth:
                yield
                return
            with self._outermost(on_disk=on_disk):
                self._depth = 1
                try:
                    yield
                finally:
                    self._depth = 0

    @abstractmethod
    def _outermost(self, *, on_disk: bool) -> AbstractContextManager[None]:
        """Begin a transaction, commit it when the block ends and roll it back when the block fails."""

    @property
    def in_transaction(self) -> bool:
        """Whether the calling thread is inside a transaction; only asked by who holds none elsewhere."""
        with self._lock:
            return self._depth > 0

    @abstractmethod
    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Carry out one statement in a transaction; return the number of rows that it changed.

        Statements are written in what both databases understand, with question marks for the parameters.
        """

    def write(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Like `execute`, for a statement of which nobody asks what it changed; it may be sent with the next ones."""
        self.execute(sql, parameters)

    @abstractmethod
    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query."""

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """Return the first row of a query, or None."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    @abstractmethod
    def has_table(self, name: str) -> bool:
        """Whether there is such a table; a database of an earlier layout lacks the later ones."""

    @abstractmethod
    def alone(self, name: str) -> None:
        """Inside a transaction, wait until no other transaction is alone under this name, and keep it until the end."""

    @abstractmethod
    def hold(self, run_id: str, session: int, launch: int) -> None:
        """From now on, refuse to write when the session was launched again, which means: by another process."""

    @property
    @abstractmethod
    def identity(self) -> str:
        """A name of this database among those that a workspace may use; empty for the workspace's own file."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""
