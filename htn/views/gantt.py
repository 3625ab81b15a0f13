"""When each step was planned and when it was really done, one row a step, as HTML that needs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from htn.views.amounts import duration_text
from htn.views.style import MARKS, STYLE, state_class

__all__ = ["gantt_html"]

_STYLE = (
    "<style>.htn-gantt .track{position:relative;height:1.5em;min-width:9em;background:var(--tint);border-radius:3px}"
    ".htn-gantt .bar{position:absolute;min-width:2px;border-radius:2px}"
    ".htn-gantt .planned{top:.1em;height:.4em;background:var(--grey);opacity:.75}"
    ".htn-gantt .actual{top:.65em;height:.7em;background:var(--at)}"
    ".htn-gantt .now{position:absolute;top:0;bottom:0;width:1px;background:var(--red)}"
    ".htn-gantt .critical .planned{background:var(--amber);opacity:1}"
    ".htn-gantt td:first-child{padding-left:1.7em;text-indent:-1.7em;min-width:8em}"
    ".htn-gantt td:nth-child(2){width:55%;text-indent:0}"
    ".htn-gantt .key{display:inline-block;width:1.6em;height:.55em;border-radius:2px;margin:0 .3em 0 .9em}"
    "@media(max-width:40em){.htn-gantt th:nth-child(3),.htn-gantt td:nth-child(3){display:none}"
    ".htn-gantt td:nth-child(2){width:40%}"
    ".htn-gantt .track{min-width:5em}}</style>"
)


def gantt_html(rows: Sequence[Mapping[str, Any]], *, now: float | None = None) -> str:
    """Return a chart of planned against actual times.

    Parameters
    ----------
    rows : sequence of Mapping
        For each step ``label``, ``state``, and where known ``planned`` and ``actual``: pairs of start and finish in
        seconds from the start of the run; ``critical``, whether the plan's end hangs on it.
    now : float, optional
        Seconds since the start of a run that goes on.

    Returns
    -------
    str
        A table with one row for each step: its name, the bars on one axis, and the figures.

    Examples
    --------
    >>> chart = gantt_html([{"label": "say <b>", "state": "running", "planned": [0, 4], "actual": [1, 3]}], now=3)
    >>> "say &lt;b&gt;" in chart, "left:25%;width:50%" in chart
    (True, True)
    """
    ends = [row[kind][1] for row in rows for kind in ("planned", "actual") if row.get(kind)]
    end = max([*ends, now or 0.0], default=0.0) or 1.0
    line = "" if now is None else f'<span class="now" style="left:{_share(now, end)}"></span>'
    body = "".join(_row(row, end, line) for row in rows)
    legend = (
        '<span class="key" style="background:var(--grey)"></span>planned'
        '<span class="key" style="background:var(--amber)"></span>planned, and the end hangs on it'
        '<span class="key" style="background:var(--green)"></span>as it went'
    )
    head = '<th scope="col">step</th><th scope="col">'
    head += f'0 to {duration_text(end)}</th><th scope="col" class="number">planned</th>'
    head += '<th scope="col" class="number">took</th>'
    return (
        f'<div class="htn-plan htn-gantt">{STYLE}{_STYLE}<div class="soft">{legend}</div>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(row: Mapping[str, Any], end: float, line: str) -> str:
    state = state_class(str(row.get("state", "pending")))
    bars, figures = "", []
    for kind in ("planned", "actual"):
        span = row.get(kind)
        figures.append(duration_text(span[1] - span[0]) if span else "")
        if span:
            place = f"left:{_share(span[0], end)};width:{_share(span[1] - span[0], end)}"
            bars += f'<span class="bar {kind}" style="{place}"></span>'
    named = f'<span class="mark {state}" title="{state}">{MARKS[state]}</span> {escape(str(row["label"]))}'
    kind = f"{state} critical" if row.get("critical") else state
    return (
        f'<tr class="{kind}"><td>{named}</td><td><div class="track">{bars}{line}</div></td>'
        f'<td class="number">{figures[0]}</td><td class="number">{figures[1]}</td></tr>'
    )


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.4g}%"
