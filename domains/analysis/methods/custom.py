"""Custom questions: parts that are questions of other types, ad-hoc measures, what is said of a topic."""

from __future__ import annotations

from collections.abc import Iterable

from domains.analysis.analysts.measure_names import measures_of
from domains.analysis.methods.known import count, failed, produce, proposals_wanted
from domains.analysis.scope import Scope, describe, value
from htn.model import Domain, State, TaskNetwork, refuse

__all__ = ["domain"]

domain = Domain("analysis.custom")

Parts = tuple[tuple[str, Scope], ...]


@domain.operator(criteria=("measures_are_complete",), version="1", describe="Measure {0}")
def measure(state: State, scope: Scope) -> object:
    """Compute measures by group."""
    return produce(state, "measures", scope, ())


@domain.operator(criteria=("quotes_are_given",), version="1", describe="Search the calls for the topic: {0}")
def search_topic(state: State, scope: Scope) -> object:
    """Find where a topic is spoken of."""
    return produce(state, "topic_evidence", scope, ())


def _parts(state: State, scope: Scope) -> Parts:
    parts: Parts = getattr(state, "parts", {}).get(scope, ())
    return tuple(dict.fromkeys(parts))


@domain.operator(
    capability="synthesise_custom",
    criteria=("answers_with_evidence", "words_match_numbers"),
    version="1",
    describe="Join the answers to the parts: {0}",
)
def synthesise_custom(state: State, scope: Scope) -> object:
    """Join the answers to the parts of a question."""
    given: list[object] = []
    for analysis, part in _parts(state, scope):
        if _has_failed(state, analysis, part):
            continue
        if state.artifact.get((f"{analysis}_answer", part)) is None:
            return refuse(f"the part on {analysis} ({describe(part)}) must be answered first")
        if (analysis, part) == ("custom", scope):
            # This very question as one of its parts: what joins them takes the place of its answer.
            own = state.artifact[f"{analysis}_answer", part]
            given += own if isinstance(own, tuple) else ()
        else:
            given.append((f"{analysis}_answer", part))
    state.artifact["custom_answer", scope] = tuple(given) or "planned"
    return state


def _synthesis(name: str, kinds: Iterable[str]) -> None:
    """Declare the synthesis that rests on given artifacts; all of them are the one capability."""
    needs = tuple(kinds)

    def synthesise(state: State, scope: Scope) -> object:
        return produce(state, "custom_answer", scope, needs)

    domain.operator(
        name=name,
        capability="synthesise_custom",
        criteria=("answers_with_evidence", "words_match_numbers"),
        version="1",
        describe="Answer: {0}",
    )(synthesise)


_synthesis("synthesise_custom_measure", ("measures",))
_synthesis("synthesise_custom_topic", ("topic_evidence",))
_synthesis("synthesise_custom_without_records", ())


@domain.method("analyse_custom", version="1")
def custom_in_parts(state: State, scope: Scope) -> object:
    """Applies when the question has parts: each is a question of its own type, and all are answered side by side."""
    parts = _parts(state, scope)
    if not parts:
        return refuse("the question has no parts")
    tasks = [
        # A part that is this very question again would be split for ever.
        ("answer_directly", part) if (analysis, part) == ("custom", scope) else ("answer_part", analysis, part)
        for analysis, part in parts
    ]
    return TaskNetwork.ordered([TaskNetwork.unordered(tasks), ("synthesise_custom", scope)], parts=len(parts))


def _has_failed(state: State, analysis: str, part: Scope) -> bool:
    """Whether the step that joins a part's answer has failed: the only one that every way to answer it needs."""
    known = getattr(state, "failed", {})
    return any(step[0].startswith(f"synthesise_{analysis}") and step[1:] == (part,) for step in known)


@domain.method("answer_part", version="1")
def answer(state: State, analysis: str, part: Scope) -> object:
    """Applies when joining the answer to the part has not failed."""
    if _has_failed(state, analysis, part):
        return refuse("the answer to the part could not be joined")
    return [(f"analyse_{analysis}", part)]


@domain.method("answer_part", version="1")
def leave_out(state: State, analysis: str, part: Scope) -> object:
    """Applies when joining the answer to the part has failed: the others are answered all the same."""
    return [] if _has_failed(state, analysis, part) else refuse("the part can be answered")


@domain.method("analyse_custom", version="1")
def custom_at_once(state: State, scope: Scope) -> object:
    """Applies when the question has no parts."""
    if _parts(state, scope):
        return refuse("the question has parts")
    return [("answer_directly", scope)]


def _records(state: State, scope: Scope) -> bool:
    return bool(count(state, "calls", scope) or count(state, "deals", scope))


@domain.method("answer_directly", version="1")
def by_measure(state: State, scope: Scope) -> object:
    """Applies when the question asks for a known measure and there are records to measure."""
    if not measures_of(scope):
        return refuse("no known measure is asked for")
    if not _records(state, scope):
        return refuse(f"nothing is recorded for {describe(scope)}")
    if failed(state, "measure", scope):
        return refuse("measuring has failed already")
    return [("measure", scope), ("synthesise_custom_measure", scope)]


@domain.method("answer_directly", version="1")
def by_search(state: State, scope: Scope) -> object:
    """Applies when the question names a topic or an objection and there are calls to search."""
    if not (value(scope, "topic") or value(scope, "objection")):
        return refuse("no topic is named")
    if not count(state, "calls", scope):
        return refuse(f"no calls are recorded for {describe(scope)}")
    if failed(state, "search_topic", scope):
        return refuse("searching has failed already")
    return [("search_topic", scope), ("synthesise_custom_topic", scope)]


@domain.method("answer_directly", version="1")
def by_overview(state: State, scope: Scope) -> object:
    """Applies when neither measure nor topic is known but there are records: the usual measures are given."""
    if measures_of(scope) or not _records(state, scope):
        return refuse("a measure is asked for, or nothing is recorded")
    if proposals_wanted(state):
        return refuse("it answers nothing in particular, and a method may be proposed")
    if failed(state, "measure", scope):
        return refuse("measuring has failed already")
    return [("measure", scope), ("synthesise_custom_measure", scope)]


@domain.method("answer_directly", version="1")
def without_records(state: State, scope: Scope) -> object:
    """Applies when nothing is recorded for the scope, or measuring it failed: the answer says which."""
    if _records(state, scope) and not failed(state, "measure", scope):
        return refuse(f"there are records of {describe(scope)}")
    return [("synthesise_custom_without_records", scope)]
