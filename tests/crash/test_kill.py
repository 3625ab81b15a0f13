"""A run survives kill -9: nothing finished is done again, and the results are those of an undisturbed run."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from htn.execution.audit import verify_audit
from tests.crash.harness import new_trial

KILLS = 6
CAPACITY = 3
AGENTS = 2


@pytest.mark.crash
def test_killed_run_ends_like_an_undisturbed_one(tmp_path: Path):
    """Killed six times at random moments, with retries and a replan, and resumed each time in another process."""
    calm = new_trial(tmp_path / "calm", 3, 8)
    calm.finish()
    rng = random.Random(20240817)
    trial = new_trial(tmp_path / "killed", 3, 8)
    while trial.kills < KILLS:
        assert not trial.kill_after(rng.randrange(1, 5), rng), "the run was over before it was killed often enough"
    trial.finish()
    assert calm.status() == trial.status() == "completed"
    assert calm.artifacts() == trial.artifacts()
    assert calm.revision() == trial.revision() == 2, "the plan was decomposed again once"
    assert trial.again == 0, "a step that was finished was executed again"
    assert trial.sessions() == 1, "every launch replayed the record of the ones before"
    verdict = verify_audit(trial.workspace)
    assert verdict.intact, str(verdict)
    # Only steps in hand repeat: at most one for each place of an agent and kill.
    repeated = Counter(trial.executions()) - Counter(calm.executions())
    assert repeated.total() <= KILLS * CAPACITY * AGENTS
    assert set(trial.executions()) == set(calm.executions())


@pytest.mark.crash
def test_resuming_while_another_process_runs_it_is_refused(tmp_path: Path):
    """Two processes on one workspace: the second ends with one sentence and changes nothing."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    trial = new_trial(tmp_path, 3, 8, hold={"start": str(gate)})
    first = trial.start(resume=False)
    assert first.stdout is not None
    assert first.stdout.readline().startswith("begin:")
    second = trial.start(resume=True)
    _, errors = second.communicate(timeout=60)
    assert second.returncode != 0
    assert f"process {first.pid} carries out runs in this workspace" in errors.splitlines()[-1]
    gate.write_text("go on")
    first.communicate(timeout=60)
    assert trial.status() == "completed"
    assert set(trial.executions().values()) <= {1, 2}, "only the steps that fail by plan are tried twice"
