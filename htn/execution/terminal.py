"""Shows a run in a terminal: a live table, or plain lines where the output is a pipe or a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from htn.execution.records import Event
from htn.execution.tracking import ExecutionTracker, RunStatus, StepStatus
from htn.views.plain import clean
from htn.views.style import MARKS

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.table import Table

__all__ = ["event_lines", "follow", "status_lines", "status_table"]

_STYLES = {
    "waiting": "bold yellow",
    "running": "bold",
    "recovering": "yellow",
    "finished": "green",
    "failed": "red",
    "skipped": "dim",
}


def _seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.1f} s" if value < 100 else f"{value / 60:.1f} min"


def _line(step: StepStatus) -> str:
    took = "" if step.actual is None else f" {_seconds(step.actual)}"
    expected = "" if step.estimated is None else f" (expected {_seconds(step.estimated)})"
    who = "" if step.agent is None else f" by {clean(step.agent)}"
    why = "" if step.message is None else f": {clean(step.message)}"
    return f"{step.status:11} {clean(step.description or step.task)}{who}{took}{expected}{why}"


def status_lines(status: RunStatus) -> list[str]:
    """Return a run's status as plain lines, safe to print anywhere."""
    title = clean(status.run.title or status.run.run_id)
    return [f"{title} [{clean(status.run.run_id)}]", clean(status.sentence), *(_line(step) for step in status.steps)]


def status_table(status: RunStatus) -> Group:
    """Return a run's status as a rich table under its sentence."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table: Table = Table(box=None, pad_edge=False, header_style="dim")
    for heading, justify in (
        ("", "left"),
        ("step", "left"),
        ("agent", "left"),
        ("took", "right"),
        ("expected", "right"),
    ):
        table.add_column(heading, justify="right" if justify == "right" else "left")
    for step in status.steps:
        label = Text(clean(step.description or step.task))  # a Text is shown as it is: no markup is read in it
        if step.message:
            label.append(f"  {clean(step.message)}", style="dim")
        table.add_row(
            MARKS.get(step.status, "?"),
            label,
            Text(clean(step.agent or "")),
            _seconds(step.actual),
            _seconds(step.estimated),
            style=_STYLES.get(step.status, ""),
        )
    return Group(Text(clean(status.run.title or status.run.run_id), style="bold"), table, Text(clean(status.sentence)))


def event_lines(events: Iterable[Event], names: Mapping[str, str]) -> Iterator[str]:
    """Yield one plain line for each event that a reader wants to see.

    Parameters
    ----------
    events : iterable of Event
        What happened.
    names : Mapping
        What to call a step, by its id.
    """
    for event in events:
        text = _in_words(event, names)
        if text is not None:
            yield f"{time.strftime('%H:%M:%S', time.localtime(event.time))} {clean(text)}"


def _in_words(event: Event, names: Mapping[str, str]) -> str | None:
    told = event.payload
    step = names.get(str(told.get("step")), str(told.get("step", "")))
    match event.kind:
        case "run_started":
            return f"started: {told['steps']} step{'' if told['steps'] == 1 else 's'}"
        case "plan_approved":
            return f"the plan was approved by {told['by']}"
        case "run_resumed" | "session_opened":
            return "resumed"
        case "step_started":
            return f"{step}: begun by {told['agent']}" + (f", try {told['attempt']}" if told["attempt"] > 1 else "")
        case "step_finished":
            return f"{step}: done"
        case "step_progress":
            return f"{step}: {told['agent']} {told['doing']}" + (f": {told['said']}" if told.get("said") else "")
        case "step_reused":
            return f"{step}: already done before"
        case "step_failed":
            return f"{step}: failed, {told['message']}"
        case "recovery":
            after = f" after {told['delay']:g} s" if told.get("delay") else ""
            return f"{step}: {told['strategy'].replace('_', ' ')}{after}. {told['reason']}"
        case "recovery_decided":
            return f"{step}: {told['told']}"
        case "partial_accepted":
            return f"{step}: taken although not all is met: {', '.join(told['criteria'])}"
        case "step_retracted":
            return f"{step}: counts as not done, it is being undone: {told['why']}"
        case "step_abandoned":
            return f"{step}: given up" + (f", and {len(told['skipped'])} that depend on it" if told["skipped"] else "")
        case "replan_started":
            return f"{step}: decomposing again ({told['failure']})"
        case "replanned":
            return f"plan {told['revision']}: {len(told['added'])} new, {len(told['removed'])} gone"
        case "plan_changed":
            return f"plan {told['revision']}: {told['kind']}, {told['why']}"
        case "plan_kept":
            return f"{step}: " + "; ".join(told["notes"])
        case "replan_failed":
            return f"{step}: {told['message']}"
        case "cancel_requested":
            return "cancelling"
        case "approval_requested":
            return f"{step}: step {told['step']} waits for approval: {told['reason']}"
        case "approval_answered":
            verb = {"yes": "approved", "no": "refused"}.get(told["answer"], told["answer"])
            return f"{step}: {verb} by {told['by']}" + (f", {told['note']}" if told["note"] else "")
        case "run_left":
            return "left waiting for approval"
        case "run_finished":
            return f"{told['status']}"
    return None


def follow(
    workspace: Path | str,
    run_id: str,
    *,
    stream: TextIO | None = None,
    interval: float = 0.1,
    over: Callable[[], bool] = lambda: False,
) -> RunStatus:
    """Show a run until it is over or interrupted: a live table in a terminal, lines anywhere else.

    Parameters
    ----------
    workspace, run_id
        The run; it may be carried out by this process or another one.
    stream : TextIO or None
        Where to write; standard output by default.
    interval : float
        Seconds between two looks into the journal.
    over : callable
        Asked before each look; when it says True, that look is the last.

    Returns
    -------
    RunStatus
        Where the run stands in the end.
    """
    from rich.console import Console

    console: Console = Console(file=stream)
    with ExecutionTracker(workspace, run_id) as tracker:
        if console.is_terminal:
            return _live(console, tracker, interval, over)
        return _lines(console, tracker, interval, over)


def _live(console: Console, tracker: ExecutionTracker, interval: float, over: Callable[[], bool]) -> RunStatus:
    from rich.live import Live

    with Live(console=console, auto_refresh=False) as live:
        while True:
            last = over()
            status = tracker.status()
            live.update(status_table(status), refresh=True)
            if status.run.finished is not None or status.interrupted or last:
                return status
            time.sleep(interval)


def _lines(console: Console, tracker: ExecutionTracker, interval: float, over: Callable[[], bool]) -> RunStatus:
    after = 0
    while True:
        last = over()
        status = tracker.status()  # asked before the events, so that no last one is missed
        names = {step.id: step.description or step.task for step in status.steps}
        fresh = tracker.new_events(after)
        for line in event_lines(fresh, names):
            console.file.write(line + "\n")
        console.file.flush()
        after = fresh[-1].seq if fresh else after
        if status.run.finished is not None or status.interrupted or last:
            console.file.write(clean(status.sentence) + "\n")
            return status
        time.sleep(interval)
