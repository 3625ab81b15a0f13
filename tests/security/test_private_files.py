"""What a workspace holds and what commands write is for its user alone, whatever the umask says."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from domains.analysis.app.waiting import refuse, submit_resume
from domains.analysis.cli import main
from htn.execution.journal import Journal
from tests.security.hostile import write_data

QUESTION = "Win rate by rep"


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Files are made readable to everybody where a program does not say otherwise."""
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def _open_to_others(folder: Path) -> list[str]:
    everything = [folder, *folder.rglob("*")]
    return [str(path) for path in everything if stat.S_IMODE(path.stat().st_mode) & 0o077]


@pytest.mark.usefixtures("open_umask")
def test_everything_written_is_for_the_user_alone(tmp_path: Path) -> None:
    """The workspace with its databases and their logs, plans, reports, exports, the queue of the application."""
    data, out, workspace = write_data(tmp_path / "data", hostile=False), tmp_path / "out", tmp_path / "w"
    out.mkdir(mode=0o700)
    where = ("--workspace", str(workspace))
    assert main(["ingest", str(data), *where]) == 0
    assert main(["plan", QUESTION, "--out", str(out / "plan.json"), *where]) == 0
    assert main(["run", QUESTION, "--report", str(out / "report.html"), "--quiet", *where]) == 0
    assert main(["show", "last", "--report", str(out / "report.md"), *where]) == 0
    assert main(["why", "last", "review_answer", "--html", str(out / "why.html"), *where]) == 0
    assert main(["audit", "export", "--out", str(out / "audit.jsonl"), *where]) == 0
    submit_resume(workspace, "r1", by="ann")
    refuse(workspace, "r1", "no such run")
    with Journal(workspace) as journal:  # the database's own files beside it are there while it is open
        journal.run(journal.runs()[0].run_id)
        assert (workspace / "runs.sqlite-wal").exists()
        assert _open_to_others(workspace) == []
    assert _open_to_others(out) == []
    assert len(list(out.iterdir())) == 5
