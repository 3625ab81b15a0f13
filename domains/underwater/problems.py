"""Random courses of five places with the same things at different ones."""

from __future__ import annotations

import random
from typing import Any

from htn.model import State

__all__ = ["problem"]

_KINDS = {
    "gate": "gate",
    "marker1": "marker",
    "marker2": "marker",
    "bin": "bin",
    "token1": "token",
    "token2": "token",
    "buoy1": "buoy",
    "buoy2": "buoy",
    "board": "board",
    "torpedo1": "torpedo",
    "torpedo2": "torpedo",
    "path1": "path",
    "path2": "path",
    "pinger1": "pinger",
    "pinger2": "pinger",
    "zone": "zone",
}
_FIXED = {"gate": 1, "path1": 2, "path2": 3, "pinger1": 4, "pinger2": 5, "zone": 5}


def problem(number: int, seed: int = 0) -> tuple[State, list[tuple[Any, ...]]]:
    """Return a problem as state and task list: pingers are found, then the course is run.

    Examples
    --------
    >>> state, tasks = problem(1)
    >>> state.at["gate"], tasks[1][1][-1]
    ('place1', 'place5')
    """
    choice = random.Random(f"underwater {number} {seed}")
    places = [f"place{index}" for index in range(6)]
    at = {name: places[index] for name, index in _FIXED.items()} | {"torpedo1": "robot", "torpedo2": "robot"}
    at |= {name: choice.choice(places[1:]) for name in ("token1", "token2", "buoy1", "buoy2", "bin", "board")}
    before_bin = places[1 : places.index(at["bin"]) + 1]
    at |= {name: choice.choice(before_bin) for name in ("marker1", "marker2")}
    state = State(
        f"underwater {number}",
        course={
            place: tuple(places[near] for near in (index - 1, index + 1) if 0 <= near < len(places))
            for index, place in enumerate(places)
        },
        kind={**_KINDS, **dict.fromkeys(places, "place")},
        things={"all": tuple(_KINDS)},
        at={"robot": "place0", **{name: at[name] for name in _KINDS}},
        found={**{place: place == "place0" for place in places}, **dict.fromkeys(_KINDS, False)},
        crossed={"gate": "no"},
        traced={"path1": False, "path2": False},
        touched={"buoy1": "no", "buoy2": "no"},
        open={"bin": False},
        filled={"bin": 0},
        uncovered={"board": False},
        hit={"board": 0},
        surfaced={"robot": False},
    )
    return state, [("find_pingers",), ("run", tuple(places[1:]))]
