"""A run killed with kill -9 in the middle of undoing undoes everything once, in order, when it is resumed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from htn.execution.audit import verify_audit
from htn.execution.runs import resume_run
from tests.crash.harness import killed_at
from tests.execution.bookings import booked, changes, clerk, journey_plan

ROOT = Path(__file__).resolve().parents[2]

CHILD = """
import json, sys
from htn.execution.runs import start_run
from htn.execution.runtime import RuntimeReference
from htn.plan import Plan
order = json.load(sys.stdin)
start_run(order["workspace"], Plan.from_json(order["plan"]), RuntimeReference.from_json(order["runtime"]), run_id="r1")
"""


@pytest.mark.crash
@pytest.mark.parametrize("stop_at", ["book plane", "cancel plane", "cancel bus to the plane"])
@pytest.mark.parametrize("others", [(), ("train",)])
def test_killed_while_undoing(tmp_path: Path, stop_at: str, others: tuple[str, ...]):
    """The effect is done and not yet recorded when the process dies; the next one does not do it again."""
    file, workspace = tmp_path / "bookings", tmp_path / "w"
    os.mkfifo(f"{file}.pipe")
    order = {
        "workspace": str(workspace),
        "plan": journey_plan("plane", *others).to_json(),
        "runtime": clerk(file, "go plane", stop_at=stop_at).to_json(),
    }
    killed_at(CHILD, order, f"reached {stop_at}")
    assert stop_at in changes(file), "the effect is there"

    record = resume_run(workspace, "r1")
    assert record.status == ("completed" if others else "failed")
    by_plane = [said for said in changes(file) if "train" not in said]
    assert by_plane == ["book bus to the plane", "book plane", "cancel plane", "cancel bus to the plane"]
    assert booked(file) == ({"bus to the train", "train"} if others else set())
    verdict = verify_audit(workspace)
    assert verdict.intact, str(verdict)
