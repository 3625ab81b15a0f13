"""A plan as self-contained HTML: a tree to fold and the steps, with nothing from outside left unescaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from typing import Any

from htn.views.document import Document, argument_text, task_text, walk
from htn.views.style import MARKS, STYLE, state_class

__all__ = ["plan_html", "steps_html", "tree_html"]

OPEN_NODES = 60
"""A tree of more nodes than this is shown folded below its second level."""

Words = Callable[[Any], str]
Text = Callable[[Mapping[str, Any]], str]


def plan_html(document: Document, *, words: Words = argument_text) -> str:
    """Return the tree and the steps as one self-contained element.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).
    words : callable
        How an argument, as JSON data, is written.

    Returns
    -------
    str
        HTML without scripts and without anything to load.
    """
    table = _table(document, {})
    folded = len(document["steps"]) > OPEN_NODES // 2
    if folded:
        table = f"<details><summary>{len(document['steps'])} steps in order</summary>{table}</details>"
    tree = _tree(document, None, {}, partial(task_text, words=words))
    return f'<div class="htn-plan">{STYLE}{tree}{table}</div>'


def tree_html(
    document: Document,
    *,
    search: str | None = None,
    states: Mapping[str, str] | None = None,
    words: Words = argument_text,
    described: bool = False,
) -> str:
    """Return the tree alone, each compound task foldable, as one self-contained element.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).
    search : str, optional
        What to look for in tasks, arguments and methods: what holds it is marked and unfolded, all else is left out.
    states : Mapping, optional
        State of steps by id, shown as a sign before them.
    words : callable
        How an argument, as JSON data, is written.
    described : bool, default False
        Whether steps are shown by their descriptions, where they have one, instead of as tasks with arguments.

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
    steps = document["steps"] if described else ()
    named = {step["id"]: step["description"] for step in steps if step.get("description")}

    def text(node: Mapping[str, Any]) -> str:
        return named.get(node["id"]) or task_text(node, words)

    return f'<div class="htn-plan">{STYLE}{_tree(document, search, states or {}, text)}</div>'


def steps_html(document: Document, *, states: Mapping[str, str] | None = None) -> str:
    """Return the steps as a table: number, state where known, what is done, by which capability, after which steps.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).
    states : Mapping, optional
        State of steps by id.

    Returns
    -------
    str
        HTML without scripts and without anything to load.
    """
    return f'<div class="htn-plan">{STYLE}{_table(document, states or {})}</div>'


def _table(document: Document, states: Mapping[str, str]) -> str:
    number = {step["id"]: position for position, step in enumerate(document["steps"], 1)}
    rows = []
    for step in document["steps"]:
        after = ", ".join(str(position) for position in sorted(number[before] for before in step["dependencies"]))
        what = escape(step.get("description") or task_text(step))
        rows.append(
            f'<tr><td class="number">{number[step["id"]]}</td><td>{_mark(states.get(step["id"]))}{what}</td>'
            f"<td>{escape(step.get('capability', ''))}</td><td>{after}</td></tr>"
        )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("#", "step", "capability", "after"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _tree(document: Document, search: str | None, states: Mapping[str, str], text: Text) -> str:
    wanted = " ".join((search or "").split()).casefold()
    shown = _holding(document, wanted, text) if wanted else None
    if shown is not None and not shown:
        return f'<p class="soft">Nothing in this plan holds “{escape(search or "")}”.</p>'
    large = len(document["tree"]["nodes"]) > OPEN_NODES
    parts: list[str] = []
    open_depths: list[int] = []  # of the elements still open
    for visit in walk(document):
        while open_depths and open_depths[-1] >= visit.depth:
            parts.append("</details>")
            open_depths.pop()
        if shown is not None and visit.node["id"] not in shown:
            continue
        inside = _line(visit.node, states, text, wanted)
        if visit.node.get("children"):
            unfolded = "" if large and not wanted and visit.depth > 1 else " open"
            parts.append(f"<details{unfolded}><summary>{inside}</summary>{_left(visit.node)}")
            open_depths.append(visit.depth)
        else:
            kind = "leaf" if visit.node["kind"] in ("primitive", "deferred") else "empty"
            if visit.node["id"] in states:
                kind = "empty"  # its state's sign stands in place of the dot
            parts.append(f'<div class="{kind}">{inside}{_left(visit.node)}</div>')
    return "".join(parts) + "</details>" * len(open_depths)


def _holding(document: Document, wanted: str, text: Text) -> set[str]:
    """Return the nodes that hold the text, with all that stand above one."""
    found: set[str] = set()
    path: list[str] = []
    for visit in walk(document):
        del path[visit.depth :]
        path.append(visit.node["id"])
        if wanted in f"{text(visit.node)} {visit.node.get('method') or ''}".casefold():
            found.update(path)
    return found


def _line(node: Mapping[str, Any], states: Mapping[str, str], text: Text, wanted: str) -> str:
    how = "open until its facts are known" if node["kind"] == "deferred" else ""
    if node.get("method"):
        how = f"by {_found(str(node['method']), wanted)}"
    task = _found(text(node), wanted)
    return _mark(states.get(node["id"])) + task + (f' <span class="how">{how}</span>' if how else "")


def _found(text: str, wanted: str) -> str:
    """Return text escaped, with what was looked for marked."""
    at = text.casefold().find(wanted) if wanted else -1
    # Folding case may change a text's length; then the place is not known, and the line stands unmarked.
    if at < 0 or len(text.casefold()) != len(text):
        return escape(text)
    end = at + len(wanted)
    return f"{escape(text[:at])}<mark>{escape(text[at:end])}</mark>{escape(text[end:])}"


def _mark(state: str | None) -> str:
    if state is None:
        return ""
    known = state_class(state)
    return f'<span class="mark {known}" title="{escape(state)}">{MARKS[known]}</span> '


def _left(node: Mapping[str, Any]) -> str:
    tried = node.get("tried", ())
    return "".join(
        f'<div class="left">not {escape(str(left["method"]))}: {escape(str(left["reason"]))}</div>' for left in tried
    )
