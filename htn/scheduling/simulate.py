"""What a whole plan will take: many simulated runs over its graph, because quantiles do not add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from htn.model.errors import InputError
from htn.model.estimate import RESOURCES, Estimate
from htn.scheduling.dispatch import Schedule, critical_shares, dispatch, unlimited
from htn.scheduling.sampling import Floats, check_sampling, correlated_normals, draw

__all__ = [
    "AgentCapacity",
    "PlanTotals",
    "StepShape",
    "makespans",
    "simulate",
    "slots_of",
    "step_index",
    "summary",
    "topological_order",
]

# A plan of 1,000 steps is simulated in about two seconds with this much work; larger plans get fewer samples.
_LARGEST_WORK = 2e8
_FEWEST_SAMPLES = 50


class StepShape(Protocol):
    """What the simulation needs to know of a step; a plan's step has it."""

    @property
    def id(self) -> str:
        """Stable node id."""

    @property
    def dependencies(self) -> Sequence[str]:
        """Ids of the steps that must finish before."""

    @property
    def capability(self) -> str:
        """What an agent needs to have."""


@dataclass(frozen=True, slots=True)
class AgentCapacity:
    """How many steps of which capabilities an agent carries out at once.

    Attributes
    ----------
    name : str
        For messages.
    capabilities : frozenset of str or None
        None means every capability.
    capacity : int
        At least 1.
    """

    name: str
    capabilities: frozenset[str] | None = None
    capacity: int = 1

    def __post_init__(self) -> None:
        if self.capacity < 1:
            raise InputError(f"agent {self.name} has the capacity {self.capacity}; it must carry out at least one step")


@dataclass(frozen=True, slots=True)
class PlanTotals:
    """What a plan will take, from simulated runs.

    Attributes
    ----------
    totals : Mapping of str to Estimate
        ``seconds`` is the time from start to end, ``memory_bytes`` the peak; tokens and money are sums.
    work_seconds : Estimate
        Seconds of all steps together: what a single agent would take.
    finish : Mapping of str to Estimate
        When each step will be finished, in seconds after the start.
    critical : Mapping of str to float
        How probable it is that the step lies on the chain that decides the end.
    unestimated : tuple of str
        Steps without an estimate of seconds, counted as zero: the totals are too low by what these take.
    samples, seed : int
        How it was simulated.
    """

    totals: Mapping[str, Estimate]
    work_seconds: Estimate
    finish: Mapping[str, Estimate]
    critical: Mapping[str, float]
    unestimated: tuple[str, ...]
    samples: int
    seed: int

    @property
    def lower_bound(self) -> dict[str, float]:
        """What nine runs in ten exceed, by resource: a budget below it is refused before anything runs."""
        return {resource: total.p10 for resource, total in self.totals.items()}

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "totals": {resource: total.to_json() for resource, total in self.totals.items()},
            "work_seconds": self.work_seconds.to_json(),
            "finish": {step: finish.to_json() for step, finish in self.finish.items()},
            "critical": dict(self.critical),
            "unestimated": list(self.unestimated),
            "samples": self.samples,
            "seed": self.seed,
        }


def simulate(
    steps: Sequence[StepShape],
    estimates: Mapping[str, Mapping[str, Estimate]],
    agents: Sequence[AgentCapacity] = (),
    *,
    samples: int = 1000,
    seed: int = 0,
    correlation: float = 0.0,
) -> PlanTotals:
    """Simulate a plan and return what it will take in all.

    Parameters
    ----------
    steps : sequence of StepShape
        The plan's steps. Of ready steps that want the same agent, the earlier in this sequence goes first.
    estimates : Mapping
        Step id to resource to estimate. Steps or resources left out count as zero and are named in the result.
    agents : sequence of AgentCapacity, optional
        Who there is. None means as many agents as steps: only dependencies make steps wait.
    samples : int, default 1000
        How many runs; fewer are taken where steps ** 2 * samples would exceed 2e8, but at least 50.
    seed : int, default 0
        The same seed gives the same result.
    correlation : float, default 0
        How much steps are slow together, from 0 to 1.

    Returns
    -------
    PlanTotals
        Quantiles of the totals, of each step's end, and how often each step is critical.

    Raises
    ------
    InputError
        If ids are not unique, a dependency is unknown or cyclic, no agent has a step's capability, or a setting
        is out of range.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Shape:
    ...     id: str
    ...     dependencies: tuple[str, ...] = ()
    ...     capability: str = "any"
    >>> hour = {"seconds": Estimate.exactly(3600), "output_tokens": Estimate.exactly(500)}
    >>> plan = [Shape("a"), Shape("b"), Shape("c", ("a", "b"))]
    >>> totals = simulate(plan, {"a": hour, "b": hour, "c": hour}).totals
    >>> totals["seconds"].p50, totals["output_tokens"].p50
    (7200.0, 1500.0)
    >>> simulate(plan, {"a": hour, "b": hour, "c": hour}, [AgentCapacity("only one")]).totals["seconds"].p50
    10800.0
    """
    draws, schedule = _simulated(steps, estimates, agents, samples, seed, correlation)
    totals = _totals(draws, schedule, {name for by_name in estimates.values() for name in by_name})
    return PlanTotals(
        totals=totals,
        work_seconds=summary(draws["seconds"].sum(axis=1)),
        finish={step.id: summary(schedule.finish[:, column]) for column, step in enumerate(steps)},
        critical={step.id: float(share) for step, share in zip(steps, critical_shares(schedule), strict=True)},
        unestimated=tuple(step.id for step in steps if "seconds" not in estimates.get(step.id, {})),
        samples=len(schedule.finish),
        seed=seed,
    )


def makespans(
    steps: Sequence[StepShape],
    estimates: Mapping[str, Mapping[str, Estimate]],
    agents: Sequence[AgentCapacity] = (),
    *,
    samples: int = 1000,
    seed: int = 0,
    correlation: float = 0.0,
) -> Floats:
    """Return the seconds from start to end of every simulated run; parameters as of `simulate`.

    With the same seed the steps take the same in every run, whoever there is: so two sets of agents can be compared
    run by run.

    Examples
    --------
    >>> makespans([], {}, samples=2).tolist()
    [0.0, 0.0]
    """
    _, schedule = _simulated(steps, estimates, agents, samples, seed, correlation)
    longest: Floats = schedule.finish.max(axis=1, initial=0)
    return longest


def _simulated(
    steps: Sequence[StepShape],
    estimates: Mapping[str, Mapping[str, Estimate]],
    agents: Sequence[AgentCapacity],
    samples: int,
    seed: int,
    correlation: float,
) -> tuple[dict[str, Floats], Schedule]:
    """Return draws by resource, and when steps start and finish."""
    check_sampling(samples, correlation)
    index = step_index(steps)
    dependencies = [[index[before] for before in dict.fromkeys(step.dependencies)] for step in steps]
    order = topological_order(steps, dependencies)
    count = max(min(samples, int(_LARGEST_WORK / max(1, len(steps)) ** 2)), min(samples, _FEWEST_SAMPLES))

    rng = np.random.default_rng(seed)
    draws = {name: _draws(name, steps, estimates, rng, count, correlation) for name in RESOURCES}
    if agents:
        schedule = dispatch(draws["seconds"], dependencies, *slots_of(steps, agents))
    else:
        schedule = unlimited(draws["seconds"], dependencies, order)
    return draws, schedule


def step_index(steps: Sequence[StepShape]) -> dict[str, int]:
    """Return each step's place; ids are to be unique, and dependencies to be steps."""
    index = {step.id: column for column, step in enumerate(steps)}
    if len(index) < len(steps):
        raise InputError("two steps of the plan have the same id; ids must be unique")
    for step in steps:
        for before in step.dependencies:
            if before not in index:
                raise InputError(f"step {step.id} depends on {before}, which is not a step of the plan")
    return index


def topological_order(steps: Sequence[StepShape], dependencies: Sequence[Sequence[int]]) -> list[int]:
    """Return the steps' places so that what a step depends on comes before it; a cycle is refused."""
    open_count = [len(before) for before in dependencies]
    after: list[list[int]] = [[] for _ in steps]
    for step, before in enumerate(dependencies):
        for earlier in before:
            after[earlier].append(step)
    ready = [step for step, count in enumerate(open_count) if count == 0]
    order: list[int] = []
    while ready:
        order.append(ready.pop())
        for step in after[order[-1]]:
            open_count[step] -= 1
            if open_count[step] == 0:
                ready.append(step)
    if len(order) < len(steps):
        stuck = next(step.id for step, count in zip(steps, open_count, strict=True) if count)
        raise InputError(f"the plan's dependencies form a cycle that step {stuck} waits for")
    return order


def slots_of(steps: Sequence[StepShape], agents: Sequence[AgentCapacity]) -> tuple[list[list[int]], int]:
    """Return for each step the slots that can do it, and how many slots there are."""
    owners = [agent for agent in agents for _ in range(min(agent.capacity, max(1, len(steps))))]
    by_capability: dict[str, list[int]] = {}
    for step in steps:
        if step.capability not in by_capability:
            able = [
                slot
                for slot, agent in enumerate(owners)
                if agent.capabilities is None or step.capability in agent.capabilities
            ]
            if not able:
                raise InputError(f"no agent has the capability {step.capability}, which step {step.id} needs")
            by_capability[step.capability] = able
    return [by_capability[step.capability] for step in steps], len(owners)


def _draws(
    resource: str,
    steps: Sequence[StepShape],
    estimates: Mapping[str, Mapping[str, Estimate]],
    rng: np.random.Generator,
    count: int,
    correlation: float,
) -> Floats:
    column = [estimates.get(step.id, {}).get(resource) for step in steps]
    return draw(column, correlated_normals(rng, count, len(steps), correlation))


def _totals(draws: Mapping[str, Floats], schedule: Schedule, estimated: set[str]) -> dict[str, Estimate]:
    """Return totals of the resources that at least one step has an estimate of."""
    totals: dict[str, Estimate] = {}
    for resource in RESOURCES:
        if resource not in estimated:
            continue
        if resource == "seconds":
            totals[resource] = summary(schedule.finish.max(axis=1, initial=0))
        elif resource == "memory_bytes":
            totals[resource] = summary(_peaks(draws[resource], schedule))
        else:
            totals[resource] = summary(draws[resource].sum(axis=1))
    return totals


def _peaks(memory: Floats, schedule: Schedule) -> Floats:
    """Return each sample's largest memory in use at one time: steps begin and end in turn, ends first."""
    moments = np.concatenate([schedule.finish, schedule.start], axis=1)
    order = moments.argsort(axis=1, kind="stable")
    changes = np.take_along_axis(np.concatenate([-memory, memory], axis=1), order, axis=1)
    peaks: Floats = changes.cumsum(axis=1).max(axis=1, initial=0)
    return peaks


def summary(values: Floats) -> Estimate:
    """Return the quantiles and the mean of simulated values."""
    p10, p50, p90 = (float(value) for value in np.quantile(values, [0.1, 0.5, 0.9]))
    return Estimate(p10, p50, p90, float(values.mean()), f"{len(values)} simulated runs")
