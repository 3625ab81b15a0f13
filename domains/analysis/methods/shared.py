"""What several analysis types share: retrieval, and parts that are measured where the records allow it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from domains.analysis.methods.known import count, failed, produce
from domains.analysis.scope import Scope, describe
from htn.model import Domain, State, refuse

__all__ = ["NOT_MEASURED", "Part", "declare_parts", "declare_survey", "domain", "mark_parts"]

NOT_MEASURED = "not measured"

domain = Domain("analysis.shared")


@domain.operator(
    capability="retrieve_calls", criteria=("has_calls",), version="1", describe="Retrieve the calls of {0}"
)
def retrieve_calls(state: State, scope: Scope) -> object:
    """Retrieve the calls of the scope."""
    if not count(state, "calls", scope):
        return refuse(f"no calls are recorded for {describe(scope)}")
    return produce(state, "calls", scope, ())


@domain.operator(
    capability="retrieve_deals", criteria=("has_deals",), version="1", describe="Retrieve the deals of {0}"
)
def retrieve_deals(state: State, scope: Scope) -> object:
    """Retrieve the deals of the scope and set aside those whose dates are missing or impossible."""
    if not count(state, "deals", scope):
        return refuse(f"no deals are recorded for {describe(scope)}")
    return produce(state, "deals", scope, ())


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an analysis that is measured where the records allow it.

    Attributes
    ----------
    operator : str
        What measures it.
    missing : callable
        Says why it cannot be measured here, or None when it can.
    """

    operator: str
    missing: Callable[[State, Scope], str | None]


def declare_parts(owner: Domain, task: str, parts: Mapping[str, Part]) -> None:
    """Declare the compound task ``(task, part, scope)``: a part is measured, or left out where it cannot be."""

    @owner.method(task, name="measure", version="1")
    def measure(state: State, part: str, scope: Scope) -> object:
        """Applies when the records that the part needs are there and measuring it has not failed."""
        reason = _obstacle(state, parts[part], scope)
        return refuse(reason) if reason else [(parts[part].operator, scope)]

    @owner.method(task, name="leave_out", version="1")
    def leave_out(state: State, part: str, scope: Scope) -> object:
        """Applies when the part cannot be measured; the answer then says what is missing."""
        if _obstacle(state, parts[part], scope) is None:
            return refuse(f"the {part.replace('_', ' ')} can be measured")
        return []


def declare_survey(owner: Domain, operator: str, kind: str, parts: Callable[[], Iterable[str]]) -> None:
    """Declare the compound task ``(kind, scope)``: the survey is made, or done without where it failed.

    Parameters
    ----------
    owner : Domain
        Where it is declared.
    operator : str
        What makes the survey.
    kind : str
        The survey's artifact.
    parts : callable
        Returns the parts of the analysis, none of which is measured yet.
    """

    @owner.operator(
        name=f"{operator}_left_out",
        capability="go_on_without",
        criteria=("absence_is_said",),
        version="1",
        describe="Go on without knowing which records there are: {0}",
    )
    def left_out(state: State, scope: Scope) -> object:
        """Stand in for the survey; no part is measured yet."""
        mark_parts(state, parts(), scope)
        return produce(state, kind, scope, ())

    @owner.method(kind, name="survey", version="1")
    def survey(state: State, scope: Scope) -> object:
        """Applies when the survey has not failed."""
        return refuse(f"{operator} has failed in this run") if failed(state, operator, scope) else [(operator, scope)]

    @owner.method(kind, name="go_on_without", version="1")
    def go_on_without(state: State, scope: Scope) -> object:
        """Applies when the survey has failed: what is absent is then not named, all that is there is measured."""
        if not failed(state, operator, scope):
            return refuse("the survey can be made")
        return [(f"{operator}_left_out", scope)]


def _obstacle(state: State, part: Part, scope: Scope) -> str | None:
    if failed(state, part.operator, scope):
        return f"{part.operator} has failed in this run"
    return part.missing(state, scope)


def mark_parts(state: State, parts: Iterable[str], scope: Scope) -> None:
    """Note that none of these parts is measured yet.

    So the step that joins them reads keys that exist, whichever parts a plan has: reading an absent one would make it
    wait for every other step that makes an artifact.
    """
    for part in parts:
        state.artifact[part, scope] = NOT_MEASURED
