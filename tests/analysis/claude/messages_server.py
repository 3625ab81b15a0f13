"""A loopback server of the Messages API: scripted answers, real HTTP, and a record of all that it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.analysis.claude.event_stream import events_of, stream_error

__all__ = [
    "Fault",
    "MessagesServer",
    "material",
    "problem_of",
    "serving",
    "serving_state",
    "text",
    "tool",
    "tool_results",
]

Reply = dict[str, Any]
Model = Callable[[dict[str, Any]], "Reply | Fault"]


@dataclass(frozen=True)
class Fault:
    """An answer that is an error: a status with its type, or no answer until the client gives up.

    With ``after`` an answer is begun, and ends after so many events: in an error of the type, in silence, or, where
    ``cut``, with the connection.
    """

    status: int
    type: str = "api_error"
    headers: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    body: str | None = None
    after: int | None = None
    cut: bool = False


def text(document: Any, stop_reason: str = "end_turn") -> Reply:
    """Return an answer in words: JSON for anything but text."""
    said = document if isinstance(document, str) else json.dumps(document)
    return {"content": [{"type": "text", "text": said}], "stop_reason": stop_reason}


def tool(name: str, **arguments: Any) -> Reply:
    """Return a call of a tool, after a remark, as models make them."""
    call = {"type": "tool_use", "id": f"toolu_{name}", "name": name, "input": arguments}
    return {"content": [{"type": "text", "text": "Let me look."}, call], "stop_reason": "tool_use"}


def material(request: dict[str, Any]) -> dict[str, Any]:
    """Return the local analyst's artifact as the model was shown it."""
    block = request["messages"][0]["content"][0]["text"]
    found: dict[str, Any] = json.loads(block.splitlines()[1])["content"]
    return found


def tool_results(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the results of tools in a request, in order."""
    messages = [message for message in request["messages"] if isinstance(message["content"], list)]
    return [block for message in messages for block in message["content"] if block["type"] == "tool_result"]


@dataclass(frozen=True)
class Streamed:
    """An answer in events, and what goes wrong after them."""

    events: list[bytes]
    fault: Fault | None = None


class MessagesServer:
    """What was asked, and the model that answers.

    The checks that the real API makes are made here too: headers, alternating roles, blocks that have the fields of
    their type and no others, a result for every tool call, no prefill, a schema whose objects are closed. A request
    that breaks one gets status 400. Answers are streamed as server-sent events.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.requests: list[dict[str, Any]] = []
        self.counted = 0
        self.problems: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""
        self.release = threading.Event()
        self.lock = threading.Lock()

    @property
    def sent(self) -> str:
        """All that was sent, as one text."""
        return json.dumps(self.requests, ensure_ascii=False)

    def answer(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        """Return status, headers and document for a request."""
        problem = problem_of(path, headers, body)
        with self.lock:
            self.headers.append(headers)
            if problem:
                self.problems.append(problem)
                return 400, {}, _error("invalid_request_error", problem)
            if path.endswith("/count_tokens"):
                self.counted += 1
                return 200, {}, {"input_tokens": len(json.dumps(body)) // 4}
            if body.pop("stream", None) is not True:
                self.problems.append("answers are to be streamed")
            self.requests.append(body)
        reply = self.model(body)
        if isinstance(reply, Fault):
            if reply.after is not None:
                begun = self._message(body, text("A long answer, which nobody will read to its end. " * 3))
                return 200, {}, Streamed(list(events_of(begun))[: reply.after], reply)
            if reply.silent:
                self.release.wait(20)
            return reply.status, reply.headers, reply.body or _error(reply.type, "as the script says")
        return 200, {}, Streamed(list(events_of(self._message(body, reply))))

    @staticmethod
    def _message(body: dict[str, Any], reply: Reply) -> dict[str, Any]:
        usage = {"input_tokens": 100, "output_tokens": 20, "cache_read_input_tokens": 40}
        usage["cache_creation_input_tokens"] = 60
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"]}
        return {**message, "stop_sequence": None, "usage": usage, **reply}


_FIELDS = {
    "text": {"type", "text", "citations"},
    "thinking": {"type", "thinking", "signature"},
    "tool_use": {"type", "id", "name", "input"},
    "tool_result": {"type", "tool_use_id", "content", "is_error"},
}


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


def problem_of(path: str, headers: dict[str, str], body: dict[str, Any]) -> str | None:
    """Return what the real service would object to in a request, or None."""
    if path.split("?")[0] not in ("/v1/messages", "/v1/messages/count_tokens"):
        return f"no such path: {path}"
    if not headers.get("authorization", "").startswith("Bearer sk-") or not headers.get("anthropic-version"):
        return "key or version is missing"
    if path.endswith("/count_tokens") == ("max_tokens" in body):
        return "max_tokens belongs to messages only, and there it must be"
    roles = [message["role"] for message in body["messages"]]
    if roles != ["user", "assistant"] * (len(roles) // 2) + ["user"]:
        return f"the roles do not alternate or do not end with the user: {roles}"
    for said, heard in zip(body["messages"][1::2], body["messages"][2::2], strict=True):
        called = [block["id"] for block in said["content"] if block["type"] == "tool_use"]
        if called != [block["tool_use_id"] for block in heard["content"] if block["type"] == "tool_result"]:
            return "not every tool call has its result"
    for message in body["messages"]:
        for block in message["content"]:
            if not set(block) - {"cache_control"} <= _FIELDS[block["type"]]:
                return f"a block of type {block['type']} has other fields: {sorted(block)}"
    breakpoints = json.dumps([body.get("tools"), body.get("system"), body["messages"]]).count('"cache_control"')
    if breakpoints > 3:
        return "too many places to cache"
    return _schema_problem(body["output_config"]["format"]["schema"])


def _schema_problem(schema: Any) -> str | None:
    if isinstance(schema, list):
        return next((problem for item in schema if (problem := _schema_problem(item))), None)
    if not isinstance(schema, dict):
        return None
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return "an object of the schema is open"
    return next((problem for item in schema.values() if (problem := _schema_problem(item))), None)


@contextmanager
def serving(model: Model) -> Iterator[MessagesServer]:
    """Serve a model on this machine until the block ends."""
    state = MessagesServer(model)
    with serving_state(state):
        yield state


@contextmanager
def serving_state(state: MessagesServer) -> Iterator[None]:
    """Serve what answers requests on this machine until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            given = {name.lower(): value for name, value in self.headers.items()}
            status, headers, document = state.answer(self.path, given, body)
            try:
                if isinstance(document, Streamed):
                    self.stream(document)
                    return
                content = (document if isinstance(document, str) else json.dumps(document)).encode()
                self.send_response(status)
                for name, value in {"content-type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):
                # A client that gave up waiting.
                return

        def stream(self, answer: Streamed) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            fault = answer.fault
            events = [*answer.events]
            if fault is not None and not (fault.silent or fault.cut):
                events.append(stream_error(fault.type))
            for event in events:
                self.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
                self.wfile.flush()
            if fault is not None and fault.silent:
                state.release.wait(20)
            if fault is None or not fault.cut:
                self.wfile.write(b"0\r\n\r\n")
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        state.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
