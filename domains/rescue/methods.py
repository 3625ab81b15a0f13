"""How a place is surveyed: a drone looks, and a robot comes where somebody is seen."""

from __future__ import annotations

import math
from typing import Any

from domains.rescue.operators import Place, domain

__all__ = ["domain"]


@domain.method("survey")
def front_camera(state: Any, drone: str, place: Place) -> Any:
    """Applies to drones: the front camera sees through fog."""
    return _survey(state, drone, place, "front")


@domain.method("survey")
def bottom_camera(state: Any, drone: str, place: Place) -> Any:
    """Applies to drones: the bottom camera sees through rain."""
    return _survey(state, drone, place, "bottom")


def _survey(state: Any, drone: str, place: Place, camera: str) -> Any:
    if state.kind[drone] != "drone":
        return False
    return [("other_altitude", drone), ("photograph", drone, camera, place), ("see_to", drone), ("confirm", place)]


@domain.method("other_altitude")
def go_low(state: Any, drone: str) -> Any:
    """Applies when the drone flies high."""
    return [("change_altitude", drone, "low")] if state.altitude[drone] == "high" else False


@domain.method("other_altitude")
def go_high(state: Any, drone: str) -> Any:
    """Applies when the drone flies low."""
    return [("change_altitude", drone, "high")] if state.altitude[drone] == "low" else False


@domain.method("see_to")
def rescue_whoever_is_seen(state: Any, drone: str) -> Any:
    """Applies when there is somebody on the last picture."""
    person = state.seen[drone]
    return False if person == "nobody" else [("get_helper",), ("send_helper", person)]


@domain.method("see_to")
def nobody_to_rescue(state: Any, drone: str) -> Any:
    """Applies when there is nobody on the last picture."""
    return [] if state.seen[drone] == "nobody" else False


@domain.method("get_helper")
def nearest_free_robot(state: Any) -> Any:
    """Applies when a robot is free: the one nearest to the base."""
    free = [robot for robot in state.robots["all"] if state.duty[robot] == "free"]
    if not free:
        return False
    return [("engage", min(free, key=lambda robot: math.dist(state.at[robot], state.base["at"])))]


@domain.method("get_helper")
def take_the_first_robot(state: Any) -> Any:
    """Applies always: the first robot is taken from whatever it does."""
    return [("requisition", state.robots["all"][0])]


@domain.method("send_helper")
def help_and_release(state: Any, person: str) -> Any:
    """Applies when a robot has been taken."""
    robot = state.helper["now"]
    if robot == "none":
        return False
    supplies = [] if state.medicine[robot] > 0 else [("get_supplies", robot)]
    return [*supplies, ("help", robot, person), ("release", robot)]


@domain.method("get_supplies")
def from_the_nearest_robot(state: Any, robot: str) -> Any:
    """Applies when another robot has medicine."""
    having = [other for other in state.robots["all"] if other != robot and state.medicine[other] > 0]
    if not having:
        return False
    giver = min(having, key=lambda other: math.dist(state.at[other], state.at[robot]))
    return [("move", robot, state.at[giver]), ("hand_over", giver, robot)]


@domain.method("get_supplies")
def from_the_base(state: Any, robot: str) -> Any:
    """Applies always: the robot drives to the base."""
    return [("move", robot, state.base["at"]), ("restock", robot)]


@domain.method("help")
def go_look_and_support(state: Any, robot: str, person: str) -> Any:
    """Applies always."""
    place = state.at[person]
    return [
        ("move", robot, place),
        ("inspect_place", robot, place),
        ("inspect_person", robot, person),
        ("support", robot, person),
    ]


@domain.method("support")
def treat_the_injured(state: Any, robot: str, person: str) -> Any:
    """Applies when the person is injured."""
    return [("treat", robot, person)] if state.known[person] == "injured" else False


@domain.method("support")
def treat_the_injured_with_care(state: Any, robot: str, person: str) -> Any:
    """Applies when the person is injured, dearer and surer."""
    return [("treat_with_care", robot, person)] if state.known[person] == "injured" else False


@domain.method("support")
def clear_the_debris(state: Any, robot: str, person: str) -> Any:
    """Applies when there is debris."""
    place = state.at[person]
    return [("clear", robot, place)] if state.known[place] == "debris" else False


@domain.method("support")
def clear_the_debris_with_care(state: Any, robot: str, person: str) -> Any:
    """Applies when there is debris, dearer and surer."""
    place = state.at[person]
    return [("clear_with_care", robot, place)] if state.known[place] == "debris" else False


@domain.method("support")
def nothing_to_do(state: Any, robot: str, person: str) -> Any:
    """Applies when the person is well and the place is clear."""
    return [] if state.known[person] == "well" and state.known[state.at[person]] == "clear" else False


@domain.method("move")
def is_there(state: Any, robot: str, place: Place) -> Any:
    """Applies when the robot is there."""
    return [] if state.at[robot] == place else False


@domain.method("move")
def straight(state: Any, robot: str, place: Place) -> Any:
    """Applies when the robot is elsewhere: straight, the cheapest way and the least sure."""
    return _move(state, "drive_straight", robot, place)


@domain.method("move")
def round_a_corner(state: Any, robot: str, place: Place) -> Any:
    """Applies when the robot is elsewhere: along x first, then along y."""
    return _move(state, "drive_square", robot, place)


@domain.method("move")
def in_a_curve(state: Any, robot: str, place: Place) -> Any:
    """Applies when the robot is elsewhere: in a half circle, the dearest way."""
    return _move(state, "drive_curve", robot, place)


def _move(state: Any, action: str, robot: str, place: Place) -> Any:
    here = state.at[robot]
    return False if here == place else [(action, robot, here, place)]
