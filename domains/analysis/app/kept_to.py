"""How well past runs kept to their estimates: each against its interval, and each operator's steps against theirs."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from htn.execution.tracking import RunStatus

__all__ = ["OperatorRecord", "RunRecordOfTime", "operator_records", "run_records"]


@dataclass(frozen=True, slots=True)
class RunRecordOfTime:
    """A completed run: what was expected of it, with the interval, and what it took."""

    run_id: str
    title: str
    low: float
    expected: float
    high: float
    took: float

    @property
    def within(self) -> bool:
        """Whether it ended within its interval."""
        return self.low <= self.took <= self.high


@dataclass(frozen=True, slots=True)
class OperatorRecord:
    """An operator: how many of its steps were timed, what was expected and what they took (medians, seconds)."""

    task: str
    count: int
    expected: float
    took: float

    @property
    def ratio(self) -> float:
        """What its steps took for each second expected."""
        return self.took / self.expected if self.expected > 0 else float("inf")


def run_records(runs: Iterable[RunStatus]) -> list[RunRecordOfTime]:
    """Return the completed runs with their plan's interval, in the order given.

    Runs that started from the work of another one are left out, since they had less to do than their plan says.
    """
    found = []
    for status in runs:
        totals = status.run.context.get("analysis_plan", {}).get("estimate", {}).get("totals", {}).get("seconds")
        if status.run.status != "completed" or not totals or status.run.forked_from is not None:
            continue
        took = status.elapsed
        found.append(
            RunRecordOfTime(status.run.run_id, status.run.title, totals["p10"], totals["p50"], totals["p90"], took)
        )
    return found


def operator_records(runs: Sequence[RunStatus]) -> list[OperatorRecord]:
    """Return the record of each operator over the finished steps of runs, those furthest off first."""
    times: dict[str, list[tuple[float, float]]] = {}
    for status in runs:
        for step in status.steps:
            if step.status == "finished" and step.estimated is not None and step.actual is not None:
                times.setdefault(step.task, []).append((step.estimated, step.actual))
    found = [
        OperatorRecord(task, len(pairs), statistics.median(e for e, _ in pairs), statistics.median(a for _, a in pairs))
        for task, pairs in times.items()
    ]
    return sorted(found, key=lambda each: (-each.took, each.task))
