"""The cover turns the search back where what is due later can no longer be brought about, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

from htn.hddl.compile import Passes, compile_problem
from htn.hddl.model import And, Not
from htn.planning import Limits, find_plan
from tests.hddl.brute_force import objects_of
from tests.hddl_solve.exhaustive import Exhaustive, TooManyError
from tests.hddl_solve.random_problems import ACTIONS, FLUENT, Making
from tests.hddl_solve.solving import actions, all_action_sequences, read, solve

DOMAIN = """
(define (domain lamps)
  (:types lamp)
  (:predicates (on ?l - lamp) (used ?l - lamp) (next ?l ?m - lamp))
  (:task visit :parameters (?l - lamp))
  (:method press :parameters (?l ?m - lamp) :task (visit ?l) :precondition (next ?l ?m)
    :ordered-subtasks (and (light ?l) (visit ?m)))
  (:method leave :parameters (?l ?m - lamp) :task (visit ?l) :precondition (next ?l ?m)
    :ordered-subtasks (and (skip ?l) (visit ?m)))
  (:method last :parameters (?l - lamp) :task (visit ?l) :precondition (not (used ?l))
    :ordered-subtasks (and (skip ?l)))
  (:action light :parameters (?l - lamp) :effect (and (on ?l) (used ?l)))
  (:action skip :parameters (?l - lamp) :effect (used ?l)))
"""


def lamps(count, goal=True):
    """Return a problem in which each of two ways at every lamp matters at the end only."""
    names = [f"l{i}" for i in range(count)]
    chain = " ".join(f"(next {a} {b})" for a, b in pairwise(names))
    wanted = " ".join(f"(not (on {name}))" for name in names[:-1]) if goal else ""
    return (
        f"(define (problem p) (:domain lamps) (:objects {' '.join(names)} - lamp)"
        f" (:htn :ordered-subtasks (and (visit l0))) (:init {chain}) (:goal (and {wanted})))"
    )


def search(domain, problem, passes):
    """Return the outcome of the search, with what the passes give it."""
    compiled = compile_problem(domain, problem, passes)
    return find_plan(compiled.domain, compiled.state, compiled.tasks, limits=Limits(nodes=50_000), cover=compiled.cover)


def test_wrong_ways_are_left_at_once():
    """Sixteen choices that only the goal tells apart take a few tasks each, not all combinations."""
    domain, problem = read(DOMAIN, lamps(17))
    assert search(domain, problem, Passes(cover=False)).status == "limit reached"
    outcome = search(domain, problem, Passes())
    assert outcome.status == "solved"
    assert outcome.statistics.nodes < 17 * 8


def test_nothing_is_watched_without_a_goal():
    """Where nothing is due later, the search is given no cover."""
    domain, problem = read(DOMAIN, lamps(4, goal=False))
    assert compile_problem(domain, problem).cover is None


PAINT = """
(define (domain paint)
  (:types part colour)
  (:predicates (has ?p - part ?c - colour) (broken ?p - part))
  (:task treat :parameters (?p - part ?c - colour))
  (:method own :parameters (?p - part ?c - colour) :task (treat ?p ?c) :precondition (not (broken ?p))
    :ordered-subtasks (and (paint ?p ?c)))
  (:method another :parameters (?p ?q - part ?c - colour) :task (treat ?p ?c) :ordered-subtasks (and (paint ?q ?c)))
  (:action paint :parameters (?p - part ?c - colour) :effect (has ?p ?c)))
"""


def test_what_is_first_ruled_out_is_tried_later():
    """A goal that only a task named after other things can reach is reached all the same."""
    domain, problem = read(
        PAINT,
        "(define (problem p) (:domain paint) (:objects a b - part red blue - colour) (:htn :parameters (?c - colour)"
        " :ordered-subtasks (and (treat a ?c) (treat b red))) (:init (broken a) (broken b))"
        " (:goal (and (has a red) (has b blue))))",
    )
    cover = compile_problem(domain, problem).cover
    assert cover is not None
    assert cover.hasty is not None
    assert actions(solve(domain, problem)[1]) == [("paint", "b", "blue"), ("paint", "a", "red")]


SLOTS = """
(define (domain slots)
  (:types slot)
  (:predicates (free ?s - slot) (first ?s - slot) (last ?s - slot) (next ?s ?t - slot))
  (:task fill :parameters (?s - slot))
  (:task build :parameters (?s - slot))
  (:method one :parameters (?s ?t ?u - slot) :task (fill ?s) :precondition (and (next ?s ?t) (free ?u))
    :ordered-subtasks (and (put ?u) (fill ?t)))
  (:method none :parameters (?s - slot) :task (fill ?s) :precondition (last ?s) :ordered-subtasks ())
  (:method all :parameters (?s ?t - slot) :task (build ?s) :precondition (and (free ?s) (first ?t))
    :ordered-subtasks (and (fill ?t) (put ?s)))
  (:action put :parameters (?s - slot) :precondition (free ?s) :effect (not (free ?s))))
"""


def test_what_is_used_up_is_kept_for_what_needs_it():
    """A slot that the last step needs is not filled by those before: nothing frees it again."""
    names = [f"s{i}" for i in range(12)]
    chain = " ".join(f"(next {a} {b})" for a, b in pairwise(names))
    domain, problem = read(
        SLOTS,
        f"(define (problem p) (:domain slots) (:objects {' '.join(names)} - slot) (:htn :ordered-subtasks"
        f" (and (build s11))) (:init {' '.join(f'(free {name})' for name in names)} {chain} (first s0) (last s11)))",
    )
    assert search(domain, problem, Passes(cover=False)).statistics.nodes > 1_000
    outcome = search(domain, problem, Passes())
    assert outcome.status == "solved"
    assert outcome.statistics.nodes < 60


def with_goal(seed):
    """Return a random problem whose goal is some literals."""
    making = Making(seed, True)
    domain, problem = making.make()
    atoms = [making.atom([], FLUENT) for _ in range(making.random.randint(1, 3))]
    return domain, replace(problem, goal=And(tuple(making.one(atom, atom, Not(atom)) for atom in atoms)))


def masks_agree(seed):
    """Compare the masks of every action with its effect on the state at the start; return how many were compared."""
    domain, problem = with_goal(seed)
    compiled = compile_problem(domain, problem)
    if compiled.cover is None:
        return 0
    objects, compared = objects_of(domain, problem)["object"], 0
    for name in [name for name in ACTIONS if name in compiled.domain.operators]:
        for arguments in product(objects, repeat=ACTIONS[name]):
            state = compiled.state.tracked()
            before = compiled.cover.unmet(state)
            if compiled.domain.operators[name].function(state, *arguments) is not state:
                continue
            change, after = compiled.cover.actions[name, *arguments], compiled.cover.unmet(state)
            assert change is None or before & change[0] | change[1] == after, seed
            assert not before & ~after & compiled.cover.cells[name, *arguments][0], seed
            compared += 1
    return compared


def test_masks_follow_the_state():
    """What the masks say of an action is what its effect does, and it makes true only what they say it may."""
    compared = [masks_agree(seed) for seed in range(300)]
    assert sum(map(bool, compared)) > 20
    assert sum(compared) > 100


def test_no_plan_is_lost():
    """With goals on random problems, the plans are those found by trying everything, with fewer tasks processed."""
    watched = found = 0
    for seed in range(3000, 3200):
        domain, problem = with_goal(seed)
        try:
            expected = Exhaustive(domain, problem).sequences()
        except TooManyError:
            continue
        for passes in (Passes(), Passes(filter=False, late=False, lift=False, settle=False)):
            watched += compile_problem(domain, problem, passes).cover is not None
            assert all_action_sequences(domain, problem, passes) == expected, (seed, passes)
            assert (solve(domain, problem, passes)[1] is not None) == bool(expected), (seed, passes)
        found += bool(expected)
    assert watched > 50
    assert found > 20
