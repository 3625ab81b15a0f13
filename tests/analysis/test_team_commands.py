"""`estate` on a team's database: one machine asks, another one approves, a worker new to the run finishes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType

import pytest

from htn.execution.location import chosen_engine
from htn.execution.runs import list_runs, show_run
from tests.analysis.estate_sample import make_workspace

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "Where does our pipeline stand?"


class Team:
    """The commands of people and machines that share a database.

    Parameters
    ----------
    engine : str
        Its address.
    workspace : Path
        The workspace, at the same path for all.
    """

    def __init__(self, engine: str, workspace: Path) -> None:
        self._environment = {**os.environ, "HTN_ENGINE": engine}
        self._workspace = workspace
        self._started: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Team:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._started:
            process.kill()
            process.communicate(timeout=30)

    def moved(self, workspace: Path) -> None:
        """Use another workspace from now on."""
        self._workspace = workspace

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command."""
        process = subprocess.Popen(
            [sys.executable, "-m", "domains.analysis", *arguments, "--workspace", str(self._workspace)],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def done(self, *arguments: str, code: int = 0) -> str:
        """Carry out a command and return what it printed."""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=100)
        assert process.returncode == code, errors + output
        return output

    def worker(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a worker, and wait until it takes runs."""
        process = self.start("worker", "--name", name, *arguments)
        assert process.stdout is not None
        assert f"worker {name} takes runs" in process.stdout.readline()
        return process


@pytest.mark.crash
def test_asked_here_approved_there_finished_elsewhere(tmp_path: Path, postgres: str):
    """A run waits, its worker is killed, somebody approves while nothing runs, and another worker reports."""
    workspace = make_workspace(tmp_path / "estate")
    with Team(postgres, workspace) as team, chosen_engine(postgres):
        first = team.worker("first", "--runs", "2")
        team.done("run", QUESTION, "--approve", "review_answer", "--no-wait", "--quiet", code=42)
        (run,) = [record.run_id for record in list_runs(workspace)]
        before = show_run(workspace, run)
        (step,) = [waiting.id for waiting in before.waiting]
        first.send_signal(signal.SIGKILL)
        first.communicate(timeout=30)
        assert f"Step {step} of run {run} was approved by Ann" in team.done(
            "approve", run, step, "--yes", "--by", "Ann"
        )

        # This machine has its data elsewhere: those that the run was planned with are not there any more.
        moved = tmp_path / "elsewhere"
        workspace.rename(moved)
        team.moved(moved)
        second = team.worker("second", "--data", str(moved))
        report = tmp_path / "report.md"
        assert "Completed: 13 of 13 steps done." in team.done("resume", run, "--report", str(report))
        assert report.read_text().startswith("# ")
        after = show_run(moved, run)
        again = {one.id for one, was in zip(after.steps, before.steps, strict=True) if one.attempts != was.attempts}
        assert again == {step}, "what was done before was not done again"
        assert "is intact" in team.done("audit", "verify")
        second.send_signal(signal.SIGTERM)
        output, errors = second.communicate(timeout=60)
        assert second.returncode == 0, errors
        assert "worker second ends" in output
