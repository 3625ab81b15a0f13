"""What is left of a run that is under way: simulated, given what finished and how long running steps have lasted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from htn.model.errors import InputError
from htn.model.estimate import RESOURCES, Estimate
from htn.scheduling.conditional import Evidence, conditional_normals
from htn.scheduling.dispatch import critical_shares, dispatch, unlimited
from htn.scheduling.sampling import Floats, check_sampling, correlated_normals, draw, normal_of
from htn.scheduling.simulate import (
    AgentCapacity,
    StepShape,
    slots_of,
    step_index,
    summary,
    topological_order,
)

__all__ = ["Remaining", "remaining"]

# A run is asked about again and again while it is under way: a plan of 1,000 steps in a quarter of a second.
_LARGEST_WORK = 2e7
_FEWEST_SAMPLES = 50
# Beyond so many standard deviations an estimate is refuted: its tail says nothing of a step that lasts still longer.
_REFUTED = 4.0
_OVERRUN = 0.5


@dataclass(frozen=True, slots=True)
class Remaining:
    """What a run under way will still take.

    Attributes
    ----------
    seconds : Estimate
        From now to the end.
    end : Estimate
        When that is, on the clock that `now` is read from.
    finish : Mapping of str to Estimate
        When each step that is not finished will be, on the same clock.
    critical : Mapping of str to float
        How probable it is that a step lies on the chain that decides the end, of those that are not finished.
    totals : Mapping of str to Estimate
        Tokens and money of the steps that are not finished; those of a running step are counted whole.
    overdue : tuple of str
        Running steps that have outlasted what their estimates allow. They are taken to last half as long again.
    unestimated : tuple of str
        Steps without an estimate of seconds, counted as zero: the end is later by what these take.
    """

    seconds: Estimate
    end: Estimate
    finish: Mapping[str, Estimate]
    critical: Mapping[str, float]
    totals: Mapping[str, Estimate]
    overdue: tuple[str, ...]
    unestimated: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "seconds": self.seconds.to_json(),
            "end": self.end.to_json(),
            "finish": {step: finish.to_json() for step, finish in self.finish.items()},
            "critical": dict(self.critical),
            "totals": {resource: total.to_json() for resource, total in self.totals.items()},
            "overdue": list(self.overdue),
            "unestimated": list(self.unestimated),
        }


def remaining(
    steps: Sequence[StepShape],
    estimates: Mapping[str, Mapping[str, Estimate]],
    *,
    finished: Mapping[str, float | None],
    running: Mapping[str, float],
    agents: Sequence[AgentCapacity] = (),
    carriers: Mapping[str, str] | None = None,
    now: float = 0.0,
    samples: int = 500,
    seed: int = 0,
    correlation: float = 0.0,
) -> Remaining:
    """Simulate the rest of a run, conditionally on what is known of it.

    A running step's time is drawn from the part of its distribution beyond the time that it has lasted. Where steps
    are slow together (`correlation`), what finished steps took, and that running ones have not ended yet, tells of the
    others: the posterior of the common part, which is one number, is computed on a grid.

    Parameters
    ----------
    steps : sequence of StepShape
        The plan's steps, all of them.
    estimates : Mapping
        Step id to resource to estimate, as they were before the run.
    finished : Mapping
        Steps that are over, whatever came of them, with the seconds that they took; None where that tells nothing,
        such as for a step that was skipped, reused or failed.
    running : Mapping
        Steps in hand, with the seconds that each has lasted.
    agents : sequence of AgentCapacity, optional
        Who there is. None means as many agents as steps.
    carriers : Mapping of str to str, optional
        The agent that carries out a running step, by its name; left out, any free place that can do it is taken.
    now : float, default 0
        The time, on any clock; `end` and `finish` are on the same.
    samples, seed, correlation
        As for `htn.scheduling.simulate.simulate`; fewer samples are taken where steps ** 2 * samples would exceed 2e7.

    Returns
    -------
    Remaining
        The distribution of the end, and of what else is left.

    Raises
    ------
    InputError
        If a step is unknown, or both finished and running, or has lasted no number of seconds; and as `simulate` does.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Shape:
    ...     id: str
    ...     dependencies: tuple[str, ...] = ()
    ...     capability: str = "any"
    >>> hour = {"seconds": Estimate.exactly(3600)}
    >>> plan = [Shape("a"), Shape("b"), Shape("c", ("a", "b"))]
    >>> left = remaining(plan, {"a": hour, "b": hour, "c": hour}, finished={"a": 3600}, running={"b": 600}, now=3600)
    >>> left.seconds.p50, left.end.p50
    (6600.0, 10200.0)
    """
    places = step_index(steps)
    _check(places, finished, running, samples, correlation)
    # Running steps come first, so that at the beginning nobody else takes what they hold.
    left = sorted((step for step in steps if step.id not in finished), key=lambda step: step.id not in running)
    ids = {step.id for step in left}
    order_of = {step.id: place for place, step in enumerate(left)}
    before = [
        [] if step.id in running else [order_of[each] for each in dict.fromkeys(step.dependencies) if each in ids]
        for step in left
    ]
    order = topological_order(left, before)
    count = max(min(samples, int(_LARGEST_WORK / max(1, len(left)) ** 2)), min(samples, _FEWEST_SAMPLES))
    rng = np.random.default_rng(seed)
    durations, overdue = _durations(left, estimates, finished, running, rng, count, correlation)
    if agents:
        schedule = dispatch(durations, before, *_slots(left, agents, running, carriers or {}))
    else:
        schedule = unlimited(durations, before, order)
    ends: Floats = schedule.finish.max(axis=1, initial=0)
    shares = critical_shares(schedule)
    return Remaining(
        seconds=summary(ends),
        end=summary(now + ends),
        finish={step.id: summary(now + schedule.finish[:, place]) for place, step in enumerate(left)},
        critical={step.id: float(share) for step, share in zip(left, shares, strict=True)},
        totals=_totals(left, estimates, rng, count, correlation),
        overdue=overdue,
        unestimated=tuple(step.id for step in left if "seconds" not in estimates.get(step.id, {})),
    )


def _check(
    places: Mapping[str, int],
    finished: Mapping[str, float | None],
    running: Mapping[str, float],
    samples: int,
    correlation: float,
) -> None:
    check_sampling(samples, correlation)
    for name, seconds in (*finished.items(), *running.items()):
        if name not in places:
            raise InputError(f"{name} is said to be finished or running, but is not a step of the plan")
        if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
            raise InputError(f"step {name} cannot have lasted {seconds} seconds")
    for name in running:
        if name in finished:
            raise InputError(f"step {name} cannot be both finished and running")


def _durations(
    left: Sequence[StepShape],
    estimates: Mapping[str, Mapping[str, Estimate]],
    finished: Mapping[str, float | None],
    running: Mapping[str, float],
    rng: np.random.Generator,
    count: int,
    correlation: float,
) -> tuple[Floats, tuple[str, ...]]:
    """Return seconds from now of each step that is left, and the steps whose estimates are refuted."""
    column = [estimates.get(step.id, {}).get("seconds") for step in left]
    taken = [
        normal_of(estimates[name]["seconds"], seconds)
        for name, seconds in finished.items()
        if seconds is not None and "seconds" in estimates.get(name, {})
    ]
    lasted: list[float | None] = [None] * len(left)
    overdue = []
    for place, (step, estimate) in enumerate(zip(left, column, strict=True)):
        if step.id in running and estimate is not None and running[step.id] > 0:
            unusual = normal_of(estimate, running[step.id])
            lasted[place] = min(unusual, _REFUTED)
            if unusual > _REFUTED:
                overdue.append(step.id)
    # What cannot differ tells nothing, and a surprise counts no further than what refutes.
    known = [min(max(each, -_REFUTED), _REFUTED) for each in taken if math.isfinite(each)]
    normals = conditional_normals(rng, count, Evidence(tuple(known), tuple(lasted)), correlation)
    durations = draw(column, normals)
    for place, step in enumerate(left):
        passed = running.get(step.id, 0.0)
        if step.id in overdue:
            durations[:, place] = _OVERRUN * passed
        else:
            durations[:, place] = np.maximum(durations[:, place] - passed, 0.0)
    return durations, tuple(overdue)


def _slots(
    left: Sequence[StepShape],
    agents: Sequence[AgentCapacity],
    running: Mapping[str, float],
    carriers: Mapping[str, str],
) -> tuple[list[list[int]], int]:
    """Return the slots of each step: a running one has its own, which it holds now."""
    eligible, slots = slots_of(left, agents)
    owners = [agent.name for agent in agents for _ in range(min(agent.capacity, max(1, len(left))))]
    free = set(range(slots))
    # Who has the least choice goes first. One more than there are places for has one of its own, and frees none.
    chosen = [place for place, step in enumerate(left) if step.id in running]
    for place in sorted(chosen, key=lambda each: (left[each].id not in carriers, len(eligible[each]), each)):
        able = [slot for slot in eligible[place] if slot in free]
        own = [slot for slot in able if owners[slot] == carriers.get(left[place].id)]
        if own or able:
            eligible[place] = [(own or able)[0]]
            free.discard(eligible[place][0])
        else:
            eligible[place] = [slots]
            slots += 1
    return eligible, slots


def _totals(
    left: Sequence[StepShape],
    estimates: Mapping[str, Mapping[str, Estimate]],
    rng: np.random.Generator,
    count: int,
    correlation: float,
) -> dict[str, Estimate]:
    """Return sums over the steps that are left, of what adds up."""
    found: dict[str, Estimate] = {}
    for resource in RESOURCES:
        column = [estimates.get(step.id, {}).get(resource) for step in left]
        if resource not in ("seconds", "memory_bytes") and any(each is not None for each in column):
            found[resource] = summary(draw(column, correlated_normals(rng, count, len(left), correlation)).sum(axis=1))
    return found
