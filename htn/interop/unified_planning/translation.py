"""A problem in both forms, and which part of the one is which part of the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from htn.hddl.model import Domain, Method, Network, Problem
from htn.model.record import Record

__all__ = ["MethodPair", "Translation", "in_order"]


class MethodPair(Record):
    """A method of unified-planning and the HDDL method that it is.

    Attributes
    ----------
    up : unified_planning.model.htn.Method
        The one.
    hddl : Method
        The other.
    terms : tuple of str
        For each parameter of the one, the variable (or the object) that it is in the other.
    subtasks : tuple of str
        For each subtask in HDDL, its identifier in unified-planning.
    """

    up: Any
    hddl: Method
    terms: tuple[str, ...]
    subtasks: tuple[str, ...]


class Translation(Record):
    """A hierarchical problem of unified-planning and the HDDL domain and problem that say the same.

    Attributes
    ----------
    up : unified_planning.model.htn.HierarchicalProblem
        The problem in the one form.
    domain, problem : Domain, Problem
        The problem in the other.
    actions, objects : mapping of str to object
        Actions and objects of unified-planning by their names in HDDL.
    methods : tuple of MethodPair
        The methods, in the order of HDDL's.
    roots : tuple of str
        For each initial task in HDDL, its identifier in unified-planning.
    """

    up: Any
    domain: Domain
    problem: Problem
    actions: Mapping[str, Any]
    objects: Mapping[str, Any]
    methods: tuple[MethodPair, ...]
    roots: tuple[str, ...]


def in_order(network: Network) -> tuple[int, ...] | None:
    """Return the positions of a network's subtasks in an order that it allows, those listed first as early as can be.

    Returns
    -------
    tuple of int or None
        None where no order is allowed: the ordering is a circle.

    Examples
    --------
    >>> from htn.hddl.model import Subtask
    >>> in_order(Network((Subtask("a", (), "t1"), Subtask("b", (), "t2")), ordering=(("t2", "t1"),)))
    (1, 0)
    """
    before: list[set[int]] = [set() for _ in network.subtasks]
    for first, second in network.edges():
        before[second].add(first)
    found: dict[int, None] = {}
    while len(found) < len(before):
        ready = next((i for i, firsts in enumerate(before) if i not in found and firsts <= found.keys()), None)
        if ready is None:
            return None
        found[ready] = None
    return tuple(found)
