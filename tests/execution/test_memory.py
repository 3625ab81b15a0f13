"""Memory: measured while steps run, and a limit on what those in hand need together."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from htn.execution.agent import StepRequest
from htn.execution.memory import PeakMemory, available_bytes
from htn.execution.options import RunOptions
from htn.execution.runs import show_run, start_run
from tests.execution.toy import FunctionAgent, agents_of, make_plan

MIB = 2**20
TIMEOUT = 30.0  # a wait that should end at once; reaching it is a failure


def test_peak_counts_what_was_given_back_before_the_end() -> None:
    """The watcher sees a block that lives only for a while."""
    seen = threading.Event()

    class Watched(PeakMemory):
        def _look(self) -> None:
            super()._look()
            if self.bytes > 60 * MIB:
                seen.set()

    with Watched() as peak:
        block = bytearray(80 * MIB)
        assert seen.wait(TIMEOUT)
        del block
    assert peak.bytes > 60 * MIB


def test_machine_says_what_is_left() -> None:
    """Some memory is available where the system tells."""
    left = available_bytes()
    assert left is None or left > MIB


def test_steps_in_hand_stay_within_the_memory_they_may_need(tmp_path: Path) -> None:
    """Of steps that need 30 MiB each, three are in hand under a limit of 100; one that needs 500 is done alone."""
    lock, busiest = threading.Lock(), 0
    in_hand: set[str] = set()
    beside: dict[str, set[str]] = {}
    full = threading.Barrier(3)

    def work(request: StepRequest) -> Mapping[str, Any]:
        nonlocal busiest
        with lock:
            beside[request.task] = set(in_hand)
            in_hand.add(request.task)
            busiest = max(busiest, len(in_hand))
        if request.task != "large":
            full.wait(TIMEOUT)  # passes only when three are in hand together
        with lock:
            in_hand.discard(request.task)
        return {"value": 1}

    plan = make_plan({"large": [], **{f"s{n}": [] for n in range(6)}})
    costs = {step.id: {"memory_bytes": (500 if step.task == "large" else 30) * MIB} for step in plan.steps}
    agents = agents_of(FunctionAgent(work, capacity=9))
    run = start_run(tmp_path, plan, agents, context={"costs": costs}, options=RunOptions(memory_bytes=100.0 * MIB))
    assert busiest == 3
    assert beside["large"] == set()
    assert {step.status for step in show_run(tmp_path, run).steps} == {"finished"}
