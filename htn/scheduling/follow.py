"""How a schedule fares when steps take other times than assumed: followed in order, and made anew now and then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from htn.model.errors import InputError
from htn.scheduling.compiled import compile_work
from htn.scheduling.generation import parallel
from htn.scheduling.timetable import Timetable, book, reschedule
from htn.scheduling.work import Booking, WorkPlan

__all__ = ["Followed", "Revision", "follow"]

Revision = Callable[[Sequence[Booking], float], Mapping[str, float]]
"""From what is finished and the time, new durations of steps: what has been learned during the run."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of a schedule.

    Attributes
    ----------
    bookings : tuple of Booking
        When each step really ran, and with whom.
    reviews : int
        How often the schedule was made anew.
    """

    bookings: tuple[Booking, ...]
    reviews: int

    @property
    def makespan(self) -> float:
        """When the last step ended."""
        return max((booking.finish for booking in self.bookings), default=0.0)


def follow(
    timetable: Timetable,
    actual: Mapping[str, float],
    *,
    reviews: int = 0,
    revise: Revision | None = None,
    tries: int | None = 4,
) -> Followed:
    """Simulate a run that follows a schedule, with the times that steps really take.

    The schedule's order is kept to, not its times: whenever something ends, what is ready and fits is started, the step
    that was to start first before the others, by any agent that can do it and is free.

    Parameters
    ----------
    timetable : Timetable
        The schedule that was made beforehand.
    actual : Mapping
        Seconds that each step really takes, with every agent.
    reviews : int, default 0
        How often to make the schedule anew, each time that as many steps have finished.
    revise : callable, optional
        Gives new durations at each review; without it, only what finished and runs is taken into account.
    tries : int, optional
        Of the heuristic, at each review.

    Returns
    -------
    Followed
        What happened.

    Raises
    ------
    InputError
        If it is not said what a step really takes.

    Examples
    --------
    >>> from htn.scheduling.timetable import schedule
    >>> from htn.scheduling.work import AgentCapacity, Work
    >>> work = WorkPlan((Work("a", 1), Work("b", 2), Work("c", 2, ("b",))), (AgentCapacity("ann"), AgentCapacity("bo")))
    >>> follow(schedule(work), {"a": 5, "b": 2, "c": 1}).makespan
    5.0
    """
    missing = [step.id for step in timetable.work.steps if step.id not in actual]
    if missing:
        raise InputError(f"it is not said what the step {missing[0]} really takes")
    work = replace(
        timetable.work,
        steps=tuple(replace(step, seconds=actual[step.id], seconds_by={}) for step in timetable.work.steps),
    )
    happened = _carried_out(work, timetable)
    total = len(work.steps)
    for review in range(1, reviews + 1):
        ends = sorted(booking.finish for booking in happened)
        now = ends[min(total - 1, review * total // (reviews + 1))]
        started = [booking for booking in happened if booking.start < now or booking.finish <= now]
        if len(started) == total:
            return Followed(happened, review - 1)
        finished = [booking for booking in started if booking.finish <= now]
        running = [booking for booking in started if booking.finish > now]
        durations = revise(finished, now) if revise is not None else None
        timetable = reschedule(
            timetable, now, finished=finished, running=running, durations=durations, tries=tries, method="heuristic"
        )
        steps = tuple(replace(step, earliest=max(step.earliest, now)) for step in work.steps)
        happened = _carried_out(replace(work, steps=steps, fixed=tuple(started)), timetable)
    return Followed(happened, reviews)


def _carried_out(work: WorkPlan, timetable: Timetable) -> tuple[Booking, ...]:
    """Return what happens if ready steps start in the order of a schedule."""
    problem = compile_work(work)
    planned = timetable.by_step()
    return book(problem, parallel(problem, [planned[step.id].start for step in work.steps]))
