"""How satellites go about it: one task, or one goal, for each picture and each direction wanted in the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domains.satellite.operators import domain
from htn.model import MultiGoal
from htn.model.goals import unmet

__all__ = ["domain"]


@domain.method("photograph")
@domain.goal_method("image")
def with_an_instrument(state: Any, picture: tuple[str, str], wanted: bool = True) -> Iterator[Any]:
    """Applies when an instrument on board of a satellite has the mode."""
    direction, mode = picture
    for satellite in state.satellites["all"]:
        for instrument in state.instruments[satellite]:
            if mode in state.modes[instrument]:
                yield [("prepare", satellite, instrument), ("expose", satellite, instrument, direction, mode)]


@domain.method("point")
@domain.goal_method("pointing")
def points_there(state: Any, satellite: str, direction: str) -> Any:
    """Applies when the satellite points there already."""
    return [] if state.pointing[satellite] == direction else False


@domain.method("point")
@domain.goal_method("pointing")
def turn_there(state: Any, satellite: str, direction: str) -> Any:
    """Applies when the satellite points elsewhere."""
    here = state.pointing[satellite]
    return [("turn_to", satellite, direction, here)] if here != direction else False


@domain.method("prepare")
def on_and_calibrated(state: Any, satellite: str, instrument: str) -> Any:
    """Applies always."""
    return [("power_up", satellite, instrument), ("calibrate_it", satellite, instrument)]


@domain.method("power_up")
def has_power(state: Any, satellite: str, instrument: str) -> Any:
    """Applies when the instrument is on."""
    return [] if state.on[instrument] else False


@domain.method("power_up")
def use_free_power(state: Any, satellite: str, instrument: str) -> Any:
    """Applies when no instrument of the satellite is on."""
    return [("switch_on", instrument, satellite)] if state.power[satellite] else False


@domain.method("power_up")
def take_power_from_another(state: Any, satellite: str, instrument: str) -> Any:
    """Applies when another instrument of the satellite is on."""
    for other in state.instruments[satellite]:
        if other != instrument and state.on[other]:
            return [("switch_off", other, satellite), ("switch_on", instrument, satellite)]
    return False


@domain.method("calibrate_it")
def is_calibrated(state: Any, satellite: str, instrument: str) -> Any:
    """Applies when the instrument is calibrated."""
    return [] if state.calibrated[instrument] else False


@domain.method("calibrate_it")
def calibrate_here(state: Any, satellite: str, instrument: str) -> Any:
    """Applies when the satellite points at the instrument's target."""
    target = state.target[instrument]
    if state.calibrated[instrument] or state.pointing[satellite] != target:
        return False
    return [("calibrate", satellite, instrument, target)]


@domain.method("calibrate_it")
def turn_and_calibrate(state: Any, satellite: str, instrument: str) -> Any:
    """Applies when the satellite points elsewhere than at the instrument's target."""
    target, here = state.target[instrument], state.pointing[satellite]
    if state.calibrated[instrument] or here == target:
        return False
    return [("turn_to", satellite, target, here), ("calibrate", satellite, instrument, target)]


@domain.method("expose")
def expose_here(state: Any, satellite: str, instrument: str, direction: str, mode: str) -> Any:
    """Applies when the satellite points there."""
    if state.pointing[satellite] != direction:
        return False
    return [("take_image", satellite, direction, instrument, mode)]


@domain.method("expose")
def turn_and_expose(state: Any, satellite: str, instrument: str, direction: str, mode: str) -> Any:
    """Applies when the satellite points elsewhere."""
    here = state.pointing[satellite]
    if here == direction:
        return False
    return [("turn_to", satellite, direction, here), ("take_image", satellite, direction, instrument, mode)]


@domain.multigoal_method
def all_done(state: Any, wanted: MultiGoal) -> Any:
    """Applies when every picture is taken and every satellite points where it should."""
    return False if unmet(state, wanted) else []


@domain.multigoal_method
def pictures_then_directions(state: Any, wanted: MultiGoal) -> Iterator[Any]:
    """Applies when something is missing: pictures first, as taking them turns satellites."""
    missing = unmet(state, wanted)
    for fact in missing:
        if fact[0] == "image":
            yield [fact, wanted]
    for fluent, satellite, direction in missing:
        if fluent == "pointing":
            yield [("turn_to", satellite, direction, state.pointing[satellite]), wanted]
