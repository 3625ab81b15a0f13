"""Plans to choose from, limits that hold, and estimates that learn from a workspace's own runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domains.analysis.analysis_plan import AnalysisPlan
from domains.analysis.cli import main
from domains.analysis.domain import ANALYSES, analysis_domain
from domains.analysis.errors import NoPlanFitsError
from domains.analysis.planner import EstatePlanner
from domains.analysis.quality import COMPLETENESS
from htn.planning.choice import Objective
from htn.planning.choice.objective import Ceiling
from tests.analysis.estate_sample import make_workspace

QUESTION = "Where does our pipeline stand?"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, ingested; nothing is run in it."""
    return make_workspace(tmp_path_factory.mktemp("choosing"))


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_every_way_of_an_analysis_says_how_complete_it_is() -> None:
    """A new method of an analysis cannot be chosen by quality before it has one; none is left over."""
    domain = analysis_domain()
    ways = {method.name for name in ANALYSES for method in domain.methods[f"analyse_{name}"]} - {
        "custom_in_parts",
        "custom_at_once",
    }
    ways |= {method.name for task in ("find_topics", "answer_directly") for method in domain.methods[task]}
    assert ways == set(COMPLETENESS)


@pytest.mark.parametrize("agents", ["local", "claude"])
def test_each_objective_chooses_the_best_of_the_plans_shown(workspace: Path, agents: str) -> None:
    """Fast is fastest, cheap uses the fewest tokens, thorough has the highest quality; all are sound plans."""
    planner = EstatePlanner(workspace)
    best = {"fast": lambda p: p.seconds, "cheap": lambda p: p.tokens, "thorough": lambda p: -p.quality}
    for words, key in best.items():
        choice = planner.choose(QUESTION, objective=Objective.parse(words), options={"agents": agents})
        assert len(choice.plans) > 1
        assert key(choice.prices[0]) == min(map(key, choice.prices))
        assert choice.proved
        assert all(planner.check(plan).startswith("sound") for plan in choice.plans)


def test_usual_plan_is_among_those_shown_or_covered(workspace: Path) -> None:
    """Choosing never loses what planning without a choice would give."""
    planner = EstatePlanner(workspace)
    choice, usual = planner.choose(QUESTION), planner.plan(QUESTION)
    price = choice.usual
    assert any(
        each.seconds <= price.seconds and each.tokens <= price.tokens and each.quality >= price.quality - 1e-9
        for each in choice.prices
    )
    assert len(choice.plans[0].steps) >= len(usual.steps)


def test_limits_hold_for_what_is_expected(workspace: Path) -> None:
    """The plan chosen stays within each limit; where none does, the error says what would be needed."""
    planner = EstatePlanner(workspace)
    every = planner.choose(QUESTION, options={"agents": "claude"})
    tokens = sorted(price.tokens for price in every.prices)
    within = planner.choose(QUESTION, ceiling=Ceiling(tokens=tokens[0] + 1), options={"agents": "claude"})
    assert [price.tokens for price in within.prices] == [tokens[0]]
    with pytest.raises(NoPlanFitsError) as raised:
        planner.choose(QUESTION, ceiling=Ceiling(tokens=tokens[0] / 2), options={"agents": "claude"})
    assert raised.value.best["tokens"] == pytest.approx(tokens[0])


def test_depth_asked_for_is_not_chosen_otherwise(workspace: Path) -> None:
    """An option that was given is no choice."""
    choice = EstatePlanner(workspace).choose(QUESTION, objective=Objective.parse("fast"), options={"depth": "thorough"})
    assert {plan.options["depth"] for plan in choice.plans} == {"thorough"}


def test_plans_are_compared_and_chosen_on_the_command_line(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Side by side in words and as JSON; the plan written is the one chosen; limits nobody can meet end with a code."""
    where = ("--workspace", str(workspace))
    assert main(["plan", QUESTION, "--compare", *where]) == 0
    printed = capsys.readouterr().out
    assert printed.count("\nPlan 2 does without:\n  ") == 1
    assert "quality" in printed
    code, document = _json(capsys, "plan", QUESTION, "--compare", "--agents", "claude", "--objective", "cheap", *where)
    assert code == 0
    assert document["alternatives"][0]["expected"]["money"] is None
    target = tmp_path / "plan.json"
    assert main(["plan", QUESTION, "--objective", "fast", "--out", str(target), *where]) == 0
    assert AnalysisPlan.read(target).options["depth"] == "quick"
    capsys.readouterr()
    assert main(["plan", QUESTION, "--budget-seconds", "0.0001", *where]) == 23
    assert "the fastest plan takes about" in capsys.readouterr().err
    assert main(["plan", QUESTION, "--objective", "pretty", *where]) == 30
    assert "is no objective" in capsys.readouterr().err


def test_advice_names_what_would_save_and_how_much(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With Claude agents a shorter plan saves tokens, said with what it leaves out."""
    where = ("--workspace", str(workspace))
    code, document = _json(capsys, "estimate", QUESTION, "--agents", "claude", "--advice", *where)
    assert code == 0
    assert any(each["resource"] == "tokens" and "leaves out" in each["text"] for each in document["advice"])


def test_prices_make_money_known_and_old_ones_are_said_to_be(
    tmp_path: Path, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a price money is unknown and cannot be limited; with an old one it is there, with a warning."""
    (workspace / "prices.toml").unlink(missing_ok=True)
    where = ("--workspace", str(workspace))
    arguments = ("plan", QUESTION, "--agents", "claude", *where)
    assert main([*arguments, "--budget-money", "5"]) == 30
    assert "configure prices" in capsys.readouterr().err
    assert main([*arguments]) == 0
    assert "unknown: no prices are configured" in capsys.readouterr().out
    model = "claude-sonnet-5-5"
    text = f'as_of = 2020-01-31\ncurrency = "USD"\n[models."{model}"]\ninput = 1.0\noutput = 10.0\n'
    (workspace / "prices.toml").write_text(text, encoding="utf-8")
    try:
        code, document = _json(capsys, *arguments)
        money, totals = document["estimate"]["totals"]["money"], document["estimate"]["totals"]
        assert code == 0
        by_hand = (totals["input_tokens"]["mean"] + 10 * totals["output_tokens"]["mean"]) / 1e6
        assert money["mean"] == pytest.approx(by_hand, rel=0.1)
        assert "2020-01-31" in document["estimate"]["warnings"][0]
    finally:
        (workspace / "prices.toml").unlink()
