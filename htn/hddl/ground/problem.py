"""Grounding: a domain and a problem become a ground problem, unless that would be too large."""

from __future__ import annotations

from collections.abc import Generator
from itertools import chain
from time import perf_counter
from typing import NamedTuple

from htn.hddl.compile.domains import drop_unusable, filter_domains
from htn.hddl.compile.feasible import ask_for_feasible
from htn.hddl.compile.late import bind_late
from htn.hddl.compile.lifting import Lifting, lift_preconditions
from htn.hddl.compile.normalise import normalise
from htn.hddl.cost import has_costs
from htn.hddl.ground.conditions import TooManyError
from htn.hddl.ground.explore import Exploration
from htn.hddl.ground.joins import TooDeepError
from htn.hddl.ground.local import hide_local_variables
from htn.hddl.ground.numbering import number
from htn.hddl.ground.prune import Instances, prune
from htn.hddl.model import Domain, Problem
from htn.model.ground import GroundProblem

__all__ = ["NotGrounded", "ground", "ground_problem"]


class NotGrounded(NamedTuple):
    """Why a problem was not grounded."""

    reason: str


def ground_problem(
    domain: Domain, problem: Problem, *, most: int = 300_000, seconds: float | None = None
) -> Generator[None, None, GroundProblem | NotGrounded]:
    """Ground a problem, with a pause every few milliseconds; the generator's value is the result.

    Parameters
    ----------
    domain : Domain
        As read.
    problem : Problem
        As read for this domain.
    most : int
        How many actions and methods without variables to look at before giving up.
    seconds : float, optional
        How long to go on, pauses included.

    Returns
    -------
    GroundProblem or NotGrounded
        What has no plan for a reason that the grounding finds has a root without methods.

    Raises
    ------
    HddlError
        When the problem uses what is not there.
    """
    start = perf_counter()
    model = normalise(domain, problem)
    drop_unusable(model)
    filter_domains(model)
    if ask_for_feasible(model):
        filter_domains(model)
    yield
    bind_late(model)
    hide_local_variables(model)
    lift_preconditions(model, Lifting(model))
    drop_unusable(model)
    filter_domains(model)
    yield
    try:
        found = Exploration(model, dict(problem.values))
        for _ in chain(found.run(), (None,)):
            if found.size > most:
                return NotGrounded(f"more than {most} actions and methods")
            if seconds is not None and perf_counter() - start > seconds:
                return NotGrounded(f"not done after {seconds:g} seconds")
            yield
    except TooManyError:
        return NotGrounded("a condition has too many cases")
    except TooDeepError:
        return NotGrounded("a method has too many variables")
    initial = {
        found.facts[predicate, *row] for predicate in found.relations.fluents for row in model.init.get(predicate, ())
    }
    true = {2 * n + (n not in initial) for n in range(len(found.fact_rows))}
    kept = yield from prune(Instances(found.actions, found.methods, true, 0))
    return (yield from number(kept, found.fact_rows, found.task_rows, initial, has_costs(domain)))


def ground(
    domain: Domain, problem: Problem, *, most: int = 300_000, seconds: float | None = None
) -> GroundProblem | NotGrounded:
    """Ground a problem without pauses; as `ground_problem`.

    Examples
    --------
    >>> from htn.hddl import parse_domain, parse_problem
    >>> domain = parse_domain(
    ...     "(define (domain d) (:predicates (p)) (:task t) (:action a :precondition (not (p)) :effect (p))"
    ...     " (:method m :task (t) :subtasks (a)))"
    ... )
    >>> problem = parse_problem("(define (problem p) (:domain d) (:htn :subtasks (t)) (:init))")
    >>> ground(domain, problem).tasks
    [('#top',), ('t',), ('a',), ('#goal',)]
    """
    going = ground_problem(domain, problem, most=most, seconds=seconds)
    while True:
        try:
            next(going)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
