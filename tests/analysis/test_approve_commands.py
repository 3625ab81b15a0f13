"""`estate approve`, and the settings of `estate run` that make steps wait for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domains.analysis.cli import main
from domains.analysis.runtime import AnalysisRuntime
from htn.model import Domain
from htn.plan.plan import Step
from tests.analysis.estate_sample import make_workspace

QUESTION = "Where does our pipeline stand?"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample, ingested."""
    return str(make_workspace(tmp_path_factory.mktemp("approving")))


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_run_left_waiting_is_answered_and_resumed(
    workspace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its exit code says that it waits; every command that shows runs says for what."""
    where = ("--workspace", workspace)
    assert main(["run", QUESTION, *where, "--approve", "review_answer", "--no-wait"]) == 42
    printed = capsys.readouterr().out
    code, (listed, *_) = _json(capsys, "runs", *where)  # newest first; other tests ran theirs here before
    run, (step,) = listed["run_id"], listed["waiting"]
    assert (code, listed["status"], listed["finished"]) == (0, "waiting", None)
    assert f"estate approve {run} {step} --yes|--no" in printed
    assert main(["runs", *where]) == 0
    assert f"waits for approval of {step}" in capsys.readouterr().out
    assert _json(capsys, "show", "last", *where)[1]["waiting"] == [step]
    code, given = _json(capsys, "approve", "last", "review_answer", "--yes", "--by", "Ann", *where)
    assert (code, given["answer"], given["by"]) == (0, "yes", "Ann")
    assert (given["changed"], given["still_waiting"], given["in_hand"]) == (True, [], False)
    assert _json(capsys, "approve", "last", step, "--yes", *where)[1]["changed"] is False
    code, refused = _json(capsys, "approve", "last", step, "--no", *where)
    assert (code, refused["error"]) == (30, "approval")
    assert main(["resume", "last", "--report", str(tmp_path / "r.html"), "--quiet", *where]) == 0
    assert (tmp_path / "r.html").exists()


def test_time_out_with_its_answer_by_default(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an answer in time the run goes on with what was said beforehand."""
    settings = ("--approve-above", "0", "--approve-within", "0", "--otherwise", "yes")
    code, document = _json(capsys, "run", QUESTION, "--workspace", workspace, *settings)
    assert (code, document["status"], document["waiting"]) == (0, "completed", [])
    refused = ("--approve", "review_answer", "--approve-within", "0")
    code, document = _json(capsys, "run", QUESTION, "--workspace", workspace, *refused)
    assert (code, document["status"]) == (40, "failed")
    assert any("refused by time-out" in str(item) for item in document["missing"])


def test_answer_is_written_down_safe_for_a_terminal(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Names and notes are somebody's text."""
    where = ("--workspace", workspace)
    assert main(["run", QUESTION, *where, "--approve", "review_answer", "--no-wait", "--quiet"]) == 42
    assert main(["approve", "last", "review_answer", "--no", "--by", "\x1b[31mEve", "--note", "a\x07b\nc", *where]) == 0
    assert main(["resume", "last", *where]) == 40
    assert main(["show", "last", *where]) == 0
    printed = capsys.readouterr().out
    assert "refused by Eve" in printed
    assert printed.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (("--approve", "review"), "there is no operator 'review' to be approved; there are"),
        (("--approve-above", "-1"), "numbers from 0"),
        (("--approve-within", "nan"), "numbers from 0"),
    ],
)
def test_settings_that_make_no_sense_are_one_sentence(
    workspace: str, settings: tuple[str, ...], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is run then."""
    assert main(["run", QUESTION, "--workspace", workspace, "--quiet", *settings]) == 30
    assert why in capsys.readouterr().err


def test_an_operator_can_be_declared_to_need_approval() -> None:
    """The setting is the operator's; the runtime asks because of it."""
    domain = Domain("outside")

    @domain.operator(approval=True)
    def send(state: Any) -> Any:
        return state

    @domain.operator
    def look(state: Any) -> Any:
        return state

    runtime = AnalysisRuntime()
    vars(runtime)["domain"] = domain  # in place of the one that is built when first asked for
    assert runtime.approval(Step("n1", "k1", "send", ())) == "the operator send is declared to need approval"
    assert runtime.approval(Step("n2", "k2", "look", ())) is None
