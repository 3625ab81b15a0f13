"""What grounding leaves out, splits, counts and declines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from htn.hddl import load_domain, load_problem, parse_domain, parse_problem
from htn.hddl.ground import NotGrounded, ground, ground_problem, plan_of_ground
from htn.hddl.verify import verify
from htn.planning.ground.depth_first import DepthFirst
from tests.hddl.ground.ground_plans import solutions

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "ipc2020"

DELIVERY = """(define (domain delivery)
  (:types place car)
  (:predicates (at ?c - car ?p - place) (road ?a ?b - place) (clean ?c - car) (seen ?p - place))
  (:task go :parameters (?c - car ?p - place))
  (:method there :parameters (?c - car ?p - place) :task (go ?c ?p) :precondition (at ?c ?p) :subtasks ())
  (:method on :parameters (?c - car ?a ?b ?p - place) :task (go ?c ?p)
    :precondition (and (at ?c ?a) (road ?a ?b)) :ordered-subtasks (and (drive ?c ?a ?b) (go ?c ?p)))
  (:action drive :parameters (?c - car ?a ?b - place) :precondition (and (at ?c ?a) (road ?a ?b))
    :effect (and (not (at ?c ?a)) (at ?c ?b) (seen ?b)))
  %s)"""
TOWN = """(define (problem town) (:domain delivery) (:objects a b c d - place car1 car2 - car)
  (:htn %s) (:init (at car1 a) (at car2 d) (road a b) (road b c) (road c b)) %s)"""


def grounded(extra="", htn=":subtasks (go car1 c)", goal=""):
    """Return the domain, the problem and the ground problem."""
    domain = parse_domain(DELIVERY % extra)
    problem = parse_problem(TOWN % (htn, goal), domain)
    found = ground(domain, problem)
    assert not isinstance(found, NotGrounded)
    return domain, problem, found


def drop(run):
    """Run a generator that yields nothing but pauses until it stops."""
    while True:
        assert next(run) is None


def plan(domain, problem, found):
    """Return the first plan, verified; None where there is none."""
    for steps in DepthFirst(found).run():
        if steps is not None:
            made = plan_of_ground(found, steps)
            assert verify(domain, problem, made).valid
            return made
    return None


def test_only_what_can_come_up_is_there():
    """No car that has no task, no road that leads back to where nothing starts, and no facts that nothing asks for."""
    _, _, found = grounded()
    names = {" ".join(row) for row in found.tasks if not row[0].startswith("#")}
    assert names == {"go car1 c", "drive car1 a b", "drive car1 b c", "drive car1 c b"}
    assert {" ".join(fact) for fact in found.facts} == {"at car1 a", "at car1 b", "at car1 c"}


def test_what_cannot_be_done_leaves_no_method():
    """Where no road leads, the root has no method, and the search proves it."""
    _, _, found = grounded(htn=":subtasks (go car1 d)")
    assert list(found.methods[found.root]) == []
    with pytest.raises(StopIteration, match="exhausted"):
        drop(DepthFirst(found).run())


def test_plans_name_the_methods_of_the_input():
    """Labels are as the file writes them, and what the grounder made is not seen."""
    domain, problem, found = grounded(goal="(:goal (or (at car2 a) (not (at car1 a))))")
    made = plan(domain, problem, found)
    assert {task.method for task in made.tasks} == {"there", "on"}
    assert {step.name for step in made.steps} == {"drive"}


def test_the_goal_is_the_last_subtask():
    """Each case of the goal is an action without effects at the end of a method of the root."""
    _, _, found = grounded(goal="(:goal (or (at car1 b) (not (at car1 c))))", htn=":subtasks ()")
    last = [method.subtasks[-1] for method in found.methods[found.root]]
    assert {found.tasks[task] for task in last} == {("#goal",)}
    assert {(found.actions[task].add, found.actions[task].delete) for task in last} == {(0, 0)}
    # At the beginning the car is at a, so that one case holds and stays; the other cannot come to be.
    assert len(last) == 1


def test_conditional_effects_become_cases():
    """An action with a conditional effect has a case in which the condition holds and others in which it does not."""
    wash = (
        "(:action wash :parameters (?c - car) :effect (when (at ?c b) (clean ?c)))"
        " (:method both :parameters () :task (both) :ordered-subtasks (and (go car1 b) (wash car1)))"
        " (:task both :parameters ())"
    )
    domain, problem, found = grounded(wash, ":subtasks (both)", "(:goal (clean car1))")
    cases = [found.actions[task] for task in found.actions if found.tasks[task] == ("wash", "car1")]
    assert len(cases) == 2
    assert sorted(bool(case.add) for case in cases) == [False, True]
    assert [step.name for step in plan(domain, problem, found).steps] == ["drive", "wash"]


def test_costs():
    """Costs are those of the effects where the problem has any, and 1 otherwise."""
    _, _, found = grounded()
    assert {action.cost for action in found.actions.values()} == {1}
    tolls = (
        "(:functions (toll ?a ?b - place) - number (total-cost) - number)"
        " (:action pay :parameters (?a ?b - place) :precondition (road ?a ?b)"
        " :effect (increase (total-cost) (toll ?a ?b)))"
    )
    domain = parse_domain(DELIVERY % tolls)
    text = TOWN % (":subtasks (and (pay a b) (pay b c) (go car1 a))", "(:metric minimize (total-cost))")
    found = ground(domain, parse_problem(text.replace("(road a b)", "(road a b) (= (toll a b) 7)", 1), domain))
    assert not isinstance(found, NotGrounded)
    costs = {" ".join(found.tasks[task]): action.cost for task, action in found.actions.items()}
    assert (costs["pay a b"], costs["pay b c"]) == (7, 0)


def test_declines_what_is_too_large():
    """More instances than allowed, or a condition with too many cases, are declined with a reason."""
    domain = parse_domain(DELIVERY % "")
    problem = parse_problem(TOWN % (":subtasks (go car1 c)", ""), domain)
    assert ground(domain, problem, most=3) == NotGrounded("more than 3 actions and methods")
    assert isinstance(ground(domain, problem, seconds=-1.0), NotGrounded)
    many = "(and " + " ".join(f"(or (p{i}) (q{i}))" for i in range(8)) + ")"
    facts = " ".join(f"(p{i}) (q{i})" for i in range(8))
    domain = parse_domain(
        f"(define (domain d) (:predicates {facts}) (:action a :parameters () :effect (and {facts}))"
        f" (:action b :parameters () :precondition {many} :effect (not (p0))))"
    )
    problem = parse_problem("(define (problem p) (:domain d) (:htn :ordered-subtasks (and (a) (b))) (:init))", domain)
    assert ground(domain, problem) == NotGrounded("a condition has too many cases")


def test_pauses():
    """A large problem is grounded in many slices."""
    places = " ".join(f"p{i}" for i in range(120))
    roads = " ".join(f"(road p{i} p{j})" for i in range(120) for j in (i - 1, i + 1) if 0 <= j < 120)
    domain = parse_domain(DELIVERY % "")
    problem = parse_problem(
        f"(define (problem long) (:domain delivery) (:objects {places} - place car1 - car)"
        f" (:htn :subtasks (and (go car1 p119) (go car1 p0))) (:init (at car1 p0) {roads}))",
        domain,
    )
    going = ground_problem(domain, problem)
    assert [next(going) for _ in range(6)] == [None] * 6


def test_long_initial_network():
    """A network of thousands of tasks, most of which have been looked at before, is ground without deep recursion."""
    domain, problem, found = grounded(htn=f":ordered-subtasks (and {'(go car1 b) (go car1 c) ' * 1500})")
    assert len(found.methods[found.root][0].subtasks) == 3001
    assert len(plan(domain, problem, found).steps) == 3000


def test_many_conditions():
    """A method may have hundreds of conditions that never change."""
    conditions = " ".join(f"(s o{i})" for i in range(300))
    objects = " ".join(f"o{i}" for i in range(300))
    domain = parse_domain(
        "(define (domain d) (:predicates (s ?x - object) (p ?x - object)) (:task t :parameters (?x - object))"
        f" (:constants {objects} - object)"
        f" (:method m :parameters (?x - object) :task (t ?x) :precondition (and {conditions}) :subtasks (a ?x))"
        " (:action a :parameters (?x - object) :precondition (s ?x) :effect (p ?x)))"
    )
    for missing, expected in ((300, 1), (7, 0)):
        init = " ".join(f"(s o{i})" for i in range(300) if i != missing)
        problem = parse_problem(f"(define (problem p) (:domain d) (:htn :subtasks (t o1)) (:init {init}))", domain)
        found = ground(domain, problem)
        assert not isinstance(found, NotGrounded)
        assert len(found.methods[found.root]) == expected


def test_a_variable_of_one_subtask_costs_no_product():
    """Two subtasks with values of their own have the sum of the instances, not the product."""
    many = " ".join(f"o{i}" for i in range(30))
    domain = parse_domain(
        "(define (domain d) (:predicates (p ?x - object) (q ?x - object)) (:task t :parameters ())"
        " (:method m :parameters (?x ?y - object) :task (t) :ordered-subtasks (and (a ?x) (b ?y)))"
        " (:action a :parameters (?x - object) :precondition (not (p ?x)) :effect (p ?x))"
        " (:action b :parameters (?x - object) :precondition (not (q ?x)) :effect (q ?x)))"
    )
    problem = parse_problem(
        f"(define (problem p) (:domain d) (:objects {many} - object) (:htn :ordered-subtasks (and (t))) (:init))",
        domain,
    )
    found = ground(domain, problem)
    assert not isinstance(found, NotGrounded)
    assert sum(map(len, found.methods.values())) < 70
    sequences = {tuple(found.tasks[step.task] for step in steps if step.method is None) for steps in solutions(found)}
    assert len(sequences) == 30 * 30


def test_same_result_whatever_the_hash_seed():
    """Tasks, facts and methods come in the same order in every process."""
    script = (
        "from tests.hddl_solve.random_problems import Making; from htn.hddl.ground import ground; import hashlib\n"
        "text = repr([ground(*Making(seed, seed % 2 == 0).make()) for seed in range(60)])\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    root = Path(__file__).resolve().parents[3]
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


def competition():
    """Return the first problem of each domain, and all feature tests, with their domains."""
    found = []
    for folder in sorted(DATA.glob("total-order/*")):
        problems = sorted(path for path in folder.glob("*.hddl") if "domain" not in path.name)
        if problems and "Monroe" not in folder.name:
            own = problems[0].with_name(problems[0].stem + "-domain.hddl")
            found.append((own if own.exists() else folder / "domain.hddl", problems[0]))
    for problem in sorted((DATA / "feature-tests").glob("*.hddl")):
        own = problem.with_name(problem.stem + "-domain.hddl")
        if own.exists():
            found.append((own, problem))
    return found


@pytest.mark.shared_data
@pytest.mark.skipif(not DATA.is_dir(), reason="the competition's problems are not beside the repository")
@pytest.mark.parametrize("paths", competition(), ids=lambda paths: f"{paths[1].parent.name}-{paths[1].stem}")
def test_competition(paths):
    """The first problem of each totally ordered domain is ground and solved, with a valid plan."""
    domain = load_domain(paths[0])
    problem = load_problem(paths[1], domain)
    found = ground(domain, problem)
    assert plan(domain, problem, found) is not None
