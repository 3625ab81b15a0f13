"""Joining what the files say: names to one spelling, calls to their details and deals, competitors to turns."""

from __future__ import annotations

# Queries are put together from fixed text; every value is a parameter.
# ruff: noqa: S608
import sqlite3
from collections.abc import Callable

from domains.analysis.corpus import call_joins
from domains.analysis.corpus.names import NameIndex
from domains.analysis.corpus.workspace import begin

__all__ = ["join"]

# Whose names are spelt in which table's column; how freely they are read; which tables use them.
_SPELLINGS: tuple[tuple[str, str, dict[str, bool], tuple[str, ...]], ...] = (
    ("accounts", "account", {"companies": True}, ("opportunities", "calls")),
    ("reps", "rep", {}, ("opportunities", "calls", "trainings", "quotas")),
    ("products", "product", {"typos": True}, ("opportunities",)),
    ("competitors", "name", {"typos": True, "companies": True}, ("opportunities",)),
)

# A row that refers to one which is not there: the table, what it is called, and when.
_ORPHANS = (
    ("calls", "opportunity_id", "opportunities", "opportunity_id", "call {0!r} belongs to deal {1!r}"),
    ("stage_history", "opportunity_id", "opportunities", "opportunity_id", "a stage change of deal {1!r}"),
    ("content_use", "opportunity_id", "opportunities", "opportunity_id", "a use of content for deal {1!r}"),
    ("content_use", "content_id", "content", "content_id", "a use of content {1!r}"),
    ("content_use", "call_id", "calls", "call_id", "a use of content in call {1!r}"),
    ("call_parties", "call_id", "calls", "call_id", "speakers of call {1!r}"),
)


def join(connection: sqlite3.Connection) -> None:
    """Join all files of a workspace anew, in one transaction.

    Everything is worked out from what the files say and not from an earlier joining, so the outcome is the same in
    whatever order and however often files were read.
    """
    begin(connection)
    try:
        connection.execute("DELETE FROM ingest_issues WHERE found_by = 'joining'")
        call_joins.reset(connection)
        call_joins.add_details(connection, report)
        _join_names(connection)
        call_joins.add_parties(connection)
        call_joins.assign_roles(connection, report)
        call_joins.add_deals(connection)
        call_joins.find_mentions(connection)
        _report_orphans(connection)
        _report_idle(connection)
        connection.execute("UPDATE ingest_state SET value = 'yes' WHERE key = 'joined'")
        connection.execute("COMMIT")
    except BaseException:
        # An interrupt leaves the workspace as it was: readable, and marked as not yet joined.
        connection.execute("ROLLBACK")
        raise


def report(
    connection: sqlite3.Connection, file_id: int, line: int | None, problem: str, action: str, topic: str
) -> None:
    """Store an issue that joining found, at the file and line of the row it is about."""
    connection.execute(
        "INSERT INTO ingest_issues SELECT path, ?, ?, ?, ?, 'joining' FROM ingest_files WHERE file_id = ?",
        (line, problem, action, topic, file_id),
    )


Report = Callable[[sqlite3.Connection, int, int | None, str, str, str], None]


def _join_names(connection: sqlite3.Connection) -> None:
    for table, key, freedom, users in _SPELLINGS:
        known = [row[0] for row in connection.execute(f"SELECT {key} FROM {table}")]
        column = "competitor" if table == "competitors" else key
        for user in users:
            if user != "calls":
                query = f"UPDATE {user} SET {column} = {column}_written WHERE {column} IS NOT {column}_written"
                connection.execute(query)
            if known:
                _join_column(connection, NameIndex(known, **freedom), table, user, column)


def _join_column(connection: sqlite3.Connection, index: NameIndex, table: str, user: str, column: str) -> None:
    query = f"SELECT DISTINCT {column} FROM {user} WHERE {column} IS NOT NULL ORDER BY {column}"
    for (written,) in connection.execute(query).fetchall():
        found = index.find(written)
        if found.name == written:
            continue
        if found.name is not None:
            problem = f"{column} {written!r} is not in {table}, {found.name!r} is"
            action, topic = f"read as {found.name!r}", f"{user}: {column} {written!r}"
        else:
            hint = f"; near it is {found.near[0]!r}" if found.near else ""
            problem, action = f"{column} {written!r} is not in {table}{hint}", "kept as written"
            topic = f"{user}: {column} not in {table}"
        rows = connection.execute(f"SELECT file_id, line FROM {user} WHERE {column} = ?", (written,)).fetchall()
        for file_id, line in rows:
            report(connection, file_id, line, problem, action, topic)
        if found.name is not None:
            connection.execute(f"UPDATE {user} SET {column} = ? WHERE {column} = ?", (found.name, written))


def _report_orphans(connection: sqlite3.Connection) -> None:
    for table, column, other, key, words in _ORPHANS:
        if connection.execute(f"SELECT NOT EXISTS (SELECT 1 FROM {other})").fetchone()[0]:
            continue
        line = "NULL" if table == "call_parties" else "line"
        name = "call_id" if table == "calls" else column
        query = (
            f"SELECT DISTINCT file_id, {line}, {name}, {column} FROM {table}"
            f" WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT {key} FROM {other})"
        )
        for file_id, at, own, missing in connection.execute(query).fetchall():
            problem = f"{words.format(own, missing)}, which is not in {other}"
            report(connection, file_id, at, problem, "kept", f"{table}: {column} not in {other}")


def _report_idle(connection: sqlite3.Connection) -> None:
    """Report the reps, accounts and products that no deal has."""
    if connection.execute("SELECT NOT EXISTS (SELECT 1 FROM opportunities)").fetchone()[0]:
        return
    for table, column in (("reps", "rep"), ("accounts", "account"), ("products", "product")):
        query = (
            f"SELECT file_id, line, {column} FROM {table} WHERE {column} NOT IN"
            f" (SELECT {column} FROM opportunities WHERE {column} IS NOT NULL) ORDER BY line"
        )
        for file_id, line, name in connection.execute(query).fetchall():
            report(connection, file_id, line, f"{column} {name!r} has no deal", "kept", f"{table}: without deals")
