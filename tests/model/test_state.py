"""States: every change can be taken back, in the same order of keys, whatever way it was made."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from htn.model import State
from htn.model.state import undo
from htn.planning.memory import StateDigest

_KEYS = st.sampled_from("abcd")
_CHANGES = st.one_of(
    st.tuples(st.just("set"), _KEYS, st.integers(0, 2)),
    st.tuples(st.just("del"), _KEYS, st.just(0)),
    st.tuples(st.just("pop"), _KEYS, st.just(0)),
    st.tuples(st.just("popitem"), _KEYS, st.just(0)),
    st.tuples(st.just("setdefault"), _KEYS, st.integers(0, 2)),
    st.tuples(st.just("update"), _KEYS, st.integers(0, 2)),
    st.tuples(st.just("clear"), _KEYS, st.just(0)),
    st.tuples(st.just("or"), _KEYS, st.integers(0, 2)),
    st.tuples(st.just("scalar"), _KEYS, st.integers(0, 2)),
    st.tuples(st.just("replace"), _KEYS, st.integers(0, 2)),
    st.tuples(st.just("delattr"), _KEYS, st.just(0)),
)


def _change(state: State, change: tuple[str, str, int]) -> None:
    """Make a change, on a state or on the plain object that stands for one."""
    kind, key, value = change
    if kind == "scalar":
        state.n = value
    elif kind == "replace":
        state.f = {key: value, "z": 9}
    elif kind == "delattr":
        if "n" in vars(state):
            del state.n
    elif kind == "set":
        state.f[key] = value
    elif kind == "del":
        if key in state.f:
            del state.f[key]
    elif kind == "pop":
        state.f.pop(key, None)
    elif kind == "popitem":
        if state.f:
            state.f.popitem()
    elif kind == "setdefault":
        state.f.setdefault(key, value)
    elif kind == "update":
        state.f.update({key: value})
    elif kind == "or":
        state.f |= {key: value}
    else:
        state.f.clear()


class _Plain:
    """A state as Pyhop knows it: attributes that hold dictionaries."""

    def __init__(self) -> None:
        self.f: dict[str, int] = {"a": 0, "b": 1}


def _seen(state: Any) -> Any:
    """Return everything that can be seen of a state, the order of keys included."""
    return {
        name: list(value.items()) if isinstance(value, dict) else value for name, value in sorted(vars(state).items())
    }


@given(st.lists(_CHANGES, max_size=15), st.data())
def test_going_back_restores_what_was_there_with_the_order_of_keys(
    changes: list[tuple[str, str, int]], data: st.DataObject
) -> None:
    """At any moment, undoing to any earlier mark shows exactly what was to be seen at that mark."""
    state = State(f={"a": 0, "b": 1}).tracked()
    trail: list[Any] = state._trail
    digest = StateDigest(state)
    history = [(len(trail), _seen(state), digest.now(), digest.position)]
    for change in changes:
        _change(state, change)
        history.append((len(trail), _seen(state), digest.now(), digest.position))
        if data.draw(st.booleans()):
            target = data.draw(st.integers(0, len(history) - 1))
            mark, seen, value, position = history[target]
            undo(trail, mark)
            digest.go_back(mark, position, value)
            del history[target + 1 :]
            assert seen == _seen(state)
            assert value == digest.now()
            assert value == digest._from_scratch()


@given(st.lists(_CHANGES, max_size=15))
def test_fluents_behave_like_dictionaries(changes: list[tuple[str, str, int]]) -> None:
    """Whatever is done to a state shows what it shows on plain dictionaries, order included."""
    state, plain = State(f={"a": 0, "b": 1}), _Plain()
    for change in changes:
        _change(state, change)
        _change(plain, change)  # type: ignore[arg-type]  # a stand-in on purpose
        assert _seen(plain) == _seen(state)


@given(st.lists(_CHANGES, max_size=12), st.lists(_CHANGES, max_size=12))
def test_equal_states_have_equal_digests_and_others_do_not(
    one: list[tuple[str, str, int]], two: list[tuple[str, str, int]]
) -> None:
    """The digest kept from the trail tells states apart exactly as comparing them does."""
    state = State(f={"a": 0, "b": 1}).tracked()
    digest = StateDigest(state)
    start = digest.now()
    seen = []
    for changes in (one, two):
        for change in changes:
            _change(state, change)
        seen.append((state.copy(), digest.now()))
        undo(state._trail, 0)
        digest.go_back(0, 0, start)
    (first, first_digest), (second, second_digest) = seen
    assert (first == second) == (first_digest == second_digest)


@given(st.lists(_CHANGES, max_size=12))
def test_states_survive_json_with_their_order(changes: list[tuple[str, str, int]]) -> None:
    """A state read back shows exactly what was written."""
    state = State(f={"a": 0, "b": 1}, g={("t", 1): ("v", None)})
    for change in changes:
        _change(state, change)
    assert _seen(state) == _seen(State.from_json(state.to_json()))


def test_a_copy_is_independent() -> None:
    """Changing one state never changes another."""
    state = State(f={"a": 0}, n=1)
    copy = state.copy()
    copy.f["a"] = 5
    copy.n = 2
    del copy.f["a"]
    assert {"f": {"a": 0}, "n": 1} == state.fluents()


def test_minus_one_and_minus_two_are_told_apart() -> None:
    """Python gives both the same hash; a digest built on hashes would confuse the states."""
    state = State(f={}).tracked()
    digest = StateDigest(state)
    start = digest.now()
    state.f[-1] = 5
    one = digest.now()
    undo(state._trail, 0)
    digest.go_back(0, 0, start)
    state.f[-2] = 5
    assert one != digest.now()
