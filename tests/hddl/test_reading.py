"""Every construct of the language is read into the model, in all its spellings."""

from __future__ import annotations

import pytest

from htn.hddl import load_domain, load_problem, parse_domain, parse_problem
from htn.hddl.errors import HddlError
from htn.hddl.forms import MOST_NESTED
from htn.hddl.model import (
    TRUE,
    And,
    Atom,
    Equal,
    Exists,
    Forall,
    Imply,
    Increase,
    Metric,
    Not,
    Or,
    Subtask,
    Type,
    Typed,
    TypeOf,
    When,
)
from htn.hddl.types import Types
from tests.hddl.files_of_tests import HERE


@pytest.fixture(scope="module")
def domain():
    """Return the domain that uses every construct."""
    return load_domain(HERE / "workshop-domain.hddl")


@pytest.fixture(scope="module")
def problem(domain):
    """Return its problem."""
    return load_problem(HERE / "workshop.hddl", domain)


def in_domain(text):
    """Return a small domain with something added."""
    return parse_domain(f"(define (domain d) (:task t) (:task u) (:action a) (:action b :parameters (?x)) {text})")


def method(text):
    """Return the one method of a small domain."""
    return in_domain(f"(:method m {text})").methods[0]


def test_declarations(domain):
    """Types with and without parents, constants, predicates, functions, tasks come out as they stand."""
    assert domain.name == "bicycle-workshop"
    assert ":conditional-effects" in domain.requirements
    assert Type("wheel", "part") in domain.types
    assert Type("colour", None) in domain.types
    assert domain.constants == (Typed("main-bench", "bench"), Typed("red", "colour"))
    assert domain.predicate["fitted"].parameters == (Typed("?p", "part"), Typed("?b", "bike"))
    assert domain.predicate["paid"].parameters == ()
    assert [function.name for function in domain.functions] == ["total-cost", "minutes"]
    assert domain.task["overhaul"].parameters == (Typed("?b", "bike"), Typed("?p", "place"))
    assert domain.warnings == ()


def test_formulas_and_effects(domain):
    """Quantifiers, connectives, conditional effects and costs keep their structure."""
    overhaul_nothing = domain.methods[2].precondition
    assert overhaul_nothing == Forall(
        (Typed("?w", "wheel"),), Imply(Atom("fitted", ("?w", "?b")), Atom("true-running", ("?w",)))
    )
    later = domain.methods[4].precondition
    assert isinstance(later, Or)
    assert isinstance(later.parts[1], Exists)
    carry = domain.action["carry"]
    assert carry.precondition == And((Atom("at", ("?x", "?from")), Not(Equal("?from", "?to"))))
    assert isinstance(carry.effect, And)
    assert isinstance(carry.effect.parts[3], When)
    assert carry.effect.parts[4] == Increase(Atom("total-cost"), 2)
    assert domain.action["true"].effect == And(
        (Atom("true-running", ("?w",)), Increase(Atom("total-cost"), Atom("minutes", ("?w",))))
    )
    assert domain.action["sweep"].precondition == TRUE


def test_networks(domain):
    """Ordered networks, partial orders with labels, constraints, empty networks."""
    ordered, partial, empty, single, missing = (method.network for method in domain.methods)
    assert ordered.ordered
    assert ordered.edges() == ((0, 1),)
    assert ordered.sequence() == (0, 1)
    assert [subtask.label for subtask in partial.subtasks] == ["front", "rear", "colour", "clear"]
    assert partial.subtasks[2] == Subtask("paint", ("?b", "red"), "colour")
    assert partial.edges() == ((0, 3), (1, 3))
    assert partial.sequence() is None
    assert partial.constraints == And((Not(Equal("?front", "?rear")), TypeOf("?b", "tandem")))
    assert empty.subtasks == missing.subtasks == ()
    assert single.subtasks == (Subtask("sweep"),)


def test_problem(problem):
    """Objects, variables in the initial network, facts, values, goal, metric; negated facts are left out."""
    assert Typed("racer", "bike") in problem.objects
    assert problem.parameters == (Typed("?first", "bike"),)
    assert problem.network.edges() == ((0, 1),)
    assert problem.network.constraints == Not(Equal("?first", "old-faithful"))
    assert ("fitted", "w1", "old-faithful") in problem.init
    assert ("busy", "main-bench") not in problem.init
    assert dict(problem.values) == {
        ("total-cost",): 0,
        ("minutes", "w1"): 20,
        ("minutes", "w2"): 12.5,
        ("minutes", "w3"): 30,
    }
    assert problem.goal == And((Atom("true-running", ("w1",)), Atom("true-running", ("w3",))))
    assert problem.metric == Metric("minimize", "total-cost")
    assert problem.warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        ":ordered-subtasks (and (a) (t))",
        ":ordered-tasks (and (a) (t))",
        ":ordered-subtasks(and (x (a)) (y (t)))",
        ":subtasks (and (x (a)) (y (t))) :ordering (and (< x y))",
        ":tasks (and (x (a)) (y (t))) :ordering (< x y)",
        ":subtasks (and (y (t)) (x (a))) :order (and (x < y))",
        ":subtasks ((x (a)) (y (t))) :ordering ((< x y))",
        ":SubTasks (AND (x (a)) (y (t))) :Ordering (And (<x y))",
    ],
)
def test_every_way_to_write_a_sequence(text):
    """The forms say the same: first a, then t."""
    network = method(f":task (u) {text}").network
    order = network.sequence()
    assert order is not None
    assert [network.subtasks[i].task for i in order] == ["a", "t"]


@pytest.mark.parametrize(
    "text", ["", ":subtasks ()", ":subtasks (and)", ":ordered-tasks (and )", ":ordering () :tasks ()"]
)
def test_every_way_to_write_nothing(text):
    """An empty method has no subtasks."""
    assert method(f":task (t) {text}").network.subtasks == ()


def test_a_chain_in_the_ordering_orders_neighbours():
    """(< x y z) is x before y and y before z."""
    network = method(":task (t) :subtasks (and (x (a)) (y (a)) (z (a))) :ordering (< x y z)").network
    assert network.edges() == ((0, 1), (1, 2))


def test_a_circle_in_the_ordering_is_no_sequence():
    """What is ordered before itself has no order."""
    network = method(":task (t) :subtasks (and (x (a)) (y (a))) :ordering (and (< x y) (< y x))").network
    assert network.sequence() is None


@pytest.mark.parametrize("text", [":precondition ()", ":precondition (and)", ""])
def test_every_way_to_ask_for_nothing(text):
    """An empty precondition is true."""
    assert method(f":task (t) {text}").precondition == TRUE


def test_parameters_may_be_left_out_and_untyped():
    """No `:parameters` is none; no type is `object`."""
    domain = in_domain("(:action c :effect (p)) (:action e :parameters (?x ?y - k ?z))")
    assert domain.action["c"].parameters == ()
    assert domain.action["e"].parameters == (Typed("?x", "k"), Typed("?y", "k"), Typed("?z", "object"))


def test_sections_may_come_in_any_order_and_more_than_once():
    """What is used may be declared later."""
    domain = parse_domain(
        "(define (domain d) (:method m :task (t) :precondition (p c)) (:action a :effect (p c)) (:task t)"
        " (:predicates (p ?x - k)) (:constants c - k) (:types k) (:types l - k) (:predicates (q)))"
    )
    assert [entry.name for entry in domain.types] == ["k", "l"]
    assert [entry.name for entry in domain.predicates] == ["p", "q"]
    assert domain.warnings == ()


def test_a_type_can_have_several_parents():
    """Several lines, or `either`, give a type all of them."""
    domain = parse_domain("(define (domain d) (:types a - b a - c d - (either b c)) (:constants x - a y - d))")
    types = Types(domain)
    assert types.objects("b") == types.objects("c") == ("x", "y")


def test_keywords_are_read_in_any_case_and_names_as_they_stand():
    """Upper case in keywords means nothing; in names it is kept."""
    domain = parse_domain(
        "(DEFINE (Domain D) (:Types Truck) (:ACTION Drive :Parameters (?T - Truck) :Effect (Not (P ?T))))"
    )
    assert domain.name == "D"
    assert domain.action["Drive"].parameters == (Typed("?T", "Truck"),)
    assert domain.action["Drive"].effect == Not(Atom("P", ("?T",)))


def test_comments_do_not_move_places():
    """A place counts the lines and columns of the file as it is, comments included."""
    with pytest.raises(HddlError) as raised:
        parse_domain("; first\n(define (domain d) ; second ( :x\n   (:nonsense))")
    assert (raised.value.line, raised.value.column) == (3, 4)


def test_line_ends_of_every_system_are_white_space():
    """Files with CR LF are read."""
    problem = parse_problem("(define (problem p)\r\n(:domain d)\r\n(:objects a\r\nb)\r\n(:htn)(:init (p a\r\n)))\r\n")
    assert problem.objects == (Typed("a"), Typed("b"))
    assert problem.init == (("p", "a"),)


def test_files_in_other_encodings_are_read(tmp_path):
    """A byte order mark is dropped; a comment in Latin-1 does no harm."""
    marked, latin = tmp_path / "marked.hddl", tmp_path / "latin.hddl"
    marked.write_bytes("﻿(define (domain d))".encode())
    latin.write_bytes("; für\n(define (domain d))".encode("latin-1"))
    assert load_domain(marked) == load_domain(latin)


def test_the_flat_and_the_general_way_to_read_facts_agree():
    """One fact of another form makes the whole section be read token by token: the result is the same."""
    facts = "(p a b) ( q  a\n) (= (f a) 3) (not (p b b)) (r)"
    flat = parse_problem(f"(define (problem p) (:domain d) (:htn) (:init {facts}))")
    general = parse_problem(f"(define (problem p) (:domain d) (:htn) (:init {facts} (not(q (b)))))".replace("(b)", "b"))
    nested = parse_problem(f"(define (problem p) (:domain d) (:htn) (:init (= (f a) 3)) (:init {facts}))")
    assert flat.init == general.init == nested.init == (("p", "a", "b"), ("q", "a"), ("r",))
    assert flat.values == general.values == ((("f", "a"), 3),)


def test_brackets_can_be_nested_as_deeply_as_the_memory_allows_and_formulas_to_a_limit():
    """Too deep is a sentence with a place, never a recursion error."""
    deep = "(and " * MOST_NESTED + "(p)" + ")" * MOST_NESTED
    assert method(f":task (t) :precondition {deep}").precondition != TRUE
    for depth in (MOST_NESTED + 2, 50_000):
        deeper = "(and " * depth + "(p)" + ")" * depth
        with pytest.raises(HddlError, match="nested more than 100 deep"):
            method(f":task (t) :precondition {deeper}")


def test_object_is_an_ordinary_type_where_it_is_declared():
    """With `object` in `:types` it has what is below it; without, it has everything."""
    text = "(define (domain d) (:types {}) (:constants x - a y - b))"
    assert Types(parse_domain(text.format("a - object b"))).objects("object") == ("x",)
    assert Types(parse_domain(text.format("a b"))).objects("object") == ("x", "y")


def test_types_that_go_round_in_a_circle_have_the_same_objects():
    """A circle of types does not hang."""
    types = Types(parse_domain("(define (domain d) (:types a - b b - a) (:constants x - a y - b))"))
    assert types.objects("a") == types.objects("b") == ("x", "y")


def test_an_object_can_be_declared_with_several_types(problem, domain):
    """It is an object of each of them."""
    both = parse_problem("(define (problem p) (:domain d) (:objects o - wheel o - stand) (:htn))", domain)
    types = Types(domain, both)
    assert types.has("o", "part")
    assert types.has("o", "place")
