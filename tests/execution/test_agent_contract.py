"""The contract of agents accepts a good one and names what is wrong with a bad one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from htn.execution.agent import StepRequest, StepResult
from htn.execution.failures import FailureClass, StepError
from tests.execution.agent_contract import check_agent
from tests.execution.toy import FunctionAgent, ToyAgent

REQUEST = StepRequest("r", "n", "k", "a", ("a",), "work")


def test_good_agents_pass():
    """Both agents of these tests keep to it."""
    assert check_agent(ToyAgent({}), REQUEST).type == "ToyResult"
    check_agent(FunctionAgent(lambda request: None), REQUEST)


class _Late:
    """Waits before it answers, as agents that ask others do, and fails at what it is not there for."""

    name, capabilities, capacity = "late", frozenset({"work"}), 2

    async def run(self, request: StepRequest) -> StepResult:
        await asyncio.sleep(0)
        if request.capability not in self.capabilities:
            raise StepError("that is not for me", FailureClass.CAPABILITY_GONE)
        return StepResult("Late", {"task": request.task})


def test_an_agent_may_be_a_coroutine():
    """It keeps to the same contract; a run that waits for one is in docs/other_frameworks.md."""
    assert {"task": "a"} == check_agent(_Late(), REQUEST).document


class _Facts(FunctionAgent):
    def run(self, request: StepRequest) -> StepResult:
        return StepResult("T", {}, facts=(("count", ["a", "list"], 1),))


class _Nothing(FunctionAgent):
    def run(self, request: StepRequest) -> Any:
        return {"value": 1}


class _Greedy(FunctionAgent):
    def run(self, request: StepRequest) -> StepResult:
        context: Any = request.context
        context["mine"] = True
        return StepResult("T", {})


def _down(request: StepRequest) -> Mapping[str, Any]:
    if request.task != "a":
        raise ConnectionError("down")
    return {}


@pytest.mark.parametrize(
    ("agent", "error", "why"),
    [
        (FunctionAgent(lambda request: None, name=" "), AssertionError, "the name is not empty"),
        (FunctionAgent(lambda request: None, capacity=0), AssertionError, "the capacity is at least 1"),
        (FunctionAgent(lambda request: None, capabilities=["fly"]), AssertionError, "which it lacks"),
        (FunctionAgent(lambda request: {"n": float("inf")}), ValueError, "not JSON compliant"),
        (_Facts(lambda request: None), TypeError, "unhashable"),
        (_Nothing(lambda request: None), AssertionError, "returns a StepResult, not a dict"),
        (_Greedy(lambda request: None), AssertionError, "leaves its request as it is"),
        (FunctionAgent(_down), AssertionError, "would be retried, although it never helps"),
    ],
)
def test_each_breach_is_named(agent: FunctionAgent, error: type[Exception], why: str):
    """The check fails with a sentence, not somewhere inside the engine."""
    with pytest.raises(error, match=why):
        check_agent(agent, StepRequest("r", "n", "k", "a", ("a",), "work", context={}))
