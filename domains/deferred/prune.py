"""Pruning: what a finished step answered besides is not asked again, because the method that would ask refuses."""

from __future__ import annotations

from typing import Any

from htn.model import Domain, State, TaskNetwork, refuse

__all__ = ["domain", "expected_seconds", "problem"]

domain = Domain("pruning")


@domain.operator(describe="consult the {0} on {1}")
def consult(state: State, source: str, topic: str) -> object:
    """Look a topic up; what the source says of other topics is observed, not predicted."""
    state.known[topic] = True
    return state


@domain.operator(describe="write the brief")
def write(state: State, topics: tuple[str, ...]) -> object:
    """Write what is known of the topics."""
    for topic in topics:
        if not state.known[topic]:
            return refuse(f"nothing is known of {topic}")
    return state


@domain.method("brief")
def learn_and_write(state: State, topics: tuple[str, ...]) -> object:
    """Applies always: learn of every topic, in any order, then write."""
    return TaskNetwork.ordered([TaskNetwork.unordered([("learn", topic) for topic in topics]), ("write", topics)])


@domain.method("learn")
def known_already(state: State, topic: str) -> object:
    """Applies when the topic is known: nothing is left to do."""
    return [] if state.known[topic] else refuse(f"nothing is known of {topic}")


@domain.method("learn")
def from_a_source(state: State, topic: str) -> object:
    """Applies when the topic is not known: the source that has it is consulted."""
    if state.known[topic]:
        return refuse(f"{topic} is known")
    return [("consult", state.source[topic], topic)]


def expected_seconds(task: str, *args: Any) -> float:
    """Return what a task is expected to take."""
    return {"consult": 30.0, "write": 10.0}[task]


def problem() -> tuple[State, list[tuple[Any, ...]]]:
    """Return a brief on three topics of which nothing is known.

    Examples
    --------
    >>> problem()[1]
    [('brief', ('prices', 'contracts', 'support'))]
    """
    source = {"prices": "price list", "contracts": "legal archive", "support": "help desk"}
    state = State("nothing known", known=dict.fromkeys(source, False), source=source)
    return state, [("brief", tuple(source))]
