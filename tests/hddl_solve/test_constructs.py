"""Each construct of HDDL means what it should to the planner; the plans are known beforehand."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.hddl_solve.solving import EVERY_WAY, actions, all_action_sequences, read, solve

DOMAIN = """(define (domain d)
  (:types Big small - thing)
  (:constants K - Big)
  (:predicates (on ?x - thing) (near ?x ?y - thing) (done))
  (:task T :parameters (?x - thing)) (:task any)
  (:action Switch-On :parameters (?x - thing) :precondition (not (on ?x)) :effect (on ?x))
  (:action switch-off :parameters (?x - thing) :precondition (on ?x) :effect (not (on ?x)))
  (:action finish :parameters () :effect (done))
  %s)"""
PROBLEM = "(define (problem p) (:domain d) (:objects b - Big s1 s2 - small) (:htn %s) (:init %s) %s)"


def plans(extra, htn, init="", goal=""):
    """Return the action sequences of all plans, the same with every choice of passes."""
    domain, problem = read(DOMAIN % extra, PROBLEM % (htn, init, goal))
    found = [all_action_sequences(domain, problem, passes) for passes in EVERY_WAY]
    assert all(other == found[0] for other in found)
    return {" ".join("-".join(action) for action in sequence) for sequence in found[0]}


@pytest.mark.parametrize(
    ("extra", "htn", "init", "goal", "expected"),
    [
        ("", ":subtasks (Switch-On b)", "", "", {"Switch-On-b"}),
        ("", ":subtasks ()", "", "", {""}),
        ("", ":subtasks ()", "", "(:goal (done))", set()),
        ("", ":subtasks (finish)", "", "(:goal (and (done) (not (on b))))", {"finish"}),
        ("", ":parameters (?x - small) :subtasks (Switch-On ?x)", "(on s1)", "", {"Switch-On-s2"}),
        ("", ":parameters (?x - Big) :subtasks (Switch-On ?x)", "", "", {"Switch-On-K", "Switch-On-b"}),
        (
            "(:method m :parameters (?x - thing) :task (T ?x) :precondition (on ?x) :subtasks ())",
            ":ordered-subtasks (and (T b) (finish))",
            "(on b)",
            "",
            {"finish"},
        ),
        (
            "(:method m :parameters (?x - thing) :task (T ?x) :precondition (on ?x) :subtasks ())",
            ":ordered-subtasks (and (T b) (finish))",
            "",
            "",
            set(),
        ),
        (
            (
                "(:method m :parameters (?x ?y - thing) :task (T ?x) :precondition (near ?x ?y)"
                " :subtasks (and (Switch-On ?y)) :constraints (not (= ?x ?y)))"
            ),
            ":subtasks (T b)",
            "(near b b) (near b K) (near b s1) (on s1)",
            "",
            {"Switch-On-K"},
        ),
        (
            (
                "(:method m :parameters (?x ?y - thing) :task (T ?x) :subtasks (Switch-On ?y)"
                " :constraints (and (sortof ?y - small) (not (= ?y s1))))"
            ),
            ":subtasks (T b)",
            "",
            "",
            {"Switch-On-s2"},
        ),
        ("(:method m :task (T K) :subtasks (finish))", ":subtasks (T b)", "", "", set()),
        ("(:method m :task (T K) :subtasks (finish))", ":subtasks (T K)", "", "", {"finish"}),
        (
            "(:method m :task (any) :precondition (forall (?x - small) (on ?x)) :subtasks (finish))",
            ":subtasks (any)",
            "(on s1) (on s2)",
            "",
            {"finish"},
        ),
        (
            "(:method m :task (any) :precondition (exists (?x - Big) (imply (on s1) (on ?x))) :subtasks (finish))",
            ":subtasks (any)",
            "(on s1)",
            "",
            set(),
        ),
        (
            (
                "(:method m :parameters (?x - small) :task (any) :precondition (or (on ?x) (near ?x b))"
                " :subtasks (switch-off ?x))"
            ),
            ":subtasks (any)",
            "(on s1) (on s2) (near s1 b)",
            "",
            {"switch-off-s1", "switch-off-s2"},
        ),
        (
            "(:action flood :effect (and (forall (?x - small) (when (not (on ?x)) (on ?x))) (not (on s1))))",
            ":ordered-subtasks (and (flood) (switch-off s1))",
            "",
            "",
            {"flood switch-off-s1"},  # what is added and deleted is added
        ),
        (
            "",
            ":subtasks (and (a (Switch-On b)) (b (finish)) (c (switch-off b))) :ordering (and (< a c))",
            "",
            "",
            {"Switch-On-b finish switch-off-b", "finish Switch-On-b switch-off-b", "Switch-On-b switch-off-b finish"},
        ),
        (
            # The method's precondition holds only between the two actions of the other task.
            (
                "(:method m :parameters (?x - thing) :task (T ?x)"
                " :ordered-subtasks (and (Switch-On ?x) (switch-off ?x)))"
                "(:method n :task (any) :precondition (on b) :subtasks (finish))"
            ),
            ":subtasks (and (T b) (any))",
            "",
            "",
            {"Switch-On-b finish switch-off-b"},
        ),
        (
            # `finish` stands below the method: its precondition is not looked at again after the first action.
            "(:method n :task (any) :precondition (on b) :ordered-subtasks (and (switch-off b) (finish)))",
            ":subtasks (any)",
            "(on b)",
            "",
            {"switch-off-b finish"},
        ),
    ],
)
def test_plans_are_exactly_the_known_ones(extra, htn, init, goal, expected):
    """All plans of a small problem, whatever the passes."""
    assert plans(extra, htn, init, goal) == expected


def test_more_variables_than_loops_that_python_nests():
    """A method with thirty variables that all have to be tried is no difficulty."""
    names = [f"?x{i}" for i in range(30)]
    pairs = " ".join(f"(near {a} {b})" for a, b in pairwise(names))
    method = (
        f"(:method m :parameters ({' '.join(names)} - thing) :task (any) :precondition (and {pairs}"
        f" (not (= ?x0 ?x29))) :subtasks (and {' '.join(f'(Switch-On {name})' for name in names[-2:])}))"
    )
    domain, problem = read(
        DOMAIN % method, PROBLEM % (":subtasks (any)", "(near s1 s2) (near s2 s1) (near b s1) (near K K)", "")
    )
    for passes in EVERY_WAY[:2]:
        _, plan = solve(domain, problem, passes)
        assert {name for _, name in actions(plan)} == {"s1", "s2"}


def test_left_recursion_ends():
    """A task that may begin with itself, without any other effect, is neither a hang nor a lost plan."""
    methods = (
        "(:method deeper :parameters (?x - thing) :task (T ?x) :ordered-subtasks (and (T ?x) (finish)))"
        "(:method base :parameters (?x - thing) :task (T ?x) :precondition (on ?x) :subtasks ())"
    )
    for init, solvable in (("(on b)", True), ("", False)):
        domain, problem = read(DOMAIN % methods, PROBLEM % (":subtasks (T b)", init, ""))
        for passes in EVERY_WAY[:2]:
            outcome, _ = solve(domain, problem, passes, seconds=5)
            assert (outcome.status == "solved") == solvable
            if passes == EVERY_WAY[0] and not solvable:
                assert outcome.status == "unsolvable"


def test_names_keep_their_spelling():
    """Plans are written with the case and dashes of the files."""
    domain, problem = read(DOMAIN % "", PROBLEM % (":subtasks (Switch-On K)", "", ""))
    _, plan = solve(domain, problem)
    assert actions(plan) == [("Switch-On", "K")]
