"""What an agent is to the engine: it carries out steps of the capabilities it has, up to its capacity."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from htn.execution.turns import PlainTurns, Turns

__all__ = ["Agent", "InputArtifact", "StepRequest", "StepResult", "Usage", "carried_out"]


@dataclass(frozen=True, slots=True)
class Usage:
    """What carrying out one step took.

    Attributes
    ----------
    input_tokens, output_tokens : int
        Tokens of model calls; zero for agents that call no model.
    seconds : float
        Wall-clock seconds spent inside the agent.
    peak_memory_bytes : int or None
        Peak additional memory, where it was measured.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    peak_memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class InputArtifact:
    """An artifact that a step uses, with the step that produced it.

    Attributes
    ----------
    step_id : str
        Node id of the producing step.
    capability : str
        Capability that produced it.
    type : str
        Name of the artifact's type.
    hash : str
        Content hash under which the artifact is stored.
    document : Mapping
        The artifact itself, as JSON data.
    """

    step_id: str
    capability: str
    type: str
    hash: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepRequest:
    """All that an agent is given to carry out one step.

    Attributes
    ----------
    run_id, step_id, step_key : str
        Identity of the run and of the step. The step key is the idempotency key for outside effects; it is another one
        when the step is done again after it was undone.
    task : str
        Operator name.
    args : tuple
        The operator's arguments.
    capability : str
        What is asked of the agent.
    inputs : tuple of InputArtifact
        Artifacts of the steps this one depends on causally.
    context : Mapping
        Plain JSON data of the run (for example the workspace's path).
    attempt : int
        1 for the first try.
    turns : Turns
        For an agent that asks something outside several times: records each answer, and tells what is being done.
    """

    run_id: str
    step_id: str
    step_key: str
    task: str
    args: tuple[Any, ...]
    capability: str
    inputs: tuple[InputArtifact, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    attempt: int = 1
    turns: Turns = field(default_factory=PlainTurns, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StepResult:
    """What an agent hands back.

    Attributes
    ----------
    type : str
        Name of the artifact's type.
    document : Mapping
        The artifact as JSON data.
    facts : tuple of (str, object, object)
        Observations as (fluent, key, value); they override what the operator predicted.
    usage : Usage
        What it took.
    prompts : tuple of str
        SHA-256 of each prompt that was sent to a model, for the audit record.
    """

    type: str
    document: Mapping[str, Any]
    facts: tuple[tuple[str, Any, Any], ...] = ()
    usage: Usage = Usage()
    prompts: tuple[str, ...] = ()


@runtime_checkable
class Agent(Protocol):
    """Carries out steps; called in worker threads, possibly several at once up to ``capacity``."""

    @property
    def name(self) -> str:
        """Stable name, recorded with every step it carries out."""

    @property
    def capabilities(self) -> frozenset[str]:
        """Capabilities it has."""

    @property
    def capacity(self) -> int:
        """How many steps it carries out at once."""

    def run(self, request: StepRequest) -> StepResult | Coroutine[Any, Any, StepResult]:
        """Carry out one step or raise; an exception is an outcome, never a lost step. May be a coroutine function."""


def carried_out(agent: Agent, request: StepRequest) -> StepResult:
    """Have an agent carry out a step, and return what it hands back; a coroutine gets an event loop of its own.

    Examples
    --------
    >>> class Late:
    ...     name, capabilities, capacity = "late", frozenset({"wait"}), 1
    ...     async def run(self, request):
    ...         return StepResult("Nothing", {})
    >>> carried_out(Late(), StepRequest("r", "s", "k", "wait", (), "wait")).type
    'Nothing'
    """
    result = agent.run(request)
    return asyncio.run(result) if isinstance(result, Coroutine) else result
