"""The calibration report: how estimates of steps and of whole plans held, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from estimators.calibration import Calibration, calibration
from estimators.journal_plans import PlanRun
from estimators.learned import Issued, LearnedCosts, held

__all__ = ["CalibrationReport", "calibration_report"]

_RESOURCES: Final = ("seconds", "input_tokens", "output_tokens", "memory_bytes")


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """How estimates held.

    Attributes
    ----------
    steps : Mapping of str to list of Calibration
        By resource: over all runs first, then by task type. Each step was predicted from the runs before it.
    issued : Mapping of str to tuple of Issued
        By resource, those predictions with what the steps took.
    plans : Mapping of str to Calibration
        Whole plans, by resource, as predicted before each run.
    runs : tuple of PlanRun
        Those runs, earlier ones first.
    """

    steps: dict[str, list[Calibration]]
    issued: dict[str, tuple[Issued, ...]]
    plans: dict[str, Calibration]
    runs: tuple[PlanRun, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data, without the single predictions."""
        return {
            "steps": {resource: [row.to_json() for row in rows] for resource, rows in self.steps.items()},
            "plans": {resource: row.to_json() for resource, row in self.plans.items()},
            "runs": [
                {
                    "run": run.run,
                    "title": run.title,
                    "ended": run.ended,
                    "predicted": {name: estimate.to_json() for name, estimate in run.predicted.items()},
                    "actual": dict(run.actual),
                }
                for run in self.runs
            ],
        }


def calibration_report(costs: Sequence[LearnedCosts], runs: Sequence[PlanRun]) -> CalibrationReport:
    """Return how the estimates of a history held.

    Parameters
    ----------
    costs : sequence of LearnedCosts
        Fitted to the history, or to parts of it that are learned apart; each predicted a run before it learned it.
    runs : sequence of PlanRun
        Whole runs with what was predicted of them, earlier ones first.
    """
    place = {run.run: number for number, run in enumerate(runs)}
    steps, issued = {}, {}
    for resource in _RESOURCES:
        made = [each for learned in costs for each in learned.issued(resource)]
        # In the order of time, as far as it is known; rows of runs that were not estimated come first.
        made.sort(key=lambda each: place.get(str(each.run), -1))
        if made:
            steps[resource], issued[resource] = held(made, resource), tuple(made)
    plans = {}
    for resource in _RESOURCES:
        pairs = [(run.predicted[resource], run.actual[resource]) for run in runs if resource in run.actual
                 and resource in run.predicted and run.predicted[resource].p90 > 0]  # fmt: skip
        if pairs:
            ends = [[estimate.p10, estimate.p50, estimate.p90] for estimate, _ in pairs]
            plans[resource] = calibration([""] * len(pairs), [actual for _, actual in pairs], ends)[0]
    return CalibrationReport(steps, issued, plans, tuple(runs))
