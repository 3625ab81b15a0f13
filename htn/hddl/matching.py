"""Which subtask of a method each child in a plan is: names, arguments, types and the order in which they are listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from htn.hddl.model import Network, Subtask, Typed, is_variable
from htn.hddl.types import Types

__all__ = ["Given", "Matching", "matchings", "unify"]


@dataclass(frozen=True, slots=True)
class Given:
    """A task as a plan gives it."""

    id: int
    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """One way to read a plan's children as a network's subtasks.

    Attributes
    ----------
    binding : dict of str to str
        The variables that are known from the task and its children.
    before : tuple of tuple of int
        For each child in the plan's list, the positions in it of those that must be finished before.
    """

    binding: Mapping[str, str]
    before: tuple[tuple[int, ...], ...]


def unify(
    terms: Sequence[str], arguments: Sequence[str], binding: dict[str, str], kinds: Mapping[str, str], types: Types
) -> str:
    """Give variables the values that make terms equal to arguments; return why it cannot be done, or nothing.

    Parameters
    ----------
    terms, arguments : sequence of str
        As many of the one as of the other.
    binding : dict of str to str
        Values so far; it is extended.
    kinds : mapping of str to str
        The type of each variable.
    types : Types
        The objects of each type.

    Examples
    --------
    >>> from htn.hddl import parse_domain
    >>> types = Types(parse_domain("(define (domain d) (:types t) (:constants a - t b))"))
    >>> unify(("?x", "?y"), ("a", "b"), {}, {"?x": "t", "?y": "t"}, types)
    "?y would be 'b', which is not of type 't'"
    """
    for term, argument in zip(terms, arguments, strict=True):
        if not is_variable(term):
            if term != argument:
                return f"'{argument}' stands where '{term}' is expected"
        elif term in binding:
            if binding[term] != argument:
                return f"{term} would be both '{binding[term]}' and '{argument}'"
        elif not types.has(argument, kinds.get(term, "object")):
            return f"{term} would be '{argument}', which is not of type '{kinds.get(term, 'object')}'"
        else:
            binding[term] = argument
    return ""


def matchings(
    network: Network,
    parameters: Sequence[Typed],
    children: Sequence[Given],
    binding: Mapping[str, str],
    types: Types,
    reasons: list[str],
) -> Iterator[Matching]:
    """Yield the ways in which children can be a network's subtasks, in an order that the network allows.

    Subtasks that look the same and are ordered alike are not told apart. Where a child fits nothing, the reason is
    added to `reasons`.
    """
    if len(children) != len(network.subtasks):
        reasons.append(f"has {len(children)} subtasks here, but {len(network.subtasks)} in the domain")
        return
    kinds = {parameter.name: parameter.type for parameter in parameters}
    predecessors: list[set[int]] = [set() for _ in children]
    for first, second in network.edges():
        predecessors[second].add(first)
    yield from _Search(network, children, kinds, predecessors, types, reasons).run(dict(binding))


class _Search:
    """Assigns children to subtasks, one after the other, on an explicit stack."""

    def __init__(
        self,
        network: Network,
        children: Sequence[Given],
        kinds: Mapping[str, str],
        predecessors: list[set[int]],
        types: Types,
        reasons: list[str],
    ) -> None:
        self.subtasks = network.subtasks
        self.children = children
        self.kinds = kinds
        self.predecessors = predecessors
        self.types = types
        self.reasons = reasons
        self.deepest = -1
        successors: list[set[int]] = [set() for _ in children]
        for second, firsts in enumerate(predecessors):
            for first in firsts:
                successors[first].add(second)
        # Twins: exchanging two of them changes nothing.
        self.twin = [
            (subtask.task, subtask.terms, frozenset(predecessors[i]), frozenset(successors[i]))
            for i, subtask in enumerate(self.subtasks)
        ]
        self.by_name: dict[str, list[int]] = {}
        for i, subtask in enumerate(self.subtasks):
            self.by_name.setdefault(subtask.task, []).append(i)

    def run(self, binding: dict[str, str]) -> Iterator[Matching]:
        where: list[int] = []  # for each child so far, its subtask
        position: dict[int, int] = {}  # the other way round
        stack = [self._candidates(0, position, binding)]
        if not self.children:
            yield Matching(binding, ())
            return
        while stack:
            found = next(stack[-1], None)
            if found is None:
                stack.pop()
                if where:
                    del position[where.pop()]
                continue
            subtask, extended = found
            where.append(subtask)
            position[subtask] = len(where) - 1
            if len(where) == len(self.children):
                before = tuple([tuple(sorted(position[i] for i in self.predecessors[subtask])) for subtask in where])
                yield Matching(extended, before)
                del position[where.pop()]
            else:
                stack.append(self._candidates(len(where), position, extended))

    def _candidates(
        self, index: int, position: dict[int, int], binding: dict[str, str]
    ) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the subtasks that a child can be, with the binding that follows."""
        child = self.children[index]
        tried: set[object] = set()
        why = ""
        any_found = False
        for i in self.by_name.get(child.name, ()):
            if i in position or self.twin[i] in tried:
                continue
            if not all(first in position for first in self.predecessors[i]):
                why = why or "is listed before a subtask that the order puts before it"
                continue
            subtask = self.subtasks[i]
            if len(subtask.terms) != len(child.arguments):
                why = why or f"has {len(child.arguments)} arguments, but {len(subtask.terms)} in the domain"
                continue
            extended = dict(binding)
            wrong = unify(subtask.terms, child.arguments, extended, self.kinds, self.types)
            if wrong:
                why = f"does not fit {_shown(subtask)}: {wrong}"
                continue
            tried.add(self.twin[i])
            any_found = True
            yield i, extended
        if not any_found and index > self.deepest:
            self.deepest = index
            if child.name not in self.by_name:
                asked = next((_shown(other) for i, other in enumerate(self.subtasks) if i not in position), "nothing")
                why = f"is none of its subtasks; {asked} is expected"
            shown = " ".join([child.name, *child.arguments])
            self.reasons[:] = [f"cannot have the subtask {child.id} ({shown}): it {why or 'is one too many'}"]


def _shown(subtask: Subtask) -> str:
    return f"({' '.join([subtask.task, *subtask.terms])})"
