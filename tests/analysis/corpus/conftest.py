"""What the corpus tests share: an empty workspace, files written on the spot, and the content of a database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from domains.analysis.corpus.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    """An empty workspace in a folder of its own."""
    with Workspace.open(tmp_path / "workspace", create=True) as opened:
        yield opened


@pytest.fixture
def write(tmp_path):
    """Write a file below the test's folder and return its path."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.fixture
def dump():
    """Return every row of every table of a workspace, and what its full-text index finds."""

    def dump_file(workspace: Workspace) -> dict[str, list[str]]:
        connection = sqlite3.connect(workspace.path)
        try:
            query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'turns_fts%'"
            tables = [row[0] for row in connection.execute(query)]
            found = {table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}"))) for table in tables}
            connection.execute("INSERT INTO turns_fts (turns_fts, rank) VALUES ('integrity-check', 1)")
            return found
        finally:
            connection.close()

    return dump_file
