"""What a run did for a path that it abandoned is undone where it was done: in reverse order, once, on record."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from htn.execution.audit import audit_lines, verify_audit
from htn.execution.journal import Journal
from htn.execution.runs import fork_run, resume_run, show_run, start_run
from tests.execution.bookings import booked, changes, clerk, journey_plan


def _statuses(workspace: Path, run: str) -> dict[str, str]:
    """Return where the steps stand, by task and first argument."""
    with Journal(workspace, readonly=True) as journal:
        names = {step.id: " ".join(map(str, [step.task, *step.args[:1]])) for step in journal.plan(run).steps}
    return {names[step.id]: step.status for step in show_run(workspace, run).steps}


BOTH = ["book bus to the plane", "book plane"]
UNDONE = ["cancel plane", "cancel bus to the plane"]


def test_another_way_is_taken_and_the_bookings_of_the_first_are_gone(tmp_path: Path):
    """The plane does not go: its bookings are cancelled, the later one first, and the train is booked and taken."""
    file = tmp_path / "bookings"
    run = start_run(tmp_path / "w", journey_plan("plane", "train"), clerk(file, "go plane"))
    assert show_run(tmp_path / "w", run).run.status == "completed"
    assert booked(file) == {"bus to the train", "train"}
    done = changes(file)
    assert done[:2] == BOTH
    assert [said for said in done if said in UNDONE] == UNDONE
    assert max(Counter(done).values()) == 1
    assert set(_statuses(tmp_path / "w", run).values()) == {"finished"}


def test_what_was_done_for_a_step_that_was_given_up_is_undone(tmp_path: Path):
    """Where there is no other way the run fails, and leaves nothing booked behind; the result says what was undone."""
    file = tmp_path / "bookings"
    run = start_run(tmp_path / "w", journey_plan("plane"), clerk(file, "go plane"))
    record = show_run(tmp_path / "w", run).run
    assert record.status == "failed"
    assert changes(file) == [*BOTH, *UNDONE]
    assert booked(file) == set()
    why = {item["task"]: item["why"] for item in record.result["missing"]}
    assert why["book"].startswith("undone, because what it was done for was given up: go plane is impossible today")
    assert _statuses(tmp_path / "w", run)["cancel plane"] == "finished"


def test_the_record_keeps_both(tmp_path: Path):
    """The booking, that it was taken back with its artifact, and the cancellation are on the audit record."""
    file = tmp_path / "bookings"
    run = start_run(tmp_path / "w", journey_plan("plane"), clerk(file, "go plane"))
    kinds = [json.loads(line) for line in audit_lines(tmp_path / "w", run)]
    steps = {entry["content"]["step"]: entry["content"]["task"] for entry in kinds if entry["kind"] == "step_started"}
    finished = [steps[entry["content"]["step"]] for entry in kinds if entry["kind"] == "step_finished"]
    taken_back = [entry["content"] for entry in kinds if entry["kind"] == "step_retracted"]
    assert Counter(finished) == {"book": 2, "cancel": 2}
    assert [steps[content["step"]] for content in taken_back] == ["book", "book"]
    assert all(content["artifacts"] and "impossible today" in content["why"] for content in taken_back)
    assert verify_audit(tmp_path / "w").intact


def test_an_undo_that_fails_is_said_and_nothing_before_it_is_undone(tmp_path: Path):
    """Out of order would be wrong: the bus stays booked while the plane does, and both are named as missing."""
    file = tmp_path / "bookings"
    run = start_run(tmp_path / "w", journey_plan("plane"), clerk(file, "go plane", "cancel plane"))
    statuses = _statuses(tmp_path / "w", run)
    assert changes(file) == BOTH
    assert statuses["cancel plane"] == "failed"
    assert statuses["cancel bus to the plane"] == "skipped"
    missing = [item["task"] for item in show_run(tmp_path / "w", run).run.result["missing"]]
    assert Counter(missing)["cancel"] == 2


def test_done_again_it_is_undone_again(tmp_path: Path):
    """A resumed run tries once more: it books anew, each time with effects of its own, and cancels anew."""
    file = tmp_path / "bookings"
    run = start_run(tmp_path / "w", journey_plan("plane"), clerk(file, "go plane"))
    assert resume_run(tmp_path / "w", run).status == "failed"
    assert changes(file) == [*BOTH, *UNDONE, *BOTH, *UNDONE]
    assert booked(file) == set()


def test_what_was_undone_in_one_session_and_works_in_the_next_stays(tmp_path: Path):
    """When the plane goes the next day, what was cancelled is booked anew, and stays booked."""
    file = tmp_path / "bookings"
    run = start_run(tmp_path / "w", journey_plan("plane"), clerk(file, "go plane"))
    with Journal(tmp_path / "w") as journal:
        runtime = json.dumps(clerk(file).to_json())
        journal.database.execute("UPDATE runs SET runtime = ? WHERE run_id = ?", (runtime, run))
    assert resume_run(tmp_path / "w", run).status == "completed"
    assert changes(file) == [*BOTH, *UNDONE, *BOTH]
    assert booked(file) == {"bus to the plane", "plane"}


def test_effects_of_another_run_are_not_this_ones_to_undo(tmp_path: Path):
    """A fork that reuses the first booking cancels its own only."""
    file = tmp_path / "bookings"
    plan = journey_plan("plane")
    run = start_run(tmp_path / "w", plan, clerk(file))
    assert booked(file) == {"bus to the plane", "plane"}
    with Journal(tmp_path / "w") as journal:
        runtime = json.dumps(clerk(file, "go plane").to_json())
        journal.database.execute("UPDATE runs SET runtime = ? WHERE run_id = ?", (runtime, run))
    fork_run(tmp_path / "w", run, plan.steps[2].id).wait()
    assert booked(file) == {"bus to the plane", "plane"}, "both were booked by the first run"
