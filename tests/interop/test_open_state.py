"""States that change in place are undone by value, and say the same of themselves however they came about."""

from __future__ import annotations

import copy
import heapq
import pickle
from collections import OrderedDict, defaultdict, deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htn.interop.domain import native_domain
from htn.interop.gtpyhop import State
from htn.interop.patches import bring_up
from htn.model.state import undo
from htn.planning.memory import StateDigest


class Robot:
    """A mutable object of a user's own, without a comparison by value."""

    def __init__(self) -> None:
        self.load: list[str] = []


def start() -> State:
    """Return a state with every kind of value that programs use."""
    return State(
        "start",
        loc={"a": "x", "b": "y"},
        fuel=3,
        clear={"a", "b"},
        log=list(range(20)),
        queue=[3, 5, 9],
        route={"a": ["x"], "b": []},
        graph={"x": {"y": 1}, "y": {}},
        wide={"big": {n: n for n in range(20)}, "crowd": set(range(20))},
        counts=defaultdict(int, {"x": 1}),
        ordered=OrderedDict(p=1, q=2),
        line=deque([1, 2]),
        robot=Robot(),
    )


def _replace(state: Any, n: int) -> None:
    state.loc = {"c": str(n)}
    state.loc["d"] = "later"


def _share(state: Any, n: int) -> None:
    shared: list[Any] = [n]
    state.route["shared"] = shared
    state.log = shared
    shared.append("after")


def _swap(state: Any, n: int) -> None:
    held = state.route["a"]
    state.route["a"] = [n]
    held.append("was changed after it was replaced")


def _alias(state: Any, n: int) -> None:
    state.other = state.route
    state.other["z"] = [n]


CHANGES: dict[str, Any] = {
    "set a key": lambda s, n: s.loc.update({"a": str(n)}),
    "new key": lambda s, n: s.loc.setdefault(str(n), "v"),
    "pop a key": lambda s, n: s.loc.pop("b", None),
    "number": lambda s, n: setattr(s, "fuel", n),
    "add to a set": lambda s, n: s.clear.add(n),
    "take from a set": lambda s, n: s.clear.discard("a"),
    "set arithmetic": lambda s, n: s.__setattr__("clear", s.clear.__ixor__({"a", n})),
    "replace a set": lambda s, n: setattr(s, "clear", {n}),
    "append": lambda s, n: s.log.append(n),
    "cut a list": lambda s, n: s.log.__delitem__(slice(n % 5, n % 7)),
    "front of a list": lambda s, n: s.log.insert(0, n),
    "sort a list": lambda s, n: s.log.sort(key=str),
    "heap": lambda s, n: heapq.heappush(s.queue, n),
    "list in a fluent": lambda s, n: s.route["b"].append(n),
    "dictionary in a fluent": lambda s, n: s.graph["y"].update({n: [n]}),
    "large inner dictionary": lambda s, n: s.wide["big"].update({n: -n}),
    "large inner set": lambda s, n: s.wide["crowd"].symmetric_difference_update({n, 3}),
    "delete from a large one": lambda s, n: s.wide["big"].pop(n % 20, None),
    "default dictionary": lambda s, n: s.counts.__setitem__("y", s.counts["y"] + n),
    "ordered dictionary": lambda s, n: s.ordered.move_to_end("p"),
    "deque": lambda s, n: s.line.rotate(1) or s.line.append(n),
    "object": lambda s, n: s.robot.load.append(n),
    "replace a fluent": _replace,
    "share a list": _share,
    "change after replacing": _swap,
    "one fluent under two names": _alias,
    "new variable": lambda s, n: setattr(s, f"new{n % 3}", [n]),
    "delete a variable": lambda s, n: delattr(s, "queue") if hasattr(s, "queue") else None,
}


def picture(value: Any) -> Any:
    """Return everything about a value that a program can see, as plain data."""
    if isinstance(value, State):
        return {name: picture(inner) for name, inner in sorted(vars(value).items())}
    if isinstance(value, dict):
        return [(key, picture(inner)) for key, inner in value.items()]
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    if isinstance(value, (list, tuple, deque)):
        return [picture(inner) for inner in value]
    return picture(vars(value)) if isinstance(value, Robot) else value


STEPS = st.lists(
    st.tuples(st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 30)), max_size=4), st.integers(0, 5)),
    max_size=12,
)


@given(STEPS)
def test_going_back_restores_every_value(steps):
    """After any calls and any steps back, the state is what copying it before each call would have kept."""
    changes: list[Any] = []

    def act(state):
        for name, number in changes:
            try:
                CHANGES[name](state, number)
            except (AttributeError, KeyError):
                continue  # an earlier step took away what this one changes
        return state

    operator = native_domain("changes", {"act": act}, {}).operators["act"].function
    state = start().tracked()
    trail: list[Any] = state._trail
    digest = StateDigest(state, state._key_of)
    marks = [(0, picture(state), digest.position, digest.value)]
    for now, back in steps:
        changes[:] = now
        assert operator(state) is state
        if len(now) != 1:  # sometimes it is asked later, after several calls
            assert digest.now() == digest._from_scratch()
        marks.append((len(trail), picture(state), digest.position, digest.value))
        if back:
            del marks[max(1, len(marks) - back) :]
            mark, expected, position, value = marks[-1]
            undo(trail, mark)
            digest.go_back(mark, position, value)
            assert picture(state) == expected
            assert digest.now() == digest._from_scratch()
    undo(trail, 0)
    assert picture(state) == picture(start())


@given(st.lists(st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 30)), max_size=3), max_size=8))
def test_an_operator_does_what_it_does_on_a_plain_copy(steps):
    """Changes of a tracked state lead where the same changes of plain copies lead."""
    plain = start()
    tracked = start().tracked()
    for changes in steps:

        def act(state: Any, changes: Any = changes) -> Any:
            for name, number in changes:
                try:
                    CHANGES[name](state, number)
                except (AttributeError, KeyError):
                    continue
            return state

        plain = copy.deepcopy(act(copy.deepcopy(plain)))
        operator = native_domain("changes", {"act": act}, {}).operators["act"].function
        assert operator(tracked) is tracked
        assert picture(tracked) == picture(plain)


@given(
    st.lists(st.integers(0, 3), min_size=16, max_size=24),
    st.lists(st.integers(0, 3), max_size=40),
)
def test_a_list_is_brought_up_and_back_whatever_changed(before, after):
    """A patch of a list leads from the new one to the old one, and the copy follows the value."""
    kept, value = list(before), list(after)
    patch = bring_up(kept, value)
    assert kept == after
    if patch is not None:
        patch.undo(value)
        assert value == before


@pytest.mark.parametrize("change", ["append", "large inner dictionary", "large inner set", "cut a list"])
def test_the_trail_holds_what_changed_not_all_of_a_large_value(change):
    """A thousand small changes of a large value cost memory in the changes, not in the value's size each."""

    def act(state, number):
        CHANGES[change](state, number)
        return state

    operator = native_domain("changes", {"act": act}, {}).operators["act"].function
    state = State("s", log=list(range(5000)), wide={"big": {}, "crowd": set(range(5000))}).tracked()
    state.wide["big"].update({n: n for n in range(5000)})
    operator(state, 1)
    trail: list[Any] = state._trail
    mark = len(trail)
    for number in range(5000, 5100):
        operator(state, number)
    assert sum(len(pickle.dumps(getattr(entry[2], "items", entry[2]))) for entry in trail[mark:]) < 50_000


def test_a_value_given_to_a_state_in_a_search_is_the_states_own():
    """An argument stored in the state and changed there later does not change in the task that brought it."""

    def store(state, items):
        state.items = items
        return state

    def grow(state):
        state.items.append("more")
        return state

    made = native_domain("store", {"store": store, "grow": grow}, {})
    state = State("s").tracked()
    given_items = ["one"]
    made.operators["store"].function(state, given_items)
    made.operators["grow"].function(state)
    assert given_items == ["one"]
    assert state.items == ["one", "more"]


def test_equal_states_have_equal_digests_however_they_came_about():
    """The memory of dead ends recognises a state again, by value, after changes in place."""

    def move(state, element, target):
        state.clear.discard(element)
        state.route["a"].append(target)
        state.log.append(target)
        return state

    def back(state, element):
        state.clear.add(element)
        state.route["a"].pop()
        state.log.pop()
        return state

    made = native_domain("moves", {"move": move, "back": back}, {})
    state = start().tracked()
    digest = StateDigest(state, state._key_of)
    first = digest.now()
    made.operators["move"].function(state, "a", "q")
    assert digest.now() != first
    made.operators["back"].function(state, "a")
    assert digest.now() == first


def test_a_state_is_printed_copied_pickled_and_compared_like_theirs():
    """Programs print states, copy them under new names, pickle and compare them."""
    state = State("s", loc={"me": "home"}, log=[1])
    assert repr(state) == "State('s', loc={'me': 'home'}, log=[1])"
    assert state.copy("t").__name__ == "t"
    assert state.copy().__name__.startswith("s_copy_")
    assert state.state_vars() == ["loc", "log"]
    assert pickle.loads(pickle.dumps(state)) == state == copy.deepcopy(state)  # noqa: S301  (its own)
    other = state.copy()
    other.log.append(2)
    assert other != state
    state.__name__ = "renamed"
    assert state.__name__ == "renamed"
    assert vars(state) == {"loc": {"me": "home"}, "log": [1]}


def test_a_variable_may_be_called_facts():
    """A name that states use themselves can be a state variable's name."""

    def learn(state, fact):
        state.facts[fact] = True
        return state if len(state.facts) < 3 else False

    made = native_domain("learn", {"learn": learn}, {"go": [lambda state: [("learn", "x"), ("learn", "y")]]})
    state = State("s", facts={}, fluents=[1]).tracked()
    digest = StateDigest(state, state._key_of)
    first = digest.now()
    made.operators["learn"].function(state, "x")
    assert digest.now() != first
