"""A proposed method: the tasks a question is taken apart into, what they give, and who proposed it when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from pydantic import Field

from domains.analysis.artifacts import Artifact, Record
from domains.analysis.scope import Scope
from htn.execution.canonical import canonical_json

__all__ = ["Draft", "Fact", "Pair", "ProposedMethod", "ProposedTask", "Rejection", "identity_of"]

Fact = tuple[Any, ...]
"""A proposal as the state holds it: identity, model, day, reason, tasks, what was checked; empty: none stands."""


class Pair(Record):
    """A key of a scope with its value."""

    key: str = Field(max_length=40)
    value: str = Field(max_length=200)


class ProposedTask(Record):
    """One task of a proposal."""

    task: str = Field(max_length=80, description="name of a task of the list")
    scope: tuple[Pair, ...] = Field(description="what narrows the question's scope for this task; often empty")
    after: tuple[int, ...] = Field(description="positions of the tasks that must be finished before, counted from 0")
    gives: tuple[str, ...] = Field(description="which artifacts there are when it is done, by the names of the list")

    def narrowed(self, scope: Scope) -> Scope:
        """Return the question's scope with what this task adds.

        Examples
        --------
        >>> task = ProposedTask(task="measure", scope=(Pair(key="metric", value="win_rate"),), after=(), gives=())
        >>> task.narrowed((("region", "West"),))
        (('metric', 'win_rate'), ('region', 'West'))
        """
        return tuple(sorted({**dict(scope), **{pair.key: pair.value for pair in self.scope}}.items()))


class Draft(Record):
    """What a model is asked for; every field is required."""

    reason: str = Field(max_length=400, description="in one sentence, why these tasks answer the question")
    tasks: tuple[ProposedTask, ...] = Field(description="empty where the tasks of the list cannot answer it")


class Rejection(Record):
    """A proposal that did not pass, with the reasons it was given back with."""

    reasons: tuple[str, ...]
    tasks: tuple[str, ...] = ()


class ProposedMethod(Artifact):
    """What came of asking for a method; without tasks, none stands."""

    question: str = ""
    scope: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    tasks: tuple[ProposedTask, ...] = ()
    identity: str = ""
    model: str = ""
    asked: str = Field(default="", description="the day, as YYYY-MM-DD")
    run: str = Field(default="", description="the run that asked")
    prompts: tuple[str, ...] = Field(default=(), description="SHA-256 of each request")
    checked: tuple[str, ...] = Field(default=(), description="what was checked before it entered a plan")
    rejected: tuple[Rejection, ...] = ()

    def fact(self) -> Fact:
        """Return it as the state holds it."""
        if not self.tasks:
            return ()
        tasks = tuple((item.task, item.narrowed(self.scope), item.after, item.gives) for item in self.tasks)
        return (self.identity, self.model, self.asked, self.reason, tasks, self.checked)


def identity_of(question: str, scope: Scope, tasks: Iterable[ProposedTask]) -> str:
    """Return what a proposal is known by: a hash of the question and of what is proposed for it."""
    content = [question, [list(pair) for pair in scope], [task.model_dump(mode="json") for task in tasks]]
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()[:12]
