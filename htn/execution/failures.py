"""Sorts what went wrong with a step into the few classes that recovery tells apart, and says it as facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from htn.model.errors import HtnError
from htn.plan.plan import Step

__all__ = ["FACTS", "FactRule", "FailureClass", "StepError", "classify", "failure_facts", "partial_fact"]


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


@dataclass(frozen=True, slots=True)
class FactRule:
    """What a class of failure makes known, besides that the step failed.

    Attributes
    ----------
    fluent : str
        Name of the fact.
    about : str
        Its key: the ``step``, which is the task with its arguments, or the ``capability`` that was asked for.
    value : str
        Its value: ``true``, the ``agent``'s name, or the names of the ``criteria`` that were not met.
    meaning : str
        What a method may conclude.
    """

    fluent: str
    about: Literal["step", "capability"]
    value: Literal["true", "agent", "criteria"]
    meaning: str


FACTS: Mapping[FailureClass, FactRule] = MappingProxyType(
    {
        FailureClass.DATA_UNAVAILABLE: FactRule(
            "unavailable", "step", "true", "other data is needed: what this step reads is not there"
        ),
        FailureClass.AGENT_TIMEOUT: FactRule(
            "slow", "capability", "agent", "a simpler analysis is needed: this one took too long"
        ),
        FailureClass.CRITERION_UNMET: FactRule(
            "unmet", "step", "criteria", "other data, or an operator that asks for less, is needed"
        ),
        FailureClass.RATE_LIMITED: FactRule(
            "overloaded", "capability", "agent", "this agent takes no more for now; what needs it less is better"
        ),
        FailureClass.SERVER_ERROR: FactRule(
            "unserved", "capability", "agent", "the service behind this agent does not work"
        ),
        FailureClass.MALFORMED_OUTPUT: FactRule(
            "malformed", "step", "agent", "this agent does not give what this task asks for; smaller tasks may do"
        ),
        FailureClass.MODEL_REFUSAL: FactRule("declined", "step", "agent", "this agent will not do this task"),
        FailureClass.BUDGET_EXCEEDED: FactRule("over_budget", "step", "true", "only something cheaper is possible"),
        FailureClass.CAPABILITY_GONE: FactRule("gone", "capability", "true", "nobody can do this any more"),
        FailureClass.HUMAN_REFUSED: FactRule("refused", "step", "true", "a person does not want this done"),
        FailureClass.UNKNOWN: FactRule("unexplained", "step", "agent", "nothing is known but that it failed"),
    }
)
"""Which fact each class of failure adds to the state, for methods to test. Every class also adds
``failed[(task, *arguments)] = class``."""


def failure_facts(
    failure: FailureClass | str, step: Step, *, agent: str = "", criteria: Iterable[str] = ()
) -> tuple[tuple[str, Any, Any], ...]:
    """Return a failure as facts, as (fluent, key, value).

    Parameters
    ----------
    failure : FailureClass or str
        Its class.
    step : Step
        What failed.
    agent : str
        Who tried last; empty when nobody could.
    criteria : iterable of str
        Names of the criteria that were not met.

    Examples
    --------
    >>> step = Step("n1", "k1", "count", ("calls",), "counting")
    >>> failure_facts("agent_timeout", step, agent="ann")
    (('failed', ('count', 'calls'), 'agent_timeout'), ('slow', 'counting', 'ann'))
    """
    kind = FailureClass(failure)
    rule, about = FACTS[kind], (step.task, *step.args)
    value: Any = {"true": True, "agent": agent, "criteria": tuple(criteria)}[rule.value]
    key = about if rule.about == "step" else step.capability
    return (("failed", about, str(kind)), (rule.fluent, key, value))


def partial_fact(step: Step, criteria: Iterable[str]) -> tuple[str, Any, Any]:
    """Return the fact that a step's artifact was accepted although it does not meet all that was wished for.

    Examples
    --------
    >>> partial_fact(Step("n1", "k1", "count", ("calls",)), ["many_calls"])
    ('partial', ('count', 'calls'), ('many_calls',))
    """
    return ("partial", (step.task, *step.args), tuple(criteria))


# The HTTP statuses that model providers and other services answer with; 529 is how an overloaded one answers.
_BY_HTTP_STATUS = {
    401: FailureClass.CAPABILITY_GONE,
    402: FailureClass.BUDGET_EXCEEDED,
    403: FailureClass.CAPABILITY_GONE,
    404: FailureClass.CAPABILITY_GONE,
    408: FailureClass.AGENT_TIMEOUT,
    429: FailureClass.RATE_LIMITED,
    529: FailureClass.RATE_LIMITED,
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
