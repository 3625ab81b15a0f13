"""An artifact that meets the minimum but not all that was wished for is taken when nothing better is had."""

from __future__ import annotations

from pathlib import Path

import pytest

from htn.execution.journal import Journal
from htn.execution.runs import finished_work, resume_run, show_run, start_run
from tests.execution.toy import make_plan, reference

TWO = make_plan({"a": [], "b": ["a"]}, criteria={"a": ["has_value", "wish"]})


def test_it_is_taken_after_every_agent_was_asked(tmp_path: Path):
    """Another agent may do better, or the last one when asked again; else its artifact is used, and the run goes on."""
    run = start_run(tmp_path, TWO, reference(agents=[{"name": "one"}, {"name": "two"}]))
    status = show_run(tmp_path, run)
    assert [(step.task, step.status) for step in status.steps] == [("a", "finished"), ("b", "finished")]
    with Journal(tmp_path, readonly=True) as journal:
        tries = journal.attempts(run, "n-a")
        told = [event.payload for event in journal.events(run) if event.kind in ("recovery", "partial_accepted")]
    assert [(item.agent, item.status, item.artifact is None) for item in tries] == [
        ("one", "failed", True),
        ("two", "failed", True),
        ("two", "finished", False),
    ]
    assert [item.get("strategy", "taken") for item in told] == ["another_agent", "retry", "accept_partial", "taken"]
    assert told[-1]["criteria"] == ["wish"]
    assert told[-1]["message"] == "criterion wish is not met: not quite"
    assert [(item["name"], item["met"]) for item in tries[-1].criteria] == [("has_value", True), ("wish", False)]


def test_the_gap_is_a_fact_for_methods(tmp_path: Path):
    """Whoever decomposes again is told which wishes were not met."""
    run = start_run(tmp_path, TWO, reference())
    with Journal(tmp_path, readonly=True) as journal:
        attempt = journal.attempts(run, "n-a")[-1]
    assert ("partial", ("a", "a"), ("wish",)) in attempt.facts


def test_the_gap_is_told_when_the_run_ends(tmp_path: Path):
    """What was taken in part is missing something: the run's end names the step and what it lacks."""
    run = start_run(tmp_path, TWO, reference())
    status = show_run(tmp_path, run)
    assert status.run.status == "completed"
    assert [(item["task"], item["why"], item["criteria"]) for item in status.missing] == [
        ("a", "criterion wish is not met: not quite", ["wish"])
    ]
    assert "in part: Do a" in status.sentence


def test_an_artifact_below_the_minimum_is_never_taken(tmp_path: Path):
    """One minimum that is not met outweighs every wish."""
    plan = make_plan({"a": [], "b": ["a"]}, criteria={"a": ["wish", "impossible"]})
    run = start_run(tmp_path, plan, reference())
    status = show_run(tmp_path, run)
    assert [(step.task, step.status) for step in status.steps] == [("a", "failed"), ("b", "skipped")]
    assert finished_work(tmp_path, run) == {}


def test_what_was_taken_counts_as_finished_when_the_run_is_resumed(tmp_path: Path):
    """A later session does not ask for it again."""
    plan = make_plan({"a": [], "b": ["a"]}, criteria={"a": ["wish"], "b": ["impossible"]})
    run = start_run(tmp_path, plan, reference())
    resume_run(tmp_path, run)
    with Journal(tmp_path, readonly=True) as journal:
        assert len([item for item in journal.attempts(run, "n-a") if item.attempt > 0]) == 2
        assert len([item for item in journal.attempts(run, "n-b") if item.attempt > 0]) == 2


@pytest.mark.parametrize("failure", ["malformed_output", "model_refusal", "unknown"])
def test_it_is_taken_when_the_next_agent_gives_nothing(tmp_path: Path, failure: str):
    """What one agent has made is not lost because the one that was asked for better fails in its own way."""
    agents = [{"name": "one"}, {"name": "two", "always": {"a": failure}}]
    run = start_run(tmp_path, TWO, reference(agents=agents))
    status = show_run(tmp_path, run)
    assert [(step.task, step.status) for step in status.steps] == [("a", "finished"), ("b", "finished")]
    with Journal(tmp_path, readonly=True) as journal:
        accepted = [event.payload["criteria"] for event in journal.events(run) if event.kind == "partial_accepted"]
        tries = [(item.agent, item.status) for item in journal.attempts(run, "n-a")]
    assert accepted == [["wish"]]
    assert tries[0] == ("one", "finished")
