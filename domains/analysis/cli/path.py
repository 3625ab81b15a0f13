"""The path that a run took: what failed, what was done about it, and how the plan changed, in lines of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from domains.analysis.analysis_plan import AnalysisPlan
from domains.analysis.cli.running import find_run, plan_of
from domains.analysis.domain import in_words
from htn.execution.delegation import passed_over
from htn.execution.journal import Journal
from htn.execution.records import PlanRecord
from htn.execution.revision import CHANGED
from htn.execution.runs import why_run
from htn.execution.terminal import event_lines
from htn.model.values import freeze
from htn.planning.blame import show_task
from htn.views.plain import clean

__all__ = ["change_lines", "path_events", "path_lines", "step_of_run", "story_lines"]

_SIGNS = {"removed": "-", "added": "+", "reordered": "~", "wrong": "!", "abandoned": "!"}
_PATH = (
    "step_failed",
    "recovery",
    "recovery_decided",
    "partial_accepted",
    "step_retracted",
    "step_abandoned",
    "replan_started",
    "replan_failed",
    CHANGED,
    "plan_kept",
    "approval_answered",
)


def _said(told: Mapping[str, Any]) -> str:
    """Return an event in words: what was decided, after how long, and why."""
    said = str(told.get("told") or told.get("reason") or told.get("why") or told.get("message") or "")
    if "strategy" not in told:
        return said
    after = f" after {told['delay']:g} s" if told["delay"] else ""
    return f"{told['strategy'].replace('_', ' ')}{after}. {said}"


def path_events(folder: Path | str, run: str) -> list[dict[str, Any]]:
    """Return the same as `path_lines` for machines: the events as they were recorded."""
    with Journal(Path(folder), readonly=True) as journal:
        # A change of the plan is of a kind of its own, which is not the event's.
        return [{**event.to_json(), "event": event.kind} for event in journal.events(run, kinds=_PATH)]


def path_lines(folder: Path | str, run: str) -> list[str]:
    """Return what failed in a run, what was done about it, and what changes of the plan did to which step, and why."""
    with Journal(Path(folder), readonly=True) as journal:
        plans = journal.plans(run)
        events = [event for event in journal.events(run) if event.kind in _PATH]
    names = {step.id: step.description or step.task for plan in plans for step in plan.steps}
    reworded = _wording(plans)
    lines: list[str] = []
    for event in events:
        lines += event_lines([event], names)
        if event.kind == CHANGED:
            lines += (f"           {line}" for line in change_lines(event.payload))
    return [clean(reworded(line)) for line in lines]


def _wording(plans: Iterable[PlanRecord]) -> Callable[[str], str]:
    """Return what writes the tasks that a text names as people write them, and steps by what they do."""
    words: dict[str, str] = {}
    for plan in plans:
        words.update((step.id, step.description or step.task) for step in plan.steps)
        for node in plan.document.get("tree", {}).get("nodes", ()):
            args = freeze(node["args"])
            words[show_task((node["task"], *args))] = f"{node['task']}({', '.join(map(in_words, args))})"

    def reworded(text: str) -> str:
        for raw, said in words.items():
            text = text.replace(raw, said)
        return text

    return reworded


def change_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield what became of each step; the same work on other inputs is neither gone nor new."""
    names = {kind: [each["description"] for each in told["changes"] if each["kind"] == kind] for kind in _SIGNS}
    both = set(names["removed"]) & set(names["added"])
    stay = sum(each["kind"] in ("finished", "kept", "reordered") for each in told["changes"])
    yield f"  {stay} step{' stays as it is' if stay == 1 else 's stay as they are'}" + (
        f" (policy: {told['policy']})" if told["policy"] else ""
    )
    for each in told["changes"]:
        sign, name, reason = _SIGNS.get(each["kind"]), each["description"], each["reason"]
        if sign is None or (name in both and each["kind"] == "removed"):
            continue
        said = "" if told["why"] and told["why"] in reason else f" ({reason})"
        yield f"~ {name} (on other inputs than before)" if name in both else f"{sign} {name}{said}"


def step_of_run(folder: Path | str, wanted: str, step: str) -> tuple[AnalysisPlan, str, dict[str, Any]]:
    """Return the plan that has a step, the step's id, and what happened to it.

    A step that a later revision of the plan no longer has is explained by the last one that had it.

    Parameters
    ----------
    folder : path
        The workspace.
    wanted : str
        The run, as a user names it.
    step : str
        The step, as a user names it.
    """
    run = find_run(folder, wanted)
    story = why_run(folder, run, step)
    document = story.to_json()
    with Journal(Path(folder), readonly=True) as journal:
        later = [plan for plan in journal.plans(run) if plan.revision > story.revisions[-1]]
    if not later:
        return plan_of(folder, run), story.step.id, document
    document["replaced"] = {"revision": later[0].revision, "reason": later[0].reason}
    return plan_of(folder, run, story.revisions[-1]), story.step.id, document


def story_lines(folder: Path | str, wanted: str, story: Mapping[str, Any]) -> list[str]:
    """Return what happened to a step: each try with what came of it, what was decided, and where the step went."""
    with Journal(Path(folder), readonly=True) as journal:
        reworded = _wording(journal.plans(find_run(folder, wanted)))
    return [clean(reworded(line)) for line in _story(story)]


def _story(story: Mapping[str, Any]) -> Iterator[str]:
    for attempt in story["attempts"]:
        chosen = (attempt.get("decision") or {}).get("reason")
        yield (
            f"attempt {attempt['attempt']}: {attempt['status']} by {attempt['agent'] or 'nobody'}"
            + (f" ({chosen})" if chosen else "")
        )
        yield from (f"  rather than {told}" for told in passed_over(attempt.get("decision") or {}))
        if attempt["status"] == "failed":
            yield f"  {attempt['failure']}: {attempt['message']}"
    for event in sorted((*story["recoveries"], *story["replans"]), key=lambda event: int(event["seq"])):
        yield f"{event['kind'].replace('_', ' ')}: {_said(event)}"
    for change in story["changes"]:
        why = f"; {change['why']}" if change["why"] and change["why"] not in change["reason"] else ""
        yield f"plan {change['revision']}: {change['kind']}, {change['reason']}{why}"
    if "replaced" in story:
        gone = story["replaced"]
        yield f"no longer part of the plan since revision {gone['revision']}: {gone['reason']}"
