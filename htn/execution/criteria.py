"""Checks what a step produced against named criteria: an artifact that misses one is a failure, however it was made.

A criterion is a minimum, or a wish: an artifact that misses a wish only may be taken when nothing better is had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

__all__ = ["Criterion", "CriterionResult", "FunctionCriterion", "evaluate", "unmet"]


@runtime_checkable
class Criterion(Protocol):
    """A named, checkable condition on a step's artifact."""

    @property
    def name(self) -> str:
        """Stable name, as the operators' declarations use it."""

    @property
    def description(self) -> str:
        """One sentence for people."""

    @property
    def wished(self) -> bool:
        """Whether an artifact that misses it can be used all the same, when nothing better is had."""

    def check(self, document: Mapping[str, Any]) -> str | None:
        """Return None when the document meets it, else what is missing."""


@dataclass(frozen=True, slots=True)
class FunctionCriterion:
    """A criterion made of a function.

    Examples
    --------
    >>> has_calls = FunctionCriterion("has_calls", "At least one call was found.",
    ...                               lambda document: None if document["calls"] else "no call was found")
    >>> has_calls.check({"calls": []})
    'no call was found'
    """

    name: str
    description: str
    function: Callable[[Mapping[str, Any]], str | None]
    wished: bool = False

    def check(self, document: Mapping[str, Any]) -> str | None:
        """Return None when the document meets it, else what is missing."""
        return self.function(document)


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """What a criterion said of an artifact: ``missing`` is None when it is met; ``wished`` is no minimum."""

    name: str
    description: str
    missing: str | None
    wished: bool = False

    @property
    def met(self) -> bool:
        """Whether the criterion is met."""
        return self.missing is None

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON data."""
        told = {"name": self.name, "description": self.description, "met": self.met, "missing": self.missing}
        return told | ({"wished": True} if self.wished else {})


def evaluate(criteria: Iterable[Criterion], document: Mapping[str, Any]) -> tuple[CriterionResult, ...]:
    """Check a document against every criterion.

    Parameters
    ----------
    criteria : iterable of Criterion
        What to check.
    document : Mapping
        The artifact as JSON data.

    Returns
    -------
    tuple of CriterionResult
        One for each criterion, in order; a check that raises counts as unmet, saying so.
    """
    results = []
    for criterion in criteria:
        try:
            missing = criterion.check(document)
        except Exception as error:  # noqa: BLE001 -- a criterion that cannot be checked has not been met
            missing = f"it could not be checked ({type(error).__name__}: {error})"
        results.append(CriterionResult(criterion.name, criterion.description, missing, criterion.wished))
    return tuple(results)


def unmet(results: Iterable[CriterionResult]) -> str | None:
    """Return one sentence naming the criteria that are not met, or None.

    Examples
    --------
    >>> unmet([CriterionResult("has_calls", "", "no call was found")])
    'criterion has_calls is not met: no call was found'
    """
    missed = [f"criterion {result.name} is not met: {result.missing}" for result in results if not result.met]
    return "; ".join(missed) or None
