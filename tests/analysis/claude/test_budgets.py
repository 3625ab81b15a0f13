"""Limits held while an analysis goes on, from the command line: what is left out is named, and so is the limit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domains.analysis.cli import main
from tests.analysis.claude.conftest import Serve
from tests.analysis.claude.scripted import diligent

QUESTION = "Which competitors do we lose to?"
PRICES = 'as_of = 2026-11-01\ncurrency = "EUR"\n[models.claude-sonnet-5-5]\ninput = 3.0\noutput = 15.0\n'

Ask = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def fresh(workspace: Path, tmp_path: Path) -> Path:
    """A workspace without runs."""
    return Path(shutil.copytree(workspace, tmp_path / "workspace"))


@pytest.fixture
def ask(fresh: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Return what runs a question and gives exit code, document, and what was said besides."""

    def asked(*options: str) -> tuple[int, Any, str]:
        capsys.readouterr()
        code = main(["run", QUESTION, "--workspace", str(fresh), "--json", *options])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out.strip() else None, said.err

    return asked


def spender(request: dict[str, Any]) -> Any:
    """Answer as it should, for many tokens: two answers make a step of 5,200."""
    return {**diligent(request), "usage": {"input_tokens": 2200, "output_tokens": 400}}


def _used(document: Any) -> dict[str, float]:
    used: dict[str, float] = document["budget"]["used"]
    return used


def test_near_the_limit_the_short_way_is_taken(ask: Ask, serve: Serve, fresh: Path) -> None:
    """The plan does not fit: the rest is decomposed again, the answer is there, the report names what is not."""
    report = fresh / "report.md"
    with serve(spender) as server:
        code, document, _ = ask("--agents", "claude", "--max-tokens", "90000", "--report", str(report))
    assert server.problems == []
    assert code == 43
    assert document["status"] == "completed"
    assert document["answer"]["findings"]
    assert 0 < _used(document)["tokens"] <= 90_000
    assert document["budget"]["needed"]["tokens"] > 90_000
    missing = {item["task"] for item in document["missing"]}
    assert missing == {"model_competitor_effect", "relate_objections", "compare_wording"}
    assert "the limit of 90,000 tokens may not hold what is left to do" in report.read_text()
    assert "limit of 90,000 tokens" in document["sentence"]


def test_with_nothing_cheaper_the_answer_is_joined_from_what_there_is(ask: Ask, serve: Serve) -> None:
    """Joining and review are kept affordable: parts are left out, by name and with what it would take."""
    with serve(spender) as server:
        code, document, _ = ask("--agents", "claude", "--max-tokens", "45000")
    assert server.problems == []
    assert (code, document["status"]) == (43, "completed")
    assert _used(document)["tokens"] <= 45_000
    done = {step["task"] for step in document["steps"] if step["status"] == "finished"}
    assert {"synthesise_competitive", "review_answer"} <= done
    why = [item["why"] for item in document["missing"]]
    assert any("are kept for what ends the run" in each and "it would take a limit of" in each for each in why)


def test_money_is_held_at_the_configured_prices(ask: Ask, serve: Serve, fresh: Path) -> None:
    """What tokens cost is charged; without prices no limit on money can be held, and that is said."""
    with serve(spender):
        code, document, _ = ask("--agents", "claude", "--max-money", "0.45")
        assert 30 <= code < 40
        assert "no limit on money can be held" in document["message"]
        (fresh / "prices.toml").write_text(PRICES)
        code, document, _ = ask("--agents", "claude", "--max-money", "0.45")
    assert (code, document["status"]) == (43, "completed")
    assert 0 < _used(document)["money"] <= 0.45
    by_model = [step for step in document["steps"] if step["agent"].endswith("(Claude)")]
    assert _used(document)["money"] == pytest.approx(len(by_model) * 2 * (2200 * 3 + 400 * 15) / 1e6)


@pytest.mark.parametrize(
    ("option", "amount", "unit"),
    [("--max-tokens", "1000", "tokens"), ("--max-steps", "2", "tries at steps"), ("--max-seconds", "0.1", "seconds")],
)
def test_a_run_that_cannot_begin_says_so(ask: Ask, serve: Serve, option: str, amount: str, unit: str) -> None:
    """Before anything is asked of anybody, with what is needed at the least."""
    with serve(spender) as server:
        code, document, _ = ask("--agents", "claude", option, amount)
    assert code == 23
    assert f"{unit} is below the" in document["message"]
    assert server.requests == []


def test_tries_and_changes_are_limited_for_local_analysts_too(ask: Ask) -> None:
    """Where no model is called, tries at steps and changes of the plan can be limited all the same."""
    code, document, _ = ask("--max-steps", "6", "--max-replans", "0")
    assert (code, document["status"]) == (43, "completed")
    assert _used(document) == {"steps": 6}
    assert document["budget"]["needed"] == {"steps": 10}


def test_runs_of_a_day_share_a_limit(ask: Ask, serve: Serve, fresh: Path) -> None:
    """The file of the workspace holds over runs: the second has what the first left."""
    (fresh / "budget.toml").write_text("[day]\ntokens = 75000\n")
    with serve(spender):
        first, whole, _ = ask("--agents", "claude")
        second, less, _ = ask("--agents", "claude")
    assert (first, whole["status"]) == (0, "completed")
    assert second in (40, 43)
    assert any("the workspace's limit of 75,000 tokens a day is reached" in item["why"] for item in less["missing"])
