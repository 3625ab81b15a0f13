"""What may go wrong behind a rover's back, as the facts that it changes.

Every deviation takes the state before an action and the action, and yields the changes that are possible there, each a
tuple of (fluent, arguments, value). Those that `PUBLISHED` names are of the kinds that plan repair is commonly measured
with; none of them makes a problem unsolvable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["DEVIATIONS", "PUBLISHED"]

Change = tuple[tuple[str, Any, Any], ...]


def _lose(state: Any, kind: str) -> Iterator[Change]:
    sent = getattr(state, f"{kind}_sent")
    for (rover, place), held in getattr(state, f"has_{kind}").items():
        if held and not sent.get(place):
            yield (f"has_{kind}", (rover, place), False), (f"{kind}_at", place, True)


def lose_soil(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """Soil data that was not sent is lost; the soil can be sampled again."""
    yield from _lose(state, "soil")


def lose_rock(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """Rock data that was not sent is lost; the rock can be sampled again."""
    yield from _lose(state, "rock")


def lose_image(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """A picture that was not sent is lost, and a camera's calibration with it."""
    for (rover, objective, mode), held in state.has_image.items():
        if held and not state.image_sent.get((objective, mode)):
            for camera in state.cameras[rover]:
                yield ("has_image", (rover, objective, mode), False), ("calibrated", camera, False)


def lose_calibration(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """A camera loses its calibration."""
    for camera, calibrated in state.calibrated.items():
        if calibrated:
            yield (("calibrated", camera, False),)


def _hide(state: Any, objective: str, place: str) -> Iterator[Change]:
    seen = state.visible_from[objective]
    if len(seen) > 1 and place in seen:
        yield (("visible_from", objective, tuple(other for other in seen if other != place)),)


def hide_target(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """What a camera is about to be calibrated on can no longer be seen from there."""
    if action[0] == "calibrate":
        yield from _hide(state, action[3], action[4])


def hide_objective(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """What a picture is about to be taken of can no longer be seen from there."""
    if action[0] == "take_image":
        yield from _hide(state, action[3], action[2])


def slip(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """A rover finds itself at the other end of a road."""
    for rover, place in state.at.items():
        for neighbour in state.road[rover, place]:
            yield (("at", rover, neighbour),)


def fill_store(state: Any, action: tuple[Any, ...]) -> Iterator[Change]:
    """Dust fills an empty store."""
    for store, full in state.full.items():
        if not full:
            yield (("full", store, True),)


DEVIATIONS: dict[str, Callable[[Any, tuple[Any, ...]], Iterator[Change]]] = {
    "lose soil": lose_soil,
    "lose rock": lose_rock,
    "lose image": lose_image,
    "lose calibration": lose_calibration,
    "hide target": hide_target,
    "hide objective": hide_objective,
    "slip": slip,
    "fill store": fill_store,
}
"""Every kind of deviation by name."""

PUBLISHED = ("lose soil", "lose rock", "lose image", "lose calibration", "hide target", "hide objective")
"""The kinds that plan repair is commonly measured with."""
