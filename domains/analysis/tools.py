"""The planner as three tools for an agent framework: plain callables with JSON schemas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domains.analysis.analysis_plan import AnalysisPlan
from domains.analysis.errors import NotAcceptedError
from domains.analysis.facts import OPTIONS
from domains.analysis.planner import EstatePlanner
from htn.model.errors import HtnError

__all__ = ["Tool", "planner_tools"]

_QUESTION = {"type": "string", "description": "The question, in plain English.", "minLength": 1}
_OPTIONS = {
    "type": "object",
    "description": "How the question is to be answered; the defaults come first.",
    "properties": {name: {"enum": list(values)} for name, values in OPTIONS.items()},
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Tool:
    """A callable with what a model or a framework needs to know to call it.

    Attributes
    ----------
    name, description : str
        As shown to the caller.
    parameters : dict
        JSON Schema of the arguments.
    call : callable
        Takes the arguments as keywords and returns JSON data; what goes wrong is returned as ``{"error": sentence}``.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    call: Callable[..., dict[str, Any]]


def planner_tools(planner: EstatePlanner) -> tuple[Tool, Tool, Tool]:
    """Return the three tools of a planner: assess a question, plan it, estimate it. None of them runs anything.

    Parameters
    ----------
    planner : EstatePlanner
        The planner of a workspace.

    Examples
    --------
    >>> tools = planner_tools(EstatePlanner("my-workspace"))
    >>> [tool.name for tool in tools]
    ['assess_question', 'plan_question', 'estimate_question']
    """
    return (
        Tool(
            "assess_question",
            "Say whether a question can be answered from the workspace, and as which analysis of what.",
            _schema({"question": _QUESTION}),
            lambda question: planner.assess(question).to_dict(),
        ),
        Tool(
            "plan_question",
            "Plan the answer to a question: steps with dependencies, the reasons for them, and an estimate.",
            _schema({"question": _QUESTION, "options": _OPTIONS}),
            lambda question, options=None: _planned(planner, question, options, AnalysisPlan.to_json),
        ),
        Tool(
            "estimate_question",
            "Say what answering a question will take: seconds, tokens, memory, money, each as quantiles.",
            _schema({"question": _QUESTION, "options": _OPTIONS}),
            lambda question, options=None: _planned(planner, question, options, lambda plan: dict(plan.estimate)),
        ),
    )


def _schema(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": ["question"], "additionalProperties": False}


def _planned(
    planner: EstatePlanner,
    question: str,
    options: dict[str, str] | None,
    show: Callable[[AnalysisPlan], dict[str, Any]],
) -> dict[str, Any]:
    try:
        return show(planner.plan(question, options=options))
    except NotAcceptedError as error:
        return {**error.assessment, "error": str(error)}
    except HtnError as error:
        return {"error": str(error)}
