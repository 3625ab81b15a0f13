"""A plan as Graphviz DOT: the steps' graph, and the tree."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from htn.views.document import Document, drawn_links, one_line, task_text, walk
from htn.views.text import node_text

__all__ = ["graph_dot", "tree_dot"]


ACCENTS = {"finished": "#2f8f5b", "reused": "#2f8f5b", "running": "#3a7fc1", "failed": "#d04a4a", "waiting": "#b27a1c"}
CRITICAL = "#b27a1c"


def graph_dot(
    document: Document,
    *,
    critical: Iterable[str] = (),
    states: Mapping[str, str] | None = None,
    ink: str | None = None,
    wrap: int | None = None,
    direction: str = "LR",
) -> str:
    r"""Return the steps and what they wait for; a dotted arrow is an order without a result handed over.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).
    critical : iterable of str
        Ids of the steps on the critical path, drawn in bold.
    states : Mapping, optional
        State of steps by id, shown by the colour of their frames.
    ink : str, optional
        Colour of text and lines, for pages that are not white.
    wrap : int, optional
        Break labels into lines of about so many characters.
    direction : {"LR", "TB"}
        From left to right, or from top to bottom.

    Returns
    -------
    str
        A digraph.

    Examples
    --------
    >>> step = {"id": "x", "task": "say", "args": ['a "word"'], "dependencies": []}
    >>> print(graph_dot({"steps": [step]}))
    digraph plan {
        rankdir=LR; node [shape=box];
        s1 [label="say(a \"word\")"];
    }
    """
    known, on_path, positions = states or {}, set(critical), set()
    lines = ["digraph plan {", f"    rankdir={direction}; node [shape=box];"]
    if wrap is not None:
        lines.append('    nodesep=0.15; ranksep=0.35; node [margin="0.08,0.04"];')
    if ink is not None:
        lines.append(f'    bgcolor="transparent"; node [color="{ink}", fontcolor="{ink}"]; edge [color="{ink}"];')
    for number, step in enumerate(document["steps"], 1):
        more = ", style=dashed" if step.get("deferred") else ""
        if on_path & {step["id"], *step.get("members", ())}:
            positions.add(number - 1)
            more += f', penwidth=3, color="{CRITICAL}"'
        elif known.get(step["id"]) in ACCENTS:
            more += f', penwidth=2, color="{ACCENTS[known[step["id"]]]}"'
        label = _label(step.get("description") or task_text(step), wrap)
        lines.append(f'    s{number} [label="{label}"{more}];')
    for earlier, later, causal in drawn_links(document["steps"]):
        how = [] if causal else ["style=dotted"]
        if {earlier, later} <= positions:
            how += ["penwidth=2.5", f'color="{CRITICAL}"']
        told = f" [{', '.join(how)}]" if how else ""
        lines.append(f"    s{earlier + 1} -> s{later + 1}{told};")
    return "\n".join([*lines, "}"])


def tree_dot(document: Document) -> str:
    """Return the decomposition: compound tasks as boxes, steps as ellipses, open ones dashed.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).

    Returns
    -------
    str
        A digraph.
    """
    styles = {"primitive": ", shape=ellipse", "deferred": ", style=dashed"}
    number: dict[str, int] = {}
    boxes, arrows = [], []
    for visit in walk(document):
        node = visit.node
        number[node["id"]] = len(number) + 1
        boxes.append(f'    n{number[node["id"]]} [label="{_label(node_text(node))}"{styles.get(node["kind"], "")}];')
        arrows += [(node["id"], child) for child in node.get("children", ())]
    links = [f"    n{number[above]} -> n{number[below]};" for above, below in arrows]
    return "\n".join(["digraph tree {", "    node [shape=box];", *boxes, *links, "}"])


def _label(text: str, wrap: int | None = None) -> str:
    lines = textwrap.wrap(one_line(text), wrap) if wrap else [one_line(text)]
    # A backslash would start one of DOT's own escapes (\N is the node's name), a quote would end the label.
    return "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
