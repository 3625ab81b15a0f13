"""What recursive tasks are called with can come to an end: against reachability worked out naively."""

from __future__ import annotations

from random import Random

import pytest

from htn.hddl import parse_domain, parse_problem
from htn.hddl.compile.domains import drop_unusable, filter_domains
from htn.hddl.compile.feasible import ask_for_feasible, circles
from htn.hddl.compile.normalise import normalise

ROADS = """(define (domain roads) (:types place car)
  (:predicates (at ?c - car ?p - place) (road ?a ?b - place) (closed ?a ?b - place))
  (:task travel :parameters (?c - car ?from ?to - place))
  (:task roam :parameters (?c - car))
  (:method there :parameters (?c - car ?from - place) :task (travel ?c ?from ?from) :subtasks ())
  (:method on :parameters (?c - car ?from ?by ?to - place) :task (travel ?c ?from ?to)
    :precondition (and (road ?from ?by) (not (closed ?from ?by)))
    :ordered-subtasks (and (drive ?c ?from ?by) (travel ?c ?by ?to)))
  (:method all-over :parameters (?c - car) :task (roam ?c) :ordered-subtasks (and (roam ?c)))
  (:method enough :parameters (?c - car) :task (roam ?c) :subtasks ())
  (:action drive :parameters (?c - car ?a ?b - place) :precondition (at ?c ?a)
    :effect (and (not (at ?c ?a)) (at ?c ?b))))"""


def model_of(roads, closed, size):
    """Return the model of a problem on one-way roads."""
    domain = parse_domain(ROADS)
    facts = " ".join([f"(road p{a} p{b})" for a, b in roads] + [f"(closed p{a} p{b})" for a, b in closed])
    places = " ".join(f"p{i}" for i in range(size))
    problem = parse_problem(
        f"(define (problem p) (:domain roads) (:objects {places} - place c d - car) (:htn :ordered-subtasks (and"
        f" (travel c p0 p1) (roam d))) (:init (at c p0) (at d p0) {facts}))",
        domain,
    )
    model = normalise(domain, problem)
    drop_unusable(model)
    return model


def reachable(roads, size):
    """Return all pairs of places with a way between them, by trying."""
    pairs = {(i, i) for i in range(size)}
    while True:
        more = pairs | {(a, c) for a, b in roads for b2, c in pairs if b == b2}
        if more == pairs:
            return pairs
        pairs = more


@pytest.mark.parametrize("seed", range(25))
def test_only_ways_that_lead_there(seed):
    """The relation is reachability on open roads, without the car, which nothing static is asked of."""
    random = Random(seed)
    size = random.randrange(2, 7)
    roads = {(random.randrange(size), random.randrange(size)) for _ in range(random.randrange(1, 12))}
    closed = {road for road in sorted(roads) if random.random() < 0.2}
    model = model_of(sorted(roads), sorted(closed), size)
    if "travel" not in model.methods or not any("travel" in circle for circle in circles(model)):
        return
    expected = reachable(roads - closed, size)
    said = ask_for_feasible(model)
    assert said == (len(expected) < size * size)
    if said:
        rows = model.init["#feasible travel/2"]
        assert {(int(a[1:]), int(b[1:])) for a, b in rows} == expected
        callers = [m for m in model.all_methods if any(name == "travel" for name, _ in m.subtasks)]
        assert callers
        assert all(any(x.predicate == "#feasible travel/2" for x in m.literals) for m in callers)


def test_it_ends_where_there_is_no_way():
    """With it the compiler itself sees that a place cannot be reached."""
    model = model_of([(1, 0)], [], 3)
    assert ask_for_feasible(model)
    filter_domains(model)
    assert not model.methods["#top"]
