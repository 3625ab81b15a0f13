"""The engines as a user of unified-planning meets them: found, asked, answered, told what went wrong."""

from __future__ import annotations

import io
from fractions import Fraction
from itertools import pairwise

import pytest

pytest.importorskip("unified_planning", reason="unified-planning is not installed")

from unified_planning.engines.mixins.anytime_planner import AnytimeGuarantee
from unified_planning.engines.mixins.oneshot_planner import OptimalityGuarantee
from unified_planning.engines.results import PlanGenerationResultStatus as Status
from unified_planning.exceptions import UPUsageError
from unified_planning.model.htn import HierarchicalProblem, Method
from unified_planning.model.metrics import MinimizeActionCosts, MinimizeSequentialPlanLength
from unified_planning.plans import ActionInstance, HierarchicalPlan, SequentialPlan
from unified_planning.plans.hierarchical_plan import Decomposition
from unified_planning.shortcuts import (
    AnytimePlanner,
    BoolType,
    DurativeAction,
    Equals,
    Fluent,
    InstantaneousAction,
    IntType,
    Not,
    OneshotPlanner,
    PlanValidator,
    Replanner,
    UserType,
    get_environment,
)
from unified_planning.test.examples import get_example_problems

from htn.interop.unified_planning import ENGINES, register
from tests.interop.unified_planning.replaying import check


@pytest.fixture(autouse=True, scope="module")
def registered():
    """Make the engines known, and keep unified-planning from printing who made them."""
    get_environment().credits_stream = None
    register()


@pytest.fixture
def going():
    """Return unified-planning's own example: going from place to place."""
    return get_example_problems()["htn-go"].problem.clone()


def endless():
    """Return a problem with so many places in its state space that nobody looks at all of them in a moment."""
    problem = HierarchicalProblem("endless")
    bit = UserType("Bit")
    bits = [problem.add_object(f"b{i}", bit) for i in range(40)]
    on = problem.add_fluent(Fluent("on", b=bit), default_initial_value=False)
    never = problem.add_fluent(Fluent("never"), default_initial_value=False)
    flip = InstantaneousAction("flip", b=bit)
    flip.add_effect(on(flip.parameter("b")), True, Not(on(flip.parameter("b"))))
    flip.add_effect(on(flip.parameter("b")), False, on(flip.parameter("b")))
    reach = InstantaneousAction("reach")
    for each in bits:
        reach.add_precondition(on(each))
    reach.add_precondition(never)
    unlock = InstantaneousAction("unlock")
    unlock.add_precondition(on(bits[0]))
    unlock.add_precondition(Not(on(bits[0])))
    unlock.add_effect(never, True)
    problem.add_actions([flip, reach, unlock])
    work = problem.add_task("work")
    for name, first, arguments in (("more", flip, 1), ("open", unlock, 0)):
        method = Method(name, b=bit) if arguments else Method(name)
        method.set_task(work)
        done = method.add_subtask(first, *method.parameters)
        method.set_ordered(done, method.add_subtask(work))
        problem.add_method(method)
    last = Method("last")
    last.set_task(work)
    last.add_subtask(reach)
    problem.add_method(last)
    problem.task_network.add_subtask(work)
    return problem


def lamp(cost=None):
    """Return a problem with a long and a short way to light a lamp."""
    problem = HierarchicalProblem("lamp")
    lit = problem.add_fluent(Fluent("lit"), default_initial_value=False)
    switch, wait = InstantaneousAction("switch"), InstantaneousAction("wait")
    switch.add_precondition(Not(lit))
    switch.add_effect(lit, True)
    problem.add_actions([switch, wait])
    light = problem.add_task("light")
    slow, quick = Method("slow"), Method("quick")
    for method, steps in ((slow, [wait, wait, switch]), (quick, [switch])):
        method.set_task(light)
        method.set_ordered(*[method.add_subtask(step) for step in steps])
        problem.add_method(method)
    problem.task_network.add_subtask(light)
    problem.add_goal(lit)
    if cost is not None:
        problem.add_quality_metric(cost(switch, wait))
    return problem


def test_registering_twice_is_registering_once():
    """The engines are there by name, each once."""
    register()
    factory = get_environment().factory
    assert set(ENGINES) <= set(factory.engines)
    assert [name for name in factory.preference_list if name in ENGINES] == list(ENGINES)


def test_a_planner_is_found_by_the_kind_of_the_problem(going):
    """What needs a planner for such a problem gets one that says that it supports it."""
    with OneshotPlanner(problem_kind=going.kind) as planner:
        assert planner.supports(going.kind)
    with Replanner(problem=going) as replanner:
        assert replanner.name == "htn-replanner"


def test_their_example_is_solved_and_their_validator_would_agree(going):
    """The plan of unified-planning's example is one for its simulator and for ours; so is the plan it comes with."""
    example = get_example_problems()["htn-go"]
    with OneshotPlanner(name="htn") as planner:
        result = planner.solve(going, timeout=20)
    assert result.status == Status.SOLVED_SATISFICING
    assert result.engine_name == "htn"
    assert float(result.metrics["engine_internal_time"]) >= 0
    check(going, result.plan)
    with PlanValidator(name="htn-validator") as validator:
        assert validator.validate(going, result.plan)
        for plan in example.valid_plans:
            assert validator.validate(example.problem, plan)


def test_a_problem_without_a_plan_is_proved_to_have_none(going):
    """Where everything was tried, the status says so."""
    going.add_goal(Equals(going.fluent("loc"), going.object("l4")))
    with OneshotPlanner(name="htn") as planner:
        result = planner.solve(going, timeout=60)
    assert (result.status, result.plan) == (Status.UNSOLVABLE_PROVEN, None)


def test_a_timeout_is_told_apart_from_no_plan():
    """A search that is stopped says nothing of the problem."""
    with OneshotPlanner(name="htn") as planner:
        result = planner.solve(endless(), timeout=0.2)
    assert (result.status, result.plan) == (Status.TIMEOUT, None)
    assert "limit on seconds" in result.log_messages[-1].message


def test_the_memory_is_limited_by_a_parameter():
    """The engine takes parameters by name."""
    with OneshotPlanner(name="htn", params={"memory_mb": 0, "seed": 1}) as planner:
        result = planner.solve(endless(), timeout=60)
    assert result.status == Status.MEMOUT


def test_what_is_ignored_is_said():
    """A heuristic for states means nothing to this search."""
    stream = io.StringIO()
    with OneshotPlanner(name="htn") as planner, pytest.warns(UserWarning, match="'heuristic' is ignored"):
        result = planner.solve(lamp(), heuristic=lambda state: 0.0, output_stream=stream)
    assert result.status == Status.SOLVED_SATISFICING
    assert "'heuristic' is ignored" in stream.getvalue()
    assert "a plan of cost" in stream.getvalue()


def test_guarantees_are_honest():
    """Plans are plans, ever better ones where asked for; none is promised to be the best."""
    for name in ("htn", "htn-replanner"):
        engine = get_environment().factory.engine(name)
        assert engine.satisfies(OptimalityGuarantee.SATISFICING)
        assert not engine.satisfies(OptimalityGuarantee.SOLVED_OPTIMALLY)
    planner = get_environment().factory.engine("htn")
    assert planner.ensures(AnytimeGuarantee.INCREASING_QUALITY)
    assert not planner.ensures(AnytimeGuarantee.OPTIMAL_PLANS)
    assert not planner.supports(get_example_problems()["htn-go-temporal"].problem.kind)
    assert not planner.supports(get_example_problems()["basic"].problem.kind)


@pytest.mark.parametrize(
    "cost", [None, lambda switch, wait: MinimizeSequentialPlanLength(), lambda s, w: MinimizeActionCosts({s: 1, w: 2})]
)
def test_plans_get_ever_better(cost):
    """Every intermediate plan costs less than the one before; the last result is the best of them, and final."""
    with AnytimePlanner(name="htn") as planner:
        results = list(planner.get_solutions(lamp(cost), timeout=3))
    lengths = [len(result.plan.action_plan.actions) for result in results]
    assert lengths[-1] == 1
    assert lengths[:-1] == sorted(set(lengths), reverse=True)
    assert {result.status for result in results[:-1]} == {Status.INTERMEDIATE}
    assert results[-1].status in (Status.SOLVED_SATISFICING, Status.SOLVED_OPTIMALLY)


def test_an_anytime_search_stops_when_its_reader_does(going):
    """Closing the iterator ends the search, also without a limit."""
    with AnytimePlanner(name="htn") as planner:
        solutions = planner.get_solutions(going)
        assert next(solutions).plan is not None
        solutions.close()


def test_replanning_starts_from_what_was_changed(going):
    """Values, goals and actions can be changed between two plans; the problem that was given stays as it was."""
    places = {name: going.object(name) for name in ("l1", "l3", "l4")}
    loc = going.fluent("loc")
    with Replanner(problem=going, name="htn-replanner") as replanner:
        first = replanner.resolve(timeout=20)
        replanner.update_initial_value(loc, places["l3"])
        second = replanner.resolve(timeout=20)
        assert str(first.plan.action_plan.actions[0]) == "move(l1, l2)"
        assert str(second.plan.action_plan.actions[0]).startswith("move(l3, ")
        replanner.add_goal(Equals(loc, places["l1"]))
        assert str(replanner.resolve(timeout=20).plan.action_plan.actions[-1]) == "move(l2, l1)"
        replanner.add_goal(Equals(loc, places["l4"]))
        assert replanner.resolve(timeout=20).status == Status.UNSOLVABLE_PROVEN
        replanner.remove_goal(Equals(loc, places["l4"]))
        assert replanner.resolve(timeout=20).status == Status.SOLVED_SATISFICING
        move = going.action("move")
        replanner.remove_action("move")
        assert replanner.resolve(timeout=20).status == Status.UNSOLVABLE_PROVEN
        replanner.add_action(move)
        assert replanner.resolve(timeout=20).status == Status.SOLVED_SATISFICING
    assert going == get_example_problems()["htn-go"].problem


def test_what_is_not_there_cannot_be_removed(going):
    """Unified-planning's own error, with the name."""
    with Replanner(problem=going) as replanner:
        with pytest.raises(UPUsageError, match="'fly'"):
            replanner.remove_action("fly")
        with pytest.raises(UPUsageError, match="none of the problem's"):
            replanner.remove_goal(Equals(going.fluent("loc"), going.object("l1")))


def chain(length):
    """Return a problem of going along a chain of places, one level of decomposition to a place."""
    problem = HierarchicalProblem("chain")
    kind = UserType("Place")
    places = [problem.add_object(f"p{i}", kind) for i in range(length + 1)]
    here = problem.add_fluent(Fluent("here", p=kind), default_initial_value=False)
    road = problem.add_fluent(Fluent("road", a=kind, b=kind), default_initial_value=False)
    for pair in pairwise(places):
        problem.set_initial_value(road(*pair), True)
    problem.set_initial_value(here(places[0]), True)
    step = InstantaneousAction("step", a=kind, b=kind)
    step.add_precondition(here(step.parameter("a")))
    step.add_precondition(road(*step.parameters))
    step.add_effect(here(step.parameter("a")), False)
    step.add_effect(here(step.parameter("b")), True)
    problem.add_action(step)
    go = problem.add_task("go")
    arrived, onward = Method("arrived"), Method("onward", a=kind, b=kind)
    arrived.set_task(go)
    arrived.add_precondition(here(places[-1]))
    onward.set_task(go)
    onward.set_ordered(onward.add_subtask(step, *onward.parameters), onward.add_subtask(go))
    for method in (arrived, onward):
        problem.add_method(method)
    problem.task_network.add_subtask(go)
    return problem


def test_decompositions_may_be_deeper_than_python_recurses():
    """A plan with 1,500 levels is translated, and validated when it has come back."""
    problem = chain(1500)
    with OneshotPlanner(name="htn") as planner, PlanValidator(name="htn-validator") as validator:
        plan = planner.solve(problem).plan
        assert len(plan.action_plan.actions) == 1500
        assert validator.validate(problem, plan)


def test_plans_that_are_wrong_are_rejected_with_a_reason(going):
    """An action that cannot be applied, one too few, a decomposition with another name."""
    with OneshotPlanner(name="htn") as planner:
        plan = planner.solve(going).plan
    steps, tree = plan.action_plan.actions, plan.decomposition
    manager = going.environment.expression_manager
    jump = ActionInstance(going.action("move"), tuple(manager.ObjectExp(going.object(n)) for n in ("l1", "l4")))
    renamed = Decomposition({"elsewhere": next(iter(tree.subtasks.values()))})
    wrong = {
        "is no action": HierarchicalPlan(SequentialPlan([]), tree),
        "does not come of a root": HierarchicalPlan(SequentialPlan([*steps, jump]), tree),
        "expected the subtasks": HierarchicalPlan(SequentialPlan(steps), renamed),
    }
    with PlanValidator(name="htn-validator") as validator:
        for reason, broken in wrong.items():
            verdict = validator.validate(going, broken)
            assert not verdict
            found = verdict.log_messages[0].message
            assert reason in found or "the action plan has no" in found


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda p: p.add_action(timed()), "takes time"),
        (lambda p: p.add_fluent(Fluent("level", IntType()), default_initial_value=0) and None, ""),
        (lambda p: p.add_goal(counted(p)), "has no form in HDDL"),
        (lambda p: p.add_action(counting(p)), "changes the number"),
        (lambda p: p.add_fluent(Fluent("odd", BoolType(), flag=BoolType()), default_initial_value=True), "of objects"),
        (lambda p: p.add_fluent(Fluent("where", UserType("Lamp"))), "has no value at the start"),
        (lambda p: p.task_network.set_strictly_before(p.task_network.subtasks[0].end + 1, later(p).start), "order of"),
    ],
)
def test_what_cannot_be_said_in_hddl_is_not_supported(change, reason):
    """The kind of the problem says so, or a sentence does; nothing is left out silently."""
    problem = lamp()
    change(problem)
    with OneshotPlanner(name="htn") as planner:
        planner.skip_checks = True
        result = planner.solve(problem)
    if not reason:  # a number that nothing uses does no harm
        assert result.status == Status.SOLVED_SATISFICING
        return
    assert result.status == Status.UNSUPPORTED_PROBLEM
    assert reason in result.log_messages[-1].message


def timed():
    """Return an action that takes time."""
    action = DurativeAction("sleep")
    action.set_fixed_duration(Fraction(1, 2))
    return action


def counted(problem):
    """Return a condition on a number."""
    return Equals(problem.add_fluent(Fluent("level", IntType()), default_initial_value=0), 3)


def counting(problem):
    """Return an action that changes a number."""
    level = problem.add_fluent(Fluent("level", IntType()), default_initial_value=0)
    action = InstantaneousAction("raise")
    action.add_increase_effect(level, 1)
    return action


def later(problem):
    """Return another task of the initial network."""
    return problem.task_network.add_subtask(problem.action("wait"))
