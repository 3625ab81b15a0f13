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
    assert f"waits for a person: {step}" in capsys.readouterr().out
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


# ------------------------------------------------------------------------------------------------- changes of the plan
PATTERNS = "What separates won calls from lost ones?"


def _waits(workspace: str, capsys: pytest.CaptureFixture[str], question: str, operator: str) -> dict[str, Any]:
    """Have a run wait before a step, and return what `approve` lists."""
    where = ("--workspace", workspace)
    assert main(["run", question, *where, "--approve", operator, "--no-wait", "--quiet"]) == 42
    return dict(_json(capsys, "approve", "last", *where)[1])


def test_what_waits_is_listed_with_what_can_be_done_instead(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Why, since when, and each alternative with its number and what it would take."""
    listed = _waits(workspace, capsys, PATTERNS, "cluster_topics")
    (question,) = listed["waiting"]
    planned, *others = question["alternatives"]
    assert (planned["number"], planned["sentence"]) == (0, "as planned")
    assert [each["number"] for each in others] == [*range(1, len(others) + 1)]
    assert "rather topics_by_trackers for find_topics(all data)" in {each["sentence"] for each in others}
    assert main(["approve", "last", "--workspace", workspace]) == 0
    printed = capsys.readouterr().out
    assert "the run was started so that cluster_topics needs approval" in printed
    assert "now       as planned: 3 steps left, about " in printed
    assert "--pick 1  rather " in printed
    assert main(["approve", "last", "retrieve_calls", "--workspace", workspace]) == 0
    assert "Nothing waits for a person" in capsys.readouterr().out


def test_picked_alternative_takes_the_place_of_that_part(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What will change is shown when it is picked; the run then does that, and says so."""
    where = ("--workspace", workspace)
    (question,) = _waits(workspace, capsys, PATTERNS, "cluster_topics")["waiting"]
    wanted = next(each for each in question["alternatives"] if "topics_by_trackers" in each["sentence"])
    number = str(wanted["number"])
    code, given = _json(capsys, "approve", "last", "cluster_topics", "--pick", number, "--by", "ann", *where)
    assert (code, given["answer"], given["by"]) == (0, "change", "ann")
    assert given["changes"] == wanted["changes"]
    code, document = _json(capsys, "resume", "last", *where)
    assert (code, document["status"]) == (0, "completed")
    assert {step["id"] for step in document["steps"]} >= set(wanted["steps"])
    assert question["step_id"] not in {step["id"] for step in document["steps"]}
    assert [change["kind"] for change in document["changes"]] == ["wish"]
    assert main(["show", "last", *where]) == 0
    assert "change by ann" in capsys.readouterr().out


def test_methods_are_preferred_and_ruled_out_by_name(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The nearest task above the step is meant; what cannot be had is said, and the step waits on."""
    where = ("--workspace", workspace)
    _waits(workspace, capsys, PATTERNS, "cluster_topics")
    for words, why in (
        (("--prefer", "by_magic"), "nothing in this plan is called by_magic; there are"),
        (("--without-method", "analyse_and_review"), "this cannot be had: there is no plan"),
        (("--leave-out", "review_answer"), "this cannot be had: there is no plan"),
        (("--without-agent", "nobody"), "there is no agent 'nobody'"),
        (("--pick", "99"), "there is no alternative 99; there are 1 to"),
        (("--no", "--prefer", "topics_by_sample"), "a change of the plan goes with --yes or alone"),
    ):
        assert main(["approve", "last", "cluster_topics", *words, *where]) == 30
        assert why in capsys.readouterr().err
    assert main(["approve", "last", "--yes", *where]) == 30
    assert "say for which step" in capsys.readouterr().err
    assert main(["approve", "last", "cluster_topics", "--without-method", "topics_by_clusters", *where]) == 0
    printed = capsys.readouterr().out
    assert "Wanted: without topics_by_clusters for find_topics(all data)." in printed
    assert "The plan then:" in printed
    assert main(["resume", "last", "--quiet", *where]) == 0


def test_cost_may_ask_too(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Local analysts use no tokens and cost nothing: however low these limits are, nobody is asked."""
    limits = ("--approve-above-tokens", "0", "--approve-above-money", "0", "--no-wait")
    code, document = _json(capsys, "run", QUESTION, "--workspace", workspace, *limits)
    assert (code, document["status"]) == (0, "completed")


def test_resuming_what_is_completed_says_so(workspace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It does not tell the old run again; the report can still be written. A fork says what it is a fork of."""
    where = ("--workspace", workspace)
    assert main(["run", QUESTION, *where, "--quiet"]) == 0
    assert main(["resume", "last", *where]) == 0
    printed = capsys.readouterr().out
    assert "is completed since" in printed
    assert "nothing is left to go on with" in printed
    assert "begun by" not in printed
    report = tmp_path / "again.html"
    assert main(["resume", "last", "--report", str(report), *where]) == 0
    assert f"Report written to {report}" in capsys.readouterr().out
    assert report.exists()
    _, (first, *_) = _json(capsys, "runs", *where)
    assert main(["fork", first["run_id"], "--from", "review_answer", *where]) == 0
    assert f"Forked from run {first['run_id']} at review_answer." in capsys.readouterr().out
    _, (fork, *_) = _json(capsys, "runs", *where)
    assert fork["forked_from"] == first["run_id"]
    assert main(["runs", *where]) == 0
    assert f"(forked from {first['run_id']})" in capsys.readouterr().out
    assert main(["show", "last", *where]) == 0
    assert capsys.readouterr().out.count(QUESTION) == 1
