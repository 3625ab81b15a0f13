"""Who does what when: make a schedule of steps, agents and limits, and make it anew when things went otherwise."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from htn.model.errors import InputError
from htn.scheduling import cp_sat
from htn.scheduling.compiled import Compiled, compile_work
from htn.scheduling.generation import Sketch
from htn.scheduling.genetic import evolve
from htn.scheduling.heuristic import Found, search
from htn.scheduling.work import Booking, WorkPlan

__all__ = ["Timetable", "book", "reschedule", "schedule"]

_PROVED = 1e-9
_FIRST_SHARE, _EXACT_SHARE = 0.06, 0.5
"""Up to which share of the seconds orders evolve before CP-SAT starts, and up to which CP-SAT may look for a proof."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """A schedule: short for the durations that were assumed, and no better than they are.

    Attributes
    ----------
    work : WorkPlan
        What was scheduled.
    bookings : tuple of Booking
        One for each step, in the order of their starts.
    bound : float
        With these durations, no schedule ends before.
    method : str
        "heuristic", "cp-sat" or "genetic": what found it.
    curve : tuple of tuple
        Pairs of seconds of search, and makespan, of each better schedule.
    """

    work: WorkPlan
    bookings: tuple[Booking, ...]
    bound: float
    method: str
    curve: tuple[tuple[float, float], ...] = ()

    @property
    def makespan(self) -> float:
        """When the last step ends."""
        return max((booking.finish for booking in self.bookings), default=0.0)

    @property
    def gap(self) -> float:
        """By what share of the bound a shorter schedule might be shorter, at most."""
        return max(0.0, self.makespan - self.bound) / self.bound if self.bound else 0.0

    @property
    def proved(self) -> bool:
        """Whether no schedule is shorter with these durations."""
        return self.gap <= _PROVED

    def by_step(self) -> dict[str, Booking]:
        """Return the bookings by step."""
        return {booking.step: booking for booking in self.bookings}

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "makespan": self.makespan,
            "bound": self.bound,
            "gap": self.gap,
            "proved": self.proved,
            "method": self.method,
            "bookings": [booking.to_json() for booking in self.bookings],
            "curve": [list(point) for point in self.curve],
        }


def schedule(
    work: WorkPlan,
    *,
    seconds: float = 0.0,
    tries: int | None = None,
    method: str = "auto",
    workers: int = 1,
    seed: int = 0,
    like: Timetable | None = None,
) -> Timetable:
    """Make a schedule with a short makespan.

    A heuristic makes a good one within milliseconds. With ``seconds`` to spend, a genetic algorithm makes better ones,
    and if OR-tools is installed (extra ``schedule``), CP-SAT goes on from there, and often proves that none is shorter.
    What remains of the seconds goes to the genetic algorithm again.

    Parameters
    ----------
    work : WorkPlan
        Steps, agents and limits.
    seconds : float, default 0
        How long to look; 0 leaves it to the heuristic's tries.
    tries : int, optional
        How many schedules the heuristic makes. Without it, some 20,000 steps are placed, in 8 to 200 tries.
    method : {"auto", "heuristic", "cp-sat"}
        "auto" uses CP-SAT if there are seconds for it and it is installed; "cp-sat" uses nothing else after the
        heuristic.
    workers : int, default 1
        Threads of CP-SAT.
    seed : int, default 0
        The same seed and tries give the same heuristic schedule. CP-SAT's depends on the machine's speed where its
        time runs out.
    like : Timetable, optional
        A schedule of the same steps, whose order is tried first and kept to where nothing shorter is found.

    Returns
    -------
    Timetable
        The best schedule that was found.

    Raises
    ------
    InputError
        For a method that there is not.
    SchedulerMissingError
        If ``method`` is "cp-sat" and OR-tools is not installed.

    Examples
    --------
    >>> from htn.scheduling.work import AgentCapacity, Work
    >>> steps = (Work("read", 3), Work("count", 2), Work("report", 1, ("read", "count")))
    >>> made = schedule(WorkPlan(steps, (AgentCapacity("ann"),)))
    >>> made.makespan, made.proved, [booking.step for booking in made.bookings]
    (6.0, True, ['read', 'count', 'report'])
    """
    if method not in ("auto", "heuristic", "cp-sat"):
        raise InputError(f"schedules are made by auto, heuristic or cp-sat, not {method}")
    effort = _Effort(work, seconds, seed)
    effort.tried(tries, like)
    exact = method == "cp-sat" or (method == "auto" and seconds > 0 and cp_sat.available())
    if method != "cp-sat":
        effort.evolved(_FIRST_SHARE if exact else 1.0)
    if exact:
        effort.proved(1.0 if method == "cp-sat" else _EXACT_SHARE, workers)
    if method != "cp-sat":
        effort.evolved(1.0)
    assert effort.found.best is not None
    bookings = book(effort.problem, effort.found.best)
    return Timetable(work, bookings, effort.bound, effort.used, tuple(effort.found.curve))


class _Effort:
    """One search for a schedule: what is done with the seconds."""

    def __init__(self, work: WorkPlan, seconds: float, seed: int) -> None:
        self.began = time.perf_counter()
        self.problem = compile_work(work)
        self.seconds, self.seed = seconds, seed
        self.bound, self.used, self.found = self.problem.bound, "heuristic", Found()
        self.evolutions = 0

    def _passed(self) -> float:
        return time.perf_counter() - self.began

    def _is_open(self) -> bool:
        assert self.found.best is not None
        return self.found.best.makespan > self.bound * (1 + _PROVED)

    def tried(self, tries: int | None, like: Timetable | None) -> None:
        """Let the heuristic make its schedules."""
        starts = like.by_step() if like is not None else {}
        first = [starts[step.id].start for step in self.problem.work.steps] if starts else None
        self.found = search(self.problem, first=first, tries=tries, seed=self.seed)

    def proved(self, share: float, workers: int) -> None:
        """Let CP-SAT look for better ones and for a proof, until a share of the seconds has passed."""
        passed, best = self._passed(), self.found.best
        if not self._is_open() or best is None:
            return
        left = self.seconds * share - passed
        better = cp_sat.improve(self.problem, best, seconds=left, workers=workers, seed=self.seed)
        self.bound = better.bound
        if better.sketch.makespan < best.makespan:
            self.used, self.found.best = "cp-sat", better.sketch
            self.found.curve += [(passed + at, length) for at, length in better.curve if length < best.makespan]

    def evolved(self, share: float) -> None:
        """Let orders evolve until a share of the seconds has passed, each time others."""
        passed, best = self._passed(), self.found.best
        left = self.seconds * share - passed
        if left <= 0 or not self._is_open() or best is None:
            return
        seed = self.seed + self.evolutions
        evolve(self.problem, self.found, bound=self.bound, seconds=left, seed=seed, passed=passed)
        self.evolutions += 1
        self.used = "genetic" if self.found.best is not best else self.used


def reschedule(
    timetable: Timetable,
    now: float,
    *,
    finished: Collection[Booking] = (),
    running: Collection[Booking] = (),
    durations: Mapping[str, float] | None = None,
    overrun: float = 1.5,
    seconds: float = 0.0,
    tries: int | None = None,
    method: str = "auto",
    seed: int = 0,
) -> Timetable:
    """Make a new schedule of what has not started, while what is finished or running stays as it is.

    Parameters
    ----------
    timetable : Timetable
        What was meant.
    now : float
        Nothing new starts before.
    finished : collection of Booking
        What really happened.
    running : collection of Booking
        What has started; what their ``finish`` says is not read, as it is not known yet.
    durations : Mapping, optional
        New seconds by step, for running steps too: those that the estimates were wrong about.
    overrun : float, default 1.5
        A step that runs longer than it was to is taken to last this many times what it has taken so far.
    seconds, tries, method, seed
        As for `schedule`.

    Returns
    -------
    Timetable
        Of all steps; its makespan counts from the beginning.

    Raises
    ------
    InputError
        If a step is both finished and running, or starts after ``now``.

    Examples
    --------
    >>> from htn.scheduling.work import AgentCapacity, Work
    >>> made = schedule(WorkPlan((Work("a", 3), Work("b", 2)), (AgentCapacity("ann"),)))
    >>> late = reschedule(made, 7, finished=[Booking("a", 0, 7, "ann")])
    >>> [(booking.step, booking.start) for booking in late.bookings]
    [('a', 0), ('b', 7)]
    """
    if overrun < 1:
        raise InputError(f"overrun is how many times the time passed a late step takes, so at least 1, got {overrun}")
    revised = durations or {}
    steps = []
    for step in timetable.work.steps:
        earliest = max(step.earliest, now)
        if step.id in revised:
            steps.append(replace(step, seconds=revised[step.id], seconds_by={}, earliest=earliest))
        else:
            steps.append(replace(step, earliest=earliest))
    known = {step.id: step for step in steps}
    fixed = list(finished)
    for booking in running:
        if booking.step not in known:
            raise InputError(f"the running step {booking.step} is not one of the steps")
        passed = now - booking.start
        lasts = known[booking.step].lasts(booking.agent)
        fixed.append(replace(booking, finish=booking.start + (lasts if lasts > passed else passed * overrun)))
    for booking in fixed:
        if booking.start > now:
            raise InputError(f"step {booking.step} starts at {booking.start:g}, which is after now ({now:g})")
    work = replace(timetable.work, steps=tuple(steps), fixed=tuple(fixed))
    return schedule(work, seconds=seconds, tries=tries, method=method, seed=seed, like=timetable)


def book(problem: Compiled, sketch: Sketch) -> tuple[Booking, ...]:
    """Give the steps of each pool to its agents: as many run at one time as there are slots, so that all find one."""
    rank = {step: place for place, step in enumerate(problem.order)}
    order = sorted(rank, key=lambda step: (sketch.start[step], rank[step]))
    capacity = {agent.name: agent.capacity for agent in problem.work.agents}
    free = [[[float("-inf")] * capacity[name] for name in pool.agents] for pool in problem.pools]
    fixed = problem.fixed
    for step in problem.held:
        booking, pool = fixed[step], problem.modes[step][0].pool
        if booking is not None and pool >= 0:
            slots = free[pool][problem.pools[pool].agents.index(booking.agent or "")]
            slots[slots.index(min(slots))] = max(booking.finish, min(slots))
    made = []
    for step in order:
        booking = fixed[step]
        made.append(booking or _booking(problem, sketch, step, free))
    return tuple(made)


def _booking(problem: Compiled, sketch: Sketch, step: int, free: Sequence[list[list[float]]]) -> Booking:
    """Book a step with the agent of its pool that has a slot, the one that has been idle for longest."""
    mode = problem.modes[step][sketch.mode[step]]
    start, finish, name = sketch.start[step], sketch.finish[step], problem.work.steps[step].id
    if mode.pool < 0:
        return Booking(name, start, finish)
    agents = free[mode.pool]
    at = min(range(len(agents)), key=lambda agent: min(agents[agent]))
    if finish > start:  # what takes no time holds nobody
        slots = agents[at]
        slots[slots.index(min(slots))] = finish
    return Booking(name, start, finish, problem.pools[mode.pool].agents[at])
