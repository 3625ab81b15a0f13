"""The analysis plan: a question with its assessment, the plan that answers it, and what it will take."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from htn.model.errors import InputError
from htn.plan import Plan

__all__ = ["SCHEMA", "AnalysisPlan", "PlanStep"]

SCHEMA = "estate-plan/1"


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step as an analyst sees it.

    Attributes
    ----------
    id : str
        Its id in the plan.
    description : str
        What is done, in a sentence.
    agent : str
        The specialist that has the capability; empty when nobody has.
    capability : str
        What is asked of the specialist.
    dependencies : tuple of str
        Steps that come before it.
    success_criteria : tuple of str
        Names of the criteria its result must meet.
    estimated_duration : float or None
        Seconds it is expected to take (median).
    status : str
        ``"planned"`` until a run says otherwise.
    results : Mapping or None
        Its artifact, where a run has one.
    """

    id: str
    description: str
    agent: str
    capability: str
    dependencies: tuple[str, ...] = ()
    success_criteria: tuple[str, ...] = ()
    estimated_duration: float | None = None
    status: str = "planned"
    results: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON data."""
        return {
            "id": self.id,
            "description": self.description,
            "agent": self.agent,
            "capability": self.capability,
            "dependencies": list(self.dependencies),
            "success_criteria": list(self.success_criteria),
            "estimated_duration": self.estimated_duration,
            "status": self.status,
            "results": None if self.results is None else dict(self.results),
        }


@dataclass(frozen=True)
class AnalysisPlan:
    """A question, how it was understood, and the plan that answers it.

    Attributes
    ----------
    question : str
        As it was asked.
    assessment : Mapping
        Verdict, reason, analysis type, parameters, complexity and the words they rest on.
    plan : Plan
        The decomposition and its steps.
    estimate : Mapping
        Totals by resource (quantiles), and what they rest on.
    durations : Mapping
        Expected seconds by step id (median).
    agents : Mapping
        Specialist by capability.
    options : Mapping
        Depth, budget, deadline and agents that were chosen.
    additions : tuple of str
        Python files whose methods and operators took part.
    """

    question: str
    assessment: Mapping[str, Any]
    plan: Plan
    estimate: Mapping[str, Any] = field(default_factory=dict)
    durations: Mapping[str, float] = field(default_factory=dict)
    agents: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    additions: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[PlanStep, ...]:
        """The steps as an analyst sees them, in a valid order."""
        return tuple(
            PlanStep(
                step.id,
                step.description,
                self.agents.get(step.capability, ""),
                step.capability,
                step.dependencies,
                step.criteria,
                self.durations.get(step.id),
            )
            for step in self.plan.steps
        )

    def to_json(self) -> dict[str, Any]:
        """Return the analysis plan as JSON data."""
        return {
            "schema": SCHEMA,
            "question": self.question,
            "verdict": self.assessment.get("verdict"),
            "analysis": self.assessment.get("analysis"),
            "assessment": dict(self.assessment),
            "estimate": dict(self.estimate),
            "steps": [step.to_json() for step in self.steps],
            "options": dict(self.options),
            "additions": list(self.additions),
            "agents": dict(self.agents),
            "plan": self.plan.to_json(),
        }

    @classmethod
    def from_json(cls, data: Any) -> AnalysisPlan:
        """Return the analysis plan that `to_json` wrote.

        Raises
        ------
        InputError
            When the data is none, or of another version of the format.
        """
        if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
            found = data.get("schema") if isinstance(data, Mapping) else type(data).__name__
            raise InputError(f"this is not an analysis plan: its schema is {found!r}, expected {SCHEMA!r}")
        try:
            return cls(
                str(data["question"]),
                dict(data["assessment"]),
                Plan.from_json(data["plan"]),
                dict(data["estimate"]),
                {s["id"]: s["estimated_duration"] for s in data["steps"] if s["estimated_duration"] is not None},
                dict(data["agents"]),
                dict(data["options"]),
                tuple(data["additions"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"this analysis plan is damaged: {error!r} while reading it") from None

    @classmethod
    def read(cls, path: Path | str) -> AnalysisPlan:
        """Return the analysis plan in a file.

        Raises
        ------
        InputError
            When the file cannot be read or holds no analysis plan; the message names it.
        """
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", path=str(path)) from None
        except UnicodeDecodeError:
            raise InputError("is not a plan file: it is not text", path=str(path)) from None
        except ValueError as error:
            raise InputError(
                f"is not a plan file: {error}", path=str(path), line=getattr(error, "lineno", None)
            ) from None
        try:
            return cls.from_json(data)
        except InputError as error:
            raise InputError(str(error), path=str(path)) from None
