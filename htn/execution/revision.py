"""The only way a plan changes: the decomposer is called again, and what it returns is checked and written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from htn.execution.agent import Agent
from htn.execution.board import Finished
from htn.execution.journal import Journal
from htn.execution.records import PlanRecord
from htn.execution.replan_request import (
    ABANDONED,
    BUDGET,
    CONSTRAINED,
    OBSERVED,
    FinishedStep,
    ReplanAnswer,
    ReplanRequest,
)
from htn.execution.runtime import Runtime
from htn.execution.validate import plan_problems
from htn.execution.wishes import WISHED, WITHOUT_AGENT, Wish, wishes_from_json
from htn.plan.plan import Step

__all__ = ["CHANGED", "estimates_of", "finished_steps", "granted_wishes", "revise"]

CHANGED = "plan_changed"
"""Kind of the event that says what a revision changed: ``revision``, ``kind``, ``trigger``, ``step``, ``why``,
``policy``, ``changes`` and ``notes``."""


def estimates_of(runtime: Runtime, steps: Iterable[Step], context: Mapping[str, Any]) -> dict[str, float]:
    """Return the expected seconds of steps: those in the run's context, else the runtime's."""
    given = context.get("estimates") or {}
    estimates = {}
    for step in steps:
        seconds = given.get(step.id, runtime.estimate(step))
        if seconds is not None:
            estimates[step.id] = float(seconds)
    return estimates


def finished_steps(
    journal: Journal, run_id: str, known: Mapping[str, Step], finished: Mapping[str, Finished]
) -> list[FinishedStep]:
    """Return finished work with the facts that were observed, as the decomposer is told of it."""
    told = []
    for key, done in finished.items():
        step = known.get(key)
        if step is not None:  # work given for reuse that no plan of this run asked for is of no interest
            attempt = journal.finished_anywhere(key, done.artifact)
            facts = () if attempt is None else attempt.facts
            own = journal.finished(run_id, key) is not None
            told.append(FinishedStep(step.id, key, step.task, step.args, done.artifact, done.type, facts, own))
    return told


def granted_wishes(journal: Journal, run_id: str) -> tuple[Wish, ...]:
    """Return what people wanted of the plan and was granted, the first wish first; it holds for the rest of the run."""
    told = [event.payload for event in journal.events(run_id, kinds=(WISHED,)) if event.payload["granted"]]
    found = [wish for payload in told for wish in wishes_from_json(payload["wishes"])]
    return tuple(wish for wish in found if wish.kind != WITHOUT_AGENT)


def revise(
    journal: Journal,
    runtime: Runtime,
    agents: Sequence[Agent],
    context: Mapping[str, Any],
    plan: PlanRecord,
    *,
    request: ReplanRequest,
    origin: str,
) -> dict[str, Any]:
    """Ask for another plan and record it, with what it changes and why; called in a worker thread.

    When the process died after the plan was written down and before the engine recorded the call, which ``origin``
    names, that plan is returned and the decomposer is not asked again.

    Returns
    -------
    dict
        ``revision`` with the new revision's number and the keys of steps ``undone`` by it, or None with a ``message``
        saying why there is none.
    """
    before = journal.revision_from(plan.run_id, origin)
    if before is not None:
        events = journal.events(plan.run_id, kinds=(CHANGED,))
        told = next((event.payload for event in events if event.payload["revision"] == before), {})
        return {"revision": before, "undone": list(told.get("undone", ())), "most": dict(told.get("most", {}))}
    try:
        answer = runtime.replan(request)
        if answer.plan is None or (request.trigger == ABANDONED and not answer.undone):
            return {"revision": None, "message": answer.why, "notes": list(answer.notes)}
        steps = tuple(answer.plan.steps)
        problems = plan_problems(steps, runtime, agents, finished=[done.key for done in request.finished])
        if problems:
            return {"revision": None, "message": f"the new plan cannot be carried out: {' '.join(problems)}"}
        estimates = {**plan.estimates, **answer.estimates, **estimates_of(runtime, steps, context)}
        document = dict(answer.plan.to_json())
    except Exception as error:  # noqa: BLE001 -- a decomposer that fails leaves the plan as it is
        return {"revision": None, "message": f"decomposing again failed: {type(error).__name__}: {error}"}
    held = {step.id for step in steps}
    with journal.transaction(durable=True):
        revision = journal.add_plan(
            plan.run_id,
            document=document,
            estimates={name: seconds for name, seconds in estimates.items() if name in held},
            reason=_reason(request, answer),
            origin=origin,
        )
        journal.event(plan.run_id, CHANGED, _told(request, answer, revision), mark=f"{CHANGED}:{revision}")
    most = {step: dict(amounts) for step, amounts in answer.most.items()}
    return {"revision": revision, "undone": list(answer.undone), **({"most": most} if most else {})}


def _reason(request: ReplanRequest, answer: ReplanAnswer) -> str:
    if request.trigger in (OBSERVED, ABANDONED, BUDGET, CONSTRAINED):
        return f"{answer.kind}: {answer.why}"
    return f"{request.trigger} at {request.step_id}"


def _told(request: ReplanRequest, answer: ReplanAnswer, revision: int) -> dict[str, Any]:
    told = {
        "revision": revision,
        "kind": answer.kind,
        "trigger": request.trigger,
        "message": request.message,
        "why": answer.why,
        "policy": answer.policy,
        "changes": [dict(change) for change in answer.changes],
        "notes": list(answer.notes),
    }
    if request.wishes:
        told["wishes"] = [wish.to_json() for wish in request.wishes]
    if answer.most:
        told["most"] = {step: dict(amounts) for step, amounts in answer.most.items()}
    if answer.undone:
        told["undone"] = list(answer.undone)
    return told if request.step is None else {**told, "step": request.step.id}
