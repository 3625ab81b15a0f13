"""When steps were planned to run and when they did, and how busy each agent was: from a run's events, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from htn.execution.tracking import RunStatus
from htn.plan.plan import Step

if TYPE_CHECKING:
    from htn.execution.records import Event

__all__ = ["Happened", "gantt_rows", "happened", "planned_times", "workload"]


@dataclass(frozen=True, slots=True)
class Happened:
    """What the events tell of a run.

    Attributes
    ----------
    tries : Mapping
        By step id, (agent, start, finish or None) of each try, in seconds since the epoch.
    places : Mapping
        How many steps of a capability can be carried out at once.
    """

    tries: Mapping[str, list[tuple[str, float, float | None]]] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)


def happened(events: Iterable[Event]) -> Happened:
    """Gather the tries at each step, and the places there are, from a run's events."""
    tries: dict[str, list[tuple[str, float, float | None]]] = {}
    places: dict[str, int] = {}
    for event in events:
        step = str(event.payload.get("step", ""))
        if event.kind == "run_started":
            places = dict(event.payload["places"])
        elif event.kind == "step_started":
            tries.setdefault(step, []).append((str(event.payload["agent"]), event.time, None))
        elif event.kind in ("step_finished", "step_failed") and tries.get(step):
            agent, start, _ = tries[step][-1]
            tries[step][-1] = (agent, start, event.time)
    return Happened(tries, places)


def planned_times(
    steps: Sequence[Step], estimates: Mapping[str, float], places: Mapping[str, int] | None = None
) -> dict[str, tuple[float, float]]:
    """Return when each step would start and finish if all took what is expected, in seconds from the start.

    Parameters
    ----------
    steps : sequence of Step
        The plan.
    estimates : Mapping
        Expected seconds by step id; steps without one count as the mean of the others.
    places : Mapping, optional
        How many steps of a capability can be carried out at once; without it only dependencies make steps wait.

    Examples
    --------
    >>> steps = [Step("a", "ka", "a", (), "a"), Step("b", "kb", "b", (), "b", dependencies=("a",))]
    >>> planned_times(steps, {"a": 1.0, "b": 2.0})
    {'a': (0.0, 1.0), 'b': (1.0, 3.0)}
    """
    from htn.scheduling.simulate import AgentCapacity
    from htn.scheduling.timetable import schedule
    from htn.scheduling.work import Work, WorkPlan

    usual = sum(estimates.values()) / len(estimates) if estimates else 1.0
    known = {step.id for step in steps}
    work = tuple(
        Work(
            step.id,
            max(estimates.get(step.id, usual), 0.0),
            tuple(before for before in step.dependencies if before in known),
            step.capability,
        )
        for step in steps
    )
    agents: tuple[AgentCapacity, ...] = ()
    if places and {step.capability for step in steps} <= {name for name, count in places.items() if count > 0}:
        agents = tuple(AgentCapacity(name, frozenset({name}), count) for name, count in sorted(places.items()) if count)
    made = schedule(WorkPlan(work, agents), tries=1)
    return {booking.step: (booking.start, booking.finish) for booking in made.bookings}


def gantt_rows(
    status: RunStatus,
    told: Happened,
    planned: Mapping[str, tuple[float, float]],
    critical: Iterable[str] = (),
    now: float | None = None,
) -> list[dict[str, Any]]:
    """Return the rows of a chart of planned against actual times, in the order in which they were planned.

    Parameters
    ----------
    status : RunStatus
        Where the run stands.
    told : Happened
        What its events tell.
    planned : Mapping
        Start and finish by step id, as `planned_times` returns them.
    critical : iterable of str
        Steps on which the plan's end hangs.
    now : float, optional
        Seconds since the epoch, where steps are still running.
    """
    on_path, began = set(critical), status.run.created
    rows = []
    for step in status.steps:
        tries = told.tries.get(step.id, ())
        row: dict[str, Any] = {
            "label": step.description or step.task,
            "state": step.status,
            "planned": planned.get(step.id),
            "critical": step.id in on_path,
            "actual": None,
        }
        if tries:
            _, start, finish = tries[-1]
            end = finish if finish is not None else (now or status.run.finished or start)
            row["actual"] = (max(start - began, 0.0), max(end - began, 0.0))
        rows.append(row)
    return sorted(rows, key=lambda row: (row["planned"] or row["actual"] or (0.0, 0.0), row["label"]))


def workload(told: Happened, seconds: float, now: float) -> list[dict[str, Any]]:
    """Return for each agent how many tries it made, what it has in hand, and how long it was at work.

    Parameters
    ----------
    told : Happened
        What the run's events tell.
    seconds : float
        How long the run has taken.
    now : float
        Seconds since the epoch, when tries that go on are counted up to.

    Examples
    --------
    >>> told = Happened({"a": [("ann", 0.0, 2.0)], "b": [("ann", 2.0, None)]})
    >>> workload(told, 4.0, 4.0)
    [{'agent': 'ann', 'done': 1, 'in_hand': 1, 'seconds': 4.0, 'share': 1.0}]
    """
    found: dict[str, dict[str, Any]] = {}
    for tries in told.tries.values():
        for agent, start, finish in tries:
            entry = found.setdefault(agent, {"agent": agent, "done": 0, "in_hand": 0, "seconds": 0.0})
            entry["done" if finish is not None else "in_hand"] += 1
            entry["seconds"] += max((now if finish is None else finish) - start, 0.0)
    for entry in found.values():
        entry["share"] = entry["seconds"] / seconds if seconds > 0 else 0.0
    return sorted(found.values(), key=lambda entry: (-entry["seconds"], entry["agent"]))
