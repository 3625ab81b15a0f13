"""Solving: the portfolio under limits, from a problem in HDDL to a result."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from htn.model.collecting import collecting_paused
from htn.model.errors import InputError
from htn.planning.limits import Limits, Meter
from htn.portfolio.members import members
from htn.portfolio.race import Race
from htn.portfolio.schedule import Slice, Turns
from htn.portfolio.task import Task

if TYPE_CHECKING:
    from htn.hddl.model import Domain, Problem
    from htn.hddl.plan_format import Plan

__all__ = ["Result", "solve"]

_TOTAL_ORDER = (
    Slice("lifted", 0.3),
    Slice("restarts", 0.3),
    Slice("tables", 0.1),
    Slice("depth-first", 0.4),
    Slice("layers", 0.6),
    Slice("tables", 0.3),
    Slice("ff", 1.0),
    Slice("lifted", 0.5),
    Slice("add", 0.5),
)
_PARTIAL_ORDER = (
    Slice("in-sequence", 0.3),
    Slice("lifted", 0.8),
    Slice("layers", 0.5),
    Slice("restarts", 0.3),
    Slice("ff", 0.5),
    Slice("networks", 2.0),
    Slice("add", 0.5),
)


class Result(NamedTuple):
    """What solving came to.

    Attributes
    ----------
    status : str
        ``"solved"``, ``"unsolvable"`` (proved), ``"limit reached"``, or ``"gave up"`` where all members ended without
        either: then all are incomplete on this problem.
    plan : Plan or None
        The best plan found, in the names of the input.
    cost : float
        Its cost: the number of its actions where the problem names no costs.
    member : str
        The search that found it, or that proved there is none.
    best : bool
        Whether it was proved that no plan costs less.
    limit : str
        Which limit ended the search; empty where none did.
    seconds : dict
        How long each part took: ``"compile"``, ``"ground"`` and the members by name (those include the grounding).
    counted : dict
        What each member did: nodes and the like.
    """

    status: str
    plan: Plan | None = None
    cost: float = 0.0
    member: str = ""
    best: bool = False
    limit: str = ""
    seconds: Mapping[str, float] = MappingProxyType({})
    counted: Mapping[str, Mapping[str, int]] = MappingProxyType({})

    def __bool__(self) -> bool:
        return self.plan is not None


def solve(
    domain: Domain,
    problem: Problem,
    *,
    limits: Limits | None = None,
    seed: int | None = None,
    improve: float = 0.0,
    cores: int = 1,
    only: Collection[str] = (),
    report: Callable[[Result], None] | None = None,
) -> Result:
    """Find a plan.

    Parameters
    ----------
    domain : Domain
        As read.
    problem : Problem
        As read for this domain.
    limits : Limits, optional
        How much may be spent; nodes are not counted here.
    seed : int, optional
        Shuffles what the searches leave open.
    improve : float
        For how many seconds to look for cheaper plans after the first, unless it is proved before that there is none;
        infinite for as long as the limits allow.
    cores : int
        1, or 2: the searches are then divided between this process and a second one.
    only : collection of str
        The names of the members that take part; all of them unless given.
    report : callable, optional
        Is given each plan, cheaper than those before, as soon as it is found.

    Raises
    ------
    HddlError
        When the problem uses what is not there.
    InputError
        When there is no such member, or a second process is wanted where there can be none.

    Examples
    --------
    >>> from htn.hddl import parse_domain, parse_problem
    >>> domain = parse_domain(
    ...     "(define (domain d) (:predicates (p)) (:task t) (:action a :precondition (not (p)) :effect (p))"
    ...     " (:method m :task (t) :subtasks (a)))"
    ... )
    >>> problem = parse_problem("(define (problem p) (:domain d) (:htn :subtasks (t)) (:init))")
    >>> result = solve(domain, problem)
    >>> result.status, [step.name for step in result.plan.steps]
    ('solved', ['a'])
    """
    meter = Meter(limits or Limits())
    with collecting_paused():
        return _raced(Task(domain, problem), meter, seed, improve, cores, only, report)


def _raced(
    task: Task,
    meter: Meter,
    seed: int | None,
    improve: float,
    cores: int,
    only: Collection[str],
    report: Callable[[Result], None] | None,
) -> Result:
    slices = _slices(task, only)
    found = members(task, seed)
    partner = None
    if cores > 1 and len(slices) > 1:
        from htn.portfolio.partner import Partner  # processes take 10 ms to import

        partner = Partner(found, slices[1:])
        slices = slices[:1]
    race = Race(Turns(found, slices), partner)
    try:
        return _ended(task, race, meter, improve, report)
    finally:
        if partner is not None:
            partner.close()


def _slices(task: Task, only: Collection[str]) -> tuple[Slice, ...]:
    slices = _TOTAL_ORDER if task.totally_ordered else _PARTIAL_ORDER
    known = dict.fromkeys(each.member for each in slices)
    for name in only:
        if name not in known:
            raise InputError(f"there is no search {name!r} for this problem; there are {', '.join(known)}")
    return tuple(each for each in slices if not only or each.member in only)


def _ended(task: Task, race: Race, meter: Meter, improve: float, report: Callable[[Result], None] | None) -> Result:
    """Go on until there is a plan, or a better one no longer to be hoped for."""
    best = Result("limit reached")
    search = race.run()
    until: float | None = None
    proved = False
    while True:
        try:
            candidate = next(search)
        except StopIteration as stop:
            proved = stop.value == "exhausted"
            break
        if candidate is not None:
            cost = _cost(task, candidate.plan)
            if best.plan is None or cost < best.cost:
                best = Result("solved", candidate.plan, cost, candidate.member)
                if report is not None:
                    report(_with_statistics(best, task, race))
                if improve > 0:
                    race.improve(candidate)
            until = perf_counter() + improve if until is None else until
        if until is not None and perf_counter() >= until:
            break
        limit = meter.reached(0)
        if limit is not None:
            return _with_statistics(best._replace(limit=limit), task, race)
    if best.plan is not None:
        return _with_statistics(best._replace(best=proved), task, race)
    prover = next((name for name, end in race.turns.ended.items() if end == "exhausted"), "")
    return _with_statistics(Result("unsolvable" if proved else "gave up", member=prover), task, race)


def _with_statistics(result: Result, task: Task, race: Race) -> Result:
    seconds = {**task.seconds, **race.turns.seconds}
    if race.seconds:
        seconds["improve"] = race.seconds
    return result._replace(seconds=seconds, counted={name: count() for name, count in task.counters.items()})


def _cost(task: Task, plan: Plan) -> float:
    if not task.has_costs:
        return len(plan.steps)
    from htn.hddl.cost import plan_cost

    return plan_cost(task.domain, task.problem, plan)
