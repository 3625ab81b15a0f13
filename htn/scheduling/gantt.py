"""A schedule as data for a Gantt chart: lanes with bars, limits over time, and the chain that decides the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from htn.scheduling.timetable import Timetable
from htn.scheduling.work import Booking, Work, WorkPlan

__all__ = ["gantt"]

_SLACK = 1e-9


def gantt(timetable: Timetable, *, labels: Mapping[str, str] | None = None, now: float | None = None) -> dict[str, Any]:
    """Return what a Gantt chart shows, as plain data.

    Parameters
    ----------
    timetable : Timetable
        The schedule.
    labels : Mapping, optional
        What to call steps; else their ids.
    now : float, optional
        Tells finished, running and planned steps apart; without it, all are planned.

    Returns
    -------
    dict
        ``lanes``: one for each thing that an agent can do at a time, with ``bars`` that do not overlap. ``limits``:
        for each shared resource what is in use from which moment on, for each rate limit what counts against it.
        ``links``: pairs of steps, the second after the first. ``critical``: steps of a chain, each waiting for the one
        before it, that ends with the last.

    Examples
    --------
    >>> from htn.scheduling.timetable import schedule
    >>> chart = gantt(schedule(WorkPlan((Work("a", 2), Work("b", 3, ("a",))))))
    >>> chart["critical"], chart["makespan"], [bar["step"] for bar in chart["lanes"][0]["bars"]]
    (['a', 'b'], 5.0, ['a', 'b'])
    """
    work, named = timetable.work, labels or {}
    chain = critical_chain(timetable)
    on_chain = set(chain)
    lanes = []
    for agent, number, bookings in _lanes(timetable.bookings):
        bars = [
            {
                "step": booking.step,
                "label": named.get(booking.step, booking.step),
                "start": booking.start,
                "finish": booking.finish,
                "state": _state(booking, now),
                "critical": booking.step in on_chain,
            }
            for booking in bookings
        ]
        lanes.append({"agent": agent, "lane": number, "bars": bars})
    return {
        "unit": "seconds",
        "makespan": timetable.makespan,
        "now": now,
        "lanes": lanes,
        "limits": _limits(work, timetable.by_step()),
        "links": [[before, step.id] for step in work.steps for before in dict.fromkeys(step.dependencies)],
        "critical": chain,
    }


def _state(booking: Booking, now: float | None) -> str:
    if now is None or booking.start >= now:
        return "planned"
    return "finished" if booking.finish <= now else "running"


def _lanes(bookings: Sequence[Booking]) -> list[tuple[str | None, int, list[Booking]]]:
    """Put bookings that overlap into different lanes of their agent, as few as there can be."""
    lanes: dict[str | None, list[list[Booking]]] = {}
    for booking in sorted(bookings, key=lambda each: (each.start, each.finish, each.step)):
        own = lanes.setdefault(booking.agent, [])
        for lane in own:
            if lane[-1].finish <= booking.start:
                lane.append(booking)
                break
        else:
            own.append([booking])
    names = sorted(lanes, key=lambda name: name or "")
    return [(name, number, lane) for name in names for number, lane in enumerate(lanes[name], start=1)]


def _limits(work: WorkPlan, by_step: Mapping[str, Booking]) -> list[dict[str, Any]]:
    """Return for each limit the moments at which its use changes, and what it is from then on."""
    found: list[dict[str, Any]] = []
    for resource in work.resources:
        changes = []
        for step in work.steps:
            booking, amount = by_step[step.id], step.uses.get(resource.name, 0)
            changes += [(booking.start, amount), (booking.finish, -amount)]
        found.append({"name": resource.name, "capacity": resource.capacity, "used": _steps_of(changes)})
    for rate in work.rates:
        changes = []
        for step in work.steps:
            start, amount = by_step[step.id].start, step.uses.get(rate.name, 0)
            changes += [(start, amount), (start + rate.seconds, -amount)]
        used = _steps_of(changes)
        found.append({"name": rate.name, "capacity": rate.amount, "per_seconds": rate.seconds, "used": used})
    return found


def _steps_of(changes: Sequence[tuple[float, int]]) -> list[list[float]]:
    """Return changes summed up: pairs of a moment and the level from then on."""
    points: dict[float, int] = {}
    for moment, amount in changes:
        points[moment] = points.get(moment, 0) + amount
    level, found = 0, []
    for moment in sorted(points):
        if points[moment]:
            level += points[moment]
            found.append([moment, level])
    return found


def critical_chain(timetable: Timetable) -> list[str]:
    """Return steps, each starting when the one before it ends (or its rate limit lets go), up to the last end.

    What a step waited for is looked for among its dependencies first, then among those that share an agent or a limit.
    """
    if not timetable.bookings:
        return []
    work, by_step = timetable.work, timetable.by_step()
    steps = {step.id: step for step in work.steps}
    slack = _SLACK * max(1.0, timetable.makespan)
    last = max(timetable.bookings, key=lambda booking: booking.finish)
    chain, seen = [last.step], {last.step}
    while True:
        here = by_step[chain[-1]]
        if here.start <= slack:
            break
        dependencies = [by_step[name] for name in steps[here.step].dependencies]
        others = [b for b in timetable.bookings if _share(steps[here.step], here, steps[b.step], b)]
        blocker = next(
            (
                each.step
                for each in (*dependencies, *others)
                if each.step not in seen and _lets_go(work, steps, each, here, slack)
            ),
            None,
        )
        if blocker is None:
            break
        chain.append(blocker)
        seen.add(blocker)
    return chain[::-1]


def _share(one: Work, booking: Booking, other: Work, theirs: Booking) -> bool:
    """Whether two steps want the same agent or limit."""
    if booking.agent is not None and booking.agent == theirs.agent:
        return True
    return any(amount and other.uses.get(name, 0) for name, amount in one.uses.items())


def _lets_go(work: WorkPlan, steps: Mapping[str, Work], before: Booking, here: Booking, slack: float) -> bool:
    """Whether a step starts just when an earlier one ends, or when a rate limit forgets the earlier one."""
    if abs(before.finish - here.start) <= slack:
        return True
    both = [rate for rate in work.rates if all(steps[each.step].uses.get(rate.name, 0) for each in (before, here))]
    return any(abs(before.start + rate.seconds - here.start) <= slack for rate in both)
