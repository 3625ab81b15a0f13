"""Questions that no method is written for: a method is asked for, waited for, followed and verified."""

from __future__ import annotations

from typing import Any

from domains.analysis.analysts.measure_names import measures_of
from domains.analysis.methods.known import count, failed, produce, proposals_wanted
from domains.analysis.proposals.vocabulary import about, can_be_proposed
from domains.analysis.scope import Scope, describe, value
from htn.model import Domain, State, TaskNetwork, refuse

__all__ = ["domain"]

domain = Domain("analysis.proposed")

Promised = tuple[tuple[str, Scope], ...]


@domain.operator(criteria=("proposal_or_reason",), version="1", describe="Ask for a method to answer the question: {0}")
def propose_method(state: State, scope: Scope) -> object:
    """Ask a model for tasks that answer the question, and check what it proposes."""
    return produce(state, "proposal", scope, ())


@domain.operator(
    criteria=("promises_are_kept",),
    version="1",
    describe="Verify that the proposed steps gave what was promised: {2}",
)
def verify_proposed(state: State, promised: Promised, origin: tuple[str, ...], scope: Scope) -> object:
    """Check that each of the proposed tasks gave what the proposal promised of it."""
    for kind, part in promised:
        if state.artifact.get((kind, part)) is None:
            return refuse(f"the {kind.replace('_', ' ')} of {describe(part)} must be there first")
    state.artifact["proposal_verdict", scope] = tuple((kind, part) for kind, part in promised)  # what it was made of
    return state


@domain.operator(
    capability="synthesise_custom",
    criteria=("answers_with_evidence", "words_match_numbers"),
    version="1",
    describe="Join what the proposed steps gave: {1}",
)
def synthesise_custom_proposed(state: State, promised: Promised, scope: Scope) -> object:
    """Join what the proposed tasks gave."""
    for kind, part in promised:
        if state.artifact.get((kind, part)) is None:
            return refuse(f"the {kind.replace('_', ' ')} of {describe(part)} must be there first")
    return produce(state, "custom_answer", scope, ("proposal_verdict",))


def _proposed(state: State, scope: Scope) -> tuple[Any, ...] | None:
    """Return what was proposed for a question; None where that is not known yet, an empty tuple where none stands."""
    known: tuple[Any, ...] | None = getattr(state, "proposed", {}).get(about(scope))
    return known


def _no_use(state: State, scope: Scope) -> str | None:
    """Return why no method is proposed for a question, or None."""
    if not proposals_wanted(state):
        return "proposals are not asked for, or the question has parts"
    if measures_of(scope) or value(scope, "topic") or value(scope, "objection"):
        return "a method is written for questions like this"
    if not (count(state, "calls", scope) or count(state, "deals", scope)):
        return f"nothing is recorded for {describe(scope)}"
    return None


@domain.method("answer_directly", version="1")
def by_known_proposal(state: State, scope: Scope) -> object:
    """Applies when a method was proposed for this question before and passed the checks again."""
    reason = _no_use(state, scope)
    if reason or not _proposed(state, scope):
        return refuse(reason or "none was proposed before")
    return [("answer_as_proposed", scope)]


@domain.method("answer_directly", version="1")
def by_proposal(state: State, scope: Scope) -> object:
    """Applies when proposals are asked for and no method is written for the question: a model proposes one."""
    reason = _no_use(state, scope)
    return refuse(reason) if reason else [("propose_method", scope), ("answer_as_proposed", scope)]


@domain.deferred(
    "answer_as_proposed",
    known=lambda state, scope: _proposed(state, scope) is not None,
    until="a method has been proposed and checked",
)
def answered_as_proposed(state: State, scope: Scope) -> object:
    """Predict that there will be an answer."""
    return produce(state, "custom_answer", scope, ("proposal",))


@domain.method("answer_as_proposed", version="1")
def as_proposed(state: State, scope: Scope) -> object:
    """Applies when a proposed method passed the planner's checks: its tasks, then what verifies them."""
    known = _proposed(state, scope)
    if not known:
        return refuse("no proposal passed the checks")
    if any(step[0] == "verify_proposed" and step[-1] == scope for step in getattr(state, "failed", {})):
        return refuse("what was proposed did not give what was promised")
    identity, model, asked, reason, tasks, checked = known
    foreign = [task for task, part, _, _ in tasks if not (can_be_proposed(task) and set(scope) <= set(part))]
    if foreign:  # whoever proposed it, and whatever was checked before
        return refuse(f"{foreign[0]} cannot be proposed, or goes beyond the question")
    promised = tuple((kind, part) for _, part, _, gives in tasks for kind in gives)
    verify = ("verify_proposed", promised, (identity, model, asked), scope)
    items = [*((task, part) for task, part, _, _ in tasks), verify, ("synthesise_custom_proposed", promised, scope)]
    last = len(tasks)
    before = [(first, place) for place, (_, _, after, _) in enumerate(tasks) for first in after]
    before += [(place, last) for place in range(last)] + [(last, last + 1)]
    bound = {"proposal": identity, "model": model, "asked": asked, "reason": reason, "checked": checked}
    return TaskNetwork(items, before, **bound)


@domain.method("answer_as_proposed", version="1")
def without_proposal(state: State, scope: Scope) -> object:
    """Applies when no proposal passed the checks, or what it led to could not be done: the usual measures are given."""
    if failed(state, "measure", scope):
        return refuse("measuring has failed already")
    return [("measure", scope), ("synthesise_custom_measure", scope)]


@domain.method("answer_as_proposed", version="1")
def without_proposal_or_measure(state: State, scope: Scope) -> object:
    """Applies when measuring has failed as well: the answer says so."""
    if not failed(state, "measure", scope):
        return refuse("the usual measures can be given")
    return [("synthesise_custom_without_records", scope)]
