"""Goals, constraints and deferred tasks, as promises."""

from __future__ import annotations

from typing import Any

import pytest

from htn.model import MultiGoal, State, TaskNetwork, split_multigoal
from htn.planning import Constraints, InvalidDomain, Solved, Unsolvable, find_plan, find_plans
from htn.planning.checker import check_plan
from tests.planning.test_promises import small_domain


def test_goals_that_a_method_does_not_bring_about_are_found_out() -> None:
    """A goal's method is believed only once the goal holds."""
    domain = small_domain()

    @domain.goal_method("at")
    def pretend(state: State, key: str, value: int) -> Any:
        return [("log",)]

    @domain.goal_method("at")
    def honest(state: State, key: str, value: int) -> Any:
        return [("put", key, value)]

    domain.multigoal_method(split_multigoal)
    outcome = find_plan(domain, State(at={}), [MultiGoal(at={"a": 3, "b": 4})])
    assert isinstance(outcome, Solved)
    assert [("put", "a", 3), ("put", "b", 4)] == outcome.actions
    assert check_plan(domain, outcome.plan)
    unverified = find_plan(domain, State(at={}), [("at", "a", 3)], verify_goals=False)
    assert isinstance(unverified, Solved)
    assert [("log",)] == unverified.actions


def test_a_goal_inside_a_network_is_verified_before_other_branches_go_on() -> None:
    """No other branch can bring a goal about just in time for a method that failed to."""
    domain = small_domain()

    @domain.goal_method("at")
    def pretend(state: State, key: str, value: int) -> Any:
        return [("log",)]

    tasks = TaskNetwork.unordered([("at", "a", 1), TaskNetwork.ordered([("need", "z", 1), ("put", "a", 1)])])
    outcome = find_plan(domain, State(at={"z": 1}), tasks)
    assert isinstance(outcome, Solved)
    assert [("need", "z", 1), ("put", "a", 1)] == outcome.actions
    assert check_plan(domain, outcome.plan, tasks)


@pytest.mark.parametrize(
    ("subtasks", "between"),
    [(["log"], []), (["log", "log"], [["log", "put", "log"]]), (["nothing"], []), (["nothing", "nothing"], [])],
)
def test_a_goal_of_several_steps_inside_a_network_is_verified_at_its_last(
    subtasks: list[str], between: list[list[str]]
) -> None:
    """Another branch may go between the steps of a goal's method, but not between the last one and the verification."""
    domain = small_domain()
    domain.method("nothing", name="nothing")(lambda state: [])
    domain.goal_method("at", name="pretend")(lambda state, key, value: [(name,) for name in subtasks])
    tasks = TaskNetwork.unordered([("at", "a", 1), ("put", "a", 1)])
    outcomes = [outcome for outcome in find_plans(domain, State(at={}), tasks) if isinstance(outcome, Solved)]
    assert [*between, ["put"]] == [[action[0] for action in outcome.actions] for outcome in outcomes]


def test_exclusions_and_preferences_shape_the_plan() -> None:
    """An edit is a constraint on the decomposer."""
    domain = small_domain()

    @domain.method("choose")
    def first(state: State, key: str) -> Any:
        return [("put", key, 1)]

    @domain.method("choose")
    def second(state: State, key: str) -> Any:
        return [("put", key, 2)]

    tasks = [("choose", "a"), ("choose", "b")]

    def actions(constraints: Constraints) -> Any:
        outcome = find_plan(domain, State(at={}), tasks, constraints=constraints)
        return outcome.actions if isinstance(outcome, Solved) else outcome

    assert [("put", "a", 2), ("put", "b", 2)] == actions(Constraints(prefer=(("choose", "second"),)))
    assert [("put", "a", 2), ("put", "b", 1)] == actions(Constraints(exclude=((("choose", "a"), "first"),)))
    assert isinstance(actions(Constraints(exclude=(("put", None),))), Unsolvable)
    misspelt = actions(Constraints(exclude=(("choose", "frist"),)))
    assert isinstance(misspelt, InvalidDomain)
    assert "did you mean 'first'?" in misspelt.problems[0]


@pytest.mark.parametrize(
    ("exclude", "prefer", "value"),
    [
        (((("choose", "a"), 1), ("choose", 2)), (), 3),
        ((("choose", 2), (("choose", "a"), 1)), (), 3),
        ((("choose", 2),), ((("choose", "a"), 2), ("choose", 3)), 3),
        ((("choose", None),), ((("choose", "a"), 2),), None),
        ((("choose", None), ("choose", 1)), (), None),
        (((("choose", "a"), None), (("choose", "a"), 1)), (), None),
        (((["choose", "a"], 1),), (), 2),
        ((), (("choose", 3), ("choose", 2)), 3),
        ((), ((("choose", "a"), 3), ("choose", 2)), 3),
        (((("choose", "b"), 1), ("choose", 3)), (("choose", 3), ("choose", 2)), 2),
    ],
)
def test_constraints_on_a_task_and_on_its_name_hold_together(exclude: Any, prefer: Any, value: int | None) -> None:
    """In whatever order they are given, all exclusions hold; the word on the whole task decides what comes first."""
    domain = small_domain()
    for number in (1, 2, 3):
        domain.method("choose", name=f"m{number}")(lambda state, key, number=number: [("put", key, number)])

    def named(constraints: Any) -> Any:
        return tuple((task, f"m{number}" if number else None) for task, number in constraints)

    constraints = Constraints(named(exclude), named(prefer))
    outcome = find_plan(domain, State(at={}), [("choose", "a")], constraints=constraints)
    assert [("put", "a", value)] == outcome.actions if isinstance(outcome, Solved) else value is None


def test_a_constraint_on_a_whole_task_leaves_long_networks_and_odd_arguments_alone() -> None:
    """Looking for constrained tasks neither descends into what is still to be done nor trips over an argument."""
    domain = small_domain()

    @domain.operator
    def show(state: State, items: Any) -> Any:
        return state

    tasks = TaskNetwork.unordered([TaskNetwork.ordered([("log",)] * 100_000), ("show", ("a", "b"))])
    constraints = Constraints(exclude=((("show", "c"), None),))
    outcome = find_plan(domain, State(at={}), tasks, constraints=constraints)
    assert isinstance(outcome, Solved)
    assert 100_001 == len(outcome.actions)


@pytest.mark.parametrize(
    "exclude", [("choose", "m1"), ("ab",), ((), "m1"), ((("choose", "a"), 1),), (3,), (((), None),)]
)
def test_what_is_no_constraint_is_said_to_be_none(exclude: Any) -> None:
    """A pair written without the tuple around it is noticed, not taken apart."""
    outcome = find_plan(small_domain(), State(at={}), [("put", "a")], constraints=Constraints(exclude=exclude))
    assert isinstance(outcome, InvalidDomain)
    assert "is no pair of a task" in outcome.problems[0]


def test_a_deferred_task_stays_open_until_it_can_be_known() -> None:
    """Before that it is one opaque step that counts as what it predicts; afterwards it is decomposed."""
    domain = small_domain()

    @domain.deferred("dig", known=lambda state: "found" in state.at, until="the number of findings is known")
    def predict(state: State) -> Any:
        state.at["dug"] = 1
        return state

    @domain.method("dig")
    def dig(state: State) -> Any:
        return [("put", f"hole{number}") for number in range(state.at["found"])] + [("put", "dug")]

    tasks = [("dig",), ("need", "dug", 1)]
    early = find_plan(domain, State(at={}), tasks)
    assert isinstance(early, Solved)
    assert [True, False] == [step.deferred for step in early.plan.steps]
    assert "sound, 1 open" == str(check_plan(domain, early.plan, tasks))
    assert "open until the number of findings is known" in early.plan.steps[0].description
    late = find_plan(domain, State(at={"found": 2}), tasks)
    assert isinstance(late, Solved)
    assert ["hole0", "hole1", "dug", "dug"] == [step.args[0] for step in late.plan.steps]
