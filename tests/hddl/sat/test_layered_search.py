"""The search by satisfiability: what it finds are plans, and what it rules out has none."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from htn.hddl import load_domain, load_problem, parse_domain, parse_problem
from htn.hddl.model import And, Forall, When
from htn.hddl.plan_format import format_plan, parse_plan
from htn.hddl.sat.search import LayeredSearch, SolverMissingError
from htn.hddl.verify import verify
from tests.hddl.files_of_tests import COMPETITION, needs_competition
from tests.hddl_solve.exhaustive import Exhaustive, TooManyError
from tests.hddl_solve.random_problems import Making

needs_solver = pytest.mark.skipif(
    subprocess.run([sys.executable, "-c", "import pysat.solvers"], check=False, capture_output=True).returncode != 0,
    reason="the extra 'sat' (python-sat) is not installed",
)


def solve(domain, problem, **options):
    """Return the plan or None, how the search ended, and the search; a plan is written, read again and verified."""
    search = LayeredSearch(domain, problem, **options)
    run = search.run()
    while True:
        try:
            found = next(run)
        except StopIteration as stop:
            return None, stop.value, search
        if found is not None:
            plan = parse_plan(format_plan(found))
            verdict = verify(domain, problem, plan)
            assert verdict.valid, f"{verdict}\n{format_plan(found)}"
            return plan, "solved", search


class Unconditional(Making):
    """Random problems whose effects have no conditions."""

    def effect(self, scope):
        """Make an effect, and take the conditions out of it."""
        return _without_conditions(super().effect(scope))


def _without_conditions(effect):
    if isinstance(effect, When):
        return _without_conditions(effect.effect)
    if isinstance(effect, And):
        return And(tuple(_without_conditions(part) for part in effect.parts))
    if isinstance(effect, Forall):
        return Forall(effect.variables, _without_conditions(effect.part))
    return effect


def sequences(seed, ordered):
    """Return a random problem and the action sequences of all its plans; None where there are too many to list."""
    domain, problem = Unconditional(seed, ordered).make()
    try:
        return domain, problem, Exhaustive(domain, problem).sequences()
    except TooManyError:
        return domain, problem, None


@needs_solver
@pytest.mark.parametrize("start", range(0, 300, 50))
def test_total_order_is_decided_as_by_trying_everything(start):
    """A plan is found where there is one, it is one of them, and where there is none that is proved."""
    solved = 0
    for seed in range(start, start + 50):
        domain, problem, expected = sequences(seed, True)
        if expected is None:
            continue
        plan, end, _ = solve(domain, problem)
        assert end == ("solved" if expected else "exhausted"), seed
        if plan is not None:
            assert tuple((step.name, *step.arguments) for step in plan.steps) in expected, seed
            solved += 1
    assert solved > 5


@needs_solver
def test_partial_order_is_never_said_to_have_no_plan_only_because_one_order_has_none():
    """Plans of unordered problems are plans; where the one order has none, the search gives up."""
    gave_up = solved = 0
    for seed in range(1000, 1060):
        domain, problem, expected = sequences(seed, False)
        if expected is None:
            continue
        plan, end, _ = solve(domain, problem)
        assert plan is None or expected, seed
        assert end != "exhausted" or not expected, seed
        solved += plan is not None
        gave_up += end == "gave up"
    assert solved > 3
    assert gave_up > 3


WALK = """(define (domain walk) (:types place)
 (:predicates (road ?a ?b - place) (at ?a - place) (seen ?a - place))
 (:task go :parameters (?to - place))
 (:method there :parameters (?to - place) :task (go ?to) :precondition (at ?to) :subtasks ())
 (:method step :parameters (?to ?a ?b - place) :task (go ?to) :precondition (and (at ?a) (road ?a ?b))
  :ordered-subtasks (and (move ?a ?b) (go ?to)))
 (:action move :parameters (?a ?b - place) :precondition (and (at ?a) (road ?a ?b))
  :effect (and (not (at ?a)) (at ?b) (seen ?b))))"""


def walk(roads, *goals):
    """Return a problem of walking from p0 to each goal in turn."""
    domain = parse_domain(WALK)
    places = sorted({place for road in roads for place in road} | {"p0", *goals})
    facts = " ".join(f"(road {a} {b})" for a, b in roads)
    tasks = " ".join(f"(go {goal})" for goal in goals)
    text = (
        f"(define (problem w) (:domain walk) (:objects {' '.join(places)} - place)"
        f" (:htn :ordered-subtasks (and {tasks})) (:init (at p0) {facts}))"
    )
    return domain, parse_problem(text, domain)


@needs_solver
def test_recursion_is_followed_as_deep_as_needed_and_no_deeper():
    """The tree grows until there is a plan, so the first plan takes the shorter of two ways."""
    long_way = [(f"p{i}", f"p{i + 1}") for i in range(9)]
    plan, _, search = solve(*walk([*long_way, ("p0", "q"), ("q", "p9")], "p9"))
    assert [step.arguments for step in plan.steps] == [("p0", "q"), ("q", "p9")]
    assert len({layer.depth for layer in search.layers}) == len(search.layers) > 1


@needs_solver
def test_positions_of_several_tasks_follow_each_other():
    """What one task leaves behind is where the next begins."""
    plan, _, _ = solve(*walk([("p0", "p1"), ("p1", "p2"), ("p2", "p0")], "p2", "p1"))
    assert [step.arguments[1] for step in plan.steps] == ["p1", "p2", "p0", "p1"]


@needs_solver
def test_who_asks_for_more_gets_ever_shorter_plans():
    """After the first plan come shorter ones, each valid, down to the shortest in the tree."""
    for seed in (3, 5, 8):
        domain, problem = walk(
            [(f"p{i}", f"p{(i * k + 1) % 7}") for i in range(7) for k in (1, seed)], "p4", "p2", "p5"
        )
        plans = [plan for plan in LayeredSearch(domain, problem).run() if plan is not None]
        lengths = [len(plan.steps) for plan in plans]
        assert lengths == sorted(set(lengths), reverse=True)
        assert all(verify(domain, problem, plan).valid for plan in plans)
        assert lengths[-1] == sum(distance(problem, a, b) for a, b in (("p0", "p4"), ("p4", "p2"), ("p2", "p5")))


def distance(problem, start, goal):
    """Return how many roads lie between two places, by breadth-first search."""
    roads = [fact[1:] for fact in problem.init if fact[0] == "road"]
    reached, steps = {start}, 0
    while goal not in reached:
        reached |= {b for a, b in roads if a in reached}
        steps += 1
    return steps


@needs_solver
def test_an_endless_search_gives_up_at_its_limits():
    """Where no depth is enough, the size of the tree ends the search, and nothing is claimed."""
    plan, end, search = solve(*walk([("p0", "p1"), ("p1", "p0")], "p2"), most_operations=200)
    assert plan is None
    assert end == "gave up"
    assert search.layers[-1].operations >= 200
    assert solve(*walk([("p0", "p1"), ("p1", "p2")], "p2"), most_clauses=1)[1] == "gave up"


@needs_solver
def test_conditional_effects_are_left_to_other_searches():
    """They are given up at once, not got wrong."""
    domain = parse_domain("(define (domain d) (:predicates (p)) (:action a :effect (when (not (p)) (p))))")
    problem = parse_problem("(define (problem x) (:domain d) (:htn :subtasks (a)) (:init))", domain)
    plan, end, search = solve(domain, problem)
    assert (plan, end, search.layers) == (None, "gave up", [])


@needs_solver
def test_a_method_without_subtasks_holds_where_it_stands():
    """The precondition of an empty method is asked of the state before it, not after what follows."""
    domain = parse_domain(
        "(define (domain d) (:predicates (p)) (:task t) (:action a :effect (p))"
        " (:method m :task (t) :precondition (p) :subtasks ()))"
    )
    for subtasks, expected in (("(t) (a)", "exhausted"), ("(a) (t)", "solved")):
        text = f"(define (problem x) (:domain d) (:htn :ordered-subtasks (and {subtasks})) (:init))"
        assert solve(domain, parse_problem(text, domain))[1] == expected


def test_without_the_solver_the_extra_is_named(monkeypatch):
    """Whoever asks for this search without the extra is told what to install."""
    monkeypatch.setitem(sys.modules, "pysat.solvers", None)
    with pytest.raises(SolverMissingError, match="extra 'sat'"):
        LayeredSearch(*walk([("p0", "p1")], "p1"))


SCRIPT = """
import sys
from tests.hddl.sat.test_layered_search import solve, walk
from htn.hddl.plan_format import format_plan
ring = [(f"p{i}", f"p{j}") for i in range(6) for j in range(6) if (i + 2 * j) % 3 and i != j]
print(format_plan(solve(*walk(ring, "p3", "p0", "p5", "p3"))[0]))
"""


@needs_solver
def test_the_same_problem_gives_the_same_plan_in_every_process():
    """Nothing depends on the order of sets."""
    plans = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(plans) == 1


@needs_solver
@pytest.mark.parametrize("mark", [pytest.param((), marks=needs_competition)])
@pytest.mark.parametrize("name", ["07--p03-part1", "13", "16", "20"])
def test_woodworking_takes_few_conflicts(name, mark):
    """The puzzles on which depth-first search thrashes are solved at the second depth, almost without search."""
    folder = COMPETITION / "total-order" / "Woodworking"
    domain = load_domain(folder / "domain.hddl")
    plan, _, search = solve(domain, load_problem(folder / f"{name}.hddl", domain))
    assert plan is not None
    assert len(search.layers) == 2
    assert search.layers[-1].conflicts < 1000
