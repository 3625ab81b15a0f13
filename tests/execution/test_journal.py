"""The journal keeps what it is told, is private, and says in one sentence when it cannot be used."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from htn.execution.errors import JournalError, UnknownRunError
from htn.execution.journal import Journal
from htn.execution.records import Attempt
from tests.execution.toy import make_plan


def _begin(journal: Journal, run_id: str = "r1") -> None:
    journal.create_run(run_id, title="Why?", runtime={"factory": "m:f", "config": {}}, context={"a": 1})


ATTEMPT = Attempt(
    run_id="r1",
    step_id="n-a",
    key="k",
    session=1,
    attempt=1,
    status="running",
    agent="worker",
    started=1.0,
    decision={"agent": "worker"},
)


def test_runs_plans_and_attempts_come_back_as_they_were(tmp_path: Path):
    """What was written is read, in another connection too."""
    plan = make_plan({"a": [], "b": ["a"]})
    finished = replace(ATTEMPT, status="finished", finished=2.0, artifact="h", type="T", facts=(("f", ("k", 1), True),))
    with Journal(tmp_path) as journal:
        _begin(journal)
        revision = journal.add_plan("r1", document=plan.to_json(), estimates={"n-a": 2.0}, reason="first")
        journal.adopt_plan("r1", revision)
        journal.write_attempt(ATTEMPT)
        journal.write_attempt(finished)
    with Journal(tmp_path, readonly=True) as journal:
        assert journal.run("r1").context == {"a": 1}
        assert journal.plan("r1").steps == plan.steps
        assert journal.plan("r1").estimates == {"n-a": 2.0}
        assert journal.attempts("r1") == [finished]
        assert journal.finished("r1", "k") == finished
        assert journal.finished_keys("r1") == {"k": "h"}


def test_marked_events_are_written_once(tmp_path: Path):
    """A replay repeats its decisions, not the entries; unmarked events are all kept, in order."""
    with Journal(tmp_path) as journal:
        _begin(journal)
        for _ in range(2):
            journal.event("r1", "decided", {"n": 1}, mark="m")
            journal.event("r1", "seen")
        kinds = [event.kind for event in journal.events("r1")]
        assert kinds == ["decided", "seen", "seen"]
        assert [event.kind for event in journal.events("r1", after=journal.events("r1")[1].seq)] == ["seen"]


def test_transaction_is_all_or_nothing(tmp_path: Path):
    """What was written before an exception in the block is not there afterwards."""

    def begin_and_fail(journal: Journal) -> None:
        with journal.transaction():
            _begin(journal)
            journal.plan("r1")  # there is none

    with Journal(tmp_path) as journal:
        with pytest.raises(UnknownRunError):
            begin_and_fail(journal)
        assert journal.runs() == []
        _begin(journal)
        assert [run.run_id for run in journal.runs()] == ["r1"]


def test_files_are_private_to_the_user(tmp_path: Path):
    """Nobody else can read what customers said."""
    workspace = tmp_path / "new" / "workspace"
    with Journal(workspace) as journal:
        _begin(journal)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in workspace.iterdir()}
        assert stat.S_IMODE(workspace.stat().st_mode) == 0o700
        assert set(modes.values()) == {0o600}, modes


def test_unknown_run_names_those_there_are(tmp_path: Path):
    """A mistyped id is answered with the latest ones."""
    with Journal(tmp_path) as journal:
        with pytest.raises(UnknownRunError, match="there are no runs yet"):
            journal.run("rx")
        _begin(journal)
        with pytest.raises(UnknownRunError, match=r"no run 'rx' in .*: the latest runs are r1"):
            journal.run("rx")


def test_reading_creates_nothing(tmp_path: Path):
    """Asking an empty directory leaves it empty."""
    with pytest.raises(JournalError, match="there are no runs here yet"):
        Journal(tmp_path, readonly=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("readonly", [True, False])
def test_corrupt_journal_is_one_sentence(tmp_path: Path, readonly: bool):
    """A file that is no database is named, with what to do, and left as it is."""
    path = tmp_path / Journal.FILE_NAME
    path.write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(JournalError) as caught:
        Journal(tmp_path, readonly=readonly)
    assert str(caught.value).count("\n") == 0
    assert "is not a readable journal" in str(caught.value)
    assert "restore it from a backup" in str(caught.value)
    assert path.read_bytes().startswith(b"this is not")


def test_journal_damaged_inside_is_one_sentence(tmp_path: Path):
    """Pages overwritten behind the header are noticed when they are read."""
    with Journal(tmp_path) as journal:
        _begin(journal)
    path = tmp_path / Journal.FILE_NAME
    data = bytearray(path.read_bytes())
    data[4096:] = b"\x5a" * (len(data) - 4096)
    path.write_bytes(bytes(data))
    with Journal(tmp_path, readonly=True) as journal, pytest.raises(JournalError, match="restore it from a backup"):
        journal.runs()


def test_layout_of_another_version_is_refused(tmp_path: Path):
    """A journal of a later program is not guessed at."""
    connection = sqlite3.connect(tmp_path / Journal.FILE_NAME)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(JournalError, match="has layout 99, this program reads layout 2"):
        Journal(tmp_path)


def test_workspace_that_is_a_file_is_one_sentence(tmp_path: Path):
    """A workspace that cannot be a directory is named."""
    place = tmp_path / "file"
    place.write_text("")
    with pytest.raises(JournalError, match=r"file: the directory cannot be created \(.*\); choose another place"):
        Journal(place)


READ_ONLY = """
import os, sys
from htn.execution.errors import JournalError
from htn.execution.journal import Journal
if os.getuid() == 0:  # root may write anywhere, so become somebody who may not; everything is imported by now
    os.setgid(65534)
    os.setuid(65534)
try:
    Journal(sys.argv[1])
except JournalError as error:
    print("refused:", error)
with Journal(sys.argv[1], readonly=True) as journal:
    print("read:", journal.run("r1").title)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs the permissions of POSIX")
def test_read_only_workspace_can_be_read_and_says_why_it_cannot_be_written(request: pytest.FixtureRequest):
    """Without the right to write, runs can be shown, and starting one is refused with a sentence."""
    # Not below pytest's own folder, which nobody else may enter: the child gives up its rights as another user.
    folder = Path(tempfile.mkdtemp())
    request.addfinalizer(lambda: shutil.rmtree(folder))
    workspace = folder / "workspace"
    with Journal(workspace) as journal:
        _begin(journal)
    for path in workspace.iterdir():
        path.chmod(0o444)
    folder.chmod(0o755)
    workspace.chmod(0o555)
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", READ_ONLY, str(workspace)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    workspace.chmod(0o700)
    assert "read: Why?" in done.stdout, done.stderr
    assert "refused:" in done.stdout
    assert "make the workspace writable" in done.stdout
