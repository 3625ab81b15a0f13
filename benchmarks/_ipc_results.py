"""Results in a file, a line for each run, so that a benchmark that was stopped goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["Results"]

IDENTITY = ("planner", "version", "instance", "seconds_limit", "gib_limit", "clock", "verifier")


class Results:
    """Rows by what was run: planner, its version, instance and limits.

    Parameters
    ----------
    path : Path, optional
        The file; without one the rows are only kept in memory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        if path is not None and path.exists():
            self._read(path)

    def _read(self, path: Path) -> None:
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):  # it was stopped while writing
            with path.open("r+b") as file:
                file.truncate(whole)
        for line in data[:whole].splitlines():
            row = json.loads(line)
            self.rows[_identity(row)] = row

    def get(self, identity: dict[str, Any]) -> dict[str, Any] | None:
        """Return the row of a run that is done, or None."""
        return self.rows.get(_identity(identity))

    def add(self, row: dict[str, Any]) -> None:
        """Keep a row, in the file at once."""
        self.rows[_identity(row)] = row
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _identity(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in IDENTITY)
