"""What finished steps brought about, what of it no longer holds, and what relies on that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from htn.model.domain import Domain
from htn.model.errors import InputError
from htn.model.record import Record
from htn.model.state import ABSENT, State, undo
from htn.plan.plan import Plan
from htn.plan.trace import written
from htn.plan.tree import Node
from htn.planning.replan.remains import Observed, Remains

__all__ = ["Fact", "Findings", "changed", "deviations", "expected", "find", "in_flight"]

Fact = tuple[str, Any]


class Findings(Record):
    """What an observation says about a plan.

    Attributes
    ----------
    changed : tuple of (str, object)
        Facts that are otherwise than predicted, also where a step itself observed them so.
    writers : dict
        For facts that finished steps brought about and that still hold, the step.
    wrong : dict
        For finished steps whose results no longer hold, those facts.
    invalid : tuple of str
        Steps pending or in flight that rely on the failed step or on a changed fact, directly or through others.
    """

    changed: tuple[Fact, ...]
    writers: dict[Fact, str]
    wrong: dict[str, tuple[Fact, ...]]
    invalid: tuple[str, ...]


def _value(state: State, fact: Fact) -> Any:
    fluent, key = fact
    held = vars(state).get(fluent, ABSENT)
    if isinstance(held, dict):
        return held.get(key, ABSENT) if key != () or () in held else held
    return held if key == () else ABSENT


def changed(one: State, other: State) -> tuple[Fact, ...]:
    """Return the facts in which two states differ.

    Examples
    --------
    >>> changed(State(at={"a": 1, "b": 2}, n=1), State(at={"a": 1}, n=2))
    (('at', 'b'), ('n', ()))
    """
    facts: dict[Fact, None] = {}
    for state in (one, other):
        facts.update(((fluent, key), None) for fluent, key, _ in state.facts())
    return tuple(fact for fact in facts if _value(one, fact) != _value(other, fact))


def find(domain: Domain, remains: Remains, observed: State, failed: str | None) -> Findings:
    """Compare what was observed with what the finished steps should have brought about.

    Parameters
    ----------
    domain : Domain
        The domain.
    remains : Remains
        The plan, divided.
    observed : State
        The facts now.
    failed : str or None
        Id of the node that failed.
    """
    plan = remains.plan
    state, writers, surprises = _predicted(domain, remains)
    different = changed(state, observed)
    wrong: dict[str, list[Fact]] = {}
    for fact in different:
        step = writers.pop(fact, None)
        if step is not None:
            wrong.setdefault(step, []).append(fact)
    different = tuple(dict.fromkeys((*different, *surprises)))
    return Findings(
        different,
        writers,
        {step: tuple(wrong[step]) for step in remains.done if step in wrong},
        _invalid(plan, remains, different, failed),
    )


def expected(domain: Domain, remains: Remains) -> State:
    """Return the state that the finished steps should have led to."""
    return _predicted(domain, remains)[0].copy()


def deviations(domain: Domain, remains: Remains, observed: State) -> tuple[Fact, ...]:
    """Return the facts that are otherwise than predicted, also where a step itself observed them so."""
    state, _, surprises = _predicted(domain, remains)
    return tuple(dict.fromkeys((*changed(state, observed), *surprises)))


def _predicted(domain: Domain, remains: Remains) -> tuple[State, dict[Fact, str], list[Fact]]:
    """Return the state that the finished steps lead to, for each fact the last that set it, and what was surprising.

    What a step observed overrides what its operator predicts; where they differ, that is a surprise.
    """
    history = remains.plan.history
    before = () if history is None else history.writers
    known = set() if history is None else {step.id for step in history.done}
    done = set(remains.done)
    writers: dict[Fact, str] = {(fluent, key): step for fluent, key, step in before if step in done}
    state = (remains.plan.initial if history is None else history.observed).tracked()
    surprises: list[Fact] = []
    for identity in remains.done:
        if identity in known:
            continue
        node, mark = remains.tree[identity], len(state._trail)
        if _carried_out(domain, node, state):
            writers.update((fact, identity) for fact in written(state, mark))
        else:
            undo(state._trail, mark)
        seen = remains.observations.get(identity, ())
        surprises += _observe(state, seen)
        writers.update(((fluent, key), identity) for fluent, key, _ in seen)
    for identity in (leaf for leaf in remains.tree.order if leaf not in done):
        surprises += _observe(state, remains.observations.get(identity, ()))  # a step that failed may tell something
    return state, writers, surprises


def _observe(state: State, facts: Iterable[Observed]) -> list[Fact]:
    """Let facts hold, and return those that did not."""
    surprises = []
    for fluent, key, value in facts:
        if _value(state, (fluent, key)) != value:
            surprises.append((fluent, key))
        if key == ():
            setattr(state, fluent, value)
            continue
        if fluent not in vars(state):
            setattr(state, fluent, {})
        items = getattr(state, fluent)
        if not isinstance(items, dict):
            message = f"state.{fluent} is a single value, it has no {key!r}: give () as the arguments of the fact"
            raise InputError(message)
        items[key] = value
    return surprises


def in_flight(domain: Domain, remains: Remains, observed: State) -> State | None:
    """Return the facts once the steps in flight are done as predicted; None where one of them can not be."""
    state = observed.tracked()
    if all(_carried_out(domain, remains.tree[identity], state) for identity in remains.running):
        return state.copy()
    return None


def _carried_out(domain: Domain, node: Node, state: State) -> bool:
    """Let a step change the state; False when it is not possible there: what it did then cannot be told."""
    operator = domain.operators.get(node.task)
    if operator is None:
        return False
    try:
        return operator.function(state, *node.args) is state
    except Exception:  # noqa: BLE001  (it was done in a state that was otherwise than this one; it may stumble here)
        return False


def _invalid(plan: Plan, remains: Remains, different: tuple[Fact, ...], failed: str | None) -> tuple[str, ...]:
    """Follow causal links from what has changed to the pending steps that rely on it."""
    facts = set(different)
    fluents = {fluent for fluent, _ in different}

    def relies(identity: str) -> bool:
        return any(fact in facts or (fact[1] == "*" and fact[0] in fluents) for fact in plan.tree[identity].reads)

    unfinished = {*remains.running, *(node.id for node in remains.nodes if remains.is_pending(node.id))}
    suspect = {identity for identity in unfinished if relies(identity)}
    if failed is not None and not remains.is_finished(failed):
        suspect.add(failed)
    hit: set[str] = set()
    for step in plan.steps:
        if step.id in unfinished and (
            step.id in suspect
            or not hit.isdisjoint(step.causal)
            or any(above.id in suspect and above.at == plan.tree[step.id].at for above in plan.tree.ancestors(step.id))
        ):
            hit.add(step.id)
    return tuple(step.id for step in plan.steps if step.id in hit)
