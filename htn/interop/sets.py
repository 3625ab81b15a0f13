"""Sets as fluents: facts that are in or out, changed through the trail one element at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from htn.model.state import ABSENT

__all__ = ["FactSet"]

_add = set.add
_discard = set.discard


class FactSet(set[Any]):
    """A set whose every change is noted on the state's trail; reading is a plain set's.

    Domains translated from PDDL keep predicates as sets. Comparing or copying them at every step would cost their
    whole size; noting changes costs what is changed.
    """

    __slots__ = ("_name", "_trail")

    def __init__(self, name: str, items: Iterable[Any], trail: Any) -> None:
        super().__init__(items)
        self._name = name
        self._trail = trail

    def get(self, element: Any, default: Any = None) -> Any:
        """Return True when the element is in the set, else the default: a set as a fluent that is true or absent."""
        return True if element in self else default

    def _undo(self, element: Any, old: Any) -> None:
        if old is ABSENT:
            _discard(self, element)
        else:
            _add(self, element)

    def add(self, element: Any) -> None:
        """Put an element in."""
        if not set.__contains__(self, element):
            self._trail.append((self, element, ABSENT))
            _add(self, element)

    def discard(self, element: Any) -> None:
        """Take an element out if it is in."""
        if set.__contains__(self, element):
            self._trail.append((self, element, True))
            _discard(self, element)

    def remove(self, element: Any) -> None:
        """Take an element out; a KeyError if it is not in."""
        if not set.__contains__(self, element):
            raise KeyError(element)
        self.discard(element)

    def pop(self) -> Any:
        """Take some element out and return it."""
        element = next(set.__iter__(self), ABSENT)
        if element is ABSENT:
            raise KeyError("pop from an empty set")
        self.discard(element)
        return element

    def clear(self) -> None:
        """Take every element out."""
        for element in list(set.__iter__(self)):
            self.discard(element)

    def update(self, *others: Iterable[Any]) -> None:
        """Put all elements of the others in."""
        for other in others:
            for element in list(other):
                self.add(element)

    def difference_update(self, *others: Iterable[Any]) -> None:
        """Take all elements of the others out."""
        for other in others:
            for element in list(other):
                self.discard(element)

    def intersection_update(self, *others: Iterable[Any]) -> None:
        """Keep only what is in every one of the others."""
        kept = set(set.__iter__(self)).intersection(*others)
        for element in list(set.__iter__(self)):
            if element not in kept:
                self.discard(element)

    def symmetric_difference_update(self, other: Iterable[Any]) -> None:
        """Put in what is only in the other, take out what is in both."""
        for element in set(other):
            if set.__contains__(self, element):
                self.discard(element)
            else:
                self.add(element)

    def __ior__(self, other: Any) -> FactSet:  # type: ignore[misc]  # in place, as sets do
        self.update(other)
        return self

    def __isub__(self, other: Any) -> FactSet:  # type: ignore[misc]  # as above
        self.difference_update(other)
        return self

    def __iand__(self, other: Any) -> FactSet:  # type: ignore[misc]  # as above
        self.intersection_update(other)
        return self

    def __ixor__(self, other: Any) -> FactSet:  # type: ignore[misc]  # as above
        self.symmetric_difference_update(other)
        return self

    def copy(self) -> set[Any]:
        """Return the elements as a plain set."""
        return set(set.__iter__(self))

    def __deepcopy__(self, memo: object) -> set[Any]:
        return self.copy()

    def __reduce__(self) -> Any:
        return set, (list(set.__iter__(self)),)

    def __repr__(self) -> str:
        return repr(self.copy())
