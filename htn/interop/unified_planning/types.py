"""The types of an HDDL domain as unified-planning's, which have one parent each and which fluents insist on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from htn.hddl.model import (
    And,
    Atom,
    Domain,
    Effect,
    Exists,
    Forall,
    Formula,
    Function,
    Imply,
    Increase,
    Not,
    Or,
    Predicate,
    Problem,
    Typed,
    When,
    is_variable,
)
from htn.interop.unified_planning.errors import UnsupportedError
from htn.interop.unified_planning.names import Names

__all__ = ["Typing"]

OBJECT = "object"


class Typing:
    """Types and signatures.

    HDDL files may use a predicate with arguments of wider types than it declares. unified-planning refuses that, so
    such a predicate's parameters are widened: that changes nothing, since what is not listed as true is false.

    Parameters
    ----------
    domain, problem : Domain, Problem
        What is to be translated.

    Attributes
    ----------
    signatures : dict of (str, int) to list of str
        The types of a predicate's or function's arguments, by its name and how many it has.
    object_types : dict of str to str
        The type of each object; of several, the narrowest.
    """

    def __init__(self, domain: Domain, problem: Problem) -> None:
        self.parent = self._parents(domain)
        self.object_types: dict[str, str] = {}
        for entry in (*domain.constants, *problem.objects):
            before = self.object_types.get(entry.name, entry.type)
            wide, narrow = sorted((before, entry.type), key=lambda kind: len(list(self.above(kind))))
            if not self.below(narrow, wide):
                raise UnsupportedError(
                    f"the object '{entry.name}' has the types '{before}' and '{entry.type}'; unified-planning has one"
                )
            self.object_types[entry.name] = narrow
        self.signatures: dict[tuple[str, int], list[str]] = {}
        listed: list[Predicate | Function] = [*domain.predicates, *domain.functions]
        for declared in listed:
            key = declared.name, len(declared.parameters)
            self.signatures.setdefault(key, [parameter.type for parameter in declared.parameters])
        self._widen(domain, problem)

    def _parents(self, domain: Domain) -> dict[str, str | None]:
        parents: dict[str, str | None] = {}
        for declared in domain.types:
            if declared.parent and parents.get(declared.name, declared.parent) not in (None, declared.parent):
                raise UnsupportedError(
                    f"the type '{declared.name}' has two parents, '{parents[declared.name]}' and '{declared.parent}'; "
                    "a type of unified-planning has one"
                )
            parents[declared.name] = declared.parent or parents.get(declared.name)
            if declared.parent:
                parents.setdefault(declared.parent, None)
        # Where the file does not mention `object` as a type, it is above all others.
        if OBJECT not in parents:
            parents = {name: parent or OBJECT for name, parent in parents.items()} | {OBJECT: None}
        for name in parents:
            seen: set[str] = set()
            here: str | None = name
            while here is not None:
                if here in seen:
                    raise UnsupportedError(f"the type '{name}' is above itself")
                seen.add(here)
                here = parents[here]
        return parents

    def above(self, type: str) -> Iterator[str]:
        """Yield a type and what is above it, nearest first."""
        here: str | None = type
        while here is not None:
            yield here
            here = self.parent.get(here)

    def below(self, type: str, other: str) -> bool:
        """Whether every object of a type is one of another."""
        return other in self.above(type)

    def meet(self, type: str, other: str) -> bool:
        """Whether an object can be of both types."""
        return self.below(type, other) or self.below(other, type)

    def _widen(self, domain: Domain, problem: Problem) -> None:
        for fact in (*problem.init, *(function for function, _ in problem.values)):
            for position, name in enumerate(fact[1:]):
                self._use(fact[0], len(fact) - 1, position, self.object_types.get(name, OBJECT))
        formulas: list[tuple[Formula | Effect, tuple[Typed, ...]]] = []
        for action in domain.actions:
            formulas += [(action.precondition, action.parameters), (action.effect, action.parameters)]
        formulas += [(method.precondition, method.parameters) for method in domain.methods]
        if problem.goal is not None:
            formulas.append((problem.goal, ()))
        for formula, parameters in formulas:
            kinds = {parameter.name: parameter.type for parameter in parameters}
            for atom, bound in _atoms(formula, ()):
                scope = kinds | {variable.name: variable.type for variable in bound}
                for position, term in enumerate(atom.terms):
                    kind = scope.get(term) if is_variable(term) else self.object_types.get(term)
                    self._use(atom.predicate, len(atom.terms), position, kind or OBJECT)

    def _use(self, name: str, arity: int, position: int, type: str) -> None:
        signature = self.signatures.setdefault((name, arity), [type] * arity)
        if not self.below(type, signature[position]):
            wider = next((above for above in self.above(signature[position]) if self.below(type, above)), None)
            if wider is None:
                raise UnsupportedError(
                    f"'{name}' is used with a '{type}' where it declares a '{signature[position]}', "
                    "and no type is above both"
                )
            signature[position] = wider

    def types(self, used: Iterable[str], manager: Any, names: Names) -> dict[str, Any]:
        """Return unified-planning's types by name: those declared, and ``object`` where something is used with it."""
        with_object = OBJECT in used
        found: dict[str, Any] = {}
        for name in self.parent:
            if name == OBJECT and not with_object:
                continue
            for here in reversed(list(self.above(name))):
                if here in found or (here == OBJECT and not with_object):
                    continue
                parent = self.parent[here]
                found[here] = manager.UserType(names.once(here, "type"), found.get(parent) if parent else None)
        return found


def _atoms(formula: Formula | Effect, bound: tuple[Typed, ...]) -> Iterator[tuple[Atom, tuple[Typed, ...]]]:
    """Yield the atoms in a formula or effect, each with the quantified variables in scope, outermost first."""
    match formula:
        case Atom():
            yield formula, bound
        case Not(part):
            yield from _atoms(part, bound)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _atoms(part, bound)
        case Imply(first, second) | When(first, second):
            yield from _atoms(first, bound)
            yield from _atoms(second, bound)
        case Forall(variables, part) | Exists(variables, part):
            yield from _atoms(part, (*bound, *variables))
        case Increase(_, Atom() as amount):
            yield amount, bound
