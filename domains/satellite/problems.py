"""Random problems of the sizes that the competition's twenty have."""

from __future__ import annotations

import random
from typing import Any

from htn.model import MultiGoal, State

__all__ = ["goal", "problem"]

# Satellites, directions, modes; pictures wanted, satellites whose direction in the end is wanted.
_SIZES = (
    (1, 7, 3, 4, 0),
    (1, 8, 3, 5, 1),
    (2, 8, 3, 6, 0),
    (2, 10, 3, 6, 1),
    (3, 10, 3, 7, 1),
    (3, 11, 4, 8, 1),
    (4, 12, 4, 9, 1),
    (4, 15, 4, 10, 1),
    (5, 15, 5, 11, 1),
    (5, 17, 5, 12, 2),
    (5, 17, 5, 14, 2),
    (5, 18, 5, 15, 2),
    (5, 20, 5, 17, 2),
    (6, 20, 5, 17, 2),
    (8, 20, 5, 18, 3),
    (10, 22, 5, 19, 3),
    (12, 24, 6, 20, 3),
    (5, 25, 3, 20, 1),
    (5, 27, 4, 20, 1),
    (5, 30, 5, 22, 2),
)


def problem(number: int, seed: int = 0) -> tuple[State, list[tuple[Any, ...]]]:
    """Return a problem of the size of the competition's, from 1 to 20, as state and task list.

    Examples
    --------
    >>> state, tasks = problem(2)
    >>> len(state.pointing), tasks[-1][0]
    (1, 'point')
    """
    satellite_count, direction_count, mode_count, pictures, pointed = _SIZES[number - 1]
    choice = random.Random(f"satellite {number} {seed}")
    directions = [f"direction{index}" for index in range(direction_count)]
    satellites = [f"satellite{index}" for index in range(satellite_count)]
    modes = [f"mode{index}" for index in range(mode_count)]
    instruments: dict[str, tuple[str, ...]] = {}
    for satellite in satellites:
        count = choice.randint(1, 3)
        instruments[satellite] = tuple(f"instrument_{satellite[9:]}_{index}" for index in range(count))
    carrier = {name: satellite for satellite, names in instruments.items() for name in names}
    able = {name: choice.sample(modes, choice.randint(1, min(3, mode_count))) for name in carrier}
    for mode in modes:
        if not any(mode in having for having in able.values()):
            able[choice.choice(list(carrier))].append(mode)
    wanted = choice.sample([(direction, mode) for direction in directions[2:] for mode in modes], pictures)
    state = State(
        f"satellite {number}",
        satellites={"all": tuple(satellites)},
        directions={"all": tuple(directions)},
        instruments=instruments,
        carrier=carrier,
        modes={name: tuple(sorted(having)) for name, having in able.items()},
        target={name: choice.choice(directions[:3]) for name in carrier},
        pointing={satellite: choice.choice(directions) for satellite in satellites},
        power=dict.fromkeys(satellites, True),
        on=dict.fromkeys(carrier, False),
        calibrated=dict.fromkeys(carrier, False),
        image={},
    )
    tasks: list[tuple[Any, ...]] = [("photograph", picture) for picture in wanted]
    tasks += [
        ("point", name, choice.choice(directions)) for name in choice.sample(satellites, min(pointed, satellite_count))
    ]
    return state, tasks


def goal(tasks: list[tuple[Any, ...]]) -> MultiGoal:
    """Return the facts that a problem's tasks bring about.

    Examples
    --------
    >>> goal([("photograph", ("direction3", "mode1")), ("point", "satellite0", "direction2")])
    MultiGoal(image[('direction3', 'mode1')] = True, pointing['satellite0'] = 'direction2')
    """
    return MultiGoal.from_facts(
        tuple(("image", task[1], True) if task[0] == "photograph" else ("pointing", *task[1:]) for task in tasks)
    )
