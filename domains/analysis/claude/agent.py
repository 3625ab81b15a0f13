"""A specialist that asks Claude: the local analyst computes, the model reads and judges, the program verifies."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from domains.analysis.agents import artifact_types, scope_of
from domains.analysis.artifacts import Artifact
from domains.analysis.claude.client import Messages
from domains.analysis.claude.configuration import PLACES, Configuration
from domains.analysis.claude.conversation import Conversation
from domains.analysis.claude.draft import KEPT_LOCAL, READING, assemble, draft_type, read_draft, response_schema
from domains.analysis.claude.figures import Figures
from domains.analysis.claude.prompt import system_blocks, task_message
from domains.analysis.claude.proposing import ProposingAgent
from domains.analysis.claude.readings import verified_readings
from domains.analysis.claude.tools import ReadingTools
from domains.analysis.claude.verification import Verification
from domains.analysis.data_place import data_folder
from domains.analysis.proposals.vocabulary import PROPOSE
from domains.analysis.registry import Capability, Inputs, capabilities
from domains.analysis.scope import Scope, describe
from htn.execution.agent import StepRequest, StepResult, Usage
from htn.execution.failures import FailureClass, StepError

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["ClaudeAgent", "claude_agents"]

_AT_ONCE = threading.BoundedSemaphore(4)
"""Requests of all Claude agents of this process that are under way; the others wait."""


@dataclass(frozen=True, slots=True)
class ClaudeAgent:
    """A specialist carried out by a model, with the capabilities and output types of the local one.

    Attributes
    ----------
    specialist : str
        The specialist.
    known : Mapping
        Its capabilities by name.
    types : Mapping
        Every artifact type by name, to read inputs.
    capacity : int
        How many steps it can be given at once.
    priority : int
        The greater, the sooner it is asked.
    priority : int
        Above the local analysts' 0, so that it is asked before them.
    """

    specialist: str
    known: Mapping[str, Capability]
    types: Mapping[str, type[Artifact]] = field(default_factory=artifact_types)
    capacity: int = PLACES
    priority: int = 1

    @property
    def name(self) -> str:
        """The specialist's name, told apart from the local one's."""
        return f"{self.specialist} (Claude)"

    @property
    def capabilities(self) -> frozenset[str]:
        """Names of its capabilities."""
        return frozenset(self.known)

    def run(self, request: StepRequest) -> StepResult:
        """Carry out one step.

        Raises
        ------
        StepError
            With the class of the failure: no key, a limit, a refusal, malformed output, a fault of the service.
        """
        from domains.analysis.analysts.libraries import load_libraries
        from domains.analysis.corpus.workspace import Workspace

        load_libraries()
        started = time.perf_counter()
        folder = data_folder(request.context)
        configuration = Configuration.of(folder)
        with (
            _AT_ONCE,
            Messages.open(configuration.timeout_s) as messages,
            Workspace.open(folder) as workspace,
        ):
            artifact, done = self._carry_out(request, configuration, messages, workspace)
        usage = Usage(done.paid.input_tokens, done.paid.output_tokens, time.perf_counter() - started)
        document = artifact.model_dump(mode="json")
        return StepResult(type(artifact).__name__, document, usage=usage, prompts=tuple(done.prompts))

    def _carry_out(
        self, request: StepRequest, configuration: Configuration, messages: Messages, workspace: Workspace
    ) -> tuple[Artifact, Conversation]:
        capability, scope = self.known[request.capability], scope_of(request.args)
        given = [(item.capability, self._read(item.type, item.document)) for item in request.inputs]
        inputs = Inputs((artifact for _, artifact in given), request.args)
        local = capability.analyst(workspace, scope, inputs)
        tools = ReadingTools(workspace, scope, inputs, (local, *inputs))
        conversation = Conversation(messages, configuration, tools, request.turns)
        draft = draft_type(capability)
        try:
            text = conversation.answer(
                configuration.model_for(capability.name, self.specialist),
                system_blocks(self.specialist, _question(request.context), scope),
                task_message(capability, local, given),
                response_schema(draft),
            )
            made = assemble(capability, local, read_draft(text, draft))
        except StepError as error:
            used = conversation.spent
            after = f" (after {used.requests} answers and {used.total:,} tokens)" if used.requests else ""
            raise StepError(f"{error}{after}", error.failure, retry_after=error.retry_after) from None
        return _verified(capability, made, local, workspace, tools, inputs, scope), conversation

    def _read(self, kind: str, document: Mapping[str, object]) -> Artifact:
        if kind not in self.types:
            raise StepError(f"an input is of the unknown type {kind!r}", FailureClass.MALFORMED_OUTPUT)
        return self.types[kind].model_validate(document)


def _verified(
    capability: Capability,
    made: Artifact,
    local: Artifact,
    workspace: Workspace,
    tools: ReadingTools,
    inputs: Inputs,
    scope: Scope,
) -> Artifact:
    """Return what stands of the model's artifact; that the local analyst's parts stand needs no proof."""
    figures = Figures((local, *inputs, *tools.measured), describe(scope))
    verification = Verification(workspace, tools.calls, figures)
    fields = READING.get(capability.name, ())
    if fields:
        made = verified_readings(made, fields, local, tools.calls, verification)
    found = verification.verified(made, local)
    # Copies are not validated: what is handed on has to be of the type to the letter.
    return capability.output.model_validate(json.loads(found.model_dump_json()))


def _question(context: Mapping[str, Any]) -> str:
    plan = context.get("analysis_plan")
    return str(plan.get("question", "")) if isinstance(plan, Mapping) else ""


def claude_agents(kept_local: Collection[str] = KEPT_LOCAL) -> list[ClaudeAgent | ProposingAgent]:
    """Return the Claude agents, one for each specialist, in the order of their names; the one that proposes comes last.

    Parameters
    ----------
    kept_local : collection of str
        Capabilities that only local analysts carry out.

    Examples
    --------
    >>> [agent.name for agent in claude_agents()][:2]
    ['competitive intelligence (Claude)', 'enablement analyst (Claude)']
    """
    types = artifact_types()
    by_specialist: dict[str, dict[str, Capability]] = {}
    for name, capability in capabilities().items():
        if name not in kept_local and name != PROPOSE:
            by_specialist.setdefault(capability.specialist, {})[name] = capability
    known = [ClaudeAgent(name, by_specialist[name], types) for name in sorted(by_specialist)]
    return [*known, ProposingAgent()]
