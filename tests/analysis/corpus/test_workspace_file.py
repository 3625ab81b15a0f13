"""A workspace's file: private, never written by reading, and refused with one sentence when it is not right."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import pytest

from domains.analysis.corpus import schema
from domains.analysis.corpus import workspace as workspace_module
from domains.analysis.corpus.errors import FullTextMissingError, WorkspaceError
from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.records import Call, Deal, Turn
from domains.analysis.corpus.workspace import Workspace

LINE = json.dumps({"call_id": "k", "date": "2024-01-01", "turns": [{"role": "rep", "text": "hello there"}]})


def snapshot(folder):
    """Return every file of a folder with its content and time of change."""
    return {item.name: (item.stat().st_mtime_ns, item.read_bytes()) for item in sorted(folder.iterdir())}


def test_reading_writes_nothing(workspace, write):
    """After using the whole reading API, the folder holds the same files with the same bytes and times."""
    ingest(workspace, [write("c.jsonl", LINE)])
    workspace.close()
    before = snapshot(workspace.folder)
    assert ["corpus.sqlite"] == list(before)
    with Workspace.open(workspace.folder) as opened:
        opened.calls(), opened.deals(), opened.turns("k"), opened.turns_by_call()
        opened.search("hello"), opened.summary(), opened.facts(), opened.entities()
        assert before == snapshot(workspace.folder)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            opened.connection.execute("DELETE FROM calls")
    assert before == snapshot(workspace.folder)


def test_files_are_private(tmp_path):
    """Only the user may look into a new workspace."""
    old = os.umask(0)
    try:
        created = Workspace.open(tmp_path / "new", create=True)
    finally:
        os.umask(old)
    assert 0o700 == stat.S_IMODE(created.folder.stat().st_mode)
    assert 0o600 == stat.S_IMODE(created.path.stat().st_mode)
    created.close()


def test_create_opens_what_is_there(workspace, write):
    """Opening with create=True keeps an existing corpus."""
    ingest(workspace, [write("c.jsonl", LINE)])
    with Workspace.open(workspace.folder, create=True) as again:
        assert ["k"] == [call.call_id for call in again.calls()]


def cut_short(path):
    """Take away the last half of the file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite(path):
    """Write noise over the middle of the file."""
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xff" * 3996
    path.write_bytes(bytes(data))


def other_version(path):
    """Set another schema version."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def other_program(path):
    """Put another program's database in its place."""
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (text)")
    connection.close()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.write_text("This is no database, but long enough to be one." * 100), "not a workspace"),
        (lambda path: path.write_bytes(b""), "not a workspace of this program"),
        (cut_short, "damaged"),
        (overwrite, "damaged"),
        (other_version, "schema version 99, this program reads version 2"),
        (other_program, "a database, but not a workspace"),
        (lambda path: path.unlink(), "there is no workspace here"),
    ],
    ids=["text", "empty", "cut short", "overwritten", "other version", "other program", "absent"],
)
def test_a_wrong_file_is_refused_with_one_sentence(workspace, damage, message):
    """Opening says what is wrong and where, in one line, and leaves the file alone."""
    workspace.close()
    damage(workspace.path)
    before = snapshot(workspace.folder)
    with pytest.raises(WorkspaceError) as caught:
        Workspace.open(workspace.folder)
    assert message in str(caught.value)
    assert str(workspace.folder) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert before == snapshot(workspace.folder)


def test_paths_that_cannot_be_folders_are_refused(tmp_path):
    """A file where the folder should be, and a name no folder can have, are each one clear sentence."""
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", "a\0b"):
        with pytest.raises(WorkspaceError):
            Workspace.open(path, create=True)


@pytest.mark.parametrize("name", ["a?mode=rwc", "b#c", "d%41e", "f g'h"])
def test_folder_names_are_only_names(tmp_path, name):
    """Signs that have a meaning in a URI have none in the name of a workspace."""
    with Workspace.open(tmp_path / name, create=True) as opened:
        assert 0 == opened.summary()["rows"]["calls"]
    assert [name] == [item.name for item in tmp_path.iterdir()]


def test_threads_read_side_by_side(workspace, write):
    """Agents in worker threads share one workspace; each gets right answers, also after it was closed in between."""
    ingest(workspace, [write("c.jsonl", LINE)])
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: (len(workspace.calls()), workspace.search("hello")[0].call_id), range(64)))
    assert {(1, "k")} == set(found)
    workspace.close()
    assert 1 == len(workspace.calls())


def test_a_reader_sees_new_rows_after_an_ingestion(workspace, write):
    """A second reader that stays open reads on during an ingestion and sees its rows afterwards."""
    with Workspace.open(workspace.folder) as reader:
        assert [] == reader.calls()
        ingest(workspace, [write("c.jsonl", LINE)])
        assert ["k"] == [call.call_id for call in reader.calls()]


def test_two_writers_do_not_mix(workspace, write, monkeypatch):
    """While another process writes, an ingestion says so and changes nothing."""
    monkeypatch.setattr(workspace_module, "PATIENCE_S", 0.05)
    other = sqlite3.connect(workspace.path, isolation_level=None)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(WorkspaceError, match="another process is writing"):
            ingest(workspace, [write("c.jsonl", LINE)])
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert [] == workspace.calls()
    assert {"calls": 1, "turns": 1} == ingest(workspace, [write("c.jsonl", LINE)]).rows


def test_a_python_without_full_text_search_is_told_so():
    """Where SQLite lacks FTS5, the error says that and what to do."""

    class Without:
        def execute(self, query):
            raise sqlite3.OperationalError("no such module: fts5")

    with pytest.raises(FullTextMissingError, match="built without FTS5") as caught:
        schema.check_full_text(Without())  # type: ignore[arg-type]
    assert 50 == caught.value.exit_code


@pytest.mark.parametrize(("record", "table"), [(Call, "calls"), (Turn, "turns"), (Deal, "opportunities")])
def test_records_are_columns(workspace, record, table):
    """Each field of a record is a column of its table, so that SQL and records speak of the same things."""
    columns = {row["name"] for row in workspace.connection.execute(f"PRAGMA table_info({table})")}
    assert {item.name for item in fields(record)} <= columns
