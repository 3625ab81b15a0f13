"""Whatever is wrong with a file, the message says in one sentence where it is and what was expected."""

from __future__ import annotations

import pytest

from htn.hddl import load_domain, parse_domain, parse_problem
from htn.hddl.errors import HddlError
from htn.model.errors import InputError

DOMAIN = """(define (domain d)
  (:types k)
  (:predicates (p ?x - k))
  (:task t)
  (:action a :parameters (?x - k) :effect (p ?x))
{}
)"""
PROBLEM = """(define (problem p)
  (:domain d)
  (:objects o - k)
  (:init (p o))
{}
)"""

WHOLE_FILES = [
    ("", 1, 1, "expected (define ..., found the end of the file"),
    ("; nothing here\n", 2, 1, "expected (define ..., found the end of the file"),
    ("\n  hello", 2, 3, "expected (define ..., found 'hello'"),
    ("(defined (domain d))", 1, 1, "expected (define ..., found '(defined'"),
    ("(define", 1, 8, "expected (domain NAME) or (problem NAME), found the end of the file"),
    ("(define d)", 1, 9, "expected (domain NAME) or (problem NAME), found 'd'"),
    ("(define (dmain d))", 1, 9, "expected (domain NAME) or (problem NAME) after define"),
    ("(define (domain))", 1, 9, "expected one name after 'domain'"),
    ("(define (problem p) (:domain d))", 1, 1, "expected a domain, found a problem"),
    ("(define (domain d)\n  (:types a b)", 1, 1, "the bracket of '(define' is never closed"),
    ("(define (domain d)\n  (:types a b\n  (:task t))", 2, 3, "the bracket of '(:types' is never closed"),
    ("(define (domain d)\n  (:action a\n    :effect (and (p) (q)\n  (:task t))", 3, 13, "'(and' is never closed"),
    ("(define (domain d)) (extra)", 1, 21, "expected the end of the file after the definition, found '(extra'"),
    ("(define (domain d) oops)", 1, 20, "expected a section such as (:init ...), found 'oops'"),
    ("(define (domain d) (types a))", 1, 20, "expected a section such as (:init ...), found '(types'"),
]

IN_A_DOMAIN = [
    ("(:axtion b)", 3, "':axtion' has no place in a domain; did you mean ':action'?"),
    ("(:durative-action b)", 3, "durative actions are not supported"),
    ("(:derived (p ?x) (q ?x))", 3, "derived predicates are not supported"),
    ("(:types a - )", 13, "expected a type after '-'"),
    ("(:types - a)", 11, "expected a type before '-'"),
    ("(:types a (b))", 13, "expected the name of a type, found a bracket"),
    ("(:requirements (x))", 18, "expected a word in (:requirements ...), found a bracket"),
    ("(:constants ?x - k)", 15, "expected the name of an object, found '?x'"),
    ("(:predicates q)", 16, "expected (NAME ?parameter ...) in :predicates, found 'q'"),
    ("(:predicates (q x))", 19, "expected the name of a variable, found 'x'"),
    ("(:predicates (q ?x - (either k l)))", 22, "(either ...) is not supported"),
    ("(:functions f)", 15, "expected (NAME ...) in :functions, found 'f'"),
    ("(:functions (f) - kilo)", 21, "expected the type 'number'"),
    ("(:action)", 11, "expected the name of an action, found nothing"),
    ("(:action :parameters ())", 12, "expected the name of an action, found ':parameters'"),
    ("(:action b (p))", 14, "expected a keyword such as :parameters, found a bracket"),
    ("(:action b :efect (p))", 14, "':efect' has no place in (:action ...); did you mean ':effect'?"),
    ("(:action b :effect)", 21, "expected a bracket after ':effect', found the end of the brackets"),
    ("(:action b :effect p)", 22, "expected a bracket after ':effect', found 'p'"),
    ("(:action b :effect (p o) :effect (p o))", 28, "':effect' is given twice"),
    ("(:action b :parameters (?x ?x))", 30, "the parameter '?x' is given twice"),
    ("(:action b :parameters (?x - ?y - k))", 35, "expected a variable before '-'"),
    ("(:action b :effect (or (p o) (p o)))", 22, "expected an effect, found '(or', which has no place in one"),
    ("(:action b :effect (not (and (p o))))", 27, "expected a predicate after 'not' in an effect, found '(and'"),
    ("(:action b :effect (when (p o)))", 22, "expected 2 after 'when', found 1"),
    ("(:action b :effect (increase (f) many))", 36, "expected a number or a function, found 'many'"),
    ("(:action b :effect (assign (f) 3))", 22, "expected an effect, found '(assign'"),
    ("(:action b :precondition (and (p o) q))", 39, "expected a bracket within (and ...), found 'q'"),
    ("(:action b :precondition (not (p o) (p o)))", 28, "expected 1 after 'not', found 2"),
    ("(:action b :precondition (imply (p o)))", 28, "expected 2 after 'imply', found 1"),
    ("(:action b :precondition (forall ?x (p ?x)))", 36, "expected a bracket within (forall ...), found '?x'"),
    ("(:action b :precondition (forall (x) (p x)))", 37, "expected the name of a variable, found 'x'"),
    ("(:action b :precondition (exists (?x - k)))", 28, "expected 2 after 'exists', found 1"),
    ("(:action b :precondition (= ?x))", 28, "expected 2 after '=', found 1"),
    ("(:action b :precondition (= (f) 3))", 28, "numbers are not compared"),
    ("(:action b :precondition (< (f) 3))", 28, "expected a formula, found '(<', which has no place in one here"),
    ("(:action b :precondition (when (p o) (p o)))", 28, "expected a formula, found '(when'"),
    ("(:action b :precondition (p (o)))", 31, "expected a variable or an object, found a bracket"),
    ("(:action b :precondition ((p o)))", 29, "expected the name of a predicate, found a bracket"),
    ("(:action b :precondition (?p o))", 29, "expected the name of a predicate, found '?p'"),
    ("(:method m)", 3, "expected :task (NAME ...) in the method 'm'"),
    ("(:method m :task t)", 20, "expected a bracket after ':task', found 't'"),
    ("(:method m :task ())", 20, "expected the name of a task, found nothing"),
    ("(:method m :task (t) :effect (p o))", 24, "a method has no effect"),
    ("(:method m :task (t) :subtasks (a o) :tasks (a o))", 40, "':tasks' beside ':subtasks': give the subtasks once"),
    ("(:method m :task (t) :subtasks (and a))", 39, "expected a subtask in brackets, found 'a'"),
    ("(:method m :task (t) :subtasks (and (x (?a o))))", 42, "expected the name of a task after the bracket"),
    ("(:method m :task (t) :subtasks (and (x (a o)) (x (a o))))", 49, "the label 'x' is given to two subtasks"),
    (
        "(:method m :task (t) :subtasks (and (one (a o)) (two (a o))) :ordering (< one tow))",
        74,
        "no subtask has the label 'tow' that the ordering names; did you mean 'two'?",
    ),
    ("(:method m :task (t) :subtasks (and (x (a o))) :ordering (and x))", 60, "expected (< FIRST SECOND) in the"),
    ("(:method m :task (t) :subtasks (and (x (a o))) :ordering (and (x x)))", 65, "expected (< FIRST SECOND) with"),
    ("(:method m :task (t) :constraints (p o))", 37, "found the predicate 'p'"),
]

IN_A_PROBLEM = [
    ("(:goals (p o))", 3, "':goals' has no place in a problem; did you mean ':goal'?"),
    ("(:tihtn)", 3, "task insertion (:tihtn) is not supported"),
    ("(:constraints (at-end (p o)))", 3, "trajectory constraints are not supported"),
    ("(:domain e)", 3, "':domain' is given twice"),
    ("(:goal (p o) (p o))", 3, "expected one formula in brackets after :goal"),
    ("(:goal p)", 3, "expected one formula in brackets after :goal"),
    ("(:metric minimise (f))", 3, "expected (:metric minimize (FUNCTION))"),
    ("(:metric minimize (f o))", 21, "expected a function without arguments as the metric"),
    ("(:htn :parameter ())", 9, "':parameter' has no place in (:htn ...); did you mean ':parameters'?"),
    ("(:init (p ?x))", 13, "the initial state has objects only, found '?x'"),
    ("(:init ())", 10, "expected a fact such as (at a b), found '()'"),
    ("(:init (= o o))", 11, "expected a fact such as (at a b), found '='"),
    ("(:init (= (f o) much))", 19, "expected a number as the value of a function, found 'much'"),
    ("(:init (and (p o)))", 10, "expected a fact such as (at a b), found '(and'"),
    ("(:objects ?x - k)", 3, "':objects' is given twice"),
    ("(:init p)", 10, "expected a fact in brackets, found 'p'"),
    ("(:init (p (o)))", 13, "expected a variable or an object, found a bracket"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), WHOLE_FILES, ids=[case[0][:40] for case in WHOLE_FILES])
def test_what_is_no_domain_is_refused_with_its_place(text, line, column, message):
    """Brackets, headings, sections."""
    with pytest.raises(HddlError) as raised:
        parse_domain(text, "file.hddl")
    check(raised.value, line, column, message)


@pytest.mark.parametrize(("text", "column", "message"), IN_A_DOMAIN, ids=[case[0] for case in IN_A_DOMAIN])
def test_what_is_wrong_in_a_domain_is_refused_with_its_place(text, column, message):
    """Each construct, written wrongly in each way that the reader looks for."""
    with pytest.raises(HddlError) as raised:
        parse_domain(DOMAIN.format("  " + text), "file.hddl")
    check(raised.value, 6, column, message)


@pytest.mark.parametrize(("text", "column", "message"), IN_A_PROBLEM, ids=[case[0] for case in IN_A_PROBLEM])
def test_what_is_wrong_in_a_problem_is_refused_with_its_place(text, column, message):
    """Objects, initial state, tasks, goal, metric."""
    with pytest.raises(HddlError) as raised:
        parse_problem(PROBLEM.format("  " + text), None, "file.hddl")
    check(raised.value, 5, column, message)


def check(error, line, column, message):
    """Compare an error's place and text; it is one sentence and can be caught as bad input."""
    assert message in str(error)
    assert (error.line, error.column) == (line, column)
    assert str(error).startswith(f"file.hddl:{line}:{column}: ")
    assert "\n" not in str(error)
    assert isinstance(error, InputError)
    assert error.exit_code == 30


def test_a_problem_without_its_domain_is_refused():
    """(:domain NAME) has to be there, with one name."""
    with pytest.raises(HddlError, match=r"expected \(:domain NAME\)"):
        parse_problem("(define (problem p) (:htn))")
    with pytest.raises(HddlError, match="expected one name after :domain"):
        parse_problem("(define (problem p) (:domain a b) (:htn))")
    with pytest.raises(HddlError, match="expected a problem, found a domain"):
        parse_problem("(define (domain p))")


@pytest.mark.parametrize(
    ("objects", "message"),
    [
        ("a ?x - k", "expected the name of an object, found '?x'"),
        ("a - ", "expected a type after '-'"),
        ("- k", "expected an object before '-'"),
        ("a (b) - k", "expected the name of an object, found a bracket"),
        ("a - (either k l)", "(either ...) is not supported"),
    ],
)
def test_objects_that_cannot_be_read_are_refused_with_their_line(objects, message):
    """Also on the fast way, which keeps no places for single objects."""
    with pytest.raises(HddlError) as raised:
        parse_problem(f"(define (problem p) (:domain d)\n(:objects {objects})\n(:htn))", None, "file.hddl")
    assert message in str(raised.value)
    assert raised.value.line == 2


def test_a_file_that_is_not_there_is_named():
    """The message names the file."""
    with pytest.raises(HddlError, match=r"no-such-file\.hddl: cannot be read: No such file"):
        load_domain("no-such-file.hddl")


def test_text_without_a_file_is_given_by_line_and_column():
    """Without a path the sentence still says where."""
    with pytest.raises(HddlError, match=r"^line 1, column 20: "):
        parse_domain("(define (domain d) (:nonsense))")
