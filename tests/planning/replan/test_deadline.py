"""Repair in time, against all repairs worked out naively: kept where any repair keeps it, else missed by the least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from htn.model import Domain, State
from htn.plan import Plan
from htn.planning import Limits, Solved, Unsolvable, find_plan
from htn.planning.checker import check_plan
from htn.planning.replan import Combined, Deadline, Repaired, Scratch, replan
from tests.planning.replan.reference import Definition
from tests.strategies import FACTS, Spec, specs


def makespan(spec: Spec, steps: Sequence[tuple[str, float]]) -> float:
    """Return when the last of some operators ends: each waits for all before it that touch what it touches."""
    ends: list[float] = []
    for place, (name, seconds) in enumerate(steps):
        rule = spec.operators[name]
        reads, writes = {fact for fact, _ in rule.needs}, {fact for fact, _ in rule.sets}
        begins = 0.0
        for before in range(place):
            other = spec.operators[steps[before][0]]
            others_reads, others_writes = {fact for fact, _ in other.needs}, {fact for fact, _ in other.sets}
            if reads & others_writes or writes & (others_reads | others_writes):
                begins = max(begins, ends[before])
        ends.append(begins + seconds)
    return max(ends, default=0.0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_the_deadline_is_kept_or_missed_by_as_little_as_any_repair(data: st.DataObject) -> None:
    """With work done and in flight; what ends when is worked out from what operators need and set, not traced."""
    spec = data.draw(specs(partial=data.draw(st.booleans())))
    # Methods that read facts make steps wait as well: here they do not, so that makespans follow from steps alone.
    methods = {task: tuple(replace(rule, needs=()) for rule in rules) for task, rules in spec.methods.items()}
    spec = replace(spec, methods=methods)
    plan = _planned(spec)
    done, running = _progress(data, plan)
    pending = [step.id for step in plan.steps if step.id not in done | running]
    assume(pending)
    facts = {fact: data.draw(st.integers(0, 1)) for fact in FACTS}
    seconds = {name: float(data.draw(st.integers(1, 9), label=name)) for name in spec.operators}
    left = {identity: float(data.draw(st.integers(1, 9))) for identity in sorted(running)}
    deadline = Deadline(float(data.draw(st.integers(0, 25))), lambda task: seconds[task[0]], left, effort=600)
    on_their_way = [(plan.by_id[identity].task, left[identity]) for identity in plan.tree.order if identity in running]
    ends = [
        makespan(spec, [*on_their_way, *((name, seconds[name]) for name in names)])
        for names in _all(Definition(spec, plan.to_json(), sorted(done), facts, sorted(running)))
    ]
    least = min(ends, default=float("inf"))
    if least > deadline.seconds:  # what is in flight may be let go when that ends sooner
        others = _all(Definition(spec, plan.to_json(), sorted(done), facts))
        ends = [makespan(spec, [(name, seconds[name]) for name in names]) for names in others]
        least = min(least, *ends) if ends else least
    for policy in (Combined(), Scratch()):
        outcome = replan(
            spec.domain(), plan, None, State(fact=facts), done=done, running=running, policy=policy, deadline=deadline
        )
        if least == float("inf"):
            assert isinstance(outcome, Unsolvable)
            continue
        assert isinstance(outcome, Repaired)
        assert max(0.0, least - deadline.seconds) <= outcome.missed
        assert max(0.0, least - deadline.seconds) == outcome.missed or not outcome.proved
        event("proved" if outcome.proved else "not proved" if outcome.missed else "in time")
        assert outcome.plan.history is not None
        assert outcome.plan.history.running == () or len(running) == len(outcome.plan.history.running)
        steps = on_their_way if outcome.plan.history.running else []
        steps = [*steps, *((name, seconds[name]) for (name,) in outcome.actions)]
        assert makespan(spec, steps) == outcome.ends
        assert max(0.0, outcome.ends - deadline.seconds) == outcome.missed
        assert check_plan(spec.domain(), outcome.plan, spec.task_list())


def _planned(spec: Spec) -> Plan:
    outcome = find_plan(spec.domain(), spec.state(), spec.task_list(), limits=Limits(nodes=2_000))
    assume(isinstance(outcome, Solved) and 0 < len(outcome.plan.steps) < 9)
    assert isinstance(outcome, Solved)
    return outcome.plan


def _progress(data: st.DataObject, plan: Plan) -> tuple[set[str], set[str]]:
    done: set[str] = set()
    running: set[str] = set()
    for step in plan.steps:
        if done.issuperset(step.dependencies):
            how = data.draw(st.sampled_from(("done", "running", "pending")))
            if how != "pending":
                (done if how == "done" else running).add(step.id)
    return done, running


def _all(definition: Definition) -> set[tuple[str, ...]]:
    found = list(islice(definition.repairs(), 150))
    assume(definition.exhausted and len(found) < 150)
    return set(found)


def bakery() -> Domain:
    """Return a domain in which two loaves are baked side by side, or one after the other in one oven."""
    domain = Domain("bakery")

    @domain.operator
    def bake(state: Any, loaf: str, oven: str) -> Any:
        if oven in state.broken:
            return False
        state.oven[oven] = loaf
        state.baked[loaf] = True
        return state

    @domain.operator
    def buy(state: Any, loaf: str) -> Any:
        state.baked[loaf] = True
        return state

    for oven in ("left", "right"):
        domain.method("get", name=f"from_the_{oven}")(
            lambda state, loaf, oven=oven: None if oven in state.broken else [("bake", loaf, oven)]
        )
    domain.method("get", name="from_a_shop")(lambda state, loaf: [("buy", loaf)])
    domain.method("breakfast")(lambda state: [("get", "rye"), ("get", "wheat")])
    return domain


TIMES = {"bake": 30.0, "buy": 50.0}


def repaired(**options: Any) -> Repaired:
    """Return the repair of a breakfast of which the first loaf is in the left oven."""
    planned = find_plan(bakery(), State(oven={}, baked={}, broken={}), [("breakfast",)])
    assert isinstance(planned, Solved)
    rye, wheat = planned.plan.steps
    assert (("rye", "left"), ("wheat", "left")) == (rye.args, wheat.args)
    limit = Deadline(options.pop("seconds"), lambda task: TIMES[task[0]], {rye.id: options.pop("left", 20.0)})
    outcome = replan(bakery(), planned.plan, done=(), running=[rye.id], deadline=limit, **options)
    assert isinstance(outcome, Repaired)
    return outcome


@pytest.mark.parametrize(
    ("seconds", "wheat", "ends", "missed"),
    [(60, ("bake", "wheat", "left"), 50, 0), (45, ("bake", "wheat", "right"), 30, 0), (20, None, 30, 10)],
)
def test_the_plan_stands_where_it_is_in_time_and_changes_where_it_is_not(
    seconds: float, wheat: Any, ends: float, missed: float
) -> None:
    """Both loaves in one oven take 20 and 30 seconds more; in two they are done side by side; sooner is impossible."""
    outcome = repaired(seconds=seconds)
    assert (ends, missed) == (outcome.ends, outcome.missed)
    assert wheat is None or [wheat] == outcome.actions
    assert ("10 s late; no repair ends sooner" in outcome.why) == bool(missed)
    assert outcome.proved or not missed


def test_what_is_in_flight_is_let_go_where_only_that_keeps_the_deadline() -> None:
    """The loaf in the oven would take another minute and a half: one that is bought is there sooner."""
    outcome = repaired(seconds=55, left=90.0)
    assert 0.0 == outcome.missed
    assert outcome.plan.history is not None
    assert () == outcome.plan.history.running
    kept = repaired(seconds=100, left=90.0)
    assert kept.plan.history is not None
    assert 1 == len(kept.plan.history.running)


def test_a_search_that_was_cut_short_does_not_say_that_nothing_is_sooner() -> None:
    """Within no node, the policy's repair stands and what is missed is said, without proof."""
    planned = find_plan(bakery(), State(oven={}, baked={}, broken={}), [("breakfast",)])
    assert isinstance(planned, Solved)
    limit = Deadline(10, lambda task: TIMES[task[0]], effort=0)
    outcome = replan(bakery(), planned.plan, deadline=limit)
    assert isinstance(outcome, Repaired)
    assert (60.0, 50.0, False) == (outcome.ends, outcome.missed, outcome.proved)
    assert "none that ends sooner was found within 0 nodes" in outcome.why
