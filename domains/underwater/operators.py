"""What the robot can do."""

from __future__ import annotations

from typing import Any

from htn.model import Domain

__all__ = ["domain"]

domain = Domain("underwater")


def _at_found(state: Any, thing: str, kind: str) -> bool:
    return state.at["robot"] == state.at[thing] and bool(state.found[thing]) and state.kind[thing] == kind


@domain.operator(describe="search for {0}")
def search_for(state: Any, place: str) -> Any:
    """Find a place next to here."""
    here = state.at["robot"]
    if place not in state.course[here]:
        return False
    state.found[place] = True
    return state


@domain.operator(describe="localize {0}")
def localize(state: Any, thing: str) -> Any:
    """Find a thing at this place."""
    if state.at["robot"] != state.at[thing]:
        return False
    state.found[thing] = True
    return state


@domain.operator(describe="localize pinger {0}")
def localize_pinger(state: Any, pinger: str) -> Any:
    """Find a pinger by its sound, and with it the place where it is."""
    if state.kind[pinger] != "pinger":
        return False
    state.found[pinger] = True
    state.found[state.at[pinger]] = True
    return state


@domain.operator(describe="go to {0}")
def go(state: Any, place: str) -> Any:
    """Go to a place that has been found."""
    if not state.found[place] or state.kind[place] != "place":
        return False
    state.at["robot"] = place
    return state


@domain.operator(describe="cross {0} by the narrow side")
def cross_narrow(state: Any, gate: str) -> Any:
    """Cross a gate by the side that is worth more."""
    if not _at_found(state, gate, "gate"):
        return False
    state.crossed[gate] = "narrow"
    return state


@domain.operator(describe="cross {0} by the wide side")
def cross_wide(state: Any, gate: str) -> Any:
    """Cross a gate by the side that never fails."""
    if not _at_found(state, gate, "gate"):
        return False
    state.crossed[gate] = "wide"
    return state


@domain.operator(describe="pick up {0}")
def pick(state: Any, thing: str) -> Any:
    """Pick up a marker or a token."""
    if not (_at_found(state, thing, "marker") or _at_found(state, thing, "token")):
        return False
    state.at[thing] = "robot"
    return state


@domain.operator(describe="follow {0}")
def trace_path(state: Any, path: str) -> Any:
    """Follow a guide path."""
    if not _at_found(state, path, "path"):
        return False
    state.traced[path] = True
    return state


@domain.operator(describe="touch the back of {0}")
def touch_back(state: Any, buoy: str) -> Any:
    """Touch the side of a buoy that is worth more."""
    if not _at_found(state, buoy, "buoy"):
        return False
    state.touched[buoy] = "back"
    return state


@domain.operator(describe="touch the front of {0}")
def touch_front(state: Any, buoy: str) -> Any:
    """Touch the side of a buoy that is easier."""
    if not _at_found(state, buoy, "buoy"):
        return False
    state.touched[buoy] = "front"
    return state


@domain.operator(describe="open {0}")
def open_bin(state: Any, bin_: str) -> Any:
    """Open a bin."""
    if not _at_found(state, bin_, "bin"):
        return False
    state.open[bin_] = True
    return state


def _drop(state: Any, marker: str, bin_: str) -> Any:
    if state.at[marker] != "robot" or state.kind[marker] != "marker":
        return False
    state.at[marker] = bin_
    state.filled[bin_] += 1
    return state


@domain.operator(describe="drop {0} into {1}")
def drop_into_open(state: Any, marker: str, bin_: str) -> Any:
    """Drop a marker into an open bin, which is worth more."""
    if not state.open[bin_] or not _at_found(state, bin_, "bin"):
        return False
    return _drop(state, marker, bin_)


@domain.operator(describe="drop {0} onto {1}")
def drop_on_closed(state: Any, marker: str, bin_: str) -> Any:
    """Drop a marker onto the lid of a bin."""
    return _drop(state, marker, bin_) if _at_found(state, bin_, "bin") else False


@domain.operator(describe="uncover {0}")
def uncover(state: Any, board: str) -> Any:
    """Take the cover from a torpedo board."""
    if not _at_found(state, board, "board"):
        return False
    state.uncovered[board] = True
    return state


def _shoot(state: Any, torpedo: str, board: str) -> Any:
    if state.at[torpedo] != "robot" or state.kind[torpedo] != "torpedo":
        return False
    state.at[torpedo] = board
    state.hit[board] += 1
    return state


@domain.operator(describe="shoot {0} through {1}")
def shoot_uncovered(state: Any, torpedo: str, board: str) -> Any:
    """Shoot a torpedo through an uncovered board, which is worth more."""
    if not state.uncovered[board] or not _at_found(state, board, "board"):
        return False
    return _shoot(state, torpedo, board)


@domain.operator(describe="shoot {0} at {1}")
def shoot_covered(state: Any, torpedo: str, board: str) -> Any:
    """Shoot a torpedo at the cover of a board."""
    return _shoot(state, torpedo, board) if _at_found(state, board, "board") else False


@domain.operator(describe="surface in {1} with {0}")
def surface(state: Any, token: str, zone: str) -> Any:
    """Surface within a zone, carrying a token."""
    if state.at[token] != "robot" or state.kind[token] != "token" or not _at_found(state, zone, "zone"):
        return False
    state.surfaced["robot"] = True
    return state
