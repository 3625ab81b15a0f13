"""Files of several megabytes are read in a fraction of a second, and no shape of text makes reading slow."""

from __future__ import annotations

import time

import pytest

from htn.hddl import parse_problem
from htn.hddl.errors import HddlError


def seconds(text):
    """Return how long reading takes at best of three, on a machine that others use too."""
    times = []
    for _ in range(3):
        start = time.process_time()
        parse_problem(text)
        times.append(time.process_time() - start)
    return min(times)


def problem(init, objects="", htn=""):
    """Return a problem's text."""
    return f"(define (problem p) (:domain d)\n(:objects {objects})\n(:htn {htn})\n(:init\n{init}))"


def test_four_megabytes_of_facts_take_a_fraction_of_a_second():
    """And so do objects; the limit is generous, the usual time is a fifth of a second."""
    facts = "\n".join(f"    (road loc-{i} loc-{i * 7 % 1000})" for i in range(140_000))
    objects = "\n".join(f"loc-{i} - location" for i in range(140_000))
    text = problem(facts, objects)
    assert len(text) > 7_000_000
    assert len(parse_problem(text).init) == 140_000
    assert seconds(problem(facts)) < 1.5
    assert seconds(text) < 3


def test_values_of_functions_and_comments_are_no_slower_by_an_order():
    """They are on the fast way too."""
    values = "\n".join(f"(= (distance loc-{i} loc-{i + 1}) {i}) ; as the crow flies" for i in range(50_000)) + "\n"
    text = problem(values)
    assert len(parse_problem(text).values) == 50_000
    assert seconds(text) < 2.5


def test_a_large_initial_network_is_read_in_linear_time():
    """Twenty thousand tasks with an order."""
    tasks = " ".join(f"(t{i} (deliver p{i} l{i}))" for i in range(20_000))
    order = " ".join(f"(< t{i} t{i + 1})" for i in range(19_999))
    network = parse_problem(problem("", "", f":subtasks (and {tasks}) :ordering (and {order})")).network
    assert network.sequence() == tuple(range(20_000))


@pytest.mark.parametrize(
    "init",
    [
        "(" * 100_000,
        "(a " * 100_000,
        "(p a) " * 100_000 + "(",
        "((p a) " * 50_000,
        "(= (" * 50_000,
        "(not (p a) " * 50_000,
    ],
    ids=["brackets", "nested", "open", "facts", "values", "negations"],
)
def test_text_that_matches_almost_is_refused_quickly(init):
    """No backtracking: what fails at the end fails in linear time."""
    start = time.process_time()
    with pytest.raises(HddlError):
        parse_problem(problem(init))
    assert time.process_time() - start < 5
