"""Steps that need approval wait for a person, durably; every answer is kept with who gave it and when."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from htn.execution.approvals import ApprovalPolicy, answer_step, approvals_of, waiting_approvals
from htn.execution.audit import audit_lines, verify_audit
from htn.execution.errors import ApprovalError, UnknownRunError
from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.records import RunRecord
from htn.execution.replan_request import ReplanAnswer, ReplanRequest
from htn.execution.runs import begin_run, cancel_run, fork_run, resume_run, show_run, start_run
from htn.execution.runtime import DefaultRuntime
from htn.model.errors import InputError
from htn.plan.plan import Step
from tests.execution.toy import FunctionAgent, ToyPlan, lines, make_plan, reference, register

TIMEOUT = 30.0
DIAMOND = make_plan({"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]})


def _left_waiting(workspace: Path, plan: ToyPlan = DIAMOND, *, config: Any = None, **policy: Any) -> str:
    """Start a run whose process does not stay to wait, and return its id."""
    policy.setdefault("operators", ("b",))
    options = RunOptions(approval=ApprovalPolicy(**policy), wait=False)
    run = start_run(workspace, plan, reference(**(config or {})), options=options)
    assert show_run(workspace, run).run.status == "waiting"
    return run


def _statuses(workspace: Path, run: str) -> dict[str, str]:
    return {step.task: step.status for step in show_run(workspace, run).steps}


def _until(true: Callable[[], object]) -> None:
    """Look until something holds; what is looked at is another thread's work."""
    end = time.monotonic() + TIMEOUT
    while not true():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)  # gives the other thread its turn


# ----------------------------------------------------------------------------------------------- nobody carries it out
def test_only_what_needs_approval_waits_and_the_run_is_left_waiting(tmp_path: Path):
    """Everything else is done first; the status says for whom the run waits, and why."""
    log = tmp_path / "log"
    run = _left_waiting(tmp_path / "w", config={"agents": [{"log": str(log)}]})
    assert _statuses(tmp_path / "w", run) == {"a": "finished", "b": "waiting", "c": "finished", "d": "pending"}
    status = show_run(tmp_path / "w", run)
    assert status.sentence == "Waiting for approval: Do b. 2 of 4 steps are done; answer, and resume it to go on."
    assert [step.message for step in status.waiting] == [
        "step n-b waits for approval: the run was started so that b needs approval"
    ]
    (question,) = waiting_approvals(tmp_path / "w")
    assert (question.run_id, question.step_id, question.answer) == (run, "n-b", None)


def test_answer_given_while_nothing_runs_lets_the_resumed_run_go_on(tmp_path: Path):
    """What was finished is not done again; who answered and when is in the journal and in the audit record."""
    log = tmp_path / "log"
    workspace = tmp_path / "w"
    run = _left_waiting(workspace, config={"agents": [{"log": str(log)}]})
    before = time.time()
    given, mine = answer_step(workspace, run, "b", yes=True, by="ann", note="go on")
    assert mine
    assert (given.answer, given.by, given.note) == ("yes", "ann", "go on")
    assert given.answered is not None
    assert before <= given.answered <= time.time()
    assert waiting_approvals(workspace) == []
    assert show_run(workspace, run).sentence.startswith("All approvals are answered")
    assert resume_run(workspace, run).status == "completed"
    assert sorted(lines(log)) == sorted(f"{what}:{step.key}" for step in DIAMOND.steps for what in ("begin", "end"))
    entries = [json.loads(line) for line in audit_lines(workspace, run)]
    (answered,) = [entry["content"] for entry in entries if entry["kind"] == "approval_answered"]
    assert (answered["step"], answered["answer"], answered["by"], answered["note"]) == ("n-b", "yes", "ann", "go on")
    assert verify_audit(workspace).intact


def test_several_wait_at_once_and_are_answered_one_by_one(tmp_path: Path):
    """The run goes on with what it has, and waits for the rest."""
    run = _left_waiting(tmp_path, operators=("b", "c"))
    assert {found.step_id for found in waiting_approvals(tmp_path, run)} == {"n-b", "n-c"}
    answer_step(tmp_path, run, "n-c", yes=True, by="ann")
    assert resume_run(tmp_path, run).status == "waiting"
    assert _statuses(tmp_path, run) == {"a": "finished", "b": "waiting", "c": "finished", "d": "pending"}
    answer_step(tmp_path, run, "n-b", yes=True, by="bob")
    assert resume_run(tmp_path, run).status == "completed"


def test_same_answer_twice_changes_nothing_and_another_one_is_refused(tmp_path: Path):
    """The first answer holds; the sentence says whose it was."""
    run = _left_waiting(tmp_path)
    first, _ = answer_step(tmp_path, run, "b", yes=True, by="ann")
    again, mine = answer_step(tmp_path, run, "b", yes=True, by="bob")
    assert (again, mine) == (first, False)
    with pytest.raises(ApprovalError, match=r"step n-b was approved by ann on .* UTC; the first answer holds"):
        answer_step(tmp_path, run, "b", yes=False, by="bob")
    assert resume_run(tmp_path, run).status == "completed"
    with pytest.raises(ApprovalError, match="was approved by ann"):
        answer_step(tmp_path, run, "b", yes=False, by="bob")


def test_contradictory_answers_at_the_same_moment_leave_exactly_one(tmp_path: Path):
    """Many people answer at once, half yes and half no: one is first, and everybody who differs is told."""
    run = _left_waiting(tmp_path)
    start = threading.Barrier(6)
    outcomes: list[object] = []

    def give(number: int) -> None:
        start.wait(TIMEOUT)
        try:
            outcomes.append(answer_step(tmp_path, run, "b", yes=number % 2 == 0, by=f"p{number}"))
        except ApprovalError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=give, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    assert len(outcomes) == 6
    assert sum(isinstance(outcome, tuple) and outcome[1] for outcome in outcomes) == 1
    assert sum(isinstance(outcome, ApprovalError) for outcome in outcomes) == 3
    kinds = [json.loads(line)["kind"] for line in audit_lines(tmp_path, run)]
    assert kinds.count("approval_answered") == 1
    assert verify_audit(tmp_path).intact


def test_refused_step_gives_a_partial_result_that_says_who_refused(tmp_path: Path):
    """No is an outcome of the step: what depends on it is missing, and it is not asked again on resuming."""
    run = _left_waiting(tmp_path)
    answer_step(tmp_path, run, "b", yes=False, by="ann", note="too dear")
    assert resume_run(tmp_path, run).status == "failed"
    assert _statuses(tmp_path, run) == {"a": "finished", "b": "failed", "c": "finished", "d": "skipped"}
    (refused,) = [step for step in show_run(tmp_path, run).steps if step.task == "b"]
    assert refused.message is not None
    assert refused.message.startswith("refused by ann")
    assert refused.message.endswith("too dear")
    assert resume_run(tmp_path, run).status == "failed"


def test_refused_step_is_decomposed_again_where_there_is_another_way(tmp_path: Path):
    """The plan without the step is carried out, and what is finished is kept."""
    other = make_plan({"a": [], "e": ["a"], "c": ["a"], "d": ["e", "c"]})
    run = _left_waiting(tmp_path, config={"plans": {"n-b": other.to_json()}})
    answer_step(tmp_path, run, "b", yes=False, by="ann")
    assert resume_run(tmp_path, run).status == "completed"
    assert _statuses(tmp_path, run) == dict.fromkeys("aecd", "finished")


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("c", r"step n-c does not wait for approval; those that do are n-b"),
        ("x", r"has no step 'x'; its steps are a"),
    ],
)
def test_step_that_does_not_wait_cannot_be_answered_for(tmp_path: Path, step: str, why: str):
    """The sentence says which ones do."""
    run = _left_waiting(tmp_path)
    with pytest.raises((ApprovalError, UnknownRunError), match=why):
        answer_step(tmp_path, run, step, yes=True, by="ann")
    with pytest.raises(ApprovalError, match="needs the name"):
        answer_step(tmp_path, run, "b", yes=True, by=" ")
    with pytest.raises(ApprovalError, match="2000 are the most"):
        answer_step(tmp_path, run, "b", yes=True, by="ann", note="x" * 2001)


# --------------------------------------------------------------------------------------------------- a process waits
def test_running_process_sees_the_answer(tmp_path: Path):
    """While nothing else can be done its status is waiting; one answer later it is over."""
    options = RunOptions(approval=ApprovalPolicy(operators=("b",)))
    handle = begin_run(tmp_path, DIAMOND, reference(), options=options)
    _until(lambda: show_run(tmp_path, handle.run_id).run.status == "waiting")
    assert "resume" not in show_run(tmp_path, handle.run_id).sentence, "a process is there"
    answer_step(tmp_path, handle.run_id, "b", yes=True, by="ann")
    assert handle.wait(TIMEOUT).status == "completed"


def test_other_branches_go_on_while_one_waits(tmp_path: Path):
    """The step that waits holds no agent's place."""
    plan = make_plan({"b": [], "c": [], "d": ["c"], "e": ["b", "d"]})
    config = {"agents": [{"capacity": 1}]}
    handle = begin_run(
        tmp_path, plan, reference(**config), options=RunOptions(approval=ApprovalPolicy(operators=("b",)))
    )
    _until(lambda: _statuses(tmp_path, handle.run_id)["d"] == "finished")
    assert _statuses(tmp_path, handle.run_id)["b"] == "waiting"
    answer_step(tmp_path, handle.run_id, "b", yes=True, by="ann")
    assert handle.wait(TIMEOUT).status == "completed"


def test_cancelling_while_waiting_is_prompt_and_the_question_stays_open(tmp_path: Path):
    """No grace is needed for what only waits; resumed, the run uses an answer that was given meanwhile."""
    options = RunOptions(approval=ApprovalPolicy(operators=("b",)), cancel_grace=1000.0)
    handle = begin_run(tmp_path, DIAMOND, reference(), options=options)
    _until(lambda: show_run(tmp_path, handle.run_id).run.status == "waiting")
    handle.cancel()
    assert handle.wait(TIMEOUT).status == "cancelled"
    answer_step(tmp_path, handle.run_id, "b", yes=True, by="ann")
    assert resume_run(tmp_path, handle.run_id).status == "completed"


def test_run_left_waiting_can_be_cancelled(tmp_path: Path):
    """At once, as no process has it."""
    run = _left_waiting(tmp_path)
    assert cancel_run(tmp_path, run).status == "cancelled"
    assert waiting_approvals(tmp_path) == [], "a run that is over waits for nobody"


# ------------------------------------------------------------------------------------------------- time-out, what asks
@pytest.mark.parametrize(("fallback", "ends"), [("no", "failed"), ("yes", "completed")])
def test_answer_by_default_holds_after_the_time_out(tmp_path: Path, fallback: str, ends: str):
    """It is on record as an answer by the time-out, and a person's comes too late."""
    options = RunOptions(approval=ApprovalPolicy(operators=("b",), timeout=0.0, fallback=fallback))
    run = start_run(tmp_path, DIAMOND, reference(), options=options)
    assert show_run(tmp_path, run).run.status == ends
    with Journal(tmp_path, readonly=True) as journal:
        (given,) = approvals_of(journal, run)
    assert (given.answer, given.by) == (fallback, "time-out")
    with pytest.raises(ApprovalError, match=f"{'approved' if fallback == 'yes' else 'refused'} by time-out"):
        answer_step(tmp_path, run, "b", yes=fallback == "no", by="ann")


def test_time_out_passes_while_nothing_runs(tmp_path: Path):
    """A late answer is refused with one sentence, and the default is on record from then on."""
    run = _left_waiting(tmp_path, timeout=1000.0)
    with Journal(tmp_path) as journal:
        journal.database.execute("UPDATE approvals SET deadline = requested")
    with pytest.raises(ApprovalError, match="the time to answer is over, and the answer by default holds: no"):
        answer_step(tmp_path, run, "b", yes=True, by="ann")
    assert resume_run(tmp_path, run).status == "failed"


def test_operator_setting_and_expected_amounts_ask_too(tmp_path: Path):
    """A runtime may ask for approval of a step; so may more expected seconds or tokens than a limit."""

    class Careful(DefaultRuntime):
        def approval(self, step: Step) -> str | None:
            return "it writes to the outside" if step.task == "a" else None

        def estimate(self, step: Step) -> float | None:
            return 90.0 if step.task == "b" else 1.0

    runtime = register(Careful([FunctionAgent(lambda request: {"value": 1})]))
    plan = make_plan({"a": [], "b": [], "c": [], "d": []})
    options = RunOptions(approval=ApprovalPolicy(above={"seconds": 60, "tokens": 1000}), wait=False)
    context = {"costs": {"n-c": {"tokens": 1500}, "n-d": {"tokens": 1000}}}
    run = start_run(tmp_path, plan, runtime, options=options, context=context)
    assert sorted((found.step_id, found.reason) for found in waiting_approvals(tmp_path, run)) == [
        ("n-a", "it writes to the outside"),
        ("n-b", "it is expected to take 90 seconds, more than 60"),
        ("n-c", "it is expected to take 1500 tokens, more than 1000"),
    ]


def test_question_is_withdrawn_when_a_change_of_the_plan_removes_the_step(tmp_path: Path):
    """The run does not wait for an answer that nobody needs any more."""
    go_on = threading.Event()
    other = make_plan({"c": [], "d": ["c"]})

    class Changing(DefaultRuntime):
        def replan(self, request: ReplanRequest) -> ReplanAnswer:
            return ReplanAnswer(other)

    def work(request: Any) -> dict[str, Any]:
        if request.task == "a":
            assert go_on.wait(TIMEOUT)
            raise RuntimeError("no data")
        return {"value": 1}

    plan = make_plan({"a": [], "b": [], "d": ["a", "b"]})
    runtime = register(Changing([FunctionAgent(work)]))
    handle = begin_run(tmp_path, plan, runtime, options=RunOptions(approval=ApprovalPolicy(operators=("b",))))
    _until(lambda: waiting_approvals(tmp_path, handle.run_id))
    go_on.set()
    record: RunRecord = handle.wait(TIMEOUT)
    assert record.status == "completed"
    with Journal(tmp_path, readonly=True) as journal:
        assert [found.answer for found in approvals_of(journal, handle.run_id)] == ["withdrawn"]


def test_fork_asks_again(tmp_path: Path):
    """An approval is for a step of one run."""
    run = _left_waiting(tmp_path)
    answer_step(tmp_path, run, "b", yes=True, by="ann")
    resume_run(tmp_path, run)
    fork = fork_run(tmp_path, run, "n-b")
    assert fork.wait(TIMEOUT).status == "waiting"
    assert [found.run_id for found in waiting_approvals(tmp_path)] == [fork.run_id]


@pytest.mark.parametrize("wrong", [{"fallback": "perhaps"}, {"timeout": -1.0}, {"above": {"seconds": float("nan")}}])
def test_policy_that_makes_no_sense_is_refused(wrong: dict[str, Any]):
    """Before anything runs."""
    with pytest.raises(InputError):
        ApprovalPolicy(**wrong)
