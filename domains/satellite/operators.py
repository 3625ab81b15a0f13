"""What a satellite can do."""

from __future__ import annotations

from typing import Any

from htn.model import Domain

__all__ = ["domain"]

domain = Domain("satellite")


@domain.operator(describe="turn {0} from {2} to {1}")
def turn_to(state: Any, satellite: str, new: str, old: str) -> Any:
    """Turn to another direction."""
    if state.pointing[satellite] != old or new == old:
        return False
    state.pointing[satellite] = new
    return state


@domain.operator(describe="switch on {0} of {1}")
def switch_on(state: Any, instrument: str, satellite: str) -> Any:
    """Give an instrument the satellite's power; it has to be calibrated afterwards."""
    if state.carrier[instrument] != satellite or not state.power[satellite]:
        return False
    state.power[satellite] = False
    state.on[instrument] = True
    state.calibrated[instrument] = False
    return state


@domain.operator(describe="switch off {0} of {1}")
def switch_off(state: Any, instrument: str, satellite: str) -> Any:
    """Take the power back."""
    if state.carrier[instrument] != satellite or not state.on[instrument]:
        return False
    state.on[instrument] = False
    state.power[satellite] = True
    return state


@domain.operator(describe="calibrate {1} of {0} on {2}")
def calibrate(state: Any, satellite: str, instrument: str, direction: str) -> Any:
    """Calibrate an instrument that is on, pointing at its target."""
    if state.carrier[instrument] != satellite or not state.on[instrument]:
        return False
    if state.target[instrument] != direction or state.pointing[satellite] != direction:
        return False
    state.calibrated[instrument] = True
    return state


@domain.operator(describe="take a {3} picture of {1} with {2} of {0}")
def take_image(state: Any, satellite: str, direction: str, instrument: str, mode: str) -> Any:
    """Take a picture with a calibrated instrument that is on."""
    if state.carrier[instrument] != satellite or not state.on[instrument] or not state.calibrated[instrument]:
        return False
    if mode not in state.modes[instrument] or state.pointing[satellite] != direction:
        return False
    state.image[direction, mode] = True
    return state
