"""A plan as text: the tree of decompositions, and the numbered steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from htn.views.document import Document, argument_text, one_line, task_text, walk

__all__ = ["node_text", "steps_text", "tree_text"]


def tree_text(document: Document, *, tried: bool = False, words: Callable[[Any], str] = argument_text) -> str:
    """Return the decomposition as an indented tree, one line for each node.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).
    tried : bool, default False
        Whether to show, under each node, the methods that were tried before and why they were left.
    words : callable
        How an argument, as JSON data, is written.

    Returns
    -------
    str
        Lines without a final line break.

    Examples
    --------
    >>> walk = {"id": "2", "task": "walk", "args": ["me", "park"], "kind": "primitive", "children": []}
    >>> root = {"id": "1", "task": "travel", "args": ["me", "park"], "kind": "compound", "method": "on_foot",
    ...         "children": ["2"], "tried": [{"method": "by_taxi", "reason": "no money"}]}
    >>> print(tree_text({"tree": {"nodes": [root, walk], "roots": ["1"]}}, tried=True))
    travel(me, park)  by on_foot
    │   not by_taxi: no money
    └─ walk(me, park)
    """
    lines = []
    bars: list[str] = []  # for each level, what runs down from it beside the lines below
    for visit in walk(document):
        del bars[max(0, visit.depth - 1) :]
        lead, corner = "".join(bars), ""
        if visit.depth:
            corner = "└─ " if visit.last else "├─ "
            bars.append("   " if visit.last else "│  ")
        lines.append(one_line(f"{lead}{corner}{node_text(visit.node, words)}"))
        if tried:
            under = "".join(bars) + ("│   " if visit.node.get("children") else "    ")
            lines += [
                one_line(f"{under}not {left['method']}: {left['reason']}") for left in visit.node.get("tried", ())
            ]
    return "\n".join(lines)


def node_text(node: Mapping[str, Any], words: Callable[[Any], str] = argument_text) -> str:
    """Return one node in one line: the task, and how it is met."""
    if node["kind"] == "deferred":
        return f"{task_text(node, words)}  open until its facts are known"
    method = node.get("method")
    return f"{task_text(node, words)}  by {method}" if method else task_text(node, words)


def steps_text(document: Document) -> str:
    """Return the steps, numbered, with what each waits for.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).

    Returns
    -------
    str
        A line for each step; an empty plan says so.

    Examples
    --------
    >>> step = {"id": "x", "task": "walk", "args": ["me"], "capability": "walk", "dependencies": []}
    >>> print(steps_text({"steps": [step, {**step, "id": "y", "dependencies": ["x"]}]}))
    1. walk(me)
    2. walk(me)  after 1
    """
    number = {step["id"]: position for position, step in enumerate(document["steps"], 1)}
    width = len(str(len(number)))
    lines = []
    for step in document["steps"]:
        line = f"{number[step['id']]:>{width}}. {step.get('description') or task_text(step)}"
        if step["dependencies"]:
            line += "  after " + ", ".join(map(str, sorted(number[before] for before in step["dependencies"])))
        lines.append(one_line(line + ("  (open)" if step.get("deferred") else "")))
    return "\n".join(lines) or "an empty plan: there is nothing to do"
