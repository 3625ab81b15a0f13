"""Which objects a type has: the type hierarchy with its objects."""

from __future__ import annotations

from htn.hddl.model import Domain, Problem

__all__ = ["Types"]


class Types:
    """The types of a domain and the objects of a domain and a problem.

    As in the competition, ``object`` is an ordinary type where ``:types`` mentions it: it has the objects declared with
    it or with a type below it. Where ``:types`` does not mention it, it has every object. An object that is declared
    with several types has all of them, and so does a type with several parents.

    Parameters
    ----------
    domain : Domain
        For types and constants.
    problem : Problem, optional
        For objects.

    Examples
    --------
    >>> from htn.hddl import parse_domain
    >>> types = Types(parse_domain("(define (domain d) (:types car - vehicle) (:constants herbie - car lift))"))
    >>> types.objects("vehicle"), types.has("lift", "vehicle"), types.has("lift", "object")
    (('herbie',), False, True)
    """

    def __init__(self, domain: Domain, problem: Problem | None = None) -> None:
        entries = (*domain.constants, *(problem.objects if problem else ()))
        self._parents: dict[str, list[str]] = {}
        for declared in domain.types:
            parents = self._parents.setdefault(declared.name, [])
            if declared.parent:
                parents.append(declared.parent)
                self._parents.setdefault(declared.parent, [])
        self.declared = frozenset(self._parents)
        """The types that ``:types`` names, as types or as parents."""
        above = {name: self._above(name) for name in {*self._parents, *(entry.type for entry in entries)}}
        if "object" not in self.declared:
            above = {name: types | {"object"} for name, types in above.items()}
        found: dict[str, dict[str, None]] = {name: {} for name in above}
        for entry in entries:
            for name in above[entry.type]:
                found.setdefault(name, {})[entry.name] = None
        self._all = frozenset(entry.name for entry in entries)
        self._objects = {name: tuple(listed) for name, listed in found.items()}
        self._sets = {name: frozenset(listed) for name, listed in found.items()}
        self._above_of = above

    def _above(self, name: str) -> frozenset[str]:
        """Return a type and everything above it; a circle of types counts as one."""
        found, waiting = {name}, [name]
        while waiting:
            for parent in self._parents.get(waiting.pop(), ()):
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return frozenset(found)

    def objects(self, type: str) -> tuple[str, ...]:
        """Return the objects of a type, in the order in which they are declared; none for an unknown type."""
        return self._objects.get(type, ())

    def has(self, name: str, type: str) -> bool:
        """Whether an object is of a type."""
        return name in self._sets.get(type, ())

    def meet(self, type: str, other: str) -> bool:
        """Whether some type is below both, so that an object may be of both."""
        return type == other or any(type in types and other in types for types in self._above_of.values())

    @property
    def everything(self) -> frozenset[str]:
        """All objects and constants."""
        return self._all
