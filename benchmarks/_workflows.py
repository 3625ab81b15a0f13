"""Real workflow graphs scheduled with estimates that turn out wrong, and what that costs.

The last 30 % of each family's runs are scheduled; the estimates are the medians of each kind of task in the runs before
them. `skewed` estimates are wrong by a factor of up to four, another for each kind, as those of a prior may be.
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from htn.scheduling.compiled import compile_work
from htn.scheduling.follow import follow
from htn.scheduling.simulate import AgentCapacity
from htn.scheduling.timetable import Timetable, schedule
from htn.scheduling.violations import violations
from htn.scheduling.work import Booking, Work, WorkPlan

__all__ = ["DEFAULT", "Run", "measure", "runs"]

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "workflow_tasks"
REVIEWS = 20


@dataclass(frozen=True)
class Run:
    """One workflow run: its graph, what its tasks took, and what was to be expected of them."""

    name: str
    family: str
    kinds: dict[str, str]
    before: dict[str, tuple[str, ...]]
    actual: dict[str, float]
    expected: dict[str, float]


def runs(folder: Path) -> list[Run]:
    """Return the later 30 % of each family's runs, with the medians of the earlier ones."""
    import pandas as pd

    tasks = pd.read_parquet(folder / "tasks.parquet")
    edges = pd.read_parquet(folder / "edges.parquet")
    edges_of = {str(name): group for name, group in edges.groupby("instance", observed=True)}
    found = []
    for family, of_family in tasks.groupby("family"):
        names = of_family.groupby("instance").created.min().sort_values().index
        late = set(names[math.ceil(0.7 * len(names)) :])
        earlier = of_family[~of_family.instance.isin(late)]
        medians = {str(kind): float(value) for kind, value in earlier.groupby("kind").seconds.median().items()}
        unknown = float(earlier.seconds.median())
        for name, group in of_family[of_family.instance.isin(late)].groupby("instance"):
            ids = [str(task) for task in group.task_idx]
            kinds = dict(zip(ids, map(str, group.kind), strict=True))
            before: dict[str, list[str]] = {task: [] for task in ids}
            if name in edges_of:
                pairs = edges_of[str(name)]
                for parent, child in zip(pairs.parent_idx, pairs.child_idx, strict=True):
                    before[str(child)].append(str(parent))
            found.append(
                Run(
                    str(name),
                    str(family),
                    kinds,
                    {task: tuple(earlier_ones) for task, earlier_ones in before.items()},
                    dict(zip(ids, map(float, group.seconds), strict=True)),
                    {task: medians.get(kinds[task], unknown) for task in ids},
                )
            )
    return sorted(found, key=lambda run: (run.family, len(run.kinds), run.name))


def crew(run: Run) -> tuple[AgentCapacity, ...]:
    """Return who there is: four slots for everything, and two for each half of the kinds."""
    kinds = sorted(set(run.kinds.values()))
    return (
        AgentCapacity("all", None, 4),
        AgentCapacity("even", frozenset(kinds[::2]), 2),
        AgentCapacity("odd", frozenset(kinds[1::2]), 2),
    )


def work_of(run: Run, seconds: Mapping[str, float]) -> WorkPlan:
    """Return the scheduling problem with given durations."""
    steps = tuple(Work(task, seconds[task], run.before[task], run.kinds[task]) for task in run.kinds)
    return WorkPlan(steps, crew(run))


def skewed(run: Run) -> dict[str, float]:
    """Return the expected durations, wrong by a factor of a quarter to four for each kind."""
    factors = {kind: 4 ** random.Random(f"{run.family} {kind}").uniform(-1, 1) for kind in set(run.kinds.values())}
    return {task: seconds * factors[run.kinds[task]] for task, seconds in run.expected.items()}


class Learner:
    """New durations at each review: what was expected, times what finished tasks of the kind took of it."""

    def __init__(self, run: Run, expected: Mapping[str, float]) -> None:
        self.run, self.expected = run, expected

    def __call__(self, finished: Sequence[Booking], now: float) -> dict[str, float]:
        """Return the revised durations of all tasks whose kind has been seen."""
        ratios: dict[str, list[float]] = {}
        for booking in finished:
            expected = self.expected[booking.step]
            if expected > 0:
                taken = booking.finish - booking.start
                ratios.setdefault(self.run.kinds[booking.step], []).append(taken / expected)
        factor = {kind: statistics.median(each) for kind, each in ratios.items()}
        return {task: seconds * factor.get(self.run.kinds[task], 1.0) for task, seconds in self.expected.items()}


def measure(run: Run, *, tries: int = 8) -> dict[str, Any]:
    """Return makespans of one run under each policy, over the clairvoyant one's."""
    truth = work_of(run, run.actual)
    clairvoyant = schedule(truth, tries=4 * tries, method="heuristic")
    given = {task: float(place) for place, task in enumerate(run.kinds)}
    first_ready = follow(_in_order(truth, given), run.actual)
    made = {"clairvoyant": clairvoyant.bookings, "first ready": first_ready.bookings}
    for label, expected in (("median", run.expected), ("skewed", skewed(run))):
        timetable = schedule(work_of(run, expected), tries=tries, method="heuristic")
        learner = Learner(run, expected)
        made[f"{label}, kept"] = follow(timetable, run.actual).bookings
        made[f"{label}, made anew"] = follow(timetable, run.actual, reviews=REVIEWS, revise=learner, tries=6).bookings
    for policy, bookings in made.items():
        wrong = violations(truth, bookings)
        assert not wrong, f"{run.name}, {policy}: {wrong[0]}"
    makespans = {policy: max(booking.finish for booking in bookings) for policy, bookings in made.items()}
    best = min(makespans.values())  # with hindsight every policy's schedule could have been chosen
    return {
        "run": run.name,
        "family": run.family,
        "steps": len(run.kinds),
        "bound": compile_work(truth).bound,
        "best": best,
        "makespans": makespans,
        "ratios": {policy: makespan / best for policy, makespan in makespans.items()},
    }


def _in_order(work: WorkPlan, order: Mapping[str, float]) -> Timetable:
    """Return a timetable that only says which of the steps goes first."""
    bookings = tuple(Booking(step.id, order[step.id], order[step.id]) for step in work.steps)
    return Timetable(work, bookings, 0.0, "heuristic")
