"""A plan as self-contained HTML: a tree to fold and the steps, with nothing from outside left unescaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from htn.views.document import Document, task_text, walk

__all__ = ["plan_html", "tree_html"]

# The class keeps the rules to this element: in a notebook the page belongs to others.
_STYLE = (
    "<style>.htn-plan{font:14px/1.5 system-ui,sans-serif}"
    ".htn-plan details,.htn-plan .leaf,.htn-plan .empty{margin-left:1.2em}"
    ".htn-plan summary{cursor:pointer}.htn-plan .leaf::before{content:'\\25CF';color:#2b6cb0;margin-right:.4em}"
    ".htn-plan .how{color:#666}.htn-plan .left{margin-left:1.2em;color:#a33}"
    ".htn-plan table{border-collapse:collapse;margin-top:.8em}.htn-plan td,.htn-plan th{padding:.15em .8em .15em 0;"
    "text-align:left;vertical-align:top}</style>"
)


def plan_html(document: Document) -> str:
    """Return the tree and the steps as one self-contained element.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).

    Returns
    -------
    str
        HTML without scripts and without anything to load.
    """
    number = {step["id"]: position for position, step in enumerate(document["steps"], 1)}
    rows = []
    for step in document["steps"]:
        after = ", ".join(str(position) for position in sorted(number[before] for before in step["dependencies"]))
        what = escape(step.get("description") or task_text(step))
        rows.append(
            f"<tr><td>{number[step['id']]}</td><td>{what}</td><td>{escape(step['capability'])}</td><td>{after}</td></tr>"
        )
    table = f"<table><tr><th></th><th>step</th><th>capability</th><th>after</th></tr>{''.join(rows)}</table>"
    return f'<div class="htn-plan">{_STYLE}{_tree(document)}{table}</div>'


def tree_html(document: Document) -> str:
    """Return the tree alone, each compound task foldable, as one self-contained element.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).

    Returns
    -------
    str
        HTML without scripts and without anything to load.

    Examples
    --------
    >>> node = {"id": "1", "task": "say", "args": ["<b>"], "kind": "primitive", "children": []}
    >>> "say(&lt;b&gt;)" in tree_html({"tree": {"nodes": [node], "roots": ["1"]}})
    True
    """
    return f'<div class="htn-plan">{_STYLE}{_tree(document)}</div>'


def _tree(document: Document) -> str:
    parts: list[str] = []
    open_depths: list[int] = []  # of the elements still open
    for visit in walk(document):
        while open_depths and open_depths[-1] >= visit.depth:
            parts.append("</details>")
            open_depths.pop()
        inside = _line(visit.node)
        if visit.node.get("children"):
            parts.append(f"<details open><summary>{inside}</summary>{_left(visit.node)}")
            open_depths.append(visit.depth)
        else:
            kind = "leaf" if visit.node["kind"] in ("primitive", "deferred") else "empty"
            parts.append(f'<div class="{kind}">{inside}{_left(visit.node)}</div>')
    return "".join(parts) + "</details>" * len(open_depths)


def _line(node: Mapping[str, Any]) -> str:
    how = "open until its facts are known" if node["kind"] == "deferred" else ""
    if node.get("method"):
        how = f"by {escape(str(node['method']))}"
    return escape(task_text(node)) + (f' <span class="how">{how}</span>' if how else "")


def _left(node: Mapping[str, Any]) -> str:
    tried = node.get("tried", ())
    return "".join(
        f'<div class="left">not {escape(str(left["method"]))}: {escape(str(left["reason"]))}</div>' for left in tried
    )
