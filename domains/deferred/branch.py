"""A conditional branch point: what follows a pilot depends on what the pilot shows."""

from __future__ import annotations

from typing import Any

from htn.model import Domain, State, refuse

__all__ = ["domain", "expected_seconds", "problem"]

domain = Domain("branch point")

CLEAR = 0.05
"""An effect counts where all of its interval is on one side of nothing by at least so much."""


@domain.operator(describe="run the pilot of {0}")
def pilot(state: State, idea: str) -> object:
    """Try an idea on a few; the interval of its effect is observed, not predicted."""
    state.tried[idea] = True
    return state


@domain.operator(describe="plan the roll-out of {0}")
def roll_out(state: State, idea: str) -> object:
    """Plan for everybody."""
    state.settled[idea] = "roll-out"
    return state


@domain.operator(describe="ask those who tried {0} what went wrong")
def interview(state: State, idea: str) -> object:
    """Find out why it did harm."""
    state.settled[idea] = "interviews"
    return state


@domain.operator(describe="drop {0}")
def drop(state: State, idea: str) -> object:
    """Leave it at that."""
    state.settled[idea] = "dropped"
    return state


@domain.operator(describe="report on {0}")
def report(state: State, idea: str) -> object:
    """Report what was decided."""
    return state if state.settled[idea] != "open" else refuse("nothing is decided")


@domain.method("decide_on")
def by_a_pilot(state: State, idea: str) -> object:
    """Applies always: pilot, do what follows from it, report."""
    return [("pilot", idea), ("follow_up", idea), ("report", idea)]


@domain.deferred("follow_up", known=lambda state, idea: idea in state.effect, until="the pilot's effect is known")
def followed_up(state: State, idea: str) -> object:
    """Predict that it will be settled, one way or another."""
    if not state.tried[idea]:
        return refuse("there was no pilot")
    state.settled[idea] = "one way or another"
    return state


@domain.method("follow_up")
def it_works(state: State, idea: str) -> object:
    """Applies when the effect is clearly good."""
    low, _ = state.effect[idea]
    return [("roll_out", idea)] if low >= CLEAR else refuse(f"the effect may be as low as {low:+.0%}")


@domain.method("follow_up")
def it_harms(state: State, idea: str) -> object:
    """Applies when the effect is clearly bad: find out why before it is dropped."""
    _, high = state.effect[idea]
    if high > -CLEAR:
        return refuse(f"the effect may be as high as {high:+.0%}")
    return [("interview", idea), ("drop", idea)]


@domain.method("follow_up")
def nobody_knows(state: State, idea: str) -> object:
    """Applies otherwise: the effect is not clear, and the idea is dropped."""
    return [("drop", idea)]


def expected_seconds(task: str, *args: Any) -> float:
    """Return what a task is expected to take; of the open one, the longest of the ways it may go."""
    return {"pilot": 300.0, "roll_out": 80.0, "interview": 120.0, "drop": 5.0, "report": 20.0, "follow_up": 125.0}[task]


def problem(idea: str = "shorter calls") -> tuple[State, list[tuple[Any, ...]]]:
    """Return an idea that nobody has tried.

    Examples
    --------
    >>> problem()[1]
    [('decide_on', 'shorter calls')]
    """
    return State("idea", tried={idea: False}, settled={idea: "open"}, effect={}), [("decide_on", idea)]
