"""Approved plans are carried out by a process of their own: each once, whatever ends in between."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domains.analysis.app.carrier import carry_out_waiting, ensure_carrier
from domains.analysis.app.waiting import drop, refusal, submit_plan, submit_resume, waiting
from domains.analysis.planner import EstatePlanner
from htn.execution.approvals import answer_step
from htn.execution.audit import audit_lines
from htn.execution.lock import WorkspaceLock
from htn.execution.runs import cancel_run, list_runs, show_run
from tests.analysis.app.conftest import QUESTION


@pytest.fixture
def plan(workspace):
    """Return a short plan."""
    return EstatePlanner(workspace).plan(QUESTION, options={"depth": "quick"})


def test_what_waits_is_carried_out_under_the_promised_id(workspace, plan):
    """Two approved plans become two completed runs, and nothing is left waiting."""
    promised = {submit_plan(workspace, plan, by="ann") for _ in range(2)}
    assert {entry.title for entry in waiting(workspace)} == {QUESTION}
    carry_out_waiting(workspace, linger=0)
    assert waiting(workspace) == []
    assert {run.run_id for run in list_runs(workspace) if run.status == "completed"} == promised | {"first"}
    lines = [json.loads(line) for run_id in promised for line in audit_lines(workspace, run_id)]
    assert [line["content"]["by"] for line in lines if line["kind"] == "plan_approved"] == ["ann", "ann"]


def test_a_plan_that_does_not_check_is_refused_and_the_next_one_run(workspace, plan):
    """A plan that was tampered with is not run; why not stands where its page finds it."""
    bad = submit_plan(workspace, plan, by="ann")
    path = workspace / "queue" / f"{bad}.json"
    document = json.loads(path.read_text())
    document["plan"]["plan"]["tree"]["nodes"][1]["method"] = "another"
    path.write_text(json.dumps(document))
    good = submit_plan(workspace, plan, by="ann")
    carry_out_waiting(workspace, linger=0)
    assert "does not fit" in (refusal(workspace, bad) or "")
    assert show_run(workspace, good).run.status == "completed"
    assert bad not in {run.run_id for run in list_runs(workspace)}


def test_work_waits_while_another_process_carries_out_runs(workspace, plan):
    """The workspace's lock is respected: the plan is begun once it is free."""
    lock = WorkspaceLock(workspace)
    lock.acquire()
    seen = []

    def sleep(seconds):
        seen.append(len(waiting(workspace)))
        if len(seen) == 3:
            lock.release()

    run_id = submit_plan(workspace, plan, by="ann")
    carry_out_waiting(workspace, linger=0, sleep=sleep)
    assert seen[:3] == [1, 1, 1]
    assert show_run(workspace, run_id).run.status == "completed"


def test_a_run_that_was_begun_already_is_not_begun_again(workspace, plan):
    """A process that ended between beginning a run and taking its note away does no harm."""
    run_id = submit_plan(workspace, plan, by="ann")
    note = (workspace / "queue" / f"{run_id}.json").read_text()
    carry_out_waiting(workspace, linger=0)
    (workspace / "queue" / f"{run_id}.json").write_text(note)
    carry_out_waiting(workspace, linger=0)
    assert waiting(workspace) == []
    assert [run.run_id for run in list_runs(workspace)].count(run_id) == 1
    assert max(step.attempts for step in show_run(workspace, run_id).steps) == 1


def test_a_run_that_waits_for_a_person_holds_up_no_other(workspace, plan):
    """While one run waits for approval, another one is completed; then the answer lets the first go on."""
    asking = submit_plan(workspace, plan, by="ann", approval={"operators": ["retrieve_deals"]})
    other = submit_plan(workspace, plan, by="ann")
    answered: list[Any] = []

    def sleep(seconds):
        known = {run.run_id: run for run in list_runs(workspace)}
        if not answered and other in known and known[other].status == "completed" and known[asking].finished is None:
            step = show_run(workspace, asking).waiting[0]
            answered.append(answer_step(workspace, asking, step.id, yes=True, by="ann"))

    carry_out_waiting(workspace, linger=0, sleep=sleep)
    assert answered
    assert show_run(workspace, asking).run.status == "completed"


def test_a_cancelled_run_can_be_gone_on_with(workspace, plan):
    """Going on is asked for in the same way, and finished steps are kept."""
    asking = submit_plan(workspace, plan, by="ann", approval={"operators": ["review_answer"]})

    def cancel(seconds):
        known = {run.run_id: run for run in list_runs(workspace)}
        if asking in known and known[asking].status == "waiting":
            cancel_run(workspace, asking)

    carry_out_waiting(workspace, linger=0, sleep=cancel)
    assert show_run(workspace, asking).run.status == "cancelled"
    submit_resume(workspace, asking, by="ben")

    def approve(seconds):
        for step in show_run(workspace, asking).waiting:
            answer_step(workspace, asking, step.id, yes=True, by="ben")

    carry_out_waiting(workspace, linger=0, sleep=approve)
    assert show_run(workspace, asking).run.status == "completed"


def test_the_process_is_there_after_whoever_started_it_forgot_it(workspace, plan):
    """The real process carries a plan out; a second call starts no second one."""
    run_id = submit_plan(workspace, plan, by="ann")
    ensure_carrier(workspace)
    from domains.analysis.app import carrier

    (process,) = carrier._started
    carry_out_waiting(workspace)  # returns when nothing is left for it to do
    ensure_carrier(workspace)
    process.wait(60)
    assert show_run(workspace, run_id).run.status == "completed"
    assert (workspace / "queue" / "carrier.log").read_text() == ""


def test_what_is_taken_off_the_list_is_not_run(workspace, plan):
    """A person may change their mind while the plan waits."""
    drop(workspace, submit_plan(workspace, plan, by="ann"))
    carry_out_waiting(workspace, linger=0)
    assert [run.run_id for run in list_runs(workspace)] == ["first"]
