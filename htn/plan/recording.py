"""A state that records what is read from it, at the grain of (fluent, arguments)."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Any

from htn.model.state import Fluent, State

__all__ = ["WHOLE", "Reads", "recording"]


class _Whole:
    """Stands for all arguments of a fluent: it was iterated over, counted or compared."""

    def __repr__(self) -> str:
        return "WHOLE"


WHOLE = _Whole()

Reads = dict[tuple[str, Any], None]
"""What was read, as an ordered set of (fluent, arguments)."""


def recording(state: State, reads: Reads) -> State:
    """Return a tracked copy of a state that notes its reads.

    A key that is looked for and absent is a read of that key alone: only a change of that key changes the answer. What
    is read past the state's own methods (``vars(state)``) is not seen.

    Parameters
    ----------
    state : State
        What to copy.
    reads : dict
        Where reads are noted; clear it between the functions that are watched.

    Examples
    --------
    >>> reads: Reads = {}
    >>> state = recording(State(at={"me": "home", "you": "park"}), reads)
    >>> state.at["me"], "he" in state.at, list(reads)
    ('home', False, [('at', 'me'), ('at', 'he')])
    """
    if hasattr(state, "_recording"):  # a state of another make, whose fluents hold what ours do not
        copied: State = state._recording(reads)
        return copied

    class Recorded(type(state)):  # type: ignore[misc]  # the base is the state's own class, which may be a user's
        __slots__ = ()

        def __getattribute__(self, name: str) -> Any:
            try:
                value = super().__getattribute__(name)
            except AttributeError:
                if not name.startswith("_"):
                    reads[name, ()] = None  # that there is none is known now
                raise
            if not isinstance(value, dict) and name in super().__getattribute__("__dict__"):
                reads[name, ()] = None
            return value

        def _note_all(self) -> None:
            for name, value in super().__getattribute__("__dict__").items():
                reads[name, WHOLE if isinstance(value, dict) else ()] = None

        def fluents(self) -> dict[str, Any]:
            self._note_all()
            found: dict[str, Any] = super().fluents()
            return found

        def facts(self) -> Iterator[tuple[str, Any, Any]]:
            self._note_all()
            yield from super().facts()

        def to_json(self) -> dict[str, Any]:
            self._note_all()
            found: dict[str, Any] = super().to_json()
            return found

        def copy(self) -> State:
            self._note_all()
            found: State = super().copy()
            return found

        def _fluent(self, name: str, items: Any) -> Any:
            return RecordedFluent(super()._fluent(name, items), reads)

    copy: State = Recorded.__new__(Recorded)
    object.__setattr__(copy, "_name", state._name)
    object.__setattr__(copy, "_trail", [])
    for name, value in state.__dict__.items():
        copy.__dict__[name] = copy._fluent(name, value) if isinstance(value, dict) else value
    return copy


class RecordedFluent(Fluent):
    """A fluent whose reads are noted."""

    __slots__ = ("_reads",)

    def __init__(self, fluent: Fluent, reads: Reads) -> None:
        super().__init__(fluent._name, fluent, fluent._trail)
        self._reads = reads

    def _whole(self) -> None:
        self._reads[self._name, WHOLE] = None

    def __getitem__(self, key: Any) -> Any:
        self._reads[self._name, key] = None
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the key's value or the default; noted."""
        self._reads[self._name, key] = None
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._reads[self._name, key] = None
        return super().__contains__(key)

    def __iter__(self) -> Iterator[Any]:
        self._whole()
        return super().__iter__()

    def __reversed__(self) -> Iterator[Any]:
        self._whole()
        return super().__reversed__()

    def __len__(self) -> int:
        self._whole()
        return super().__len__()

    def __eq__(self, other: object) -> bool:
        self._whole()
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        self._whole()
        return super().__ne__(other)

    def __or__(self, other: Any) -> Any:
        self._whole()
        return super().__or__(other)

    def __ror__(self, other: Any) -> Any:
        self._whole()
        return super().__ror__(other)

    def __repr__(self) -> str:
        self._whole()
        return super().__repr__()

    __hash__ = None  # type: ignore[assignment]  # as for every dictionary

    def keys(self) -> KeysView[Any]:  # type: ignore[override]  # see Fluent
        """Return a view of the keys; noted as reading the whole fluent."""
        self._whole()
        return super().keys()

    def values(self) -> ValuesView[Any]:  # type: ignore[override]  # see Fluent
        """Return a view of the values; noted as reading the whole fluent."""
        self._whole()
        return super().values()

    def items(self) -> ItemsView[Any, Any]:  # type: ignore[override]  # see Fluent
        """Return a view of the pairs; noted as reading the whole fluent."""
        self._whole()
        return super().items()

    def copy(self) -> dict[Any, Any]:
        """Return the pairs as a plain dictionary; noted as reading the whole fluent."""
        self._whole()
        return super().copy()
