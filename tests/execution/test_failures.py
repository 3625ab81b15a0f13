"""Failures are sorted by what they are, however they are wrapped."""

from __future__ import annotations

import json

import pytest

from htn.execution.failures import FailureClass, StepError, classify


class _StatusError(Exception):
    """Looks like a client library's error: an HTTP status and nothing else that is known."""

    def __init__(self, status_code: int) -> None:
        super().__init__(f"HTTP {status_code}")
        self.status_code = status_code


class APITimeoutError(ConnectionError):
    """Named and derived as in client libraries: a timeout that says it is a connection error."""


def _caused_by(cause: BaseException) -> BaseException:
    error = RuntimeError("the tool failed")
    error.__cause__ = cause
    return error


def _decode_error() -> BaseException:
    try:
        json.loads("{")
    except ValueError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize("failure", list(FailureClass))
def test_agent_that_knows_its_failure_is_believed(failure: FailureClass):
    """A StepError carries its class."""
    assert classify(StepError("why", failure)) is failure


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TimeoutError(), FailureClass.AGENT_TIMEOUT),
        (ConnectionResetError(), FailureClass.SERVER_ERROR),
        (FileNotFoundError(), FailureClass.DATA_UNAVAILABLE),
        (PermissionError(), FailureClass.UNKNOWN),
        (APITimeoutError(), FailureClass.AGENT_TIMEOUT),
        (_StatusError(429), FailureClass.RATE_LIMITED),
        (_StatusError(500), FailureClass.SERVER_ERROR),
        (_StatusError(529), FailureClass.RATE_LIMITED),
        (_StatusError(503), FailureClass.SERVER_ERROR),
        (_StatusError(408), FailureClass.AGENT_TIMEOUT),
        (_StatusError(401), FailureClass.CAPABILITY_GONE),
        (_StatusError(402), FailureClass.BUDGET_EXCEEDED),
        (_StatusError(400), FailureClass.UNKNOWN),
        (_decode_error(), FailureClass.MALFORMED_OUTPUT),
        (ValueError("?"), FailureClass.UNKNOWN),
        (_caused_by(TimeoutError()), FailureClass.AGENT_TIMEOUT),
        (_caused_by(StepError("no", FailureClass.HUMAN_REFUSED)), FailureClass.HUMAN_REFUSED),
    ],
)
def test_other_exceptions_are_classified(error: BaseException, expected: FailureClass):
    """A TimeoutError is a timeout although it is an OSError, and a cause counts when the error itself says nothing."""
    assert classify(error) is expected


def test_circle_of_causes_ends():
    """An exception that is its own cause is looked at once."""
    first, second = RuntimeError(), RuntimeError()
    first.__cause__, second.__cause__ = second, first
    assert classify(first) is FailureClass.UNKNOWN


def test_validation_errors_of_pydantic_are_malformed_output():
    """The real exception is recognised without the engine importing its library."""
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Output", n=(int, ...))
    with pytest.raises(pydantic.ValidationError) as caught:
        model.model_validate({"n": "many"})
    assert classify(caught.value) is FailureClass.MALFORMED_OUTPUT
