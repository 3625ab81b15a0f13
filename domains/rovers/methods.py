"""How rovers go about it: one task, or one goal, for each sample or picture that is to reach a lander."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domains.rovers.operators import domain
from htn.model import MultiGoal
from htn.model.goals import unmet

__all__ = ["domain"]


def _path(state: Any, rover: str, start: str, end: str) -> tuple[str, ...] | None:
    """Return the shortest way along the rover's roads, without its start; None where there is none."""
    before = {start: ""}
    queue = [start]
    for place in queue:
        if place == end:
            way = []
            while place != start:
                way.append(place)
                place = before[place]
            return tuple(reversed(way))
        for neighbour in state.road[rover, place]:
            if neighbour not in before:
                before[neighbour] = place
                queue.append(neighbour)
    return None


@domain.goal_method("at")
def drive_there(state: Any, rover: str, place: str) -> Any:
    """Applies when roads lead there."""
    way = _path(state, rover, state.at[rover], place)
    return False if way is None else [("follow", rover, way)]


@domain.method("follow")
def arrived(state: Any, rover: str, way: tuple[str, ...]) -> Any:
    """Applies at the end of the way."""
    return [] if not way else False


@domain.method("follow")
def next_road(state: Any, rover: str, way: tuple[str, ...]) -> Any:
    """Applies when there is some way to go."""
    if not way:
        return False
    return [("navigate", rover, state.at[rover], way[0]), ("follow", rover, way[1:])]


@domain.method("empty_store")
def store_is_empty(state: Any, rover: str, store: str) -> Any:
    """Applies when the store is empty."""
    return False if state.full[store] else []


@domain.method("empty_store")
def drop_it(state: Any, rover: str, store: str) -> Any:
    """Applies when the store is full."""
    return [("drop", rover, store)] if state.full[store] else False


@domain.method("deliver_soil")
@domain.goal_method("soil_sent")
def soil_is_known(state: Any, place: str, sent: bool = True) -> Iterator[Any]:
    """Applies when a rover has analysed the soil already."""
    for rover in state.rovers["all"]:
        if state.has_soil.get((rover, place)):
            yield [("report", "soil", place, rover)]


@domain.method("deliver_soil")
@domain.goal_method("soil_sent")
def fetch_soil(state: Any, place: str, sent: bool = True) -> Iterator[Any]:
    """Applies when a rover can sample the soil."""
    for rover in state.rovers["all"]:
        yield _fetch(state, "soil", rover, place)


@domain.method("deliver_rock")
@domain.goal_method("rock_sent")
def rock_is_known(state: Any, place: str, sent: bool = True) -> Iterator[Any]:
    """Applies when a rover has analysed the rock already."""
    for rover in state.rovers["all"]:
        if state.has_rock.get((rover, place)):
            yield [("report", "rock", place, rover)]


@domain.method("deliver_rock")
@domain.goal_method("rock_sent")
def fetch_rock(state: Any, place: str, sent: bool = True) -> Iterator[Any]:
    """Applies when a rover can sample the rock."""
    for rover in state.rovers["all"]:
        yield _fetch(state, "rock", rover, place)


def _fetch(state: Any, kind: str, rover: str, place: str) -> list[Any]:
    store = state.store_of[rover]
    return [
        ("at", rover, place),
        ("empty_store", rover, store),
        (f"sample_{kind}", rover, store, place),
        ("report", kind, place, rover),
    ]


@domain.method("deliver_image")
@domain.goal_method("image_sent")
def take_and_send(state: Any, image: tuple[str, str], sent: bool = True) -> Iterator[Any]:
    """Applies when a camera has the mode and the objective can be seen from somewhere."""
    objective, mode = image
    for rover in state.rovers["all"]:
        for camera in state.cameras[rover]:
            if mode in state.modes[camera]:
                for place in state.visible_from[objective]:
                    yield [
                        ("calibrated", camera, True),
                        ("line_of_sight", rover, objective, place),
                        ("take_image", rover, place, objective, camera, mode),
                        ("report_image", rover, objective, mode),
                    ]


@domain.goal_method("calibrated")
def calibrate_first(state: Any, camera: str, wanted: bool) -> Iterator[Any]:
    """Applies when the camera's target can be seen from somewhere."""
    rover, objective = state.camera_of[camera], state.target[camera]
    for place in state.visible_from[objective]:
        yield [("at", rover, place), ("calibrate", rover, camera, objective, place)]


@domain.method("line_of_sight")
def in_sight(state: Any, rover: str, objective: str, place: str) -> Any:
    """Applies when the rover is at the place and sees the objective."""
    return [] if state.at[rover] == place and place in state.visible_from[objective] else False


@domain.method("line_of_sight")
def drive_into_sight(state: Any, rover: str, objective: str, place: str) -> Any:
    """Applies when the objective is not in sight where the rover is, and can be seen from the place."""
    seen = state.visible_from[objective]
    if state.at[rover] in seen or place not in seen:
        return False
    return [("at", rover, place)]


@domain.method("report")
def report_from_here(state: Any, kind: str, sampled: str, rover: str) -> Iterator[Any]:
    """Applies when a lander is in sight."""
    here = state.at[rover]
    for lander, there in state.lander_at.items():
        if there in state.visible[here]:
            yield [(f"send_{kind}", rover, lander, sampled, here, there)]


@domain.method("report")
def drive_and_report(state: Any, kind: str, sampled: str, rover: str) -> Iterator[Any]:
    """Applies when no lander is in sight: the rover drives to where one is."""
    here = state.at[rover]
    for lander, there in state.lander_at.items():
        if there not in state.visible[here]:
            for place in state.visible[there]:
                yield [("at", rover, place), (f"send_{kind}", rover, lander, sampled, place, there)]


@domain.method("report_image")
def report_image_from_here(state: Any, rover: str, objective: str, mode: str) -> Iterator[Any]:
    """Applies when a lander is in sight."""
    here = state.at[rover]
    for lander, there in state.lander_at.items():
        if there in state.visible[here]:
            yield [("send_image", rover, lander, objective, mode, here, there)]


@domain.method("report_image")
def drive_and_report_image(state: Any, rover: str, objective: str, mode: str) -> Iterator[Any]:
    """Applies when no lander is in sight: the rover drives to where one is."""
    here = state.at[rover]
    for lander, there in state.lander_at.items():
        if there not in state.visible[here]:
            for place in state.visible[there]:
                yield [("at", rover, place), ("send_image", rover, lander, objective, mode, place, there)]


@domain.multigoal_method
def all_sent(state: Any, wanted: MultiGoal) -> Any:
    """Applies when everything has been sent."""
    return False if unmet(state, wanted) else []


@domain.multigoal_method
def one_after_another(state: Any, wanted: MultiGoal) -> Iterator[Any]:
    """Applies when something has not been sent: it is, and then the rest."""
    for fact in unmet(state, wanted):
        yield [fact, wanted]
