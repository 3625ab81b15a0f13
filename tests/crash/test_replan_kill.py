"""A process that dies in the middle of a change of the plan: another one makes the same change, and repeats nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from htn.execution.journal import Journal
from htn.execution.runs import resume_run
from htn.execution.story import plan_changes
from htn.plan import Plan
from htn.planning.checker import check_plan
from tests.crash.harness import killed_at
from tests.execution.branches import DOMAIN, reference
from tests.execution.toy import lines

ROOT = Path(__file__).resolve().parents[2]

# The child stops for good where the decomposer is called, or where its answer is written down and not yet recorded.
CHILD = """
import json, sys, threading
from htn.execution import replans
from htn.execution.runs import start_run
from htn.execution.runtime import RuntimeReference
from tests.execution.branches import make_plan

order = json.load(sys.stdin)
revise = replans.revise

def stop(*args, **more):
    result = None if order["stop"] == "asked" else revise(*args, **more)
    if order["stop"] == "asked" or result["revision"] is not None:
        print("here", flush=True)
        threading.Event().wait()
    return result

replans.revise = stop
start_run(order["workspace"], make_plan(), RuntimeReference.from_json(order["runtime"]), run_id="r1")
"""


def _killed(workspace: Path, log: Path, stop: str, **config: object) -> None:
    """Carry the plan out in a process that stops in its first change, and kill it there."""
    runtime = reference(agents=[{"log": str(log), "capacity": 2, **config}])
    killed_at(CHILD, {"workspace": str(workspace), "runtime": runtime.to_json(), "stop": stop}, "here")


@pytest.mark.crash
@pytest.mark.parametrize("stop", ["asked", "written"])
def test_a_change_that_was_interrupted_is_made_once(tmp_path: Path, stop: str):
    """Killed when the decomposer is asked, or when its answer is written down and the engine does not know of it."""
    workspace, log = tmp_path / "w", tmp_path / "log"
    _killed(workspace, log, stop, always={"measure_support": "data_unavailable", "weigh": "server_error"})
    with Journal(workspace, readonly=True) as journal:
        before = set(journal.finished_keys("r1"))
        assert len(journal.plans("r1")) == (1 if stop == "asked" else 2)
    seen = len(lines(log))
    assert resume_run(workspace, "r1").status == "completed"
    again = {line.removeprefix("begin:") for line in lines(log)[seen:] if line.startswith("begin:")}
    assert before
    assert not before & again, "a step that was finished was executed again"
    changes = plan_changes(workspace, "r1")
    assert [(change["revision"], change["trigger"]) for change in changes] == [
        (2, "data_unavailable"),
        (3, "server_error"),
    ]
    with Journal(workspace, readonly=True) as journal:
        plans = [Plan.from_json(record.document) for record in journal.plans("r1")]
        done = Counter(attempt.key for attempt in journal.attempts("r1") if attempt.status == "finished")
        assert journal.session("r1").session == 1, "the record was replayed"
    assert len(plans) == 3
    assert all(check_plan(DOMAIN, plan) for plan in plans)
    assert max(done.values()) == 1
    assert {step.task for step in plans[-1].pending} == {"join_unweighed"} | {
        step.task for step in plans[-1].pending if step.key in done
    }
