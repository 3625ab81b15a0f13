"""Repair while work goes on: finished in any order, in flight, observed otherwise than predicted, left open."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from htn.model import Domain, State
from htn.model.errors import InputError
from htn.plan import Plan
from htn.planning import Limits, Solved, Unsolvable, find_plan
from htn.planning.checker import check_plan
from htn.planning.monitor import monitor
from htn.planning.replan import Cheapest, Combined, Local, Repaired, Scratch, Stable, replan
from tests.planning.replan.reference import Definition
from tests.strategies import FACTS, Spec, specs

ALL = (Combined(), Combined(little=0), Local(), Stable(effort=300), Cheapest(effort=300), Scratch())
_QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.filter_too_much, HealthCheck.too_slow]}


def survey(*, predicts: bool = True) -> Domain:
    """Return a domain whose parts are independent of one another: each is fetched, counted and looked into.

    Where counting predicts nothing, what is dug for waits until it is done.
    """
    domain = Domain("survey")

    @domain.operator
    def fetch(state: Any, part: str, source: str) -> Any:
        if source in state.closed:
            return False
        state.has[part] = source
        return state

    @domain.operator
    def count(state: Any, part: str) -> Any:
        if part not in state.has:
            return False
        if predicts:
            state.number[part] = 10
        return state

    @domain.operator
    def look(state: Any, part: str, how: str) -> Any:
        state.result[part] = how
        return state

    @domain.operator
    def report(state: Any) -> Any:
        state.report = tuple(sorted(state.result.items()))
        return state

    for source in ("store", "archive"):

        def get(state: Any, part: str, source: str = source) -> Any:
            return [("fetch", part, source), ("count", part)] if source not in state.closed else None

        domain.method("get", name=f"from_{source}")(get)
    domain.method("examine", name="thoroughly")(
        lambda state, part: [("look", part, "closely"), ("look", part, "again")] if state.number[part] >= 10 else None
    )
    domain.method("examine", name="not_at_all")(lambda state, part: [("look", part, "too few")])

    @domain.deferred("dig", known=lambda state, part: part in state.number, until="its number is known")
    def dug(state: Any, part: str) -> Any:
        state.result[part] = "dug"
        return state

    domain.method("dig", name="deep")(
        lambda state, part: [("look", part, "deep"), ("look", part, "deeper")] if state.number[part] > 10 else None
    )
    domain.method("dig", name="once")(
        lambda state, part: [("look", part, "once")] if state.number[part] <= 10 else None
    )
    domain.method("all")(
        lambda state, *parts: [*(("get", part) for part in parts), *(("examine", part) for part in parts), ("report",)]
    )
    return domain


def start() -> State:
    """Return the state at the beginning."""
    return State("start", closed={}, has={}, number={}, result={}, report=())


def planned(*tasks: Any) -> Plan:
    """Return a plan from the start."""
    outcome = find_plan(survey(), start(), list(tasks))
    assert isinstance(outcome, Solved)
    return outcome.plan


def named(plan: Plan, *whole: Any) -> str:
    """Return the id of a step, given as a task."""
    (found,) = [step.id for step in plan.steps if (step.task, *step.args) == whole]
    return found


def journey(plan: Plan) -> Plan:
    """Return the plan as it is read from what was written."""
    data: Any = json.loads(json.dumps(plan.to_json()))
    return Plan.from_json(data)


@pytest.mark.parametrize("policy", ALL, ids=str)
def test_steps_in_flight_go_on_while_another_is_repaired(policy: Any) -> None:
    """C is fetched first although it stands last; B is on its way; A cannot be had from the store any more."""
    plan = planned(("all", "a", "b", "c"))
    done = [named(plan, "fetch", "c", "store"), named(plan, "count", "c")]
    running, failed = named(plan, "fetch", "b", "store"), named(plan, "fetch", "a", "store")
    state = start()
    state.closed["store"] = True
    state.has["c"], state.number["c"] = "store", 10
    # Where the store is closed, B's step could not be repeated: it was begun before.
    outcome = replan(survey(), plan, failed, state, done=done, policy=policy)
    assert isinstance(outcome, Repaired)
    assert ("fetch", "b", "archive") in outcome.actions

    state.closed.clear()
    outcome = replan(survey(), plan, failed, state, done=done, running=[running], policy=policy, avoid=True)
    assert isinstance(outcome, Repaired)
    assert [plan.by_id[running].key] == [step.key for step in outcome.plan.history.running]  # type: ignore[union-attr]
    assert ("fetch", "a", "archive") in outcome.actions
    assert not [task for task in outcome.actions if task[0] == "fetch" and task[1] in "bc"]
    assert ("count", "b") in outcome.actions
    assert "it is in flight, and goes on" == outcome.changes.of("running")[0].reason
    assert check_plan(survey(), journey(outcome.plan), [("all", "a", "b", "c")])
    later = replan(survey(), outcome.plan, None, done=[*done, running], policy=policy)
    assert isinstance(later, Repaired)
    assert outcome.actions == later.actions or isinstance(policy, Scratch)
    assert not later.changes.of("wrong", "abandoned", "running")


def test_what_is_in_flight_and_cannot_be_kept_is_let_go() -> None:
    """The task above the step in flight failed as a whole, or nothing but another choice above it leads on."""
    plan = planned(("all", "a"))
    running = named(plan, "fetch", "a", "store")
    task = plan.tree[running].parent
    assert task is not None
    anew = replan(survey(), plan, task, start(), done=(), running=[running])
    assert isinstance(anew, Repaired)
    assert ("fetch", "a", "store") == anew.actions[0]
    state = start()
    state.closed["store"] = True
    closed = replan(survey(), plan, None, state, done=(), running=[running])
    assert isinstance(closed, Repaired)
    assert ("fetch", "a", "archive") == closed.actions[0]
    assert [running] == [change.step.id for change in closed.changes.removed if change.step.task == "fetch"]


def test_only_what_can_be_in_flight_is_taken_for_it() -> None:
    """Done and in flight at once, or begun before its inputs are there: a mistake of whoever asks."""
    plan = planned(("all", "a"))
    fetch, count = named(plan, "fetch", "a", "store"), named(plan, "count", "a")
    with pytest.raises(InputError, match="is said to be in flight, and is said to be done"):
        replan(survey(), plan, done=[fetch], running=[fetch])
    with pytest.raises(InputError, match="is said to be in flight, and uses the result of"):
        replan(survey(), plan, done=[], running=[count])


def test_what_a_step_observed_overrides_its_prediction_and_is_not_wrong() -> None:
    """Only three were counted where ten were predicted: what relies on the number changes, the count stands."""
    plan = planned(("all", "a", "b"))
    done = [step.id for step in plan.steps if step.task in ("fetch", "count")]
    seen = {named(plan, "count", "a"): [("number", "a", 3)]}
    found = monitor(survey(), plan, replan_state(plan, done, a=3), done=done, observations=seen)
    assert not found
    assert (("number", "a"),) == found.relevant
    outcome = replan(survey(), plan, None, done=done, observations=seen)
    assert isinstance(outcome, Repaired)
    assert ("look", "a", "too few") == outcome.actions[0]
    assert () == outcome.changes.of("wrong")
    assert ("number", "a", named(plan, "count", "a")) in outcome.plan.history.writers  # type: ignore[union-attr]
    # The same fact, changed behind everybody's back, makes the step wrong.
    other = replan(survey(), plan, None, replan_state(plan, done, a=3), done=done)
    assert isinstance(other, Repaired)
    assert [named(plan, "count", "a")] == [change.step.id for change in other.changes.of("wrong")]


def replan_state(plan: Plan, done: list[str], **numbers: int) -> State:
    """Return the state after some steps, with other numbers than predicted."""
    state = plan.initial.copy()
    for step in plan.steps:
        if step.id in done:
            survey().operators[step.task].function(state, *step.args)
    state.number.update(numbers)
    return state


def test_what_a_failed_step_told_counts() -> None:
    """A step that failed is not done, and what it learned is known all the same."""
    plan = planned(("all", "a"))
    failed = named(plan, "fetch", "a", "store")
    outcome = replan(survey(), plan, failed, observations={failed: [("closed", "store", True)]})
    assert isinstance(outcome, Repaired)
    assert ("fetch", "a", "archive") == outcome.actions[0]


@pytest.mark.parametrize("policy", ALL, ids=str)
def test_a_task_that_was_left_open_is_decomposed_once_its_facts_are_known(policy: Any) -> None:
    """One of two open tasks can be decomposed; the other stays open, a step in flight goes on."""
    tasks = [("get", "a"), ("get", "b"), ("dig", "a"), ("dig", "b"), ("report",)]
    domain = survey(predicts=False)
    planned = find_plan(domain, start(), tasks)
    assert isinstance(planned, Solved)
    plan = planned.plan
    done = [named(plan, "fetch", "a", "store"), named(plan, "count", "a"), named(plan, "fetch", "b", "store")]
    running, waiting = named(plan, "count", "b"), named(plan, "dig", "a")
    seen = {named(plan, "count", "a"): [("number", "a", 12)]}
    outcome = replan(domain, plan, waiting, done=done, running=[running], observations=seen, policy=policy)
    assert isinstance(outcome, Repaired)
    assert [("look", "a", "deep"), ("look", "a", "deeper"), ("dig", "b"), ("report",)] == outcome.actions
    assert "sound, 1 open" == str(check_plan(domain, journey(outcome.plan), tasks))


def test_a_result_that_was_at_hand_may_end_before_what_its_step_was_to_wait_for() -> None:
    """The second reading of a page is the first one's result: it ends while the note on the page is in flight."""
    domain = Domain("pages")

    @domain.operator
    def read(state: Any, page: str) -> Any:
        state.page = page
        return state

    @domain.operator
    def note(state: Any, page: str, how: str) -> Any:
        return state if state.page == page else False

    for how in ("pen", "pencil"):

        def noted(state: Any, page: str, how: str = how) -> Any:
            return [("note", page, how)] if how not in state.worn else None

        domain.method("take_down", name=how)(noted)
    tasks = [("read", "p"), ("take_down", "p"), ("read", "p"), ("take_down", "p")]
    outcome = find_plan(domain, State(page="", worn={}), tasks)
    assert isinstance(outcome, Solved)
    plan = outcome.plan
    first, running, second, failed = plan.steps
    assert first.key == second.key
    assert running.id in second.dependencies
    worn = State(page="p", worn={"pen": True})
    outcome = replan(domain, plan, failed.id, worn, done=[first.id, second.id], running=[running.id])
    assert isinstance(outcome, Repaired)
    assert outcome.actions == [("note", "p", "pencil")]
    assert check_plan(domain, journey(outcome.plan), tasks)


@settings(max_examples=60, **_QUIET)  # type: ignore[arg-type]  # a dictionary of settings
@given(data=st.data())
def test_repair_around_work_in_flight_is_found_exactly_when_there_is_one(data: st.DataObject) -> None:
    """Against the definition: with what is in flight going on, and only where that has no repair, without it."""
    spec = data.draw(specs(partial=data.draw(st.booleans())))
    plan = _planned(spec)
    done, running = _progress(data, plan)
    pending = [step.id for step in plan.steps if step.id not in done | running]
    assume(pending)
    facts = {fact: data.draw(st.integers(0, 1)) for fact in FACTS}
    with_them = Definition(spec, plan.to_json(), sorted(done), facts, sorted(running))
    wanted, kept = _all(with_them), True
    if not wanted:
        wanted, kept = _all(Definition(spec, plan.to_json(), sorted(done), facts)), False
    for policy in (Combined(little=0), Stable(effort=200), Scratch()):
        outcome = replan(spec.domain(), plan, pending[0], State(fact=facts), done=done, running=running, policy=policy)
        if not wanted:
            assert isinstance(outcome, Unsolvable)
            continue
        assert isinstance(outcome, Repaired)
        assert tuple(name for (name,) in outcome.actions) in wanted
        copy = journey(outcome.plan)
        assert check_plan(spec.domain(), copy, spec.task_list())
        assert copy.history is not None
        if kept:
            assert sorted(plan.by_id[step].key for step in running) == sorted(step.key for step in copy.history.running)
        _ends(spec, copy, facts)


def _planned(spec: Spec) -> Plan:
    outcome = find_plan(spec.domain(), spec.state(), spec.task_list(), limits=Limits(nodes=2_000))
    assume(isinstance(outcome, Solved) and 1 < len(outcome.plan.steps) < 10)
    assert isinstance(outcome, Solved)
    return outcome.plan


def _progress(data: st.DataObject, plan: Plan) -> tuple[set[str], set[str]]:
    """Draw which steps are done and which in flight, in any order that the dependencies allow.

    A step whose result was at hand already waits for nothing but what it uses.
    """
    done: set[str] = set()
    running: set[str] = set()
    for step in plan.steps:
        if done.issuperset(step.causal):
            waits = not done.issuperset(step.dependencies)
            how = data.draw(st.sampled_from(("done", "pending") if waits else ("done", "running", "pending")))
            if how == "done":
                done.add(step.id)
            elif how == "running":
                running.add(step.id)
    return done, running


def _all(definition: Definition) -> set[tuple[str, ...]]:
    found = list(islice(definition.repairs(), 3_000))
    assume(definition.exhausted and len(found) < 3_000)
    return set(found)


def _ends(spec: Spec, plan: Plan, facts: dict[str, int]) -> None:
    """Once what is in flight is done as predicted, nothing more has to be repaired."""
    history = plan.history
    assert history is not None
    found = monitor(spec.domain(), plan, State(fact=facts), running=[step.id for step in history.running])
    assert found
    assert len(plan.pending) == found.steps_before
