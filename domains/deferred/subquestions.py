"""Expansion for discovered sub-questions: what a survey brings up is looked into, each question a branch of its own."""

from __future__ import annotations

from typing import Any

from htn.model import Domain, State, TaskNetwork, refuse

__all__ = ["domain", "expected_seconds", "problem"]

domain = Domain("sub-questions")

USUAL = 4
"""How many sub-questions a survey usually brings up."""


@domain.operator(describe="survey what is known of {0}")
def survey(state: State, question: str) -> object:
    """Look over the subject; which questions that brings up is observed, not predicted."""
    state.surveyed[question] = True
    return state


@domain.operator(describe="investigate: {0}")
def investigate(state: State, part: str) -> object:
    """Answer one sub-question."""
    state.answered[part] = True
    return state


@domain.operator(describe="join what was found on {0}")
def join(state: State, question: str) -> object:
    """Put the answers to the sub-questions together."""
    for part in state.found[question]:
        if not state.answered[part]:
            return refuse(f"{part} is not answered")
    state.pursued[question] = True
    return state


@domain.operator(describe="write the answer on {0}")
def write(state: State, question: str) -> object:
    """Write the answer."""
    return state if state.pursued[question] else refuse("nothing was pursued")


@domain.method("answer")
def survey_first(state: State, question: str) -> object:
    """Applies always: survey, pursue what comes up, write."""
    return [("survey", question), ("pursue", question), ("write", question)]


@domain.deferred("pursue", known=lambda state, question: question in state.found, until="it is known what came up")
def pursued(state: State, question: str) -> object:
    """Predict that what comes up will have been pursued."""
    if not state.surveyed[question]:
        return refuse("nothing was surveyed")
    state.pursued[question] = True
    return state


@domain.method("pursue")
def each_by_itself(state: State, question: str) -> object:
    """Applies once it is known what came up: each sub-question is investigated, in any order."""
    parts = TaskNetwork.unordered([("investigate", part) for part in state.found[question]])
    return TaskNetwork.ordered([parts, ("join", question)])


def expected_seconds(task: str, *args: Any) -> float:
    """Return what a task is expected to take; of the open one, for as many sub-questions as usual."""
    return {"survey": 20.0, "investigate": 60.0, "join": 5.0, "write": 15.0, "pursue": 60.0 * USUAL + 5.0}[task]


def problem(question: str = "churn") -> tuple[State, list[tuple[Any, ...]]]:
    """Return a question of which nothing is known yet.

    Examples
    --------
    >>> problem()[1]
    [('answer', 'churn')]
    """
    nothing = {question: False}
    return State("asked", surveyed=dict(nothing), pursued=dict(nothing), answered={}, found={}), [("answer", question)]
