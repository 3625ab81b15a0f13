"""Putting what a file says into the workspace: all of it in one transaction, in place of what it brought before."""

from __future__ import annotations

# Queries are put together from fixed text; every value is a parameter.
# ruff: noqa: S608
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from domains.analysis.corpus.files import SourceFile
from domains.analysis.corpus.names import name_key
from domains.analysis.corpus.parsed import Issue, Parsed, ParsedCall
from domains.analysis.corpus.workspace import begin

__all__ = ["Store"]

# The columns that a file fills; those in _WRITTEN are kept as written too, for joining (see schema.py).
_COLUMNS = {
    "accounts": "account sector region segment employees revenue country parent year_established",
    "reps": "rep manager region hire_date",
    "products": "product series price",
    "opportunities": "opportunity_id account rep product stage status created_date engage_date close_date"
    " expected_close amount competitor loss_reason forecast_category segment",
    "stage_history": "opportunity_id stage entered_date",
    "content": "content_id title kind",
    "content_use": "content_id opportunity_id call_id date",
    "trainings": "rep training date",
    "quotas": "rep period_start period_end amount",
    "competitors": "name aliases",
    "call_details": "call_ref date title rep prospect account opportunity_id duration_s outcome amount",
    "call_parties": "call_id speaker_id name role title",
}
_WRITTEN = {
    "opportunities": ("account", "rep", "product", "competitor"),
    "trainings": ("rep",),
    "quotas": ("rep",),
}
_KEYS = {
    "accounts": "account",
    "reps": "rep",
    "products": "product",
    "opportunities": "opportunity_id",
    "content": "content_id",
    "competitors": "name",
}
_CALL_FIELDS = ("date", "title", "rep", "prospect", "account", "opportunity", "duration", "outcome", "amount")


class Store:
    """The writing side of a workspace; knows which files it holds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        rows = connection.execute("SELECT file_id, path, sha256, reader FROM ingest_files").fetchall()
        self.files: dict[str, tuple[int, str, str]] = {row[1]: (row[0], row[2], row[3]) for row in rows}

    def is_same(self, file: SourceFile, reader: str) -> bool:
        """Return whether the workspace holds this file with this content, read by the same rules."""
        return self.files.get(file.name, (0, "", ""))[1:] == (file.sha256, reader)

    def other_with_content(self, file: SourceFile) -> str | None:
        """Return the name of another file with the same content, or None."""
        return next((name for name, held in self.files.items() if held[1] == file.sha256 and name != file.name), None)

    def replace(self, file: SourceFile, parsed: Parsed, reader: str) -> dict[str, int]:
        """Store what a file says in place of what it brought before; return the number of rows by table."""
        begin(self.connection)
        try:
            file_id = self._clear(file, parsed, reader)
            counts: dict[str, int] = {}
            self._add_calls(parsed, file, file_id, counts)
            for table, rows in parsed.rows.items():
                self._add_rows(parsed, table, rows, file_id, counts)
            self._add_issues(file, parsed.issues)
            total = sum(counts.values())
            self.connection.execute("UPDATE ingest_files SET rows = ? WHERE file_id = ?", (total, file_id))
            self.connection.execute("UPDATE ingest_state SET value = 'no' WHERE key = 'joined'")
            self.connection.execute("COMMIT")
        except BaseException:
            # Whatever stopped it, an interrupt too: nothing of a file is stored unless all of it is.
            self.connection.execute("ROLLBACK")
            raise
        self.files[file.name] = (file_id, file.sha256, reader)
        return counts

    def is_joined(self) -> bool:
        """Return whether the files have been joined since the last one was stored."""
        row = self.connection.execute("SELECT value FROM ingest_state WHERE key = 'joined'").fetchone()
        return bool(row[0] == "yes")

    def _clear(self, file: SourceFile, parsed: Parsed, reader: str) -> int:
        values = (file.sha256, parsed.kind, datetime.now(UTC).isoformat(timespec="seconds"), reader)
        held = self.files.get(file.name)
        if held is None:
            cursor = self.connection.execute(
                "INSERT INTO ingest_files (sha256, kind, ingested_at, reader, path, rows) VALUES (?, ?, ?, ?, ?, 0)",
                (*values, file.name),
            )
            return int(cursor.lastrowid or 0)
        file_id = held[0]
        query = "DELETE FROM turns WHERE call_id IN (SELECT call_id FROM calls WHERE file_id = ?)"
        self.connection.execute(query, (file_id,))
        for table in ("calls", *_COLUMNS):
            self.connection.execute(f"DELETE FROM {table} WHERE file_id = ?", (file_id,))
        self.connection.execute("DELETE FROM ingest_issues WHERE path = ? AND found_by = 'reading'", (file.name,))
        query = "UPDATE ingest_files SET sha256 = ?, kind = ?, ingested_at = ?, reader = ? WHERE file_id = ?"
        self.connection.execute(query, (*values, file_id))
        return file_id

    def _add_calls(self, parsed: Parsed, file: SourceFile, file_id: int, counts: dict[str, int]) -> None:
        for call in parsed.calls:
            self._displace_call(parsed, call)
            self._add_call(call, file, file_id)
            for content in call.content:
                row = {"content_id": content, "opportunity_id": call.opportunity_id, "call_id": call.call_id}
                parsed.add("content_use", call.line, {**row, "date": call.date})
        if parsed.calls:
            counts["calls"] = len(parsed.calls)
            counts["turns"] = sum(len(call.turns) for call in parsed.calls)

    def _add_call(self, call: ParsedCall, file: SourceFile, file_id: int) -> None:
        written = (
            call.date, call.title, call.rep, call.prospect, call.account, call.opportunity_id, call.duration_s,
            call.outcome, call.amount,
        )  # fmt: skip
        columns = ", ".join(f"{name}_written" for name in _CALL_FIELDS)
        timed = sum(1 for turn in call.turns if turn.start_s is not None)
        counted = (len(call.turns), timed, sum(1 for turn in call.turns if turn.role == "unknown"))
        self.connection.execute(
            "INSERT INTO calls (call_id, date, title, rep, prospect, account, opportunity_id, duration_s, outcome,"
            f" amount, source, turn_count, timed_turns, unknown_turns, stem, file_id, line, {columns})"
            f" VALUES ({', '.join('?' * 26)})",
            (call.call_id, *written, file.name, *counted, name_key(file.path.stem), file_id, call.line, *written),
        )
        self.connection.executemany(
            "INSERT INTO turns (call_id, idx, role, speaker, text, start_s, end_s, role_written, speaker_written)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?3, ?4)",
            [
                (call.call_id, idx, turn.role, turn.speaker, turn.text, turn.start_s, turn.end_s)
                for idx, turn in enumerate(call.turns)
            ],
        )

    def _displace_call(self, parsed: Parsed, call: ParsedCall) -> None:
        """Take out a call of the same id that another file brought: the file read last counts."""
        query = "SELECT path FROM calls JOIN ingest_files USING (file_id) WHERE call_id = ?"
        other = self.connection.execute(query, (call.call_id,)).fetchone()
        if other is None:
            return
        query = "SELECT text FROM turns WHERE call_id = ? ORDER BY idx"
        held = [row[0] for row in self.connection.execute(query, (call.call_id,))]
        what = "with the same turns" if held == [turn.text for turn in call.turns] else "with other turns"
        problem = f"call {call.call_id!r} is in {other[0]} too, {what}"
        parsed.report(call.line, problem, "the file read last kept", "calls: one id in two files")
        self.connection.execute("DELETE FROM turns WHERE call_id = ?", (call.call_id,))
        self.connection.execute("DELETE FROM calls WHERE call_id = ?", (call.call_id,))

    def _add_rows(
        self, parsed: Parsed, table: str, rows: Iterable[tuple[int | None, dict[str, Any]]], file_id: int,
        counts: dict[str, int],
    ) -> None:  # fmt: skip
        names = _COLUMNS[table].split()
        written = _WRITTEN.get(table, ())
        lined = table != "call_parties"
        columns = [*names, *(f"{name}_written" for name in written), "file_id", *(["line"] if lined else [])]
        kept = self._undisputed(parsed, table, names, rows)
        self.connection.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            [
                [row.get(name) for name in (*names, *written)] + [file_id] + ([line] if lined else [])
                for line, row in kept
            ],
        )
        counts[table] = counts.get(table, 0) + len(kept)

    def _undisputed(
        self, parsed: Parsed, table: str, names: list[str], rows: Iterable[tuple[int | None, dict[str, Any]]]
    ) -> list[tuple[int | None, dict[str, Any]]]:
        """Return the rows to store, after taking out rows of other files that have the same key."""
        rows = list(rows)
        key = _KEYS.get(table)
        if key is None:
            return rows
        held = {row[key]: row for row in self.connection.execute(f"SELECT * FROM {table}")}
        if not held:
            return rows
        written = _WRITTEN.get(table, ())
        columns = [f"{name}_written" if name in written else name for name in names]
        for line, row in rows:
            other = held.get(row[key])
            if other is None:
                continue
            if [other[column] for column in columns] != [row.get(name) for name in names]:
                path = self.connection.execute(
                    "SELECT path FROM ingest_files WHERE file_id = ?", (other["file_id"],)
                ).fetchone()[0]
                problem = f"{key} {row[key]!r} is in {path} too, with other values"
                parsed.report(line, problem, "the file read last kept", f"{table}: one {key} in two files")
            self.connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (row[key],))
        return rows

    def _add_issues(self, file: SourceFile, issues: Iterable[Issue]) -> None:
        self.connection.executemany(
            "INSERT INTO ingest_issues VALUES (?, ?, ?, ?, ?, 'reading')",
            [(file.name, issue.line, issue.problem, issue.action, issue.topic) for issue in issues],
        )
