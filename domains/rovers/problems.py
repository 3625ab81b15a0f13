"""Random problems of the sizes that the competition's twenty have."""

from __future__ import annotations

import random
from typing import Any

from htn.model import MultiGoal, State

__all__ = ["goal", "problem"]

# Rovers, places, objectives, cameras; soil samples, rock samples and pictures wanted.
_SIZES = (
    (1, 4, 2, 1, 1, 1, 1),
    (1, 4, 2, 2, 1, 1, 1),
    (2, 4, 2, 2, 1, 1, 1),
    (2, 4, 3, 2, 1, 1, 2),
    (2, 4, 3, 3, 2, 2, 2),
    (2, 6, 3, 3, 2, 2, 3),
    (3, 6, 3, 3, 2, 2, 3),
    (4, 6, 3, 4, 3, 2, 3),
    (4, 7, 4, 5, 3, 3, 3),
    (4, 7, 4, 6, 3, 3, 4),
    (4, 8, 4, 4, 3, 3, 4),
    (4, 8, 4, 4, 3, 4, 4),
    (4, 9, 4, 5, 4, 4, 4),
    (4, 10, 4, 5, 3, 4, 4),
    (4, 11, 5, 4, 3, 4, 4),
    (4, 12, 5, 4, 3, 4, 5),
    (6, 15, 6, 6, 4, 4, 5),
    (6, 18, 6, 6, 4, 4, 5),
    (6, 20, 7, 6, 4, 5, 5),
    (8, 25, 8, 7, 5, 5, 6),
)
_MODES = ("colour", "high_res", "low_res")
_KINDS = ("soil", "rock", "imaging")


def problem(number: int, seed: int = 0) -> tuple[State, list[tuple[Any, ...]]]:
    """Return a problem of the size of the competition's, from 1 to 20, as state and task list.

    Examples
    --------
    >>> state, tasks = problem(1)
    >>> len(state.at), [task[0] for task in tasks]
    (1, ['deliver_soil', 'deliver_rock', 'deliver_image'])
    """
    rover_count, place_count, objective_count, camera_count, soils, rocks, images = _SIZES[number - 1]
    choice = random.Random(f"rovers {number} {seed}")
    places = [f"place{index}" for index in range(place_count)]
    rovers = [f"rover{index}" for index in range(rover_count)]
    objectives = [f"objective{index}" for index in range(objective_count)]
    visible = _visible(choice, places)
    road = {(rover, place): ends for rover in rovers for place, ends in _roads(choice, places, visible).items()}
    equipped = _equipped(choice, rovers)
    photographers = [rover for rover in rovers if "imaging" in equipped[rover]]
    camera_of = {f"camera{index}": choice.choice(photographers) for index in range(camera_count)}
    modes = {camera: tuple(sorted(choice.sample(_MODES, choice.randint(1, 3)))) for camera in camera_of}
    modes["camera0"] = _MODES
    seen = {name: tuple(choice.sample(places, choice.randint(2, place_count))) for name in objectives}
    pictures = [(objective, mode) for objective in objectives for mode in _MODES]
    soil, rock = choice.sample(places, min(soils, place_count)), choice.sample(places, min(rocks, place_count))
    wanted = choice.sample(pictures, min(images, len(pictures)))
    state = State(
        f"rovers {number}",
        rovers={"all": tuple(rovers)},
        road=road,
        visible=visible,
        lander_at={"lander": choice.choice(places)},
        store_of={rover: f"store_{rover}" for rover in rovers},
        equipped=equipped,
        cameras={rover: tuple(name for name, owner in camera_of.items() if owner == rover) for rover in rovers},
        camera_of=camera_of,
        modes=modes,
        target={camera: choice.choice(objectives) for camera in camera_of},
        at={rover: choice.choice(places) for rover in rovers},
        visible_from=seen,
        full={f"store_{rover}": False for rover in rovers},
        soil_at={place: place in soil for place in places},
        rock_at={place: place in rock for place in places},
        calibrated=dict.fromkeys(camera_of, False),
        has_soil={},
        has_rock={},
        has_image={},
        soil_sent={},
        rock_sent={},
        image_sent={},
    )
    tasks: list[tuple[Any, ...]] = [("deliver_soil", place) for place in soil]
    tasks += [("deliver_rock", place) for place in rock] + [("deliver_image", image) for image in wanted]
    return state, tasks


def goal(tasks: list[tuple[Any, ...]]) -> MultiGoal:
    """Return the facts that a problem's tasks bring about.

    Examples
    --------
    >>> goal([("deliver_soil", "place3")])
    MultiGoal(soil_sent['place3'] = True)
    """
    return MultiGoal.from_facts(tuple((f"{name.partition('_')[2]}_sent", what, True) for name, what in tasks))


def _visible(choice: random.Random, places: list[str]) -> dict[str, tuple[str, ...]]:
    """Return which places see each other: connected, each seeing some others, and itself."""
    pairs = [(place, choice.choice(places[:index])) for index, place in enumerate(places) if index]
    pairs += [(choice.choice(places), choice.choice(places)) for _ in range(2 * len(places))]
    joined = {*pairs} | {(second, first) for first, second in pairs}
    return {
        place: (place, *(other for other in places if other != place and (place, other) in joined)) for place in places
    }


def _roads(choice: random.Random, places: list[str], visible: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return one rover's roads: shortest ways along lines of sight from a random place, and one road more."""
    ends: dict[str, list[str]] = {place: [] for place in places}
    reached = [choice.choice(places)]
    for start in reached:
        for end in visible[start]:
            if end not in reached:
                ends[start].append(end)
                ends[end].append(start)
                reached.append(end)
    start = choice.choice(places)
    end = choice.choice(visible[start])
    if end != start and end not in ends[start]:
        ends[start].append(end)
        ends[end].append(start)
    return {place: tuple(near) for place, near in ends.items()}


def _equipped(choice: random.Random, rovers: list[str]) -> dict[str, tuple[str, ...]]:
    """Return what each rover can do; everything can be done by one of them at least."""
    able = {rover: [kind for kind in _KINDS if choice.random() < 0.8] for rover in rovers}
    for kind in _KINDS:
        if not any(kind in kinds for kinds in able.values()):
            able[choice.choice(rovers)].append(kind)
    return {rover: tuple(kind for kind in _KINDS if kind in kinds) for rover, kinds in able.items()}
