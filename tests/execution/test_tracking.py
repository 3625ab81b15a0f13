"""Status, progress and expected time come from the journal, in plain words, from any process."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htn.execution.agent import StepRequest
from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.outlook import Outlook, outlook
from htn.execution.progress import forecast
from htn.execution.runs import begin_run, show_run, start_run
from htn.execution.tracking import ExecutionTracker
from htn.model.budget import Budget
from htn.scheduling.remaining import Remaining
from tests.execution.toy import FunctionAgent, agents_of, make_plan, reference

TIMEOUT = 30.0
CHAIN = make_plan({"a": [], "b": ["a"], "c": ["b"]})


# ---------------------------------------------------------------------------------------------------------- forecast
def test_progress_counts_expected_work_not_steps():
    """A long step is more of the work than a short one."""
    ahead = forecast(CHAIN.steps, {"n-a": 1.0, "n-b": 8.0, "n-c": 1.0}, done={"n-a": 1.0}, running={}, measured={"n-a"})
    assert ahead.progress == pytest.approx(0.1)
    assert ahead.seconds_left == pytest.approx(9.0)


def test_time_left_follows_what_was_observed():
    """When finished steps took three times as long as expected, the others will too."""
    ahead = forecast(CHAIN.steps, {"n-a": 2.0, "n-b": 4.0, "n-c": 4.0}, done={"n-a": 6.0}, running={}, measured={"n-a"})
    assert ahead.seconds_left == pytest.approx(24.0)


def test_running_steps_count_in_part_and_never_whole():
    """Half of the expected time is half of the work; a step that takes longer is not done before it is."""
    estimates = {"n-a": 10.0, "n-b": 10.0, "n-c": 10.0}
    half = forecast(CHAIN.steps, estimates, done={}, running={"n-a": 5.0})
    late = forecast(CHAIN.steps, estimates, done={}, running={"n-a": 500.0})
    assert half.progress == pytest.approx(5 / 30)
    assert half.seconds_left == pytest.approx(25.0)
    assert 9 / 30 < late.progress < 10 / 30


def test_nothing_is_said_when_nothing_is_known():
    """Without estimates, and before a step is finished, there is no time left to tell; afterwards there is."""
    assert forecast(CHAIN.steps, {}, done={}, running={"n-a": 3.0}).seconds_left is None
    assert forecast(CHAIN.steps, {}, done={"n-a": 4.0}, running={}, measured={"n-a"}).seconds_left == pytest.approx(8.0)


def test_parallel_steps_share_the_places_there_are():
    """Eight steps of ten seconds take twenty with four places, and ten with enough."""
    wide = make_plan({f"s{n}": [] for n in range(8)}).steps
    estimates = {step.id: 10.0 for step in wide}
    assert forecast(wide, estimates, done={}, running={}, places={"work": 4}).seconds_left == pytest.approx(20.0)
    assert forecast(wide, estimates, done={}, running={}, places={"work": 9}).seconds_left == pytest.approx(10.0)


@given(
    estimates=st.lists(st.floats(0.1, 100), min_size=6, max_size=6),
    actual=st.lists(st.floats(0.0, 300), min_size=6, max_size=6),
)
def test_progress_grows_with_every_step_and_ends_at_one(estimates: list[float], actual: list[float]):
    """Whatever was expected and whatever it took."""
    plan = make_plan({f"s{n}": [] for n in range(6)})
    expected = {step.id: value for step, value in zip(plan.steps, estimates, strict=True)}
    done: dict[str, float | None] = {}
    last = forecast(plan.steps, expected, done=done, running={}).progress
    assert last == 0.0
    for step, seconds in zip(plan.steps, actual, strict=True):
        done[step.id] = seconds
        ahead = forecast(plan.steps, expected, done=done, running={}, measured=frozenset(done))
        assert last < ahead.progress <= 1.0 + 1e-9
        assert ahead.seconds_left is not None
        assert ahead.seconds_left >= 0.0
        last = ahead.progress
    assert last == pytest.approx(1.0)


# ------------------------------------------------------------------------------------------------------------ outlook
def test_interval_narrows_as_steps_end():
    """What is known is no longer uncertain: with every step that ends as expected the interval is smaller."""
    plan = make_plan({f"s{n}": [f"s{n - 1}"] if n else [] for n in range(6)}).steps
    estimates = {step.id: 10.0 for step in plan}
    widths, middles = [], []
    for ended in range(len(plan)):
        left = outlook(plan, estimates, {}, finished={step.id: 10.0 for step in plan[:ended]}, running={})
        assert left is not None
        assert left.seconds.p10 < left.seconds.p50 < left.seconds.p90
        widths.append(left.seconds.p90 - left.seconds.p10)
        middles.append(left.seconds.p50)
    assert widths == sorted(widths, reverse=True)
    assert middles == sorted(middles, reverse=True)


def test_outlook_learns_from_steps_that_were_slow():
    """Steps that took three times as long tell of the others; one in hand for long may take as long again."""
    estimates = {step.id: 10.0 for step in CHAIN.steps}
    usual, slow = (outlook(CHAIN.steps, estimates, {}, finished={"n-a": took}, running={}) for took in (10.0, 30.0))
    late = outlook(CHAIN.steps, estimates, {}, finished={"n-a": 10.0, "n-b": 10.0}, running={"n-c": 60.0})
    assert usual is not None
    assert slow is not None
    assert late is not None
    assert slow.seconds.p50 > 1.2 * usual.seconds.p50
    assert late.seconds.p50 > 1.0


def test_large_plans_are_not_simulated_at_every_look():
    """While no step begins or ends, what was simulated counts on; once one does, it is done anew."""
    plan = make_plan({f"s{n}": [] for n in range(40)}).steps
    now, asked = [0.0], []

    def simulate() -> Remaining | None:
        asked.append(1)
        now[0] += 0.5
        return outlook(plan, {step.id: 10.0 for step in plan}, {}, finished={}, running={})

    ahead = Outlook(clock=lambda: now[0])
    first = ahead.seconds("as it is", simulate)
    now[0] = 3.0
    second = ahead.seconds("as it is", simulate)
    assert first is not None
    assert second == pytest.approx([seconds - 3.0 for seconds in first])
    assert len(asked) == 1
    ahead.seconds("otherwise", simulate)
    assert len(asked) == 2
    now[0] += 60.0
    ahead.seconds("otherwise", simulate)
    assert len(asked) == 3


def test_outlook_is_silent_where_nothing_is_known():
    """Without any estimate there is no interval to give."""
    assert outlook(CHAIN.steps, {}, {}, finished={}, running={}) is None


# ----------------------------------------------------------------------------------------------------------- tracking
def test_status_tells_what_is_left_of_limits(tmp_path: Path):
    """While a step is in hand: what was used, and what is set aside for it; afterwards what it took."""
    begun, go_on = threading.Event(), threading.Event()

    def work(request: StepRequest) -> Mapping[str, Any]:
        if request.task == "b":
            begun.set()
            assert go_on.wait(TIMEOUT)
        return {"value": request.task}

    context = {"costs": {f"n-{name}": {"output_tokens": 10.0, "seconds": 2.0} for name in "abc"}}
    options = RunOptions(budget=Budget(tokens=100, steps=5))
    handle = begin_run(tmp_path, CHAIN, agents_of(FunctionAgent(work)), context=context, options=options)
    assert begun.wait(TIMEOUT)
    with ExecutionTracker(tmp_path, handle.run_id) as tracker:
        found = {limit.resource: (limit.limit, limit.used, limit.reserved) for limit in tracker.status().limits}
        assert found == {"tokens": (100, 0.0, 10.0), "steps": (5, 1.0, 1.0)}
        go_on.set()
        handle.wait(TIMEOUT)
        found = {limit.resource: (limit.limit, limit.used, limit.reserved) for limit in tracker.status().limits}
    assert found == {"tokens": (100, 0.0, 0.0), "steps": (5, 3.0, 0.0)}


def test_status_of_a_running_step_tells_who_and_since_when(tmp_path: Path):
    """While a step is in hand, another reader of the journal sees it, what is finished, and what it produced."""
    begun, go_on = threading.Event(), threading.Event()

    def work(request: StepRequest) -> Mapping[str, Any]:
        if request.task == "b":
            begun.set()
            assert go_on.wait(TIMEOUT)
        return {"value": request.task}

    context = {"estimates": {"n-a": 1.0, "n-b": 2.0, "n-c": 1.0}}
    handle = begin_run(tmp_path, CHAIN, agents_of(FunctionAgent(work)), context=context, title="How?")
    assert begun.wait(TIMEOUT)
    with ExecutionTracker(tmp_path, handle.run_id) as tracker:
        status = tracker.status()
        assert [step.status for step in status.steps] == ["finished", "running", "pending"]
        assert (status.steps[1].agent, status.steps[1].estimated) == ("worker", 2.0)
        assert status.steps[1].actual is not None
        assert 0.25 <= status.progress < 0.75
        assert status.eta_seconds is not None
        assert status.eta_interval is not None
        assert status.eta_interval[0] <= status.eta_seconds <= status.eta_interval[1]
        assert not status.interrupted
        assert status.sentence.startswith("Running: 1 of 3 steps done, ")
        assert status.sentence.endswith("now: Do b..")
        (kind, artifact), *_ = tracker.intermediate().values()
        assert kind == "ToyResult"
        assert len(artifact) == 64
        go_on.set()
        handle.wait(TIMEOUT)
        done = tracker.status()
    assert (done.progress, done.eta_seconds, done.sentence) == (1.0, 0.0, "Completed: 3 of 3 steps done.")
    assert json.loads(json.dumps(done.to_json()))["steps"][0]["status"] == "finished"


def test_run_whose_process_died_is_interrupted(tmp_path: Path):
    """Nobody holds the workspace, so nothing is in hand, whatever the journal said last."""
    run = start_run(tmp_path, CHAIN, reference())
    with Journal(tmp_path) as journal:  # as the journal is when the process dies in the last step
        journal.database.execute("UPDATE runs SET status = 'running', finished = NULL, result = NULL")
        journal.database.execute(
            "UPDATE steps SET status = 'running', artifact = NULL, finished = NULL WHERE step_id = 'n-c'"
        )
    status = show_run(tmp_path, run)
    assert status.interrupted
    assert status.steps[2].status == "interrupted"
    assert status.sentence == "Interrupted with 2 of 3 steps done; resume it to go on."


def test_events_are_yielded_until_the_run_is_over(tmp_path: Path):
    """The asynchronous iterator gives every event once and ends with the run."""
    handle = begin_run(tmp_path, CHAIN, reference())

    async def collect() -> list[str]:
        with ExecutionTracker(tmp_path, handle.run_id) as tracker:
            return [event.kind async for event in tracker.events(interval=0.01)]

    kinds = asyncio.run(collect())
    handle.wait(TIMEOUT)
    assert kinds == ["run_started", *["step_started", "step_finished"] * 3, "run_finished"]
    with ExecutionTracker(tmp_path, handle.run_id) as tracker:
        parsed = [json.loads(line) for line in tracker.json_lines()]
    assert [item["kind"] for item in parsed] == kinds
    assert [item["seq"] for item in parsed] == sorted(item["seq"] for item in parsed)


def test_step_whose_work_a_replan_changed_stands_for_the_new_work(tmp_path: Path):
    """What was skipped in the old plan is not shown for a step of the same id in the new one."""
    old = make_plan({"bad": [], "worse": [], "end": ["bad", "worse"]})
    new = make_plan({"worse": [], "other": [], "end": ["other"]})
    config = {
        "agents": [{"always": {"bad": "human_refused", "worse": "data_unavailable"}}],
        "plans": {"n-worse": new.to_json()},
    }
    run = start_run(tmp_path, old, reference(**config))
    assert {step.task: step.status for step in show_run(tmp_path, run).steps} == {
        "worse": "failed",
        "other": "finished",
        "end": "finished",
    }
