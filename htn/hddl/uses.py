"""Where terms are used: each variable and object in a formula, effect or network, and what it is an argument of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from htn.hddl.model import (
    And,
    Atom,
    Effect,
    Equal,
    Exists,
    Forall,
    Formula,
    Imply,
    Increase,
    Method,
    Network,
    Not,
    Or,
    Typed,
    TypeOf,
    When,
)

__all__ = ["Use", "method_uses", "network_uses", "uses"]


class Use(NamedTuple):
    """A term at one place.

    Attributes
    ----------
    term : str
        A variable or an object.
    at : int
        Offset of the atom or subtask that it stands in.
    kind : str
        ``predicate``, ``function``, ``task``, ``equal`` or ``sort``.
    name : str
        The predicate, function or task; for ``sort`` the type; for ``equal`` the other term.
    position : int
        Which argument it is.
    bound : tuple of Typed
        Quantified variables in scope, innermost first.
    """

    term: str
    at: int
    kind: str
    name: str
    position: int
    bound: tuple[Typed, ...] = ()

    @property
    def quantified(self) -> Typed | None:
        """The quantified variable that the term is, or None."""
        return next((variable for variable in self.bound if variable.name == self.term), None)


def uses(formula: Formula | Effect) -> Iterator[Use]:
    """Yield every use of a term in a formula or effect, from left to right.

    Examples
    --------
    >>> [(use.term, use.name, use.position) for use in uses(Not(Atom("at", ("?t", "home"))))]
    [('?t', 'at', 0), ('home', 'at', 1)]
    """
    waiting: list[tuple[Formula | Effect, tuple[Typed, ...]]] = [(formula, ())]
    while waiting:
        part, bound = waiting.pop()
        if isinstance(part, Atom):
            for index, term in enumerate(part.terms):
                yield Use(term, part.at, "predicate", part.predicate, index, bound)
        elif isinstance(part, Equal):
            yield Use(part.left, part.at, "equal", part.right, 0, bound)
            yield Use(part.right, part.at, "equal", part.left, 1, bound)
        elif isinstance(part, TypeOf):
            yield Use(part.term, part.at, "sort", part.type, 0, bound)
        elif isinstance(part, Increase):
            for head in (part.function, part.amount):
                if isinstance(head, Atom):
                    for index, term in enumerate(head.terms):
                        yield Use(term, part.at, "function", head.predicate, index, bound)
        else:
            waiting.extend((inner, scope + bound) for inner, scope in reversed(_parts(part)))


def _parts(
    part: Not | And | Or | Imply | Forall | Exists | When,
) -> list[tuple[Formula | Effect, tuple[Typed, ...]]]:
    """Return the parts of a compound formula with the variables that it binds in them."""
    if isinstance(part, (And, Or)):
        return [(inner, ()) for inner in part.parts]
    if isinstance(part, Not):
        return [(part.part, ())]
    if isinstance(part, Imply):
        return [(part.condition, ()), (part.conclusion, ())]
    if isinstance(part, When):
        return [(part.condition, ()), (part.effect, ())]
    return [(part.part, part.variables)]


def network_uses(network: Network) -> Iterator[Use]:
    """Yield every use of a term in a network: subtasks, then constraints."""
    for subtask in network.subtasks:
        for index, term in enumerate(subtask.terms):
            yield Use(term, subtask.at, "task", subtask.task, index)
    yield from uses(network.constraints)


def method_uses(method: Method) -> Iterator[Use]:
    """Yield every use of a term in a method: its task, its subtasks and constraints, its precondition."""
    for index, term in enumerate(method.terms):
        yield Use(term, method.at, "task", method.task, index)
    yield from network_uses(method.network)
    yield from uses(method.precondition)
