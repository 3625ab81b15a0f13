"""The disk is full, or files may not grow, while a run goes on: one sentence, nothing lost, and it goes on later."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from htn.execution.audit import verify_audit
from tests.crash.harness import ROOT, Trial, branching_plan, new_trial

pytestmark = pytest.mark.crash

CHILD = """
import json, resource, sys
from htn.execution.options import RunOptions
from htn.execution.runs import list_runs, resume_run, start_run
from htn.execution.runtime import RuntimeReference
from htn.model.errors import HtnError
from tests.execution.toy import ToyPlan
order = json.load(sys.stdin)
if order["most"]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (order["most"], resource.RLIM_INFINITY))
try:
    if any(run.run_id == "r1" for run in list_runs(order["workspace"])):
        resume_run(order["workspace"], "r1")
    else:
        plan, runtime = ToyPlan.from_json(order["plan"]), RuntimeReference.from_json(order["runtime"])
        start_run(order["workspace"], plan, runtime, run_id="r1", options=RunOptions(max_delay=0.05))
except HtnError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def _attempt(trial: Trial, most: int = 0) -> subprocess.CompletedProcess[str]:
    """Start the run, or resume it, in a process whose files may not grow beyond a size."""
    order = {
        "workspace": str(trial.workspace),
        "plan": trial.plan.to_json(),
        "runtime": trial.runtime.to_json(),
        "most": most,
    }
    return subprocess.run(
        [sys.executable, "-c", CHILD], cwd=ROOT, input=json.dumps(order), capture_output=True, text=True, check=False
    )


@contextmanager
def _small_disk(folder: Path, kilobytes: int) -> Iterator[Callable[[], None]]:
    """Mount a disk of its own on a folder, and give what makes it large."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={kilobytes}k,mode=0700"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if done.returncode:
        pytest.skip(f"mounting a small disk needs more rights: {done.stderr.strip()}")

    def enlarge() -> None:
        subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True, capture_output=True)

    try:
        yield enlarge
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What an undisturbed run of the same plan leaves."""
    trial = new_trial(tmp_path_factory.mktemp("calm"), 3, 12)
    assert _attempt(trial).returncode == 0
    return trial.artifacts()


def _one_sentence(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 50, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr


def _goes_on(trial: Trial, calm: dict[str, str]) -> None:
    """With room again the run comes to its end: what was finished is not done again, and nothing else differs."""
    finished, before = trial.finished(), trial.executions()
    done = _attempt(trial)
    assert done.returncode == 0, done.stderr
    assert trial.status() == "completed"
    assert trial.artifacts() == calm
    again = {key for key in finished if trial.executions()[key] != before[key]}
    assert again == set(), "a finished step was done again"
    assert verify_audit(trial.workspace).intact


@pytest.mark.parametrize("kilobytes", [64, 700])
def test_full_disk(tmp_path: Path, calm: dict[str, str], kilobytes: int) -> None:
    """Full before the first run is written down, or in the middle of one: one sentence, and again the next time."""
    trial = new_trial(tmp_path, 3, 12)
    with _small_disk(trial.workspace, kilobytes) as enlarge:
        for _ in range(2):
            _one_sentence(_attempt(trial))
        enlarge()
        _goes_on(trial, calm)


@pytest.mark.parametrize("most", [40_000, 200_000])
def test_files_that_may_not_grow(tmp_path: Path, calm: dict[str, str], most: int) -> None:
    """A limit on the size of files, as a quota has it, is told and survived like a full disk."""
    trial = new_trial(tmp_path, 3, 12)
    for _ in range(2):
        _one_sentence(_attempt(trial, most))
    _goes_on(trial, calm)


def test_large_result_that_finds_no_room(tmp_path: Path) -> None:
    """Results are kept whole or not at all: a half-written one is not there when the disk has room again."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    plan = branching_plan(2, 3)
    trial = new_trial(tmp_path, 2, 3)
    assert plan.to_json() == trial.plan.to_json()
    with _small_disk(trial.workspace, 300) as enlarge:
        _one_sentence(_attempt(trial))
        assert list((trial.workspace / "artifacts").glob("*.part")) == []
        enlarge()
        assert _attempt(trial).returncode == 0
