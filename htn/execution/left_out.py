"""What a run was to do and, because something failed, does not do any more: its plans compared, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from htn.execution.failures import FailureClass
from htn.execution.journal import Journal
from htn.execution.revision import CHANGED
from htn.model.rollback import ROLL_BACK
from htn.plan.plan import Step

__all__ = ["in_part", "left_out"]


def left_out(journal: Journal, run_id: str) -> list[dict[str, Any]]:
    """Return the steps of earlier plans that repairs left out and nothing in the plan in force stands for.

    A step of the same capability and arguments, as another way to do the same, stands for one that was left out. What
    was pruned or replaced because of something that was found is not missing. Finished work that a repair gave up is
    missing where what was to use it is done without it; otherwise it only served what was left out.

    Parameters
    ----------
    journal : Journal
        The workspace's journal.
    run_id : str
        The run.

    Returns
    -------
    list of dict
        ``step``, ``task``, ``description``, ``why`` and, where the step itself failed, the ``failure``'s class; in the
        order of the plans.
    """
    now = journal.plan(run_id)
    there = {name for step in now.steps for name in _names(step)}
    reasons, unaffordable = _reasons(journal, run_id), _unaffordable(journal, run_id)
    if not reasons:
        return []
    given_up = journal.finished_keys(run_id)
    failures = {
        (item.step_id, item.key): item for item in journal.attempts(run_id) if item.status == "failed" and item.message
    }
    found: dict[tuple[str, Any], dict[str, Any]] = {}
    for plan in journal.plans(run_id):
        undoing = _undoing(plan.document)
        for step in plan.steps:
            wanted = plan.revision < now.revision and not step.deferred and step.id not in undoing
            if not wanted or step.id not in reasons or _names(step) & there:
                continue
            if step.key in given_up and not any(step.id in user.causal and _names(user) & there for user in plan.steps):
                continue
            failed = None if step.key in given_up else failures.get((step.id, step.key))
            why = unaffordable.get(step.id, reasons[step.id]) if failed is None else failed.message
            if step.key in given_up:
                why = f"its result is not used any more: {why}"
            told = _told(step, str(why)) | ({} if failed is None else {"failure": failed.failure})
            found.setdefault((step.task, step.args), told)
    return list(found.values())


def in_part(journal: Journal, run_id: str) -> list[dict[str, Any]]:
    """Return the steps of the plan in force whose artifacts were taken although they miss what was wished for.

    Parameters
    ----------
    journal : Journal
        The workspace's journal.
    run_id : str
        The run.

    Returns
    -------
    list of dict
        ``step``, ``task``, ``description``, ``why`` and ``criteria``, the names of those that were not met; in the
        order of the plan.
    """
    taken = {event.payload["key"]: event.payload for event in journal.events(run_id, kinds=("partial_accepted",))}
    if not taken:
        return []
    return [
        _told(step, taken[step.key]["message"]) | {"criteria": list(taken[step.key]["criteria"])}
        for step in journal.plan(run_id).steps
        if step.key in taken
    ]


def _names(step: Step) -> set[tuple[str, Any]]:
    """Return what a step is known by to be the same thing done in another way."""
    return {(step.capability, step.args), (step.task, step.args)}


def _reasons(journal: Journal, run_id: str) -> dict[str, str]:
    """Return why repairs took steps out, finished ones too, by step id; of a limit that is near, which one it is."""
    return {
        change["step"]: event.payload["message"] if event.payload["kind"] == "economy" else change["reason"]
        for event in journal.events(run_id, kinds=(CHANGED,))
        if event.payload["kind"] in ("repair", "precaution", "economy")
        for change in event.payload["changes"]
        if change["kind"] in ("removed", "abandoned")
    }


def _unaffordable(journal: Journal, run_id: str) -> dict[str, str]:
    """Return which limit did not hold steps, by step id."""
    return {
        event.payload["step"]: event.payload["message"]
        for event in journal.events(run_id, kinds=("recovery",))
        if event.payload["failure"] == FailureClass.BUDGET_EXCEEDED
    }


def _undoing(document: Mapping[str, Any]) -> set[str]:
    """Return the steps of a plan that undo others: they are no part of what was asked for."""
    nodes = document.get("tree", {}).get("nodes", ())
    return {child for node in nodes if node["task"] == ROLL_BACK for child in node.get("children", ())}


def _told(step: Step, why: str) -> dict[str, Any]:
    return {"step": step.id, "task": step.task, "description": step.description, "why": why}
