"""Sorts what went wrong with a step into the few classes that recovery tells apart."""

from __future__ import annotations

from enum import StrEnum

from htn.model.errors import HtnError

__all__ = ["FailureClass", "StepError", "classify"]


class FailureClass(StrEnum):
    """Why a step did not give a usable artifact."""

    DATA_UNAVAILABLE = "data_unavailable"
    AGENT_TIMEOUT = "agent_timeout"
    CRITERION_UNMET = "criterion_unmet"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    MALFORMED_OUTPUT = "malformed_output"
    MODEL_REFUSAL = "model_refusal"
    BUDGET_EXCEEDED = "budget_exceeded"
    CAPABILITY_GONE = "capability_gone"
    HUMAN_REFUSED = "human_refused"
    UNKNOWN = "unknown"


class StepError(HtnError):
    """Raised by an agent that knows why it cannot carry out a step.

    Parameters
    ----------
    message : str
        One sentence: what is wrong and, where possible, what would help.
    failure : FailureClass
        The class of the failure, which decides how it is recovered from.
    retry_after : float or None
        Seconds that the other side asked to wait before the next try.

    Examples
    --------
    >>> raise StepError("no calls in this period", FailureClass.DATA_UNAVAILABLE)
    Traceback (most recent call last):
    ...
    htn.execution.failures.StepError: no calls in this period
    """

    code = "step-failed"
    exit_code = 40

    def __init__(
        self, message: str, failure: FailureClass = FailureClass.UNKNOWN, *, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.failure = FailureClass(failure)
        self.retry_after = retry_after


# The HTTP statuses that model providers and other services answer with.
_BY_HTTP_STATUS = {
    401: FailureClass.CAPABILITY_GONE,
    402: FailureClass.BUDGET_EXCEEDED,
    403: FailureClass.CAPABILITY_GONE,
    404: FailureClass.CAPABILITY_GONE,
    408: FailureClass.AGENT_TIMEOUT,
    429: FailureClass.RATE_LIMITED,
}

# Client libraries are not imported to be recognised: the name of the exception's class is enough.
_BY_CLASS_NAME = {
    "APITimeoutError": FailureClass.AGENT_TIMEOUT,
    "APIConnectionError": FailureClass.SERVER_ERROR,
    "APIResponseValidationError": FailureClass.MALFORMED_OUTPUT,
    "ValidationError": FailureClass.MALFORMED_OUTPUT,
    "JSONDecodeError": FailureClass.MALFORMED_OUTPUT,
}


def _own_class(error: BaseException) -> FailureClass:
    """Class of an exception by itself, without its causes."""
    if isinstance(error, StepError):
        return error.failure
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        if status in _BY_HTTP_STATUS:
            return _BY_HTTP_STATUS[status]
        if status >= 500:
            return FailureClass.SERVER_ERROR
    for ancestor in type(error).__mro__:
        if ancestor.__name__ in _BY_CLASS_NAME:
            return _BY_CLASS_NAME[ancestor.__name__]
    # TimeoutError and ConnectionError are OSErrors, so they are asked for before any other OSError.
    if isinstance(error, TimeoutError):
        return FailureClass.AGENT_TIMEOUT
    if isinstance(error, ConnectionError):
        return FailureClass.SERVER_ERROR
    if isinstance(error, FileNotFoundError):
        return FailureClass.DATA_UNAVAILABLE
    return FailureClass.UNKNOWN


def classify(error: BaseException) -> FailureClass:
    """Return the class of a failure, looking through the exceptions that caused it.

    Parameters
    ----------
    error : BaseException
        What the agent raised.

    Returns
    -------
    FailureClass
        The first known class along the chain of causes, else ``unknown``.

    Examples
    --------
    >>> classify(TimeoutError("no answer after 30 s"))
    <FailureClass.AGENT_TIMEOUT: 'agent_timeout'>
    >>> classify(ValueError("?"))
    <FailureClass.UNKNOWN: 'unknown'>
    """
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        found = _own_class(current)
        if found is not FailureClass.UNKNOWN:
            return found
        current = current.__cause__
    return FailureClass.UNKNOWN
