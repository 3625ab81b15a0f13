"""What is to be scheduled: steps with durations, the agents that do them, and the limits that they share."""

from __future__ import annotations

import graphlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from htn.model.errors import InputError
from htn.model.estimate import Estimate
from htn.scheduling.simulate import AgentCapacity, StepShape

__all__ = ["Booking", "RateLimit", "SharedResource", "Work", "WorkPlan", "works"]

QUANTILES = ("p10", "p50", "p90", "mean")


@dataclass(frozen=True, slots=True)
class Work:
    """One step as the scheduler sees it.

    Attributes
    ----------
    id : str
        The step's id.
    seconds : float
        How long it is taken to last.
    dependencies : tuple of str
        Ids of the steps that must finish before.
    capability : str
        What its agent must have.
    uses : Mapping of str to int
        How much it takes of shared resources while it runs, and of rate limits when it starts.
    seconds_by : Mapping of str to float
        How long it lasts with an agent that is faster or slower than ``seconds``.
    earliest : float
        It does not start before.
    """

    id: str
    seconds: float
    dependencies: tuple[str, ...] = ()
    capability: str = ""
    uses: Mapping[str, int] = field(default_factory=dict)
    seconds_by: Mapping[str, float] = field(default_factory=dict)
    earliest: float = 0.0

    def __post_init__(self) -> None:
        for seconds in (self.seconds, self.earliest, *self.seconds_by.values()):
            if not (math.isfinite(seconds) and seconds >= 0):
                raise InputError(f"step {self.id} has the time {seconds}; times are finite and not negative")
        for name, amount in self.uses.items():
            if not isinstance(amount, int) or amount < 0:
                raise InputError(f"step {self.id} uses {amount} of {name}; amounts are whole numbers, not negative")

    def lasts(self, agent: str | None) -> float:
        """Return how long it lasts with an agent."""
        return self.seconds if agent is None else self.seconds_by.get(agent, self.seconds)


@dataclass(frozen=True, slots=True)
class SharedResource:
    """Something of which the steps that run at one time take at most ``capacity`` together, such as memory."""

    name: str
    capacity: int


@dataclass(frozen=True, slots=True)
class RateLimit:
    """In any ``seconds`` in a row, the steps that start take at most ``amount`` together: requests, tokens."""

    name: str
    amount: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Booking:
    """When a step runs, and who does it (None where no agents were given)."""

    step: str
    start: float
    finish: float
    agent: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"step": self.step, "start": self.start, "finish": self.finish, "agent": self.agent}


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """A scheduling problem: the resource-constrained project scheduling problem, with agents to choose from.

    Attributes
    ----------
    steps : tuple of Work
        What is to be done.
    agents : tuple of AgentCapacity
        Who there is; none means that only dependencies and limits make steps wait.
    resources : tuple of SharedResource
        What steps share while they run.
    rates : tuple of RateLimit
        What may start in a stretch of time.
    fixed : tuple of Booking
        Steps that run or are finished: they stay as they are, even where they break a limit.

    Raises
    ------
    InputError
        If names are not unique or not known, dependencies form a cycle, or a step can never run.

    Examples
    --------
    >>> plan = WorkPlan((Work("a", 2), Work("b", 3, ("a",))))
    >>> [step.id for step in plan.steps]
    ['a', 'b']
    """

    steps: tuple[Work, ...]
    agents: tuple[AgentCapacity, ...] = ()
    resources: tuple[SharedResource, ...] = ()
    rates: tuple[RateLimit, ...] = ()
    fixed: tuple[Booking, ...] = ()

    def __post_init__(self) -> None:
        limits: dict[str, int] = {}
        for name, amount in [
            *((r.name, r.capacity) for r in self.resources),
            *((r.name, r.amount) for r in self.rates),
        ]:
            if name in limits:
                raise InputError(f"two limits are called {name}; give them names of their own")
            if not isinstance(amount, int) or amount < 0:
                raise InputError(f"the limit {name} is {amount}; limits are whole numbers, not negative")
            limits[name] = amount
        for rate in self.rates:
            if not (math.isfinite(rate.seconds) and rate.seconds > 0):
                raise InputError(f"the rate limit {rate.name} is per {rate.seconds} seconds; that must be more than 0")
        _unique("steps", [step.id for step in self.steps])
        _unique("agents", [agent.name for agent in self.agents])
        _unique("fixed bookings", [booking.step for booking in self.fixed])
        known = {step.id for step in self.steps}
        fixed = {booking.step for booking in self.fixed}
        for booking in self.fixed:
            if booking.step not in known:
                raise InputError(f"the step {booking.step} is fixed, but it is not one of the steps")
            if not 0 <= booking.start <= booking.finish < math.inf:
                raise InputError(f"step {booking.step} is fixed from {booking.start} to {booking.finish}")
        for step in self.steps:
            for before in step.dependencies:
                if before not in known:
                    raise InputError(f"step {step.id} depends on {before}, which is not one of the steps")
            for name, amount in step.uses.items():
                if name not in limits:
                    raise InputError(f"step {step.id} uses {name}, which is no resource or rate limit")
                if amount > limits[name] and step.id not in fixed:
                    raise InputError(f"step {step.id} uses {amount} of {name}, of which there is only {limits[name]}")
            if step.id not in fixed and not self.who(step):
                raise InputError(f"no agent has the capability {step.capability}, which step {step.id} needs")

        try:
            graphlib.TopologicalSorter({step.id: step.dependencies for step in self.steps}).prepare()
        except graphlib.CycleError as error:
            raise InputError(f"the dependencies form a cycle: {', '.join(error.args[1])}") from None

    def who(self, step: Work) -> list[str | None]:
        """Return the names of the agents that can do a step; [None] where there are no agents at all."""
        if not self.agents:
            return [None]
        able = (a for a in self.agents if a.capabilities is None or step.capability in a.capabilities)
        return [agent.name for agent in able]


def _unique(what: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(f"two {what} have the name {name}; names must be unique")
        seen.add(name)


def works(
    steps: Iterable[StepShape],
    estimates: Mapping[str, Mapping[str, Estimate]],
    *,
    quantile: str = "p50",
    unestimated: float = 0.0,
    uses: Mapping[str, Mapping[str, int]] | None = None,
) -> tuple[Work, ...]:
    """Return a plan's steps as work, at one quantile of their estimates.

    Parameters
    ----------
    steps : iterable of StepShape
        The plan's steps.
    estimates : Mapping
        Step id to resource to estimate; ``seconds`` is read.
    quantile : {"p50", "p10", "p90", "mean"}
        Which number of an estimate counts. The median makes the likeliest order; "p90" is careful.
    unestimated : float, default 0
        How long a step without an estimate is taken to last.
    uses : Mapping, optional
        Step id to what it takes of shared resources and rate limits.

    Returns
    -------
    tuple of Work
        One for each step.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> step = SimpleNamespace(id="a", dependencies=(), capability="read")
    >>> works([step], {"a": {"seconds": Estimate.lognormal(10, 2)}}, quantile="p90")[0].seconds
    20
    """
    if quantile not in QUANTILES:
        raise InputError(f"a schedule takes one of {', '.join(QUANTILES)} of every estimate, not {quantile}")
    made = []
    for step in steps:
        estimate = estimates.get(step.id, {}).get("seconds")
        seconds = unestimated if estimate is None else getattr(estimate, quantile)
        made.append(Work(step.id, seconds, tuple(step.dependencies), step.capability, (uses or {}).get(step.id, {})))
    return tuple(made)
