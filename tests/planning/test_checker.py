"""The checker rejects every kind of broken tree, and nothing that is right."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htn.model import Domain, MultiGoal, State, TaskNetwork, refuse, split_multigoal
from htn.model.errors import HtnError, InputError
from htn.plan import Plan
from htn.planning import Limits, Solved, find_plan
from htn.planning.checker import check_plan
from tests.strategies import Spec, specs

Data = dict[str, Any]


def _domain() -> Domain:
    domain = Domain("house")

    @domain.operator
    def walk(state: State, who: str, a: str, b: str) -> Any:
        if state.location[who] != a:
            return refuse(f"{who} is not at {a}")
        state.location[who] = b
        return state

    @domain.operator(version="2")
    def paint(state: State, room: str) -> Any:
        if room not in state.location.values():
            return refuse("nobody is there")
        state.colour[room] = "white"
        return state

    @domain.operator
    def rest(state: State) -> Any:
        return state

    @domain.method("visit")
    def stay(state: State, who: str, room: str) -> Any:
        return [] if state.location[who] == room else refuse("elsewhere")

    @domain.method("visit")
    def go(state: State, who: str, room: str) -> Any:
        return [("walk", who, state.location[who], room)]

    @domain.goal_method("colour")
    def painting(state: State, room: str, colour: str) -> Any:
        return [("visit", "ann", room), ("paint", room)]

    domain.multigoal_method(split_multigoal)

    @domain.method("tidy")
    def both(state: State) -> Any:
        return TaskNetwork([("rest",), ("visit", "ann", "hall"), ("rest",)], before=[(0, 2)])

    @domain.deferred("later", known=lambda state: "known" in state.colour, until="a colour is known")
    def predict(state: State) -> Any:
        state.colour["x"] = "?"
        return state

    @domain.method("later")
    def now(state: State) -> Any:
        return [("rest",)]

    return domain


_TASKS = [MultiGoal(colour={"hall": "white", "attic": "white"}), ("tidy",), ("later",), ("visit", "ann", "cellar")]


def _plan() -> Plan:
    outcome = find_plan(_domain(), State(location={"ann": "attic"}, colour={}), _TASKS)
    assert isinstance(outcome, Solved)
    return outcome.plan


def _node(data: Data, **wanted: Any) -> Data:
    for node in data["tree"]["nodes"]:
        if all(node.get(key) == value for key, value in wanted.items()):
            found: Data = node
            return found
    raise AssertionError(wanted)


def _swap(items: list[Any], one: int, two: int) -> None:
    items[one], items[two] = items[two], items[one]


def _remove_leaf(data: Data) -> None:
    leaf = data["tree"]["order"].pop()
    data["tree"]["nodes"] = [node for node in data["tree"]["nodes"] if node["id"] != leaf]
    for node in data["tree"]["nodes"]:
        if leaf in node.get("children", ()):
            node["children"].remove(leaf)
    data["steps"] = [step for step in data["steps"] if step["id"] != leaf]


def _duplicate_child(data: Data) -> None:
    node = _node(data, task="tidy")
    node["children"].append(node["children"][0])


def _orphan(data: Data) -> None:
    node = _node(data, task="tidy")
    node["children"].pop(0)


BREAKS: dict[str, Callable[[Data], Any]] = {
    "another argument": lambda d: _node(d, task="walk")["args"].__setitem__(2, "roof"),
    "another operator": lambda d: _node(d, task="paint").update(task="rest", args=[]),
    "an operator that is not there": lambda d: _node(d, task="paint").update(task="whitewash"),
    "another method": lambda d: _node(d, task="visit", method="go").update(method="stay"),
    "a method that is not there": lambda d: _node(d, task="visit", method="go").update(method="fly"),
    "no method": lambda d: _node(d, task="visit", method="go").update(method=None),
    "another alternative's subtasks": lambda d: _node(d, task="tidy")["children"].reverse(),
    "a step missing": _remove_leaf,
    "a child twice": _duplicate_child,
    "an orphan": _orphan,
    "steps out of order": lambda d: _swap(d["tree"]["order"], 0, 1),
    "a step before its time": lambda d: d["tree"]["order"].insert(0, d["tree"]["order"].pop()),
    "a wrong place": lambda d: _node(d, task="walk").update(at=5),
    "a wrong identity": lambda d: [
        entry.update({key: "0" * 16})
        for entry in (*d["tree"]["nodes"], *d["steps"])
        for key in ("id",)
        if entry["id"] == d["tree"]["order"][0]
    ],
    "a wrong parent": lambda d: _node(d, task="paint").update(parent=d["tree"]["roots"][1]),
    "another kind": lambda d: _node(d, task="rest").update(kind="compound", method="now", children=[]),
    "a leaf with a method": lambda d: _node(d, task="rest").update(method="go", alternative=0),
    "ordering constraints dropped": lambda d: _node(d, task="tidy").update(before=[]),
    "a task list in another order": lambda d: d["tree"]["roots"].reverse(),
    "a task dropped from the list": lambda d: d["tree"]["roots"].pop(),
    "another initial state": lambda d: d["initial"]["fluents"]["location"]["facts"].__setitem__(0, ["ann", "hall"]),
    "deferred although it is known": lambda d: d["initial"]["fluents"]["colour"]["facts"].append(["known", "red"]),
    "another capability": lambda d: d["steps"][0].update(capability="fly"),
    "another content key": lambda d: d["steps"][0].update(key="0" * 32),
    "a dependency dropped": lambda d: next(s for s in d["steps"] if s["task"] == "paint").update(
        dependencies=[], causal=[]
    ),
    "a result used that is not said to be": lambda d: next(s for s in d["steps"] if s["causal"]).update(causal=[]),
    "a fact relied on dropped": lambda d: _node(d, task="walk").update(reads=[]),
    "a reason dropped": lambda d: d["links"].pop(),
    "a reason of another kind": lambda d: d["links"][0].__setitem__(2, "output"),
    "criteria dropped or added": lambda d: d["steps"][0].update(criteria=["none"]),
}


def test_a_plan_from_the_search_is_sound() -> None:
    """The unbroken plan passes, before and after JSON, with its open node counted."""
    plan = _plan()
    assert "sound, 1 open" == str(check_plan(_domain(), plan, _TASKS))
    assert "sound, 1 open" == str(check_plan(_domain(), Plan.from_json(plan.to_json()), _TASKS))


@pytest.mark.parametrize("name", BREAKS)
def test_broken_plans_are_rejected(name: str) -> None:
    """Each way of breaking a plan is caught, when it is read or when it is checked."""
    data = copy.deepcopy(_plan().to_json())
    before = copy.deepcopy(data)
    BREAKS[name](data)
    assert before != data
    try:
        plan = Plan.from_json(data)
    except InputError:
        return  # refused when it was read
    verdict = check_plan(_domain(), plan, _TASKS)
    assert not verdict
    assert verdict.problems[0].message


@given(specs(partial=True), st.data())
def test_random_damage_to_random_plans_is_noticed_or_harmless(spec: Spec, data: st.DataObject) -> None:
    """Swapping two steps is accepted exactly when the swapped order is itself a right one."""
    outcome = find_plan(spec.domain(), spec.state(), spec.task_list(), limits=Limits(nodes=2_000))
    if not isinstance(outcome, Solved) or len(outcome.tree.order) < 2:
        return
    document = outcome.plan.to_json()
    order = document["tree"]["order"]
    one = data.draw(st.integers(0, len(order) - 2))
    _swap(order, one, one + 1)
    try:
        plan = Plan.from_json(document)
    except InputError:
        return
    verdict = check_plan(outcome.domain, plan, spec.task_list())
    # Steps carry their number, so a swap alone is always noticed.
    assert not verdict


_PLAN = _plan().to_json()


def _places(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every part of JSON data."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*above, key)
        yield from _places(value, (*above, key))


@given(
    st.sampled_from(list(_places(_PLAN))),
    st.sampled_from([None, 0, -1, 1.5, "x", "", [], {}, [1], {"a": 1}, True, 10**9, ["x", "y"]]),
)
def test_damage_of_whatever_kind_is_reported_and_never_a_traceback(place: tuple[Any, ...], instead: Any) -> None:
    """Any part replaced by anything: refused when read, or judged; accepted only where nobody could know better."""
    data = copy.deepcopy(_PLAN)
    part: Any = data
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = instead
    try:
        plan = Plan.from_json(data)
    except HtnError:
        return
    verdict = check_plan(_domain(), plan, _TASKS)
    if verdict and Plan.from_json(_PLAN).to_json() != plan.to_json():
        assert "tried" in place or place in (("domain",), ("initial", "name"))


def test_steps_in_an_order_that_breaks_dependencies_are_noticed() -> None:
    """Also where the plan was not read from a file."""
    plan = _plan()
    assert not check_plan(_domain(), replace(plan, steps=plan.steps[::-1]), _TASKS)
    assert not check_plan(_domain(), replace(plan, steps=(*plan.steps, plan.steps[-1])), _TASKS)


def test_a_task_list_for_another_order_is_noticed() -> None:
    """The same tasks without their order are another task list."""
    plan = _plan()
    assert not check_plan(_domain(), plan, TaskNetwork.unordered(_TASKS))
    assert not check_plan(_domain(), plan, _TASKS[:-1])
