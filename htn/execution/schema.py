"""The journal's tables, written once for both databases."""

from __future__ import annotations

import re

__all__ = ["ADDITIONS", "LAYOUT", "postgres_statements", "sqlite_statements"]

LAYOUT = 2

_TABLES = """
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
_SQLITE_TRIGGERS = (
    "CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit record only grows'); END",
    "CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit record only grows'); END",
)

# Only where several processes carry out runs: who they are, and the layout, which SQLite keeps in the file's header.
_POSTGRES_ONLY = (
    (
        "CREATE TABLE workers(executor TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, host TEXT NOT NULL,"
        " pid BIGINT NOT NULL, places BIGINT NOT NULL,"
        " started DOUBLE PRECISION NOT NULL, seen DOUBLE PRECISION NOT NULL)"
    ),
    (
        "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the audit record only grows'; END $$"
    ),
    (
        "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()"
    ),
    "CREATE TABLE layout(version BIGINT NOT NULL, identity TEXT NOT NULL)",
)

ADDITIONS = {
    "rates": (
        "CREATE TABLE IF NOT EXISTS rates(name TEXT PRIMARY KEY, requests DOUBLE PRECISION NOT NULL,"
        " tokens DOUBLE PRECISION NOT NULL, moment DOUBLE PRECISION NOT NULL, closed DOUBLE PRECISION NOT NULL)"
    ),
    "spending": (
        "CREATE TABLE IF NOT EXISTS spending(run_id TEXT NOT NULL, step_id TEXT NOT NULL, session BIGINT NOT NULL,"
        " attempt BIGINT NOT NULL, launch BIGINT NOT NULL, day BIGINT NOT NULL, state TEXT NOT NULL,"
        " tokens DOUBLE PRECISION NOT NULL, money DOUBLE PRECISION NOT NULL, seconds DOUBLE PRECISION NOT NULL,"
        " steps DOUBLE PRECISION NOT NULL, replans DOUBLE PRECISION NOT NULL,"
        " PRIMARY KEY(run_id, step_id, session, attempt, launch))"
    ),
}
"""Tables by name that came later and that programs which do not know them need not know: the layout stays the same, so
that workers of both versions can work side by side."""

# Tables whose rows are read in the order in which they were written; SQLite numbers all rows.
_NUMBERED = ("runs", "steps", "approvals")


def _statements(text: str) -> list[str]:
    return [statement.strip() for statement in text.split(";") if statement.strip()]


def sqlite_statements(present: int) -> list[str]:
    """Return what brings an SQLite file from a layout, 0 for an empty file, to the present one."""
    return [*_statements(_ADDED if present else _TABLES + _ADDED), *_SQLITE_TRIGGERS]


def postgres_statements() -> list[str]:
    """Return what makes the tables in an empty PostgreSQL schema.

    Examples
    --------
    >>> postgres_statements()[0].splitlines()[0]
    'CREATE TABLE runs( rowid BIGINT GENERATED ALWAYS AS IDENTITY,'
    """
    return [*map(_for_postgres, _statements(_TABLES + _ADDED)), *_POSTGRES_ONLY]


def _for_postgres(statement: str) -> str:
    statement = statement.replace(
        "INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
    )
    statement = re.sub(r"\bREAL\b", "DOUBLE PRECISION", re.sub(r"\bINTEGER\b", "BIGINT", statement))
    numbered = re.match(rf"CREATE TABLE ({'|'.join(_NUMBERED)})\(", statement)
    if numbered:
        statement = f"{numbered[0]} rowid BIGINT GENERATED ALWAYS AS IDENTITY,{statement[numbered.end() :]}"
    return statement
