"""Enablement: content and trainings against outcomes, ramp time of new reps."""

from __future__ import annotations

from collections.abc import Iterable

from domains.analysis.methods.known import count, failed, has, in_hurry, produce, without_failed
from domains.analysis.scope import Scope, describe, value
from htn.model import Domain, State, TaskNetwork, refuse

__all__ = ["domain"]

domain = Domain("analysis.enablement")

_MAKES = {"compare_content": "content", "compare_trainings": "trainings", "measure_ramp": "ramp"}


@domain.operator(
    criteria=("absence_is_said",),
    version="1",
    describe="Retrieve what is recorded on content, trainings and hiring: {0}",
)
def retrieve_enablement(state: State, scope: Scope) -> object:
    """Count content, its use, trainings and hire dates."""
    return produce(state, "enablement_records", scope, ())


@domain.operator(
    criteria=("compares_like_with_like",), version="1", describe="Compare deals with and without content: {0}"
)
def compare_content(state: State, scope: Scope) -> object:
    """Compare closed deals with and without each piece of content."""
    return produce(state, "content", scope, ("deals", "enablement_records"))


@domain.operator(
    criteria=("compares_like_with_like",), version="1", describe="Compare deals before and after trainings: {0}"
)
def compare_trainings(state: State, scope: Scope) -> object:
    """Compare deals before and after each training."""
    return produce(state, "trainings", scope, ("deals", "enablement_records"))


@domain.operator(criteria=("absence_is_said",), version="1", describe="Measure how long new reps need: {0}")
def measure_ramp(state: State, scope: Scope) -> object:
    """Measure days from hiring to the first win."""
    return produce(state, "ramp", scope, ("enablement_records",))


def _synthesis(name: str, kinds: Iterable[str]) -> None:
    """Declare the synthesis that rests on given artifacts; all of them are the one capability."""
    chosen = tuple(kinds)

    def synthesise(state: State, scope: Scope) -> object:
        made = [_MAKES[operator] for operator in without_failed(state, chosen, scope)]
        return produce(state, "enablement_answer", scope, ("enablement_records", *made) if chosen else ())

    domain.operator(
        name=name,
        capability="synthesise_enablement",
        criteria=("answers_with_evidence", "words_match_numbers"),
        version="1",
        describe="Say what content and trainings go with: {0}",
    )(synthesise)


_FULL = ("compare_content", "compare_trainings", "measure_ramp")
_CONTENT = ("compare_content", "measure_ramp")
_TRAININGS = ("compare_trainings", "measure_ramp")
_synthesis("synthesise_enablement", _FULL)
_synthesis("synthesise_enablement_of_content", _CONTENT)
_synthesis("synthesise_enablement_of_trainings", _TRAININGS)
_synthesis("synthesise_enablement_in_brief", ("compare_content",))
_synthesis("synthesise_enablement_of_ramp", ("measure_ramp",))
_synthesis("synthesise_enablement_unread", ())


def _network(state: State, scope: Scope, operators: Iterable[str], last: str) -> TaskNetwork:
    chosen = without_failed(state, operators, scope)
    first = [("retrieve_enablement", scope)]
    if any(name.startswith("compare_") for name in chosen):
        first.append(("retrieve_deals", scope))
    return TaskNetwork.ordered(
        [TaskNetwork.unordered(first), TaskNetwork.unordered([(name, scope) for name in chosen]), (last, scope)]
    )


def _deals(state: State, scope: Scope) -> bool:
    return bool(count(state, "closed", scope)) and not failed(state, "retrieve_deals", scope)


def _content(state: State, scope: Scope) -> bool:
    return _deals(state, scope) and bool(count(state, "content_uses", scope))


def _trainings(state: State, scope: Scope) -> bool:
    # Trainings are compared over their whole history, whatever the scope's period.
    return _deals(state, scope) and has(state, "trainings")


@domain.method("analyse_enablement", version="1")
def enablement_in_brief(state: State, scope: Scope) -> object:
    """Applies when use of content is recorded and the run is in a hurry: content only."""
    if not in_hurry(state):
        return refuse("there is time for more than content")
    if value(scope, "metric") == "ramp_time":
        return refuse("the question is how long new reps need")
    if not _content(state, scope):
        return refuse("no use of content on closed deals is recorded")
    if failed(state, "compare_content", scope):
        return refuse("comparing content has failed already")
    return _network(state, scope, ("compare_content",), "synthesise_enablement_in_brief")


@domain.method("analyse_enablement", version="1")
def enablement_in_full(state: State, scope: Scope) -> object:
    """Applies when both use of content and trainings are recorded, with closed deals."""
    if not (_content(state, scope) and _trainings(state, scope)):
        return refuse("content and trainings are not both recorded")
    return _network(state, scope, _FULL, "synthesise_enablement")


@domain.method("analyse_enablement", version="1")
def enablement_of_content(state: State, scope: Scope) -> object:
    """Applies when use of content is recorded, with closed deals, and trainings are not."""
    if not _content(state, scope):
        return refuse("no use of content on closed deals is recorded")
    return _network(state, scope, _CONTENT, "synthesise_enablement_of_content")


@domain.method("analyse_enablement", version="1")
def enablement_of_trainings(state: State, scope: Scope) -> object:
    """Applies when trainings are recorded, with closed deals, and use of content is not."""
    if not _trainings(state, scope):
        return refuse("no trainings are recorded, or no closed deals")
    return _network(state, scope, _TRAININGS, "synthesise_enablement_of_trainings")


@domain.method("analyse_enablement", version="1")
def enablement_without_records(state: State, scope: Scope) -> object:
    """Applies when neither content nor trainings can be compared: the answer says so, and gives ramp time if it can."""
    if _content(state, scope) or _trainings(state, scope):
        return refuse(f"content or trainings are recorded for {describe(scope)}")
    return _network(state, scope, ("measure_ramp",), "synthesise_enablement_of_ramp")


@domain.method("analyse_enablement", version="1")
def enablement_unread(state: State, scope: Scope) -> object:
    """Applies when what is recorded on enablement could not be retrieved: the answer says so and compares nothing."""
    if not failed(state, "retrieve_enablement", scope):
        return refuse("the records on enablement can be retrieved")
    return [("synthesise_enablement_unread", scope)]
