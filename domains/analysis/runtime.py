"""What the engine is given to run analysis plans, rebuilt from its configuration in any process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from domains.analysis.agents import artifact_types, local_agents, scope_of
from domains.analysis.artifacts import Artifact
from domains.analysis.criterion import Criterion as ArtifactCriterion
from domains.analysis.detectors import MUCH_TEXT, replanner
from domains.analysis.domain import analysis_domain
from domains.analysis.proposals.vocabulary import PROPOSE, about
from htn.execution.agent import Agent, InputArtifact, StepResult
from htn.execution.criteria import FunctionCriterion
from htn.execution.replan_request import ReplanAnswer, ReplanRequest
from htn.execution.replanner import Replanner
from htn.execution.runtime import NO_CONTEXT, RuntimeReference, runtime_factory
from htn.model import Domain
from htn.plan import Step

__all__ = ["AnalysisRuntime", "build", "reference"]


def reference(additions: Iterable[str] = (), agents: str = "local") -> RuntimeReference:
    """Return how the runtime is rebuilt: by `build`, with the files that took part in planning and the agents."""
    chosen = {"agents": agents} if agents != "local" else {}
    return RuntimeReference("domains.analysis.runtime:build", {"additions": list(additions), **chosen})


@runtime_factory
def build(config: Mapping[str, Any]) -> AnalysisRuntime:
    """Return the runtime for a configuration, as `reference` makes it."""
    additions = tuple(str(path) for path in config.get("additions", ()))
    return AnalysisRuntime(additions, str(config.get("agents", "local")), int(config.get("much_text", MUCH_TEXT)))


@dataclass(frozen=True)
class AnalysisRuntime:
    """The agents, the criteria, the decomposer and the checks on artifacts.

    Attributes
    ----------
    additions : tuple of str
        Python files with further methods and operators.
    with_agents : str
        "local", or "claude" for Claude agents before the local ones, which then carry out what those could not.
    much_text : int
        With more turns than these in what was retrieved, topics are clustered on a sample.
    """

    additions: tuple[str, ...] = ()
    with_agents: str = "local"
    much_text: int = MUCH_TEXT

    @property
    def description(self) -> str:
        """One sentence for people."""
        if self.with_agents == "claude":
            return "Claude agents on the statistics of local analysts, which also carry out what a model could not"
        return "local analysts: statistics on this machine, no model is called"

    @cached_property
    def domain(self) -> Domain:
        """The domain that plans are made with."""
        return analysis_domain(self.additions)

    @cached_property
    def types(self) -> dict[str, type[Artifact]]:
        """Artifact types by name."""
        return artifact_types()

    def agents(self) -> Sequence[Agent]:
        """Return the specialists, in order of preference."""
        if self.with_agents == "claude":
            from domains.analysis.claude.agent import claude_agents

            return [*claude_agents(), *local_agents()]
        return local_agents()

    def criteria(
        self, step: Step, inputs: Sequence[InputArtifact] = (), context: Mapping[str, Any] = NO_CONTEXT
    ) -> Sequence[FunctionCriterion]:
        """Return the criteria that a step names, reading the document as its type first."""
        from domains.analysis.criteria import criterion

        return [self._on_document(criterion(name), step, inputs, context) for name in step.criteria]

    def _on_document(
        self, found: ArtifactCriterion, step: Step, inputs: Sequence[InputArtifact], context: Mapping[str, Any]
    ) -> FunctionCriterion:
        from domains.analysis.registry import capabilities

        output = capabilities()[step.capability].output
        read: Callable[[Mapping[str, Any]], Artifact] = output.model_validate
        against = found.against

        def check(document: Mapping[str, Any]) -> str | None:
            if against is None or not context:
                return found.check(read(document))
            from domains.analysis.corpus.workspace import Workspace
            from domains.analysis.data_place import data_folder

            given = [self.types[item.type].model_validate(dict(item.document)) for item in inputs]
            with Workspace.open(data_folder(context)) as workspace:
                return against(read(document), given, workspace)

        return FunctionCriterion(found.name, found.description, check, found.wished)

    def validate(self, step: Step, result: StepResult) -> str | None:
        """Return what is wrong with an artifact's type or form."""
        kind = self.types.get(result.type)
        if kind is None:
            return f"the artifact is of the unknown type {result.type!r}"
        try:
            kind.model_validate(dict(result.document))
        except ValidationError as error:
            first = error.errors()[0]
            return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        return None

    def observe(self, step: Step, result: StepResult) -> Sequence[tuple[str, Any, Any]]:
        """Return the facts that an artifact brings, and what is to be noticed in it."""
        brought = result.facts
        if step.task == PROPOSE and not brought:  # nobody proposed anything; what waits for a proposal need not wait
            brought = (("proposed", about(scope_of(step.args)), ()),)
        return (*brought, *self._replanner.optimizer.facts(step, result.type, result.document))

    @cached_property
    def _replanner(self) -> Replanner:
        return replanner(self.domain, self.with_agents, much_text=self.much_text)

    def replan(self, request: ReplanRequest) -> ReplanAnswer:
        """Return how a running plan changes, or why it stays as it is."""
        return self._replanner(request)

    def methods(self, task: str) -> Mapping[str, str]:
        """Return a task's methods by name, each with when it applies."""
        return {method.name: method.applies for method in self.domain.methods.get(task, ())}

    def money(self, step: Step, agent: str, usage: Mapping[str, Any], context: Mapping[str, Any]) -> float | None:
        """Return what the tokens of a try cost at the configured prices; None where there is no price."""
        from domains.analysis.claude.configuration import Configuration
        from domains.analysis.data_place import data_folder
        from domains.analysis.estimation import is_claude
        from domains.analysis.registry import capabilities
        from estimators.prices import Prices

        if not is_claude(agent):
            return 0.0
        folder = data_folder(context)
        model = Configuration.of(folder).model_for(step.capability, capabilities()[step.capability].specialist)
        tokens = (float(usage.get(name) or 0.0) for name in ("input_tokens", "output_tokens"))
        return Prices.of(folder).cost(model, *tokens)

    def estimate(self, step: Step) -> float | None:
        """Leave it to the estimates in the run's context."""
        return None

    def approval(self, step: Step) -> str | None:
        """Ask a person where the operator is declared so."""
        operator = self.domain.operators.get(step.task)
        needed = operator is not None and operator.approval
        return f"the operator {step.task} is declared to need approval" if needed else None

    def timeout(self, step: Step) -> float | None:
        """Wait for a local analyst as long as it takes."""
        return None
