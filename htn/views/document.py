"""How the views read a plan's JSON: tree walks without recursion, and arguments in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["Document", "Visit", "argument_text", "drawn_links", "one_line", "task_text", "walk"]

Document: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Visit:
    """One node met on a walk.

    Attributes
    ----------
    node : Mapping
        The node's JSON.
    depth : int
        0 for a root.
    last : bool
        Whether no sibling follows.
    """

    node: Mapping[str, Any]
    depth: int
    last: bool


def walk(document: Document) -> Iterator[Visit]:
    """Visit the tree's nodes from the roots, each before its children, in order.

    Parameters
    ----------
    document : Mapping
        A plan's JSON (``htn-plan/1``).

    Yields
    ------
    Visit
        Every node once.

    Raises
    ------
    ValueError
        If this is no plan's JSON, a child is not among the nodes, or a node is met twice. Raised on the way.
    """
    if "tree" not in document:
        raise ValueError("this is not a plan's JSON: it has no tree")
    nodes = {node["id"]: node for node in document["tree"]["nodes"]}
    seen: set[str] = set()
    stack = _siblings(document["tree"]["roots"], 0)
    while stack:
        identity, depth, last = stack.pop()
        if identity in seen or identity not in nodes:
            raise ValueError(f"the plan's tree is broken at node {identity}: it is missing or has two parents")
        seen.add(identity)
        node = nodes[identity]
        yield Visit(node, depth, last)
        stack += _siblings(node.get("children", ()), depth + 1)


def _siblings(ids: Sequence[str], depth: int) -> list[tuple[str, int, bool]]:
    """Return siblings as a stack: the first on top."""
    return [(identity, depth, identity == ids[-1]) for identity in reversed(ids)]


def argument_text(value: Any) -> str:
    """Return an argument in words: records as ``name=value``, other sequences in brackets, nothing quoted.

    Examples
    --------
    >>> argument_text([["account", "Acme"], ["period", "2017"]])
    'account=Acme, period=2017'
    >>> argument_text([1, [2, "x"]]), argument_text([]), argument_text(None)
    ('(1, (2, x))', '()', 'none')
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        if value and all(_is_pair(item) for item in value):
            return ", ".join(f"{name}={argument_text(item)}" for name, item in value)
        return f"({', '.join(argument_text(item) for item in value)})"
    return str(value)


def _is_pair(item: Any) -> bool:
    return isinstance(item, (list, tuple)) and len(item) == 2 and isinstance(item[0], str)


def task_text(item: Mapping[str, Any], words: Callable[[Any], str] = argument_text) -> str:
    """Return a node's or step's task with its arguments, each written by ``words``.

    Examples
    --------
    >>> task_text({"task": "walk", "args": ["me", "home", "park"]})
    'walk(me, home, park)'
    """
    return f"{item['task']}({', '.join(map(words, item['args']))})"


def one_line(text: str) -> str:
    r"""Return text that cannot start a line of its own or steer a terminal: arguments come from outside.

    Examples
    --------
    >>> one_line("Acme\n\x1b[2J")
    'Acme  [2J'
    """
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)


def drawn_links(steps: Sequence[Mapping[str, Any]]) -> list[tuple[int, int, bool]]:
    """Return the links worth drawing between steps: all causal ones, and orderings that no others imply.

    Parameters
    ----------
    steps : sequence of Mapping
        The plan's steps, dependencies before what depends on them.

    Returns
    -------
    list of (int, int, bool)
        Position of the earlier and of the later step, and whether the link is causal.

    Examples
    --------
    >>> a, b = {"id": "a", "dependencies": []}, {"id": "b", "dependencies": ["a"], "causal": ["a"]}
    >>> drawn_links([a, b, {"id": "c", "dependencies": ["a", "b"], "causal": []}])
    [(0, 1, True), (1, 2, False)]
    """
    position = {step["id"]: number for number, step in enumerate(steps)}
    before: list[int] = []  # for each step the set of all steps before it, as the bits of an int
    links = []
    for number, step in enumerate(steps):
        causal = set(step.get("causal", ()))
        direct = [position[identity] for identity in step["dependencies"]]
        if any(earlier >= number for earlier in direct):
            raise ValueError(f"step {step['id']} is listed before a step that it depends on")
        implied = 0
        for earlier in direct:
            implied |= before[earlier]
        for earlier in sorted(direct):
            is_causal = steps[earlier]["id"] in causal
            if is_causal or not implied >> earlier & 1:
                links.append((earlier, number, is_causal))
        before.append(implied | sum(1 << earlier for earlier in set(direct)))
    return links
