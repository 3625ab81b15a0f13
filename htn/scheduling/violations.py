"""Whether a schedule keeps to its problem: checked on its own, knowing nothing of how schedules are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from htn.scheduling.work import Booking, Work, WorkPlan

__all__ = ["violations"]

_SLACK = 1e-9
"""Share of the last finish that counts as rounding."""


def violations(plan: WorkPlan, bookings: Iterable[Booking]) -> list[str]:
    """Return what a schedule does wrong, one sentence each; what only fixed steps do wrong is not held against it.

    Parameters
    ----------
    plan : WorkPlan
        The problem.
    bookings : iterable of Booking
        Who does what when.

    Returns
    -------
    list of str
        Empty if the schedule is right: every step once, long enough, after its dependencies, with an agent that can
        do it; no agent, shared resource or rate limit exceeded at any time.

    Examples
    --------
    >>> plan = WorkPlan((Work("a", 2), Work("b", 3, ("a",))))
    >>> violations(plan, [Booking("a", 0, 2), Booking("b", 1, 4)])
    ['step b starts at 1, before a finishes at 2']
    """
    booked = list(bookings)
    by_step = {booking.step: booking for booking in booked}
    known = {step.id for step in plan.steps}
    found = [f"step {step.id} is not scheduled" for step in plan.steps if step.id not in by_step]
    found += [f"step {booking.step} is not one of the steps" for booking in booked if booking.step not in known]
    if found or len(by_step) < len(booked):
        return found or ["a step is scheduled twice"]
    slack = _SLACK * max((booking.finish for booking in booked), default=0.0)
    fixed = {booking.step: booking for booking in plan.fixed}
    for step in plan.steps:
        found += _alone(plan, step, by_step, fixed.get(step.id), slack)
    return found + _capacities(plan, by_step, set(fixed), slack)


def _alone(plan: WorkPlan, step: Work, by_step: dict[str, Booking], fixed: Booking | None, slack: float) -> list[str]:
    """Return what is wrong with one step's booking."""
    booking = by_step[step.id]
    if fixed is not None:
        return [] if booking == fixed else [f"step {step.id} is fixed at {fixed} and scheduled at {booking}"]
    found = []
    if booking.start < step.earliest - slack:
        found.append(f"step {step.id} starts at {booking.start:g}, before it may at {step.earliest:g}")
    if booking.agent not in plan.who(step):
        found.append(f"step {step.id} is given to {booking.agent}, who cannot do it")
    elif abs(booking.finish - booking.start - step.lasts(booking.agent)) > slack:
        found.append(f"step {step.id} lasts {booking.finish - booking.start:g}, not {step.lasts(booking.agent):g}")
    for before in step.dependencies:
        if booking.start < by_step[before].finish - slack:
            found.append(
                f"step {step.id} starts at {booking.start:g}, before {before} finishes at {by_step[before].finish:g}"
            )
    return found


def _capacities(plan: WorkPlan, by_step: dict[str, Booking], fixed: set[str], slack: float) -> list[str]:
    """Return which agents, shared resources and rate limits are exceeded, and when first."""
    found = []
    for agent in plan.agents:
        held = [(b.start, b.finish, 1, b.step) for b in by_step.values() if b.agent == agent.name]
        found += _exceeded(f"agent {agent.name}", agent.capacity, held, fixed, slack)
    for resource in plan.resources:
        held = []
        for step in plan.steps:
            booking = by_step[step.id]
            held.append((booking.start, booking.finish, step.uses.get(resource.name, 0), step.id))
        found += _exceeded(f"resource {resource.name}", resource.capacity, held, fixed, slack)
    for rate in plan.rates:
        held = []
        for step in plan.steps:
            start = by_step[step.id].start
            held.append((start, start + rate.seconds, step.uses.get(rate.name, 0), step.id))
        found += _exceeded(f"rate limit {rate.name}", rate.amount, held, fixed, slack)
    return found


def _exceeded(
    what: str, capacity: int, held: Sequence[tuple[float, float, int, str]], fixed: set[str], slack: float
) -> list[str]:
    """Return a sentence if more than the capacity is held when some step starts; use only grows at starts."""
    for moment, finish, amount, step in held:
        if not amount or finish - moment <= slack:
            continue
        running = [(each, used) for begin, end, used, each in held if begin <= moment + slack and end > moment + slack]
        total = sum(used for _, used in running)
        if total > capacity and any(each not in fixed for each, used in running if used):
            return [f"{what} holds {total} at {moment:g}, when step {step} starts; its capacity is {capacity}"]
    return []
