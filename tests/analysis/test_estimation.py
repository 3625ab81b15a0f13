"""Estimates learn from a workspace's own runs, and say how they held."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domains.analysis.cli import main
from domains.analysis.estimation import Past
from domains.analysis.planner import EstatePlanner
from estimators.prior import BASIS
from tests.analysis.estate_sample import make_workspace

QUESTION = "Where does our pipeline stand?"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample in which one question was asked six times."""
    folder = make_workspace(tmp_path_factory.mktemp("estimating"))
    planner = EstatePlanner(folder)
    for _ in range(6):
        planner.run(planner.plan(QUESTION)).wait(120)
    return folder


def test_first_plan_rests_on_the_prior_and_later_ones_on_runs(workspace: Path) -> None:
    """What an estimate rests on is said, and what was said of a run before it began is kept with it."""
    report = EstatePlanner(workspace).estimation().report()
    assert report is not None
    first, *_, last = report.runs
    assert first.history == 0
    assert last.history > first.history
    basis = EstatePlanner(workspace).plan(QUESTION).estimate["basis"]
    assert any("past runs of each step" in each for each in basis)
    assert BASIS not in first.predicted["seconds"].basis


def test_estimates_move_to_what_runs_took(workspace: Path) -> None:
    """Planted: if every step of every run had taken twenty seconds, the plan is expected to take chains of it."""
    planner = EstatePlanner(workspace)
    plan = planner.plan(QUESTION)
    estimation = planner.estimation()
    slow = [replace(row, seconds=20.0) for row in estimation.past.rows]
    estimation.past = Past(slow, [], [])
    for name in ("_learned", "costs", "resources", "_comparable"):
        estimation.__dict__.pop(name, None)
    estimates = estimation.steps(plan.plan, plan.plan.initial)
    seconds = estimation.totals(plan.plan, estimates)["totals"]["seconds"]
    assert all(known["seconds"].p50 == pytest.approx(20, rel=0.3) for known in estimates.values())
    assert 3 * 20 * 0.7 < seconds["p50"] < len(plan.steps) * 20


def test_report_tells_how_estimates_held(workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words, as JSON and as a page with plots; every step of every run is in it."""
    where = ("--workspace", str(workspace))
    page = tmp_path / "held.html"
    assert main(["estimate", "--report", "--html", str(page), *where]) == 0
    assert "Whole plans, as predicted before each run" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8").count("<circle") > 50
    assert main(["estimate", "--report", "--json", *where]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    everything = document["steps"]["seconds"][0]
    assert everything["runs"] == sum(row["runs"] for row in document["steps"]["seconds"][1:])
    assert document["plans"]["seconds"]["runs"] == len(document["runs"]) == 6


def test_run_is_shown_with_what_was_expected_of_it(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Estimated and actual stand side by side."""
    assert main(["show", "last", "--workspace", str(workspace)]) == 0
    assert "(expected: " in capsys.readouterr().out
    assert main(["show", "last", "--json", "--workspace", str(workspace)]) == 0
    assert json.loads(capsys.readouterr().out)["expected"]["seconds"]["p90"] > 0


def test_planning_with_a_history_loads_no_learning_library(workspace: Path) -> None:
    """Estimates of a plan are made without scikit-learn, whose loading takes longer than planning."""
    code = (
        "import sys; from domains.analysis.planner import EstatePlanner\n"
        f"EstatePlanner({str(workspace)!r}).plan({QUESTION!r})\n"
        "sys.exit('sklearn' in sys.modules or 'dbos' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0


def test_criteria_that_steps_met_count_for_the_method_above(workspace: Path) -> None:
    """Quality is what is declared times the share of criteria met, which runs in which all were met only raise."""
    learned = EstatePlanner(workspace).estimation()
    assert {method for method, _, _ in learned.past.met} <= {"pipeline_with_stages", "pipeline_from_outcomes"}
    assert all(met <= total for _, met, total in learned.past.met)
    assert 0.95 < learned.quality("analyse_pipeline", "pipeline_with_stages") <= 1.0
