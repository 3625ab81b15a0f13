"""A plan's graph of steps as SVG, for notebooks and documents: boxes in layers, the critical path in bold."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from htn.views.document import Document, drawn_links, one_line, task_text
from htn.views.layered import layers, routed
from htn.views.style import MARKS, state_class

__all__ = ["graph_svg"]

WIDTH, HEIGHT, ACROSS, DOWN, MARGIN = 190, 40, 56, 14, 8
LINE = 28
"""Characters in a line of a box; there are two lines."""

# Canvas and CanvasText are the page's own colours, light or dark.
_STYLE = (
    "<style>.htn-graph text{font:12px system-ui,sans-serif;fill:CanvasText}"
    ".htn-graph rect{fill:Canvas;stroke:#888e97;stroke-width:1.2}.htn-graph .open rect{stroke-dasharray:4 3}"
    ".htn-graph path{fill:none;stroke:#888e97;stroke-width:1.2}.htn-graph .order{stroke-dasharray:2 4}"
    ".htn-graph .critical rect,.htn-graph path.critical{stroke:#b27a1c;stroke-width:2.6}"
    ".htn-graph .finished rect,.htn-graph .reused rect{stroke:#2f8f5b}.htn-graph .running rect{stroke:#3a7fc1}"
    ".htn-graph .failed rect{stroke:#d04a4a}</style>"
)


def graph_svg(document: Document, *, critical: Iterable[str] = (), states: Mapping[str, str] | None = None) -> str:
    """Return the steps and what they wait for; a dotted line is an order without a result handed over.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``); one of more than some hundred steps is easier to read `folded`.
    critical : iterable of str
        Ids of the steps on the critical path.
    states : Mapping, optional
        State of steps by id.

    Returns
    -------
    str
        One ``svg`` element, without scripts.

    Examples
    --------
    >>> step = {"id": "x", "task": "say", "args": ["<b>"], "dependencies": []}
    >>> picture = graph_svg({"steps": [step]}, critical=["x"])
    >>> "say(&lt;b&gt;)" in picture, "<b>" in picture
    (True, False)
    """
    steps, known = document["steps"], states or {}
    links = drawn_links(steps)
    routes, total = routed(len(steps), [(first, second) for first, second, _ in links])
    columns = layers(total, [pair for route in routes for pair in pairwise(route)])
    tallest = max(map(len, columns), default=0)
    at = {
        box: (
            MARGIN + column * (WIDTH + ACROSS),
            MARGIN + (row + (tallest - len(boxes)) / 2) * (HEIGHT + DOWN),
        )
        for column, boxes in enumerate(columns)
        for row, box in enumerate(boxes)
    }
    on_path = _members(steps, set(critical))
    lines = [
        _link([at[place] for place in route], causal=causal, critical={a, b} <= on_path)
        for route, (a, b, causal) in zip(routes, links, strict=True)
    ]
    boxes = [_box(step, at[number], number in on_path, known.get(step["id"])) for number, step in enumerate(steps)]
    width = 2 * MARGIN + max(len(columns) * (WIDTH + ACROSS) - ACROSS, 0)
    height = 2 * MARGIN + max(tallest * (HEIGHT + DOWN) - DOWN, 0)
    name = f"Graph of {len(steps)} steps and what each waits for"
    return (
        f'<svg class="htn-graph" xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:g}"'
        f' viewBox="0 0 {width} {height:g}" role="img" aria-label="{name}">'
        f"{_STYLE}{''.join(lines)}{''.join(boxes)}</svg>"
    )


def _members(steps: Iterable[Mapping[str, Any]], critical: set[str]) -> set[int]:
    """Return the positions of the steps on the critical path; a folded one is when one of its members is."""
    return {number for number, step in enumerate(steps) if critical & {step["id"], *step.get("members", ())}}


def _link(places: Sequence[tuple[float, float]], *, causal: bool, critical: bool) -> str:
    """Return a line from the first box to the last, straight across the empty places between them."""
    middle = HEIGHT / 2
    x, y = places[0][0] + WIDTH, places[0][1] + middle
    drawn = f"M{x:g} {y:g}"
    for number, (left, top) in enumerate(places[1:], 2):
        to = top + middle
        bend = (left - x) / 2
        drawn += f"C{x + bend:g} {y:g} {left - bend:g} {to:g} {left:g} {to:g}"
        x, y = left, to
        if number < len(places):
            x += WIDTH
            drawn += f"H{x:g}"
    kind = " ".join(name for name, holds in (("order", not causal), ("critical", critical)) if holds)
    named = f' class="{kind}"' if kind else ""
    return f'<path{named} d="{drawn}"/>'


def _box(step: Mapping[str, Any], at: tuple[float, float], critical: bool, state: str | None) -> str:
    whole = one_line(step.get("description") or task_text(step))
    lines = textwrap.wrap(whole, LINE, max_lines=2, placeholder=" …") or [""]
    kind = [name for name, holds in (("critical", critical), ("open", step.get("deferred"))) if holds]
    if state is not None:
        kind.append(state_class(state))
        lines[0] = f"{MARKS[state_class(state)]} {lines[0]}"
    x, y = at
    first = y + HEIGHT / 2 + (4 if len(lines) == 1 else -3)
    text = "".join(
        f'<text x="{x + 8:g}" y="{first + 15 * number:g}">{escape(line)}</text>' for number, line in enumerate(lines)
    )
    told = escape(whole if state is None else f"{whole} ({state})")
    return (
        f'<g class="{" ".join(kind)}"><title>{told}</title>'
        f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>{text}</g>'
    )
