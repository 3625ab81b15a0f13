"""Which tasks of a plan a person's wishes concern, and whether another plan grants them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from htn.execution.wishes import EXCLUDE, PREFER, Wish
from htn.plan.plan import Plan
from htn.plan.tree import Node
from htn.planning.replan.remains import Remains

__all__ = ["above", "concerned", "not_granted"]


def concerned(remains: Remains, wishes: Iterable[Wish]) -> tuple[str, ...]:
    """Return the ids of the tasks to be decomposed again; of finished ones nothing is left to be wished for.

    A task that is to be left out altogether is the affair of the one above it.
    """
    found: dict[str, None] = {}
    for wish in wishes:
        for node in remains.nodes:
            if remains.is_finished(node.id) or not _matches(wish, node):
                continue
            if wish.method is None and node.parent is not None:
                found[node.parent] = None
            elif _contrary(wish, node):
                found[node.id] = None
    return tuple(found)


def above(remains: Remains, nodes: Iterable[str]) -> tuple[str, ...]:
    """Return the tasks above some tasks; a root stands for itself."""
    return tuple(dict.fromkeys(remains.tree[node].parent or node for node in nodes))


def not_granted(plan: Plan, wishes: Iterable[Wish]) -> Wish | None:
    """Return the first wish that what is pending of a plan does not grant; None where it grants all."""
    tree = plan.tree
    pending = {step.id for step in plan.pending}
    nodes = {node.id: node for leaf in pending for node in (tree[leaf], *tree.ancestors(leaf))}
    for wish in wishes:
        about = [node for node in nodes.values() if _matches(wish, node)]
        if any(_contrary(wish, node) for node in about):
            return wish
        if wish.kind == PREFER and not about:
            return wish
    return None


def _matches(wish: Wish, node: Node) -> bool:
    task: Any = node.task if isinstance(wish.task, str) else node.whole
    return wish.kind in (PREFER, EXCLUDE) and bool(wish.task == task)


def _contrary(wish: Wish, node: Node) -> bool:
    if wish.method is None:
        return True
    return node.method == wish.method if wish.kind == EXCLUDE else node.method != wish.method
