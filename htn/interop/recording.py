"""Tracked states that note what is read from them, for tracing the plans of Pyhop-style domains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableSet
from typing import Any

from htn.interop.sets import FactSet
from htn.interop.state import State
from htn.interop.values import fixed
from htn.model.state import Fluent
from htn.plan.recording import WHOLE, Reads, RecordedFluent

__all__ = ["recorded"]


def recorded(state: State, reads: Reads) -> State:
    """Return a tracked copy of a state that notes its reads."""

    class Recorded(type(state)):  # type: ignore[misc]  # the base may be a user's own class
        __slots__ = ()

        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            if name.startswith("_") or name not in super().__getattribute__("__dict__"):
                return value
            if isinstance(value, FactSet):
                return _RecordedSet(value, reads)
            if not isinstance(value, Fluent):
                reads[name, ()] = None
            return value

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value._facts if type(value) is _RecordedSet else value)

        def _open_fluent(self, name: str, items: Mapping[Any, Any]) -> Fluent:
            plain = Fluent(name, items, super().__getattribute__("_trail"))
            return _RecordedOpenFluent(plain, reads, super().__getattribute__("_watched"))

    made: State = Recorded.__new__(Recorded)
    made._prepare(state._name, [])
    for name, value in state.__dict__.items():
        made.__dict__[name] = made._adopt(name, value)
    made._refresh()
    return made


class _RecordedOpenFluent(RecordedFluent):
    """A fluent that takes any value and whose reads are noted."""

    __slots__ = ("_watched",)

    def __init__(self, fluent: Fluent, reads: Reads, watched: dict[str, None]) -> None:
        super().__init__(fluent, reads)
        self._watched = watched

    def _accept(self, key: Any, value: Any) -> None:
        if not fixed(value):
            self._watched[self._name] = None


class _RecordedSet(MutableSet[Any]):
    """A set of facts whose reads are noted.

    It is no set to the interpreter's own shortcuts, which would look inside without asking; it is one to
    ``isinstance``.
    """

    def __init__(self, facts: FactSet, reads: Reads) -> None:
        self._facts = facts
        self._reads = reads

    @property  # type: ignore[misc]  # what isinstance looks at when the type itself does not match
    def __class__(self) -> type:
        return set

    @classmethod
    def _from_iterable(cls, items: Iterable[Any]) -> Any:
        return set(items)

    def __contains__(self, element: object) -> bool:
        self._reads[self._facts._name, element] = None
        return element in self._facts

    def __iter__(self) -> Iterator[Any]:
        self._reads[self._facts._name, WHOLE] = None
        return iter(self._facts)

    def __len__(self) -> int:
        self._reads[self._facts._name, WHOLE] = None
        return len(self._facts)

    # Whether putting in or taking out changes anything depends on what is there: so both read it.

    def add(self, value: Any) -> None:
        self._reads[self._facts._name, value] = None
        self._facts.add(value)

    def discard(self, value: Any) -> None:
        self._reads[self._facts._name, value] = None
        self._facts.discard(value)

    def __deepcopy__(self, memo: object) -> set[Any]:
        return set(self)

    def __repr__(self) -> str:
        return repr(set(self))

    def __getattr__(self, name: str) -> Any:
        """Offer the rest of a set's methods, noted as reading all of it."""
        if name.startswith("_"):
            raise AttributeError(name)
        self._reads[self._facts._name, WHOLE] = None
        return getattr(self._facts, name)
