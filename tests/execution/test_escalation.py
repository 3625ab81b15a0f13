"""When nothing else can be tried, a person says what becomes of a step: durably, with a time-out, once per failure."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from htn.execution.approvals import Escalation, answer_failure, answer_question, answer_step, waiting_approvals
from htn.execution.errors import ApprovalError
from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.records import RunRecord
from htn.execution.runs import begin_run, resume_run, show_run, start_run
from htn.model.errors import InputError
from tests.execution.toy import ToyPlan, lines, make_plan, reference

TIMEOUT = 30.0
PLAN = make_plan({"a": [], "bad": ["a"], "side": [], "end": ["bad", "side"]})
WITHOUT_BAD = make_plan({"a": [], "side": [], "end": ["side"]})


def _options(*, wait: bool = False, **escalation: Any) -> RunOptions:
    return RunOptions(escalation=Escalation(ask=True, **escalation), wait=wait, max_delay=0.01)


def _left_asking(workspace: Path, plan: ToyPlan = PLAN, *, failure: str = "unknown", **config: Any) -> str:
    """Start a run of which one step fails at first and at last a person is asked; nobody stays to wait."""
    agents = [{"fails": {"bad": [failure]}, **config.pop("agent", {})}]
    run = start_run(workspace, plan, reference(agents=agents, **config), options=_options())
    assert show_run(workspace, run).run.status == "waiting"
    return run


def _statuses(workspace: Path, run: str) -> dict[str, str]:
    return {step.task: step.status for step in show_run(workspace, run).steps}


def _events(workspace: Path, run: str, kind: str) -> list[Mapping[str, Any]]:
    with Journal(workspace, readonly=True) as journal:
        return [event.payload for event in journal.events(run, kinds=(kind,))]


def test_everything_else_goes_on_while_it_waits(tmp_path: Path):
    """What does not depend on the step is done; the status says what is asked, and what may be answered."""
    run = _left_asking(tmp_path)
    assert _statuses(tmp_path, run) == {"a": "finished", "bad": "waiting", "side": "finished", "end": "pending"}
    (step,) = show_run(tmp_path, run).waiting
    assert step.message == "step n-bad waits for a decision on its failure: bad fails by plan"
    assert step.choices == ("retry", "give_up", "without")
    assert [told["strategy"] for told in _events(tmp_path, run, "recovery")] == ["replan", "ask"]


def test_tried_again_it_may_work(tmp_path: Path):
    """The answer is acted upon by whoever resumes; finished steps are not done again, and the step only now."""
    log = tmp_path / "log"
    run = _left_asking(tmp_path / "w", agent={"log": str(log)})
    before = len(lines(log))
    answer_failure(tmp_path / "w", run, "bad", "retry", by="ann", note="it was the network")
    # A later session counts its tries anew, so the agent fails the first one again: the second question is another one.
    assert resume_run(tmp_path / "w", run).status == "waiting"
    assert len([line for line in lines(log)[before:] if line.startswith("begin:")]) == 1
    (told,) = _events(tmp_path / "w", run, "recovery_decided")
    assert told["told"].startswith("sent to be tried again by ann on ")
    assert told["told"].endswith(": it was the network")


def test_a_running_process_tries_again_at_once(tmp_path: Path):
    """The answer reaches the process that waits."""
    agents = [{"fails": {"bad": ["unknown"]}}]
    handle = begin_run(tmp_path, PLAN, reference(agents=agents), options=_options(wait=True))
    _until_asked(tmp_path, handle.run_id)
    answer_failure(tmp_path, handle.run_id, "bad", "retry", by="ann")
    assert handle.wait(TIMEOUT).status == "completed"
    assert set(_statuses(tmp_path, handle.run_id).values()) == {"finished"}


def _until_asked(workspace: Path, run: str) -> None:
    end = time.monotonic() + TIMEOUT
    while not waiting_approvals(workspace, run):
        assert time.monotonic() < end, "nobody was asked"
        time.sleep(0.02)  # gives the run its turn


def test_done_without_it_the_rest_goes_on(tmp_path: Path):
    """The person's word holds: what depends on the step is missing, the step is not tried again."""
    log = tmp_path / "log"
    run = _left_asking(tmp_path / "w", agent={"log": str(log)})
    before = len(lines(log))
    answer_failure(tmp_path / "w", run, "bad", "without", by="ann")
    record = resume_run(tmp_path / "w", run)
    assert (record.status, len(lines(log))) == ("failed", before)
    assert _missing(record) == {"bad": "bad fails by plan (left out by ann on ", "end": "a step it depends on failed"}


def _missing(record: RunRecord) -> dict[str, str]:
    """Return why each missing task is missing, up to the date."""
    return {item["task"]: item["why"].partition("20")[0] for item in record.result["missing"]}


def test_done_without_it_the_plan_leads_around_it(tmp_path: Path):
    """Where the rule alone would not decompose again, a person's word does: the report is complete without the step."""
    plans = {"n-bad": WITHOUT_BAD.to_json()}
    options = RunOptions(escalation=Escalation(ask=True, timeout=0.0), max_replans=0, max_delay=0.01)
    agents = [{"always": {"bad": "data_unavailable"}}]
    run = start_run(tmp_path, PLAN, reference(agents=agents, plans=plans), options=options)
    assert show_run(tmp_path, run).run.status == "completed"
    assert _statuses(tmp_path, run) == {"a": "finished", "side": "finished", "end": "finished"}


def test_the_end_leaves_nothing_more_begun(tmp_path: Path):
    """Given up, the run ends with what there is, and says so of every step."""
    plan = make_plan({"bad": [], "next": ["bad"], "slow": [], "later": ["slow"], "end": ["next", "later"]})
    options = _options(timeout=0.0, fallback="give_up")
    agents = [{"always": {"bad": "unknown"}, "capacity": 1}]
    run = start_run(tmp_path, plan, reference(agents=agents), options=options)
    statuses = _statuses(tmp_path, run)
    assert show_run(tmp_path, run).run.status == "failed"
    assert statuses["bad"] == "failed"
    assert statuses["next"] == statuses["end"] == "skipped"
    assert "pending" not in statuses.values()


@pytest.mark.parametrize(("fallback", "ends"), [("without", "failed"), ("retry", "failed")])
def test_without_an_answer_the_default_holds(tmp_path: Path, fallback: str, ends: str):
    """The time-out answers, and one that always retries comes to an end: nobody is asked more than three times."""
    agents = [{"always": {"bad": "unknown"}}]
    run = start_run(tmp_path, PLAN, reference(agents=agents), options=_options(timeout=0.0, fallback=fallback))
    assert show_run(tmp_path, run).run.status == ends
    decided = _events(tmp_path, run, "recovery_decided")
    assert [told["answer"] for told in decided] == [fallback] * (3 if fallback == "retry" else 1)
    with Journal(tmp_path, readonly=True) as journal:
        assert len(journal.attempts(run, "n-bad")) == 1 + 3 * (fallback == "retry")


def test_each_kind_of_question_has_its_own_answers(tmp_path: Path):
    """A step that failed is not approved, and a first answer holds."""
    run = _left_asking(tmp_path)
    with pytest.raises(ApprovalError, match="waits for retry or give_up or without, not for yes"):
        answer_step(tmp_path, run, "bad", yes=True, by="ann")
    with pytest.raises(ApprovalError, match="not 'perhaps'"):
        answer_failure(tmp_path, run, "bad", "perhaps", by="ann")
    (question,) = waiting_approvals(tmp_path, run)
    with pytest.raises(ApprovalError, match="not for no"):
        answer_question(tmp_path, question, "no", by="ann")
    assert answer_question(tmp_path, question, "without", by="ann")[1]
    assert not answer_failure(tmp_path, run, "bad", "without", by="bob")[1]
    with pytest.raises(ApprovalError, match="the first answer holds"):
        answer_failure(tmp_path, run, "bad", "retry", by="bob")


def test_a_person_who_refused_is_not_asked_again(tmp_path: Path):
    """A no is final for the step."""
    agents = [{"always": {"bad": "human_refused"}}]
    run = start_run(tmp_path, PLAN, reference(agents=agents), options=_options())
    assert show_run(tmp_path, run).run.status == "failed"
    assert waiting_approvals(tmp_path) == []


@pytest.mark.parametrize("settings", [{"fallback": "yes"}, {"timeout": -1.0}, {"timeout": float("nan")}])
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any]):
    """One sentence, before anything is run."""
    with pytest.raises(InputError):
        Escalation(ask=True, **settings)
