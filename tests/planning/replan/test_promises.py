"""What repair promises: finished work stays, what is wrong is marked, and every change has its reason."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from htn.model import Domain, MultiGoal, State
from htn.model.errors import InputError
from htn.plan import Plan
from htn.planning import Constraints, InvalidDomain, LimitReached, Limits, Solved, Unsolvable, find_plan
from htn.planning.checker import check_plan
from htn.planning.monitor import monitor, opportunity
from htn.planning.replan import Cheapest, Combined, Local, Repaired, Scratch, Stable, replan

ALL = (Combined(), Combined(little=0), Local(), Stable(), Cheapest(), Scratch())


def kitchen() -> Domain:
    """Return a domain whose task list, and not the state, is the goal: dishes are cooked as often as they are asked."""
    domain = Domain("kitchen")

    @domain.operator
    def heat(state: Any, stove: str) -> Any:
        state.hot[stove] = True
        return state if state.works[stove] else False

    @domain.operator
    def cook(state: Any, dish: str, stove: str) -> Any:
        state.cooked[dish] = state.cooked.get(dish, 0) + 1
        return state if state.hot[stove] else False

    @domain.operator
    def serve(state: Any, dish: str) -> Any:
        if not state.cooked.get(dish):
            return False
        state.cooked[dish] -= 1
        return state

    @domain.method("dinner")
    def dish_by_dish(state: Any, *dishes: str) -> Any:
        return [("dish", dish) for dish in dishes]

    for stove in ("gas", "wood"):

        def prepare(state: Any, dish: str, stove: str = stove) -> Any:
            return [("heat", stove), ("cook", dish, stove), ("serve", dish)] if state.works[stove] else None

        domain.method("dish", name=f"on_{stove}")(prepare)
    return domain


def start(**works: bool) -> State:
    """Return the state of the kitchen."""
    return State("start", hot={"gas": False, "wood": False}, works={"gas": True, "wood": True, **works}, cooked={})


def dinner(*dishes: str) -> Plan:
    """Return a plan for a dinner."""
    outcome = find_plan(kitchen(), start(), [("dinner", *dishes)])
    assert isinstance(outcome, Solved)
    return outcome.plan


def after(plan: Plan, steps: int) -> State:
    """Return the state after some steps of a plan."""
    domain, state = kitchen(), plan.initial.copy()
    for step in plan.steps[:steps]:
        assert domain.operators[step.task].function(state, *step.args) is state
    return state


@pytest.mark.parametrize("policy", ALL, ids=str)
def test_finished_work_is_not_repeated_where_the_task_list_is_the_goal(policy: Any) -> None:
    """The stove breaks down after two dishes: the third is cooked on the other, the two are not cooked again."""
    plan = dinner("soup", "fish", "cake")
    state = after(plan, 7)
    state.works["gas"] = state.hot["gas"] = False
    outcome = replan(kitchen(), plan, plan.steps[7].id, state, policy=policy)
    assert isinstance(outcome, Repaired)
    assert [("heat", "wood"), ("cook", "cake", "wood"), ("serve", "cake")] == outcome.actions
    assert [step.key for step in plan.steps[:6]] == [step.key for step in outcome.plan.steps[:6]]
    assert check_plan(kitchen(), outcome.plan, [("dinner", "soup", "fish", "cake")])


def test_what_a_lost_result_makes_wrong_is_marked_and_done_again() -> None:
    """The soup is spilt between cooking and serving: that step is wrong, what was served before is not."""
    plan = dinner("soup", "fish")
    state = after(plan, 5)
    state.cooked["fish"] = 0
    outcome = replan(kitchen(), plan, plan.steps[5].id, state)
    assert isinstance(outcome, Repaired)
    (wrong,) = outcome.changes.of("wrong")
    assert ("cook", ("fish", "gas")) == (wrong.step.task, wrong.step.args)
    assert "cooked['fish'] is no longer what it made it" == wrong.reason
    assert [("cook", "fish", "gas"), ("serve", "fish")] == outcome.actions
    assert (plan.steps[5].id,) == outcome.invalid


def test_every_change_has_its_reason() -> None:
    """The text says what broke, where, and what came in its place."""
    plan = dinner("soup", "fish", "cake")
    state = after(plan, 0)
    state.works["gas"] = False
    outcome = replan(kitchen(), plan, plan.steps[0].id, state, policy=Local())
    assert isinstance(outcome, Repaired)
    assert all(change.reason for change in outcome.changes.steps)
    assert "- heat gas (it failed)" in outcome.changes.to_text()
    assert "the method on_gas no longer applies" in outcome.changes.to_text()
    assert "local" == outcome.policy
    assert outcome.statistics.nodes == sum(tried.nodes for tried in outcome.tried)


def test_a_method_that_failed_before_is_tried_again_when_the_state_has_changed() -> None:
    """Gas fails, wood is taken; then wood fails and gas is back."""
    plan = dinner("soup", "fish")
    state = after(plan, 0)
    state.works["gas"] = False
    first = replan(kitchen(), plan, plan.steps[0].id, state)
    assert isinstance(first, Repaired)
    state = start(wood=False)
    second = replan(kitchen(), first.plan, first.pending[0].id, state)
    assert isinstance(second, Repaired)
    assert [(step.task, *step.args) for step in plan.steps] == second.actions


def test_what_is_to_be_avoided_is_not_part_of_the_new_plan() -> None:
    """The state says nothing against the step that failed; whoever calls does."""
    plan = dinner("soup")
    again = replan(kitchen(), plan, plan.steps[0].id)
    assert isinstance(again, Repaired)
    assert again.changes.empty
    other = replan(kitchen(), plan, plan.steps[0].id, avoid=True)
    assert isinstance(other, Repaired)
    assert ("heat", "wood") == other.actions[0]
    none = replan(kitchen(), plan, plan.steps[0].id, avoid=True, constraints=Constraints(((("dish", "on_wood")),)))
    assert isinstance(none, Unsolvable)


def test_a_task_that_failed_as_a_whole_is_done_anew() -> None:
    """Not only steps can fail: a dish that was sent back is cooked again, the other one is not."""
    plan = dinner("soup", "fish")
    dish = plan.tree[plan.tree.roots[0]].children[0]
    outcome = replan(kitchen(), plan, dish, after(plan, 3), done=[step.id for step in plan.steps[:3]])
    assert isinstance(outcome, Repaired)
    assert ["soup", "soup", "fish", "fish"] == [args[0] for task, *args in outcome.actions if task != "heat"]
    assert 3 == len(outcome.changes.of("abandoned", "wrong"))


def test_a_goal_that_was_begun_is_verified_in_the_end() -> None:
    """What remains of a goal must still bring it about; where it cannot, the goal is begun anew."""
    domain = Domain("lamps")

    @domain.operator
    def switch(state: Any, lamp: str) -> Any:
        state.on[lamp] = not state.on[lamp]
        return state

    @domain.goal_method("on")
    def switch_it(state: Any, lamp: str, wanted: bool) -> Any:
        return [("switch", lamp)]

    @domain.multigoal_method
    def all_of_them(state: Any, wanted: MultiGoal) -> Any:
        return list(wanted.facts)

    goal = MultiGoal(on={"a": True, "b": True})
    planned = find_plan(domain, State(on={"a": False, "b": False}), [goal])
    assert isinstance(planned, Solved)
    for policy in ALL:
        observed = State(on={"a": False, "b": False})
        outcome = replan(domain, planned.plan, planned.plan.steps[1].id, observed, policy=policy)
        assert isinstance(outcome, Repaired)
        assert [("switch", "a"), ("switch", "b")] == outcome.actions
        assert check_plan(domain, outcome.plan, [goal])


def test_limits_mistakes_and_unknown_steps_are_told_apart() -> None:
    """Only a search that came to its end says that there is no repair."""
    plan = dinner("soup")
    broken = start(gas=False, wood=False)
    assert isinstance(replan(kitchen(), plan, plan.steps[0].id, broken), Unsolvable)
    many = dinner(*["soup"] * 200)
    stopped = replan(kitchen(), many, many.steps[0].id, start(gas=False), policy=Scratch(), limits=Limits(nodes=100))
    assert isinstance(stopped, LimitReached)
    other = kitchen()
    other.methods["dish"][1:] = []
    other.method("dish")(lambda state, dish: [("coook", dish)])
    assert isinstance(replan(other, plan, plan.steps[0].id, start(gas=False)), InvalidDomain)
    with pytest.raises(InputError, match="names no step of this plan"):
        replan(kitchen(), plan, "nothing")
    with pytest.raises(InputError, match="whose result it uses, is not"):
        replan(kitchen(), plan, plan.steps[0].id, done=[plan.steps[1].id])


def test_another_process_repairs_alike() -> None:
    """A plan that was written down is repaired in the same way, whatever the hash seed is."""
    plan = dinner("soup", "fish")
    state = after(plan, 1)
    state.works["gas"] = state.hot["gas"] = False
    outcome = replan(kitchen(), plan, plan.steps[1].id, state)
    assert isinstance(outcome, Repaired)
    code = (
        "import json, sys; from htn.model import State; from htn.plan import Plan;"
        "from htn.planning.replan import replan;"
        "from tests.planning.replan.test_promises import kitchen; data = json.load(sys.stdin);"
        "plan = Plan.from_json(data[0]);"
        "print(json.dumps(replan(kitchen(), plan, plan.steps[1].id, State.from_json(data[1])).plan.to_json()))"
    )
    given = json.dumps([plan.to_json(), state.to_json()])
    for seed in ("1", "2"):
        made = subprocess.run(
            [sys.executable, "-c", code], input=given, capture_output=True, text=True, env={"PYTHONHASHSEED": seed}
        )
        assert json.loads(made.stdout) == json.loads(json.dumps(outcome.plan.to_json())), made.stderr


def test_a_break_is_known_before_it_is_reached() -> None:
    """The second dish's stove breaks down while the first is cooked: two steps before that can still be done."""
    plan = dinner("soup", "fish")
    state = after(plan, 1)
    assert monitor(kitchen(), plan, state, done=[plan.steps[0].id])
    state.works["gas"] = False
    found = monitor(kitchen(), plan, state, done=[plan.steps[0].id])
    assert not found
    assert 2 == found.steps_before
    assert found.node is not None
    assert "fish" in plan.tree[found.node].args
    assert (("works", "gas"),) == found.relevant
    outcome = replan(kitchen(), plan, found.node, state, done=[plan.steps[0].id])
    assert isinstance(outcome, Repaired)
    assert [("cook", "soup", "gas"), ("serve", "soup"), ("heat", "wood")] == outcome.actions[:3]


def test_a_change_that_nothing_relies_on_is_no_finding() -> None:
    """The stove that is not used breaks down."""
    plan = dinner("soup")
    found = monitor(kitchen(), plan, start(wood=False))
    assert found
    assert () == found.relevant


def test_an_opportunity_must_gain_enough() -> None:
    """A cheaper method has become applicable: it is reported past the stated gain, and not below it."""
    state = start(gas=False)
    planned = find_plan(kitchen(), state, [("dinner", "soup")])
    assert isinstance(planned, Solved)

    def price(task: tuple[Any, ...]) -> float:
        return 5.0 if "wood" in task else 1.0

    assert opportunity(kitchen(), planned.plan, state, costs=price) is None
    better = opportunity(kitchen(), planned.plan, start(), costs=price, policy=Cheapest(price=0.5))
    assert better is not None
    assert 8.0 - 4 * 0.5 == better.gain
    assert ("heat", "gas") == better.repaired.actions[0]
    assert opportunity(kitchen(), planned.plan, start(), costs=price, least_gain=9.0) is None


def test_a_choice_that_was_begun_stands_though_nothing_finished_is_left_of_it() -> None:
    """The part that failed is done in another way; what its task chose before need not apply again."""
    domain = Domain("d")
    for name in ("fill", "seal", "wrap", "send"):

        def operator(state: Any, name: str = name) -> Any:
            state.did[name] = True
            return False if state.broken.get(name) else state

        domain.operator(name=name)(operator)
    domain.method("order", name="at_first")(lambda state: None if "fill" in state.did else [("pack",), ("send",)])
    domain.method("pack", name="boxed")(lambda state: [("fill",), ("seal",)])
    domain.method("pack", name="wrapped")(lambda state: [("wrap",)])
    planned = find_plan(domain, State(did={}, broken={}), [("order",)])
    assert isinstance(planned, Solved)
    plan = planned.plan
    for policy in ALL:
        observed = State(did={"fill": True}, broken={"seal": True})
        outcome = replan(domain, plan, plan.steps[1].id, observed, policy=policy)
        assert isinstance(outcome, Repaired)
        assert [("wrap",), ("send",)] == outcome.actions
        assert check_plan(domain, outcome.plan, [("order",)])
        copy = Plan.from_json(json.loads(json.dumps(outcome.plan.to_json())))
        again = replan(domain, copy, copy.pending[0].id, observed, policy=policy)
        assert isinstance(again, Repaired)
        assert again.plan.pending == outcome.plan.pending
