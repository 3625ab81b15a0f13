"""What any agent must keep to, as a check that every implementation's tests can call."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from htn.execution.agent import Agent, StepRequest, StepResult, carried_out
from htn.execution.canonical import canonical_json
from htn.execution.failures import FailureClass, classify

__all__ = ["check_agent"]


def check_agent(agent: Agent, request: StepRequest) -> StepResult:
    """Check an agent against the contract, with a request that it can carry out.

    The agent is called several times, at once too. Its answers need not be equal (a model's are not), but each one must
    be a result that can be stored.

    Parameters
    ----------
    agent : Agent
        The agent to check.
    request : StepRequest
        A request of one of its capabilities, with whatever inputs it needs.

    Returns
    -------
    StepResult
        The result of the first call, for further checks.

    Raises
    ------
    AssertionError
        Naming the part of the contract that it breaks.
    """
    _check_description(agent, request)
    before = canonical_json(_plain(request))
    first = carried_out(agent, request)
    _check_result(first)
    assert canonical_json(_plain(request)) == before, (
        "an agent leaves its request as it is: another attempt gets it too"
    )
    _check_result(carried_out(agent, replace(request, attempt=2)))
    _check_together(agent, request)
    _check_refusal(agent, request)
    return first


def _plain(request: StepRequest) -> dict[str, Any]:
    inputs = [[item.step_id, item.type, item.hash, dict(item.document)] for item in request.inputs]
    return {"task": request.task, "args": request.args, "inputs": inputs, "context": dict(request.context)}


def _check_description(agent: Agent, request: StepRequest) -> None:
    assert isinstance(agent, Agent), "an agent has name, capabilities, capacity and run"
    assert isinstance(agent.name, str), "the name is a string"
    assert agent.name.strip() == agent.name != "", "the name is not empty and has no space around it"
    assert agent.name == agent.name, "the name is stable"
    assert isinstance(agent.capabilities, frozenset), "capabilities are a frozenset, so that nobody changes them"
    assert all(isinstance(item, str) and item for item in agent.capabilities), "capabilities are names"
    assert request.capability in agent.capabilities, f"the request asks for {request.capability}, which it lacks"
    assert isinstance(agent.capacity, int), "the capacity is a whole number"
    assert agent.capacity >= 1, "the capacity is at least 1"


def _check_result(result: StepResult) -> None:
    assert isinstance(result, StepResult), f"an agent returns a StepResult, not a {type(result).__name__}"
    assert isinstance(result.type, str), "the artifact's type is a name"
    assert result.type, "the artifact's type is not empty"
    assert isinstance(result.document, Mapping), "the artifact is a JSON object"
    canonical_json(dict(result.document))  # raises when it is not JSON data
    for fact in result.facts:
        assert isinstance(fact, tuple), "a fact is a tuple"
        assert len(fact) == 3, "a fact is (fluent, key, value)"
        hash(fact)  # raises when it could not stand in a state
    usage = result.usage
    assert min(usage.input_tokens, usage.output_tokens) >= 0, "tokens are counted from 0"
    assert usage.seconds >= 0.0, "seconds are counted from 0"


def _check_together(agent: Agent, request: StepRequest) -> None:
    """Several threads may call it at once, up to its capacity."""
    count = min(agent.capacity, 4)
    start = threading.Barrier(count)

    def call(_: int) -> StepResult:
        start.wait(30)
        return carried_out(agent, request)

    with ThreadPoolExecutor(count) as pool:
        for result in pool.map(call, range(count)):
            _check_result(result)


def _check_refusal(agent: Agent, request: StepRequest) -> None:
    """Asked for what it cannot do, it raises something that is not taken for a passing fault, and returns nothing."""
    impossible = replace(request, capability="a capability that nobody has", task="a task that nobody knows")
    raised: Exception | None = None
    try:
        result = carried_out(agent, impossible)
    except Exception as error:  # noqa: BLE001 -- any exception is allowed, if its class is right
        raised = error
    else:
        _check_result(result)  # an agent with one capability may answer whatever the name
    if raised is not None:
        passing = (FailureClass.RATE_LIMITED, FailureClass.SERVER_ERROR, FailureClass.AGENT_TIMEOUT)
        assert classify(raised) not in passing, f"{raised!r} would be retried, although it never helps"
        assert str(raised), "a failure says what is wrong"
