"""A plan as Mermaid flowcharts, which many Markdown viewers draw: the steps' graph, and the tree."""

from __future__ import annotations

from htn.views.document import Document, drawn_links, one_line, task_text, walk
from htn.views.text import node_text

__all__ = ["graph_mermaid", "tree_mermaid"]

# Written as entities by number, so that a label has nothing left that Mermaid, Markdown or HTML reads as its own.
# Brackets of tasks and underscores in names mean nothing inside quotes and stay readable in the source.
_ESCAPED = {ord(char): f"#{ord(char)};" for char in '#"`<>&;\\{}[]%*~$'}


def graph_mermaid(document: Document) -> str:
    """Return the steps and what they wait for; a dotted arrow is an order without a result handed over.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).

    Returns
    -------
    str
        A flowchart, without the fence that Markdown needs around it.

    Examples
    --------
    >>> step = {"id": "x", "task": "walk", "args": [], "dependencies": [], "description": "Walk home"}
    >>> later = {**step, "id": "y", "dependencies": ["x"], "causal": ["x"], "description": "Sleep"}
    >>> print(graph_mermaid({"steps": [step, later]}))
    flowchart LR
        s1["Walk home"]
        s2["Sleep"]
        s1 --> s2
    """
    lines = ["flowchart LR"]
    for number, step in enumerate(document["steps"], 1):
        lines.append(f'    s{number}["{_label(step.get("description") or task_text(step))}"]')
    for earlier, later, causal in drawn_links(document["steps"]):
        lines.append(f"    s{earlier + 1} {'-->' if causal else '-.->'} s{later + 1}")
    return "\n".join(lines)


def tree_mermaid(document: Document) -> str:
    """Return the decomposition: compound tasks as boxes, steps with round ends, open ones as hexagons.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).

    Returns
    -------
    str
        A flowchart, without the fence that Markdown needs around it.
    """
    shapes = {"primitive": ('(["', '"])'), "deferred": ('{{"', '"}}')}
    number: dict[str, int] = {}
    boxes, arrows = [], []
    for visit in walk(document):
        node = visit.node
        number[node["id"]] = len(number) + 1
        opening, closing = shapes.get(node["kind"], ('["', '"]'))
        boxes.append(f"    n{number[node['id']]}{opening}{_label(node_text(node))}{closing}")
        arrows += [(node["id"], child) for child in node.get("children", ())]
    return "\n".join(
        ["flowchart TD", *boxes, *(f"    n{number[above]} --> n{number[below]}" for above, below in arrows)]
    )


def _label(text: str) -> str:
    return one_line(text).translate(_ESCAPED)
