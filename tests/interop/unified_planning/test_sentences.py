"""What has no form on the other side is named in a sentence; what is unusual but has one is carried over."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("unified_planning", reason="unified-planning is not installed")

from unified_planning.model.htn import HierarchicalProblem
from unified_planning.plans import SequentialPlan
from unified_planning.shortcuts import Fluent, InstantaneousAction, Problem, UserType

from htn.hddl import HddlError, parse_domain, parse_problem
from htn.hddl.plan_format import parse_plan
from htn.hddl.verify import verify
from htn.hddl.write import to_hddl as text
from htn.interop.unified_planning import UnsupportedError, from_hddl, from_up_plan, to_hddl, to_up_plan
from htn.interop.unified_planning.solving import search
from htn.planning.limits import Limits


def read(domain, problem="(:htn) (:init)"):
    """Return a domain and a problem given as the inside of their definitions."""
    parsed = parse_domain(f"(define (domain d) {domain})")
    return parsed, parse_problem(f"(define (problem p) (:domain d) {problem})", parsed)


def solved(domain, problem):
    """Return a plan; there is one."""
    plan = search(domain, problem, Limits(seconds=20)).plan
    assert plan is not None
    return plan


@pytest.mark.parametrize(
    ("domain", "problem", "reason"),
    [
        ("(:types a - c a - b)", "(:htn) (:init)", "the type 'a' has two parents, 'c' and 'b'"),
        ("(:types a b)", "(:objects x - a x - b) (:htn) (:init)", "the object 'x' has the types 'a' and 'b'"),
        ("(:types a - b b - a)", "(:htn) (:init)", "is above itself"),
        (
            "(:predicates (p)) (:functions (total-cost)) (:action f :effect (when (p) (increase (total-cost) 1)))",
            "(:htn) (:init)",
            "the cost of the action 'f' depends on a condition",
        ),
        (
            "(:action f) (:task t) (:method m :task (t) :subtasks (and (a (f)) (b (f))) :ordering ((< a b) (< b a)))",
            "(:htn) (:init)",
            "the order of subtasks in the method 'm' is a circle",
        ),
    ],
)
def test_hddl_that_unified_planning_has_no_words_for(domain, problem, reason):
    """One sentence that names the thing."""
    with pytest.raises(UnsupportedError) as raised:
        from_hddl(*read(domain, problem))
    assert reason in str(raised.value)


def test_only_hierarchical_problems_and_plans_are_taken():
    """Another kind of problem or plan is named."""
    with pytest.raises(UnsupportedError, match="got a Problem"):
        to_hddl(Problem("flat"))
    with pytest.raises(UnsupportedError, match="expected a HierarchicalPlan"):
        from_up_plan(to_hddl(HierarchicalProblem("empty")), SequentialPlan([]))


def test_only_valid_plans_become_plans_of_unified_planning():
    """A plan whose action cannot be carried out is rejected with the verifier's reason."""
    domain, problem = read("(:predicates (p)) (:action f :precondition (p))", "(:htn :subtasks (f)) (:init)")
    with pytest.raises(HddlError, match=r"precondition of \(f\) does not hold"):
        to_up_plan(from_hddl(domain, problem), parse_plan("==>\n1 f\nroot 1\n<=="))


def test_constants_and_repeated_variables_in_what_a_method_applies_to():
    """They become parameters with constraints, and plans come back with the right arguments."""
    domain, problem = read(
        "(:types k) (:constants a b - k) (:predicates (p ?x - k)) (:task t :parameters (?x ?y - k))"
        " (:action f :parameters (?x - k) :effect (p ?x))"
        " (:method both :parameters (?x - k) :task (t ?x ?x) :subtasks (f ?x))"
        " (:method fixed :parameters (?y - k) :task (t a ?y) :precondition (p a) :subtasks (f ?y))",
        "(:htn :ordered-subtasks (and (t a a) (t a b))) (:init)",
    )
    there = from_hddl(domain, problem)
    plan = solved(domain, problem)
    up_plan = to_up_plan(there, plan)
    assert [method.method.name for _, method in up_plan.methods()] == ["both", "fixed"]
    assert verify(domain, problem, from_up_plan(there, up_plan)).valid
    back = to_hddl(there.up)
    assert verify(back.domain, back.problem, from_up_plan(back, up_plan)).valid


def test_names_that_several_things_share_are_told_apart():
    """HDDL keeps kinds apart; unified-planning wants each name once."""
    domain, problem = read(
        "(:types go) (:predicates (go ?x - go)) (:task go :parameters (?x - go))"
        " (:action do :parameters (?x - go) :effect (go ?x))"
        " (:method go :parameters (?x - go) :task (go ?x) :subtasks (do ?x))"
        " (:method go :parameters (?x - go) :task (go ?x) :precondition (go ?x))",
        "(:objects go - go) (:htn :subtasks (go go)) (:init) (:goal (go go))",
    )
    there = from_hddl(domain, problem)
    plan = solved(domain, problem)
    assert verify(domain, problem, from_up_plan(there, to_up_plan(there, plan))).valid


def test_names_that_hddl_cannot_write_are_changed():
    """Blanks, brackets and HDDL's own words; the text reads back as the same model."""
    problem = HierarchicalProblem("my problem")
    kind = UserType("object")
    other = UserType("a kind")
    thing = problem.add_object("thing (1)", other)
    done = problem.add_fluent(Fluent("not", x=other), default_initial_value=False)
    action = InstantaneousAction("and", **{"the thing": other})
    action.add_effect(done(action.parameter("the thing")), True)
    problem.add_action(action)
    problem.add_fluent(Fluent("spare", x=kind), default_initial_value=False)
    problem.task_network.add_subtask(action, thing, ident="first step")
    there = to_hddl(problem)
    domain = parse_domain(text(there.domain))
    assert domain == there.domain
    assert parse_problem(text(there.problem), domain) == there.problem
    plan = solved(there.domain, there.problem)
    assert str(to_up_plan(there, plan).action_plan.actions[0]) == "and(thing (1))"


def test_costs_are_carried_over_both_ways():
    """Numbers, and functions that nothing changes; the cheaper way has the same cost on both sides."""
    domain, problem = read(
        "(:types k) (:predicates (at ?x - k)) (:functions (far ?x - k) - number (total-cost) - number)"
        " (:task t) (:action go :parameters (?x - k) :effect (and (at ?x) (increase (total-cost) (far ?x))"
        " (increase (total-cost) 1))) (:action rest :effect (increase (total-cost) 2))"
        " (:method m :parameters (?x - k) :task (t) :ordered-subtasks (and (go ?x) (rest)))",
        "(:objects a b - k) (:htn :subtasks (t)) (:init (= (far a) 5) (= (far b) 3) (= (total-cost) 0))"
        " (:metric minimize (total-cost))",
    )
    there = from_hddl(domain, problem)
    (metric,) = there.up.quality_metrics
    assert {action.name: str(cost) for action, cost in metric.costs.items()} == {"go": "(far(x) + 1)", "rest": "2"}
    back = to_hddl(there.up)
    for place, cost in (("a", 8), ("b", 6)):
        plan = parse_plan(f"==>\n1 go {place}\n2 rest\nroot 0\n0 t -> m 1 2\n<==")
        assert verify(domain, problem, plan).cost == cost
        assert verify(back.domain, back.problem, plan).cost == cost


def test_a_predicate_that_is_used_with_wider_types_is_widened():
    """Competition files do that; unified-planning's fluents insist on their types."""
    domain, problem = read(
        "(:types l - k k) (:predicates (p ?x - l)) (:action f :parameters (?x - k) :precondition (not (p ?x)))"
        " (:action g :parameters (?x) :precondition (p ?x))",
        "(:objects a - k b - l) (:htn :subtasks (and (x (f a)) (y (g b)))) (:init (p b))",
    )
    there = from_hddl(domain, problem)
    assert str(there.up.fluent("p").signature[0].type) == "object"
    plan = solved(domain, problem)
    assert verify(domain, problem, from_up_plan(there, to_up_plan(there, plan))).valid


def test_without_the_package_a_sentence_says_what_to_install():
    """The module can be imported; what needs the package names the extra."""
    code = (
        "import sys; sys.modules['unified_planning'] = None\n"
        "from htn.interop import unified_planning as up\n"
        "for use in (up.register, lambda: up.to_hddl):\n"
        "    try: use()\n"
        "    except up.MissingPackageError as error: print(error)\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    expected = "unified-planning is not installed; install it with pip install 'htn[unified-planning]'\n"
    assert shown == expected * 2
