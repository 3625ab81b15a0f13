"""A process that dies with reservations open: another one settles them and decides the same, within the limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from htn.execution.allowance import FILE_NAME, Allowance
from htn.execution.journal import Journal
from htn.execution.location import chosen_engine
from htn.execution.options import RunOptions
from htn.execution.runs import resume_run, show_run, start_run
from htn.model.budget import Budget
from tests.crash.harness import killed_at
from tests.execution.spenders import costs_of, make_plan, reference

ROOT = Path(__file__).resolve().parents[2]

CHILD = """
import json, sys
from htn.execution.location import chosen_engine
from htn.execution.options import RunOptions
from htn.execution.runs import start_run
from htn.execution.runtime import RuntimeReference
from htn.model.budget import Budget
from tests.execution.spenders import costs_of, make_plan

order = json.load(sys.stdin)
plan = make_plan()
with chosen_engine(order["engine"]):
    start_run(order["workspace"], plan, RuntimeReference.from_json(order["runtime"]), run_id="r1",
              context={"costs": costs_of(plan)}, options=RunOptions(budget=Budget(tokens=order["tokens"])))
"""


def _killed(workspace: Path, engine: str, tokens: float, **agent: Any) -> None:
    """Carry the plan out in a process whose first measurement never ends, and kill it there."""
    runtime = reference(agents=[{"capacity": 1, "stop": str(workspace / "stop"), "stops": ["measure"], **agent}])
    order = {"workspace": str(workspace), "engine": engine, "tokens": tokens, "runtime": runtime.to_json()}
    killed_at(CHILD, order, "here")


@pytest.mark.crash
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_nothing_stays_set_aside_for_the_dead(tmp_path: Path, store: str, request: pytest.FixtureRequest):
    """What the killed try may have used counts; the run goes on within its limits and those of the workspace."""
    engine = "sqlite" if store == "sqlite" else request.getfixturevalue("postgres")
    workspace = tmp_path / "w"
    workspace.mkdir()
    (workspace / FILE_NAME).write_text("[total]\ntokens = 1000\n")
    with chosen_engine(engine):
        _killed(workspace, engine, 465)
        with Journal(workspace, readonly=True) as journal:
            assert Allowance(journal).open() == 1, "the killed try"
        assert resume_run(workspace, "r1").status == "completed"
        status = show_run(workspace, "r1")
        with Journal(workspace, readonly=True) as journal:
            assert Allowance(journal).open() == 0
            assert Allowance(journal).taken()["tokens"] == 465, "365, and once more what the dead may have used"
        assert status.run.result["budget"]["used"]["tokens"] == 465
        assert status.missing == ()


@pytest.mark.crash
def test_a_limit_holds_over_a_kill(tmp_path: Path):
    """With no room for what the dead may have used besides, the rest is done for less, within the limit."""
    workspace = tmp_path / "w"
    workspace.mkdir()
    _killed(workspace, "sqlite", 365)
    resume_run(workspace, "r1")
    status = show_run(workspace, "r1")
    assert status.run.status == "completed"
    assert 300 < status.run.result["budget"]["used"]["tokens"] <= 365
    assert [step.task for step in status.steps].count("guess") == 2


@pytest.mark.crash
def test_a_replay_decides_the_same(tmp_path: Path):
    """Killed after the rest was decomposed for less: that change stands, and what follows is as without the kill."""
    workspace, other = tmp_path / "w", tmp_path / "other"
    workspace.mkdir()
    _killed(workspace, "sqlite", 300, stops=["guess"])
    resume_run(workspace, "r1")
    plan = make_plan()
    runtime = reference(agents=[{"capacity": 1}])
    options = RunOptions(budget=Budget(tokens=300))
    start_run(other, plan, runtime, run_id="r1", context={"costs": costs_of(plan)}, options=options)
    told = []
    for folder in (workspace, other):
        with Journal(folder, readonly=True) as journal:
            kinds = ("limit_near", "plan_changed", "recovery")
            told.append([(event.kind, dict(event.payload)) for event in journal.events("r1", kinds=kinds)])
    assert told[0] == told[1]
    assert [step.id for step in show_run(workspace, "r1").steps] == [step.id for step in show_run(other, "r1").steps]
