"""A workspace: the folder with the corpus database, opened for reading; writing goes through one context manager."""

# Queries are put together from fixed text; every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from domains.analysis.corpus import facts as _facts
from domains.analysis.corpus.errors import WorkspaceError
from domains.analysis.corpus.filters import calls_filter, deals_filter
from domains.analysis.corpus.full_text import ranked_turns
from domains.analysis.corpus.records import Call, Deal, Hit, Turn
from domains.analysis.corpus.schema import APPLICATION_ID, VERSION, check_full_text, create_tables
from domains.analysis.corpus.search import match_expression
from domains.analysis.corpus.text import printable
from domains.analysis.corpus.turn_index import TurnIndex, fused
from domains.analysis.scope import EMPTY, Scope

__all__ = ["FILE_NAME", "Call", "Deal", "Hit", "Turn", "Workspace", "begin"]

FILE_NAME = "corpus.sqlite"
PATIENCE_S = 10.0  # how long to wait for another process that is writing

_CALL = ", ".join(f"c.{item.name}" for item in fields(Call))
_TURN = ", ".join(f"t.{item.name}" for item in fields(Turn))
_DEAL = ", ".join(f"o.{item.name}" for item in fields(Deal))


def begin(connection: sqlite3.Connection) -> None:
    """Start a writing transaction; only now is the file put in WAL mode, so that nothing changes if nothing is new."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN IMMEDIATE")


class Workspace:
    """A corpus opened for reading; safe to share between threads (each gets a connection of its own).

    Open one with :meth:`open`. Reading never writes: not the database, nor any file beside it.

    Attributes
    ----------
    folder, path : Path
        The workspace's folder, and its database.
    turn_index : TurnIndex or None
        A vector store that finds turns by meaning, beside the search for words; none unless one is assigned.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Workspace.open(folder, create=True) as workspace:
    ...     workspace.calls(), workspace.facts(())["count"]["deals"]
    ([], 0)
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME
        self.turn_index: TurnIndex | None = None
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: list[sqlite3.Connection] = []

    @classmethod
    def open(cls, path: str | os.PathLike[str], create: bool = False) -> Workspace:
        """Return the workspace in a folder.

        Parameters
        ----------
        path : path
            The workspace's folder.
        create : bool
            Make the folder and an empty corpus when there is none. Both are private to the user.

        Raises
        ------
        WorkspaceError
            When there is no corpus, or the file is not one, or it is damaged or of another version.
        FullTextMissingError
            When this Python's SQLite cannot search text.
        """
        try:
            workspace = cls(Path(path).absolute())
            if create and not workspace.path.exists():
                workspace._create()
            workspace._check_file()
        except ValueError:
            raise WorkspaceError(f"{printable(str(path))!r} cannot be the name of a folder") from None
        except OSError as problem:
            reason = problem.strerror or "it cannot be read"
            raise WorkspaceError(f"cannot open the workspace: {reason}", path=printable(str(path))) from None
        try:
            workspace._check_content()
        except BaseException:
            workspace.close()
            raise
        return workspace

    @property
    def connection(self) -> sqlite3.Connection:
        """The read-only connection of the calling thread; its rows can be read by column name."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None or found not in self._open:
            # Threads never share it; the check is off so that close() may be called from any one of them.
            found = sqlite3.connect(
                f"{self.path.as_uri()}?mode=ro", uri=True, check_same_thread=False, timeout=PATIENCE_S
            )
            found.row_factory = sqlite3.Row
            found.isolation_level = None
            with self._lock:
                self._open.append(found)
            self._local.connection = found
        return found

    def calls(self, scope: Scope = EMPTY) -> list[Call]:
        """Return the calls of a scope, oldest first, those without a date last."""
        found = calls_filter(scope)
        query = f"SELECT {_CALL} FROM calls c WHERE {found.condition} ORDER BY c.date IS NULL, c.date, c.call_id"
        return [Call(*row) for row in self._rows(query, found.parameters)]

    def turns(self, call_id: str) -> list[Turn]:
        """Return the turns of a call, in order; none when there is no such call."""
        query = f"SELECT {_TURN} FROM turns t WHERE call_id = ? ORDER BY idx"
        return [Turn(*row) for row in self._rows(query, (call_id,))]

    def turns_by_call(self, scope: Scope = EMPTY) -> dict[str, list[Turn]]:
        """Return the turns of every call of a scope: one query instead of one for each call."""
        found = calls_filter(scope)
        query = (
            f"SELECT {_TURN} FROM calls c JOIN turns t ON t.call_id = c.call_id"
            f" WHERE {found.condition} ORDER BY t.call_id, t.idx"
        )
        by_call: dict[str, list[Turn]] = {}
        for row in self._rows(query, found.parameters):
            by_call.setdefault(row[0], []).append(Turn(*row))
        return by_call

    def titles(self, scope: Scope = EMPTY) -> dict[str, dict[str, str]]:
        """Return for each call of a scope the job titles that its file gives the people on it, by name."""
        found = calls_filter(scope)
        query = (
            "SELECT p.call_id, p.name, p.title FROM calls c JOIN call_parties p ON p.call_id = c.call_id"
            f" WHERE p.name IS NOT NULL AND p.title IS NOT NULL AND {found.condition} ORDER BY p.call_id, p.rowid"
        )
        by_call: dict[str, dict[str, str]] = {}
        for call_id, name, title in self._rows(query, found.parameters):
            by_call.setdefault(call_id, {})[name] = title
        return by_call

    def deals(self, scope: Scope = EMPTY) -> list[Deal]:
        """Return the deals of a scope, by id."""
        found = deals_filter(scope)
        query = f"SELECT {_DEAL} FROM opportunities o WHERE {found.condition} ORDER BY o.opportunity_id"
        return [Deal(*row) for row in self._rows(query, found.parameters)]

    def search(
        self, text: str, scope: Scope = EMPTY, limit: int = 20, match: Literal["all", "any"] = "all"
    ) -> list[Hit]:
        """Return the turns that fit the words of a text best, best first.

        Words are matched by their stem and without regard to case and accents. A part in double quotes is a phrase.
        No other character has a meaning of its own, so text from a stranger can be searched for as it is.
        """
        expression = match_expression(text, match)
        if expression is None:
            return []
        found = ranked_turns(self._rows, expression, calls_filter(scope), max(limit, 0))
        return [Hit(*row) for row in found]

    def find(self, text: str, scope: Scope = EMPTY, limit: int = 20) -> list[Hit]:
        """Return the turns that fit a text best, by its words and, where a :attr:`turn_index` is set, by its meaning.

        Any word will do. The two rankings are fused by their places, and `score` is that of the fusion; without an
        index this is :meth:`search`.
        """
        by_words = self.search(text, scope, limit, "any")
        if self.turn_index is None:
            return by_words
        by_meaning = self._nearest(self.turn_index, text, scope, limit)
        hits = {(hit.call_id, hit.idx): hit for hit in (*by_meaning, *by_words)}
        order = fused([(hit.call_id, hit.idx) for hit in hits] for hits in (by_words, by_meaning))
        return [replace(hits[turn], score=score) for turn, score in order[:limit]]

    def _nearest(self, index: TurnIndex, text: str, scope: Scope, limit: int) -> list[Hit]:
        """Return the turns of a scope that an index holds to be nearest, asking for more until there are enough."""
        asked, found = 4 * limit, calls_filter(scope)
        query = (
            "SELECT t.call_id, t.idx, t.role, t.speaker, t.text, t.start_s FROM turns t JOIN calls c"
            f" ON c.call_id = t.call_id WHERE t.call_id = ? AND t.idx = ? AND {found.condition}"
        )
        kept: dict[tuple[str, int], Hit] = {}
        seen = 0
        while True:
            near = index.nearest(text, asked)
            for call_id, idx, likeness in near[seen:]:
                for row in self._rows(query, (call_id, idx, *found.parameters)):
                    kept.setdefault((call_id, idx), Hit(*(*row, likeness)))
            if len(kept) >= limit or len(near) < asked:
                return list(kept.values())[:limit]
            asked, seen = 4 * asked, len(near)

    def summary(self) -> dict[str, Any]:
        """Return row counts, date ranges, and the number of files and issues."""
        with self._explained():
            return _facts.summary(self.connection)

    def facts(self, scope: Scope = EMPTY) -> dict[str, dict[str, Any]]:
        """Return ``{"count": ..., "has": ...}`` for a scope, as the planning state holds them."""
        with self._explained():
            return _facts.facts(self.connection, scope)

    def entities(self) -> dict[str, list[str]]:
        """Return the known names by kind: account, rep, region, competitor, product, content, training."""
        with self._explained():
            return _facts.entities(self.connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that may write; each transaction starts with :func:`begin`.

        The file is in WAL mode while it is written to, so that readers go on reading. Afterwards it is a plain file
        again: opening a file in WAL mode makes two more beside it, and reading must not write.
        """
        self.close()
        with self._explained():
            connection = sqlite3.connect(
                f"{self.path.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=PATIENCE_S
            )
            try:
                connection.row_factory = sqlite3.Row
                yield connection
            finally:
                if connection.in_transaction:
                    connection.rollback()
                self._settle(connection)
                connection.close()

    def close(self) -> None:
        """Close the connections of all threads; the next use opens one again."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @staticmethod
    def _settle(connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            return
        try:
            connection.execute("PRAGMA busy_timeout = 0")
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError:
            # Somebody is reading at this moment: the file stays in WAL mode until the next writer is done.
            return

    def _create(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made aside and moved into place: a workspace is there whole or not at all.
        draft = self.folder / f".{FILE_NAME}.{os.getpid()}"
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            connection = sqlite3.connect(draft, isolation_level=None)
            try:
                check_full_text(connection)
                create_tables(connection)
            finally:
                connection.close()
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)

    def _check_file(self) -> None:
        if not self.path.is_file():
            place = printable(str(self.folder))
            raise WorkspaceError("there is no workspace here: ingest files into it first", path=place)

    def _check_content(self) -> None:
        with self._explained():
            check_full_text(self.connection)
            application, version, pages, size = (
                int(self.connection.execute(f"PRAGMA {name}").fetchone()[0])
                for name in ("application_id", "user_version", "page_count", "page_size")
            )
        place = printable(str(self.path))
        if application != APPLICATION_ID:
            raise WorkspaceError(
                "this is a database, but not a workspace of this program; give another folder", path=place
            )
        if version != VERSION:
            raise WorkspaceError(
                f"the workspace has schema version {version}, this program reads version {VERSION}: "
                "ingest the files again into a new folder",
                path=place,
            )
        if self.path.stat().st_size < pages * size:
            raise WorkspaceError(
                "the file is damaged (cut short): ingest the files again into a new folder", path=place
            )

    def _rows(self, query: str, parameters: tuple[Any, ...]) -> list[sqlite3.Row]:
        with self._explained():
            return self.connection.execute(query, parameters).fetchall()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as problem:
            place = printable(str(self.path))
            if "locked" in str(problem):
                raise WorkspaceError("another process is writing; try again when it is done", path=place) from None
            raise WorkspaceError(f"the database says: {problem}", path=place) from None
        except sqlite3.ProgrammingError as problem:
            # Closed by another thread in the middle of a query; not a fault of the file.
            raise WorkspaceError(
                f"it was closed while it was read ({problem})", path=printable(str(self.path))
            ) from None
        except sqlite3.IntegrityError as problem:
            message = f"another process has written to it meanwhile, so try again ({problem})"
            raise WorkspaceError(message, path=printable(str(self.path))) from None
        except sqlite3.DatabaseError as problem:
            self.close()
            kind = "not a workspace (no SQLite file)" if "not a database" in str(problem) else "damaged"
            message = f"the file is {kind}: ingest the files again into a new folder"
            raise WorkspaceError(message, path=printable(str(self.path))) from None
