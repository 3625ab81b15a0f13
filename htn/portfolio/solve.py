"""Solving: the portfolio under limits, from a problem in HDDL to a result."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, NamedTuple

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
    Slice("lifted", 0.5),
    Slice("add", 2.0),
    Slice("layers", 2.0),
    Slice("ff", 2.0),
)
_PARTIAL_ORDER = (Slice("lifted", 0.5), Slice("networks", 3.0))


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
    """

    status: str
    plan: Plan | None = None
    cost: float = 0.0
    member: str = ""
    best: bool = False
    limit: str = ""
    seconds: dict[str, float] = {}  # noqa: RUF012  (a default of a named tuple, never changed)

    def __bool__(self) -> bool:
        return self.plan is not None


def solve(
    domain: Domain,
    problem: Problem,
    *,
    limits: Limits | None = None,
    seed: int | None = None,
    improve: bool = False,
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
    improve : bool
        Whether to look for cheaper plans until a limit is reached or none can be cheaper; without a limit on the
        seconds that may take for ever.
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
    task = Task(domain, problem)
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


def _ended(task: Task, race: Race, meter: Meter, improve: bool, report: Callable[[Result], None] | None) -> Result:
    """Go on until there is a plan, or a better one no longer to be hoped for."""
    best = Result("limit reached")
    search = race.run()
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
                best = Result("solved", candidate.plan, cost, candidate.member, seconds=_seconds(task, race))
                if report is not None:
                    report(best)
                if not improve:
                    return best
                race.improve(candidate)
        limit = meter.reached(0)
        if limit is not None:
            return best._replace(limit=limit, seconds=_seconds(task, race))
    seconds = _seconds(task, race)
    if best.plan is not None:
        return best._replace(best=proved, seconds=seconds)
    prover = next((name for name, end in race.turns.ended.items() if end == "exhausted"), "")
    return Result("unsolvable" if proved else "gave up", member=prover, seconds=seconds)


def _seconds(task: Task, race: Race) -> dict[str, float]:
    found = {**task.seconds, **race.turns.seconds}
    if race.seconds:
        found["improve"] = race.seconds
    return found


def _cost(task: Task, plan: Plan) -> float:
    if not task.has_costs:
        return len(plan.steps)
    from htn.hddl.verify import verify

    # Costs may depend on the state: the verifier goes through the states anyway.
    return verify(task.domain, task.problem, plan).cost
