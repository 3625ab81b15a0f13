"""The task-decomposition graph read from methods: never more than what decompositions hold, and worth having."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from typing import Any

import pytest

from htn.model.domain import Domain
from htn.model.network import TaskNetwork
from htn.model.refusal import refuse
from htn.model.state import State
from htn.planning import Limits, Solved, find_plan
from htn.planning.choice import Objective, Price, choose_plan
from htn.planning.choice.graph import task_graph

SHIPPED = {"logistics": 12, "rescue": 3, "rovers": 3, "satellite": 3, "openstacks": 1, "queens": 5, "countdown": 9}


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_read_is_in_every_decomposition(name: str):
    """In plans of the shipped domains each decomposed task has at least the subtasks of one of the ways read for it."""
    module = import_module(f"domains.{name}")
    state, tasks = module.problem(SHIPPED[name])
    graph = task_graph(module.domain)
    outcome = find_plan(module.domain, state, tasks, limits=Limits(seconds=20))
    assert isinstance(outcome, Solved)
    tree = outcome.plan.tree
    seen = 0
    for node in tree.nodes.values():
        if node.method is not None and node.task in graph:
            held = Counter(tree.nodes[child].task for child in node.children)
            assert any(not Counter(way) - held for way in graph[node.task])
            seen += 1
    assert seen


domain = Domain("shapes of methods")
for operator in ("walk", "ride", "pay", "wait"):
    domain.operator(name=operator)(lambda state, *_: state)


def rest(who: str) -> Any:
    """Return what is not seen in the method."""
    return [("wait", who)]


@domain.method("lists")
def written_out(state: Any, who: str) -> Any:
    """Applies always."""
    if state.rich:
        return [("ride", who), ("pay", who)]
    return [("walk", who), *rest(who)]


@domain.method("networks")
def as_networks(state: Any, who: str) -> Any:
    """Applies always."""
    return TaskNetwork.unordered([("pay", who), TaskNetwork.ordered([("walk", who), ("wait", who)])], why="to show")


@domain.method("choices")
def either(state: Any, who: str) -> Any:
    """Applies always."""
    yield [("ride", who) if state.rich else ("walk", who), ("pay", who)]
    yield [("lists", who), *([("wait", who)] if state.rich else [])]


@domain.method("refusals")
def sometimes(state: Any, who: str) -> Any:
    """Applies to the rich."""
    if not state.rich:
        return refuse("it is too dear")
    return None if state.tired else [("ride", who)]


@domain.method("unknown")
def made_up(state: Any, who: str) -> Any:
    """Applies always."""
    found = [("ride", who)]
    return found if state.rich else [(f"{'wa'}lk", who), ("pay", who)] + [("wait", each) for each in who]


@domain.method("goals")
def by_goal(state: Any, who: str) -> Any:
    """Applies always."""
    return [("place", who, "home"), ("pay", who)]


@domain.goal_method("place")
def there(state: Any, who: str, where: str) -> Any:
    """Applies always."""
    return [("walk", who)]


GRAPH = {
    "lists": [["ride", "pay"], ["walk"]],
    "networks": [["pay", "walk", "wait"]],
    "choices": [["ride", "pay"], ["walk", "pay"], ["lists", "wait"], ["lists"]],
    "refusals": [["ride"]],
    "unknown": [[], ["pay"]],
    "goals": [["pay"]],
}


@pytest.mark.parametrize("task", GRAPH)
def test_shapes_of_methods_are_read(task: str):
    """Lists, sums, networks, generators and refusals are read; made-up names and goals count as nothing."""
    assert sorted(task_graph(domain)[task]) == sorted(GRAPH[task])


def test_without_source_nothing_is_read():
    """Functions made from text, several lambdas in a line, and wrapped functions are known by nothing."""
    made = Domain("unseen")
    for name in ("a", "b"):
        made.operator(name=name)(lambda state: state)
    space: dict[str, Any] = {}
    exec("def made_of_text(state):\n    return [('a',)]", space)
    made.method("text")(space["made_of_text"])
    pair = (lambda state: [("a",)], lambda state: [("b",)])
    made.method("pair")(pair[1])
    assert task_graph(made) == {"text": [[]], "pair": [[]]}


def test_the_bound_read_proves_what_would_else_not_be_proved():
    """With the least price of every operator fewer configurations are made, and the plan is the same."""
    trips = Domain("trips")
    for name in ("walk", "ride", "pay"):
        trips.operator(name=name)(lambda state, *_: state)

    @trips.method("trip")
    def on_foot(state: Any, number: int) -> Any:
        """Applies always."""
        return [("walk", number)]

    @trips.method("trip")
    def by_taxi(state: Any, number: int) -> Any:
        """Applies always."""
        return [("ride", number), ("pay", number)]

    prices = {"walk": Price(seconds=9, tokens=3), "ride": Price(seconds=2, tokens=5), "pay": Price(seconds=1)}
    fast = Objective.parse("fast")
    tasks = [("trip", number) for number in range(9)]
    with_bound, without = (
        choose_plan(
            trips,
            State(),
            tasks,
            lambda _, task: prices[task[0]],
            objective=fast,
            every=False,
            lowest=lowest,
            makespan=lambda solved: sum(prices[action[0]].seconds for action in solved.actions),
        )
        for lowest in (prices.__getitem__, None)
    )
    assert with_bound.proved
    assert without.proved
    assert with_bound.chosen is not None
    assert without.chosen is not None
    assert with_bound.chosen.price == without.chosen.price
    assert with_bound.nodes < without.nodes / 2
