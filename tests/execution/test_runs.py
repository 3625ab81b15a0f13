"""Runs are started, resumed, cancelled, forked and explained; one process at a time carries them out."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from htn.execution.agent import StepRequest
from htn.execution.engine import Engine
from htn.execution.errors import (
    EngineError,
    JournalError,
    PlanRejectedError,
    RuntimeReferenceError,
    UnknownRunError,
    WorkspaceBusyError,
)
from htn.execution.journal import Journal
from htn.execution.lock import WorkspaceLock
from htn.execution.options import RunOptions
from htn.execution.runs import (
    begin_run,
    cancel_run,
    fork_run,
    list_runs,
    resume_run,
    show_run,
    start_run,
    take_up_run,
    why_run,
)
from htn.execution.runtime import RuntimeReference
from htn.model import Domain, State
from htn.model.budget import Budget, BudgetTooSmallError
from htn.planning import Solved, find_plan
from tests.execution.toy import FunctionAgent, agents_of, lines, make_plan, reference

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 30.0
CHAIN = make_plan({"a": [], "b": ["a"], "c": ["b"]})


def _process(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_plan_found_by_the_planner_is_carried_out(tmp_path: Path):
    """The real planner's plan runs as it is, its ids, keys, links and all."""
    domain = Domain("travel")

    @domain.operator
    def fetch(state: Any, name: str) -> Any:
        state.result[name] = "fetched"
        return state

    @domain.operator
    def join(state: Any, left: str, right: str) -> Any:
        if not (state.result[left] and state.result[right]):
            return False
        state.result[left, right] = "joined"
        return state

    state = State("empty", result={})
    outcome = find_plan(domain, state, [("fetch", "x"), ("fetch", "y"), ("join", "x", "y")])
    seen = {}

    def work(request: StepRequest) -> Mapping[str, Any]:
        seen[request.task, request.args] = sorted(str(item.document["value"]) for item in request.inputs)
        return {"value": request.args[0]}

    assert isinstance(outcome, Solved)
    agent = FunctionAgent(work, capabilities=["fetch", "join"])
    run = start_run(tmp_path, outcome.plan, agents_of(agent))
    assert seen == {("fetch", ("x",)): [], ("fetch", ("y",)): [], ("join", ("x", "y")): ["x", "y"]}
    assert show_run(tmp_path, run).run.status == "completed"


# ---------------------------------------------------------------------------------------------------------- starting
def test_rejected_plan_leaves_nothing_behind(tmp_path: Path):
    """All problems are said at once, and nothing is written."""
    plan = make_plan({"a": [], "b": ["a"]}, capability={"a": "fly", "b": "swim"})
    with pytest.raises(PlanRejectedError) as caught:
        start_run(tmp_path / "w", plan, reference())
    assert [problem.split(",")[0] for problem in caught.value.problems] == [
        "No agent has the capability fly",
        "No agent has the capability swim",
    ]
    assert not (tmp_path / "w").exists()


def test_budget_is_looked_at_before_anything_runs(tmp_path: Path):
    """A plan that cannot be done within its budget is not begun."""
    config = {"estimates": {"a": 10, "b": 10, "c": 10}}
    with pytest.raises(BudgetTooSmallError, match="limit of 20 seconds is below the 30 needed at least"):
        start_run(tmp_path / "w", CHAIN, reference(**config), options=RunOptions(budget=Budget(seconds=20)))


@pytest.mark.parametrize(
    ("factory", "why"),
    [
        ("nonsense", "is not of the form 'module:function'"),
        ("tests.execution.absent:f", "cannot be imported"),
        ("os:system", "is not a function marked with @runtime_factory"),
        ("tests.execution.toy:not_a_factory", "is not a function marked with @runtime_factory"),
    ],
)
def test_only_marked_functions_build_runtimes(tmp_path: Path, factory: str, why: str):
    """A journal cannot have any function called that it names."""
    with pytest.raises(RuntimeReferenceError, match=why):
        start_run(tmp_path / "w", CHAIN, RuntimeReference(factory, {"command": "true"}))


def test_run_id_may_be_given_but_not_twice(tmp_path: Path):
    """A second run of the same id is refused, and the first is left as it is."""
    assert start_run(tmp_path, CHAIN, reference(), run_id="mine") == "mine"
    with pytest.raises(JournalError):
        start_run(tmp_path, CHAIN, reference(), run_id="mine")
    assert [run.status for run in list_runs(tmp_path)] == ["completed"]
    assert WorkspaceLock(tmp_path).holder() is None


def test_runs_are_listed_latest_first_and_none_where_there_are_none(tmp_path: Path):
    """An empty workspace is no error."""
    assert list_runs(tmp_path / "empty") == []
    for title in ("first", "second"):
        start_run(tmp_path, CHAIN, reference(), title=title)
    assert [run.title for run in list_runs(tmp_path)] == ["second", "first"]


def test_several_runs_go_on_in_one_process_at_once(tmp_path: Path):
    """Runs of one workspace share the engine, and the last one ends it."""
    meeting = threading.Barrier(2)

    def work(request: StepRequest) -> Mapping[str, Any]:
        if request.task == "b":
            meeting.wait(TIMEOUT)
        return {"value": 1}

    handles = [begin_run(tmp_path, CHAIN, agents_of(FunctionAgent(work))) for _ in range(2)]
    assert [handle.wait(TIMEOUT).status for handle in handles] == ["completed", "completed"]
    with pytest.raises(EngineError, match="no engine is running"):
        Engine.current()
    assert WorkspaceLock(tmp_path).holder() is None


def test_one_process_uses_one_workspace_at_a_time(tmp_path: Path):
    """A second workspace is refused while runs of the first are in hand, and accepted afterwards."""
    begun, go_on = threading.Event(), threading.Event()

    def work(request: StepRequest) -> Mapping[str, Any]:
        begun.set()
        assert go_on.wait(TIMEOUT)
        return {"value": 1}

    handle = begin_run(tmp_path / "one", CHAIN, agents_of(FunctionAgent(work)))
    assert begun.wait(TIMEOUT)
    with pytest.raises(EngineError, match="wait for them before using"):
        start_run(tmp_path / "two", CHAIN, reference())
    go_on.set()
    handle.wait(TIMEOUT)
    start_run(tmp_path / "two", CHAIN, reference())


# ------------------------------------------------------------------------------------------------------ two processes
HOLDER = """
import sys
from htn.execution.lock import WorkspaceLock
lock = WorkspaceLock(sys.argv[1])
lock.acquire()
print("held", flush=True)
sys.stdin.readline()
"""


def test_second_process_is_told_which_one_holds_the_workspace(tmp_path: Path):
    """Starting and resuming are refused with the holder's pid; when it dies, the lock is free without cleaning up."""
    run = start_run(tmp_path, CHAIN, reference(agents=[{"always": {"c": "human_refused"}}]))
    holder = _process(HOLDER, str(tmp_path))
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    for attempt in (lambda: start_run(tmp_path, CHAIN, reference()), lambda: resume_run(tmp_path, run)):
        with pytest.raises(WorkspaceBusyError) as caught:
            attempt()
        assert caught.value.pid == holder.pid
        assert f"process {holder.pid} carries out runs in this workspace" in str(caught.value)
    assert len(list_runs(tmp_path)) == 1
    assert WorkspaceLock(tmp_path).holder() == holder.pid
    holder.kill()
    holder.communicate()
    assert WorkspaceLock(tmp_path).holder() is None
    start_run(tmp_path, CHAIN, reference())


READER = """
import json, sys
from htn.execution.runs import list_runs, show_run, why_run
(run,) = list_runs(sys.argv[1])
why = why_run(sys.argv[1], run.run_id, "n-b").to_json()
print(json.dumps([show_run(sys.argv[1], run.run_id).sentence, why["attempts"][0]["agent"]]))
assert "dbos" not in sys.modules and "sqlalchemy" not in sys.modules, "reading needs no engine"
"""


def test_reading_needs_no_engine(tmp_path: Path):
    """Another process lists, shows and explains a run without importing DBOS."""
    start_run(tmp_path, CHAIN, reference())
    reader = _process(READER, str(tmp_path))
    output, errors = reader.communicate(timeout=60)
    assert reader.returncode == 0, errors
    assert json.loads(output) == ["Completed: 3 of 3 steps done.", "worker"]


# ------------------------------------------------------------------------------------------------- resuming, cancelling
def test_unknown_run_is_one_sentence(tmp_path: Path):
    """Whatever is asked of it."""
    start_run(tmp_path, CHAIN, reference(), run_id="r1")
    for ask in (resume_run, cancel_run, show_run):
        with pytest.raises(UnknownRunError, match=r"no run 'r2' in .*: the latest runs are r1"):
            ask(tmp_path, "r2")
    with pytest.raises(JournalError, match="there are no runs here yet"):
        resume_run(tmp_path / "elsewhere", "r1")
    assert not (tmp_path / "elsewhere").exists()


def test_run_is_carried_on_without_the_engines_record(tmp_path: Path):
    """If the engine's own file is lost, the journal is enough: only what is not finished there is done."""
    log = tmp_path / "log"
    workspace = tmp_path / "w"
    config = [{"log": str(log), "always": {"c": "human_refused"}}]
    run = start_run(workspace, CHAIN, reference(agents=config))
    with Journal(workspace) as journal:  # as if the process had died in the last step
        journal.database.execute("UPDATE runs SET status = 'running', finished = NULL, runtime = ?", (_good(log),))
        journal.database.execute("UPDATE sessions SET outcome = NULL")
    for path in workspace.glob("engine.sqlite*"):
        path.unlink()
    seen = len(lines(log))
    assert resume_run(workspace, run).status == "completed"
    assert [line for line in lines(log)[seen:] if line.startswith("begin")] == [f"begin:{CHAIN.steps[2].key}"]


def test_record_that_does_not_fit_is_left_aside(tmp_path: Path):
    """The engine's record says that the session is over, the journal that it is not: another session goes on."""
    log = tmp_path / "log"
    workspace = tmp_path / "w"
    config = [{"log": str(log), "always": {"c": "human_refused"}}]
    run = start_run(workspace, CHAIN, reference(agents=config))
    with Journal(workspace) as journal:
        journal.database.execute("UPDATE runs SET status = 'running', finished = NULL, runtime = ?", (_good(log),))
        journal.database.execute("UPDATE sessions SET outcome = NULL")
    assert resume_run(workspace, run).status == "completed"
    with Journal(workspace, readonly=True) as journal:
        assert journal.session(run).session == 2
        assert journal.session(run, 1).outcome == "lost"
        assert any("left aside" in str(event.payload.get("reason")) for event in journal.events(run))


def _good(log: Path) -> str:
    return json.dumps(reference(agents=[{"log": str(log)}]).to_json())


def test_corrupt_engine_file_is_one_sentence(tmp_path: Path):
    """The file is named, with the comfort that the journal has what is finished."""
    run = start_run(tmp_path, CHAIN, reference(agents=[{"always": {"c": "human_refused"}}]))
    for path in tmp_path.glob("engine.sqlite*"):
        path.unlink()
    (tmp_path / "engine.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(
        EngineError, match=r"engine.sqlite: the engine cannot be started .* finished work is in the journal"
    ):
        resume_run(tmp_path, run)
    assert WorkspaceLock(tmp_path).holder() is None


def test_workspace_that_breaks_while_running_ends_the_run_with_a_sentence(tmp_path: Path):
    """When the journal cannot be written any more, that is no failure of a step; the run can be resumed."""
    broken = threading.Event()

    def work(request: StepRequest) -> Mapping[str, Any]:
        if request.task == "b" and not broken.is_set():
            broken.set()
            journal = Engine.current().journal
            journal.database.execute(
                "CREATE TRIGGER full BEFORE UPDATE ON steps BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        return {"value": 1}

    handle = begin_run(tmp_path, CHAIN, agents_of(FunctionAgent(work)))
    with pytest.raises(JournalError, match="disk full"):
        handle.wait(TIMEOUT)
    with Journal(tmp_path) as journal:
        assert journal.run(handle.run_id).status == "running"
        journal.database.execute("DROP TRIGGER full")
    assert show_run(tmp_path, handle.run_id).interrupted
    assert resume_run(tmp_path, handle.run_id).status == "completed"


def test_taking_up_a_run_that_is_in_hand_waits_for_it(tmp_path: Path):
    """Resuming twice at once is one execution."""
    begun, go_on = threading.Event(), threading.Event()
    log = []

    def work(request: StepRequest) -> Mapping[str, Any]:
        log.append(request.task)
        begun.set()
        assert go_on.wait(TIMEOUT)
        return {"value": 1}

    first = begin_run(tmp_path, CHAIN, agents_of(FunctionAgent(work)))
    assert begun.wait(TIMEOUT)
    second = take_up_run(tmp_path, first.run_id)
    go_on.set()
    assert first.wait(TIMEOUT) == second.wait(TIMEOUT)
    assert log == ["a", "b", "c"]


def test_waiting_is_limited_when_asked(tmp_path: Path):
    """A time-out of the one who waits leaves the run as it is."""
    go_on = threading.Event()
    handle = begin_run(tmp_path, CHAIN, agents_of(FunctionAgent(lambda request: {"value": go_on.wait(TIMEOUT)})))
    with pytest.raises(TimeoutError, match=r"is not over after 0.01 s"):
        handle.wait(0.01)
    assert not handle.done
    go_on.set()
    assert handle.wait(TIMEOUT).status == "completed"


def test_run_that_nobody_carries_out_is_cancelled_at_once(tmp_path: Path):
    """After a crash there is nobody to ask; a run that is over stays as it is."""
    run = start_run(tmp_path, CHAIN, reference())
    assert cancel_run(tmp_path, run).status == "completed"
    with Journal(tmp_path) as journal:
        journal.database.execute("UPDATE runs SET status = 'running', finished = NULL")
    assert cancel_run(tmp_path, run).status == "cancelled"
    assert show_run(tmp_path, run).sentence == "Cancelled with 3 of 3 steps done; it can be resumed."


# ------------------------------------------------------------------------------------------------------- explain, fork
def test_why_tells_attempts_choices_and_recoveries(tmp_path: Path):
    """The story of a step has every try, who was weighed, what was decided and what depends on it."""
    config = [{"name": "model", "capacity": 9, "always": {"b": "malformed_output"}}, {"name": "local"}]
    run = start_run(tmp_path, CHAIN, reference(agents=config))
    story = why_run(tmp_path, run, "b")
    assert [(attempt.agent, attempt.failure) for attempt in story.attempts][-1] == ("local", None)
    assert [event.payload["strategy"] for event in story.recoveries] == ["retry", "retry", "another_agent"]
    assert (story.waited_for, story.used_by, story.revisions) == (("n-a",), ("n-c",), (1,))
    assert json.loads(json.dumps(story.to_json()))["step"]["task"] == "b"


def test_step_is_found_by_the_beginning_of_its_id(tmp_path: Path):
    """An ambiguous or unknown one is answered with the candidates."""
    run = start_run(tmp_path, CHAIN, reference())
    assert why_run(tmp_path, run, "n-b").step.id == "n-b"
    with pytest.raises(UnknownRunError, match="has 3 steps that 'n-' could mean: n-a, n-b, n-c"):
        why_run(tmp_path, run, "n-")
    with pytest.raises(UnknownRunError, match="has no step 'z'; its steps are a, b, c"):
        why_run(tmp_path, run, "z")


def test_fork_does_a_step_and_what_depends_on_it_again(tmp_path: Path):
    """The rest is reused; the first run is left as it is."""
    log = tmp_path / "log"
    plan = make_plan({"a": [], "b": ["a"], "side": ["a"], "c": ["b"]})
    first = start_run(tmp_path / "w", plan, reference(agents=[{"log": str(log)}]), title="one")
    seen = len(lines(log))
    handle = fork_run(tmp_path / "w", first, "n-b")
    assert handle.wait(TIMEOUT).forked_from == first
    begun = [line.removeprefix("begin:") for line in lines(log)[seen:] if line.startswith("begin:")]
    assert begun == [plan.steps[1].key, plan.steps[3].key]
    assert {step.task: step.status for step in show_run(tmp_path / "w", handle.run_id).steps} == {
        "a": "reused",
        "b": "finished",
        "side": "reused",
        "c": "finished",
    }
    assert show_run(tmp_path / "w", first).run.status == "completed"


def test_files_of_the_engine_are_private(tmp_path: Path):
    """Everything that a run writes is for its user only."""
    workspace = tmp_path / "w"
    start_run(workspace, CHAIN, reference())
    assert {path.name: path.stat().st_mode & 0o077 for path in workspace.iterdir()} == dict.fromkeys(
        (path.name for path in workspace.iterdir()), 0
    )
    assert workspace.stat().st_mode & 0o077 == 0
    assert os.listdir(workspace)


def test_runs_are_started_from_a_notebook_too(tmp_path: Path):
    """Where an event loop runs already, the engine uses one of its own."""

    async def cell() -> str:
        run = start_run(tmp_path, CHAIN, reference(), run_id="first")
        with pytest.raises(JournalError):
            start_run(tmp_path, CHAIN, reference(), run_id=run)
        return run

    assert asyncio.run(cell()) == "first"
    assert show_run(tmp_path, "first").run.status == "completed"
