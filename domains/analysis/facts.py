"""The state that a question is planned from: what the workspace holds for its scopes, and the run's options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from domains.analysis.scope import EMPTY, Scope
from htn.model import State
from htn.model.errors import InputError

__all__ = ["OPTIONS", "planning_state"]

OPTIONS: dict[str, tuple[str, ...]] = {
    "depth": ("standard", "quick", "thorough"),
    "agents": ("local", "claude"),
    "budget": ("normal", "tight"),
    "deadline": ("normal", "tight"),
    "proposals": ("off", "on"),
}
"""Options of a run with their values, the default first."""

Parts = tuple[tuple[str, Scope], ...]


def planning_state(
    facts_of: Callable[[Scope], Mapping[str, Mapping[str, Any]]],
    scope: Scope,
    parts: Parts = (),
    options: Mapping[str, str] | None = None,
    proposed: Mapping[Scope, tuple[Any, ...]] | None = None,
) -> State:
    """Return the initial state for a question.

    Parameters
    ----------
    facts_of : callable
        Returns the counts and flags of a scope, as `Workspace.facts` does.
    scope : Scope
        What the question is about.
    parts : tuple of (str, Scope)
        Its sub-questions, when it has several parts.
    options : mapping, optional
        Values of `OPTIONS`; the defaults where left out.
    proposed : mapping, optional
        What was proposed for a scope, as `domains.analysis.proposals.proposal.ProposedMethod.fact` gives it.

    Raises
    ------
    InputError
        For an option or a value that does not exist, and for proposals without the agents that could make them.
    """
    chosen = {name: values[0] for name, values in OPTIONS.items()} | dict(options or {})
    for name, value in chosen.items():
        if name not in OPTIONS:
            raise InputError(f"there is no option {name!r}; there are {', '.join(OPTIONS)}")
        if value not in OPTIONS[name]:
            raise InputError(f"the option {name} cannot be {value!r}; it can be {', '.join(OPTIONS[name])}")
    if chosen["proposals"] == "on" and chosen["agents"] != "claude":
        raise InputError("methods are proposed by Claude agents only: give --agents claude with --proposals on")
    count = {}
    tasks = [task for known in (proposed or {}).values() if known for task in known[4]]
    for each in _distinct([scope, *(part for _, part in parts), *(task[1] for task in tasks)]):
        for what, number in facts_of(each)["count"].items():
            count[what, each] = int(number)
    return State(
        "question",
        count=count,
        has={what: bool(flag) for what, flag in facts_of(EMPTY)["has"].items()},
        option=chosen,
        parts={scope: parts} if parts else {},
        proposed={("method", about): known for about, known in (proposed or {}).items()},
        artifact={},
        failed={},
        tight={},
        noticed={},
    )


def _distinct(scopes: Iterable[Scope]) -> list[Scope]:
    return list(dict.fromkeys(scopes))
