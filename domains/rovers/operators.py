"""What a rover can do."""

from __future__ import annotations

from typing import Any

from htn.model import Domain

__all__ = ["domain"]

domain = Domain("rovers")


@domain.operator(describe="drive {0} from {1} to {2}")
def navigate(state: Any, rover: str, start: str, end: str) -> Any:
    """Drive along one road."""
    if state.at[rover] != start or end not in state.road[rover, start]:
        return False
    state.at[rover] = end
    return state


def _sample(state: Any, kind: str, rover: str, store: str, place: str) -> Any:
    lying, held = getattr(state, f"{kind}_at"), getattr(state, f"has_{kind}")
    if state.at[rover] != place or kind not in state.equipped[rover] or state.store_of[rover] != store:
        return False
    if state.full[store] or not lying[place]:
        return False
    state.full[store] = True
    lying[place] = False
    held[rover, place] = True
    return state


@domain.operator(describe="sample the soil at {2} with {0}")
def sample_soil(state: Any, rover: str, store: str, place: str) -> Any:
    """Put soil of a place into the empty store, and analyse it."""
    return _sample(state, "soil", rover, store, place)


@domain.operator(describe="sample the rock at {2} with {0}")
def sample_rock(state: Any, rover: str, store: str, place: str) -> Any:
    """Put rock of a place into the empty store, and analyse it."""
    return _sample(state, "rock", rover, store, place)


@domain.operator(describe="empty {1} of {0}")
def drop(state: Any, rover: str, store: str) -> Any:
    """Empty the store; what was analysed is kept."""
    if state.store_of[rover] != store or not state.full[store]:
        return False
    state.full[store] = False
    return state


@domain.operator(describe="calibrate {1} of {0} on {2} from {3}")
def calibrate(state: Any, rover: str, camera: str, objective: str, place: str) -> Any:
    """Calibrate a camera on its target, where that is in sight."""
    if state.at[rover] != place or state.camera_of[camera] != rover or state.target[camera] != objective:
        return False
    if place not in state.visible_from[objective]:
        return False
    state.calibrated[camera] = True
    return state


@domain.operator(describe="take a {4} picture of {2} from {1} with {3} of {0}")
def take_image(state: Any, rover: str, place: str, objective: str, camera: str, mode: str) -> Any:
    """Take a picture with a calibrated camera, which has to be calibrated again afterwards."""
    if state.at[rover] != place or state.camera_of[camera] != rover or not state.calibrated[camera]:
        return False
    if mode not in state.modes[camera] or place not in state.visible_from[objective]:
        return False
    state.calibrated[camera] = False
    state.has_image[rover, objective, mode] = True
    return state


def _in_touch(state: Any, rover: str, lander: str, here: str, there: str) -> bool:
    return state.at[rover] == here and state.lander_at[lander] == there and there in state.visible[here]


@domain.operator(describe="send the soil data of {2} from {0} to {1}")
def send_soil(state: Any, rover: str, lander: str, sampled: str, here: str, there: str) -> Any:
    """Send what was found in the soil to a lander in sight."""
    if not state.has_soil.get((rover, sampled)) or not _in_touch(state, rover, lander, here, there):
        return False
    state.soil_sent[sampled] = True
    return state


@domain.operator(describe="send the rock data of {2} from {0} to {1}")
def send_rock(state: Any, rover: str, lander: str, sampled: str, here: str, there: str) -> Any:
    """Send what was found in the rock to a lander in sight."""
    if not state.has_rock.get((rover, sampled)) or not _in_touch(state, rover, lander, here, there):
        return False
    state.rock_sent[sampled] = True
    return state


@domain.operator(describe="send the {3} picture of {2} from {0} to {1}")
def send_image(state: Any, rover: str, lander: str, objective: str, mode: str, here: str, there: str) -> Any:
    """Send a picture to a lander in sight."""
    if not state.has_image.get((rover, objective, mode)) or not _in_touch(state, rover, lander, here, there):
        return False
    state.image_sent[objective, mode] = True
    return state
