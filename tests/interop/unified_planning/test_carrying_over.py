"""Problems and plans carried from HDDL to unified-planning and back, on random domains."""

from __future__ import annotations

from random import Random

import pytest

pytest.importorskip("unified_planning", reason="unified-planning is not installed")

from htn.hddl.plan_format import Plan
from htn.hddl.verify import ROOT, read_methods, verify
from htn.hddl.write import to_hddl as text
from htn.interop.unified_planning import from_hddl, from_up_plan, to_hddl, to_up_plan
from htn.interop.unified_planning.solving import search
from htn.planning.limits import Limits
from tests.hddl.brute_force import is_solution
from tests.hddl.random_domains import random_domain
from tests.hddl.random_plans import random_plan
from tests.interop.unified_planning.replaying import check

SEEDS = range(100)


def valid_plans(domain, problem, random, tries=8):
    """Yield random plans that the brute-force verifier accepts."""
    for _ in range(tries):
        plan = random_plan(domain, problem, random)
        if plan is not None and len(plan.steps) < 7 and is_solution(domain, problem, plan):
            yield plan


def test_plans_are_the_same_plans_on_both_sides():
    """What is a plan in HDDL is one for unified-planning's simulator, and comes back as one of either problem."""
    carried = 0
    for seed in SEEDS:
        random = Random(seed)
        domain, problem = random_domain(random)
        there = from_hddl(domain, problem)
        back = to_hddl(there.up)
        for plan in valid_plans(domain, problem, random):
            carried += 1
            up_plan = to_up_plan(there, plan)
            check(there.up, up_plan)
            for translation in (there, back):
                again = from_up_plan(translation, up_plan)
                assert verify(translation.domain, translation.problem, again).valid
                assert to_up_plan(translation, again) == up_plan
            assert is_solution(domain, problem, from_up_plan(there, up_plan))
    assert carried > 50


def test_a_problem_that_was_carried_over_is_solvable_as_before():
    """The planner says the same of a problem and of what comes back; its plans are plans of the first."""
    solved = 0
    for seed in SEEDS:
        domain, problem = random_domain(Random(seed))
        there = from_hddl(domain, problem)
        back = to_hddl(there.up)
        before = search(domain, problem, Limits(seconds=20))
        after = search(back.domain, back.problem, Limits(seconds=20))
        assert (before.status, seed) == (after.status, seed)
        if after.plan is not None:
            solved += 1
            up_plan = to_up_plan(back, after.plan)
            check(there.up, up_plan)
            assert verify(domain, problem, from_up_plan(there, up_plan)).valid
    assert 20 < solved < len(SEEDS) - 20


def test_carrying_over_twice_changes_nothing_more():
    """HDDL that was made of a problem of unified-planning gives that problem again."""
    for seed in SEEDS:
        there = from_hddl(*random_domain(Random(seed)))
        back = to_hddl(there.up)
        again = from_hddl(back.domain, back.problem)
        once_more = to_hddl(again.up)
        assert text(once_more.domain) == text(back.domain)
        assert text(once_more.problem) == text(back.problem)


def test_methods_of_a_plan_are_read_in_full():
    """Every variable has a value; with these values written out, the plan is still one, by brute force."""
    read = 0
    for seed in SEEDS:
        random = Random(seed)
        domain, problem = random_domain(random)
        for plan in valid_plans(domain, problem, random):
            readings = read_methods(domain, problem, plan)
            assert readings.keys() == {ROOT, *(task.id for task in plan.tasks)}
            for number, reading in readings.items():
                assert reading.binding.keys() == {parameter.name for parameter in reading.method.parameters}
                ground = {task.id: (task.name, *task.arguments) for task in (*plan.tasks, *plan.steps)}
                for child, subtask in zip(reading.children, reading.method.network.subtasks, strict=True):
                    terms = [reading.binding.get(term, term) for term in subtask.terms]
                    assert ground[child] == (subtask.task, *terms)
                assert number == ROOT or ground[number][0] == reading.method.task
                read += 1
    assert read > 100


def test_the_empty_plan_is_carried_over():
    """A network without tasks is solved by doing nothing."""
    domain, problem = random_domain(Random(0))
    empty = type(problem)(problem.name, problem.domain, objects=problem.objects, init=problem.init)
    there = from_hddl(domain, empty)
    assert from_up_plan(there, to_up_plan(there, Plan())) == Plan()
