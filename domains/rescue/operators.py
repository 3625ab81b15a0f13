"""What drones and robots can do."""

from __future__ import annotations

from typing import Any

from htn.model import Domain

__all__ = ["domain"]

domain = Domain("rescue")

Place = tuple[int, int]
_NEAR = 1e-4


def _on_line(spot: tuple[float, float], start: Place, end: Place) -> bool:
    """Return whether a spot is on the straight line between two places."""
    (x, y), (x1, y1), (x2, y2) = spot, start, end
    if not (min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)):
        return False
    return abs((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) <= _NEAR


def _on_corner(spot: tuple[float, float], start: Place, end: Place) -> bool:
    """Return whether a spot is on the way that goes along x first and along y then."""
    (x, y), (x1, y1), (x2, y2) = spot, start, end
    along = abs(y - y1) <= _NEAR and min(x1, x2) <= x <= max(x1, x2)
    return along or (abs(x - x2) <= _NEAR and min(y1, y2) <= y <= max(y1, y2))


def _on_circle(spot: tuple[float, float], start: Place, end: Place) -> bool:
    """Return whether a spot is on the circle whose diameter two places are the ends of."""
    (x, y), (x1, y1), (x2, y2) = spot, start, end
    centre_x, centre_y = (x1 + x2) / 2, (y1 + y2) / 2
    radius = (x2 - centre_x) ** 2 + (y2 - centre_y) ** 2
    return abs((x - centre_x) ** 2 + (y - centre_y) ** 2 - radius) <= _NEAR


def _drive(state: Any, robot: str, start: Place, end: Place, blocks: Any) -> Any:
    if state.at[robot] != start or any(blocks(spot, start, end) for spot in state.obstacles["all"]):
        return False
    state.at[robot] = end
    return state


@domain.operator(describe="drive {0} straight from {1} to {2}")
def drive_straight(state: Any, robot: str, start: Place, end: Place) -> Any:
    """Drive straight, where no obstacle is on the line."""
    return _drive(state, robot, start, end, _on_line)


@domain.operator(describe="drive {0} round a corner from {1} to {2}")
def drive_square(state: Any, robot: str, start: Place, end: Place) -> Any:
    """Drive along one axis and then the other, where no obstacle is on the way."""
    return _drive(state, robot, start, end, _on_corner)


@domain.operator(describe="drive {0} in a curve from {1} to {2}")
def drive_curve(state: Any, robot: str, start: Place, end: Place) -> Any:
    """Drive in a half circle, where no obstacle is on the circle."""
    return _drive(state, robot, start, end, _on_circle)


@domain.operator(describe="look at {1} with {0}")
def inspect_person(state: Any, robot: str, person: str) -> Any:
    """Learn how a person is."""
    if state.at[robot] != state.at[person]:
        return False
    state.known[person] = state.condition[person]
    return state


@domain.operator(describe="look at {1} with {0}")
def inspect_place(state: Any, robot: str, place: Place) -> Any:
    """Learn how a place is."""
    if state.at[robot] != place:
        return False
    state.known[place] = state.condition[place]
    return state


def _treat(state: Any, robot: str, person: str) -> Any:
    if state.at[robot] != state.at[person] or state.medicine[robot] < 1:
        return False
    state.medicine[robot] -= 1
    state.condition[person] = "well"
    state.known[person] = "well"
    return state


@domain.operator(describe="treat {1} with {0}")
def treat(state: Any, robot: str, person: str) -> Any:
    """Use medicine on a person."""
    return _treat(state, robot, person)


@domain.operator(describe="treat {1} with {0}, carefully")
def treat_with_care(state: Any, robot: str, person: str) -> Any:
    """Use medicine on a person, dearer and surer."""
    return _treat(state, robot, person)


def _clear(state: Any, robot: str, place: Place) -> Any:
    if state.at[robot] != place:
        return False
    state.condition[place] = "clear"
    state.known[place] = "clear"
    return state


@domain.operator(describe="clear {1} of debris with {0}")
def clear(state: Any, robot: str, place: Place) -> Any:
    """Clear a place of debris."""
    return _clear(state, robot, place)


@domain.operator(describe="clear {1} of debris with {0}, carefully")
def clear_with_care(state: Any, robot: str, place: Place) -> Any:
    """Clear a place of debris, dearer and surer."""
    return _clear(state, robot, place)


@domain.operator(describe="restock {0}")
def restock(state: Any, robot: str) -> Any:
    """Take medicine at the base."""
    if state.at[robot] != state.base["at"]:
        return False
    state.medicine[robot] = 2
    return state


@domain.operator(describe="hand medicine over from {0} to {1}")
def hand_over(state: Any, giver: str, taker: str) -> Any:
    """Hand medicine over where both robots are."""
    if giver == taker or state.at[giver] != state.at[taker] or state.medicine[giver] < 1:
        return False
    state.medicine[giver] -= 1
    state.medicine[taker] += 1
    return state


@domain.operator(describe="photograph {2} with the {1} camera of {0}")
def photograph(state: Any, drone: str, camera: str, place: Place) -> Any:
    """Take a picture, on which a person is seen if the weather and the altitude allow it."""
    weather, low = state.weather[place], state.altitude[drone] == "low"
    seen = weather == "clear" or (low and (weather, camera) in (("rain", "bottom"), ("fog", "front")))
    state.seen[drone] = state.person_at[place] if seen else "nobody"
    return state


@domain.operator(describe="fly {0} {1}")
def change_altitude(state: Any, drone: str, altitude: str) -> Any:
    """Fly high or low."""
    if state.altitude[drone] == altitude:
        return False
    state.altitude[drone] = altitude
    return state


@domain.operator(describe="confirm that nobody needs help at {0}")
def confirm(state: Any, place: Place) -> Any:
    """Confirm that a place is surveyed; refused where a person still needs help."""
    person = state.person_at[place]
    if person != "nobody" and (state.condition[person] != "well" or state.condition[place] == "debris"):
        return False
    state.surveyed[place] = True
    return state


@domain.operator(describe="engage {0}")
def engage(state: Any, robot: str) -> Any:
    """Take a robot that is free."""
    if state.duty[robot] != "free":
        return False
    state.duty[robot] = "busy"
    state.helper["now"] = robot
    return state


@domain.operator(describe="requisition {0}")
def requisition(state: Any, robot: str) -> Any:
    """Take a robot, whether it is free or not."""
    if robot not in state.robots["all"]:
        return False
    state.duty[robot] = "busy"
    state.helper["now"] = robot
    return state


@domain.operator(describe="release {0}")
def release(state: Any, robot: str) -> Any:
    """Let a robot go."""
    if robot not in state.robots["all"]:
        return False
    state.duty[robot] = "free"
    return state
