"""A run as it goes: progress by work, time left, what waits for a person, and each step, agent and event."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from domains.analysis.app.frame import show_html
from domains.analysis.app.panels.plan import show_graph, show_tree, show_why
from domains.analysis.app.timeline import Happened, gantt_rows, happened, planned_times, workload
from domains.analysis.app.wording import chip, html_text, plain, short
from htn.execution.terminal import event_lines
from htn.plan import Plan
from htn.views.amounts import duration_text
from htn.views.gantt import gantt_html
from htn.views.style import MARKS, STYLE, state_class

if TYPE_CHECKING:
    from htn.execution.records import Event
    from htn.execution.tracking import ExecutionTracker, RunStatus
    from htn.model import Domain
    from htn.plan import Step

__all__ = ["SIDES", "display_plan_execution", "show_head", "show_side"]

LATEST = 400
"""Events that the log shows."""

SIDES = ("Steps", "Gantt", "Tree", "Graph", "Why", "Agents", "Log")


def display_plan_execution(plan: Plan, tracker: ExecutionTracker, *, sides: Sequence[str] = SIDES) -> RunStatus:
    """Show how a plan is being carried out: a Streamlit component for any application.

    Call it in a fragment that runs every second or so, for as long as the returned status is not over.

    Parameters
    ----------
    plan : Plan
        The plan in force.
    tracker : ExecutionTracker
        Follows the run, whichever process carries it out.
    sides : sequence of str
        Which of `SIDES` a reader may choose from.

    Returns
    -------
    RunStatus
        What was shown.

    Examples
    --------
    >>> @st.fragment(run_every=1)  # doctest: +SKIP
    ... def progress():
    ...     display_plan_execution(plan, tracker)
    """
    status = tracker.status()
    show_head(status)
    side = st.segmented_control(
        "Look at", sides, default=sides[0], required=True, key="live", bind="query-params", label_visibility="collapsed"
    )
    show_side(str(side), plan.to_json(), plan.steps, status, tracker.new_events())
    return status


def show_head(status: RunStatus) -> None:
    """Show the sentence, the share of the work done, and how long it will take."""
    left = status.eta_interval
    going_on = status.run.finished is None
    parts = [duration_text(status.elapsed) + (" so far" if going_on else "")]
    if status.run.status == "waiting":
        parts.append("waiting for a person")
    elif going_on and status.pid is not None and status.eta_seconds is not None:
        about = f"about {duration_text(status.eta_seconds)} left"
        if left is not None:
            about += f" (8 in 10: {duration_text(left[0])} to {duration_text(left[1])})"
        parts.append(about)
    parts += map(str, status.limits)
    share = min(status.progress, 0.99) if going_on else status.progress  # nothing is whole before it is over
    told = f"{share:.0%} of the work · {' · '.join(parts)}"
    st.progress(min(max(share, 0.0), 1.0), text=plain(told))


def show_side(
    side: str,
    document: Mapping[str, Any],
    steps: Sequence[Step],
    status: RunStatus,
    events: Sequence[Event],
    domain: Domain | None = None,
) -> None:
    """Show one side of a run.

    Parameters
    ----------
    side : str
        One of `SIDES`.
    document : Mapping
        The plan's JSON; one without a tree has no tree to show, all else is.
    steps : sequence of Step
        The plan's steps.
    status : RunStatus
        Where the run stands.
    events : sequence of Event
        What happened in it.
    domain : Domain, optional
        Whose methods say when they apply.
    """
    states = {step.id: step.status for step in status.steps}
    critical: Mapping[str, float] = status.run.context.get("analysis_plan", {}).get("estimate", {}).get("critical", {})
    if side == "Gantt":
        _show_gantt(status, steps, happened(events), critical)
    elif side == "Tree" and "tree" in document:
        show_tree(document, states)
    elif side == "Graph" and "tree" in document:
        show_graph(document, critical=critical, states=states)
    elif side == "Why" and "tree" in document:
        show_why(Plan.from_json(document), domain)
    elif side == "Agents":
        _show_agents(status, happened(events))
    elif side == "Log":
        _show_log(status, events)
    else:
        st.html(_steps(status))


def _steps(status: RunStatus) -> str:
    head = "".join(
        f'<th scope="col"{kind}>{name}</th>'
        for name, kind in (
            ("step", ""),
            ("agent", ""),
            ("took", ' class="number"'),
            ("planned", ' class="number"'),
        )
    )
    rows = []
    for step in status.steps:
        state = state_class(step.status)
        told = step.status + (f", try {step.attempts}" if step.attempts > 1 else "")
        why = f'<br><span class="soft">{html_text(short(step.message, 300))}</span>' if step.message else ""
        took = "" if step.actual is None else duration_text(step.actual)
        planned = "" if step.estimated is None else duration_text(step.estimated)
        rows.append(
            f'<tr><td><span class="mark {state}" aria-hidden="true">{MARKS[state]}</span> '
            f'{html_text(step.description or step.task)} <span class="soft">{html_text(told)}</span>{why}</td>'
            f"<td>{html_text(step.agent or '')}</td>"
            f'<td class="number">{took}</td><td class="number">{planned}</td></tr>'
        )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="htn-plan">{STYLE}{table}</div>'


@st.cache_data(max_entries=64, show_spinner=False)
def _planned(
    run_id: str, revision: int, known: int, _steps: Sequence[Step], _estimates: Mapping[str, float], _told: Happened
) -> dict[str, tuple[float, float]]:
    """Return the planned times, worked out once for each plan in force; ``known`` tells before from after the start."""
    return planned_times(_steps, _estimates, _told.places)


def _show_gantt(status: RunStatus, steps: Sequence[Step], told: Happened, critical: Mapping[str, float]) -> None:
    estimates = {step.id: step.estimated for step in status.steps if step.estimated is not None}
    planned = _planned(status.run.run_id, status.run.revision, len(told.places), steps, estimates, told)
    likely = [step for step, share in critical.items() if share >= 0.5]
    now = time.time() if status.run.finished is None else None
    rows = gantt_rows(status, told, planned, likely, now)
    st.html(gantt_html(rows, now=None if now is None else status.elapsed))


def _show_agents(status: RunStatus, told: Happened) -> None:
    rows = []
    for entry in workload(told, status.elapsed, time.time()):
        share = min(entry["share"], 1.0)
        load = f'<div class="load"><span style="width:{100 * share:.0f}%"></span></div>'
        rows.append(
            f"<tr><td>{html_text(entry['agent'])}</td><td>{load}</td>"
            f'<td class="figure">{entry["in_hand"]}</td><td class="figure">{entry["done"]}</td>'
            f'<td class="figure">{duration_text(entry["seconds"])}</td></tr>'
        )
    if not rows:
        show_html('<p class="soft">No agent has begun a step yet.</p>')
        return
    head = '<th scope="col">agent</th><th scope="col">share of the time at work</th>'
    head += "".join(f'<th scope="col" class="figure">{name}</th>' for name in ("in hand", "done", "time"))
    show_html(f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>")


def _show_log(status: RunStatus, events: Sequence[Event]) -> None:
    names = {step.id: step.description or step.task for step in status.steps}
    lines = list(event_lines(events, names))
    more = f"… {len(lines) - LATEST} earlier lines\n" if len(lines) > LATEST else ""
    text = html_text(more) + "\n".join(html_text(line) for line in lines[-LATEST:])
    state = chip(status.run.status)
    show_html(f'<p>{state}</p><div class="log" tabindex="0" role="log" aria-label="What happened">{text}</div>')
