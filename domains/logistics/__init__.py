"""Logistics: packages go by truck within a city and by plane between cities.

The classic delivery domain: every city has one truck and some locations, one of them its airport. A package is
delivered by the truck of its city, or by truck to the airport, by plane, and by truck again. The functions refuse with
False, so that other planners can run them too.
"""

from __future__ import annotations

import random
from typing import Any

from htn.model import Domain, State

__all__ = ["domain", "problem"]

domain = Domain("logistics")


@domain.operator
def drive(state: Any, truck: str, place: str) -> Any:
    """Drive a truck to another place of its city."""
    here = state.at[truck]
    if state.city[here] != state.city[place]:
        return False
    state.at[truck] = place
    return state


@domain.operator
def fly(state: Any, plane: str, airport: str) -> Any:
    """Fly a plane to another airport."""
    if state.airport[state.city[airport]] != airport:
        return False
    state.at[plane] = airport
    return state


@domain.operator
def load(state: Any, package: str, vehicle: str) -> Any:
    """Load a package where the vehicle is."""
    if state.at[package] != state.at[vehicle]:
        return False
    state.at[package] = vehicle
    return state


@domain.operator
def unload(state: Any, package: str, vehicle: str) -> Any:
    """Unload a package where the vehicle is."""
    if state.at[package] != vehicle:
        return False
    state.at[package] = state.at[vehicle]
    return state


@domain.method("deliver")
def is_there(state: Any, package: str, place: str) -> Any:
    """Applies when the package is where it should be."""
    return [] if state.at[package] == place else False


@domain.method("deliver")
def by_truck(state: Any, package: str, place: str) -> Any:
    """Applies within a city."""
    city = state.city[state.at[package]]
    if city != state.city[place]:
        return False
    truck = state.truck[city]
    return [
        ("bring", truck, state.at[package]),
        ("load", package, truck),
        ("bring", truck, place),
        ("unload", package, truck),
    ]


@domain.method("deliver")
def by_plane(state: Any, package: str, place: str) -> Any:
    """Applies between cities."""
    start, end = state.city[state.at[package]], state.city[place]
    if start == end:
        return False
    leaving, arriving = state.airport[start], state.airport[end]
    plane = state.plane["any"]
    return [
        ("deliver", package, leaving),
        ("bring_plane", plane, leaving),
        ("load", package, plane),
        ("bring_plane", plane, arriving),
        ("unload", package, plane),
        ("deliver", package, place),
    ]


@domain.method("bring")
def truck_is_there(state: Any, truck: str, place: str) -> Any:
    """Applies when the truck is there."""
    return [] if state.at[truck] == place else False


@domain.method("bring")
def drive_there(state: Any, truck: str, place: str) -> Any:
    """Applies when the truck is somewhere else."""
    return [("drive", truck, place)]


@domain.method("bring_plane")
def plane_is_there(state: Any, plane: str, airport: str) -> Any:
    """Applies when the plane is there."""
    return [] if state.at[plane] == airport else False


@domain.method("bring_plane")
def fly_there(state: Any, plane: str, airport: str) -> Any:
    """Applies when the plane is somewhere else."""
    return [("fly", plane, airport)]


def problem(packages: int, seed: int = 0) -> tuple[State, list[tuple[str, ...]]]:
    """Return a random problem: one city for ten packages, four places a city, and every package to be delivered.

    Examples
    --------
    >>> state, tasks = problem(3)
    >>> len(tasks), state.airport["city0"]
    (3, 'city0_0')
    """
    choice = random.Random(seed)
    cities = [f"city{number}" for number in range(max(2, packages // 10))]
    places = [f"{city}_{number}" for city in cities for number in range(4)]
    names = [f"package{number}" for number in range(packages)]
    at = {f"truck_{city}": f"{city}_{choice.randrange(4)}" for city in cities}
    at |= {"plane": "city0_0"} | {name: choice.choice(places) for name in names}
    state = State(
        f"{packages} packages",
        at=at,
        city={place: place.partition("_")[0] for place in places},
        airport={city: f"{city}_0" for city in cities},
        truck={city: f"truck_{city}" for city in cities},
        plane={"any": "plane"},
    )
    return state, [("deliver", name, choice.choice(places)) for name in names]
