"""The journal in PostgreSQL: the same tables for all machines of a team, writes fenced by who carries a run out."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from htn.execution.database import Database, Row
from htn.execution.errors import EmptyJournalError, EngineError, JournalError, SupersededError
from htn.execution.location import without_secrets
from htn.execution.schema import ADDITIONS, LAYOUT, postgres_statements

if TYPE_CHECKING:
    import psycopg

__all__ = ["PostgresDatabase", "lock_key"]

SCHEMA = "htn"
CONNECT_SECONDS = 10
RECONNECT_SECONDS = 60.0
PAUSE = 0.25
FROZEN_SECONDS = 5

T = TypeVar("T")


def lock_key(name: str) -> int:
    """Return the number of an advisory lock; 64 bits of a hash, so that two names do not meet.

    Examples
    --------
    >>> lock_key("run r1") == lock_key("run r1") != lock_key("run r2")
    True
    """
    return int.from_bytes(hashlib.sha256(f"{SCHEMA}:{name}".encode()).digest()[:8], "big", signed=True)


class _NamedRow:
    """A row whose values are found by name and by place."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: dict[str, int], values: Sequence[Any]) -> None:
        self._places = places
        self._values = values

    def __getitem__(self, key: str | int) -> Any:
        return self._values[key if isinstance(key, int) else self._places[key]]


def _row_factory(cursor: Any) -> Callable[[Sequence[Any]], _NamedRow]:
    places = {column.name: place for place, column in enumerate(cursor.description or ())}
    return lambda values: _NamedRow(places, values)


class PostgresDatabase(Database):
    """A journal in a PostgreSQL database, in its schema ``htn``.

    A transaction that need not be on disk leaves that to the next one that is: the server writes one log in the order
    of the commits, the engine's records included. When the connection is lost between transactions, a new one is made,
    for a minute if need be; one that is lost inside a transaction fails it.

    Parameters
    ----------
    address : str
        ``postgresql://...``; what it leaves out is taken from the usual variables and the password file.
    readonly : bool
        Open for reading only; nothing is created.
    application : str
        What the connection is called in the server's list of connections.
    """

    shared = True

    def __init__(self, address: str, *, readonly: bool = False, application: str = "htn") -> None:
        super().__init__()
        try:
            import psycopg
        except ModuleNotFoundError as error:
            raise EngineError("PostgreSQL needs the package psycopg: pip install 'htn[team]'") from error
        self._psycopg = psycopg
        self._address = address
        self.name = without_secrets(address)
        self.readonly = readonly
        self._application = application
        self._held: list[tuple[str, bool]] = []
        self._fence: tuple[str, int, int] | None = None
        self._identity = ""
        self._unsent: list[bytes] = []
        self._alone: set[str] = set()
        self._connection = self._connect()
        try:
            self._check_layout()
        except BaseException:
            self._connection.close()
            raise

    # ----------------------------------------------------------------------------------------------------- connection
    def _connect(self) -> psycopg.Connection[_NamedRow]:
        try:
            connection: psycopg.Connection[_NamedRow] = self._psycopg.connect(
                self._address,
                autocommit=True,
                row_factory=_row_factory,
                cursor_factory=self._psycopg.ClientCursor,
                connect_timeout=CONNECT_SECONDS,
                application_name=self._application,
                # A machine that is gone without a word is noticed, and so is a server that is.
                keepalives_idle=5,
                keepalives_interval=2,
                keepalives_count=3,
            )
            connection.execute(f"SET search_path TO {SCHEMA}".encode())
            # A process that is frozen inside a transaction must not keep the others from writing.
            connection.execute(f"SET idle_in_transaction_session_timeout TO '{FROZEN_SECONDS}s'".encode())
            if self.readonly:
                connection.execute("SET default_transaction_read_only TO on")
            for name, exclusive in self._held:
                self._lock_session(connection, name, exclusive=exclusive)
        except self._psycopg.Error as error:
            raise self._unusable(error) from error
        return connection

    def _check_layout(self) -> None:
        """Make the tables if need be, and see that they are those that this program knows."""
        if not self._has_layout():
            if self.readonly:
                raise EmptyJournalError(f"{self.name}: there are no runs here yet; start one first")
            self._create_schema()
        row = self.row("SELECT version, identity FROM layout")
        version = None if row is None else int(row["version"])
        if row is None or version != LAYOUT:
            raise JournalError(
                f"{self.name}: has layout {version}, this program reads layout {LAYOUT}; "
                "use the version of the program that wrote it"
            )
        self._identity = str(row["identity"])
        for name, statement in ADDITIONS.items():
            if not self.readonly and not self.has_table(name):
                with self.durable():
                    self.alone("layout")
                    self.execute(statement)

    def _has_layout(self) -> bool:
        return self.has_table("layout")

    def _create_schema(self) -> None:
        with self.durable():
            self.alone("layout")  # another process may have created it while this one waited
            if self._has_layout():
                return
            for statement in (f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}", *postgres_statements()):
                self._connection.execute(statement.encode())
            self.execute("INSERT INTO layout VALUES (?, ?)", (LAYOUT, secrets.token_hex(8)))

    def _again(self, work: Callable[[], T]) -> T:
        """Do what begins a transaction or is one; on a lost connection make another and do it again, for a while."""
        until = time.monotonic() + RECONNECT_SECONDS
        while True:
            try:
                if self._connection.closed:
                    self._connection = self._connect()
                return work()
            except (self._psycopg.OperationalError, JournalError) as error:
                if isinstance(error, SupersededError) or not self._lost(error) or time.monotonic() >= until:
                    raise error if isinstance(error, JournalError) else self._unusable(error) from error
                with suppress(self._psycopg.Error):
                    self._connection.close()
                time.sleep(PAUSE)

    def _lost(self, error: Exception) -> bool:
        """Whether an error says that the server is away, rather than that it refuses."""
        cause = error.__cause__ if isinstance(error, JournalError) else error
        if not isinstance(cause, self._psycopg.OperationalError):
            return False
        return self._connection.closed or cause.sqlstate is None or cause.sqlstate.startswith(("08", "57P"))

    def _unusable(self, error: Exception) -> JournalError:
        why = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        if isinstance(error, self._psycopg.errors.InsufficientPrivilege):
            return JournalError(f"{self.name}: {why}; grant it to the user, or use another database")
        if isinstance(error, self._psycopg.OperationalError):
            return JournalError(f"{self.name}: cannot be used ({why}); see that the server runs and lets this user in")
        return JournalError(f"{self.name}: cannot be written ({why})")

    # --------------------------------------------------------------------------------------------------- transactions
    @contextmanager
    def _outermost(self, *, on_disk: bool) -> Iterator[None]:
        self._again(lambda: self._begin(on_disk=on_disk))
        try:
            yield
            self._send(b"COMMIT")
        except self._psycopg.Error as error:
            self._rollback()
            raise self._unusable(error) from error
        except BaseException:
            self._rollback()
            raise

    def _begin(self, *, on_disk: bool) -> None:
        """Begin in one message to the server; where a session is held, see that it is still this process's."""
        self._alone.clear()
        begin = "BEGIN" if on_disk else "BEGIN; SET LOCAL synchronous_commit TO off"
        if self._fence is None:
            self._connection.execute(begin.encode())
            return
        run_id, session, launch = self._fence
        fenced = (
            "; SELECT pg_advisory_xact_lock_shared(%s);"
            " SELECT launches FROM sessions WHERE run_id = %s AND session = %s"
        )
        cursor = self._connection.execute(
            (begin + fenced).encode(),
            (lock_key(_session_name(run_id, session)), run_id, session),
        )
        while cursor.nextset():
            pass
        row = cursor.fetchone()
        if row is None or row[0] != launch:
            self._rollback()
            raise SupersededError(f"run {run_id} was taken over by another process; this one leaves it alone")

    def _send(self, *more: bytes) -> None:
        """Send what was written and not sent yet, and more, in one message."""
        statements, self._unsent = (*self._unsent, *more), []
        if statements:
            self._connection.execute(b";".join(statements))

    def _rollback(self) -> None:
        self._unsent = []
        with suppress(self._psycopg.Error):  # the first error is the one to report
            self._connection.execute("ROLLBACK")

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Carry out one statement in a transaction; return the number of rows that it changed."""
        with self.transaction():
            self._send()
            return self._connection.execute(_translated(sql), _storable(parameters)).rowcount

    def write(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Carry out a statement in a transaction, sent together with what follows."""
        with self.transaction():
            cursor = self._psycopg.ClientCursor(self._connection)
            self._unsent.append(cursor.mogrify(_translated(sql), _storable(parameters)).encode())

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query."""

        def ask() -> list[Row]:
            return list(self._connection.execute(_translated(sql), _storable(parameters)).fetchall())

        with self._lock:
            if self._depth:
                self._send()
                return ask()  # an error ends the transaction, which reports it
            try:
                return self._again(ask)
            except self._psycopg.Error as error:
                raise self._unusable(error) from error

    def has_table(self, name: str) -> bool:
        """Whether there is such a table."""
        # Not by `to_regclass`, which may answer from before a wait for a lock.
        return self.row("SELECT 1 FROM pg_tables WHERE schemaname = ? AND tablename = ?", (SCHEMA, name)) is not None

    # ---------------------------------------------------------------------------------------------------------- locks
    def alone(self, name: str) -> None:
        """Inside a transaction, wait until no other transaction is alone under this name, and keep it until the end."""
        if name not in self._alone:
            self._send()
            self._connection.execute(b"SELECT pg_advisory_xact_lock(%s)", (lock_key(name),))
            self._alone.add(name)

    def alone_now(self, name: str) -> bool:
        """Like `alone`, but say at once whether another transaction is."""
        row = self.row("SELECT pg_try_advisory_xact_lock(?)", (lock_key(name),))
        return row is not None and bool(row[0])

    def hold(self, run_id: str, session: int, launch: int) -> None:
        """From now on, refuse to write when the session was launched again, which means: by another process."""
        self._fence = (run_id, session, launch)

    def keep_lock(self, name: str, *, exclusive: bool) -> bool:
        """Take a lock that lasts as long as the connection, and is taken again with each new one.

        Returns
        -------
        bool
            False when another connection has it exclusively, or has it at all and this one wants it so.
        """
        with self._lock:
            taken = self._again(lambda: self._lock_session(self._connection, name, exclusive=exclusive))
            if taken:
                self._held.append((name, exclusive))
            return taken

    @staticmethod
    def _lock_session(connection: psycopg.Connection[_NamedRow], name: str, *, exclusive: bool) -> bool:
        function = "pg_try_advisory_lock" if exclusive else "pg_try_advisory_lock_shared"
        row = connection.execute(f"SELECT {function}(%s)".encode(), (lock_key(name),)).fetchone()
        return row is not None and bool(row[0])

    def lock_holders(self, name: str) -> list[str]:
        """Return the application names of the connections that keep a lock."""
        rows = self.rows(
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
            " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND ((l.classid::bigint << 32) | l.objid::bigint) = ?",
            (lock_key(name),),
        )
        return [str(row[0]) for row in rows]

    @property
    def identity(self) -> str:
        """What tells this database from others."""
        return self._identity

    def close(self) -> None:
        """Close the connection."""
        with self._lock, suppress(self._psycopg.Error):
            self._connection.close()


def _session_name(run_id: str, session: int) -> str:
    return f"session {run_id}.{session}"


def _translated(sql: str) -> bytes:
    return sql.replace("%", "%%").replace("?", "%s").encode()


def _storable(parameters: Sequence[Any]) -> tuple[Any, ...]:
    """Replace the one character that PostgreSQL's text cannot have."""
    return tuple(value.replace("\x00", "\ufffd") if isinstance(value, str) else value for value in parameters)
