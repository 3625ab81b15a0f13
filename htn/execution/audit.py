"""The audit record: what runs did, append-only, each entry's hash covering the one before, so that changes show."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from htn.execution.canonical import canonical_json, content_hash
from htn.execution.database import Database, Row, private_directory, private_file
from htn.execution.redaction import Redactor

__all__ = ["GENESIS", "AuditLog", "AuditVerdict", "audit_lines", "verify_audit"]

GENESIS = "0" * 64
HEAD_FILE = "audit.head"

_Head = tuple[int, str]


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What checking the audit record gave.

    Attributes
    ----------
    entries : int
        Entries that are as they were written.
    head : str
        Hash of the last of them; kept elsewhere, it shows later that nothing before it was changed.
    broken : int or None
        Number of the first entry that is not as it was written, or None when all are.
    why : str
        What is wrong with it.
    """

    entries: int
    head: str
    broken: int | None = None
    why: str = ""

    @property
    def intact(self) -> bool:
        """Whether nothing was changed."""
        return self.broken is None

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as JSON data."""
        return {
            "intact": self.intact,
            "entries": self.entries,
            "head": self.head,
            "broken": self.broken,
            "why": self.why,
        }

    def __str__(self) -> str:
        if self.broken is None:
            return f"The audit record is intact: {self.entries} entries, the last with hash {self.head}."
        return (
            f"The audit record is broken at entry {self.broken}: {self.why}. The {self.entries} before it are intact."
        )


class AuditLog:
    """Appends to the audit record of a workspace, in the journal's transactions.

    An entry's hash is the SHA-256 of its canonical JSON: number, run, time, kind, content, and the hash of the entry
    before. The last number and hash are kept in the database as well, and in the file ``audit.head``, which is written
    after each commit that is on disk: so a record cut short, or an older copy of it, shows too.

    Parameters
    ----------
    database : Database
        The journal's database.
    redactor : Redactor
        Takes out what must not be written.
    workspace : Path
        The workspace's directory.
    """

    def __init__(self, database: Database, redactor: Redactor, workspace: Path) -> None:
        self._database = database
        self._redactor = redactor
        self._path = _head_file(workspace, database)
        if not self._path.exists() and (database.shared or self.head()[0] == 0):
            self.write_head((0, GENESIS))

    def append(self, run_id: str, kind: str, content: Mapping[str, Any]) -> None:
        """Append an entry."""
        with self._database.transaction():
            self._database.alone("audit")
            seq, previous = self.head()
            seq += 1
            moment = time.time()
            redacted = self._redactor.data(content)
            digest = _digest(seq, run_id, moment, kind, redacted, previous)
            self._database.write(
                "INSERT INTO audit(seq, run_id, time, kind, content, hash) VALUES (?, ?, ?, ?, ?, ?)",
                (seq, run_id, moment, kind, canonical_json(redacted), digest),
            )
            self._database.write("UPDATE audit_head SET seq = ?, hash = ?", (seq, digest))

    def head(self) -> _Head:
        """Return number and hash of the last entry."""
        row = self._database.row("SELECT seq, hash FROM audit_head")
        return (0, GENESIS) if row is None else (int(row["seq"]), str(row["hash"]))

    def write_head(self, head: _Head) -> None:
        """Note an entry that is on disk in the file beside the database; a file that lags is as good."""
        private_directory(self._path.parent)
        private_file(self._path)
        descriptor = os.open(self._path, os.O_RDWR)
        try:
            os.pwrite(descriptor, f"{head[0]:020d} {head[1]}\n".encode(), 0)  # one write of fixed length, in place
        finally:
            os.close(descriptor)


def _head_file(workspace: Path, database: Database) -> Path:
    """Return the file that notes where the record ends; each database that a workspace used has its own."""
    return workspace / (f"audit-{database.identity}.head" if database.identity else HEAD_FILE)


def _digest(seq: int, run_id: str, moment: float, kind: str, content: Any, previous: str) -> str:
    entry = {"seq": seq, "run": run_id, "time": moment, "kind": kind, "content": content, "previous": previous}
    return content_hash(entry)


def _rows(database: Database) -> list[Row]:
    """Return all entries, each with the head as it was at the same moment; entry None when there is none."""
    if not database.has_table("audit"):
        return []
    return database.rows(
        "SELECT a.*, h.seq AS head_seq, h.hash AS head_hash FROM (SELECT 1) one LEFT JOIN audit_head h ON true"
        " LEFT JOIN audit a ON true ORDER BY a.seq"
    )


def verify_audit(workspace: Path | str, *, head: str | None = None) -> AuditVerdict:
    """Check that the audit record of a workspace is as it was written.

    Parameters
    ----------
    workspace : Path or str
        The workspace.
    head : str or None
        Hash of an entry that was noted elsewhere and must be in the record. Without one, whoever can write all files of
        the workspace could write the whole record anew.

    Returns
    -------
    AuditVerdict
        The first entry that was changed, is missing or is in the wrong place.
    """
    from htn.execution.journal import Journal

    with Journal(workspace, readonly=True) as journal:
        head_file = _head_file(Path(workspace), journal.database)
        noted = _noted(head_file)  # read first: the record may grow meanwhile
        # Each machine of a team has a file of its own, and none before its first run.
        wanted = not journal.database.shared
        rows = _rows(journal.database)
    previous, count = GENESIS, 0
    hashes = {0: GENESIS}
    for row in rows:
        if row["seq"] is None:
            break
        why = _wrong(row, count + 1, previous)
        if why is not None:
            return AuditVerdict(count, previous, count + 1, why)
        count, previous = row["seq"], row["hash"]
        hashes[count] = previous
    why = _end_wrong(rows, count, previous)
    if why is None and rows and (noted is not None or (wanted and count)):
        why = _note_wrong(head_file.name, count, hashes, noted)
    if why is None and head is not None and head not in hashes.values():
        why = f"no entry has the hash {head} that was noted; the record was cut short or written anew"
    return AuditVerdict(count, previous) if why is None else AuditVerdict(count, previous, count + 1, why)


def _wrong(row: Row, expected: int, previous: str) -> str | None:
    """Return what is wrong with an entry, given its place and the hash before it."""
    if row["seq"] != expected:
        return f"it is missing, entry {row['seq']} comes next"
    try:
        content = json.loads(row["content"])
        digest = _digest(row["seq"], row["run_id"], row["time"], row["kind"], content, previous)
    except (TypeError, ValueError):
        return "it cannot be read"
    return None if digest == row["hash"] else "what it says, or what comes before it, was changed"


def _end_wrong(rows: list[Row], count: int, last: str) -> str | None:
    """Return what is wrong with where the record ends."""
    if not rows:  # a workspace of a version without audit record
        return None
    if rows[0]["head_seq"] is None:
        return "the note of where the record ends is gone from the database"
    if (rows[0]["head_seq"], rows[0]["head_hash"]) != (count, last):
        return f"it is missing, the record went on to entry {rows[0]['head_seq']}"
    return None


def _note_wrong(name: str, count: int, hashes: Mapping[int, str], noted: _Head | str | None) -> str | None:
    """Return how the record differs from the note beside it."""
    if noted is None:
        return f"the file {name}, which notes where the record ends, is gone"
    if isinstance(noted, str):
        return noted
    if noted[0] > count:
        return f"it is missing, the record went on to entry {noted[0]} according to {name}"
    if hashes[noted[0]] != noted[1]:
        return f"entry {noted[0]} is not the one that {name} notes; the record was written anew"
    return None


def _noted(path: Path) -> _Head | str | None:
    """Return what the head file notes, or a sentence when it cannot be read."""
    try:
        number, digest = path.read_text().split()
        return int(number), digest
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return f"the file {path.name}, which notes where the record ends, cannot be read"


def audit_lines(workspace: Path | str, run_id: str | None = None) -> Iterator[str]:
    """Yield the audit record, or a run's part of it, as lines of JSON.

    A line's ``hash`` is the SHA-256 of the line without it, written in UTF-8 with sorted keys and no spare space.
    """
    from htn.execution.journal import Journal

    with Journal(workspace, readonly=True) as journal:
        rows = _rows(journal.database)
    previous = GENESIS
    for row in rows:
        if row["seq"] is None:
            return
        if run_id is None or row["run_id"] == run_id:
            entry = {
                "seq": row["seq"],
                "run": row["run_id"],
                "time": row["time"],
                "kind": row["kind"],
                "content": json.loads(row["content"]),
                "previous": previous,
                "hash": row["hash"],
            }
            # It may end up on a terminal: control characters are escaped, the one that JSON leaves included.
            yield json.dumps(entry, sort_keys=True, separators=(",", ":")).replace("\x7f", "\\u007f")
        previous = row["hash"]
