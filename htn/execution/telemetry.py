"""Traces and metrics of runs by OpenTelemetry's conventions for generative AI; nothing at all unless it is configured.

A run is one trace, whose id follows from the run's id; the span of a session has an id that follows from both, and is
reported when the session ends, by whichever process ends it. So the parts of a run that was killed, and of one that was
resumed days later, belong together. Spans have names, classes of failures and counts, and no text of calls or models.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import SpanContext

    from htn.execution.journal import Journal

__all__ = [
    "Call",
    "Telemetry",
    "install",
    "model_call",
    "report_session",
    "spans_of_models",
    "step_attempt",
    "tool_call",
]

SCOPE = "htn"
# The conventions are in development; names are here and nowhere else.
OPERATION, AGENT, ERROR = "gen_ai.operation.name", "gen_ai.agent.name", "error.type"
PROVIDER, MODEL, TOKEN_TYPE = "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.token.type"
DURATIONS = {
    "invoke_workflow": "gen_ai.workflow.duration",
    "invoke_agent": "gen_ai.invoke_agent.duration",
    "execute_tool": "gen_ai.execute_tool.duration",
    "chat": "gen_ai.client.operation.duration",
}
TOKENS = "gen_ai.client.token.usage"
# The bounds that the conventions advise.
_SECONDS = [0.01 * 2**power for power in range(14)]
_COUNTS = [4**power for power in range(14)]


@dataclass(slots=True)
class Call:
    """What is known of something that is being measured, once it is over.

    Attributes
    ----------
    error : str
        Class of what went wrong; empty when nothing did.
    input_tokens, output_tokens : int
        What a model used.
    attributes : dict
        What else its span says.
    """

    error: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    attributes: dict[str, Any] = field(default_factory=dict)


class Telemetry:
    """Reports runs, tries at steps, calls of models and of tools.

    Parameters
    ----------
    tracer_provider : TracerProvider
        The SDK's, with `htn.execution.telemetry_ids.RunIds` as its generator of ids.
    meter_provider : MeterProvider
        The SDK's.
    """

    def __init__(self, tracer_provider: TracerProvider, meter_provider: MeterProvider) -> None:
        self.tracer_provider = tracer_provider
        self.meter_provider = meter_provider
        self._tracer = tracer_provider.get_tracer(SCOPE)
        meter = meter_provider.get_meter(SCOPE)
        self._durations = {
            operation: meter.create_histogram(name, unit="s", explicit_bucket_boundaries_advisory=_SECONDS)
            for operation, name in DURATIONS.items()
        }
        self._tokens = meter.create_histogram(TOKENS, unit="{token}", explicit_bucket_boundaries_advisory=_COUNTS)

    # ---------------------------------------------------------------------------------------------------------- runs
    def session(self, run_id: str, session: int) -> SpanContext:
        """Return what identifies the span of a session, sampled or not as the whole run is."""
        from opentelemetry.sdk.trace.sampling import Decision
        from opentelemetry.trace import SpanContext, TraceFlags

        trace_id = _number(f"run {run_id}", 16)
        taken = self.tracer_provider.sampler.should_sample(None, trace_id, "invoke_workflow")
        sampled = taken.decision is Decision.RECORD_AND_SAMPLE
        flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
        return SpanContext(trace_id, _number(f"session {run_id}.{session}", 8), is_remote=True, trace_flags=flags)

    def session_ended(self, run_id: str, session: int, status: str, started: float, about: Mapping[str, Any]) -> None:
        """Report a session; times are seconds since the epoch."""
        from opentelemetry.context import Context
        from opentelemetry.trace import Link, StatusCode

        from htn.execution.telemetry_ids import given_ids

        own = self.session(run_id, session)
        before = [Link(self.session(run_id, number)) for number in range(max(session - 1, 1), session)]
        known = {OPERATION: "invoke_workflow", "gen_ai.conversation.id": run_id, "htn.run.id": run_id}
        error = {ERROR: status} if status == "failed" else {}
        with given_ids(own):
            span = self._tracer.start_span(
                "invoke_workflow",
                context=Context(),
                links=before,
                start_time=int(started * 1e9),
                attributes={**known, "htn.session": session, "htn.run.status": status, **error, **about},
            )
        if error:
            span.set_status(StatusCode.ERROR)
        span.end()
        self._durations["invoke_workflow"].record(
            max(time.time() - started, 0.0), {OPERATION: known[OPERATION], **error}
        )

    @contextmanager
    def attempt(self, run_id: str, session: int, agent: str, step: Mapping[str, Any]) -> Iterator[Call]:
        """Report a try at a step, the parent of what is called meanwhile in this thread."""
        from opentelemetry import trace

        parent = trace.set_span_in_context(trace.NonRecordingSpan(self.session(run_id, session)))
        known = {AGENT: agent, "gen_ai.conversation.id": run_id, "htn.run.id": run_id}
        about = {f"htn.step.{name}": value for name, value in step.items()}
        with self._measured("invoke_agent", agent, {AGENT: agent}, {**known, **about}, parent) as call:
            yield call

    # --------------------------------------------------------------------------------------------------------- calls
    @contextmanager
    def model(self, provider: str, model: str, *, span: bool) -> Iterator[Call]:
        """Report a call of a model; with a span where its library does not report one itself."""
        known = {PROVIDER: provider, MODEL: model}
        begun = time.perf_counter()
        if span:
            with self._measured("chat", model, known, known) as call:
                yield call
                call.attributes |= {
                    "gen_ai.usage.input_tokens": call.input_tokens,
                    "gen_ai.usage.output_tokens": call.output_tokens,
                }
        else:
            call = Call()
            try:
                with _failure_noted(call):
                    yield call
            finally:
                self._record("chat", begun, known, call)
        for kind, count in (("input", call.input_tokens), ("output", call.output_tokens)):
            if count:
                self._tokens.record(count, {OPERATION: "chat", TOKEN_TYPE: kind, **known})

    def tool(self, name: str) -> AbstractContextManager[Call]:
        """Report a call of a tool."""
        known = {"gen_ai.tool.name": name}
        return self._measured("execute_tool", name, known, {**known, "gen_ai.tool.type": "function"})

    @contextmanager
    def _measured(
        self, operation: str, name: str, measured: Mapping[str, Any], attributes: Mapping[str, Any], context: Any = None
    ) -> Iterator[Call]:
        from opentelemetry.trace import SpanKind, StatusCode

        begun, call = time.perf_counter(), Call()
        kind = SpanKind.CLIENT if operation == "chat" else SpanKind.INTERNAL
        # An exception's text and trace may quote a call, so neither is recorded: only its class is.
        with self._tracer.start_as_current_span(
            f"{operation} {name}",
            context,
            kind,
            attributes={OPERATION: operation, **attributes},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                with _failure_noted(call):
                    yield call
            finally:
                span.set_attributes({**call.attributes, **({ERROR: call.error} if call.error else {})})
                if call.error:
                    span.set_status(StatusCode.ERROR)
                self._record(operation, begun, measured, call)

    def _record(self, operation: str, begun: float, measured: Mapping[str, Any], call: Call) -> None:
        error = {ERROR: call.error} if call.error else {}
        self._durations[operation].record(time.perf_counter() - begun, {OPERATION: operation, **measured, **error})


@contextmanager
def _failure_noted(call: Call) -> Iterator[None]:
    """Note the class of whatever ends a call, an interruption too, and pass it on."""
    try:
        yield
    except BaseException as error:
        call.error = call.error or _class_of(error)
        raise


def _class_of(error: BaseException) -> str:
    return str(getattr(error, "failure", type(error).__name__))


def _number(text: str, size: int) -> int:
    """Return a number that follows from a text; none is zero, which no id may be."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:size], "big") or 1


# ---------------------------------------------------------------------------------------------------- in this process
_installed: list[Telemetry | None] = []


def install(telemetry: Telemetry | None) -> Callable[[], None]:
    """Have runs of this process reported by this, or not at all, whatever the environment says.

    Returns
    -------
    callable
        Takes it back.
    """
    _installed.append(telemetry)
    return lambda: _installed.remove(telemetry)


def current() -> Telemetry | None:
    """Return what reports runs of this process: what was installed, else what the environment asks for, or None."""
    if not _installed:
        from htn.execution.telemetry_setup import from_environment

        _installed.append(from_environment())
    return _installed[-1]


def report_session(journal: Journal, run_id: str, session: int, status: str) -> None:
    """Report a session that has ended, where runs are reported."""
    telemetry = current()
    if telemetry is not None:
        begun = journal.events(run_id, kinds=("run_started",))
        started = next((event.time for event in begun if event.payload["session"] == session), time.time())
        steps = len(journal.plan(run_id).steps)
        telemetry.session_ended(run_id, session, status, started, {"htn.plan.steps": steps})


def step_attempt(run_id: str, session: int, agent: str, step: Mapping[str, Any]) -> AbstractContextManager[Call]:
    """Report a try at a step, where runs are reported."""
    telemetry = current()
    return nullcontext(Call()) if telemetry is None else telemetry.attempt(run_id, session, agent, step)


def model_call(provider: str, model: str, *, span: bool = True) -> AbstractContextManager[Call]:
    """Report a call of a model, where runs are reported; for agents to use.

    Parameters
    ----------
    provider, model : str
        Whose model is called, and which.
    span : bool
        False where the model's library makes the span itself.

    Examples
    --------
    >>> with model_call("a-provider", "a-model") as call:
    ...     call.input_tokens, call.output_tokens = 120, 30
    """
    telemetry = current()
    return nullcontext(Call()) if telemetry is None else telemetry.model(provider, model, span=span)


def tool_call(name: str) -> AbstractContextManager[Call]:
    """Report a call of a tool, where runs are reported; for agents to use."""
    telemetry = current()
    return nullcontext(Call()) if telemetry is None else telemetry.tool(name)


def spans_of_models() -> TracerProvider | None:
    """Return what a model's library is to make its spans with; None when it is to make none."""
    telemetry = current()
    return None if telemetry is None else telemetry.tracer_provider
