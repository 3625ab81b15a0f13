"""The only way a plan changes: the decomposer is called again, and what it returns is checked and written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from htn.execution.agent import Agent
from htn.execution.board import Finished
from htn.execution.journal import Journal
from htn.execution.records import PlanRecord
from htn.execution.runtime import FinishedStep, Runtime
from htn.execution.validate import plan_problems
from htn.plan.plan import Step

__all__ = ["estimates_of", "finished_steps", "revise"]


def estimates_of(runtime: Runtime, steps: Iterable[Step], context: Mapping[str, Any]) -> dict[str, float]:
    """Return the expected seconds of steps: those in the run's context, else the runtime's."""
    given = context.get("estimates") or {}
    estimates = {}
    for step in steps:
        seconds = given.get(step.id, runtime.estimate(step))
        if seconds is not None:
            estimates[step.id] = float(seconds)
    return estimates


def finished_steps(journal: Journal, known: Mapping[str, Step], finished: Mapping[str, Finished]) -> list[FinishedStep]:
    """Return finished work with the facts that were observed, as the decomposer is told of it."""
    told = []
    for key, done in finished.items():
        step = known.get(key)
        if step is not None:  # work given for reuse that no plan of this run asked for is of no interest
            attempt = journal.finished_anywhere(key, done.artifact)
            facts = () if attempt is None else attempt.facts
            told.append(FinishedStep(step.id, key, step.task, step.args, done.artifact, done.type, facts))
    return told


def revise(
    journal: Journal,
    runtime: Runtime,
    agents: Sequence[Agent],
    context: Mapping[str, Any],
    plan: PlanRecord,
    *,
    step_id: str,
    failure: str,
    finished: Sequence[FinishedStep],
    origin: str,
) -> dict[str, Any]:
    """Ask for another plan and record it; called in a worker thread.

    When the process died after the plan was written down and before the engine recorded the call, which ``origin``
    names, that plan is returned and the decomposer is not asked again.

    Returns
    -------
    dict
        ``revision`` with the new revision's number, or None with a ``message`` saying why there is none.
    """
    before = journal.revision_from(plan.run_id, origin)
    if before is not None:
        return {"revision": before}
    try:
        new = runtime.replan(plan.document, step_id, failure, finished)
        if new is None:
            return {"revision": None, "message": "the decomposer knows no other way"}
        steps = tuple(new.steps)
        problems = plan_problems(steps, runtime, agents, finished=[done.key for done in finished])
        if problems:
            return {"revision": None, "message": f"the new plan cannot be carried out: {' '.join(problems)}"}
        estimates = estimates_of(runtime, steps, context)
        document = dict(new.to_json())
    except Exception as error:  # noqa: BLE001 -- a decomposer that fails leaves the plan as it is
        return {"revision": None, "message": f"decomposing again failed: {type(error).__name__}: {error}"}
    reason = f"{failure} at {step_id}"
    revision = journal.add_plan(plan.run_id, document=document, estimates=estimates, reason=reason, origin=origin)
    return {"revision": revision}
