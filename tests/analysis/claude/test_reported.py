"""What is reported of a Claude agent's step: its calls of the model and of tools, and nothing that anybody said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from domains.analysis.agents import local_agents
from domains.analysis.claude.agent import claude_agents
from domains.analysis.corpus.workspace import Workspace
from htn.execution.agent import InputArtifact, StepRequest, StepResult
from htn.execution.failures import StepError
from htn.execution.telemetry import step_attempt
from tests.analysis.claude.conftest import Serve
from tests.analysis.claude.messages_server import Fault, text, tool, tool_results

pytest.importorskip("opentelemetry.sdk")

from tests.execution.collecting import collecting

ANSWER = {"findings": [], "limits": ["The secret of the answer."], "steps": []}


def _request(workspace: Path, capability: str, *inputs: StepResult) -> StepRequest:
    context = {"workspace": str(workspace), "analysis_plan": {"question": "The secret of the question?"}}
    given = tuple(InputArtifact("s", "retrieve_calls", one.type, "h", one.document) for one in inputs)
    return StepRequest("r", "s", "k", capability, ((),), capability, given, context)


@pytest.fixture
def request_(workspace: Path) -> StepRequest:
    """Return a step on all calls, which a local analyst has retrieved."""
    retrieval = next(agent for agent in local_agents() if "retrieve_calls" in agent.capabilities)
    return _request(workspace, "extract_next_steps", retrieval.run(_request(workspace, "retrieve_calls")))


def test_calls_of_the_model_and_of_tools_are_spans_without_content(
    workspace: Path, request_: StepRequest, serve: Serve, monkeypatch: pytest.MonkeyPatch
):
    """The library makes the model's spans, also where the environment asks it for content; the tools' are ours."""
    monkeypatch.setenv("ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE", "content")
    agent = next(agent for agent in claude_agents() if "extract_next_steps" in agent.capabilities)
    with Workspace.open(workspace) as opened:
        call_id = next(iter(opened.calls(()))).call_id
        said = opened.turns(call_id)[0].text

    def model(request: dict[str, Any]) -> Any:
        script: list[Any] = [tool("read_turns", call_id=call_id, first=0), tool("what?"), text(ANSWER)]
        return script[len(tool_results(request))]

    with collecting() as collected, serve(model) as server, step_attempt("r", 1, agent.name, {}):
        agent.run(request_)
    assert said in str(server.requests)
    spans = collected.spans()
    (attempt,) = [span for span in spans if span.name.startswith("invoke_agent")]
    tools = [span for span in spans if span.name.startswith("execute_tool")]
    assert [(span.name, span.status.is_ok) for span in tools] == [
        ("execute_tool read_turns", True),
        ("execute_tool unknown", False),
    ]
    chats = [span for span in spans if (span.attributes or {}).get("gen_ai.usage.output_tokens")]
    assert len(chats) == 3
    for span in (*chats, *tools):
        assert span.parent is not None
        assert attempt.context is not None
        assert span.parent.span_id == attempt.context.span_id
    points = collected.points()
    tokens = {attributes["gen_ai.token.type"]: point.sum for attributes, point in points["gen_ai.client.token.usage"]}
    assert tokens == {"input": 600, "output": 60}
    reported = "".join(span.to_json() for span in spans) + str(points)
    assert said[:20] not in reported
    assert "secret" not in reported


def test_a_call_that_fails_is_measured_with_its_class(request_: StepRequest, serve: Serve):
    """An overloaded service is an error of the call, without the text of it."""
    agent = next(agent for agent in claude_agents() if "extract_next_steps" in agent.capabilities)
    with collecting() as collected, serve(lambda request: Fault(529, "overloaded_error")), pytest.raises(StepError):
        agent.run(request_)
    ((attributes, point),) = collected.points()["gen_ai.client.operation.duration"]
    assert (attributes["error.type"], point.count) == ("rate_limited", 1)
