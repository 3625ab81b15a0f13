"""An independent checker of remaining plans: a table of transitions on plain dictionaries, for each domain.

It knows actions and facts as data only and shares no code with the planner or with the domains. A fact is
``(fluent, arguments): value`` in one flat dictionary. A rule says whether an action is possible there and what changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

__all__ = ["RULES", "failed_at", "idle", "replay", "verdict"]

Facts = dict[tuple[str, Any], Any]
Effect = tuple[bool, dict[tuple[str, Any], Any]]
Rule = Callable[..., Effect]


# ------------------------------------------------------------------------------------------------------------- rovers
def _navigate(f: Facts, r: Any, a: Any, b: Any) -> Effect:
    return f["at", r] == a and b in f["road", (r, a)], {("at", r): b}


def _sample(kind: str) -> Rule:
    def rule(f: Facts, r: Any, s: Any, w: Any) -> Effect:
        able = kind in f["equipped", r] and f["store_of", r] == s
        possible = able and f["at", r] == w and not f["full", s] and f[f"{kind}_at", w]
        return possible, {("full", s): True, (f"{kind}_at", w): False, (f"has_{kind}", (r, w)): True}

    return rule


def _drop(f: Facts, r: Any, s: Any) -> Effect:
    return f["store_of", r] == s and f["full", s], {("full", s): False}


def _calibrate_camera(f: Facts, r: Any, c: Any, o: Any, w: Any) -> Effect:
    mine = f["camera_of", c] == r and f["target", c] == o
    return mine and f["at", r] == w and w in f["visible_from", o], {("calibrated", c): True}


def _take_picture(f: Facts, r: Any, w: Any, o: Any, c: Any, m: Any) -> Effect:
    ready = f["camera_of", c] == r and f["calibrated", c] and m in f["modes", c]
    possible = ready and f["at", r] == w and w in f["visible_from", o]
    return possible, {("calibrated", c): False, ("has_image", (r, o, m)): True}


def _contact(f: Facts, r: Any, lander: Any, x: Any, y: Any) -> bool:
    return bool(f["at", r] == x and f["lander_at", lander] == y and y in f["visible", x])


def _send(kind: str) -> Rule:
    def rule(f: Facts, r: Any, lander: Any, w: Any, x: Any, y: Any) -> Effect:
        has = f.get((f"has_{kind}", (r, w)), False)
        return has and _contact(f, r, lander, x, y), {(f"{kind}_sent", w): True}

    return rule


def _send_picture(f: Facts, r: Any, lander: Any, o: Any, m: Any, x: Any, y: Any) -> Effect:
    has = f.get(("has_image", (r, o, m)), False)
    return has and _contact(f, r, lander, x, y), {("image_sent", (o, m)): True}


_ROVERS: dict[str, Rule] = {
    "navigate": _navigate,
    "sample_soil": _sample("soil"),
    "sample_rock": _sample("rock"),
    "drop": _drop,
    "calibrate": _calibrate_camera,
    "take_image": _take_picture,
    "send_soil": _send("soil"),
    "send_rock": _send("rock"),
    "send_image": _send_picture,
}


# ---------------------------------------------------------------------------------------------------------- satellite
def _take_image(f: Facts, s: Any, d: Any, i: Any, m: Any) -> Effect:
    ready = f["carrier", i] == s and f["on", i] and f["calibrated", i]
    return ready and m in f["modes", i] and f["pointing", s] == d, {("image", (d, m)): True}


_SATELLITE: dict[str, Rule] = {
    "turn_to": lambda f, s, new, old: (f["pointing", s] == old and old != new, {("pointing", s): new}),
    "switch_on": lambda f, i, s: (
        f["carrier", i] == s and f["power", s],
        {("power", s): False, ("on", i): True, ("calibrated", i): False},
    ),
    "switch_off": lambda f, i, s: (f["carrier", i] == s and f["on", i], {("on", i): False, ("power", s): True}),
    "calibrate": lambda f, s, i, d: (
        f["carrier", i] == s and f["on", i] and f["target", i] == d == f["pointing", s],
        {("calibrated", i): True},
    ),
    "take_image": _take_image,
}


# --------------------------------------------------------------------------------------------------------- openstacks
_OPENSTACKS: dict[str, Rule] = {
    "start_order": lambda f, o: (
        f["waiting", o] and f["stacks", "open"] < f["limit", "stacks"],
        {("waiting", o): False, ("started", o): True, ("stacks", "open"): f["stacks", "open"] + 1},
    ),
    "make_product": lambda f, p: (
        not f["made", p] and all(f["started", o] for o in f["included_in", p]),
        {("made", p): True},
    ),
    "ship_order": lambda f, o: (
        f["started", o] and all(f["made", p] for p in f["includes", o]),
        {("started", o): False, ("shipped", o): True, ("stacks", "open"): f["stacks", "open"] - 1},
    ),
    "settle": lambda f: (all(f["shipped", o] for o in f["orders", "all"]), {("settled", "accounts"): True}),
}


# ------------------------------------------------------------------------------------------------------------- rescue
def _between(v: float, a: float, b: float) -> bool:
    return (a - v) * (b - v) <= 0


def _free_line(f: Facts, a: Any, b: Any) -> bool:
    for x, y in f["obstacles", "all"]:
        straight = abs((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) <= 1e-4
        if straight and _between(x, a[0], b[0]) and _between(y, a[1], b[1]):
            return False
    return True


def _free_corner(f: Facts, a: Any, b: Any) -> bool:
    for x, y in f["obstacles", "all"]:
        if abs(y - a[1]) <= 1e-4 and _between(x, a[0], b[0]):
            return False
        if abs(x - b[0]) <= 1e-4 and _between(y, a[1], b[1]):
            return False
    return True


def _free_curve(f: Facts, a: Any, b: Any) -> bool:
    x0, y0 = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    square = (b[0] - x0) ** 2 + (b[1] - y0) ** 2
    return all(abs((x - x0) ** 2 + (y - y0) ** 2 - square) > 1e-4 for x, y in f["obstacles", "all"])


def _drive(free: Callable[[Facts, Any, Any], bool]) -> Rule:
    return lambda f, r, a, b: (f["at", r] == a and free(f, a, b), {("at", r): b})


def _treat(f: Facts, r: Any, p: Any) -> Effect:
    left = f["medicine", r] - 1
    changes = {("medicine", r): left, ("condition", p): "well", ("known", p): "well"}
    return f["at", r] == f["at", p] and left >= 0, changes


def _clear(f: Facts, r: Any, place: Any) -> Effect:
    return f["at", r] == place, {("condition", place): "clear", ("known", place): "clear"}


def _photograph(f: Facts, d: Any, camera: Any, place: Any) -> Effect:
    through = {"clear": True, "rain": camera == "bottom", "fog": camera == "front"}[f["weather", place]]
    sees = through and (f["weather", place] == "clear" or f["altitude", d] == "low")
    return ("altitude", d) in f, {("seen", d): f["person_at", place] if sees else "nobody"}


def _confirm(f: Facts, place: Any) -> Effect:
    person = f["person_at", place]
    helped = person == "nobody" or (f["condition", person] == "well" and f["condition", place] != "debris")
    return helped, {("surveyed", place): True}


def _hand_over(f: Facts, r: Any, other: Any) -> Effect:
    possible = r != other and f["at", r] == f["at", other] and f["medicine", r] > 0
    return possible, {("medicine", r): f["medicine", r] - 1, ("medicine", other): f["medicine", other] + 1}


_RESCUE: dict[str, Rule] = {
    "drive_straight": _drive(_free_line),
    "drive_square": _drive(_free_corner),
    "drive_curve": _drive(_free_curve),
    "inspect_person": lambda f, r, p: (f["at", r] == f["at", p], {("known", p): f["condition", p]}),
    "inspect_place": lambda f, r, place: (f["at", r] == place, {("known", place): f["condition", place]}),
    "treat": _treat,
    "treat_with_care": _treat,
    "clear": _clear,
    "clear_with_care": _clear,
    "restock": lambda f, r: (f["at", r] == f["base", "at"], {("medicine", r): 2}),
    "hand_over": _hand_over,
    "photograph": _photograph,
    "change_altitude": lambda f, d, level: (f["altitude", d] != level, {("altitude", d): level}),
    "confirm": _confirm,
    "engage": lambda f, r: (f["duty", r] == "free", {("duty", r): "busy", ("helper", "now"): r}),
    "requisition": lambda f, r: (f["duty", r] in ("free", "busy"), {("duty", r): "busy", ("helper", "now"): r}),
    "release": lambda f, r: (f["duty", r] in ("free", "busy"), {("duty", r): "free"}),
}


# --------------------------------------------------------------------------------------------------------- underwater
def _here(f: Facts, thing: Any, *kinds: str) -> bool:
    return bool(f["at", thing] == f["at", "robot"] and f["found", thing] and f["kind", thing] in kinds)


def _station(kind: str, fluent: str, value: Any) -> Rule:
    return lambda f, thing: (_here(f, thing, kind), {(fluent, thing): value})


def _put(carried: str, into: str, count: str, needs: str = "") -> Rule:
    def rule(f: Facts, thing: Any, goal: Any) -> Effect:
        has = f["at", thing] == "robot" and f["kind", thing] == carried
        ready = _here(f, goal, into) and (not needs or f[needs, goal])
        return has and ready, {("at", thing): goal, (count, goal): f[count, goal] + 1}

    return rule


def _surface(f: Facts, token: Any, zone: Any) -> Effect:
    has = f["at", token] == "robot" and f["kind", token] == "token"
    return has and _here(f, zone, "zone"), {("surfaced", "robot"): True}


_UNDERWATER: dict[str, Rule] = {
    "search_for": lambda f, p: (p in f["course", f["at", "robot"]], {("found", p): True}),
    "localize": lambda f, thing: (f["at", thing] == f["at", "robot"], {("found", thing): True}),
    "localize_pinger": lambda f, p: (f["kind", p] == "pinger", {("found", p): True, ("found", f["at", p]): True}),
    "go": lambda f, p: (f["kind", p] == "place" and f["found", p], {("at", "robot"): p}),
    "cross_narrow": _station("gate", "crossed", "narrow"),
    "cross_wide": _station("gate", "crossed", "wide"),
    "pick": lambda f, thing: (_here(f, thing, "marker", "token"), {("at", thing): "robot"}),
    "trace_path": _station("path", "traced", True),
    "touch_back": _station("buoy", "touched", "back"),
    "touch_front": _station("buoy", "touched", "front"),
    "open_bin": _station("bin", "open", True),
    "drop_into_open": _put("marker", "bin", "filled", "open"),
    "drop_on_closed": _put("marker", "bin", "filled"),
    "uncover": _station("board", "uncovered", True),
    "shoot_uncovered": _put("torpedo", "board", "hit", "uncovered"),
    "shoot_covered": _put("torpedo", "board", "hit"),
    "surface": _surface,
}

RULES: dict[str, dict[str, Rule]] = {
    "rovers": _ROVERS,
    "satellite": _SATELLITE,
    "openstacks": _OPENSTACKS,
    "rescue": _RESCUE,
    "underwater": _UNDERWATER,
}
"""By domain and action: ``rule(facts, *arguments)`` returns whether it is possible, and the facts it changes."""


def replay(domain: str, facts: Facts, actions: Iterable[Sequence[Any]]) -> int | None:
    """Carry out actions, changing the facts; return which one is not possible, or None.

    An action that the domain does not have, or whose arguments fit no fact, is not possible.

    Examples
    --------
    >>> facts = {("pointing", "s"): "d1"}
    >>> replay("satellite", facts, [("turn_to", "s", "d2", "d1"), ("turn_to", "s", "d2", "d1")])
    1
    >>> facts
    {('pointing', 's'): 'd2'}
    """
    rules = RULES[domain]
    for place, (name, *args) in enumerate(actions):
        try:
            possible, changes = rules[name](facts, *args)
        except (KeyError, TypeError):
            return place
        if not possible:
            return place
        facts.update(changes)
    return None


def failed_at(domain: str, facts: Facts, actions: Iterable[Sequence[Any]]) -> int | None:
    """Return which action is not possible, leaving the facts as they are."""
    return replay(domain, dict(facts), actions)


def idle(domain: str, facts: Facts, actions: Iterable[Sequence[Any]]) -> int:
    """Return how many actions of a plan change nothing: what they bring about is so already."""
    now, found = dict(facts), 0
    for name, *args in actions:
        before = dict(now)
        found += replay(domain, now, [(name, *args)]) is None and now == before
    return found


def verdict(
    domain: str, facts: Facts, actions: Sequence[Sequence[Any]], wanted: Mapping[tuple[str, Any], Sequence[Any]]
) -> str:
    """Return what is wrong with a remaining plan; empty when it can be carried out and reaches what is wanted.

    Parameters
    ----------
    domain : str
        One of `RULES`.
    facts : dict
        What was observed.
    actions : sequence
        The remaining plan.
    wanted : dict
        Facts to hold afterwards, each with the values that will do.
    """
    after = dict(facts)
    failed = replay(domain, after, actions)
    if failed is not None:
        return f"action {failed + 1} of {len(actions)} is not possible: {actions[failed]}"
    missed = [fact for fact, values in wanted.items() if after.get(fact) not in values]
    return f"missed: {missed[0]}" if missed else ""
