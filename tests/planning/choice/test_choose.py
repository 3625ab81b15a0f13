"""Choosing among plans, checked against every plan of small random domains."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htn.model.domain import Domain
from htn.model.errors import InputError
from htn.model.network import TaskNetwork
from htn.model.state import State
from htn.planning import Constraints, Limits, Solved
from htn.planning.choice import Choice, Objective, Price, choose_plan
from htn.planning.choice.objective import Ceiling
from tests.planning.choice.every_plan import Tariff, every_plan, front_of, subtasks_of
from tests.strategies import Spec, specs

EXACT = settings(max_examples=80, deadline=None, derandomize=True)


def points_of(spec: Spec, tariff: Tariff, makespan: Any = None) -> set[tuple[float, ...]]:
    """Return (seconds, tokens, money, loss) of every plan, the loss rounded."""
    found = set()
    for actions, decisions in every_plan(spec):
        sums = [sum(tariff.steps[name][place] for name in actions) for place in range(3)]
        if makespan is not None:
            sums[0] = makespan(actions)
        loss = sum(-math.log(tariff.qualities[decision]) for decision in decisions)
        found.add((*map(float, sums), round(loss, 4)))
    return found


def chosen_points(choice: Choice) -> set[tuple[float, ...]]:
    """Return the same of the plans on the front."""
    return {
        (
            each.price.seconds,
            each.price.tokens,
            float(each.price.money or 0),
            abs(round(-math.log(each.price.quality), 4)),
        )
        for each in choice.front
    }


@EXACT
@given(specs(), st.integers(0, 10**6))
def test_front_is_that_of_all_plans(spec: Spec, seed: int) -> None:
    """Without limits the front is exactly the Pareto front of every decomposition; with and without lower bounds."""
    tariff = Tariff(spec, seed)
    expected = front_of(points_of(spec, tariff))
    for graph in (None, subtasks_of(spec)):
        choice = choose_plan(
            spec.domain(),
            spec.state(),
            spec.task_list(),
            tariff.price,
            quality=tariff.quality,
            subtasks=graph,
            lowest=lambda name: tariff.price(None, (name,)),
        )
        assert choice.proved
        assert chosen_points(choice) == expected


@EXACT
@given(specs(), st.integers(0, 10**6))
def test_front_is_right_where_time_does_not_add_up(spec: Spec, seed: int) -> None:
    """With a makespan of its own (here: steps of one name side by side) the front is still that of all plans."""
    tariff = Tariff(spec, seed)

    def length(actions: tuple[str, ...]) -> int:
        return sum(tariff.steps[name][0] for name in set(actions))

    def makespan(solved: Solved) -> float:
        return length(tuple(action[0] for action in solved.actions))

    choice = choose_plan(
        spec.domain(),
        spec.state(),
        spec.task_list(),
        tariff.price,
        quality=tariff.quality,
        makespan=makespan,
        places=None,
    )
    assert choice.proved
    assert chosen_points(choice) == front_of(points_of(spec, tariff, length))


@EXACT
@given(specs(), st.integers(0, 10**6), st.sampled_from(("fast", "cheap", "thorough", "tokens=1,quality=3")))
def test_chosen_plan_is_the_best_within_the_limits(spec: Spec, seed: int, words: str) -> None:
    """No plan within the limits is better by the objective, and the one chosen exceeds none."""
    tariff, objective = Tariff(spec, seed), Objective.parse(words)
    points = points_of(spec, tariff)
    if not points:
        return
    ceiling = Ceiling(seconds=sorted(point[0] for point in points)[len(points) // 2], tokens=9)
    within = [point for point in points if point[0] <= (ceiling.seconds or 0) and point[1] <= 9]
    choice = choose_plan(
        spec.domain(),
        spec.state(),
        spec.task_list(),
        tariff.price,
        quality=tariff.quality,
        objective=objective,
        ceiling=ceiling,
        every=False,
    )
    assert choice.proved
    assert choice.first is not None
    if choice.chosen is None:
        assert not within
        return
    usual = choice.first.price
    scale = (usual.seconds or 1.0, usual.tokens or 1.0, usual.money or 1.0)

    def value(point: tuple[float, ...]) -> float:
        parts = zip((objective.seconds, objective.tokens, objective.money), point, scale, strict=False)
        return sum(weight * number / by for weight, number, by in parts) + objective.quality * point[3]

    price = choice.chosen.price
    assert price.seconds <= (ceiling.seconds or 0)
    assert price.tokens <= 9
    mine = (price.seconds, price.tokens, float(price.money or 0), -math.log(price.quality))
    assert value(mine) <= min(map(value, within)) + 1e-3


def _errands() -> Domain:
    domain = Domain("errands")
    for name in ("walk", "ride", "rest"):

        def act(state: State, where: str = "") -> State:
            state.at["me"] = where
            return state

        domain.operator(name=name)(act)

    @domain.method("go")
    def on_foot(state: State, where: str) -> Any:
        return [("walk", where)]

    @domain.method("go")
    def by_taxi(state: State, where: str) -> Any:
        return [TaskNetwork.unordered([("ride", where), ("rest", where)])]

    return domain


_ERRANDS = {"walk": Price(900), "ride": Price(120, money=12), "rest": Price(10)}


def test_several_starts_are_chosen_among_together() -> None:
    """Of plans from several states the best is chosen, and equal ones are shown once, as of the first state."""
    domain = _errands()
    starts = {"a": State(at={"me": "home"}), "b": State(at={"me": "home"})}
    choice = choose_plan(domain, starts, [("go", "park")], lambda _, task: _ERRANDS[task[0]])
    assert [each.start for each in choice.front] == ["a", "a"]
    assert not choice.any_order
    assert choice.chosen is not None
    assert choice.chosen.methods == [(("go", "park"), choice.chosen.methods[0][1])]


def test_constraints_hold() -> None:
    """What is ruled out, by name or for a whole task, is in no plan."""
    for pattern in ("go", ("go", "park")):
        choice = choose_plan(
            _errands(),
            State(at={"me": "home"}),
            [("go", "park")],
            lambda _, task: _ERRANDS[task[0]],
            objective=Objective.parse("fast"),
            constraints=Constraints(exclude=((pattern, "by_taxi"),)),
        )
        assert [each.solved.actions for each in choice.front] == [[("walk", "park")]]


def test_unknown_money_is_shown_as_unknown_and_cannot_be_limited() -> None:
    """A plan with a step of unknown money has unknown money; a limit on it is refused, not ignored."""
    prices = {**_ERRANDS, "ride": Price(120, money=None)}
    fast = Objective.parse("fast")
    start, tasks = State(at={"me": "home"}), [("go", "park")]
    choice = choose_plan(_errands(), start, tasks, lambda _, task: prices[task[0]], objective=fast)
    assert choice.chosen is not None
    assert choice.chosen.price.money is None
    with pytest.raises(InputError, match="configure prices"):
        choose_plan(_errands(), start, tasks, lambda _, task: prices[task[0]], ceiling=Ceiling(money=5))


def test_deferred_tasks_are_chosen_among_too() -> None:
    """Where a domain is more than sequences of tasks its decompositions are looked at one by one."""
    domain = _errands()

    @domain.deferred("later", known=lambda state: False, until="it is known")
    def predict(state: State) -> State:
        return state

    @domain.method("later")
    def resting(state: State) -> Any:
        return [("rest", "park")]

    prices = {**_ERRANDS, "later": Price(seconds=30)}
    choice = choose_plan(
        domain, State(at={"me": "home"}), [("go", "park"), ("later",)], lambda _, task: prices[task[0]]
    )
    assert sorted(each.price.seconds for each in choice.front) == [160, 930]
    assert choice.proved


def test_stopped_search_says_how_far_from_the_best_it_may_be() -> None:
    """With few nodes the plan is there at once, the gap is not understated, and more nodes never make it worse."""
    domain = Domain("long")
    for number in range(3):
        domain.operator(name=f"step{number}")(lambda state: state)

    @domain.method("one")
    def any_step(state: State) -> Any:
        for number in range(3):
            yield [(f"step{number}",)]

    prices = [Price(3, 1), Price(1, 3), Price(2, 2)]
    values, objective = [], Objective(seconds=1.0)
    for nodes in (1, 60, 10_000):
        choice = choose_plan(
            domain,
            State(),
            [("one",)] * 8,
            lambda _, task: prices[int(task[0][-1])],
            objective=objective,
            limits=Limits(nodes=nodes),
            subtasks={"one": [["step0"], ["step1"], ["step2"]]},
            lowest=lambda name: prices[int(name[-1])],
        )
        assert choice.chosen is not None
        values.append(choice.chosen.price.seconds)
        assert choice.chosen.price.seconds * (1 - choice.gap) <= 8 + 1e-6
    assert values == sorted(values, reverse=True)
    assert choice.proved
    assert {each.price.seconds + each.price.tokens for each in choice.front} == {32.0}
    assert len(choice.front) == 17


def test_plans_that_cost_the_same_are_one() -> None:
    """Of plans equal in everything one is kept, however many there are."""
    domain = Domain("even")
    for name in ("left", "right"):
        domain.operator(name=name)(lambda state: state)

    @domain.method("turn")
    def any_way(state: State) -> Any:
        yield [("right",), ("turn_again",)]
        yield [("left",), ("turn_again",)]

    @domain.method("turn_again")
    def or_not(state: State) -> Any:
        yield [("left",)]
        yield [("right",)]

    graph = {"turn": [["right", "turn_again"], ["left", "turn_again"]], "turn_again": [["left"], ["right"]]}
    choice = choose_plan(
        domain,
        State(),
        [("turn",)] * 3,
        lambda _, task: Price(1, 1),
        subtasks=graph,
        makespan=lambda solved: 6.0 - (solved.actions[0] == ("left",)),
        places=None,
    )
    assert [each.price.seconds for each in choice.front] == [5]
    assert choice.proved
