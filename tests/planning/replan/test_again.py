"""Decomposing named tasks again although they hold: the decomposer's first choice now, and nothing else."""

from __future__ import annotations

import pytest

from htn.model import Domain, State, refuse
from htn.plan import Plan
from htn.planning import Solved, find_plan
from htn.planning.checker import check_plan
from htn.planning.replan import Again, Repaired, replan


def _domain() -> Domain:
    domain = Domain("doors")

    @domain.operator
    def do(state: State, what: str) -> object:
        state.done[what] = True
        return state

    @domain.method("room")
    def well(state: State, room: str) -> object:
        return [("do", f"{room} well")] if state.tools.get(room) else refuse("there are no tools")

    @domain.method("room")
    def badly(state: State, room: str) -> object:
        return [("do", f"{room} a bit"), ("do", f"{room} rest")]

    @domain.method("house")
    def room_by_room(state: State) -> object:
        return [("room", "hall"), ("room", "bath")]

    return domain


DOMAIN = _domain()


def _plan() -> Plan:
    outcome = find_plan(DOMAIN, State(done={}, tools={}), [("house",)])
    assert isinstance(outcome, Solved)
    return outcome.plan


def _again(plan: Plan, tools: dict[str, bool], rooms: tuple[str, ...], done: int = 0) -> Repaired:
    """Decompose some rooms again once there are tools, after so many steps."""
    nodes = tuple(node.id for node in plan.tree.nodes.values() if node.task == "room" and node.args[0] in rooms)
    finished = [step.id for step in plan.steps[:done]]
    state = State(done={step.args[0]: True for step in plan.steps[:done]}, tools=tools)
    outcome = replan(DOMAIN, plan, None, state, done=finished, policy=Again(nodes, "there are tools"))
    assert isinstance(outcome, Repaired)
    assert outcome.policy == "again"
    assert check_plan(DOMAIN, outcome.plan)
    assert check_plan(DOMAIN, Plan.from_json(outcome.plan.to_json()))
    return outcome


def test_without_being_named_a_task_that_holds_stays_as_it_is():
    """Repair changes nothing where everything holds; this policy changes the named task, and only that."""
    plan, tools = _plan(), {"hall": True, "bath": True}
    same = replan(DOMAIN, plan, None, State(done={}, tools=tools))
    assert isinstance(same, Repaired)
    assert same.changes.empty
    outcome = _again(plan, tools, ("bath",))
    assert [args for _, args in outcome.actions] == ["hall a bit", "hall rest", "bath well"]
    assert [change.step.args for change in outcome.changes.added] == [("bath well",)]
    assert "there are tools" in outcome.changes.added[0].reason


@pytest.mark.parametrize("rooms", [("hall",), ("bath",), ("hall", "bath"), ()])
def test_where_the_first_choice_is_what_there_is_nothing_changes(rooms: tuple[str, ...]):
    """The plan is the same, step by step."""
    plan = _plan()
    outcome = _again(plan, {}, rooms)
    assert outcome.changes.empty
    assert [step.id for step in outcome.plan.steps] == [step.id for step in plan.steps]


def test_a_task_that_was_begun_is_done_anew():
    """What was done of it is history and not part of it any more; the next task stays."""
    outcome = _again(_plan(), {"hall": True}, ("hall",), done=1)
    assert [args for _, args in outcome.actions] == ["hall well", "bath a bit", "bath rest"]
    assert [change.step.args for change in outcome.changes.of("abandoned")] == [("hall a bit",)]


def test_several_tasks_are_decomposed_again_in_one_call():
    """In the order of the plan, whatever order they are named in."""
    tools = {"hall": True, "bath": True}
    both = [_again(_plan(), tools, rooms) for rooms in (("hall", "bath"), ("bath", "hall"))]
    assert both[0].actions == both[1].actions == [("do", "hall well"), ("do", "bath well")]
