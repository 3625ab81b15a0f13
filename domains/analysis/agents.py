"""The local agents: one for each specialist, carrying out its capabilities with the registered analysts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from domains.analysis.artifacts import Artifact
from domains.analysis.registry import Capability, Inputs, capabilities
from domains.analysis.scope import EMPTY, Scope
from htn.execution.agent import StepRequest, StepResult, Usage
from htn.execution.memory import PeakMemory
from htn.model.errors import DomainError

__all__ = ["CAPACITY", "LocalAgent", "artifact_types", "local_agents", "scope_of"]

CAPACITY = 2
"""How many steps each specialist carries out at once."""


def scope_of(args: tuple[object, ...]) -> Scope:
    """Return the scope among a step's arguments: the last one that is a tuple.

    Examples
    --------
    >>> scope_of(("pipeline", (("rep", "Ann"),)))
    (('rep', 'Ann'),)
    """
    for argument in reversed(args):
        if isinstance(argument, tuple):
            return argument
    return EMPTY


def artifact_types() -> dict[str, type[Artifact]]:
    """Return the artifact types by name, those of every registered capability."""
    return {item.output.__name__: item.output for item in capabilities().values()}


@dataclass(frozen=True, slots=True)
class LocalAgent:
    """A specialist that computes; it needs no key and no network.

    Attributes
    ----------
    name : str
        The specialist.
    known : Mapping
        Its capabilities by name.
    types : Mapping
        Every artifact type by name, to read inputs.
    capacity : int
        How many steps it carries out at once.
    """

    name: str
    known: Mapping[str, Capability]
    types: Mapping[str, type[Artifact]]
    capacity: int = CAPACITY

    @property
    def capabilities(self) -> frozenset[str]:
        """Names of its capabilities."""
        return frozenset(self.known)

    def run(self, request: StepRequest) -> StepResult:
        """Carry out one step on the workspace that the run's context names."""
        from domains.analysis.analysts.libraries import load_libraries
        from domains.analysis.corpus.workspace import Workspace
        from domains.analysis.data_place import data_folder

        load_libraries()
        capability = self.known[request.capability]
        inputs = Inputs((self._read(item.type, item.document) for item in request.inputs), request.args)
        started = time.perf_counter()
        with PeakMemory() as peak, Workspace.open(data_folder(request.context)) as workspace:
            artifact = capability.analyst(workspace, scope_of(request.args), inputs)
        if not isinstance(artifact, capability.output):
            wanted, got = capability.output.__name__, type(artifact).__name__
            raise DomainError(f"the analyst of {capability.name} returned a {got} where a {wanted} is promised")
        usage = Usage(seconds=time.perf_counter() - started, peak_memory_bytes=peak.bytes)
        return StepResult(type(artifact).__name__, artifact.model_dump(mode="json"), usage=usage)

    def _read(self, kind: str, document: Mapping[str, object]) -> Artifact:
        if kind not in self.types:
            raise DomainError(f"an input is of the unknown type {kind!r}")
        return self.types[kind].model_validate(document)


def local_agents() -> list[LocalAgent]:
    """Return the local agents, one for each specialist, in the order of their names."""
    types = artifact_types()
    by_specialist: dict[str, dict[str, Capability]] = {}
    for name, capability in capabilities().items():
        by_specialist.setdefault(capability.specialist, {})[name] = capability
    return [LocalAgent(name, by_specialist[name], types) for name in sorted(by_specialist)]
