"""Steps are carried out as soon as they can be; a failure is an outcome; nothing finished is done again."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from htn.execution.agent import StepRequest
from htn.execution.criteria import FunctionCriterion
from htn.execution.failures import FailureClass, StepError
from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.replan_request import FinishedStep, Growth, ReplanAnswer, ReplanRequest
from htn.execution.runs import begin_run, finished_work, resume_run, show_run, start_run
from htn.execution.runtime import DefaultRuntime
from htn.plan.plan import Step
from tests.execution.toy import FunctionAgent, ToyPlan, agents_of, lines, make_plan, reference, register

TIMEOUT = 30.0  # a wait that should end at once; reaching it is a failure
DIAMOND = make_plan({"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]})


def _statuses(workspace: Path, run_id: str) -> dict[str, str]:
    return {step.task: step.status for step in show_run(workspace, run_id).steps}


def _events(workspace: Path, run_id: str, kind: str) -> list[Mapping[str, Any]]:
    with Journal(workspace, readonly=True) as journal:
        return [event.payload for event in journal.events(run_id) if event.kind == kind]


def _fail(failure: str = "unknown") -> Mapping[str, Any]:
    raise StepError("it went wrong", FailureClass(failure))


# ----------------------------------------------------------------------------------------------------- carrying out
def test_inputs_are_the_artifacts_of_the_steps_that_are_used(tmp_path: Path):
    """An agent is given what its predecessors produced, with where it comes from, and the run's context."""
    seen: dict[str, StepRequest] = {}

    def work(request: StepRequest) -> Mapping[str, Any]:
        seen[request.task] = request
        return {"value": f"from {request.task}"}

    run = start_run(tmp_path, DIAMOND, agents_of(FunctionAgent(work)), context={"place": "here"})
    request = seen["d"]
    assert [(item.step_id, item.document["value"]) for item in request.inputs] == [("n-b", "from b"), ("n-c", "from c")]
    assert request.args == ("d",)
    assert request.context == {"place": "here"}
    assert (request.run_id, request.attempt, request.step_key) == (run, 1, DIAMOND.steps[3].key)
    with Journal(tmp_path, readonly=True) as journal:
        assert journal.run(run).status == "completed"
        assert journal.run(run).result["final"]["artifact"] == journal.finished_keys(run)[DIAMOND.steps[3].key]


def test_parallel_branches_overlap(tmp_path: Path):
    """Two branches are in hand at once: each waits for the other to have begun."""
    meeting = threading.Barrier(2)

    def work(request: StepRequest) -> Mapping[str, Any]:
        if request.task in ("b", "c"):
            meeting.wait(TIMEOUT)
        return {"value": 1}

    run = start_run(tmp_path, DIAMOND, agents_of(FunctionAgent(work)))
    assert set(_statuses(tmp_path, run).values()) == {"finished"}


def test_slow_sibling_does_not_hold_back_another_branch(tmp_path: Path):
    """The quick branch runs to its end while the slow step is still in hand: there is no barrier between levels."""
    quick_is_done = threading.Event()

    def work(request: StepRequest) -> Mapping[str, Any]:
        if request.task == "slow":
            assert quick_is_done.wait(TIMEOUT)
        if request.task == "quick3":
            quick_is_done.set()
        return {"value": 1}

    plan = make_plan({"slow": [], "quick1": [], "quick2": ["quick1"], "quick3": ["quick2"], "end": ["slow", "quick3"]})
    run = start_run(tmp_path, plan, agents_of(FunctionAgent(work)))
    assert _statuses(tmp_path, run)["end"] == "finished"


def test_capacity_is_kept_and_used(tmp_path: Path):
    """With nine steps to do, an agent of capacity 3 has three in hand at its busiest, never four."""
    lock, in_hand, most = threading.Lock(), 0, 0
    full = threading.Barrier(3)

    def work(request: StepRequest) -> Mapping[str, Any]:
        nonlocal in_hand, most
        with lock:
            in_hand += 1
            most = max(most, in_hand)
        full.wait(TIMEOUT)  # passes only when three are in hand together
        with lock:
            in_hand -= 1
        return {"value": 1}

    start_run(tmp_path, make_plan({f"s{n}": [] for n in range(9)}), agents_of(FunctionAgent(work, capacity=3)))
    assert most == 3


def test_each_capability_goes_to_an_agent_that_has_it(tmp_path: Path):
    """The journal tells who did what and why."""
    plan = make_plan({"a": [], "b": ["a"]}, capability={"a": "read", "b": "write"})
    agents = [
        FunctionAgent(lambda request: None, name="reader", capabilities=["read"]),
        FunctionAgent(lambda request: None, name="writer", capabilities=["write", "read"]),
    ]
    run = start_run(tmp_path, plan, agents_of(*agents))
    with Journal(tmp_path, readonly=True) as journal:
        (attempt,) = journal.attempts(run, "n-b")
    assert attempt.agent == "writer"
    assert [candidate["missing"] for candidate in attempt.decision["candidates"]] == [["write"], []]
    assert "writer has write" in attempt.decision["reason"]


def test_empty_plan_is_completed(tmp_path: Path):
    """Nothing to do is a success."""
    run = start_run(tmp_path, ToyPlan(()), reference())
    assert show_run(tmp_path, run).run.status == "completed"


def test_equal_steps_are_done_once(tmp_path: Path):
    """Two steps with one key are one piece of work; the second uses the artifact of the first."""
    one = make_plan({"a": [], "b": ["a"]})
    twin = Step("n-twin", one.steps[0].key, "a", ("a",), "work")
    end = Step("n-end", "end", "end", (), "work", dependencies=("n-b", "n-twin"), causal=("n-twin",))
    log = tmp_path / "log"
    run = start_run(
        tmp_path / "w", ToyPlan((one.steps[0], twin, one.steps[1], end)), reference(agents=[{"log": str(log)}])
    )
    assert Counter(lines(log))[f"begin:{one.steps[0].key}"] == 1
    assert [step.status for step in show_run(tmp_path / "w", run).steps] == [
        "finished",
        "reused",
        "finished",
        "finished",
    ]


# --------------------------------------------------------------------------------------------------------- failures
def test_exception_is_an_outcome_and_the_others_finish(tmp_path: Path):
    """A step that raises takes only what depends on it with it; the run says what is missing."""
    plan = make_plan({"bad": [], "after": ["bad"], "good": [], "end": ["good"]})

    def work(request: StepRequest) -> Mapping[str, Any]:
        if request.task == "bad":
            raise ZeroDivisionError("by plan")
        return {"value": 1}

    run = start_run(tmp_path, plan, agents_of(FunctionAgent(work)))
    assert _statuses(tmp_path, run) == {"bad": "failed", "after": "skipped", "good": "finished", "end": "finished"}
    status = show_run(tmp_path, run)
    assert status.run.status == "completed"
    assert [(item["task"], item["why"]) for item in status.missing] == [
        ("bad", "ZeroDivisionError: by plan"),
        ("after", "a step it depends on failed"),
    ]
    assert "missing: Do bad., Do after." in status.sentence


def test_run_without_its_final_step_is_failed(tmp_path: Path):
    """A failed dependency never counts as satisfied, and the answer cannot be given."""
    config = {"always": {"b": "human_refused"}}
    run = start_run(tmp_path, DIAMOND, reference(agents=[config]))
    assert _statuses(tmp_path, run) == {"a": "finished", "b": "failed", "c": "finished", "d": "skipped"}
    assert show_run(tmp_path, run).run.status == "failed"


@pytest.mark.parametrize("error", [SystemExit(3), MemoryError(), RecursionError()])
def test_no_exception_of_an_agent_ends_the_run(tmp_path: Path, error: BaseException):
    """Not even the ones that end programs."""

    def work(request: StepRequest) -> Mapping[str, Any]:
        if request.task == "bad":
            raise error
        return {"value": 1}

    run = start_run(tmp_path, make_plan({"bad": [], "end": []}), agents_of(FunctionAgent(work)))
    assert _statuses(tmp_path, run) == {"bad": "failed", "end": "finished"}


def test_retry_then_success_is_one_step_with_two_attempts(tmp_path: Path):
    """A fault that passes is retried with the same agent, after a wait that holds nobody's place."""
    options = RunOptions(max_delay=0.01)
    config = [{"name": "one", "fails": {"b": ["server_error", "rate_limited"]}}]
    run = start_run(tmp_path, DIAMOND, reference(agents=config), options=options)
    with Journal(tmp_path, readonly=True) as journal:
        tries = journal.attempts(run, "n-b")
    assert [(item.status, item.failure, item.agent) for item in tries] == [
        ("failed", "server_error", "one"),
        ("failed", "rate_limited", "one"),
        ("finished", None, "one"),
    ]
    assert [told["strategy"] for told in _events(tmp_path, run, "recovery")] == ["retry", "retry"]


def test_fallback_agent_takes_over(tmp_path: Path):
    """An agent that refuses is replaced by another one with the capability."""
    config = [{"name": "model", "always": {"b": "model_refusal"}, "capacity": 9}, {"name": "local"}]
    run = start_run(tmp_path, DIAMOND, reference(agents=config))
    with Journal(tmp_path, readonly=True) as journal:
        assert [(item.agent, item.status) for item in journal.attempts(run, "n-b")] == [
            ("model", "failed"),
            ("local", "finished"),
        ]


def test_artifact_that_misses_a_criterion_fails_the_step(tmp_path: Path):
    """The criterion that is not met is named, and what it said is in the journal."""
    plan = make_plan({"a": []}, criteria={"a": ["has_value", "impossible"]})
    run = start_run(tmp_path, plan, reference())
    with Journal(tmp_path, readonly=True) as journal:
        (attempt,) = journal.attempts(run, "n-a")
    assert attempt.failure == "criterion_unmet"
    assert attempt.message == "criterion impossible is not met: nothing ever is enough"
    assert [(item["name"], item["met"]) for item in attempt.criteria] == [("has_value", True), ("impossible", False)]


def test_an_artifact_that_meets_its_criteria_may_be_empty(tmp_path: Path):
    """An empty result is a success when the criteria say so."""
    plan = make_plan({"a": []}, criteria={"a": ["is_mapping"]})
    agent = FunctionAgent(lambda request: {"found": []})
    criterion = FunctionCriterion("is_mapping", "It is a mapping.", lambda document: None)
    run = start_run(tmp_path, plan, agents_of(agent, criteria=[criterion]))
    assert _statuses(tmp_path, run) == {"a": "finished"}


def test_artifact_of_the_wrong_type_or_form_is_malformed(tmp_path: Path):
    """What the application does not accept, and what is not JSON, never becomes an artifact."""

    class Strict(DefaultRuntime):
        def validate(self, step: Step, result: Any) -> str | None:
            return None if "value" in result.document else "there is no value"

    agent = FunctionAgent(lambda request: {"other": 1} if request.task == "a" else {"value": float("nan")})
    run = start_run(tmp_path, make_plan({"a": [], "b": []}), register(Strict([agent])))
    with Journal(tmp_path, readonly=True) as journal:
        last = {attempt.step_id: attempt for attempt in journal.attempts(run)}
        assert journal.finished_keys(run) == {}
    assert {step: attempt.failure for step, attempt in last.items()} == dict.fromkeys(last, "malformed_output")
    assert last["n-a"].message == "there is no value"
    assert "not JSON" in (last["n-b"].message or "")


def test_late_answer_is_a_timeout_and_holds_the_place_until_it_ends(tmp_path: Path):
    """The engine stops waiting, and asks another agent; the late answer changes nothing."""
    release, calls = threading.Event(), []

    def hang(request: StepRequest) -> Mapping[str, Any]:
        calls.append(request.attempt)
        release.wait(TIMEOUT)
        return {"value": "late"}

    class Impatient(DefaultRuntime):
        def timeout(self, step: Step) -> float | None:
            return 0.05

    slow = FunctionAgent(hang, name="slow", capacity=1)
    quick = FunctionAgent(lambda request: {"value": "quick"}, name="quick", capabilities=["other", "work"], capacity=1)
    runtime = register(Impatient([slow, quick]))
    run = start_run(tmp_path, make_plan({"a": []}), runtime, options=RunOptions(max_delay=0.0))
    release.set()
    with Journal(tmp_path, readonly=True) as journal:
        tries = journal.attempts(run)
    assert [(item.agent, item.failure) for item in tries] == [
        ("slow", "agent_timeout"),
        ("slow", "agent_timeout"),
        ("slow", "agent_timeout"),
        ("quick", None),
    ]
    assert calls == [1], "the later tries found the only place taken"
    assert "did not answer within 0.05 s" in (tries[0].message or "")
    assert "busy with earlier steps" in (tries[1].message or "")


# --------------------------------------------------------------------------------------------------------- replanning
def test_replan_goes_on_with_the_new_plan_and_keeps_what_is_finished(tmp_path: Path):
    """The decomposer is told what failed and what is known; finished steps of the new plan are recognised by key."""
    log, told = tmp_path / "log", tmp_path / "told"
    old = make_plan({"a": [], "b": ["a"], "end": ["b"]})
    new = make_plan({"a": [], "other": ["a"], "end": ["other"]})
    config = {
        "agents": [{"log": str(log), "always": {"b": "data_unavailable"}}],
        "plans": {"n-b": new.to_json()},
        "replan_log": str(told),
    }
    run = start_run(tmp_path / "w", old, reference(**config))
    assert lines(told) == ["n-b:data_unavailable:a"]
    begun = [line.removeprefix("begin:") for line in lines(log) if line.startswith("begin:")]
    assert begun == [old.steps[0].key, old.steps[1].key, new.steps[1].key, new.steps[2].key]
    status = show_run(tmp_path / "w", run)
    assert (status.run.status, status.run.revision) == ("completed", 2)
    assert _statuses(tmp_path / "w", run) == {"a": "finished", "other": "finished", "end": "finished"}
    (event,) = _events(tmp_path / "w", run, "replanned")
    assert event["removed"] == ["n-b", "n-end"]


def test_decomposer_is_told_the_observed_facts(tmp_path: Path):
    """Facts come back with the tuples that they were made of."""
    heard: list[FinishedStep] = []

    class Listening(DefaultRuntime):
        def observe(self, step: Step, result: Any) -> list[tuple[str, Any, Any]]:
            return [("count", ("calls", (("account", "Acme"),)), 3)]

        def replan(self, request: ReplanRequest) -> ReplanAnswer:
            heard.extend(request.finished if request.failed else ())
            return ReplanAnswer()

    agent = FunctionAgent(lambda request: _fail("data_unavailable") if request.task == "b" else None)
    start_run(tmp_path, make_plan({"a": [], "b": ["a"]}), register(Listening([agent])))
    (done,) = heard
    assert (done.task, done.args, done.facts) == ("a", ("a",), (("count", ("calls", (("account", "Acme"),)), 3),))


@pytest.mark.parametrize(
    ("plans", "why"),
    [
        ({}, "the decomposer knows no other way"),
        ({"n-b": make_plan({"x": []}, capability={"x": "fly"}).to_json()}, "No agent has the capability fly"),
    ],
)
def test_without_another_plan_the_branch_is_given_up(tmp_path: Path, plans: dict[str, Any], why: str):
    """No other plan, or one that cannot be carried out, leaves the plan as it is."""
    config = {"agents": [{"always": {"b": "data_unavailable"}}], "plans": plans}
    run = start_run(tmp_path, DIAMOND, reference(**config))
    (event,) = _events(tmp_path, run, "replan_failed")
    assert why in event["message"]
    assert show_run(tmp_path, run).run.revision == 1
    assert _statuses(tmp_path, run)["b"] == "failed"


def test_decomposer_that_raises_leaves_the_plan_as_it_is(tmp_path: Path):
    """An error of the decomposer ends the branch, not the run."""
    config = {"agents": [{"always": {"b": "data_unavailable"}}], "replan_raises": True}
    plan = make_plan({"b": [], "end": []})
    run = start_run(tmp_path, plan, reference(**config))
    assert show_run(tmp_path, run).run.status == "completed"
    assert "RuntimeError: the decomposer broke" in _events(tmp_path, run, "replan_failed")[0]["message"]


def test_replans_are_limited(tmp_path: Path):
    """A decomposer that always finds something else to try is stopped, saying which limit it was."""

    class Endless(DefaultRuntime):
        def replan(self, request: ReplanRequest) -> ReplanAnswer:
            return ReplanAnswer(make_plan({f"{request.step_id}+": []}) if request.failed else None)

    agent = FunctionAgent(lambda request: _fail("data_unavailable"))
    run = start_run(tmp_path, make_plan({"a": []}), register(Endless([agent])), options=RunOptions(max_replans=3))
    status = show_run(tmp_path, run)
    assert (status.run.status, status.run.revision) == ("failed", 4)
    assert "limit of 3 replans" in _events(tmp_path, run, "recovery")[-1]["reason"]


def test_changes_that_no_failure_forces_come_to_an_end(tmp_path: Path):
    """A decomposer that answers every observation, and every step given up, with another plan is stopped too."""

    class Restless(DefaultRuntime):
        def observe(self, step: Step, result: Any) -> list[tuple[str, Any, Any]]:
            return [("seen", step.id, 1)]

        def replan(self, request: ReplanRequest) -> ReplanAnswer:
            return ReplanAnswer(None if request.failed else make_plan({f"{request.step_id}+": []}))

    agent = FunctionAgent(lambda request: _fail("data_unavailable") if len(request.task) > 3 else None)
    options = RunOptions(max_expansions=2, growth=Growth(adjustments=1))
    run = start_run(tmp_path, make_plan({"a": []}), register(Restless([agent])), options=options)
    assert show_run(tmp_path, run).run.status == "failed"
    assert show_run(tmp_path, run).run.revision <= 1 + 3 + 2


def test_the_same_failing_step_in_the_new_plan_is_not_tried_again(tmp_path: Path):
    """A replan that changes nothing does not loop."""
    log = tmp_path / "log"
    config = {"agents": [{"log": str(log), "always": {"b": "data_unavailable"}}], "plans": {"n-b": DIAMOND.to_json()}}
    start_run(tmp_path / "w", DIAMOND, reference(**config))
    assert Counter(lines(log))[f"begin:{DIAMOND.steps[1].key}"] == 1


def test_other_branches_go_on_while_the_decomposer_is_called(tmp_path: Path):
    """Decomposing again is no barrier either: it waits here for a step that becomes ready meanwhile."""
    later = threading.Event()

    class Slow(DefaultRuntime):
        def replan(self, request: ReplanRequest) -> ReplanAnswer:
            assert later.wait(TIMEOUT)
            return ReplanAnswer()

    def work(request: StepRequest) -> Mapping[str, Any]:
        if request.task == "bad":
            return _fail("data_unavailable")
        if request.task == "second":
            later.set()
        return {"value": 1}

    plan = make_plan({"bad": [], "first": [], "second": ["first"]})
    run = start_run(tmp_path, plan, register(Slow([FunctionAgent(work)])))
    assert later.is_set()
    assert show_run(tmp_path, run).run.status == "completed"


def test_deferred_step_is_decomposed_when_its_inputs_are_known(tmp_path: Path):
    """The decomposer is called once the steps before it are finished, and its steps take its place."""
    told = tmp_path / "told"
    before = make_plan({"a": [], "open": ["a"], "end": ["open"]}, deferred=["open"])
    after = make_plan({"a": [], "x": ["a"], "y": ["a"], "end": ["x", "y"]})
    config = {"plans": {"n-open": after.to_json()}, "replan_log": str(told)}
    run = start_run(tmp_path / "w", before, reference(**config))
    assert lines(told) == ["n-open:deferred:a"]
    assert _statuses(tmp_path / "w", run) == dict.fromkeys(["a", "x", "y", "end"], "finished")
    assert show_run(tmp_path / "w", run).run.result["replans"] == 0


@pytest.mark.parametrize("same", [True, False])
def test_deferred_step_that_stays_open_is_given_up(tmp_path: Path, same: bool):
    """A decomposer that cannot, or does not, decompose it ends the branch instead of looping."""
    plan = make_plan({"a": [], "open": ["a"], "end": ["open"]}, deferred=["open"])
    run = start_run(tmp_path, plan, reference(plans={"n-open": plan.to_json()} if same else {}))
    assert _statuses(tmp_path, run) == {"a": "finished", "open": "failed", "end": "skipped"}


# --------------------------------------------------------------------------------------------- reuse, resume, cancel
def test_work_of_another_run_is_reused_by_key(tmp_path: Path):
    """Given what finished before, only the other steps are carried out; their inputs are the reused artifacts."""
    log = tmp_path / "log"
    runtime = reference(agents=[{"log": str(log)}])
    first = start_run(tmp_path / "w", make_plan({"a": [], "b": ["a"]}), runtime)
    before = len(lines(log))
    second = start_run(tmp_path / "w", DIAMOND, runtime, reuse=finished_work(tmp_path / "w", first))
    begun = [line for line in lines(log)[before:] if line.startswith("begin:")]
    assert begun == [f"begin:{DIAMOND.steps[2].key}", f"begin:{DIAMOND.steps[3].key}"]
    assert _statuses(tmp_path / "w", second) == {"a": "reused", "b": "reused", "c": "finished", "d": "finished"}


def test_resuming_a_failed_run_tries_only_what_is_not_finished(tmp_path: Path):
    """After the cause is gone, another session does the rest; resuming once more changes nothing."""
    log, broken = [], threading.Event()
    broken.set()

    def work(request: StepRequest) -> Mapping[str, Any]:
        log.append(request.task)
        return _fail() if request.task == "b" and broken.is_set() else {"value": 1}

    run = start_run(tmp_path, DIAMOND, agents_of(FunctionAgent(work)))
    assert show_run(tmp_path, run).run.status == "failed"
    assert sorted(log) == ["a", "b", "c"]
    broken.clear()
    log.clear()
    assert resume_run(tmp_path, run).status == "completed"
    assert log == ["b", "d"]
    assert resume_run(tmp_path, run).status == "completed"
    assert log == ["b", "d"]
    assert set(_statuses(tmp_path, run).values()) == {"finished"}


def test_cancelling_stops_handing_out_and_keeps_what_finishes(tmp_path: Path):
    """A step in hand ends and its artifact is kept; nothing else is begun; resuming goes on from there."""
    begun, go_on = threading.Event(), threading.Event()
    log = []

    def work(request: StepRequest) -> Mapping[str, Any]:
        log.append(request.task)
        if request.task == "b":
            begun.set()
            assert go_on.wait(TIMEOUT)
        return {"value": 1}

    plan = make_plan({"a": [], "b": ["a"], "c": ["b"]})
    handle = begin_run(tmp_path, plan, agents_of(FunctionAgent(work)))
    assert begun.wait(TIMEOUT)
    handle.cancel()
    waiting = show_run(tmp_path, handle.run_id)
    assert waiting.sentence == "Cancelling: 1 of 3 steps done, waiting for those in hand."
    # The request is seen before the step in hand is let go: nothing else wakes the coordinator meanwhile.
    _wait_for_cancelling(tmp_path, handle.run_id)
    go_on.set()
    assert handle.wait(TIMEOUT).status == "cancelled"
    assert log == ["a", "b"]
    assert _statuses(tmp_path, handle.run_id) == {"a": "finished", "b": "finished", "c": "pending"}
    assert resume_run(tmp_path, handle.run_id).status == "completed"
    assert log == ["a", "b", "c"]


def _wait_for_cancelling(workspace: Path, run_id: str) -> None:
    """Wait until the coordinator has noticed the request."""
    with Journal(workspace, readonly=True) as journal:
        pause = threading.Event()
        for _ in range(1000):
            if any(event.kind == "cancelling" for event in journal.events(run_id)):
                return
            pause.wait(0.01)
    raise AssertionError("the request was not noticed")
