"""A success criterion: a named, checkable condition on a step's artifact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domains.analysis.artifacts import Artifact

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
