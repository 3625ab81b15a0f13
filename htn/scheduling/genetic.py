"""Better schedules in seconds: a genetic algorithm over the order in which steps are placed.

Two schedules exchange a stretch of their orders, some steps move, and every child is pushed late and early again.
(Hartmann, S. (1998): A competitive genetic algorithm for resource-constrained project scheduling. Naval Research
Logistics 45, 733-750; justified as by Valls, V., Ballestín, F. and Quintanilla, S. (2008): A hybrid genetic algorithm
for the resource-constrained project scheduling problem. European Journal of Operational Research 185, 495-508.)
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence

from htn.scheduling.compiled import Compiled
from htn.scheduling.generation import Sketch, justify, serial
from htn.scheduling.heuristic import Found, priority_order

__all__ = ["evolve"]

_POPULATION = 100
_MUTATION = 0.05
"""How probable it is that a step moves in an order."""
_MOVE = 1 / 3
"""How far it moves at most, as a share of the order's length."""


def evolve(
    problem: Compiled,
    found: Found,
    *,
    bound: float | None = None,
    seconds: float | None = None,
    tries: int | None = None,
    seed: int = 0,
    passed: float = 0.0,
    clock: Callable[[], float] = time.perf_counter,
) -> None:
    """Look for shorter schedules than the best so far, until time or tries are over or the bound is reached.

    Parameters
    ----------
    problem : Compiled
        What is to be scheduled.
    found : Found
        The best so far; better ones are added. It does not take part in the evolution, which would gather around it.
    bound : float, optional
        No schedule is shorter; without it, the problem's.
    seconds, tries : float and int, optional
        When to stop; one of them is needed. With ``tries`` alone the result depends only on the problem and the seed.
    seed : int, default 0
        Of all choices.
    passed : float, default 0
        Seconds of search before this, for the curve.
    clock : callable, optional
        What tells the time.
    """
    assert seconds is not None or tries is not None, "evolution has no end of its own"
    began, first = clock(), found.tries
    least = problem.bound if bound is None else bound
    for child in _generations(problem, random.Random(seed)):
        taken = clock() - began
        found.offer(child, passed + taken)
        assert found.best is not None
        over = (seconds is not None and taken >= seconds) or (tries is not None and found.tries - first >= tries)
        if over or found.best.makespan <= least:
            return


def _generations(problem: Compiled, rng: random.Random) -> Iterator[Sketch]:
    """Yield every schedule that is born, generation after generation."""
    population: list[Sketch] = []
    rank = [0] * problem.size
    for place, step in enumerate(problem.order):
        rank[step] = place
    span = max(problem.tail, default=0.0)
    while True:
        while len(population) < _POPULATION:
            noise = [rng.random() * span - tail for tail in problem.tail]
            population.append(_born(problem, priority_order(problem, noise)))
            yield population[-1]
        rng.shuffle(population)
        orders = [_order(each, rank) for each in population]
        children = []
        for one, two in zip(orders[::2], orders[1::2], strict=True):
            for mother, father in ((one, two), (two, one)):
                order = _moved(problem, _crossed(mother, father, rng), rng)
                children.append(_born(problem, order))
                yield children[-1]
        # equal schedules would take the place of different ones
        distinct = {tuple(each.start): each for each in population + children}
        population = sorted(distinct.values(), key=_length)[:_POPULATION]


def _order(sketch: Sketch, rank: Sequence[int]) -> list[int]:
    return sorted(range(len(rank)), key=lambda step: (sketch.start[step], rank[step]))


def _length(sketch: Sketch) -> float:
    return sketch.makespan


def _born(problem: Compiled, order: Sequence[int]) -> Sketch:
    return justify(problem, serial(problem, order))


def _crossed(mother: Sequence[int], father: Sequence[int], rng: random.Random) -> list[int]:
    """Return the mother's order with a stretch in the middle as in the father's; dependencies stay first in it."""
    begin = rng.randrange(len(mother))
    length = rng.randrange(len(mother) // 4, 3 * len(mother) // 4 + 1)
    order = list(mother[:begin])
    used = set(order)
    middle = [step for step in father if step not in used][:length]
    used.update(middle)
    return order + middle + [step for step in mother if step not in used]


def _moved(problem: Compiled, order: Sequence[int], rng: random.Random) -> list[int]:
    """Return the order with some steps elsewhere, dependencies still first."""
    most = _MOVE * len(order)
    places = [0.0] * len(order)
    for place, step in enumerate(order):
        places[step] = place + (rng.uniform(-most, most) if rng.random() < _MUTATION else 0.0)
    return priority_order(problem, places)
