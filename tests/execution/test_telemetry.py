"""Runs are reported by OpenTelemetry where that is asked for: one trace for each run, whoever carries it out."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from htn.execution import telemetry, telemetry_setup
from htn.execution.agent import StepRequest
from htn.execution.approvals import ApprovalPolicy, answer_step
from htn.execution.failures import FailureClass, StepError
from htn.execution.options import RunOptions
from htn.execution.runs import resume_run, start_run
from htn.execution.telemetry import model_call, tool_call
from tests.execution.team import until
from tests.execution.toy import FunctionAgent, agents_of, lines, make_plan, reference

pytest.importorskip("opentelemetry.sdk")

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased

from tests.execution.collecting import Collected, collecting

ROOT = Path(__file__).resolve().parents[2]
SAID = "what Jane Doe said about the price"


@pytest.fixture
def collected() -> Iterator[Collected]:
    """Have runs of this process reported to memory."""
    with collecting() as collected:
        yield collected


def _attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def _work(request: StepRequest) -> Mapping[str, Any]:
    with model_call("a-provider", "a-model") as call, tool_call("search"):
        call.input_tokens, call.output_tokens = 120, 30
    if request.task == "b" and request.attempt == 1:
        raise StepError(SAID, FailureClass.SERVER_ERROR)
    return {"value": SAID}


def test_a_run_is_a_trace_of_its_tries_and_what_they_call(collected: Collected, tmp_path: Path):
    """Session, tries, models and tools are each other's parents, with the names that the conventions give."""
    plan, options = make_plan({"a": [], "b": ["a"]}), RunOptions(max_delay=0.0)
    run = start_run(tmp_path, plan, agents_of(FunctionAgent(_work, name="ann")), options=options, title=SAID)
    spans = collected.spans()
    names = [span.name for span in spans]
    assert names == ["invoke_workflow", *["invoke_agent ann", "chat a-model", "execute_tool search"] * 3]
    (root, *rest), by_id = spans, {span.context.span_id: span for span in spans if span.context}
    assert root.parent is None
    assert {span.context.trace_id for span in spans if span.context} == {root.context.trace_id if root.context else 0}
    parents = [by_id[span.parent.span_id].name for span in rest if span.parent]
    assert parents == ["invoke_workflow", "invoke_agent ann", "chat a-model"] * 3
    assert _attributes(root)["htn.run.id"] == run
    assert (_attributes(root)["htn.run.status"], _attributes(root)["htn.plan.steps"]) == ("completed", 2)
    tries = [span for span in rest if span.name.startswith("invoke_agent")]
    assert [_attributes(span)["htn.step.task"] for span in tries] == ["a", "b", "b"]
    assert [_attributes(span).get("error.type") for span in tries] == [None, "server_error", None]
    assert [span.status.is_ok for span in tries] == [True, False, True]
    chat = _attributes(next(span for span in rest if span.name == "chat a-model"))
    assert chat["gen_ai.operation.name"] == "chat"
    assert (chat["gen_ai.provider.name"], chat["gen_ai.request.model"]) == ("a-provider", "a-model")
    assert (chat["gen_ai.usage.input_tokens"], chat["gen_ai.usage.output_tokens"]) == (120, 30)


def test_metrics_count_tokens_and_measure_every_operation(collected: Collected, tmp_path: Path):
    """Two runs later the sums are those of both, by the attributes that the conventions ask for."""
    for _ in range(2):
        start_run(tmp_path, make_plan({"a": []}), agents_of(FunctionAgent(_work, name="ann")))
    points = collected.points()
    tokens = {attributes["gen_ai.token.type"]: point.sum for attributes, point in points["gen_ai.client.token.usage"]}
    assert tokens == {"input": 240, "output": 60}
    for name, operation in (
        ("gen_ai.workflow.duration", "invoke_workflow"),
        ("gen_ai.invoke_agent.duration", "invoke_agent"),
        ("gen_ai.client.operation.duration", "chat"),
        ("gen_ai.execute_tool.duration", "execute_tool"),
    ):
        ((attributes, point),) = points[name]
        assert (attributes["gen_ai.operation.name"], point.count) == (operation, 2)
        assert point.sum > 0


def test_nothing_of_calls_questions_or_messages_is_reported(collected: Collected, tmp_path: Path):
    """Not the question, not an artifact, not what an error said: only classes, names and counts."""
    plan, options = make_plan({"a": [], "b": ["a"]}), RunOptions(max_delay=0.0)
    start_run(tmp_path, plan, agents_of(FunctionAgent(_work)), options=options, title=SAID, context={"said": SAID})
    reported = "".join(span.to_json() for span in collected.spans()) + str(collected.points())
    assert "server_error" in reported
    assert SAID not in reported
    assert "Jane" not in reported


def test_a_trace_survives_that_a_run_is_left_and_resumed(tmp_path: Path):
    """Two processes' worth of providers: the same trace, each session's span linked to the one before."""
    options = RunOptions(approval=ApprovalPolicy(operators=("b",)), wait=False)
    agents = reference(agents=[{"name": "ann"}])
    with collecting() as first:
        run = start_run(tmp_path, make_plan({"a": [], "b": ["a"]}), agents, options=options)
    answer_step(tmp_path, run, "n-b", yes=True, by="Ann")
    with collecting() as second:
        resume_run(tmp_path, run)
    left, resumed = first.spans()[0], second.spans()[0]
    assert left.name == resumed.name == "invoke_workflow"
    assert left.context is not None
    assert resumed.context is not None
    assert left.context.trace_id == resumed.context.trace_id
    assert left.context.span_id != resumed.context.span_id
    assert [link.context.span_id for link in resumed.links] == [left.context.span_id]
    tried = {span.context.trace_id for span in (*first.spans(), *second.spans()) if span.context}
    assert tried == {left.context.trace_id}


def test_sampling_holds_for_whole_runs(tmp_path: Path):
    """A sampler that takes nothing has nothing of a run reported, its tries not either."""
    with collecting(sampler=ParentBased(ALWAYS_OFF)) as collected:
        start_run(tmp_path, make_plan({"a": []}), agents_of(FunctionAgent(_work)))
    assert collected.spans() == []


def test_off_unless_asked_for(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    """Nothing is set up; where a package or an exporter is missing, that is said in a sentence and nothing fails."""
    monkeypatch.setattr(telemetry, "_installed", [])
    assert telemetry.current() is None
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "a-strange-one")
    with caplog.at_level(logging.WARNING):
        assert telemetry_setup.from_environment() is None
        monkeypatch.setitem(sys.modules, "opentelemetry.sdk.metrics", None)
        assert telemetry_setup.from_environment() is None
    assert "no installed package offers it" in caplog.messages[0]
    assert "pip install 'htn[telemetry]'" in caplog.messages[1]


# -------------------------------------------------------------------------------------------------- a real receiver
class Receiver(BaseHTTPRequestHandler):
    """A collector that keeps what it is sent by OTLP over HTTP."""

    spans: ClassVar[list[Any]]
    metrics: ClassVar[list[Any]]

    def do_POST(self) -> None:
        """Take in one export."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/v1/traces":
            sent = ExportTraceServiceRequest.FromString(body)
            type(self).spans += [
                span for resource in sent.resource_spans for scope in resource.scope_spans for span in scope.spans
            ]
        else:
            told = ExportMetricsServiceRequest.FromString(body)
            type(self).metrics += [
                metric
                for resource in told.resource_metrics
                for scope in resource.scope_metrics
                for metric in scope.metrics
            ]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


PROCESS = """
import json, os, signal, sys, threading
from htn.execution.runs import resume_run, start_run
from tests.execution.toy import make_plan, reference
order = json.loads(sys.argv[1])
agents = reference(agents=[{"name": "ann", "log": order["log"], "hold": order["hold"]}])
if order["resume"]:
    resume_run(order["workspace"], "r1")
else:
    start_run(order["workspace"], make_plan({"a": [], "b": ["a"]}), agents, run_id="r1")
"""


def test_a_killed_run_is_one_trace_at_a_real_receiver(tmp_path: Path):
    """By the standard variables, over HTTP: the process is killed in a step, another one ends the run; one trace."""

    class Kept(Receiver):
        spans: ClassVar[list[Any]] = []
        metrics: ClassVar[list[Any]] = []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Kept)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        **os.environ,
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "OTEL_BSP_SCHEDULE_DELAY": "50",
        "OTEL_SERVICE_NAME": "estate-test",
    }
    pipe, log = tmp_path / "pipe", tmp_path / "log"
    os.mkfifo(pipe)
    order = {"workspace": str(tmp_path / "w"), "log": str(log), "hold": {"b": str(pipe)}, "resume": False}
    command = [sys.executable, "-c", PROCESS]
    try:
        with subprocess.Popen([*command, json.dumps(order)], cwd=ROOT, env=environment) as first:
            until(lambda: any(span.name == "invoke_agent ann" for span in Kept.spans), what="a first span")
            until(lambda: len(lines(log)) == 3, what="the second step")
            first.kill()
        order["resume"] = True
        with subprocess.Popen([*command, json.dumps(order)], cwd=ROOT, env=environment) as second:
            pipe.write_text("go on")
            assert second.wait(60) == 0
    finally:
        server.shutdown()
        server.server_close()
    assert len({span.trace_id for span in Kept.spans}) == 1
    named = {span.name: span for span in Kept.spans}
    root = named["invoke_workflow"]
    tries = [span for span in Kept.spans if span.name == "invoke_agent ann"]
    assert [span.parent_span_id for span in tries] == [root.span_id] * len(tries)
    done = [{pair.key: pair.value.string_value for pair in span.attributes}["htn.step.task"] for span in tries]
    assert done == ["a", "b"], "the try that was killed cannot report itself"
    assert {metric.name for metric in Kept.metrics} >= {"gen_ai.workflow.duration", "gen_ai.invoke_agent.duration"}
