"""Good schedules in milliseconds: priority rules, then disturbed orders, each pushed late and early again.

Priority rules start it; then the best schedule's order is disturbed at random and scheduled anew, as long as there is
time. Every schedule goes through forward-backward improvement. (Kolisch, R. and Hartmann, S. (2006): Experimental
investigation of heuristics for resource-constrained project scheduling. European Journal of Operational Research 174,
23-37, in which methods of this kind lead.)
"""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from htn.scheduling.compiled import Compiled
from htn.scheduling.generation import Sketch, justify, parallel, serial

__all__ = ["Found", "disturb", "priority_order", "priority_rules", "search"]

_DISTURBANCE = 0.4
"""How far a step's start may be moved when an order is disturbed, as a share of the longest path."""
_WORK = 20_000
"""Steps to be placed, over all tries, unless the number of tries is given."""


@dataclass(slots=True)
class Found:
    """The best schedule so far, and when each better one was found.

    Attributes
    ----------
    best : Sketch or None
        None before the first.
    curve : list of tuple
        Pairs of seconds since the start, and makespan.
    tries : int
        How many schedules were made; those that only improve another do not count.
    """

    best: Sketch | None = None
    curve: list[tuple[float, float]] = field(default_factory=list)
    tries: int = 0

    def offer(self, sketch: Sketch, seconds: float) -> None:
        """Take a schedule if it is the best."""
        self.tries += 1
        if self.best is None or sketch.makespan < self.best.makespan:
            self.best = sketch
            self.curve.append((seconds, sketch.makespan))


def search(
    problem: Compiled,
    *,
    first: Sequence[float] | None = None,
    tries: int | None = None,
    seconds: float | None = None,
    seed: int = 0,
    clock: Callable[[], float] = time.perf_counter,
) -> Found:
    """Search for a short schedule.

    Parameters
    ----------
    problem : Compiled
        What is to be scheduled.
    first : sequence of float, optional
        A priority by step that is tried before the rules, and kept to where they find nothing shorter.
    tries : int, optional
        How many schedules to make; fewer for larger problems unless given. Without ``seconds``, the result depends on
        nothing but the problem and the seed.
    seconds : float, optional
        When to stop, looked at after each try. The first schedule is always made.
    seed : int, default 0
        Of the disturbances.
    clock : callable, optional
        What tells the time.

    Returns
    -------
    Found
        The best schedule, and how it came about. It stops at once when a schedule is as short as the bound.
    """
    began = clock()
    rng = random.Random(seed)
    found = Found()
    if tries is None:
        tries = 10**9 if seconds is not None else max(8, min(200, _WORK // max(1, problem.size)))

    rules = [*([] if first is None else [first]), *priority_rules(problem)]

    def ended() -> bool:
        best = found.best
        assert best is not None
        late = seconds is not None and clock() - began >= seconds
        return late or found.tries >= tries or best.makespan <= problem.bound

    for scheme in (parallel, _serial_by_rule) if _starts_in_time(problem) else (_serial_by_rule,):
        for rule in rules:
            sketch = scheme(problem, rule)
            found.offer(sketch, clock() - began)
            if ended():
                return found
            better = justify(problem, sketch)
            while better.makespan < sketch.makespan:
                sketch, better = better, justify(problem, better)
            found.offer(better, clock() - began)
            if ended():
                return found
    while True:
        assert found.best is not None
        sketch = serial(problem, disturb(problem, found.best, rng))
        found.offer(justify(problem, sketch), clock() - began)
        if ended():
            return found


def _serial_by_rule(problem: Compiled, rule: Sequence[float]) -> Sketch:
    return serial(problem, priority_order(problem, rule))


def _starts_in_time(problem: Compiled) -> bool:
    """Whether nothing is fixed for later, which the parallel scheme could not leave room for."""
    begins = [problem.head[step] for step, booking in enumerate(problem.fixed) if booking is None]
    latest = max((booking.start for booking in problem.fixed if booking is not None), default=0.0)
    return latest <= min(begins, default=latest)


def disturb(problem: Compiled, sketch: Sketch, rng: random.Random) -> list[int]:
    """Return the order of a schedule's starts after each was moved by a random amount."""
    most = _DISTURBANCE * max(problem.tail, default=0.0)
    return priority_order(problem, [start + rng.random() * most for start in sketch.start])


def priority_rules(problem: Compiled) -> list[list[float]]:
    """Return priorities by which the smallest goes first: latest start, the order given, latest finish, followers.

    The order given is worth a try: plans and workflows list their steps branch by branch, which leaves what follows a
    step to be done soon, where the other rules do one stage of all branches after the other.
    """
    shortest = [min(mode.seconds for mode in ways) for ways in problem.modes]
    followers = [0] * problem.size
    for step in reversed(problem.order):
        for each in problem.after[step]:
            followers[step] |= followers[each] | 1 << each
    latest_start = [-tail for tail in problem.tail]
    latest_finish = [seconds - tail for seconds, tail in zip(shortest, problem.tail, strict=True)]
    given = [float(step) for step in range(problem.size)]
    return [latest_start, given, latest_finish, [-float(each.bit_count()) for each in followers]]


def priority_order(problem: Compiled, priority: Sequence[float]) -> list[int]:
    """Return the steps with dependencies first, and of those that may come next the one of smallest priority.

    Examples
    --------
    >>> from htn.scheduling.compiled import compile_work
    >>> from htn.scheduling.work import Work, WorkPlan
    >>> problem = compile_work(WorkPlan((Work("a", 1, ("b",)), Work("b", 1), Work("c", 1))))
    >>> priority_order(problem, [0, 1, 2])
    [1, 0, 2]
    """
    missing = [len(before) for before in problem.before]
    queue = [(priority[step], step) for step in problem.order if not missing[step]]
    heapq.heapify(queue)
    order = []
    while queue:
        _, step = heapq.heappop(queue)
        order.append(step)
        for each in problem.after[step]:
            missing[each] -= 1
            if not missing[each]:
                heapq.heappush(queue, (priority[each], each))
    return order
