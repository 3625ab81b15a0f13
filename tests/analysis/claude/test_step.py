"""One step carried out by Claude: same type, own tools, usage, limits, and each failure with its class."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from domains.analysis.agents import artifact_types, local_agents
from domains.analysis.claude.agent import ClaudeAgent, claude_agents
from domains.analysis.claude.conversation import prompt_hash
from domains.analysis.claude.draft import KEPT_LOCAL, draft_type
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.registry import capabilities
from domains.analysis.scope import Scope
from htn.execution.agent import Agent, InputArtifact, StepRequest, StepResult
from htn.execution.failures import FailureClass, StepError
from tests.analysis.claude.conftest import KEY, Serve
from tests.analysis.claude.messages_server import Fault, material, text, tool, tool_results

EMPTY: dict[str, Any] = {"findings": [], "limits": ["Nothing was found."]}


def request_for(capability: str, workspace: Path, scope: Scope, *inputs: StepResult) -> StepRequest:
    """Return a request as the engine makes it."""
    given = tuple(InputArtifact("s", "retrieve_calls", one.type, "h", one.document) for one in inputs)
    context = {"workspace": str(workspace), "analysis_plan": {"question": "How is it going?"}}
    return StepRequest("r", "s", "k", capability, (scope,), capability, given, context)


def agent_for(capability: str) -> ClaudeAgent:
    """Return the Claude agent that has a capability."""
    known = [agent for agent in claude_agents() if isinstance(agent, ClaudeAgent)]
    return next(agent for agent in known if capability in agent.capabilities)


def local(capability: str, workspace: Path, scope: Scope, *inputs: StepResult) -> StepResult:
    """Return what the local analyst makes."""
    agent = next(agent for agent in local_agents() if capability in agent.capabilities)
    return agent.run(request_for(capability, workspace, scope, *inputs))


@pytest.fixture(scope="module")
def scope(workspace: Path) -> Scope:
    """The account with the most calls."""
    with Workspace.open(workspace) as opened:
        row = opened.connection.execute(
            "SELECT account FROM calls WHERE account IS NOT NULL GROUP BY account ORDER BY COUNT(*) DESC, account"
        ).fetchone()
    return (("account", row[0]),)


@pytest.fixture(scope="module")
def calls(workspace: Path, scope: Scope) -> StepResult:
    """The retrieved calls of that account."""
    return local("retrieve_calls", workspace, scope)


def test_every_capability_but_those_kept_local_has_a_claude_agent() -> None:
    """Whatever type a local analyst returns, the model is asked for a part of that same type."""
    able = {name for agent in claude_agents() for name in agent.capabilities}
    assert able == set(capabilities()) - KEPT_LOCAL
    assert all(isinstance(agent, Agent) for agent in claude_agents())
    for name in able:
        kept = capabilities()[name].output.model_fields
        asked = draft_type(capabilities()[name]).model_fields
        assert set(asked) <= set(kept)
        assert all(asked[field].annotation == kept[field].annotation for field in asked), name


def test_the_model_reads_with_tools_and_its_quotes_are_kept(
    workspace: Path, scope: Scope, calls: StepResult, serve: Serve
) -> None:
    """A step list read from a call by the tools; the entry's call and day are the program's, usage is the sum."""
    call_id = calls.document["call_ids"][0]
    with Workspace.open(workspace) as opened:
        turn = next(turn for turn in opened.turns(call_id) if len(turn.text) > 30)
    quote = turn.text[5:25]
    citation = {"kind": "turn", "source": call_id, "turn": turn.idx, "rows": [], "total": None, "quote": quote}
    step = {"call_id": call_id, "call_day": None, "owner": "rep", "due": None, "agreed": True, "status": "undated"}
    finding = {"claim": "The rep agreed to send it.", "strength": "descriptive", "numbers": [], "note": ""}
    answer = {
        "findings": [{**finding, "citations": [citation, {**citation, "quote": "words nobody said"}]}],
        "limits": [],
        "steps": [{**step, "citation": citation}, {**step, "citation": {**citation, "turn": 10_000}}],
    }

    def model(request: dict[str, Any]) -> Any:
        done = len(tool_results(request))
        script: list[Any] = [tool("list_calls", offset=0), tool("read_turns", call_id=call_id, first=0), text(answer)]
        return script[done]

    with serve(model) as server:
        result = agent_for("extract_next_steps").run(request_for("extract_next_steps", workspace, scope, calls))
    assert [] == server.problems
    assert "StepList" == result.type
    artifact: Any = artifact_types()[result.type].model_validate(result.document)
    assert [step.citation.quote for step in artifact.steps] == [quote]
    assert [found.citations[0].quote for found in artifact.findings] == [quote]
    assert artifact.calls_with_step == 1
    assert artifact.calls == len(calls.document["call_ids"])
    assert {"citations of the model": 2, "entries of the model": 1} == {
        item.what: item.count for item in artifact.exclusions if item.what.endswith("of the model")
    }
    assert (3 * 200, 3 * 20) == (result.usage.input_tokens, result.usage.output_tokens)
    assert server.counted == 3
    assert list(result.prompts) == [prompt_hash(request) for request in server.requests]
    assert turn.text[5:25] in tool_results(server.requests[-1])[1]["content"]


def test_measured_fields_are_never_the_models(workspace: Path, serve: Serve) -> None:
    """Counts and intervals are those of the local analyst, whatever the model says; invented numbers are dropped."""
    deals = local("retrieve_deals", workspace, ())
    own = local("measure_win_rate", workspace, (), deals)
    repeated: dict[str, Any] = {}

    def model(request: dict[str, Any]) -> Any:
        first = material(request)["findings"][0]
        empty = {"value": None, "low": None, "high": None, "level": None, "n": None, "unit": "", "method": ""}
        numbers = [{**empty, **number} for number in first["numbers"]]
        citations = [{"turn": None, "quote": None, **citation} for citation in first["citations"]]
        said = {"strength": first["strength"], "citations": citations, "note": ""}
        rounded = [{**number, "value": round(number["value"], 3)} for number in numbers]
        repeated.update(said, claim=first["claim"], numbers=rounded)
        invented = {**said, "claim": "The win rate is 99.7 %.", "numbers": [{**numbers[0], "value": 0.997}]}
        firm = {**said, "claim": "Closed deals were won.", "strength": "established", "numbers": []}
        foreign = {**said, "claim": "Winning comes from luck.", "numbers": []}
        return text({"findings": [repeated, invented, firm, foreign], "limits": []})

    with serve(model) as server:
        result = agent_for("measure_win_rate").run(request_for("measure_win_rate", workspace, (), deals))
    assert [] == server.problems
    for name in set(own.document) - {"findings", "limits", "exclusions"}:
        assert own.document[name] == result.document[name], name
    kept = result.document["findings"]
    assert [finding["claim"] for finding in kept] == [repeated["claim"], "Closed deals were won."]
    assert kept[0]["numbers"] == own.document["findings"][0]["numbers"]
    assert kept[0]["citations"] == own.document["findings"][0]["citations"]
    assert "descriptive" == kept[1]["strength"]


FAILURES: dict[str, tuple[Any, FailureClass]] = {
    "429": (Fault(429, "rate_limit_error", {"retry-after": "7"}), FailureClass.RATE_LIMITED),
    "529": (Fault(529, "overloaded_error"), FailureClass.RATE_LIMITED),
    "500": (Fault(500), FailureClass.SERVER_ERROR),
    "401": (Fault(401, "authentication_error"), FailureClass.CAPABILITY_GONE),
    "402": (Fault(402, "billing_error"), FailureClass.CAPABILITY_GONE),
    "400": (Fault(400, "invalid_request_error"), FailureClass.UNKNOWN),
    "not JSON": (Fault(200, body="<html>"), FailureClass.MALFORMED_OUTPUT),
    "refusal": (text("I cannot help with that.", "refusal"), FailureClass.MODEL_REFUSAL),
    "cut short": (text('{"findings": [', "max_tokens"), FailureClass.MALFORMED_OUTPUT),
    "no JSON": (text("Here is what I found:"), FailureClass.MALFORMED_OUTPUT),
    "other type": (text({"findings": "none", "limits": []}), FailureClass.MALFORMED_OUTPUT),
    "extra field": (text({**EMPTY, "as the script says": 1.0}), FailureClass.MALFORMED_OUTPUT),
    "endless": (tool("list_calls", offset=0), FailureClass.MALFORMED_OUTPUT),
    "full context": (text("", "model_context_window_exceeded"), FailureClass.CAPABILITY_GONE),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_each_failure_has_its_class(kind: str, workspace: Path, serve: Serve) -> None:
    """The class decides the recovery; the sentence holds neither the key nor what was sent."""
    reply, failure = FAILURES[kind]
    with serve(lambda _: reply) as server, pytest.raises(StepError) as caught:
        agent_for("survey_pipeline").run(request_for("survey_pipeline", workspace, ()))
    assert [] == server.problems
    assert failure == caught.value.failure, caught.value
    assert KEY not in str(caught.value)
    assert "as the script says" not in str(caught.value)
    assert (7.0 if kind == "429" else None) == caught.value.retry_after
    if kind != "endless":
        assert 1 == len(server.requests), "the engine retries, not the client"


def test_a_slow_answer_is_a_timeout(workspace: Path, tmp_path: Path, serve: Serve) -> None:
    """The configured time limit holds for one request."""
    shutil.copytree(workspace, tmp_path / "w")
    (tmp_path / "w" / "claude.toml").write_text("timeout_s = 0.3\n")
    with serve(lambda _: Fault(200, silent=True)), pytest.raises(StepError) as caught:
        agent_for("survey_pipeline").run(request_for("survey_pipeline", tmp_path / "w", ()))
    assert FailureClass.AGENT_TIMEOUT == caught.value.failure


@pytest.mark.parametrize("limit", ["max_input_tokens = 500", "max_step_tokens = 500"])
def test_what_is_too_much_is_counted_and_not_sent(limit: str, workspace: Path, tmp_path: Path, serve: Serve) -> None:
    """Beyond a limit nothing is sent; the local analyst is asked instead."""
    shutil.copytree(workspace, tmp_path / "w")
    (tmp_path / "w" / "claude.toml").write_text(limit + "\n")
    with serve(lambda _: text(EMPTY)) as server, pytest.raises(StepError) as caught:
        agent_for("survey_pipeline").run(request_for("survey_pipeline", tmp_path / "w", ()))
    assert FailureClass.CAPABILITY_GONE == caught.value.failure
    assert [] == server.requests
    assert 1 <= server.counted


def test_a_result_that_does_not_fit_is_given_up(
    workspace: Path, tmp_path: Path, scope: Scope, calls: StepResult, serve: Serve
) -> None:
    """The model is told, has no tools any more, and still answers."""
    shutil.copytree(workspace, tmp_path / "w")

    def model(request: dict[str, Any]) -> Any:
        if not tool_results(request):
            return tool("read_turns", call_id=calls.document["call_ids"][0], first=0)
        return text({**EMPTY, "letters": []})

    request = request_for("gather_qualification", tmp_path / "w", scope, calls)
    with serve(model) as server:
        agent_for("gather_qualification").run(request)
        sizes = [len(str(sent)) // 4 for sent in server.requests]
        (tmp_path / "w" / "claude.toml").write_text(f"max_input_tokens = {(sizes[0] + sizes[1]) // 2}\n")
        result = agent_for("gather_qualification").run(request)
    assert "none" == server.requests[-1]["tool_choice"]["type"]
    assert "does not fit" in tool_results(server.requests[-1])[0]["content"]
    assert 8 == len(result.document["letters"])


def test_without_a_key_or_the_package_it_says_so(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> None:
    """A plain sentence, and a class after which the local analyst is asked."""
    with pytest.raises(StepError, match="ANTHROPIC_API_KEY") as caught:
        agent_for("survey_pipeline").run(request_for("survey_pipeline", workspace, ()))
    assert FailureClass.CAPABILITY_GONE == caught.value.failure
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(StepError, match=r"pip install 'htn\[claude\]'"):
        agent_for("survey_pipeline").run(request_for("survey_pipeline", workspace, ()))
