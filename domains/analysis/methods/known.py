"""What the state knows, read in the same way by every method; a fact nobody set reads as absent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domains.analysis.scope import Scope, describe
from htn.model import State, refuse

__all__ = [
    "count",
    "failed",
    "has",
    "in_hurry",
    "noticed",
    "option",
    "produce",
    "read_basis",
    "proposals_wanted",
    "sources",
    "thorough",
    "without_failed",
]

_DEFAULTS = {"depth": "standard", "agents": "local", "budget": "normal", "deadline": "normal", "proposals": "off"}


def _fluent(state: State, name: str) -> Mapping[Any, Any]:
    found: Mapping[Any, Any] = getattr(state, name, {})
    return found


def count(state: State, what: str, scope: Scope) -> int:
    """Return how many of something the scope holds."""
    return int(_fluent(state, "count").get((what, scope), 0))


def has(state: State, what: str) -> bool:
    """Return whether the workspace holds something at all."""
    return bool(_fluent(state, "has").get(what, False))


def option(state: State, name: str) -> str:
    """Return an option of the run, or its default."""
    return str(_fluent(state, "option").get(name, _DEFAULTS[name]))


def proposals_wanted(state: State) -> bool:
    """Return whether a model may propose a method: it was asked for, and the question is one and not several."""
    return option(state, "proposals") == "on" and not _fluent(state, "parts")


def failed(state: State, operator: str, scope: Scope) -> bool:
    """Return whether an operator has failed on this scope in this run."""
    return (operator, scope) in _fluent(state, "failed")


def noticed(state: State, detector: str, scope: Scope) -> bool:
    """Return whether a detector found what it looks for in a result on this scope in this run."""
    return (detector, scope) in _fluent(state, "noticed")


def in_hurry(state: State) -> bool:
    """Return whether the short way is wanted: quick depth, a tight budget or deadline, or a limit that is near."""
    if _fluent(state, "tight"):
        return True
    return option(state, "depth") == "quick" or "tight" in (option(state, "budget"), option(state, "deadline"))


def thorough(state: State) -> bool:
    """Return whether the run asks for the long way and can afford it."""
    return option(state, "depth") == "thorough" and not in_hurry(state)


def sources(state: State, scope: Scope) -> tuple[str, ...]:
    """Return which of "calls" and "deals" the scope holds and retrieval has not failed on."""
    return tuple(
        kind
        for kind in ("calls", "deals")
        if count(state, kind, scope) and not failed(state, f"retrieve_{kind}", scope)
    )


def without_failed(state: State, operators: Iterable[str], scope: Scope) -> list[str]:
    """Return the operators that have not failed on the scope, in the order given: the rest still makes an answer."""
    return [name for name in operators if not failed(state, name, scope)]


def produce(state: State, kind: str, scope: Scope, needs: Iterable[str]) -> object:
    """Note that a step makes an artifact of the artifacts it needs; refuse when one of those is not there.

    Only keys that must be there are read. Looking for a key that may be absent would make the step wait for every other
    step that makes an artifact.
    """
    given = tuple((need, scope) for need in needs)
    for key in given:
        if state.artifact.get(key) is None:
            return refuse(f"the {key[0].replace('_', ' ')} of {describe(scope)} must be there first")
    state.artifact[kind, scope] = given or "planned"
    return state


def read_basis(state: State, kind: str, scope: Scope) -> None:
    """Read what an artifact was made of, and what that was made of, so that a step is given all of it."""
    given = state.artifact.get((kind, scope))
    if isinstance(given, tuple):
        for need, about in given:
            read_basis(state, need, about)
