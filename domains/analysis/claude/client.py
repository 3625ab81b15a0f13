"""One request to the Messages API: counted, sent, heard while it is answered, and each failure given its class."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domains.analysis.claude.configuration import KEY, obstacle
from htn.execution.failures import FailureClass, StepError, classify
from htn.execution.telemetry import model_call, spans_of_models

if TYPE_CHECKING:
    from anthropic import Anthropic, OpenTelemetryOptions
    from anthropic.types import Message

__all__ = ["Messages", "Spent", "check_ending", "tokens_of"]


@dataclass(slots=True)
class Spent:
    """Tokens of the requests of one step; input includes what was read from and written to the cache."""

    input_tokens: int = 0
    output_tokens: int = 0
    requests: int = 0

    @property
    def total(self) -> int:
        """Input and output."""
        return self.input_tokens + self.output_tokens

    def add(self, input_tokens: int, output_tokens: int) -> None:
        """Add what one answer took."""
        self.input_tokens += input_tokens
        self.output_tokens += output_tokens
        self.requests += 1


class Messages:
    """The Messages API, asked without retries: the engine retries, so that every try is recorded.

    Parameters
    ----------
    client : Anthropic
        The library's client.
    """

    def __init__(self, client: Anthropic) -> None:
        self._client = client

    @classmethod
    @contextmanager
    def open(cls, timeout_s: float) -> Iterator[Messages]:
        """Give access with the key from the environment, which is kept nowhere else.

        Raises
        ------
        StepError
            When the package or the key is missing; another agent is then asked.
        """
        reason = obstacle()
        if reason is not None:
            raise StepError(reason, FailureClass.CAPABILITY_GONE)
        import anthropic

        with anthropic.Anthropic(
            api_key=os.environ[KEY].strip(), max_retries=0, timeout=timeout_s, open_telemetry=_spans()
        ) as client:
            yield cls(client)

    def count(self, request: Mapping[str, Any]) -> int:
        """Return how many tokens a request holds; nothing is generated."""
        counted = {name: value for name, value in request.items() if name != "max_tokens"}
        with _explained():
            return self._client.messages.count_tokens(**counted).input_tokens

    def create(self, request: Mapping[str, Any], hear: Callable[[Any], None] = lambda event: None) -> Message:
        """Return the answer to a request, once all of it is there.

        Parameters
        ----------
        request : Mapping
            The request.
        hear : callable
            Is given each event of the answer while it is being written.

        Raises
        ------
        StepError
            With the class of the failure.
        """
        with (
            model_call("anthropic", str(request["model"]), span=False) as call,
            _explained(),
            self._client.messages.stream(**request) as stream,
        ):
            for event in stream:
                hear(event)
            message = stream.get_final_message()
            call.input_tokens, call.output_tokens = tokens_of(message)
            return message


def tokens_of(message: Message) -> tuple[int, int]:
    """Return the tokens that went in, those read from and written to the cache among them, and those that came out."""
    usage = message.usage
    cached = (usage.cache_read_input_tokens or 0) + (usage.cache_creation_input_tokens or 0)
    return usage.input_tokens + cached, usage.output_tokens


def _spans() -> OpenTelemetryOptions:
    """Return how the library makes its spans: never with what is asked or answered, whatever the environment says."""
    provider = spans_of_models()
    if provider is None:
        return {"traces": False}
    return {"tracer_provider": provider, "propagation": False, "traces": {"content_mode": "metadata_only"}}


def check_ending(message: Message) -> None:
    """Look at how an answer ended.

    Raises
    ------
    StepError
        A refusal, an answer that was cut short and a full context are failures.
    """
    if message.stop_reason == "refusal":
        raise StepError("the model refused to answer", FailureClass.MODEL_REFUSAL)
    if message.stop_reason == "max_tokens":
        raise StepError("the model's answer was cut short by the limit on its length", FailureClass.MALFORMED_OUTPUT)
    if message.stop_reason == "model_context_window_exceeded":
        raise StepError("the material does not fit into the model's context", FailureClass.CAPABILITY_GONE)
    if message.stop_reason is None:
        raise StepError("the model's answer broke off", FailureClass.SERVER_ERROR)


# Where the recovery table would look for a cheaper plan only, the local analyst, which costs nothing, is asked first.
_OTHER_CLASS = {402: FailureClass.CAPABILITY_GONE, 413: FailureClass.CAPABILITY_GONE}

# An answer that has begun has status 200, whatever goes wrong after that.
_IN_A_STREAM = {
    "overloaded_error": FailureClass.RATE_LIMITED,
    "rate_limit_error": FailureClass.RATE_LIMITED,
    "timeout_error": FailureClass.AGENT_TIMEOUT,
}
_LATE = "the Messages API did not answer in time"


@contextmanager
def _explained() -> Iterator[None]:
    """Turn the library's errors into step errors; of an error's text only its type is kept, never what was sent."""
    import anthropic
    import httpx2

    try:
        yield
    except anthropic.APIStatusError as error:
        known = error.type or "no type given"
        if error.status_code == 200:
            failure = _IN_A_STREAM.get(known, FailureClass.SERVER_ERROR)
            raise StepError(f"the Messages API broke its answer off ({known})", failure) from None
        raise StepError(
            f"the Messages API answered with status {error.status_code} ({known})",
            _OTHER_CLASS.get(error.status_code, classify(error)),
            retry_after=_seconds(error.response.headers.get("retry-after")),
        ) from None
    except (anthropic.APITimeoutError, httpx2.TimeoutException):
        raise StepError(_LATE, FailureClass.AGENT_TIMEOUT) from None
    except (anthropic.APIConnectionError, httpx2.TransportError):
        raise StepError("the Messages API cannot be reached, or broke off", FailureClass.SERVER_ERROR) from None
    # What is no stream of events, or none in order, raises the parser's and the library's plain errors.
    except (anthropic.APIError, ValueError, TypeError, RuntimeError, AssertionError, AttributeError) as error:
        raise StepError(
            f"the answer of the Messages API cannot be read ({type(error).__name__})", FailureClass.MALFORMED_OUTPUT
        ) from None


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else max(float(text), 0.0)
    except ValueError:
        return None
