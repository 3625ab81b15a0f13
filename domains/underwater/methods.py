"""How the course is run: place by place, with what there is to do at each."""

from __future__ import annotations

from typing import Any

from domains.underwater.operators import domain

__all__ = ["domain"]

_ORDER = ("gate", "marker", "bin", "token", "buoy", "board", "path", "zone")
"""In which order the things at a place have their turn."""


@domain.method("find_pingers")
def listen(state: Any) -> Any:
    """Applies always: every pinger that has not been found is."""
    pingers = [thing for thing in state.things["all"] if state.kind[thing] == "pinger"]
    return [("localize_pinger", pinger) for pinger in pingers if not state.found[pinger]]


@domain.method("run")
def place_by_place(state: Any, places: tuple[str, ...]) -> Any:
    """Applies always."""
    tasks: list[tuple[Any, ...]] = []
    for place in places:
        tasks.append(("travel", place))
        for kind in _ORDER:
            for thing in state.things["all"]:
                if state.kind[thing] == kind and state.at[thing] == place:
                    tasks += _stations(state, kind, thing)
    return tasks


def _stations(state: Any, kind: str, thing: str) -> list[tuple[Any, ...]]:
    """Return the tasks that a thing is good for."""
    if kind == "bin":
        markers = [other for other in state.things["all"] if state.kind[other] == "marker"]
        return [("fill", marker, thing) for marker in markers if state.at[marker] != thing]
    if kind == "board":
        torpedoes = [other for other in state.things["all"] if state.kind[other] == "torpedo"]
        return [("hit", torpedo, thing) for torpedo in torpedoes if state.at[torpedo] == "robot"]
    return [({"gate": "cross", "buoy": "touch", "path": "trace", "zone": "rise"}.get(kind, "fetch"), thing)]


def _there(state: Any, task: tuple[str, ...], thing: str, actions: list[tuple[str, ...]]) -> Any:
    """Return the actions at a thing's place, with what comes before them."""
    place = state.at[thing]
    if state.at["robot"] != place:
        return [("travel", place), task]
    return actions if state.found[thing] else [("localize", thing), *actions]


@domain.method("travel")
def is_there(state: Any, place: str) -> Any:
    """Applies when the robot is there."""
    return [] if state.at["robot"] == place else False


@domain.method("travel")
def go_directly(state: Any, place: str) -> Any:
    """Applies when the place has been found."""
    return [("go", place)] if state.found[place] and state.at["robot"] != place else False


@domain.method("travel")
def search_on_the_way(state: Any, place: str) -> Any:
    """Applies when the place has not been found: the next one along the course is searched for."""
    here = state.at["robot"]
    if here == place or state.found[place]:
        return False
    near = state.course[here]
    following = place if place in near else near[-1] if place > here else near[0]
    rest = [] if following == place else [("travel", place)]
    return [("search_for", following), ("go", following), *rest]


@domain.method("cross")
def is_crossed(state: Any, gate: str) -> Any:
    """Applies when the gate has been crossed."""
    return [] if state.crossed[gate] != "no" else False


@domain.method("cross")
def by_the_narrow_side(state: Any, gate: str) -> Any:
    """Applies when the gate has not been crossed: worth more."""
    if state.crossed[gate] != "no":
        return False
    return _there(state, ("cross", gate), gate, [("cross_narrow", gate)])


@domain.method("cross")
def by_the_wide_side(state: Any, gate: str) -> Any:
    """Applies when the gate has not been crossed: sure."""
    if state.crossed[gate] != "no":
        return False
    return _there(state, ("cross", gate), gate, [("cross_wide", gate)])


@domain.method("fetch")
def pick_it_up(state: Any, thing: str) -> Any:
    """Applies when the thing lies at a place of the course."""
    if state.at[thing] not in state.course:
        return False
    return _there(state, ("fetch", thing), thing, [("pick", thing)])


@domain.method("fetch")
def leave_it(state: Any, thing: str) -> Any:
    """Applies always: the thing is left where it is."""
    return []


@domain.method("trace")
def follow_it(state: Any, path: str) -> Any:
    """Applies when the path has not been followed."""
    if state.traced[path]:
        return False
    return _there(state, ("trace", path), path, [("trace_path", path)])


@domain.method("trace")
def leave_the_path(state: Any, path: str) -> Any:
    """Applies always: the path is left out."""
    return []


@domain.method("touch")
def from_behind(state: Any, buoy: str) -> Any:
    """Applies when the buoy has not been touched: worth more."""
    if state.touched[buoy] != "no":
        return False
    return _there(state, ("touch", buoy), buoy, [("touch_back", buoy)])


@domain.method("touch")
def from_the_front(state: Any, buoy: str) -> Any:
    """Applies when the buoy has not been touched: easier."""
    if state.touched[buoy] != "no":
        return False
    return _there(state, ("touch", buoy), buoy, [("touch_front", buoy)])


@domain.method("touch")
def leave_the_buoy(state: Any, buoy: str) -> Any:
    """Applies always: the buoy is left out."""
    return []


@domain.method("fill")
def into_the_open_bin(state: Any, marker: str, bin_: str) -> Any:
    """Applies when the robot has the marker: the bin is opened, if it is not, which is worth more."""
    if state.at[marker] != "robot":
        return False
    opening = [] if state.open[bin_] else [("open_bin", bin_)]
    return _there(state, ("fill", marker, bin_), bin_, [*opening, ("drop_into_open", marker, bin_)])


@domain.method("fill")
def onto_the_lid(state: Any, marker: str, bin_: str) -> Any:
    """Applies when the robot has the marker: easier."""
    if state.at[marker] != "robot":
        return False
    return _there(state, ("fill", marker, bin_), bin_, [("drop_on_closed", marker, bin_)])


@domain.method("fill")
def keep_the_marker(state: Any, marker: str, bin_: str) -> Any:
    """Applies always: the marker is not dropped."""
    return []


@domain.method("hit")
def through_the_uncovered_board(state: Any, torpedo: str, board: str) -> Any:
    """Applies when the robot has the torpedo: the board is uncovered, if it is not, which is worth more."""
    if state.at[torpedo] != "robot":
        return False
    uncovering = [] if state.uncovered[board] else [("uncover", board)]
    return _there(state, ("hit", torpedo, board), board, [*uncovering, ("shoot_uncovered", torpedo, board)])


@domain.method("hit")
def at_the_cover(state: Any, torpedo: str, board: str) -> Any:
    """Applies when the robot has the torpedo: easier."""
    if state.at[torpedo] != "robot":
        return False
    return _there(state, ("hit", torpedo, board), board, [("shoot_covered", torpedo, board)])


@domain.method("hit")
def keep_the_torpedo(state: Any, torpedo: str, board: str) -> Any:
    """Applies always: the torpedo is not shot."""
    return []


def _rise(state: Any, zone: str, token: str) -> Any:
    if state.surfaced["robot"] or state.at[token] != "robot":
        return False
    return _there(state, ("rise", zone), zone, [("surface", token, zone)])


@domain.method("rise")
def with_the_first_token(state: Any, zone: str) -> Any:
    """Applies when the robot has the first token and has not surfaced."""
    return _rise(state, zone, "token1")


@domain.method("rise")
def with_the_second_token(state: Any, zone: str) -> Any:
    """Applies when the robot has the second token and has not surfaced."""
    return _rise(state, zone, "token2")


@domain.method("rise")
def stay_down(state: Any, zone: str) -> Any:
    """Applies always: the zone is left out."""
    return []
