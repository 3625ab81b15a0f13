"""What an application gives the engine to run its plans: agents, criteria, checks, observations and the decomposer."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar

from htn.execution.agent import Agent, InputArtifact, StepResult
from htn.execution.criteria import Criterion
from htn.execution.errors import RuntimeReferenceError
from htn.execution.replan_request import ABANDONED, OBSERVED, Fact, ReplanAnswer, ReplanRequest
from htn.plan.plan import Step

__all__ = [
    "NO_CONTEXT",
    "DefaultRuntime",
    "Runtime",
    "RuntimeReference",
    "load_runtime",
    "runtime_factory",
]

NO_CONTEXT: Final[Mapping[str, Any]] = MappingProxyType({})


class Runtime(Protocol):
    """What an application gives the engine; `DefaultRuntime` has a plain answer for all but the agents.

    Its methods are called in worker threads and must not depend on each other's order. Agents are asked for once when a
    run is taken up.
    """

    @property
    def description(self) -> str:
        """One sentence for people."""

    def agents(self) -> Sequence[Agent]:
        """Return the agents, in order of preference."""

    def criteria(
        self, step: Step, inputs: Sequence[InputArtifact] = (), context: Mapping[str, Any] = NO_CONTEXT
    ) -> Sequence[Criterion]:
        """Return the criteria that a step's artifact must meet, all that ``step.criteria`` names among them.

        What the step was given, and the run's context, are for criteria that hold the artifact against them; neither is
        known before the step is carried out.
        """

    def validate(self, step: Step, result: StepResult) -> str | None:
        """Return what is wrong with the artifact's type or form, or None; wrong ones count as malformed output."""

    def observe(self, step: Step, result: StepResult) -> Sequence[Fact]:
        """Return the facts that a finished step adds to the state, as (fluent, key, value)."""

    def replan(self, request: ReplanRequest) -> ReplanAnswer:
        """Return how a running plan changes, or that it stays as it is; `htn.execution.replanner.Replanner` does.

        Steps of the new plan that finished before are recognised by key.
        """

    def methods(self, task: str) -> Mapping[str, str]:
        """Return the methods that a person may choose from for a task, by name, each with when it applies."""

    def estimate(self, step: Step) -> float | None:
        """Return the seconds that a step is expected to take, or None."""

    def money(self, step: Step, agent: str, usage: Mapping[str, Any], context: Mapping[str, Any]) -> float | None:
        """Return what the tokens of a try cost, or None where nobody knows; ``usage`` has them by name."""

    def approval(self, step: Step) -> str | None:
        """Return why a person must approve a step before it is carried out, or None."""

    def timeout(self, step: Step) -> float | None:
        """Return the seconds after which the engine stops waiting for an agent, or None to wait as long as it takes."""


class DefaultRuntime:
    """A runtime with plain answers; give it agents, and override what the application knows better.

    Parameters
    ----------
    agents : sequence of Agent
        Who carries out the steps.
    criteria : sequence of Criterion
        The criteria that steps may name.
    description : str
        One sentence for people.
    """

    def __init__(
        self, agents: Sequence[Agent], *, criteria: Sequence[Criterion] = (), description: str = "plain runtime"
    ) -> None:
        self._agents = tuple(agents)
        self._criteria = {criterion.name: criterion for criterion in criteria}
        self._description = description

    @property
    def description(self) -> str:
        """One sentence for people."""
        return self._description

    def agents(self) -> Sequence[Agent]:
        """Return the agents, in order of preference."""
        return self._agents

    def criteria(
        self, step: Step, inputs: Sequence[InputArtifact] = (), context: Mapping[str, Any] = NO_CONTEXT
    ) -> Sequence[Criterion]:
        """Return the criteria that the step names and this runtime has."""
        return [self._criteria[name] for name in step.criteria if name in self._criteria]

    def validate(self, step: Step, result: StepResult) -> str | None:
        """Accept every artifact."""
        return None

    def observe(self, step: Step, result: StepResult) -> Sequence[Fact]:
        """Return the facts that the agent handed back."""
        return result.facts

    def replan(self, request: ReplanRequest) -> ReplanAnswer:
        """Know no other plan."""
        nothing_to_do = request.trigger in (OBSERVED, ABANDONED)
        return ReplanAnswer(why="" if nothing_to_do else "the decomposer knows no other way")

    def methods(self, task: str) -> Mapping[str, str]:
        """Offer none."""
        return {}

    def estimate(self, step: Step) -> float | None:
        """Know no estimate."""
        return None

    def money(self, step: Step, agent: str, usage: Mapping[str, Any], context: Mapping[str, Any]) -> float | None:
        """Know no prices."""
        return None

    def approval(self, step: Step) -> str | None:
        """Ask nobody."""
        return None

    def timeout(self, step: Step) -> float | None:
        """Wait as long as it takes."""
        return None


@dataclass(frozen=True, slots=True)
class RuntimeReference:
    """How a runtime is built again in another process.

    Attributes
    ----------
    factory : str
        ``module:function``; the function is marked with `runtime_factory` and called with the configuration.
    config : Mapping
        Plain JSON data.
    """

    factory: str
    config: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the reference as JSON data."""
        return {"factory": self.factory, "config": dict(self.config)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RuntimeReference:
        """Read a reference from JSON data."""
        return cls(str(data["factory"]), dict(data["config"]))


Factory = TypeVar("Factory", bound=Callable[[Mapping[str, Any]], Runtime])


def runtime_factory(function: Factory) -> Factory:
    """Mark a function as one that builds runtimes.

    A journal names the function that is called to resume a run; only marked ones are, so that a journal from elsewhere
    cannot have any function called.
    """
    function.__runtime_factory__ = True  # type: ignore[attr-defined]  # a mark on the function object
    return function


def load_runtime(reference: RuntimeReference) -> Runtime:
    """Build the runtime that a reference names.

    Raises
    ------
    RuntimeReferenceError
        When the function cannot be imported or is not marked with `runtime_factory`.
    """
    module_name, separator, name = reference.factory.partition(":")
    if not separator or not module_name or not name:
        raise RuntimeReferenceError(f"runtime {reference.factory!r} is not of the form 'module:function'")
    try:
        function = getattr(importlib.import_module(module_name), name, None)
    except ImportError as error:
        raise RuntimeReferenceError(
            f"runtime {reference.factory!r} cannot be imported ({error}); "
            "install what it needs, or resume where it can be imported"
        ) from error
    if not callable(function) or not getattr(function, "__runtime_factory__", False):
        raise RuntimeReferenceError(f"runtime {reference.factory!r} is not a function marked with @runtime_factory")
    runtime: Runtime = function(reference.config)
    return runtime
