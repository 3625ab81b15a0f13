"""What may go wrong with a satellite, as the facts that it changes.

Every deviation takes the state before an action and the action, and yields the changes that are possible there, each a
tuple of (fluent, arguments, value). All of them are of the kinds that plan repair is commonly measured with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["DEVIATIONS", "PUBLISHED"]

Change = tuple[tuple[str, Any, Any], ...]


def drift(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """A satellite points elsewhere."""
    for satellite, here in state.pointing.items():
        for direction in state.directions["all"]:
            if direction != here:
                yield (("pointing", satellite, direction),)


def lose_calibration(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """An instrument loses its calibration."""
    for instrument, calibrated in state.calibrated.items():
        if calibrated:
            yield (("calibrated", instrument, False),)


def lose_power(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """An instrument goes off."""
    for instrument, on in state.on.items():
        if on:
            yield ("on", instrument, False), ("power", state.carrier[instrument], True)


DEVIATIONS: dict[str, Callable[[Any, tuple[Any, ...]], Iterator[Change]]] = {
    "drift": drift,
    "lose calibration": lose_calibration,
    "lose power": lose_power,
}
"""Every kind of deviation by name."""

PUBLISHED = tuple(DEVIATIONS)
"""The kinds that plan repair is commonly measured with."""
