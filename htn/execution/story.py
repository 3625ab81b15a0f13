"""What happened to one step of a run, and why: the execution's part of an explanation, from the journal alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from htn.execution.errors import UnknownRunError
from htn.execution.journal import Journal
from htn.execution.records import Attempt, Event
from htn.execution.revision import CHANGED
from htn.plan.plan import Step

__all__ = ["StepStory", "find_step", "plan_changes", "why_run"]

_REPLANS = ("replan_started", "replan_failed", CHANGED, "plan_kept")


@dataclass(frozen=True, slots=True)
class StepStory:
    """What happened to a step in a run.

    Attributes
    ----------
    step : Step
        The step.
    attempts : tuple of Attempt
        Every try with its agent, the reasons for choosing it, criteria, failure and times.
    recoveries : tuple of Event
        What was decided after each failure, and why; what a person said, and what was taken or taken back.
    replans : tuple of Event
        Decomposing again because of it, and what came of that.
    changes : tuple of dict
        What changes of the plan did to it: ``revision``, ``kind`` (kept, added, removed, reordered, finished, ...),
        ``reason``, and why the plan changed.
    waited_for, used_by : tuple of str
        Ids of the steps that it depends on, and that depend on it.
    revisions : tuple of int
        Revisions of the plan that have it.
    """

    step: Step
    attempts: tuple[Attempt, ...]
    recoveries: tuple[Event, ...]
    replans: tuple[Event, ...]
    changes: tuple[dict[str, Any], ...]
    waited_for: tuple[str, ...]
    used_by: tuple[str, ...]
    revisions: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the story as JSON data."""
        return {
            "step": asdict(self.step),
            "attempts": [asdict(attempt) for attempt in self.attempts],
            "recoveries": [event.to_json() for event in self.recoveries],
            "replans": [event.to_json() for event in self.replans],
            "changes": list(self.changes),
            "waited_for": list(self.waited_for),
            "used_by": list(self.used_by),
            "revisions": list(self.revisions),
        }


_RECOVERIES = ("recovery", "recovery_decided", "partial_accepted", "step_retracted", "step_abandoned")


def why_run(workspace: Path | str, run_id: str, step_id: str) -> StepStory:
    """Return what happened to a step in a run, from the journal alone.

    Raises
    ------
    UnknownRunError
        When there is no such run, or no revision of its plan has such a step.
    """
    with Journal(workspace, readonly=True) as journal:
        run = journal.run(run_id)
        plans = journal.plans(run.run_id)
        steps = {step.id: (plan, step) for plan in plans for step in plan.steps}
        step = find_step([step for _, step in steps.values()], run_id, step_id)
        everything = journal.events(run_id)
        events = [event for event in everything if event.payload.get("step") == step.id]
        latest = steps[step.id][0]
        return StepStory(
            step=step,
            attempts=tuple(journal.attempts(run_id, step.id)),
            recoveries=tuple(event for event in events if event.kind in _RECOVERIES),
            replans=tuple(event for event in events if event.kind in _REPLANS),
            changes=tuple(_changes_of(step.id, everything)),
            waited_for=step.dependencies,
            used_by=tuple(other.id for other in latest.steps if step.id in other.dependencies),
            revisions=tuple(plan.revision for plan in plans if any(item.id == step.id for item in plan.steps)),
        )


def _changes_of(step_id: str, events: Sequence[Event]) -> Iterator[dict[str, Any]]:
    for event in events:
        if event.kind == CHANGED:
            for change in event.payload["changes"]:
                if change["step"] == step_id:
                    told = {name: event.payload[name] for name in ("revision", "why", "policy")}
                    yield {**told, "kind": change["kind"], "reason": change["reason"]}


def plan_changes(workspace: Path | str, run_id: str) -> list[dict[str, Any]]:
    """Return how a run's plan changed, the first change first.

    Each is what the event of kind `htn.execution.revision.CHANGED` says: the revision, what kind of change it was, what
    it was because of, the policy, why, and what became of every step.

    Raises
    ------
    UnknownRunError
        When there is no such run.
    """
    with Journal(workspace, readonly=True) as journal:
        return [dict(event.payload) for event in journal.events(journal.run(run_id).run_id, kinds=(CHANGED,))]


def find_step(steps: Sequence[Step], run_id: str, wanted: str) -> Step:
    """Find a step by its id, the beginning of its id, or its task when only one step has it."""
    exact = [step for step in steps if step.id == wanted]
    found = exact or [step for step in steps if wanted and (step.id.startswith(wanted) or step.task == wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownRunError(
            f"run {run_id!r} has {len(found)} steps that {wanted!r} could mean: "
            + ", ".join(step.id for step in found[:5])
        )
    known = ", ".join(dict.fromkeys(step.task for step in steps))
    raise UnknownRunError(f"run {run_id!r} has no step {wanted!r}; its steps are {known}")
