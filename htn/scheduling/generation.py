"""Schedule generation schemes: from an order or priorities to a schedule that keeps to all limits.

Kolisch, R. (1996): Serial and parallel resource-constrained project scheduling methods revisited. European Journal of
Operational Research 90, 320-333.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from htn.scheduling.compiled import Compiled, Fields

__all__ = ["Sketch", "justify", "parallel", "serial"]


@dataclass(frozen=True, slots=True)
class Sketch:
    """A schedule by position: when each step starts and ends, and which of its modes it uses."""

    start: list[float]
    finish: list[float]
    mode: list[int]
    makespan: float


class _Profile:
    """Free amounts over time: piecewise constant, as lists of moments and of packed amounts."""

    __slots__ = ("fields", "free", "guard", "times")

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.guard = fields.guard
        self.times: list[float] = [float("-inf"), float("inf")]
        self.free = [fields.full, fields.full]

    def earliest(self, moment: float, seconds: float, demand: int) -> float:
        """Return the first moment from the given one on from which the demand fits for so many seconds."""
        if not demand:
            return moment
        times, free, guard = self.times, self.free, self.guard
        at = bisect_right(times, moment) - 1
        while True:
            while (free[at] - demand) & guard != guard:
                at += 1
                moment = times[at]
            end, at = moment + seconds, at + 1
            while times[at] < end:
                if (free[at] - demand) & guard != guard:
                    break
                at += 1
            else:
                return moment

    def take(self, start: float, finish: float, demand: int, *, forced: bool = False) -> None:
        """Take the demand between two moments."""
        if not demand or finish <= start:
            return
        times, free = self.times, self.free
        first = bisect_right(times, start) - 1
        if times[first] < start:
            first += 1
            times.insert(first, start)
            free.insert(first, free[first - 1])
        at, before = first, free[first]
        while times[at] < finish:
            before = free[at]
            free[at] = self.fields.take(before, demand) if forced else before - demand
            at += 1
        if times[at] > finish:
            times.insert(at, finish)
            free.insert(at, before)


def serial(problem: Compiled, order: Sequence[int], modes: Sequence[int] | None = None) -> Sketch:
    """Schedule the steps one after the other, each as early as what is there already leaves room.

    Parameters
    ----------
    problem : Compiled
        What is to be scheduled.
    order : sequence of int
        The steps, dependencies first.
    modes : sequence of int, optional
        Which mode each step must use; without it, the one that finishes it first.

    Returns
    -------
    Sketch
        An active schedule: no step can start earlier with the others in place.

    Examples
    --------
    >>> from htn.scheduling.compiled import compile_work
    >>> from htn.scheduling.work import AgentCapacity, Work, WorkPlan
    >>> problem = compile_work(WorkPlan((Work("a", 2), Work("b", 3)), (AgentCapacity("one"),)))
    >>> serial(problem, [1, 0]).start
    [3.0, 0.0]
    """
    fixed = {s: (b.start, b.finish) for s, b in enumerate(problem.fixed) if b is not None}
    return _place(problem, order, problem.before, problem.earliest, fixed, modes, backward=False)


def justify(problem: Compiled, sketch: Sketch) -> Sketch:
    """Push all steps as late as the makespan allows, then as early as possible: forward-backward improvement.

    The result is never longer. (Valls, V., Ballestín, F. and Quintanilla, S. (2005): Justification and RCPSP: a
    technique that pays. European Journal of Operational Research 165, 375-386.)

    Returns
    -------
    Sketch
        With the same modes.
    """
    end = sketch.makespan
    rank = {step: place for place, step in enumerate(problem.order)}
    order = sorted(range(problem.size), key=lambda step: (-sketch.finish[step], -rank[step]))
    fixed = {s: (end - b.finish, end - b.start) for s, b in enumerate(problem.fixed) if b is not None}
    late = _place(problem, order, problem.after, [0.0] * problem.size, fixed, sketch.mode, backward=True)
    order.sort(key=lambda step: (-late.finish[step], rank[step]))
    early = serial(problem, order, sketch.mode)
    return early if early.makespan <= end else sketch


def _place(
    problem: Compiled,
    order: Sequence[int],
    before: Sequence[Sequence[int]],
    earliest: Sequence[float],
    fixed: dict[int, tuple[float, float]],
    modes: Sequence[int] | None,
    *,
    backward: bool,
) -> Sketch:
    """Schedule in the given order, along or against the arrow of time."""
    start, finish, chosen = [0.0] * problem.size, [0.0] * problem.size, [0] * problem.size
    profile, rates = _Profile(problem.fields), [_Profile(fields) for fields in problem.rate_fields]
    for step, (begin, end) in fixed.items():
        start[step], finish[step] = begin, end
    for step in problem.held:
        begin, end = fixed[step]
        profile.take(begin, end, problem.modes[step][0].demand, forced=True)
        for rate, demand in problem.rate_demand[step]:
            # rates look at starts only, so against time the hold begins where the mirrored step ends
            since = end if backward else begin
            rates[rate].take(since, since + problem.rate_seconds[rate], demand, forced=True)
    for step in order:
        if step in fixed:
            continue
        ready = earliest[step]
        for each in before[step]:
            if finish[each] > ready:
                ready = finish[each]
        ways, wanted = problem.modes[step], problem.rate_demand[step]
        choices = range(len(ways)) if modes is None else (modes[step],)
        best = best_end = float("inf")
        for choice in choices:
            mode = ways[choice]
            at = profile.earliest(ready, mode.seconds, mode.demand)
            if wanted:
                at = _with_rates(problem, profile, rates, step, choice, at, backward=backward)
            if at + mode.seconds < best_end:
                best, best_end, chosen[step] = at, at + mode.seconds, choice
        start[step], finish[step] = best, best_end
        profile.take(best, best_end, ways[chosen[step]].demand)
        for rate, demand in wanted:
            since = best_end if backward else best
            rates[rate].take(since, since + problem.rate_seconds[rate], demand)
    return Sketch(start, finish, chosen, max(finish, default=0.0))


def _with_rates(
    problem: Compiled,
    profile: _Profile,
    rates: Sequence[_Profile],
    step: int,
    choice: int,
    at: float,
    *,
    backward: bool,
) -> float:
    """Return the first moment from the given one on at which the step fits in the profile and in every rate limit."""
    mode = problem.modes[step][choice]
    offset = mode.seconds if backward else 0.0
    while True:
        moment = at
        for rate, demand in problem.rate_demand[step]:
            since = rates[rate].earliest(moment + offset, problem.rate_seconds[rate], demand)
            if since > moment + offset:
                moment = since - offset
                if moment + offset < since:  # rounding: taking away and adding do not cancel out
                    moment += math.ulp(since)
        moment = profile.earliest(moment, mode.seconds, mode.demand)
        if moment <= at:
            return at
        at = moment


def parallel(problem: Compiled, priority: Sequence[float]) -> Sketch:
    """Go through time; at each moment, start what is ready and fits, the smallest priority first.

    Parameters
    ----------
    problem : Compiled
        What is to be scheduled; what is fixed in it has started when the first other step may.
    priority : sequence of float
        By step.

    Returns
    -------
    Sketch
        A non-delay schedule: nothing waits that could start.

    Examples
    --------
    >>> from htn.scheduling.compiled import compile_work
    >>> from htn.scheduling.work import AgentCapacity, Work, WorkPlan
    >>> problem = compile_work(WorkPlan((Work("a", 2), Work("b", 3)), (AgentCapacity("one"),)))
    >>> parallel(problem, [1, 0]).start
    [3.0, 0.0]
    """
    return _Parallel(problem, priority).run()


class _Parallel:
    """One run of the parallel scheme."""

    def __init__(self, problem: Compiled, priority: Sequence[float]) -> None:
        self.problem, self.priority = problem, priority
        size = problem.size
        self.start, self.finish, self.chosen = [0.0] * size, [0.0] * size, [0] * size
        self.free, self.rate_free = problem.fields.full, [fields.full for fields in problem.rate_fields]
        # What happens when: (moment, -1, packed) gives back, (moment, -2 - rate, packed) gives a rate back,
        # (moment, step, 0) is a step that becomes ready
        self.events: list[tuple[float, int, int]] = []
        self.ready: dict[int, list[tuple[float, int]]] = {}
        self.missing = [len(earlier) for earlier in problem.before]
        self.moment = [*problem.earliest]
        self.open = size

    def run(self) -> Sketch:
        """Carry it out."""
        problem, events = self.problem, self.events
        for step, booking in enumerate(problem.fixed):
            if booking is not None:
                self.start[step], self.finish[step] = booking.start, booking.finish
        # Where fixed steps hold more than there is, what ends first holds the part that is left over: then each gives
        # back what is free when it ends.
        for step in sorted(problem.held, key=lambda step: -self.finish[step]):
            self._hold(self.finish[step], problem.modes[step][0].demand)
        for step in sorted(problem.held, key=lambda step: -self.start[step]):
            self._hold_rates(step, self.start[step])
        for step in range(problem.size):
            if problem.fixed[step] is None and not self.missing[step]:
                heapq.heappush(events, (self.moment[step], step, 0))
        for step, booking in enumerate(problem.fixed):
            if booking is not None:
                self._done(step)
        while self.open:
            now = events[0][0]
            while events and events[0][0] <= now:
                _, what, amount = heapq.heappop(events)
                if what >= 0:
                    heapq.heappush(self.ready.setdefault(problem.kinds[what], []), (self.priority[what], what))
                elif what == -1:
                    self.free += amount
                else:
                    self.rate_free[-2 - what] += amount
            self._start(now)
        return Sketch(self.start, self.finish, self.chosen, max(self.finish, default=0.0))

    def _start(self, now: float) -> None:
        """Start what is ready and fits, in order of priority; what does not fit will not until something ends."""
        ready = self.ready
        fitting = {kind: queue[0] for kind, queue in ready.items()}
        while fitting:
            kind = min(fitting, key=fitting.__getitem__)
            step = fitting[kind][1]
            choice = self._choice(step)
            if choice < 0:
                del fitting[kind]
                continue
            mode = self.problem.modes[step][choice]
            self.start[step], self.finish[step], self.chosen[step] = now, now + mode.seconds, choice
            self._hold(now + mode.seconds, mode.demand)
            self._hold_rates(step, now)
            self._done(step)
            queue = ready[kind]
            heapq.heappop(queue)
            if queue:
                fitting[kind] = queue[0]
            else:
                del fitting[kind], ready[kind]

    def _choice(self, step: int) -> int:
        """Return the quickest mode that fits now; -1 if none does."""
        for rate, demand in self.problem.rate_demand[step]:
            guard = self.problem.rate_fields[rate].guard
            if (self.rate_free[rate] - demand) & guard != guard:
                return -1
        guard, best, seconds = self.problem.fields.guard, -1, float("inf")
        for choice, mode in enumerate(self.problem.modes[step]):
            if mode.seconds < seconds and (self.free - mode.demand) & guard == guard:
                best, seconds = choice, mode.seconds
        return best

    def _hold(self, finish: float, demand: int) -> None:
        left = self.problem.fields.take(self.free, demand)
        heapq.heappush(self.events, (finish, -1, self.free - left))
        self.free = left

    def _hold_rates(self, step: int, start: float) -> None:
        for rate, wanted in self.problem.rate_demand[step]:
            left = self.problem.rate_fields[rate].take(self.rate_free[rate], wanted)
            until = start + self.problem.rate_seconds[rate]
            heapq.heappush(self.events, (until, -2 - rate, self.rate_free[rate] - left))
            self.rate_free[rate] = left

    def _done(self, step: int) -> None:
        """Count a step as started: what depends on it becomes ready when the last of them finishes."""
        self.open -= 1
        for each in self.problem.after[step]:
            self.missing[each] -= 1
            self.moment[each] = max(self.moment[each], self.finish[step])
            if not self.missing[each] and self.problem.fixed[each] is None:
                heapq.heappush(self.events, (self.moment[each], each, 0))


def reserved(problem: Compiled) -> list[tuple[int, float, float, int]]:
    """Return what fixed steps hold, at most the capacity, as (limit, from, to, amount); rates follow the other limits.

    The numbers of the limits are the places in ``problem.fields``, then those of the rate limits.
    """
    main, rates = _Profile(problem.fields), [_Profile(fields) for fields in problem.rate_fields]
    for step in problem.held:
        booking = problem.fixed[step]
        assert booking is not None
        main.take(booking.start, booking.finish, problem.modes[step][0].demand, forced=True)
        for rate, demand in problem.rate_demand[step]:
            rates[rate].take(booking.start, booking.start + problem.rate_seconds[rate], demand, forced=True)
    found = []
    shift = 0
    for profile in (main, *rates):
        full = profile.fields.capacities
        for begin, end, free in zip(profile.times, profile.times[1:], profile.free, strict=False):
            for at, left in enumerate(profile.fields.unpack(free)):
                if left < full[at]:
                    found.append((shift + at, begin, end, full[at] - left))
        shift += len(full)
    return found
