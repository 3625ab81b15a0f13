"""The view across runs says what failed, where, how often, what was done about it and whether that worked."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from htn.execution.failure_view import FAILURE_WORDS, Failures, failures_of
from htn.execution.failures import FailureClass
from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.runs import start_run
from tests.execution.toy import make_plan, reference

OPTIONS = RunOptions(max_delay=0.0)
PLAN = make_plan({"a": [], "b": ["a"], "c": ["b"]}, capability={"c": "write"})


def _agents(**first: Any) -> list[dict[str, Any]]:
    both = ["work", "write"]
    return [{"name": "ann", "capabilities": both, **first}, {"name": "ben", "capabilities": both, "capacity": 1}]


def _view(workspace: Path, since: float = 0.0) -> Failures:
    return failures_of(workspace, since=since, until=time.time() + 1)


def _kinds(view: Failures) -> dict[tuple[str, str, str], tuple[int, dict[tuple[str, str], int]]]:
    return {(k.failure, k.capability, k.agent): (k.count, dict(k.recoveries)) for k in view.kinds}


def test_every_class_of_failure_has_words():
    """An analyst is never shown a bare identifier."""
    assert set(FAILURE_WORDS) == set(FailureClass)
    assert not any("_" in words for words in FAILURE_WORDS.values())


def test_failures_are_counted_with_what_was_done_and_whether_it_worked(tmp_path: Path):
    """Over three runs: a retry that worked, another agent that worked, a way around, and what was given up."""
    start_run(tmp_path, PLAN, reference(agents=_agents(fails={"a": ["server_error"]})), options=OPTIONS)
    start_run(tmp_path, PLAN, reference(agents=_agents(always={"c": "model_refusal"})), options=OPTIONS)
    other = make_plan({"a": [], "d": ["a"], "c": ["d"]}, capability={"c": "write"})
    failing = [{"name": "ann", "capabilities": ["work", "write"], "always": {"b": "data_unavailable"}}]
    start_run(tmp_path, PLAN, reference(agents=failing, plans={"n-b": other.to_json()}), options=OPTIONS)
    start_run(tmp_path, PLAN, reference(agents=failing), options=OPTIONS)
    view = _view(tmp_path)
    assert _kinds(view) == {
        ("data_unavailable", "work", "ann"): (2, {("replan", "worked"): 1, ("replan", "failed"): 1}),
        ("server_error", "work", "ann"): (1, {("retry", "worked"): 1}),
        ("model_refusal", "write", "ann"): (1, {("another_agent", "worked"): 1}),
    }
    assert (view.runs, view.count) == (4, 4)
    with Journal(tmp_path, readonly=True) as journal:
        attempts = [each for run in journal.runs() for each in journal.attempts(run.run_id) if each.attempt]
    assert view.tries == len([each for each in attempts if each.status in ("finished", "failed")])
    assert view.count == Counter(each.status for each in attempts)["failed"]
    text = "\n".join(view.lines())
    assert "2 x the data was not there: work by ann, in 2 runs" in text
    assert "2 x planned in another way, 1 worked" in text
    assert "1 x given to another agent, 1 worked" in text


def test_a_step_that_nobody_can_do_any_more_is_counted_without_an_agent(tmp_path: Path):
    """A resumed run finds nobody for a capability: no try was made, and it is in the view all the same."""
    agents = [{"name": "ann", "capabilities": ["work", "write"], "always": {"c": "capability_gone"}}]
    start_run(tmp_path, PLAN, reference(agents=agents), options=OPTIONS)
    ((name, (count, _)),) = _kinds(_view(tmp_path)).items()
    assert (name, count) == (("capability_gone", "write", "ann"), 1)


@pytest.mark.parametrize(("fine", "trend"), [(3, "more"), (0, "same")])
def test_only_the_time_that_is_asked_for_counts_and_the_trend_compares_its_halves(
    tmp_path: Path, fine: int, trend: str
):
    """Runs moved into the past by changing the journal's times: more lately where most of those went well."""
    failing = reference(agents=_agents(fails={"a": ["server_error"]}))
    first = [start_run(tmp_path, PLAN, failing, options=OPTIONS)]
    first += [start_run(tmp_path, PLAN, reference(agents=_agents()), options=OPTIONS) for _ in range(fine)]
    for _ in range(4):
        start_run(tmp_path, PLAN, failing, options=OPTIONS)
    now = time.time()
    connection = sqlite3.connect(tmp_path / Journal.FILE_NAME)
    with connection:
        for run in first:
            connection.execute("UPDATE events SET time = time - 1000 WHERE run_id = ?", (run,))
            connection.execute(
                "UPDATE runs SET created = created - 1000, finished = finished - 1000 WHERE run_id = ?", (run,)
            )
    connection.close()
    (kind,) = _view(tmp_path).kinds
    assert (kind.count, kind.before, kind.since, kind.halves) == (5, 1, 4, (1 + fine, 4))
    assert kind.trend == trend
    assert now - kind.first > 900
    recent = _view(tmp_path, since=now - 500)
    assert (recent.count, recent.runs) == (4, 4)
    assert _view(tmp_path, since=now + 0.5).kinds == ()


@pytest.mark.parametrize("empty", [True, False])
def test_a_workspace_without_failures_says_so(tmp_path: Path, empty: bool):
    """No runs, or runs in which nothing failed: a sentence each."""
    if not empty:
        start_run(tmp_path, PLAN, reference(agents=_agents()), options=OPTIONS)
    (line,) = _view(tmp_path).lines()
    assert line == ("Nothing was tried in this time." if empty else "3 tries in 1 run, 0 failed (0%)")
