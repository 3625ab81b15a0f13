"""The analysis runtime, with local analysts of which some steps fail for good."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from domains.analysis.planner import EstatePlanner
from domains.analysis.runtime import AnalysisRuntime
from htn.execution.agent import Agent, StepRequest, StepResult, carried_out
from htn.execution.failures import FailureClass, StepError
from htn.execution.runs import RunHandle, begin_run
from htn.execution.runtime import RuntimeReference, runtime_factory

__all__ = ["MISSTATED", "MISSTATED_AGAIN", "run_with_failures"]

MISSTATED = "misstated at first"
"""Instead of a failure: the first result's claims give their values in words otherwise than their numbers."""

MISSTATED_AGAIN = "misstated each time"
"""The same of every result."""


def _misstated(result: StepResult) -> StepResult:
    document = json.loads(json.dumps(result.document))
    for finding in document["findings"]:
        finding["claim"] = re.sub(r"\d(?=[\d.]* ?%? \[)", lambda digit: str((int(digit[0]) + 1) % 10), finding["claim"])
    return replace(result, document=document)


@dataclass(frozen=True)
class Failing:
    """An agent that cannot do some tasks."""

    agent: Agent
    fails: Mapping[str, str]

    @property
    def name(self) -> str:
        """The agent's."""
        return self.agent.name

    @property
    def capabilities(self) -> frozenset[str]:
        """The agent's."""
        return self.agent.capabilities

    @property
    def capacity(self) -> int:
        """The agent's."""
        return self.agent.capacity

    def run(self, request: StepRequest) -> StepResult:
        """Fail as told, or do as the agent does."""
        told = self.fails.get(request.task)
        if told in (MISSTATED, MISSTATED_AGAIN):
            result = carried_out(self.agent, request)
            return result if told == MISSTATED and request.attempt > 1 else _misstated(result)
        if told is not None:
            raise StepError(f"{request.task} fails by plan", FailureClass(told))
        return carried_out(self.agent, request)


@dataclass(frozen=True)
class FailingRuntime(AnalysisRuntime):
    """The analysis runtime with such agents."""

    fails: tuple[tuple[str, str], ...] = ()

    def agents(self) -> Sequence[Agent]:
        """Return the local analysts, each of which fails as told."""
        return [Failing(agent, dict(self.fails)) for agent in super().agents()]


@runtime_factory
def failing_runtime(config: Mapping[str, Any]) -> FailingRuntime:
    """Build the runtime."""
    return FailingRuntime(fails=tuple((str(task), str(failure)) for task, failure in config["fails"].items()))


def run_with_failures(planner: EstatePlanner, analysis: str, scope: Any, fails: Mapping[str, str]) -> str:
    """Carry out the plan for an analysis with failures, as `EstatePlanner.run` does, and return the run's id."""
    plan = planner.plan_for(f"What does the {analysis} analysis say?", analysis, scope)
    context = {"workspace": str(Path(planner.folder).resolve()), "analysis_plan": plan.to_json()}
    runtime = RuntimeReference("tests.analysis.partial.failing:failing_runtime", {"fails": dict(fails)})
    handle: RunHandle = begin_run(planner.folder, plan.plan, runtime, title=plan.question, context=context)
    handle.wait(120)
    return handle.run_id
