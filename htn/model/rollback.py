"""Rolling back is a task like any other: its method undoes steps that had effects outside, the last one first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

__all__ = ["ROLL_BACK", "in_reverse_order", "in_turn"]

ROLL_BACK = "roll_back"
"""The compound task ``(ROLL_BACK, steps)``; each step is (operator that undoes it, arguments), the first one first."""


def in_reverse_order(state: Any, steps: tuple[tuple[str, tuple[Any, ...]], ...]) -> object:
    """Applies always: what was done last is undone first."""
    return [(undo, *args) for undo, args in reversed(steps)]


def in_turn(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return an undoing operator that adds itself to ``state.undone``, so that such steps are never done side by side.

    Every undoing step reads what the one before it wrote; the dependencies that are traced from that keep their order,
    whatever else they read and write, and undoing the same once more is another step.
    """

    @wraps(function)
    def undo(state: Any, *args: Any) -> Any:
        done = function(state, *args)
        if done is state:
            state.undone = (*getattr(state, "undone", ()), (name, args))
        return done

    return undo
