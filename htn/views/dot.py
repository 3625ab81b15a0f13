"""A plan as Graphviz DOT: the steps' graph, and the tree."""

from __future__ import annotations

from htn.views.document import Document, drawn_links, one_line, task_text, walk
from htn.views.text import node_text

__all__ = ["graph_dot", "tree_dot"]


def graph_dot(document: Document) -> str:
    r"""Return the steps and what they wait for; a dotted arrow is an order without a result handed over.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).

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
    lines = ["digraph plan {", "    rankdir=LR; node [shape=box];"]
    for number, step in enumerate(document["steps"], 1):
        style = ", style=dashed" if step.get("deferred") else ""
        lines.append(f'    s{number} [label="{_label(step.get("description") or task_text(step))}"{style}];')
    for earlier, later, causal in drawn_links(document["steps"]):
        lines.append(f"    s{earlier + 1} -> s{later + 1}{'' if causal else ' [style=dotted]'};")
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


def _label(text: str) -> str:
    # A backslash would start one of DOT's own escapes (\N is the node's name), a quote would end the label.
    return one_line(text).replace("\\", "\\\\").replace('"', '\\"')
