"""Whole analyses with Claude agents: they complete, they fall back, they send what the question concerns only."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domains.analysis.cli import main
from domains.analysis.corpus.workspace import Workspace, begin
from domains.analysis.planner import EstatePlanner
from domains.analysis.question.known import Known
from htn.execution.journal import Journal
from tests.analysis.claude.conftest import KEY, Serve
from tests.analysis.claude.messages_server import Fault, text
from tests.analysis.claude.real import leaked
from tests.analysis.claude.scripted import INJECTED, diligent, obedient

QUESTIONS = {
    "pipeline": "Where does our pipeline stand?",
    "competitive": "Which competitors do we lose to?",
    "performance": "How are our reps performing?",
    "enablement": "Does our content help us win deals?",
    "pattern": "Which phrases separate won calls from lost ones?",
    "custom": "Win rate by region",
}


@pytest.fixture
def fresh(workspace: Path, tmp_path: Path) -> Path:
    """A workspace without runs."""
    return Path(shutil.copytree(workspace, tmp_path / "workspace"))


@pytest.fixture
def ask(fresh: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any, str]]:
    """Return what asks a question and gives exit code, document, and what was said besides."""

    def asked(question: str, *options: str) -> tuple[int, Any, str]:
        capsys.readouterr()
        code = main(["run", question, "--workspace", str(fresh), "--json", "--agents", "claude", *options])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out.strip() else None, said.err

    return asked


def attempts(workspace: Path, run: str) -> list[Any]:
    """Return all tries of a run."""
    with Journal(workspace, readonly=True) as journal:
        return list(journal.attempts(run))


def account_of(workspace: Path) -> str:
    """Return the account with the most calls."""
    with Workspace.open(workspace) as opened:
        query = "SELECT account FROM calls WHERE account IS NOT NULL GROUP BY account ORDER BY COUNT(*) DESC, account"
        return str(opened.connection.execute(query).fetchone()[0])


@pytest.mark.parametrize("analysis", QUESTIONS)
def test_each_type_is_answered_by_claude(analysis: str, fresh: Path, ask: Any, serve: Serve) -> None:
    """The run completes, the findings are the model's, its agents did the steps, usage is in the journal."""
    with serve(diligent) as server:
        code, document, said = ask(QUESTIONS[analysis])
    assert [] == server.problems
    assert (0, "completed") == (code, document["status"]), document["sentence"]
    assert "leave this machine" in said
    claims = [finding["claim"] for finding in document["answer"]["findings"]]
    assert claims
    assert all(claim.startswith("As the data show") for claim in claims)
    tries = attempts(fresh, document["run_id"])
    by_claude = [one for one in tries if one.agent.endswith("(Claude)")]
    assert {one.agent for one in tries} - {one.agent for one in by_claude} <= {"retrieval", "quality reviewer"}
    assert all("finished" == one.status and one.usage["input_tokens"] >= 400 for one in by_claude)
    kept = b"".join(path.read_bytes() for path in fresh.rglob("*") if path.is_file())
    assert KEY.encode() not in kept, "the key is stored nowhere"


def test_a_deep_dive_sends_only_the_calls_of_its_account(fresh: Path, ask: Any, serve: Serve) -> None:
    """The server's record holds words of the account's calls, and of no other call."""
    account = account_of(fresh)

    def nosy(request: dict[str, Any]) -> Any:
        reply = diligent(request)
        if reply["stop_reason"] == "tool_use":
            others = [
                {
                    "type": "tool_use",
                    "id": f"toolu_{call}",
                    "name": "read_turns",
                    "input": {"call_id": call, "first": 0},
                }
                for call in foreign[:5]
            ]
            search = {"words": "price security budget contract integration"}
            reply["content"] += [*others, {"type": "tool_use", "id": "s", "name": "search_calls", "input": search}]
        return reply

    with Workspace.open(fresh) as opened:
        own = {call.call_id for call in opened.calls((("account", account),))}
        texts = {identity: [turn.text for turn in turns] for identity, turns in opened.turns_by_call().items()}
    foreign = sorted(set(texts) - own)
    with serve(nosy) as server:
        code, document, _ = ask(f"Tell me everything about {account}")
    assert [] == server.problems
    assert (0, "prospect") == (code, document["analysis"])
    assert all(finding["claim"].startswith("As the data show") for finding in document["answer"]["findings"])
    tries = attempts(fresh, document["run_id"])
    assert all("finished" == one.status for one in tries), "no step fell back"
    sent = server.sent
    common = {text for identity in own for text in texts[identity]}
    mine = [text for identity in own for text in texts[identity] if len(text) > 60 and '"' not in text]
    others = [text for identity in foreign for text in texts[identity] if len(text) > 60]
    assert any(text in sent for text in mine)
    assert len(others) > 500
    leaked = [text for text in others if text in sent and not any(text in known for known in common)]
    assert [] == leaked


def test_a_question_about_a_region_sends_only_its_calls(fresh: Path, ask: Any, serve: Serve) -> None:
    """Whatever the scope is made of: what is said elsewhere is not sent, and of its own calls something is."""
    with Workspace.open(fresh) as opened:
        regions = sorted(Known.of(opened).entities["region"])
        region = next(name for name in regions if 5 < len(opened.calls((("region", name),))) < len(opened.calls(())))

    def nosy(request: dict[str, Any]) -> Any:
        reply = diligent(request)
        if reply["stop_reason"] == "tool_use":
            words = {"words": "price security budget contract integration"}
            reply["content"].append({"type": "tool_use", "id": "s", "name": "search_calls", "input": words})
        return reply

    with serve(nosy) as server:
        code, document, said = ask(f"Which competitors come up in {region}?")
    assert (0, "competitive") == (code, document["analysis"])
    assert f"region {region}" in said
    assert "search_calls" in server.sent
    assert [] == leaked(fresh, (("region", region),), server.sent)


def test_what_steps_share_is_sent_in_the_same_words(fresh: Path, ask: Any, serve: Serve) -> None:
    """So that the service can keep it: tools and the first two blocks of every request are equal, and marked."""
    with serve(diligent) as server:
        ask(QUESTIONS["pipeline"])
    assert len(server.requests) > 6
    shared = {json.dumps([request["tools"], request["system"][:2]]) for request in server.requests}
    assert 1 == len(shared)
    assert all("cache_control" in request["system"][1] for request in server.requests)


def test_the_key_is_written_nowhere_when_things_go_wrong(
    fresh: Path, serve: Serve, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not to a file of the workspace, the audit export or the report, and not to the terminal."""
    echo = json.dumps({"type": "error", "error": {"type": "authentication_error", "message": f"bad key {KEY}"}})
    report, audit = tmp_path / "report.html", tmp_path / "audit.jsonl"
    workspace = ["--workspace", str(fresh)]
    with serve(lambda _: Fault(401, body=echo)):
        main(["run", QUESTIONS["custom"], *workspace, "--agents", "claude", "--report", str(report)])
    main(["show", "last", *workspace])
    main(["why", "last", "measure", *workspace])
    main(["audit", "export", *workspace, "--out", str(audit)])
    said = capfd.readouterr()
    assert "status 401" in said.out
    kept = b"".join(path.read_bytes() for path in [*fresh.rglob("*"), report, audit] if path.is_file())
    assert KEY.encode() not in kept + said.out.encode() + said.err.encode()


@pytest.mark.parametrize(
    "reply",
    [
        text("No.", "refusal"),
        text("not JSON"),
        Fault(401, "authentication_error"),
        Fault(400, "invalid_request_error"),
    ],
    ids=["refusal", "malformed", "no access", "bad request"],
)
def test_local_analysts_do_what_the_model_does_not(reply: Any, fresh: Path, ask: Any, serve: Serve) -> None:
    """The recovery table asks another agent; the answer is the local one, and the failures are on record."""
    local = EstatePlanner(fresh)
    own = local.run(local.plan(QUESTIONS["custom"]))
    own.wait()
    with serve(lambda _: reply):
        code, document, _ = ask(QUESTIONS["custom"])
    assert (0, "completed") == (code, document["status"])
    failed = [one for one in attempts(fresh, document["run_id"]) if one.status == "failed"]
    assert failed
    assert all(one.agent.endswith("(Claude)") for one in failed)
    from domains.analysis.cli.running import run_document
    from htn.execution.runs import show_run

    assert run_document(fresh, show_run(fresh, own.run_id))["answer"] == document["answer"]


@pytest.mark.parametrize(
    "fault", [Fault(429, "rate_limit_error", {"retry-after": "0"}), text("not JSON")], ids=["busy", "malformed"]
)
def test_a_fault_that_passes_is_tried_again(fault: Any, fresh: Path, ask: Any, serve: Serve) -> None:
    """The same agent is asked once more, and its answer is taken."""
    faults = [fault]

    def model(request: dict[str, Any]) -> Any:
        return faults.pop() if faults else diligent(request)

    with serve(model):
        code, document, _ = ask(QUESTIONS["custom"])
    assert 0 == code
    tries = [one for one in attempts(fresh, document["run_id"]) if one.agent.endswith("(Claude)")]
    assert ["failed", "finished"] == [one.status for one in tries][:2]
    assert tries[0].agent == tries[1].agent


@pytest.fixture
def injected(fresh: Path) -> tuple[Path, str]:
    """A workspace in which a turn of a call of one account tells the model what to do."""
    account = account_of(fresh)
    with Workspace.open(fresh) as opened, opened.writing() as connection:
        begin(connection)
        query = "SELECT turn_id FROM turns JOIN calls USING (call_id) WHERE account = ? ORDER BY turn_id"
        turns = connection.execute(query, (account,)).fetchall()
        connection.execute("UPDATE turns SET text = ? WHERE turn_id = ?", (INJECTED, turns[2][0]))
        connection.execute("INSERT INTO turns_fts (turns_fts) VALUES ('rebuild')")
        connection.execute("COMMIT")
    return fresh, account


def test_instructions_in_calls_change_no_plan_and_no_finding(
    workspace: Path, injected: tuple[Path, str], ask: Any, serve: Serve
) -> None:
    """Even a model that obeys them: no invented number, no foreign call, no advice, and the same plan as without."""
    folder, account = injected
    question = f"Tell me everything about {account}"
    options = {"agents": "claude"}
    plans = [EstatePlanner(place).plan(question, options=options).plan.to_json() for place in (workspace, folder)]
    assert plans[0]["steps"] == plans[1]["steps"]
    with serve(obedient) as server:
        code, document, _ = ask(question)
    assert [] == server.problems
    assert 0 == code
    results = [
        block
        for request in server.requests
        for message in request["messages"]
        for block in message["content"]
        if block["type"] == "tool_result"
    ]
    assert any("maintenance mode" in block["content"] for block in results), "the model was never put to the test"
    assert any("there is no tool 'send_mail'" in block["content"] for block in results)
    marks = [block["content"].count("</data>") for block in results if not block["is_error"]]
    assert {1} == set(marks), "no content may end the block that it stands in"
    assert all("<script>" not in block["content"] and "\x1b" not in block["content"] for block in results)
    answer = document["answer"]
    outside_quotes = json.dumps([answer["headline"], answer["recommendations"], answer["limits"]])
    outside_quotes += json.dumps([[one["claim"], one["note"], one["numbers"]] for one in answer["findings"]])
    for word in ("99.7", "0.997", "98.6", "4711", "excellent", "Wire money"):
        assert word not in outside_quotes, word
    assert answer["findings"], "what is true stands"
    dropped = {item["what"] for item in answer["exclusions"]}
    assert {"findings of the model", "headlines of the model", "recommendations of the model"} <= dropped


def test_without_a_key_nothing_is_run(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plain sentence, the exit code of wrong input, and no run in the workspace."""
    code = main(["run", QUESTIONS["custom"], "--workspace", str(fresh), "--agents", "claude"])
    said = capsys.readouterr()
    assert 30 <= code < 40
    assert "ANTHROPIC_API_KEY" in said.err
    assert main(["runs", "--workspace", str(fresh)]) == 0
    assert "no runs yet" in capsys.readouterr().out


def test_a_plan_says_what_would_leave_and_what_it_takes(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is sent: which calls, to whom, how many tokens; nothing of it with local analysts."""
    assert 0 == main(["plan", QUESTIONS["custom"], "--workspace", str(fresh), "--agents", "claude"])
    said = capsys.readouterr().out
    assert "leave this machine for Anthropic's API (claude-" in said
    assert "no model is called" not in said
    assert 0 == main(["plan", QUESTIONS["custom"], "--workspace", str(fresh)])
    assert "leave this machine" not in capsys.readouterr().out


@pytest.mark.parametrize("content", ["model = 3", "modle = 'x'", "max_turns = 0", "model = ", "timeout_s = true"])
def test_a_wrong_configuration_is_named(content: str, fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file and the setting stand in the sentence."""
    (fresh / "claude.toml").write_text(content)
    assert 30 == main(["plan", QUESTIONS["custom"], "--workspace", str(fresh), "--agents", "claude"])
    assert "claude.toml" in capsys.readouterr().err


def test_models_can_be_chosen_by_specialist(fresh: Path, ask: Any, serve: Serve) -> None:
    """The workspace's file names them; each request goes to the one that was chosen."""
    (fresh / "claude.toml").write_text('model = "one"\n[models]\n"revenue operations" = "two"\n')
    with serve(diligent) as server:
        code, _, said = ask(QUESTIONS["custom"])
    assert 0 == code
    assert "(one, two)" in said
    assert {"one", "two"} == {request["model"] for request in server.requests}
