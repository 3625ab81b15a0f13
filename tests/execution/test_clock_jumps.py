"""The machine's clock jumps, by hand or by a time server, while runs go on: nothing is lost, skipped or done twice."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from htn.execution.agent import StepRequest
from htn.execution.approvals import ApprovalPolicy, answer_step, approvals_of
from htn.execution.audit import verify_audit
from htn.execution.failures import FailureClass, StepError
from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.runs import begin_run, resume_run, show_run, start_run
from tests.execution.toy import FunctionAgent, agents_of, make_plan

TIMEOUT = 30.0
DAY = 86_400.0
GRAPH = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"], "e": ["d"]}
CHAIN = make_plan({"a": [], "b": ["a"]})


class Clock:
    """The machine's clock, which can be set; the one that only goes forward is left alone."""

    def __init__(self) -> None:
        self._real = time.time
        self.ahead = 0.0

    def __call__(self) -> float:
        """Return what it shows."""
        return self._real() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock in place of the machine's."""
    clock = Clock()
    monkeypatch.setattr(time, "time", clock)
    return clock


@pytest.mark.parametrize("seed", range(3))
def test_run_under_a_clock_that_jumps_ends_like_another(tmp_path: Path, clock: Clock, seed: int):
    """Each step sets the clock days ahead or back; results, their number and the audit chain are as without that."""
    rng = random.Random(seed)
    plan = make_plan(GRAPH)
    done: list[str] = []

    def work(jumps: bool) -> FunctionAgent:
        def carry_out(request: StepRequest) -> Mapping[str, Any]:
            if jumps:
                clock.ahead = rng.choice([-1.0, 1.0]) * rng.random() * 30 * DAY
                done.append(request.task)
            if request.task == "c" and request.attempt == 1:
                raise StepError("try again", FailureClass.SERVER_ERROR)
            return {"value": f"{request.task} of {len(request.inputs)}"}

        return FunctionAgent(carry_out)

    options = RunOptions(max_delay=0.01)
    runs = {}
    for name, jumps in (("calm", False), ("jumping", True)):
        clock.ahead = 0.0
        runs[name] = start_run(tmp_path / name, plan, agents_of(work(jumps)), options=options, run_id=name)
    kept = []
    for name in runs:
        with Journal(tmp_path / name, readonly=True) as journal:
            assert journal.run(name).status == "completed"
            kept.append(journal.finished_keys(name))
            sequence = [event.seq for event in journal.events(name)]
            assert sequence == sorted(sequence)
    assert kept[0] == kept[1]
    assert sorted(done) == ["a", "b", "c", "c", "d", "e"]
    assert verify_audit(tmp_path / "jumping").intact
    status = show_run(tmp_path / "jumping", "jumping")
    assert status.progress == 1.0
    assert status.elapsed >= 0.0


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_waiting_is_measured_by_a_clock_that_only_goes_forward(tmp_path: Path, clock: Clock, jump: float):
    """Set ahead, nobody's time to answer is over at once; set back, it is not longer than it was to be."""
    begun = threading.Event()

    def work(request: StepRequest) -> Mapping[str, Any]:
        begun.set()
        return {"value": 1}

    patient = ApprovalPolicy(operators=("b",), timeout=1000.0, fallback="no")
    hasty = ApprovalPolicy(operators=("b",), timeout=0.4, fallback="yes")
    policy = patient if jump > 0 else hasty
    handle = begin_run(
        tmp_path, CHAIN, agents_of(FunctionAgent(work)), options=RunOptions(approval=policy), run_id="r1"
    )
    assert begun.wait(TIMEOUT)
    pause = threading.Event()
    while not show_run(tmp_path, "r1").waiting and not handle.done:
        pause.wait(0.01)
    clock.ahead = jump
    if jump < 0:
        assert handle.wait(TIMEOUT).status == "completed"
        with Journal(tmp_path, readonly=True) as journal:
            assert [(given.answer, given.by) for given in approvals_of(journal, "r1")] == [("yes", "time-out")]
        return
    pause.wait(0.5)  # several looks at the question
    assert not handle.done
    with Journal(tmp_path, readonly=True) as journal:
        assert [given.answer for given in approvals_of(journal, "r1")] == [None]
    clock.ahead = 0.0
    answer_step(tmp_path, "r1", "b", yes=True, by="ann")
    assert handle.wait(TIMEOUT).status == "completed"


def test_time_to_answer_does_not_grow_with_a_clock_set_back_between_processes(tmp_path: Path, clock: Clock):
    """Left waiting, and resumed under a clock a day behind: it waits no longer than was said at the beginning."""
    options = RunOptions(approval=ApprovalPolicy(operators=("b",), timeout=0.5, fallback="yes"), wait=False)
    runtime = agents_of(FunctionAgent(lambda request: {"value": 1}))
    run = start_run(tmp_path, CHAIN, runtime, options=options)
    assert show_run(tmp_path, run).run.status in ("waiting", "completed")
    clock.ahead = -DAY
    statuses = {resume_run(tmp_path, run).status for _ in range(3)}
    assert statuses <= {"waiting", "completed"}
    clock.ahead = 1.0  # the moment that was written down has passed now
    assert resume_run(tmp_path, run).status == "completed"
