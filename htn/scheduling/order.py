"""In which order a plan is best carried out: what at the same time, what one after another, and what that gains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from htn.model.errors import InputError
from htn.model.estimate import Estimate
from htn.plan.plan import Step
from htn.scheduling.gantt import critical_chain
from htn.scheduling.simulate import AgentCapacity
from htn.scheduling.timetable import Timetable, schedule
from htn.scheduling.work import Booking, RateLimit, SharedResource, Work, WorkPlan, works

__all__ = ["ExecutionOrder", "Group", "Limits", "Sharing", "optimize_execution_order"]

OPEN = "nobody: left open"
"""Stands for whoever will carry out a task that is still open: it takes time and nobody's place."""
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Limits:
    """What steps share besides agents.

    Attributes
    ----------
    resources : tuple of SharedResource
        What is held while steps run.
    rates : tuple of RateLimit
        What may start in a stretch of time.
    uses : Mapping
        Step id to how much it takes of these.
    loading : Mapping
        Step id to the seconds that taking up its result takes: counted in the estimates of the steps that use it, and
        saved by the second of two that one agent carries out one after another.
    """

    resources: tuple[SharedResource, ...] = ()
    rates: tuple[RateLimit, ...] = ()
    uses: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    loading: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Steps that may run at the same time, as none needs another.

    Attributes
    ----------
    steps : tuple of str
        Their ids.
    at_once : int
        How many of them run at one time in the best order found.
    reason : str
        Why not all.
    """

    steps: tuple[str, ...]
    at_once: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sharing:
    """Steps that are better carried out one after another, as they use the same input."""

    source: str
    steps: tuple[str, ...]
    saved: float


@dataclass(frozen=True, slots=True)
class ExecutionOrder:
    """The best order found, and why.

    Attributes
    ----------
    timetable : Timetable
        Who does what when.
    groups : tuple of Group
        Steps that may run at the same time, in the order of the plan.
    critical : tuple of str
        The chain of steps that decides the end.
    sharing : tuple of Sharing
        Steps that are chained because they share an input.
    one_by_one : float
        Seconds that the plan takes with one step at a time.
    unlimited : float
        Seconds that it takes with as many agents as one likes and no limits.
    names : Mapping
        Descriptions of steps.
    """

    timetable: Timetable
    groups: tuple[Group, ...]
    critical: tuple[str, ...]
    sharing: tuple[Sharing, ...]
    one_by_one: float
    unlimited: float
    names: Mapping[str, str]

    @property
    def seconds(self) -> float:
        """Seconds that the plan takes in this order."""
        return self.timetable.makespan

    def to_text(self) -> str:
        """Return the order, its reasons and its gain as lines."""
        return "\n".join([*self._gain(), *self._together(), *self._chained()])

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "seconds": self.seconds,
            "one_by_one": self.one_by_one,
            "unlimited": self.unlimited,
            "groups": [{"steps": list(g.steps), "at_once": g.at_once, "reason": g.reason} for g in self.groups],
            "critical": list(self.critical),
            "sharing": [{"source": s.source, "steps": list(s.steps), "saved": s.saved} for s in self.sharing],
            "timetable": self.timetable.to_json(),
        }

    def _gain(self) -> Iterator[str]:
        if self.one_by_one - self.seconds <= _SLACK * max(1.0, self.one_by_one):
            yield f"{_seconds(self.seconds)}, one step after another: there is nothing to be gained"
        else:
            times = self.one_by_one / self.seconds
            whole = _seconds(self.one_by_one)
            yield f"{_seconds(self.seconds)} instead of {whole} one by one: {times:.1f} times as fast"
        if self.seconds > self.unlimited * (1 + _SLACK):
            yield f"no order ends before {_seconds(self.unlimited)}, however many agents there are"
        yield f"the end is decided by: {', then '.join(self.names[step] for step in self.critical)}"

    def _together(self) -> Iterator[str]:
        for number, group in enumerate(self.groups, 1):
            names = ", ".join(self.names[step] for step in group.steps)
            if len(group.steps) == 1:
                how = ""
            elif group.at_once == len(group.steps):
                how = " (at the same time)"
            else:
                some = "one after another" if group.at_once == 1 else f"{group.at_once} at a time"
                how = f" ({some}: {group.reason})"
            yield f"{number}. {names}{how}"

    def _chained(self) -> Iterator[str]:
        for each in self.sharing:
            names = ", ".join(self.names[step] for step in each.steps)
            yield f"one after another, for what {self.names[each.source]} gave is then read once: {names}"


def optimize_execution_order(
    steps: Iterable[Step],
    estimates: Mapping[str, Mapping[str, Estimate]],
    agents: Sequence[AgentCapacity] = (),
    *,
    limits: Limits | None = None,
    quantile: str = "p50",
    seconds: float = 0.0,
) -> ExecutionOrder:
    """Find in which order a plan's steps are best carried out.

    Steps that share an input are chained where the plan then does not end later and less work is done in all; whether
    that is so is found by making both schedules.

    Parameters
    ----------
    steps : iterable of Step
        The plan's steps; open ones take time and nobody's place.
    estimates : Mapping
        Step id to resource to estimate; ``seconds`` is read.
    agents : sequence of AgentCapacity
        Who there is; none means that only dependencies and limits make steps wait.
    limits : Limits, optional
        What steps share besides.
    quantile : {"p50", "p10", "p90", "mean"}
        Which number of an estimate counts.
    seconds : float, default 0
        How long to look for each schedule; see `htn.scheduling.timetable.schedule`.

    Raises
    ------
    InputError
        When no agent has a capability, a step can never run, or taking up a result is said to take no possible time.

    Examples
    --------
    >>> steps = [Step("a", "ka", "read", ()), Step("b", "kb", "count", (), dependencies=("a",)),
    ...          Step("c", "kc", "compare", (), dependencies=("a",))]
    >>> times = {"a": 2, "b": 5, "c": 4}
    >>> estimates = {name: {"seconds": Estimate.exactly(value)} for name, value in times.items()}
    >>> print(optimize_execution_order(steps, estimates).to_text())
    7 s instead of 11 s one by one: 1.6 times as fast
    the end is decided by: read, then count
    1. read
    2. count, compare (at the same time)
    """
    given, steps = limits or Limits(), tuple(steps)
    for step, loading in given.loading.items():
        if not loading >= 0:
            raise InputError(f"taking up the result of {step} takes {loading} seconds; times are not negative")
    plan = _work(steps, estimates, agents, given, quantile)
    made = schedule(plan, seconds=seconds)
    chained: list[Sharing] = []
    for source, members in _sharing(steps, plan, given):
        order = sorted(members, key=lambda name: (made.by_step()[name].start, _place(plan, name)))
        other, saved = _chain(made.work, order, given.loading[source])
        then = schedule(other, seconds=seconds, like=made)
        if then.makespan <= made.makespan * (1 + _SLACK):
            made = then
            chained.append(Sharing(source, tuple(order), saved))
    unlimited = schedule(WorkPlan(tuple(replace(step, uses={}) for step in plan.steps))).makespan
    shared = {name for each in chained for name in each.steps}
    return ExecutionOrder(
        made,
        tuple(_group(wave, made, shared) for wave in _waves(steps)),
        tuple(critical_chain(made)),
        tuple(chained),
        sum(step.seconds for step in plan.steps),
        unlimited,
        {step.id: step.description or step.task for step in steps},
    )


def _place(plan: WorkPlan, name: str) -> int:
    """Return a step's place in the order given."""
    return next(place for place, step in enumerate(plan.steps) if step.id == name)


def _work(
    steps: Sequence[Step],
    estimates: Mapping[str, Mapping[str, Estimate]],
    agents: Sequence[AgentCapacity],
    limits: Limits,
    quantile: str,
) -> WorkPlan:
    made = works(steps, estimates, quantile=quantile, uses=limits.uses)
    waiting = sum(step.deferred for step in steps)
    nobody = (AgentCapacity(OPEN, frozenset({""}), waiting),) if waiting and agents else ()
    return WorkPlan(made, (*agents, *nobody), limits.resources, limits.rates)


def _waves(steps: Sequence[Step]) -> list[list[str]]:
    wave: dict[str, int] = {}
    for step in steps:
        wave[step.id] = 1 + max((wave[before] for before in step.dependencies), default=-1)
    return [[name for name, at in wave.items() if at == level] for level in range(1 + max(wave.values(), default=-1))]


def _sharing(steps: Sequence[Step], plan: WorkPlan, limits: Limits) -> Iterator[tuple[str, list[str]]]:
    """Yield steps that only one agent can do and that use the same result, those that would save most first."""
    able = {step.id: tuple(plan.who(step)) for step in plan.steps}
    found: dict[tuple[str, str], list[str]] = {}
    for step in steps:
        names = able[step.id]
        if len(names) == 1 and names[0] not in (None, OPEN):
            for source in step.causal:
                if limits.loading.get(source, 0.0) > 0:
                    found.setdefault((source, str(names[0])), []).append(step.id)
    several = [(source, members) for (source, _), members in found.items() if len(members) > 1]
    yield from sorted(several, key=lambda each: -limits.loading[each[0]] * (len(each[1]) - 1))


def _chain(plan: WorkPlan, order: Sequence[str], loading: float) -> tuple[WorkPlan, float]:
    """Return the work with some steps one after another, all but the first without taking the shared input up again."""
    before = dict(zip(order[1:], order, strict=False))
    steps: list[Work] = []
    saved = 0.0
    for step in plan.steps:
        if step.id in before:
            less = min(loading, step.seconds)
            saved += less
            step = replace(step, seconds=step.seconds - less, dependencies=(*step.dependencies, before[step.id]))
        steps.append(step)
    return replace(plan, steps=tuple(steps)), saved


def _group(wave: Sequence[str], made: Timetable, shared: set[str]) -> Group:
    by_step = made.by_step()
    bookings = [by_step[name] for name in wave]
    at_once = max(sum(_overlap(one, other) for other in bookings) for one in bookings)
    if at_once == len(wave):
        return Group(tuple(wave), at_once, "")
    reasons = dict.fromkeys(reason for name in wave for reason in _waits(made, by_step, name, shared))
    return Group(tuple(wave), at_once, "; ".join(reasons) or "they become ready one by one")


def _overlap(one: Booking, other: Booking) -> bool:
    """Whether the second runs at the moment at which the first starts, or is the first."""
    return one is other or other.start <= one.start < other.finish - _SLACK


def _waits(made: Timetable, by_step: Mapping[str, Booking], name: str, shared: set[str]) -> Iterator[str]:
    """Yield what a step waits for after all that it needs is there."""
    work = {step.id: step for step in made.work.steps}
    step, booking = work[name], by_step[name]
    ready = max((by_step[before].finish for before in step.dependencies), default=0.0)
    if name in shared and booking.start > 0:
        yield "they use the same input"
    if booking.start <= ready + _SLACK * max(1.0, made.makespan):
        return
    able = [agent for agent in made.work.agents if agent.name in made.work.who(step)]
    running = [each for each in made.bookings if each.start <= ready < each.finish and each.step != name]
    if able and all(sum(each.agent == agent.name for each in running) >= agent.capacity for agent in able):
        places = ", ".join(f"{agent.name} carries out {agent.capacity} at a time" for agent in able)
        yield places
    for resource in made.work.resources:
        used = sum(work[each.step].uses.get(resource.name, 0) for each in running)
        if step.uses.get(resource.name, 0) and used + step.uses[resource.name] > resource.capacity:
            yield f"there is {resource.capacity} of {resource.name}"
    for rate in made.work.rates:
        if step.uses.get(rate.name, 0):
            yield f"{rate.name}: {rate.amount} in {_seconds(rate.seconds)}"


def _seconds(value: float) -> str:
    return f"{value:.0f} s" if value >= 10 else f"{value:.2g} s"
