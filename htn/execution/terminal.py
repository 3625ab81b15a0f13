"""Shows a run in a terminal: a live tree, or plain lines where the output is a pipe or a file."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from htn.execution.records import Event
from htn.execution.tracking import ExecutionTracker, RunStatus, StepStatus
from htn.views.document import argument_text
from htn.views.plain import clean
from htn.views.progress import Row, progress_rows
from htn.views.style import MARKS

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.table import Table

__all__ = ["event_lines", "follow", "is_live", "status_lines", "status_tree"]

_STYLES = {
    "waiting": "bold yellow",
    "running": "bold",
    "recovering": "yellow",
    "finished": "green",
    "failed": "red",
    "skipped": "dim",
}


def _seconds(value: float | None) -> str:
    """Return seconds in words, with the digits that matter.

    Examples
    --------
    >>> _seconds(0.004), _seconds(0.04), _seconds(3.21), _seconds(43.8), _seconds(130)
    ('under 0.01 s', '0.04 s', '3.2 s', '44 s', '2 min 10 s')
    """
    if value is None:
        return ""
    if value < 1:
        return f"{value:.2f} s" if value >= 0.01 else "under 0.01 s"
    if value < 60:
        return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"
    return f"{int(value // 60)} min {int(value % 60)} s"


def _line(step: StepStatus) -> str:
    took = "" if step.actual is None else f" {_seconds(step.actual)}"
    known = step.estimated is not None and step.estimated >= 0.01
    expected = f" (expected {_seconds(step.estimated)})" if known else ""
    who = "" if step.agent is None else f" by {clean(step.agent)}"
    why = "" if step.message is None else f": {clean(step.message)}"
    return f"{step.status:11} {clean(step.description or step.task)}{who}{took}{expected}{why}"


def status_lines(status: RunStatus) -> list[str]:
    """Return a run's status as plain lines, safe to print anywhere."""
    title = clean(status.run.title or status.run.run_id)
    return [f"{title} [{clean(status.run.run_id)}]", clean(status.sentence), *(_line(step) for step in status.steps)]


def status_tree(
    status: RunStatus,
    plan: Mapping[str, Any],
    *,
    spent: Mapping[str, float] | None = None,
    most: int | None = None,
    words: Callable[[Any], str] = argument_text,
) -> Group:
    """Return a run's status as the plan's tree, under how far it is and what it used.

    Parameters
    ----------
    status : RunStatus
        Where the run stands.
    plan : Mapping
        The JSON of the plan in force.
    spent : Mapping or None
        What was used so far, by resource.
    most : int or None
        How many lines there is room for; a larger tree is folded.
    words : callable
        How an argument of a task, as JSON data, is written.
    """
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    steps = {step.id: step for step in status.steps}
    tree: Table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    tree.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    tree.add_column(no_wrap=True, overflow="ellipsis", justify="right", style="dim")
    room = None if most is None else max(most - 4, 3)
    for row in progress_rows(plan, {key: step.status for key, step in steps.items()}, room, words):
        step = steps.get(row.step or "")
        style = _STYLES.get(row.state, "")
        line = Text.assemble((row.lead, "dim"), (f"{MARKS.get(row.state, '?')} ", style))
        line.append(clean(row.label), style=style)  # a Text is shown as it is: no markup is read in it
        if step is not None:
            line.append(f"  {clean(step.message or step.agent or '')}", style="dim")
        tree.add_row(line, _times(step) if step is not None else _count(row))
    bar = ProgressBar(1.0, status.progress, 30, complete_style="blue", finished_style="green")
    head: Table = Table.grid(padding=(0, 2, 0, 0))
    head.add_row(bar, Text(_headline(status, spent or {})))
    parts: list[RenderableType] = [Text(clean(status.run.title or status.run.run_id), style="bold"), head, tree]
    if status.run.status != "running" or status.pid is None:
        parts.append(Text(clean(status.sentence)))
    return Group(*parts)


def _count(row: Row) -> str:
    return f"{row.done} of {row.steps}" if row.steps > 1 else ""


def _times(step: StepStatus) -> str:
    """Return how long a step takes, beside what was expected."""
    expected = "" if step.estimated is None or step.estimated < 0.01 else _seconds(step.estimated)
    if step.actual is None:
        return f"about {expected}" if expected and not step.settled else ""
    return _seconds(step.actual) + (f" of {expected}" if expected and step.status == "running" else "")


def _headline(status: RunStatus, spent: Mapping[str, float]) -> str:
    done = sum(step.settled for step in status.steps)
    told = [f"{status.progress:.0%}", f"{done} of {len(status.steps)} steps", _seconds(status.elapsed)]
    if status.eta_seconds is not None and status.run.finished is None:
        told[-1] += f", about {_seconds(max(status.eta_seconds, 1.0))} left"
        if status.eta_interval is not None:
            low, high = (_seconds(max(each, 1.0)) for each in status.eta_interval)
            told[-1] += f" ({low} to {high})"
    tokens = spent.get("tokens", 0.0)
    told.append(f"{tokens:,.0f} tokens" if tokens else "no model called")
    if spent.get("money"):
        told.append(f"{spent['money']:.2f} spent")
    told += map(str, status.limits)
    return "  ·  ".join(told)


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
            return f"{step}: its result is at hand"
        case "step_failed":
            return f"{step}: failed, {told['message']}"
        case "recovery":
            after = f" after {told['delay']:g} s" if told.get("delay") else ""
            return f"{step}: {told['strategy'].replace('_', ' ')}{after}. {told['reason']}"
        case "recovery_decided":
            return f"{step}: {told['told']}"
        case "partial_accepted":
            return f"{step}: taken although not all is met: {told['message']}"
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
    words: Callable[[Any], str] = argument_text,
) -> RunStatus:
    """Show a run until it is over or interrupted: a live tree in a terminal, lines anywhere else.

    What is no terminal, or one that cannot move its cursor, gets lines without control characters, whatever the
    environment says of colours.

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
    words : callable
        How an argument of a task, as JSON data, is written.

    Returns
    -------
    RunStatus
        Where the run stands in the end.
    """
    out = sys.stdout if stream is None else stream
    with ExecutionTracker(workspace, run_id) as tracker:
        if is_live(out):
            return _live(out, tracker, interval, over, words)
        return _lines(out, tracker, interval, over)


def is_live(stream: TextIO) -> bool:
    """Return whether a stream shows what is drawn over again: a terminal, and not a dumb one."""
    return stream.isatty() and os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


def _live(
    stream: TextIO, tracker: ExecutionTracker, interval: float, over: Callable[[], bool], words: Callable[[Any], str]
) -> RunStatus:
    from rich.console import Console
    from rich.live import Live

    console: Console = Console(file=stream, force_terminal=True)
    with Live(console=console, auto_refresh=False) as live:
        while True:
            last = over()
            status = tracker.status()
            document, spent = tracker.plan().document, tracker.spent()
            live.update(status_tree(status, document, spent=spent, most=console.height - 1, words=words), refresh=True)
            if status.run.finished is not None or status.interrupted or last:
                return status
            time.sleep(interval)


def _lines(stream: TextIO, tracker: ExecutionTracker, interval: float, over: Callable[[], bool]) -> RunStatus:
    after = 0
    while True:
        last = over()
        status = tracker.status()  # asked before the events, so that no last one is missed
        names = {step.id: step.description or step.task for step in status.steps}
        fresh = tracker.new_events(after)
        for line in event_lines(fresh, names):
            stream.write(line + "\n")
        stream.flush()
        after = fresh[-1].seq if fresh else after
        if status.run.finished is not None or status.interrupted or last:
            stream.write(clean(status.sentence) + "\n")
            return status
        time.sleep(interval)
