"""A success criterion: a named, checkable condition on a step's artifact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.artifacts import Artifact

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Criterion"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition that a step's artifact must meet before the step counts as done.

    Attributes
    ----------
    name : str
        What operators call it by.
    description : str
        The condition in one sentence, for plans and reports.
    check : callable
        Takes the artifact; returns None when the condition is met, else what is missing, in words.
    wished : bool
        Whether an artifact that misses it can be used all the same, when nothing better is had.
    against : callable or None
        Takes the artifact, the artifacts that its step was given, and the workspace; where it is there, it is asked in
        place of ``check``, which knows the artifact alone.

    Examples
    --------
    >>> some = Criterion("has_findings", "there is a finding", lambda a: None if a.findings else "no findings")
    >>> some.check(Artifact())
    'no findings'
    """

    name: str
    description: str
    check: Callable[[Artifact], str | None]
    wished: bool = False
    against: Callable[[Artifact, Sequence[Artifact], Workspace], str | None] | None = None
