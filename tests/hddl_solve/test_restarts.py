"""Restarts find plans where one order loses its way, lose none, and are the same for the same seed."""

from __future__ import annotations

import pytest

from htn.hddl.compile import compile_problem, plan_of
from htn.hddl.verify import verify
from htn.planning.restarts import Restarts, luby
from htn.planning.search import Search
from htn.planning.table import Constraints, Table
from tests.hddl_solve.exhaustive import Exhaustive, TooManyError
from tests.hddl_solve.random_problems import Making
from tests.hddl_solve.solving import actions, read

WAYS = """
(define (domain ways)
  (:types place)
  (:predicates (road ?a ?b - place) (at ?p - place) (mark ?p - place) (end ?p - place))
  (:task wander :parameters ())
  (:method there :task (wander) :parameters (?p - place) :precondition (and (at ?p) (end ?p) (not (mark ?p)))
    :ordered-subtasks (and (rest)))
  (:method on :task (wander) :parameters (?p ?q - place) :precondition (and (at ?p) (road ?p ?q))
    :ordered-subtasks (and (go ?p ?q) (wander)))
  (:method mark :task (wander) :parameters (?p ?q - place) :precondition (and (at ?p) (road ?p ?q))
    :ordered-subtasks (and (leave_mark ?p) (go ?p ?q) (wander)))
  (:action rest :parameters ())
  (:action leave_mark :parameters (?p - place) :effect (mark ?p))
  (:action go :parameters (?p ?q - place) :precondition (at ?p) :effect (and (not (at ?p)) (at ?q))))
"""


def two_ways(length):
    """Return a problem whose first road leads to a dead end, with a choice at every place on the way that says so."""
    names = [f"{way}{i}" for way in "ab" for i in range(length)]
    roads = [f"(road {way}{i} {way}{i + 1})" for way in "ab" for i in range(length - 1)]
    return (
        f"(define (problem p) (:domain ways) (:objects start {' '.join(names)} - place)"
        f" (:htn :ordered-subtasks (and (wander))) (:init (at start) (end b{length - 1})"
        f" (road start a0) (road start b0) {' '.join(roads)}))"
    )


def restart(domain, problem, seed, unit=100, most=20_000):
    """Return the plan that restarts find, or None with how they ended."""
    compiled = compile_problem(domain, problem, seed=seed)

    def make(inner):
        table = Table(compiled.domain, Constraints(), inner)
        return Search(table, compiled.state, compiled.tasks, patience=0, hasty=True, cover=compiled.cover)

    restarts = Restarts(make, seed=seed, unit=unit)
    run = restarts.run()
    while restarts.nodes < most:
        try:
            event = next(run)
        except StopIteration as end:
            return None, end.value
        if event is not None:
            plan = plan_of(compiled, event.path)
            assert verify(domain, problem, plan).valid
            return plan, "solved"
    return None, "gave up"


@pytest.mark.parametrize("seed", range(5))
def test_another_order_finds_the_way(seed):
    """A wrong first turn with a million orders of failure below it is taken back after some thousand tasks."""
    domain, problem = read(WAYS, two_ways(20))
    compiled = compile_problem(domain, problem)
    search = Search(Table(compiled.domain, Constraints(), None), compiled.state, compiled.tasks, patience=0, hasty=True)
    run = search.run()
    while search.nodes < 20_000:
        assert next(run) is None
    assert restart(domain, problem, seed)[1] == "solved"


def test_same_seed_same_plan():
    """The orders follow from the seed alone."""
    domain, problem = read(WAYS, two_ways(8))
    plans = [actions(restart(domain, problem, 3)[0]) for _ in range(2)]
    assert plans[0] == plans[1]
    assert len({tuple(actions(restart(domain, problem, seed)[0])) for seed in range(6)}) > 1


def test_no_plan_is_lost_and_none_is_invented():
    """On random problems there is a plan exactly where trying everything finds one; else the end is a proof."""
    solvable = 0
    for seed in range(5000, 5150):
        domain, problem = Making(seed, seed % 2 == 0).make()
        try:
            expected = Exhaustive(domain, problem).sequences()
        except TooManyError:
            continue
        plan, status = restart(domain, problem, seed, unit=10)
        assert status == ("solved" if expected else "exhausted"), seed
        assert plan is None or tuple(actions(plan)) in expected
        solvable += bool(expected)
    assert solvable > 10


def test_luby_sequence():
    """Each block is the one before twice, then twice its largest."""
    block = [1]
    while len(block) < 200:
        block = [*block, *block, 2 * max(block)]
    assert [luby(number) for number in range(1, len(block) + 1)] == block
