"""Replanning against the definition of repair, worked out naively on random domains and random perturbations."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from htn.model import State
from htn.plan import Plan
from htn.planning import Limits, Solved, Unsolvable, find_plan
from htn.planning.checker import check_plan
from htn.planning.replan import Cheapest, Combined, Local, Repaired, Scratch, Stable, replan
from htn.planning.replan.best import disruption
from tests.planning.replan.reference import Definition, replays
from tests.strategies import FACTS, Rule, Spec, specs

POLICIES = (Combined(), Combined(little=0), Local(), Stable(effort=300), Cheapest(effort=300), Scratch())
_QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.filter_too_much, HealthCheck.too_slow]}


def _planned(spec: Spec) -> Plan:
    outcome = find_plan(spec.domain(), spec.state(), spec.task_list(), limits=Limits(nodes=2_000))
    assume(isinstance(outcome, Solved) and 0 < len(outcome.plan.steps) < 12)
    assert isinstance(outcome, Solved)
    return outcome.plan


def _perturbed(data: st.DataObject, spec: Spec, plan: Plan) -> tuple[list[str], str, dict[str, int]]:
    """Draw which steps are done, which failed, and what was observed."""
    place = data.draw(st.integers(0, len(plan.steps) - 1), label="place")
    done = [step.id for step in plan.steps[:place]]
    failed = plan.steps[place].id
    facts = dict(spec.initial)
    for identity in done:
        facts |= dict(spec.operators[plan.by_id[identity].task].sets)
    facts |= data.draw(st.dictionaries(st.sampled_from(FACTS), st.integers(0, 1), max_size=2), label="observed")
    return done, failed, facts


def _all(definition: Definition) -> set[tuple[str, ...]]:
    """Return the steps of every repair; where there are too many to look at, another example is taken."""
    found = list(islice(definition.repairs(), 3_000))
    if not definition.exhausted or len(found) == 3_000:
        reject()
    return set(found)


def _state(facts: dict[str, int]) -> State:
    return State("observed", fact=facts)


@pytest.mark.parametrize("partial", [False, True], ids=["sequences", "partial orders"])
@settings(max_examples=80, **_QUIET)  # type: ignore[arg-type]  # a dictionary of settings
@given(data=st.data())
def test_a_repair_is_found_exactly_when_there_is_one(partial: bool, data: st.DataObject) -> None:
    """Every policy finds one of the repairs that the definition has, and none where it has none."""
    _agree(data, data.draw(specs(partial=partial)))


@settings(max_examples=150, **_QUIET)  # type: ignore[arg-type]  # a dictionary of settings
@given(data=st.data())
def test_what_was_lost_is_brought_about_again_exactly_when_that_can_be(data: st.DataObject) -> None:
    """Steps that need what others bring about: most observations break something, and what is finished may be wrong."""
    _agree(data, data.draw(_chains()))


def test_all_that_is_wrong_is_done_anew_or_nothing_of_it() -> None:
    """Two finished parts are wrong, and only one of them stands below the task around the break."""

    def ways(*networks: tuple[str, ...]) -> tuple[Rule, ...]:
        return tuple(Rule((), (), (("seq", network),)) for network in networks)

    operators = {"o0": Rule((), (("p", 1),)), "o1": Rule((("p", 1),), (("q", 1),))}
    methods = {
        "t0": ways(("t2",), ("o0",)),
        "t1": ways(("o0", "t2"), ("o0",)),
        "t2": (Rule((("p", 1),), (), (("seq", ("o0", "o1")),)), *ways(())),
    }
    spec = Spec(operators, methods, ("seq", ("t1", "t0", "o1")), dict.fromkeys(FACTS, 0))
    outcome = find_plan(spec.domain(), spec.state(), spec.task_list())
    assert isinstance(outcome, Solved)
    plan = outcome.plan
    assert [step.task for step in plan.steps] == ["o0", "o0", "o1", "o0", "o1", "o1"]
    _as_defined(spec, plan, [step.id for step in plan.steps[:4]], plan.steps[4].id, dict.fromkeys(FACTS, 0))


@st.composite
def _chains(draw: st.DrawFn) -> Spec:
    """Draw ways to do three steps of which each needs the one before."""
    operators = {
        "o0": Rule((), (("p", 1),)),
        "o1": Rule((("p", 1),), (("q", 1),)),
        "o2": Rule((("q", 1),), (("r", 1),)),
    }
    parts = st.sampled_from((("o0",), ("o0", "o1"), ("o1",), ("t1",), ("t1", "o1"), ("o0", "t2"), ("t2",)))
    needs = st.sampled_from(((), (), (("p", 1),), (("p", 0),)))
    kind = st.sampled_from(("seq", "seq", "any"))
    below = {
        "t1": st.sampled_from(((), ("o0",), ("o0", "o0"), ("t2", "o0"), ("o0", "t2"))),
        "t2": st.sampled_from(((), ("o0",), ("o1",), ("o0", "o1"))),
    }
    methods = {"t0": tuple(Rule((), (), (("seq", draw(parts)),)) for _ in range(2))}
    for task, networks in below.items():
        methods[task] = tuple(Rule(draw(needs), (), ((draw(kind), draw(networks)),)) for _ in range(2))
    tasks = draw(st.sampled_from((("t0", "o1", "o2"), ("t0", "t2", "o2"), ("t1", "o1", "o2"), ("t1", "t0", "o1"))))
    return Spec(operators, methods, ("seq", tasks), dict.fromkeys(FACTS, 0))


def _agree(data: st.DataObject, spec: Spec) -> None:
    plan = _planned(spec)
    _as_defined(spec, plan, *_perturbed(data, spec, plan))


def _as_defined(spec: Spec, plan: Plan, done: list[str], failed: str, facts: dict[str, int]) -> None:
    definition = Definition(spec, plan.to_json(), done, facts)
    wanted = _all(definition)
    for policy in POLICIES:
        outcome = replan(spec.domain(), plan, failed, _state(facts), policy=policy)
        if not wanted:
            assert isinstance(outcome, Unsolvable), policy
            continue
        assert isinstance(outcome, Repaired), policy
        assert tuple(name for (name,) in outcome.actions) in wanted, policy
        assert check_plan(spec.domain(), outcome.plan, spec.task_list()), policy
        assert replays(spec, outcome.actions, facts), policy
        if outcome.proved:
            old = [(step.task,) for step in plan.steps if step.id not in done]
            assert _measure(policy, old, outcome.actions) == min(
                _measure(policy, old, [(name,) for name in names]) for names in wanted
            )


def _measure(policy: Any, old: list[Any], new: list[Any]) -> float:
    changes = disruption(old, new)
    return len(new) + policy.price * changes if isinstance(policy, Cheapest) else changes


@settings(max_examples=40, **_QUIET)  # type: ignore[arg-type]  # a dictionary of settings
@given(data=st.data())
def test_what_goes_on_side_by_side_is_repaired_too(data: st.DataObject) -> None:
    """Steps that depend on nothing may be done before others that stand earlier in the plan."""
    spec = data.draw(specs(partial=True))
    plan = _planned(spec)
    done: set[str] = set()
    for step in plan.steps:
        if done.issuperset(step.dependencies) and data.draw(st.booleans()):
            done.add(step.id)
    pending = [step.id for step in plan.steps if step.id not in done]
    assume(pending)
    facts = {fact: data.draw(st.integers(0, 1)) for fact in FACTS}
    definition = Definition(spec, plan.to_json(), sorted(done), facts)
    wanted = _all(definition)
    for policy in (Combined(little=0), Scratch()):
        outcome = replan(spec.domain(), plan, pending[0], _state(facts), done=done, policy=policy)
        if not wanted:
            assert isinstance(outcome, Unsolvable)
            continue
        assert isinstance(outcome, Repaired)
        assert tuple(name for (name,) in outcome.actions) in wanted
        assert check_plan(spec.domain(), outcome.plan, spec.task_list())


@settings(max_examples=60, **_QUIET)  # type: ignore[arg-type]  # a dictionary of settings
@given(data=st.data())
def test_repairs_of_recursive_tasks_are_valid(data: st.DataObject) -> None:
    """Where tasks contain themselves, what is returned is sound, and where something is found, it can be done."""
    spec = data.draw(specs(partial=True, recursive=True))
    plan = _planned(spec)
    _, failed, facts = _perturbed(data, spec, plan)
    outcome = replan(spec.domain(), plan, failed, _state(facts), limits=Limits(nodes=5_000))
    if isinstance(outcome, Repaired):
        assert check_plan(spec.domain(), outcome.plan, spec.task_list())
        assert replays(spec, outcome.actions, facts)


@settings(max_examples=40, **_QUIET)  # type: ignore[arg-type]  # a dictionary of settings
@given(data=st.data())
def test_with_nothing_changed_the_plan_is_the_same(data: st.DataObject) -> None:
    """What is pending stays, with its node ids and content keys."""
    spec = data.draw(specs(partial=data.draw(st.booleans())))
    plan = _planned(spec)
    failed = plan.steps[data.draw(st.integers(0, len(plan.steps) - 1))].id
    for policy in (Combined(), Combined(little=0), Local(), Stable(effort=100), Scratch()):
        outcome = replan(spec.domain(), plan, failed, policy=policy)
        assert isinstance(outcome, Repaired)
        assert outcome.plan.tree == plan.tree
        assert [(step.id, step.key, step.causal) for step in outcome.plan.steps] == [
            (step.id, step.key, step.causal) for step in plan.steps
        ]
        finished = {step.id for step in plan.steps} - {step.id for step in outcome.pending}
        for step in outcome.pending:  # what overwrites what finished steps have read need not wait for them any more
            assert set(plan.by_id[step.id].dependencies) - finished == set(step.dependencies) - finished
        assert outcome.changes.empty
        assert isinstance(policy, Scratch) or 0 == outcome.statistics.nodes  # from scratch, it is found by searching


@settings(max_examples=40, **_QUIET)  # type: ignore[arg-type]  # a dictionary of settings
@given(data=st.data())
def test_with_nothing_changed_the_cheapest_repair_costs_no_more(data: st.DataObject) -> None:
    """A cheaper plan may be found, changes paid for; a dearer one is never returned."""
    spec = data.draw(specs(partial=data.draw(st.booleans())))
    plan = _planned(spec)
    place = data.draw(st.integers(0, len(plan.steps) - 1))
    policy = Cheapest(effort=100)
    outcome = replan(spec.domain(), plan, plan.steps[place].id, policy=policy)
    assert isinstance(outcome, Repaired)
    done = {*plan.by_id} - {step.id for step in plan.pending[place:]}
    old = [(step.task, *step.args) for step in plan.steps if step.id not in done]
    assert _measure(policy, old, outcome.actions) <= len(old)


@settings(max_examples=40, **_QUIET)  # type: ignore[arg-type]  # a dictionary of settings
@given(data=st.data())
def test_a_plan_read_from_json_is_repaired_alike_time_after_time(data: st.DataObject) -> None:
    """Two perturbations in a row, with and without a journey through JSON before each."""
    spec = data.draw(specs(partial=True))
    plan = _planned(spec)
    copy = _journey(plan)
    for _ in range(2):
        assume(plan.pending)
        place = data.draw(st.integers(0, len(plan.pending) - 1))
        facts = {fact: data.draw(st.integers(0, 1)) for fact in FACTS}
        one = replan(spec.domain(), plan, plan.pending[place].id, _state(facts))
        two = replan(spec.domain(), copy, copy.pending[place].id, _state(facts))
        assert type(one) is type(two)
        if not isinstance(one, Repaired) or not isinstance(two, Repaired):
            return
        assert _text(one.plan) == _text(two.plan)
        assert one.changes == two.changes
        plan, copy = one.plan, _journey(two.plan)
        assert check_plan(spec.domain(), copy, spec.task_list())


def _text(plan: Plan) -> str:
    return json.dumps(plan.to_json())


def _journey(plan: Plan) -> Plan:
    data: Any = json.loads(_text(plan))
    return Plan.from_json(data)
