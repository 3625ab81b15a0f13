"""A run that waits for approval survives kill -9: approved while nothing runs, resumed, reported complete."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from htn.execution.journal import Journal
from tests.analysis.estate_sample import make_workspace

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "Where does our pipeline stand?"


def _estate(workspace: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "domains.analysis", *arguments, "--workspace", str(workspace)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _done(workspace: Path, *arguments: str, code: int = 0) -> str:
    process = _estate(workspace, *arguments)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == code, errors + output
    return output


def _json(workspace: Path, *arguments: str) -> Any:
    return json.loads(_done(workspace, *arguments, "--json"))


def _agents_asked(workspace: Path, run: str) -> Counter[str]:
    with Journal(workspace, readonly=True) as journal:
        return Counter(attempt.key for attempt in journal.attempts(run) if attempt.attempt > 0)


@pytest.mark.crash
def test_approved_after_the_process_was_killed(tmp_path: Path):
    """Two steps wait; the process is killed; both are approved from other processes; the resumed run reports."""
    workspace = make_workspace(tmp_path / "estate")
    process = _estate(workspace, "run", QUESTION, "--approve", "review_answer", "--approve", "synthesise_pipeline")
    assert process.stdout is not None
    for line in process.stdout:
        if "waits for approval" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    (listed,) = _json(workspace, "runs")
    run, (step,) = listed["run_id"], listed["waiting"]
    assert listed["finished"] is None
    asked = _agents_asked(workspace, run)
    shown = _done(workspace, "show", run)
    assert f"estate approve {run} {step} --yes|--no" in shown
    assert f"and then: estate resume {run}" in shown

    told = _done(workspace, "approve", run, step, "--yes", "--by", "Ann", "--note", "go on")
    assert f"Step {step} of run {run} was approved by Ann on " in told
    assert f"go on with: estate resume {run}" in told
    assert "nothing was changed" in _done(workspace, "approve", run, step, "--yes", "--by", "Bob")
    _done(workspace, "approve", run, step, "--no", "--by", "Bob", code=30)

    # The second one is answered while the resumed process waits for it.
    report = tmp_path / "report.md"
    resumed = _estate(workspace, "resume", run, "--report", str(report))
    assert resumed.stdout is not None
    seen = []
    for line in resumed.stdout:
        seen.append(line)
        if "waits for approval" in line and step not in line:
            break
    (second,) = _json(workspace, "show", run)["waiting"]
    assert "No process" not in _done(workspace, "approve", run, second, "--yes", "--by", "Ann")
    output, errors = resumed.communicate(timeout=120)
    assert resumed.returncode == 0, errors + output
    assert report.read_text().startswith("# ")
    assert _json(workspace, "show", run)["status"] == "completed"
    assert all(_agents_asked(workspace, run)[key] == times for key, times in asked.items()), "nothing was done again"
    assert "is intact" in _done(workspace, "audit", "verify")
    answers = [
        entry["content"]["by"]
        for entry in map(json.loads, _done(workspace, "audit", "export", run).splitlines())
        if entry["kind"] == "approval_answered"
    ]
    assert answers == ["Ann", "Ann"]
