"""Limits are held while a run goes on: reserved, settled, done for less, ended in order; the limit is named."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from htn.execution.allowance import FILE_NAME, Allowance
from htn.execution.approvals import Escalation, answer_failure, waiting_approvals
from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.runs import begin_run, list_runs, resume_run, show_run, start_run
from htn.model.budget import Budget, BudgetTooSmallError
from htn.model.errors import InputError
from htn.plan import Plan
from htn.planning.checker import check_plan
from tests.execution.spenders import DOMAIN, MOST, WATCHES, Watch, costs_of, make_plan, reference

PLAN = make_plan()
COSTS = costs_of(PLAN)
WHOLE = sum(each["output_tokens"] for each in COSTS.values())


def _run(workspace: Path, budget: Budget, *, plain: bool = False, **agent: Any) -> str:
    options = RunOptions(budget=budget)
    runtime = reference(agents=[{"capacity": 4, **agent}], plain=plain)
    return start_run(workspace, PLAN, runtime, context={"costs": COSTS}, options=options)


def _events(workspace: Path, run: str, kind: str) -> list[Mapping[str, Any]]:
    with Journal(workspace, readonly=True) as journal:
        return [event.payload for event in journal.events(run, kinds=(kind,))]


def test_without_a_limit_nothing_is_looked_at(tmp_path: Path):
    """The plan is carried out as it is, and no account is kept."""
    run = _run(tmp_path, Budget())
    assert show_run(tmp_path, run).run.result.get("budget") is None
    assert {step.status for step in show_run(tmp_path, run).steps} == {"finished"}


def test_a_limit_that_is_enough_changes_nothing(tmp_path: Path):
    """The whole plan fits exactly: nothing is left out, and what was used is in the result."""
    run = _run(tmp_path, Budget(tokens=WHOLE), share=0.5)
    status = show_run(tmp_path, run)
    assert status.missing == ()
    assert status.run.result["budget"] == {"limits": {"tokens": WHOLE}, "used": {"tokens": 182}, "needed": {}}
    assert _events(tmp_path, run, "limit_near") == []


@pytest.mark.parametrize("plain", [False, True], ids=["methods know", "by price"])
def test_near_a_limit_the_rest_is_done_in_a_cheaper_way(tmp_path: Path, plain: bool):
    """What is left is decomposed again: by a method that knows of limits, or else to what is cheapest."""
    run = _run(tmp_path, Budget(tokens=300), plain=plain)
    status = show_run(tmp_path, run)
    assert [step.task for step in status.steps] == ["fetch", "guess", "guess", "guess", "join", "review"]
    assert status.run.status == "completed"
    (change,) = _events(tmp_path, run, "plan_changed")
    assert (change["kind"], change["policy"]) == ("economy", "cheapest" if plain else "again")
    assert "it would take 365" in change["message"]
    (near,) = _events(tmp_path, run, "limit_near")
    assert (near["resource"], near["limit"], near["needed"]) == ("tokens", 300, WHOLE)
    assert status.run.result["budget"] == {
        "limits": {"tokens": 300},
        "used": {"tokens": 125},
        "needed": {"tokens": 365},
    }
    assert [item["description"] for item in status.missing] == ["Measure price", "Measure support", "Measure terms"]
    assert all("the limit of 300 tokens may not hold" in item["why"] for item in status.missing)
    with Journal(tmp_path, readonly=True) as journal:
        assert str(check_plan(DOMAIN, Plan.from_json(journal.plan(run).document))).startswith("sound")


def test_with_nothing_cheaper_the_run_ends_in_order(tmp_path: Path):
    """What no limit holds is left out, by name and with the limit; what joins is done with what there is."""
    run = _run(tmp_path, Budget(tokens=90))
    status = show_run(tmp_path, run)
    assert status.run.status == "completed"
    assert [step.task for step in status.steps] == ["fetch", "guess", "join", "review"]
    assert status.run.result["budget"] == {"limits": {"tokens": 90}, "used": {"tokens": 85}, "needed": {"tokens": 365}}
    left = {item["description"]: item["why"] for item in status.missing}
    assert set(left) == {"Measure price", "Measure support", "Measure terms", "Guess support", "Guess terms"}
    assert left["Guess terms"] == (
        "the limit of 90 tokens is reached: 30 are used, 55 are kept for what ends the run, and this may take 20; "
        "it would take a limit of 365"
    )


def test_what_was_not_used_is_there_for_others(tmp_path: Path):
    """Reservations are settled by what was used: a plan that may take 365 is done whole within 300."""
    watch = WATCHES["thrifty"] = Watch()
    run = _run(tmp_path, Budget(tokens=300), share=0.1, watch="thrifty")
    assert show_run(tmp_path, run).run.result["budget"]["used"]["tokens"] == watch.used
    assert watch.highest <= 300


@pytest.mark.parametrize("seed", range(6))
def test_a_limit_holds_side_by_side(tmp_path: Path, seed: int):
    """By an accountant of its own, in the agents: what is used and what may still be used never pass the limit."""
    rng = random.Random(seed)
    name = f"seed {seed}"
    watch = WATCHES[name] = Watch()
    limit = float(rng.choice([70, 80, 100, 150, 250, 350, 400]))
    shares = {task: rng.random() for task in MOST}
    run = _run(tmp_path, Budget(tokens=limit), watch=name, shares=shares, seconds=0.01, share=rng.random())
    assert 0 < watch.highest <= limit
    assert show_run(tmp_path, run).run.status == "completed"
    assert show_run(tmp_path, run).run.result["budget"]["used"]["tokens"] == watch.used
    del WATCHES[name]


@pytest.mark.parametrize(
    ("budget", "resource"),
    [(Budget(money=3.0), "money"), (Budget(steps=5), "steps"), (Budget(seconds=390), "seconds")],
    ids=["money", "steps", "seconds"],
)
def test_other_resources_are_held_alike(tmp_path: Path, budget: Budget, resource: str):
    """Money, tries at steps and time: the run is done for less, or ends in order, and stays within."""
    run = _run(tmp_path, budget)
    status = show_run(tmp_path, run)
    told = status.run.result["budget"]
    assert told["used"][resource] <= budget.limits[resource]
    assert told["needed"][resource] > budget.limits[resource]
    assert [near["resource"] for near in _events(tmp_path, run, "limit_near")] == [resource]


def test_a_run_that_cannot_begin_is_not_begun(tmp_path: Path):
    """It says what is needed at the least, and nothing is written."""
    with pytest.raises(BudgetTooSmallError, match="limit of 64 tokens is below the 65 needed at least"):
        _run(tmp_path, Budget(tokens=64))
    assert list_runs(tmp_path) == []


def test_a_person_may_allow_more(tmp_path: Path):
    """A step that nothing can replace is asked about; tried again, it is carried out whatever the limit says."""
    options = RunOptions(budget=Budget(tokens=65), escalation=Escalation(ask=True), wait=False)
    runtime = reference(agents=[{"shares": {"fetch": 2.0}}])
    handle = begin_run(tmp_path, PLAN, runtime, context={"costs": COSTS}, options=options)
    handle.wait()
    asked = waiting_approvals(tmp_path, handle.run_id)
    while asked:
        for question in asked:
            assert "the limit of 65 tokens is reached" in question.reason
            answer_failure(tmp_path, handle.run_id, question.step_id, "retry", by="ann")
        resume_run(tmp_path, handle.run_id)
        asked = waiting_approvals(tmp_path, handle.run_id)
    assert show_run(tmp_path, handle.run_id).run.status == "completed"


def test_what_earlier_sessions_used_counts(tmp_path: Path):
    """A run that is taken up again goes on with what is left of its limits."""
    run = _run(tmp_path, Budget(tokens=WHOLE), always={"join": "human_refused"})
    assert show_run(tmp_path, run).run.status == "failed"
    before = show_run(tmp_path, run).run.result["budget"]["used"]["tokens"]
    assert before > 0
    resume_run(tmp_path, run)
    assert show_run(tmp_path, run).run.result["budget"]["used"]["tokens"] >= before


# --------------------------------------------------------------------------------------------------------- workspaces
def _workspace_limit(folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / FILE_NAME).write_text(text)


def test_runs_of_a_workspace_share_its_limits(tmp_path: Path):
    """What the first run used is gone for the second; what it is refused is on record, and no agent was asked."""
    _workspace_limit(tmp_path, f"[total]\ntokens = {WHOLE + 100}\n")
    _run(tmp_path, Budget())
    watch = WATCHES["second"] = Watch()
    second = _run(tmp_path, Budget(), watch="second")
    with Journal(tmp_path, readonly=True) as journal:
        allowance = Allowance(journal)
        assert allowance.open() == 0
        assert allowance.taken()["tokens"] == WHOLE + watch.used <= WHOLE + 100
        refused = [each for each in journal.attempts(second) if each.failure == "budget_exceeded"]
    assert refused
    assert all("the workspace's limit of" in (each.message or "") for each in refused)
    begun = [(payload["step"], payload["attempt"]) for payload in _events(tmp_path, second, "step_started")]
    assert len(begun) == len(watch.begun)
    assert not {(each.step_id, each.attempt) for each in refused} & set(begun)
    status = show_run(tmp_path, second)
    assert status.run.status == "completed"
    assert any("the workspace's limit of 465 tokens in all is reached" in item["why"] for item in status.missing)


def test_runs_get_the_limits_of_their_workspace(tmp_path: Path):
    """What the file says of each run holds where the run has no limit of its own."""
    _workspace_limit(tmp_path, "[run]\ntokens = 120\n")
    run = _run(tmp_path, Budget(steps=50))
    assert show_run(tmp_path, run).run.result["budget"]["limits"] == {"tokens": 120, "steps": 50}


def test_money_cannot_be_shared_out_without_prices(tmp_path: Path):
    """Where nobody knows what tokens cost, a limit on money would never hold: the run is not begun."""
    _workspace_limit(tmp_path, "[month]\nmoney = 5\n")
    costs = {step: {"output_tokens": 10.0} for step in COSTS}
    with pytest.raises(InputError, match="no limit on money can be held"):
        start_run(tmp_path, PLAN, reference(), context={"costs": costs})
    assert list_runs(tmp_path) == []


def test_changes_of_plans_are_counted(tmp_path: Path):
    """A workspace without any change left keeps its plans: what failed is left out."""
    _workspace_limit(tmp_path, "[day]\nreplans = 0\n")
    run = _run(tmp_path, Budget(), always={"measure": "data_unavailable"})
    assert show_run(tmp_path, run).run.status == "failed"
    assert [told["message"] for told in _events(tmp_path, run, "replan_failed")]
