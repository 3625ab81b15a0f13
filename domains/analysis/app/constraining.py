"""What a person prefers or rules out, kept in the page's address, so that it survives a reload and can be shared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domains.analysis.domain import in_words
from htn.model import Domain
from htn.model.errors import InputError
from htn.model.values import freeze, thaw
from htn.plan.tree import Node
from htn.planning import Constraints

__all__ = ["Wish", "choices", "constraints_of", "read_wishes", "write_wishes"]


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that a person wants of the plan.

    Attributes
    ----------
    kind : str
        ``prefer`` or ``exclude``.
    task : tuple
        The whole task: its name and arguments.
    method : str or None
        The method; None leaves the task out altogether.
    """

    kind: str
    task: tuple[Any, ...]
    method: str | None

    @property
    def sentence(self) -> str:
        """The wish in words.

        Examples
        --------
        >>> Wish("exclude", ("travel", "me"), "by_taxi").sentence
        'without by_taxi for travel(me)'
        """
        task = f"{self.task[0]}({', '.join(map(in_words, self.task[1:]))})"
        if self.method is None:
            return f"without {task}"
        return f"{'rather' if self.kind == 'prefer' else 'without'} {self.method} for {task}"


def write_wishes(wishes: Sequence[Wish]) -> str:
    """Return wishes as text for an address.

    Examples
    --------
    >>> read_wishes(write_wishes([Wish("prefer", ("travel", ("me", 1)), "on_foot")]))
    [Wish(kind='prefer', task=('travel', ('me', 1)), method='on_foot')]
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
            if kind not in ("prefer", "exclude") or not named or not isinstance(method, str | None):
                raise ValueError(kind)
            wishes.append(Wish(kind, whole, method))
    except (ValueError, TypeError, RecursionError):
        raise InputError("the wishes in this page's address cannot be read; ask the question again") from None
    return wishes


def constraints_of(wishes: Sequence[Wish]) -> Constraints:
    """Return what the decomposer is given."""
    return Constraints(
        exclude=tuple((wish.task, wish.method) for wish in wishes if wish.kind == "exclude"),
        prefer=tuple((wish.task, wish.method or "") for wish in wishes if wish.kind == "prefer"),
    )


def choices(domain: Domain, node: Node) -> list[Wish]:
    """Return what can be wanted of a node: each other method, not this one, and not the task at all."""
    found = []
    if node.method is not None:
        others = [method.name for method in domain.methods.get(node.task, ()) if method.name != node.method]
        found = [Wish("prefer", node.whole, name) for name in dict.fromkeys(others)]
        if others:
            found.append(Wish("exclude", node.whole, node.method))
    if node.parent is not None:
        found.append(Wish("exclude", node.whole, None))
    return found
