"""Runs as wholes, from the journal: what was predicted of each, what it took, and which criteria held."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from htn.execution.journal import Journal
from htn.execution.records import Attempt, RunRecord
from htn.model.estimate import Estimate

__all__ = ["PlanRun", "criteria_met", "plan_runs"]


@dataclass(frozen=True, slots=True)
class PlanRun:
    """A run that was completed, as a whole.

    Attributes
    ----------
    run, title : str
        Its id and question.
    ended : float
        Seconds since the epoch.
    predicted, simulated : Mapping of str to Estimate
        What was said before the run, by resource; and before past runs corrected it.
    actual : Mapping of str to float
        What it took: seconds from start to end, tokens of all steps.
    history : int
        From how many step runs it was predicted.
    """

    run: str
    title: str
    ended: float
    predicted: Mapping[str, Estimate]
    simulated: Mapping[str, Estimate]
    actual: Mapping[str, float]
    history: int = 0


def plan_runs(journal: Journal, runs: Iterable[RunRecord] | None = None) -> list[PlanRun]:
    """Return the completed runs that were estimated, earlier ones first.

    Parameters
    ----------
    journal : Journal
        Open, for instance read-only.
    runs : iterable of RunRecord, optional
        Only these of it, the latest first.
    """
    found: list[PlanRun] = []
    for record in journal.runs() if runs is None else runs:
        known = record.context.get("analysis_plan", {})
        if record.status != "completed" or record.finished is None or not known.get("estimate", {}).get("totals"):
            continue
        if any(event.kind in _INTERRUPTIONS for event in journal.events(record.run_id)):
            continue
        attempts = [each for each in journal.attempts(record.run_id) if each.attempt]
        if attempts:
            found.append(_whole(record, known["estimate"], attempts))
    return found[::-1]


_INTERRUPTIONS = ("approval_requested", "run_resumed", "step_reused")
"""The time of a run says nothing where it waited for somebody, or found work done."""


def _whole(record: RunRecord, estimate: Mapping[str, Any], attempts: list[Attempt]) -> PlanRun:
    actual = {"seconds": max((record.finished or 0.0) - record.created, 0.0)}
    for name in ("input_tokens", "output_tokens"):
        actual[name] = sum(float(each.usage.get(name, 0)) for each in attempts)
    history = int(estimate.get("history", 0))
    predicted = {name: Estimate.from_json(each) for name, each in estimate["totals"].items()}
    simulated = {name: Estimate.from_json(each) for name, each in estimate.get("simulated", {}).items()}
    return PlanRun(
        record.run_id, record.title, record.finished or 0.0, predicted, {**predicted, **simulated}, actual, history
    )


def criteria_met(
    journal: Journal, methods: Collection[str], runs: Iterable[RunRecord]
) -> Iterator[tuple[str, int, int]]:
    """Yield, for each of the methods in some runs, how many criteria of the steps below it were met, of how many.

    Parameters
    ----------
    journal : Journal
        Open, for instance read-only.
    methods : collection of str
        Names of methods.
    runs : iterable of RunRecord
        The runs that are looked at.
    """
    for record in runs:
        attempts = [each for each in journal.attempts(record.run_id) if each.criteria]
        if not attempts:
            continue
        above = _above(journal.plan(record.run_id).document, methods)
        for attempt in attempts:
            met = sum(bool(criterion.get("met")) for criterion in attempt.criteria)
            for method in above.get(attempt.step_id, ()):
                yield method, met, len(attempt.criteria)


def _above(document: Mapping[str, Any], methods: Collection[str]) -> dict[str, list[str]]:
    """Return for every node the given methods that are above it."""
    nodes = {node["id"]: node for node in document.get("tree", {}).get("nodes", ())}
    found: dict[str, list[str]] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [(root, ()) for root in document.get("tree", {}).get("roots", ())]
    while waiting:
        identity, above = waiting.pop()
        found[identity] = list(above)
        node = nodes.get(identity, {})
        inside = (*above, node["method"]) if node.get("method") in methods else above
        waiting += [(child, inside) for child in node.get("children", ())]
    return found
