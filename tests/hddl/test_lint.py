"""The linter finds what is planted, with its line, and nothing in files that are right."""

from __future__ import annotations

import pytest

from htn.hddl import load_domain, load_problem, parse_domain, parse_problem
from htn.hddl.lint import lint
from tests.hddl import courier
from tests.hddl.files_of_tests import HERE

DOMAIN = """(define (domain d)
  (:types car lorry - vehicle town)
  (:constants hub - town)
  (:predicates (at ?v - vehicle ?t - town) (road ?a ?b - town) (broken ?v - vehicle))
  (:functions (total-cost))
  (:task send :parameters (?v - vehicle ?to - town))
  (:action drive :parameters (?v - vehicle ?a ?b - town)
    :precondition (and (at ?v ?a) (road ?a ?b)) :effect (and (not (at ?v ?a)) (at ?v ?b)))
  (:method send-it :parameters (?v - vehicle ?a ?to - town) :task (send ?v ?to) :subtasks (drive ?v ?a ?to))
{}
)"""
PROBLEM = """(define (problem p) (:domain d)
  (:objects c - car l - lorry one two - town)
  (:htn :subtasks (send c two))
  (:init (at c one) (road one two))
{}
)"""


def found_in(extra="", problem=None, level=None):
    """Return the findings about a domain with something added, as line, code and message."""
    domain = parse_domain(DOMAIN.format(extra))
    findings = lint(domain, parse_problem(PROBLEM.format(problem), domain) if problem is not None else None)
    return [
        f"{finding.line} [{finding.code}] {finding.message}"
        for finding in findings
        if level is None or finding.level == level
    ]


def test_right_files_have_no_findings():
    """Neither the plain domain nor the files of these tests."""
    assert found_in() == []
    assert found_in(problem="") == []
    workshop = load_domain(HERE / "workshop-domain.hddl")
    assert lint(workshop, load_problem(HERE / "workshop.hddl", workshop)) == []


@pytest.mark.parametrize(
    ("extra", "code", "message"),
    [
        ("(:action x :effect (att c hub))", "undeclared", "the predicate 'att' is not declared; did you mean 'at'?"),
        ("(:action x :effect (broken hbu))", "undeclared", "the object 'hbu' is not declared; did you mean 'hub'?"),
        ("(:action x :parameters (?v - cra))", "undeclared", "the type 'cra' is not declared; did you mean 'car'?"),
        ("(:task x :parameters (?v - cra))", "undeclared", "the type 'cra' is not declared; did you mean 'car'?"),
        ("(:predicates (x ?v - cra))", "undeclared", "the type 'cra' is not declared; did you mean 'car'?"),
        ("(:constants x - twon)", "undeclared", "the type 'twon' is not declared; did you mean 'town'?"),
        (
            "(:action x :precondition (forall (?v - cra) (broken ?v)))",
            "undeclared",
            "the type 'cra' is not declared; did you mean 'car'?",
        ),
        ("(:method x :task (snd c hub))", "undeclared", "the task 'snd' is not declared; did you mean 'send'?"),
        ("(:method x :task (drive c hub hub))", "type", "'drive' is an action: no method can decompose it"),
        (
            "(:method x :task (send c hub) :subtasks (drvie c hub hub))",
            "undeclared",
            "the task 'drvie' is not declared; did you mean 'drive'?",
        ),
        (
            "(:action x :parameters (?v - car) :effect (broken ?w))",
            "undeclared",
            "the action 'x' uses '?w' without declaring it",
        ),
        ("(:action x :effect (increase (cost) 1))", "undeclared", "the function 'cost' is not declared"),
        ("(:action x :effect (broken hub hub))", "arity", "the predicate 'broken' has 2 arguments here, but 1 where"),
        ("(:action x :effect (increase (total-cost hub) 1))", "arity", "the function 'total-cost' has 1 argument here"),
        ("(:method x :task (send hub))", "arity", "the task 'send' has 1 argument here, but 2 where it is declared"),
        (
            "(:method x :parameters (?v - car) :task (send ?v hub) :subtasks (drive ?v hub))",
            "arity",
            "the task 'drive' has 2 arguments here, but 3 where it is declared",
        ),
        (
            "(:action x :parameters (?t - town) :effect (broken ?t))",
            "type",
            "'?t' of type 'town' is used where 'vehicle' is asked for, in 'broken'",
        ),
        ("(:action x :effect (broken hub))", "type", "'hub' is used where an object of type 'vehicle' is asked for"),
        (
            "(:method x :parameters (?v - car) :task (send ?v ?v))",
            "type",
            "'?v' of type 'car' is used where 'town' is asked for, in 'send'",
        ),
        ("(:task drive)", "duplicate", "the action 'drive' has the name of the task 'drive' in line 10"),
        ("(:action drive)", "duplicate", "the action 'drive' has the name of the action 'drive' in line 7"),
    ],
)
def test_errors_that_are_planted_in_a_domain_are_found(extra, code, message):
    """Each is an error in the line where it stands."""
    errors = found_in("  " + extra, level="error")
    line = 7 if extra == "(:task drive)" else 10
    assert any(error.startswith(f"{line} [{code}] {message}") for error in errors), errors


@pytest.mark.parametrize(
    ("extra", "code", "message"),
    [
        ("(:action x :parameters (?v - car))", "unused", "the action 'x' does not use its parameter '?v'"),
        (
            "(:method x :parameters (?v - car ?w - car) :task (send ?v hub))",
            "unused",
            "the method 'x' does not use its parameter '?w'",
        ),
        (
            "(:action x :precondition (exists (?v - car ?w - car) (broken ?v)))",
            "unused",
            "nothing uses the quantified variable '?w'",
        ),
        ("(:action x)", "unreachable", "the action 'x' is never reached: no method mentions it"),
        ("(:task x)", "no-method", "the task 'x' has no method"),
        (
            "(:method send-it :task (send c hub))",
            "duplicate",
            "the method 'send-it' of 'send' has the name of the method 'send-it' of 'send' in line 9",
        ),
        (
            "(:task x) (:method y :task (x) :subtasks (x))",
            "endless",
            "the task 'x' can never be finished: every method leads to a task that is not finished",
        ),
        (
            (
                "(:method y :parameters (?v - car ?t - town) :task (send ?v ?t)"
                " :ordered-subtasks (and (send ?v hub) (drive ?v hub ?t)))"
            ),
            "recursion",
            "the method 'y' comes back to its own task before any action (send -> send): a search that follows it may",
        ),
        (
            (
                "(:task x) (:task y) (:method m :task (x) :subtasks (y))"
                " (:method n :task (y) :subtasks (x)) (:method o :task (y))"
            ),
            "recursion",
            "the method 'm' comes back to its own task before any action (x -> y -> x)",
        ),
        (
            "(:action x :parameters (?v - car) :precondition (and (broken ?v) (not (broken ?v))))",
            "never",
            "the action 'x' can never apply: it asks for (broken ?v) and its contrary",
        ),
        (
            (
                "(:method x :parameters (?v ?w - car) :task (send ?v hub)"
                " :precondition (= ?v ?w) :constraints (not (= ?w ?v)))"
            ),
            "never",
            "the method 'x' can never apply: it asks for (= ?w ?v) and its contrary",
        ),
        (
            "(:action x :parameters (?v - car ?t - town) :precondition (= ?v ?t))",
            "never",
            "the action 'x' can never apply: ?v and ?t are of types without a common object",
        ),
        (
            "(:method x :parameters (?v - car) :task (send ?v hub) :constraints (sortof ?v - lorry))",
            "never",
            "the method 'x' can never apply: ?v is of type 'car', which shares no object with 'lorry'",
        ),
        (
            "(:action x :parameters (?v - car) :precondition (not (= ?v ?v)))",
            "never",
            "the action 'x' can never apply: ?v is the same as itself",
        ),
        (
            "(:constants big - town) (:action x :precondition (= hub big))",
            "never",
            "the action 'x' can never apply: 'hub' and 'big' are different objects",
        ),
        (
            (
                "(:method x :task (send hub hub) :subtasks (and (a (send hub hub)) (b (send hub hub)))"
                " :ordering (and (< a b) (< b a)))"
            ),
            "never",
            "the method 'x' can never apply: its ordering goes round in a circle",
        ),
    ],
)
def test_what_is_suspicious_in_a_domain_is_a_warning(extra, code, message):
    """Each is a warning in the line where it stands."""
    warnings = found_in("  " + extra, level="warning")
    assert any(warning.startswith(f"10 [{code}] {message}") for warning in warnings), warnings


@pytest.mark.parametrize(
    ("extra", "line", "code", "message"),
    [
        (
            "(:action x :parameters (?t - town) :precondition (road ?t ?t))",
            10,
            "never",
            "no fact at the start fits (road",
        ),
        (
            "(:method x :parameters (?a ?b ?c - town) :task (send c ?a) :precondition (and (road ?a ?b) (road ?b ?c)))",
            10,
            "never",
            "the method 'x' can never apply: no fact at the start fits (road ?",
        ),
        (
            "(:action x :precondition (broken l))",
            10,
            "never",
            "the action 'x' can never apply: no fact at the start fits",
        ),
        (
            "(:action x :precondition (not (road one two)))",
            10,
            "never",
            "(road one two) holds at the start, and no action",
        ),
        (
            "(:types bike) (:action x :parameters (?b - bike))",
            10,
            "never",
            "the action 'x' can never apply: there is no object of type 'bike' for ?b",
        ),
        (
            "(:task x) (:method y :task (x))",
            10,
            "unreachable",
            "the task 'x' is never reached: the initial tasks do not",
        ),
        ("(:action x)", 10, "unreachable", "the action 'x' is never reached: the initial tasks do not lead to it"),
        (
            "(:action x :precondition (broken l)) (:task y) (:method z :task (y) :subtasks (x))",
            10,
            "endless",
            "the task 'y' can never be finished",
        ),
    ],
)
def test_what_a_problem_rules_out_is_a_warning(extra, line, code, message):
    """With a problem, static facts, objects and initial tasks are taken into account."""
    warnings = found_in("  " + extra, problem="", level="warning")
    assert any(warning.startswith(f"{line} [{code}]") and message in warning for warning in warnings), warnings


@pytest.mark.parametrize(
    ("extra", "line", "code", "message"),
    [
        ("(:init (at c towo))", 5, "undeclared", "the object 'towo' is not declared; did you mean 'two'"),
        ("(:init (rod one two))", 5, "undeclared", "the predicate 'rod' is not declared; did you mean 'road'?"),
        ("(:init (road one))", 5, "arity", "the fact (road one) has 1 arguments, not 2"),
        (
            "(:init (road one c))",
            5,
            "type",
            "the fact (road one c) has 'c' where an object of type 'town' is asked for",
        ),
        ("(:init (= (toll one) 3))", 5, "undeclared", "the function 'toll' is not declared"),
        ("(:goal (broken x))", 5, "undeclared", "the object 'x' is not declared"),
        ("(:goal (broken c))", 5, "never", "the goal can never hold: no fact at the start fits (broken c)"),
        ("(:goal (at c ?where))", 5, "undeclared", "the goal uses '?where' without declaring it"),
    ],
)
def test_errors_that_are_planted_in_a_problem_are_found(extra, line, code, message):
    """Facts are found again in the text, though they are read without keeping places."""
    errors = found_in(problem="  " + extra, level="error")
    assert any(error.startswith(f"{line} [{code}] {message}") for error in errors), errors


def test_objects_of_a_problem_with_an_unknown_type_are_errors():
    """With the line of the object."""
    domain = parse_domain(DOMAIN.format(""))
    problem = parse_problem(
        "(define (problem p) (:domain d)\n(:objects one - town\n x - cra) (:htn :subtasks (send x one)))", domain
    )
    messages = [str(finding) for finding in lint(domain, problem)]
    assert "3:2: error [undeclared]: the type 'cra' is not declared; did you mean 'car'?" in messages


def test_what_was_read_leniently_is_among_the_findings():
    """The reader's warnings are shown too."""
    findings = found_in("  (:action x :effect (Broken hub))")
    assert "10 [lenient] the predicate 'Broken' is not declared; taken for 'broken'" in findings


def test_errors_come_first_and_nothing_is_said_twice():
    """The list can be read from the top."""
    domain = parse_domain(DOMAIN.format("(:action x :parameters (?v - cra) :effect (and (brok ?v) (brok ?v)))"))
    findings = lint(domain)
    levels = [finding.level for finding in findings]
    assert levels == sorted(levels)
    assert len(set(findings)) == len(findings)
    assert sum("brok" in finding.message for finding in findings) == 1


def test_recursion_behind_an_action_is_not_reported():
    """A task that comes back after something was done is the usual way to write a loop."""
    extra = (
        "(:method y :parameters (?v - car ?t - town) :task (send ?v ?t) :ordered-subtasks (and (drive ?v hub ?t) {}))"
    )
    assert found_in(extra.format("(send ?v ?t)")) == []


def test_a_large_problem_is_looked_at_in_linear_time():
    """Ten thousand facts take a moment."""
    domain = parse_domain(courier.DOMAIN)
    problem = parse_problem(courier.problem(50, 4, 10_000, True), domain)
    assert {finding.code for finding in lint(domain, problem)} == {"recursion"}
