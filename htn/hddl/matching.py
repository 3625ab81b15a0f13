"""Which subtask of a method each child in a plan is: names, arguments, types and the order in which they are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from htn.hddl.model import Network, Subtask, Typed, is_variable
from htn.hddl.types import Types
from htn.model.record import Record

__all__ = ["Given", "Matching", "Matchings", "unify"]

# Placements of children that are tried for one task before the search gives up.
MOST_TRIED = 200_000


class Given(Record):
    """A task as a plan gives it."""

    id: int
    name: str
    arguments: tuple[str, ...]


class Matching(Record):
    """One way to read a plan's children as a network's subtasks.

    Attributes
    ----------
    binding : dict of str to str
        The variables that are known from the task and its children.
    before : tuple of tuple of int
        For each child in the plan's list, the positions in it of those that must be finished before.
    where : tuple of int
        For each child in the plan's list, the position of its subtask in the network.
    """

    binding: Mapping[str, str]
    before: tuple[tuple[int, ...], ...]
    where: tuple[int, ...]


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


class Matchings:
    """The ways in which a plan's children can be a network's subtasks, in an order that the network allows.

    Subtasks that look the same and are ordered alike are not told apart. The search is on an explicit stack; each child
    is checked against types, order and constraints as soon as it is placed.

    Parameters
    ----------
    network : Network
        The subtasks.
    parameters : sequence of Typed
        The variables.
    children : sequence of Given
        The tasks that the plan lists.
    types : Types
        The objects of each type.
    order_problem : callable
        Given two children, the first ordered before the second: which of their actions break that, or nothing.
    constraint_problem : callable
        Given a binding: why the constraints, as far as they can be judged, do not hold, or nothing.

    Attributes
    ----------
    reason : str
        Why the child that got furthest fits nothing, as the end of a sentence.
    complete : bool
        Whether all ways were tried: there can be too many.
    """

    def __init__(
        self,
        network: Network,
        parameters: Sequence[Typed],
        children: Sequence[Given],
        types: Types,
        order_problem: Callable[[Given, Given], str],
        constraint_problem: Callable[[Mapping[str, str]], str],
    ) -> None:
        self.subtasks = network.subtasks
        self.children = children
        self.types = types
        self.order_problem = order_problem
        self.constraint_problem = constraint_problem
        self.kinds = {parameter.name: parameter.type for parameter in parameters}
        self.reason = ""
        self.complete = True
        self._deepest = -1
        self._tried = 0
        count = len(network.subtasks)
        self.before: list[set[int]] = [set() for _ in range(count)]
        after: list[set[int]] = [set() for _ in range(count)]
        for first, second in network.edges():
            self.before[second].add(first)
            after[first].add(second)
        # Twins: exchanging two of them changes nothing.
        self.twin = [
            (subtask.task, subtask.terms, frozenset(self.before[i]), frozenset(after[i]))
            for i, subtask in enumerate(self.subtasks)
        ]
        self.by_name: dict[str, list[int]] = {}
        for i, subtask in enumerate(self.subtasks):
            self.by_name.setdefault(subtask.task, []).append(i)

    def find(self, binding: Mapping[str, str]) -> Iterator[Matching]:
        """Yield the ways that agree with values for variables."""
        if len(self.children) != len(self.subtasks):
            self.reason = f"has {len(self.children)} subtasks here, but {len(self.subtasks)} in the domain"
            return
        self.reason = self.constraint_problem(binding)
        if self.reason:
            return
        if not self.children:
            yield Matching(binding, (), ())
            return
        where: list[int] = []  # for each child so far, its subtask
        position: dict[int, int] = {}  # the other way round
        stack = [self._candidates(0, position, binding)]
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
            if len(where) < len(self.children):
                stack.append(self._candidates(len(where), position, extended))
                continue
            before = tuple([tuple(sorted(position[i] for i in self.before[place])) for place in where])
            yield Matching(extended, before, tuple(where))
            del position[where.pop()]

    def _candidates(
        self, index: int, position: dict[int, int], binding: Mapping[str, str]
    ) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the subtasks that a child can be, with the binding that follows."""
        child = self.children[index]
        tried: set[object] = set()
        why = ""
        fits = False
        for i in self.by_name.get(child.name, ()):
            if i in position or self.twin[i] in tried:
                continue
            tried.add(self.twin[i])
            self._tried += 1
            if self._tried > MOST_TRIED:
                self.complete = False
                return
            extended = dict(binding)
            wrong = self._misfit(child, i, position, extended)
            if wrong:
                why = why or wrong
            else:
                fits = True
                yield i, extended
        if not fits and index > self._deepest:
            self._deepest = index
            self.reason = why or self._no_place(child, position)

    def _misfit(self, child: Given, i: int, position: dict[int, int], binding: dict[str, str]) -> str:
        """Return why a child cannot be a subtask, as the end of a sentence, or nothing; the binding is extended."""
        subtask = self.subtasks[i]
        who = f"cannot have the subtask {child.id} ({' '.join([child.name, *child.arguments])}): it"
        if not self.before[i] <= position.keys():
            return f"{who} is listed before a subtask that the order puts before it"
        if len(subtask.terms) != len(child.arguments):
            return f"{who} has {len(child.arguments)} arguments, but {len(subtask.terms)} in the domain"
        wrong = unify(subtask.terms, child.arguments, binding, self.kinds, self.types)
        if wrong:
            return f"{who} does not fit {_shown(subtask)}: {wrong}"
        for first in self.before[i]:
            wrong = self.order_problem(self.children[position[first]], child)
            if wrong:
                return wrong
        return self.constraint_problem(binding)

    def _no_place(self, child: Given, position: dict[int, int]) -> str:
        shown = " ".join([child.name, *child.arguments])
        if child.name in self.by_name:
            return f"cannot have the subtask {child.id} ({shown}): it is one too many"
        asked = next((_shown(other) for i, other in enumerate(self.subtasks) if i not in position), "nothing")
        return f"cannot have the subtask {child.id} ({shown}): it is none of its subtasks; {asked} is expected"


def _shown(subtask: Subtask) -> str:
    return f"({' '.join([subtask.task, *subtask.terms])})"
