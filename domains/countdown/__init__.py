"""Countdown: a task that does one step and leaves the rest to itself; as long a plan as one likes."""

from __future__ import annotations

from typing import Any

from htn.model import Domain, State

__all__ = ["domain", "problem"]

domain = Domain("countdown")


@domain.operator
def tick(state: Any, number: int) -> Any:
    """Count one down."""
    if state.left["count"] != number:
        return False
    state.left["count"] = number - 1
    return state


@domain.method("count")
def done(state: Any, number: int) -> Any:
    """Applies at zero."""
    return [] if number == 0 else False


@domain.method("count")
def step(state: Any, number: int) -> Any:
    """Applies above zero."""
    return [("tick", number), ("count", number - 1)]


def problem(steps: int) -> tuple[State, list[tuple[Any, ...]]]:
    """Return the problem whose plan has so many steps.

    Examples
    --------
    >>> problem(3)[1]
    [('count', 3)]
    """
    return State(f"from {steps}", left={"count": steps}), [("count", steps)]
