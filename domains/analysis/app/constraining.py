"""What a person prefers or rules out, kept in the page's address, so that it survives a reload and can be shared."""

from __future__ import annotations

import json
from collections.abc import Sequence

from htn.execution.wishes import EXCLUDE, PREFER, Wish
from htn.model import Domain
from htn.model.errors import InputError
from htn.model.values import freeze, thaw
from htn.plan.tree import Node

__all__ = ["choices", "read_wishes", "write_wishes"]


def write_wishes(wishes: Sequence[Wish]) -> str:
    """Return wishes as text for an address.

    Examples
    --------
    >>> read_wishes(write_wishes([Wish("prefer", ("travel", ("me", 1)), "on_foot")]))
    [Wish(kind='prefer', task=('travel', ('me', 1)), method='on_foot', agent='')]
    """
    return json.dumps([[wish.kind, thaw(wish.task), wish.method] for wish in wishes], separators=(",", ":"))


def read_wishes(text: str) -> list[Wish]:
    """Return the wishes in an address.

    Raises
    ------
    InputError
        When they cannot be read: the address was changed by hand.
    """
    try:
        wishes = []
        for kind, task, method in json.loads(text or "[]"):
            whole = freeze(task)
            named = isinstance(whole, tuple) and whole and isinstance(whole[0], str)
            if kind not in (PREFER, EXCLUDE) or not named or not isinstance(method, str | None):
                raise ValueError(kind)
            wishes.append(Wish(kind, whole, method))
    except (ValueError, TypeError, RecursionError):
        raise InputError("the wishes in this page's address cannot be read; ask the question again") from None
    return wishes


def choices(domain: Domain, node: Node) -> list[Wish]:
    """Return what can be wanted of a node: each other method, not this one, and not the task at all."""
    found = []
    if node.method is not None:
        others = [method.name for method in domain.methods.get(node.task, ()) if method.name != node.method]
        found = [Wish(PREFER, node.whole, name) for name in dict.fromkeys(others)]
        if others:
            found.append(Wish(EXCLUDE, node.whole, node.method))
    if node.parent is not None:
        found.append(Wish(EXCLUDE, node.whole, None))
    return found
