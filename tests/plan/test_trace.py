"""Dependencies are traced: they order what must be ordered, and no more than that by accident."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htn.model import Domain, State
from htn.plan import Plan
from htn.planning import Limits, Solved, find_plan
from htn.planning.checker import check_plan
from tests.strategies import Spec, specs


def _linearisation(plan: Plan, randomly: random.Random) -> list[str]:
    waiting = {step.id: set(step.dependencies) for step in plan.steps}
    order = []
    while waiting:
        ready = sorted(step for step, before in waiting.items() if not before)
        chosen = randomly.choice(ready)
        order.append(chosen)
        del waiting[chosen]
        for before in waiting.values():
            before.discard(chosen)
    return order


def _execute(domain: Domain, plan: Plan, order: list[str]) -> State:
    state = plan.initial.copy()
    for identity in order:
        step = plan.by_id[identity]
        assert domain.operators[step.task].function(state, *step.args) is state, "a step is refused"
    return state


@given(specs(partial=True), st.randoms(use_true_random=False))
def test_every_order_that_the_graph_allows_ends_in_the_same_state(spec: Spec, randomly: random.Random) -> None:
    """No linearisation is refused, and all end where the plan does."""
    outcome = find_plan(spec.domain(), spec.state(), spec.task_list(), limits=Limits(nodes=2_000))
    if isinstance(outcome, Solved):
        for _ in range(5):
            order = _linearisation(outcome.plan, randomly)
            assert outcome.final == _execute(outcome.domain, outcome.plan, order)


@given(
    st.lists(st.tuples(st.sampled_from("rwixdl"), st.sampled_from("abc")), max_size=12),
    st.randoms(use_true_random=False),
)
def test_reads_writes_deletions_and_loops_are_all_seen(program: list[tuple[str, str]], randomly: random.Random) -> None:
    """Steps that read, write, increment, look for, delete and loop over keys commute only where the graph says so."""
    domain = Domain("memory")

    @domain.operator
    def do(state: State, number: int, what: str, key: str) -> Any:
        if what == "r":
            state.out[number] = state.cell.get(key)
        elif what == "w":
            state.cell[key] = number
        elif what == "i":
            state.cell[key] = (state.cell.get(key) or 0) * 2 + number
        elif what == "x":
            state.out[number] = key in state.cell
        elif what == "d":
            state.cell.pop(key, None)
        else:
            state.out[number] = tuple(sorted(state.cell.items()))
        return state

    tasks = [("do", number, what, key) for number, (what, key) in enumerate(program)]
    outcome = find_plan(domain, State(cell={"a": 1}, out={}), tasks)
    assert isinstance(outcome, Solved)
    for _ in range(5):
        assert outcome.final == _execute(domain, outcome.plan, _linearisation(outcome.plan, randomly))


def test_steps_with_nothing_in_common_are_parallel() -> None:
    """A sequence in a method is no dependency: what is written apart may run at once."""
    domain = Domain("apart")

    @domain.operator
    def write(state: State, key: str) -> Any:
        if key in state.cell:
            return False
        state.cell[key] = True
        return state

    @domain.operator
    def join(state: State, keys: tuple[str, ...]) -> Any:
        return state if all(state.cell.get(key) for key in keys) else False

    outcome = find_plan(domain, State(cell={}), [("write", "a"), ("write", "b"), ("write", "c"), ("join", ("a", "b"))])
    assert isinstance(outcome, Solved)
    groups = [[step.args for step in group] for group in outcome.plan.parallel_groups()]
    assert [[("a",), ("b",), ("c",)], [(("a", "b"),)]] == groups
    last = outcome.plan.steps[-1]
    assert set(last.causal) == {outcome.plan.steps[0].id, outcome.plan.steps[1].id}


def test_what_a_method_relied_on_is_recorded_and_orders_its_first_step() -> None:
    """A method's precondition is a dependency of its first leaf and shown in the explanation."""
    domain = Domain("method")

    @domain.operator
    def open_door(state: State) -> Any:
        state.door = "open"
        return state

    @domain.operator
    def enter(state: State) -> Any:
        state.place = "inside"
        return state

    @domain.method("go_in")
    def through_the_door(state: State) -> Any:
        return [("enter",)] if state.door == "open" else False

    outcome = find_plan(domain, State(door="shut", place="outside"), [("open_door",), ("go_in",)])
    assert isinstance(outcome, Solved)
    first, second = outcome.plan.steps
    assert (first.id,) == second.causal
    assert "relying on door" in outcome.plan.explain(second.id)


def test_ids_are_stable_under_changes_below_and_keys_under_changes_of_place() -> None:
    """A node's id survives another choice beneath it; a step's key survives standing elsewhere."""
    domain = Domain("stable")

    @domain.operator
    def act(state: State, key: str) -> Any:
        state.cell[key] = True
        return state

    @domain.method("inner")
    def one(state: State) -> Any:
        return [("act", "one")] if state.flag else False

    @domain.method("inner")
    def two(state: State) -> Any:
        return [("act", "two")]

    @domain.method("outer")
    def outer(state: State) -> Any:
        return [("act", "same"), ("inner",)]

    plans = []
    for flag in (True, False):
        outcome = find_plan(domain, State(flag=flag, cell={}), [("outer",)])
        assert isinstance(outcome, Solved)
        plans.append(outcome.plan)
    elsewhere = find_plan(domain, State(flag=True, cell={}), [("act", "other"), ("act", "same")])
    assert isinstance(elsewhere, Solved)
    with_one, with_two = plans
    assert with_one.tree.roots == with_two.tree.roots
    assert with_one.steps[0].id == with_two.steps[0].id
    assert with_one.steps[1].id != with_two.steps[1].id
    assert with_one.steps[0].key == elsewhere.plan.steps[1].key
    assert with_one.steps[0].id != elsewhere.plan.steps[1].id


_WAYS: dict[str, Callable[[State], Any]] = {
    "a single value that is there": lambda s: s.n,
    "a single value that an earlier step made": lambda s: s.made,
    "a single value that is not there": lambda s: getattr(s, "door", None),
    "whether there is a single value": lambda s: hasattr(s, "door"),
    "whether a fluent differs": lambda s: s.f != {"z": 0},
    "whether a fluent is empty": lambda s: bool(s.f),
    "a fluent joined with another": lambda s: len(s.f | {"y": 1}),
    "another joined with a fluent": lambda s: len({"y": 1} | s.f),
    "a fluent as text": lambda s: f"{s.f}",
    "a fluent unpacked": lambda s: len({**s.f}),
    "the fluents": lambda s: s.fluents()["n"],
    "the facts": lambda s: len(list(s.facts())),
    "a copy": lambda s: s.copy().n,
    "the state as JSON": lambda s: len(s.to_json()["fluents"]),
}


@pytest.mark.parametrize("way", _WAYS)
def test_whatever_way_a_state_is_read_a_later_write_comes_after(way: str) -> None:
    """A reader and a writer are never free to change places, by whatever means the reader looked."""
    domain = Domain("reading")

    @domain.operator
    def make(state: State) -> Any:
        state.made = 1
        return state

    @domain.operator
    def look(state: State) -> Any:
        state.seen = repr(_WAYS[way](state))
        return state

    @domain.operator
    def change(state: State) -> Any:
        state.n = 2
        state.made = 2
        state.door = "open"
        state.f["a"] = 1
        return state

    outcome = find_plan(domain, State(n=1, f={"z": 0}), [("make",), ("look",), ("change",)])
    assert isinstance(outcome, Solved)
    first, second, third = outcome.plan.steps
    assert second.id in third.dependencies
    if "earlier step" in way:
        assert (first.id,) == second.causal


class _Point(NamedTuple):
    x: int
    y: int


class _Colour(StrEnum):
    RED = "red"


class _Length(float):
    def __repr__(self) -> str:
        return "a length"


def test_arguments_of_richer_types_leave_plans_that_can_be_read_again() -> None:
    """Named tuples, members of string enumerations and numbers of other libraries keep their ids through JSON."""
    domain = Domain("types")

    @domain.operator
    def put(state: State, key: Any) -> Any:
        state.at[key] = True
        return state

    tasks = [("put", key) for key in (_Point(1, 2), (1, 2), _Colour.RED, "red", _Length(1.5), (_Colour.RED, 1))]
    outcome = find_plan(domain, State(at={}), tasks)
    assert isinstance(outcome, Solved)
    again = Plan.from_json(json.loads(json.dumps(outcome.plan.to_json())))
    assert len(tasks) == len(again.tree)
    assert "sound" == str(check_plan(domain, again, tasks))


def test_the_order_in_which_nodes_are_written_down_is_of_no_account() -> None:
    """A plan whose nodes were put in another order in the file is the same plan."""
    domain = Domain("order")

    @domain.operator
    def put(state: State, key: str, value: str) -> Any:
        if state.at.get(key) == value:
            return False
        state.at[key] = value
        return state

    @domain.method("both")
    def both(state: State, key: str) -> Any:
        return [("put", key, "x"), ("put", key, "y")]

    tasks = [("both", "a"), ("both", "b"), ("both", "a")]
    outcome = find_plan(domain, State(at={}), tasks)
    assert isinstance(outcome, Solved)
    data = outcome.plan.to_json()
    data["tree"]["nodes"].reverse()
    assert "sound" == str(check_plan(domain, Plan.from_json(data), tasks))
