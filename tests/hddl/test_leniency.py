"""Files of the competition have slips; what leaves no doubt is read, and written down as a warning with its place."""

from __future__ import annotations

from htn.hddl import parse_domain, parse_problem
from htn.hddl.model import Atom, Typed, walk

DOMAIN = """(define (domain Depot)
  (:types Truck place - thing)
  (:constants Base - place)
  (:predicates (at-place ?t - Truck ?p - place))
  (:task send :parameters (?t - Truck))
  (:action drive :parameters (?t - Truck ?p - place) :effect (at-place ?t ?p))
  (:method m :parameters (?t - truck ?to - place) :task (Send ?T)
    :precondition (AT_PLACE ?t base)
    :subtasks (Drive ?t ?to)))"""


def messages(definition):
    """Return warnings as place and text."""
    return [f"{finding.line}:{finding.column} {finding.message}" for finding in definition.warnings]


def test_names_that_differ_in_case_or_dashes_are_taken_for_those_declared():
    """Types, objects, predicates, tasks and variables; each with a warning, once."""
    domain = parse_domain(DOMAIN)
    method = domain.methods[0]
    assert method.parameters[0] == Typed("?t", "Truck")
    assert (method.task, method.terms) == ("send", ("?t",))
    assert method.precondition == Atom("at-place", ("?t", "Base"))
    assert method.network.subtasks[0].task == "drive"
    assert messages(domain) == [
        "7:30 the type 'truck' is not declared; taken for 'Truck'",
        "7:57 the task 'Send' is not declared; taken for 'send'",
        "7:63 the variable '?T' is not declared; taken for '?t'",
        "8:19 the predicate 'AT_PLACE' is not declared; taken for 'at-place'",
        "8:32 the object 'base' is not declared; taken for 'Base'",
        "9:15 the task 'Drive' is not declared; taken for 'drive'",
    ]


def test_the_initial_state_is_compared_with_what_is_declared():
    """Facts keep their fast way in; names in them are mended all the same."""
    facts = "(AT-place t1 base) (at-place T1 Base)"
    text = f"(define (problem p) (:domain depot) (:objects T1 - Truck) (:htn) (:init {facts}))"
    problem = parse_problem(text, parse_domain(DOMAIN))
    assert problem.init == (("at-place", "T1", "Base"),)
    assert messages(problem) == [
        "1:21 the problem is for the domain 'depot', not 'Depot'; taken for it",
        "1:74 the predicate 'AT-place' is not declared; taken for 'at-place'",
        "1:83 the object 't1' is not declared; taken for 'T1'",
        "1:86 the object 'base' is not declared; taken for 'Base'",
    ]


def test_two_names_that_differ_in_case_only_are_two_names():
    """Where both spellings are declared, nothing is guessed."""
    domain = parse_domain("(define (domain d) (:predicates (p) (P)) (:action a :precondition (P) :effect (p)))")
    assert domain.action["a"].precondition == Atom("P")
    assert domain.action["a"].effect == Atom("p")
    assert domain.warnings == ()


def test_two_variables_that_differ_in_case_only_are_two_variables():
    """Declared in either order, and quantified within each other."""
    domain = parse_domain(
        "(define (domain d) (:predicates (p ?a ?b)) (:action a :parameters (?x ?X) :precondition (p ?x ?X)"
        " :effect (forall (?Y) (forall (?y) (p ?Y ?y)))) (:action b :parameters (?X ?x) :precondition (p ?X ?x)))"
    )
    assert domain.action["a"].precondition == Atom("p", ("?x", "?X"))
    assert domain.action["b"].precondition == Atom("p", ("?X", "?x"))
    assert [part.terms for part in walk(domain.action["a"].effect) if isinstance(part, Atom)] == [("?Y", "?y")]
    assert domain.warnings == ()


def test_a_spelling_that_fits_two_names_is_left_alone():
    """It stays undeclared, for the linter to report."""
    domain = parse_domain("(define (domain d) (:predicates (a-b) (a_b)) (:action x :effect (A-B)))")
    assert domain.action["x"].effect == Atom("A-B")


def test_a_type_and_a_predicate_may_share_a_name():
    """Kinds of names are apart."""
    domain = parse_domain("(define (domain d) (:types box) (:predicates (box ?x - box)) (:constants box - box))")
    assert domain.warnings == ()
    assert domain.predicate["box"].parameters == (Typed("?x", "box"),)


def test_variables_that_a_method_does_not_declare_become_parameters():
    """They get the type that their use asks for."""
    domain = parse_domain(
        "(define (domain d) (:types k) (:predicates (p ?x - k)) (:task t :parameters (?x - k))"
        " (:action a :parameters (?x - k)) (:method m :task (t ?x) :precondition (q ?z) :subtasks (a ?y)))"
    )
    assert domain.methods[0].parameters == (Typed("?x", "k"), Typed("?y", "k"), Typed("?z", "object"))
    assert sorted(finding.message for finding in domain.warnings) == [
        f"the method 'm' uses '{name}' without declaring it; taken for a parameter of type '{kind}'"
        for name, kind in (("?x", "k"), ("?y", "k"), ("?z", "object"))
    ]


def test_variables_that_the_initial_network_does_not_declare_become_parameters():
    """As in a method."""
    domain = parse_domain("(define (domain d) (:types k) (:task t :parameters (?x - k)))")
    problem = parse_problem("(define (problem p) (:domain d) (:htn :subtasks (t ?a)))", domain)
    assert problem.parameters == (Typed("?a", "k"),)


def test_what_is_declared_twice_counts_once():
    """Objects, types, predicates: the first counts, and a warning says so."""
    domain = parse_domain("(define (domain d) (:types a - b a - b) (:constants c - a c - a) (:predicates (p) (p ?x)))")
    assert len(domain.types) == len(domain.constants) == len(domain.predicates) == 1
    assert [finding.message for finding in domain.warnings] == [
        "the type 'a' is declared again; the first counts",
        "the constant 'c' is declared again; the first counts",
        "the predicate 'p' is declared again; the first counts",
    ]
    problem = parse_problem("(define (problem p)\n(:domain d)\n(:objects x - a\n y - b x - a)\n(:htn))", domain)
    assert problem.objects == (Typed("x", "a"), Typed("y", "b"))
    assert messages(problem) == ["3:11 the object 'x' is declared again"]


def test_a_problem_without_tasks_is_read():
    """No `:htn` is an empty network and a warning."""
    problem = parse_problem("(define (problem p) (:domain d))")
    assert problem.network.subtasks == ()
    assert [finding.message for finding in problem.warnings] == [
        "the problem has no :htn; there is no task to carry out"
    ]


def test_closing_brackets_too_many_at_the_end_are_passed_over():
    """Nothing follows, so nothing can be meant by them."""
    assert parse_domain("(define (domain d)))) ") == parse_domain("(define (domain d))")


def test_conditions_of_compound_tasks_are_ignored_with_a_warning():
    """They have no meaning in the competition's language; empty ones are common."""
    domain = parse_domain(
        "(define (domain d) (:task t :parameters () :precondition () :effect (and)) (:task u :precondition (p)))"
    )
    assert [finding.message for finding in domain.warnings] == [
        "a compound task has no precondition here; it is ignored"
    ]


def test_a_dash_that_sticks_to_its_type_is_a_dash():
    """`?x -k` is `?x - k`."""
    domain = parse_domain("(define (domain d) (:types k) (:predicates (p ?x -k)))")
    assert domain.predicate["p"].parameters == (Typed("?x", "k"),)
