"""The portfolio finds a plan exactly where there is one, whichever of its members works; against trying everything."""

from __future__ import annotations

import math

import pytest

from htn.hddl import parse_domain, parse_problem
from htn.hddl.verify import verify
from htn.model.errors import InputError
from htn.planning.limits import Limits
from htn.portfolio import Result, solve
from htn.portfolio.task import Task
from tests.hddl_solve.exhaustive import Exhaustive, TooManyError
from tests.hddl_solve.random_problems import Making

TOTAL_ORDER = ("lifted", "layers", "depth-first", "ff", "add", "restarts", "tables")
PARTIAL_ORDER = ("in-sequence", "lifted", "restarts", "layers", "ff", "networks", "add")


def problems(seeds, sequences):
    """Return random problems, each with the lengths of all its plans."""
    found = []
    for seed in seeds:
        domain, problem = Making(seed, sequences).make()
        try:
            lengths = {len(plan) for plan in Exhaustive(domain, problem).sequences()}
        except TooManyError:
            continue
        found.append((domain, problem, lengths))
    assert len(found) > len(seeds) // 2
    assert any(lengths for *_, lengths in found)
    assert any(not lengths for *_, lengths in found)
    return found


def agrees(domain, problem, lengths, result):
    """Whether a result is right, and says all that it could."""
    if result.plan is not None:
        assert lengths
        verdict = verify(domain, problem, result.plan)
        assert verdict.valid, str(verdict)
        assert result.cost == verdict.cost
        return True
    assert result.status != "unsolvable" or not lengths
    return result.status == "unsolvable"


@pytest.mark.parametrize("member", TOTAL_ORDER)
def test_every_member_in_total_order(member):
    """Each search alone is right wherever it decides, and decides nearly always."""
    decided = [
        agrees(domain, problem, lengths, solve(domain, problem, only=[member]))
        for domain, problem, lengths in problems(range(60), sequences=True)
    ]
    assert sum(decided) >= (0.5 if member == "layers" else 1) * len(decided)


@pytest.mark.parametrize("member", PARTIAL_ORDER)
def test_every_member_in_partial_order(member):
    """Each search alone decides, with interleaving."""
    tried = 0
    for domain, problem, lengths in problems(range(1000, 1060), sequences=False):
        if not Task(domain, problem).totally_ordered:
            tried += agrees(domain, problem, lengths, solve(domain, problem, only=[member]))
    assert tried > (20 if member in ("lifted", "networks") else 4)


def test_all_together():
    """Together they always decide."""
    for domain, problem, lengths in problems(range(2000, 2060), sequences=True):
        assert agrees(domain, problem, lengths, solve(domain, problem))


@pytest.mark.parametrize("sequences", [True, False])
def test_the_best_plan_is_the_best(sequences):
    """Where it says that no plan costs less, trying everything finds none; plans are reported as they get better."""
    proved = 0
    for domain, problem, lengths in problems(range(3000, 3040), sequences):
        reported: list[Result] = []
        result = solve(domain, problem, improve=math.inf, report=reported.append)
        costs = [found.cost for found in reported]
        assert costs == sorted(set(costs), reverse=True)
        if result.plan is not None:
            assert result.cost == costs[-1]
        if result.best and not any("increase" in str(action.effect).lower() for action in domain.actions):
            assert result.cost == min(lengths)
            proved += 1
    assert proved > 3


COUNTING = """(define (domain counting) (:types n)
  (:predicates (next ?a ?b - n) (at ?a - n) (seen ?a - n))
  (:task go :parameters ())
  (:method done :parameters (?a - n) :task (go) :precondition (at ?a) :subtasks ())
  (:method on :parameters (?a ?b - n) :task (go) :precondition (and (at ?a) (next ?a ?b))
    :ordered-subtasks (and (move ?a ?b) (go)))
  (:action move :parameters (?a ?b - n) :precondition (and (at ?a) (next ?a ?b))
    :effect (and (not (at ?a)) (at ?b) (seen ?b))))"""


def counting(goal, size=6):
    """Return a walk through a circle of places, which never ends by itself."""
    names = [f"n{i}" for i in range(size)]
    links = " ".join(f"(next {a} {b})" for a, b in zip(names, [*names[1:], names[0]], strict=True))
    domain = parse_domain(COUNTING)
    text = f"(define (problem p) (:domain counting) (:objects {' '.join(names)} - n) (:htn :ordered-subtasks (go))"
    return domain, parse_problem(f"{text} (:init (at n0) {links}) (:goal {goal}))", domain)


@pytest.mark.parametrize("cores", [1, 2])
def test_recursion_with_a_goal(cores):
    """A goal that ends a recursion is reached, in one process and in two."""
    domain, problem = counting("(and (seen n3) (at n1))")
    result = solve(domain, problem, cores=cores)
    assert result.plan is not None
    assert verify(domain, problem, result.plan).valid
    assert len(result.plan.steps) == 7


def test_recursion_without_a_plan():
    """A goal that no walk reaches is proved unreachable, though walks have no end."""
    domain, problem = counting("(and (at n1) (at n2))")
    assert solve(domain, problem).status == "unsolvable"


def test_a_limit_is_said():
    """Without time there is no verdict, and the limit is named."""
    domain, problem = counting("(at n1)")
    result = solve(domain, problem, limits=Limits(seconds=0))
    assert result.plan is not None or (result.status, result.limit) == ("limit reached", "seconds")
    cancelled = solve(*counting("(seen n899)", 900), limits=Limits(cancelled=lambda: True))
    assert (cancelled.status, cancelled.limit) == ("limit reached", "cancelled")


def test_an_unknown_member_is_named():
    """A name that no search has is answered with those that there are."""
    with pytest.raises(InputError, match="no search 'magic' for this problem; there are lifted"):
        solve(*counting("(at n1)"), only=["magic"])
