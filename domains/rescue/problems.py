"""Random maps with a base, five places, three people and obstacles on the straight ways."""

from __future__ import annotations

import itertools
import random
from typing import Any

from htn.model import State

__all__ = ["problem"]


def problem(number: int, seed: int = 0) -> tuple[State, list[tuple[Any, ...]]]:
    """Return a problem as state and task list: five places to be surveyed in an order.

    Examples
    --------
    >>> state, tasks = problem(1)
    >>> len(tasks), tasks[0][:2]
    (5, ('survey', 'drone'))
    """
    choice = random.Random(f"rescue {number} {seed}")
    base = (1, 1)
    places, obstacles = _map(choice, base)
    people = {"ann": places[0], "ben": places[1], "cem": places[2]}
    state = State(
        f"rescue {number}",
        robots={"all": ("rover", "truck")},
        base={"at": base},
        obstacles={"all": obstacles},
        kind={"rover": "wheels", "truck": "wheels", "drone": "drone"},
        weather=dict.fromkeys(places, "clear"),
        person_at={place: next((name for name, at in people.items() if at == place), "nobody") for place in places},
        at={"rover": base, "truck": base, "drone": base, **people},
        medicine={"rover": 2, "truck": 2},
        duty={"rover": "free", "truck": "free"},
        altitude={"drone": "high"},
        seen={"drone": "nobody"},
        helper={"now": "none"},
        known=dict.fromkeys((*people, *places), "unknown"),
        condition={**dict.fromkeys(people, "injured"), **dict.fromkeys(places, "clear")},
        surveyed=dict.fromkeys(places, False),
    )
    return state, [("survey", "drone", places[index]) for index in (0, 4, 2, 3, 1)]


def _map(choice: random.Random, base: tuple[int, int]) -> tuple[list[tuple[int, int]], tuple[tuple[float, float], ...]]:
    """Return places, no two of them in a row, and obstacles half way between pairs of them, none on a place."""
    others = [0, *range(2, 10)]
    while True:
        places = list(zip(choice.sample(others, 5), choice.sample(others, 5), strict=True))
        pairs = [(base, place) for place in choice.sample(places, 3)]
        pairs += choice.sample(list(itertools.combinations(places, 2)), 2)
        obstacles = tuple(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairs)
        if not any(spot == place for spot in obstacles for place in places):
            return places, obstacles
