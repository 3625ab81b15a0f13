"""The state: fluents whose changes go through a trail, so that going back costs what was changed."""

from __future__ import annotations

from collections import deque
from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import TYPE_CHECKING, Any, Protocol

from htn.model.errors import StateError
from htn.model.values import ATOMIC, check_value, freeze, shaped, thaw

__all__ = ["ABSENT", "Fluent", "State", "Trail", "unchanged", "undo"]


class _Absent:
    """The value of a fluent where it has none."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


class Trail(Protocol):
    """Where changes are noted as (container, key, old value), oldest first."""

    def append(self, change: tuple[dict[Any, Any], Any, Any], /) -> None:
        """Note one change."""

    def __len__(self) -> int: ...


class _Removed:
    """The old value of a key that was deleted, with its place in the order of keys."""

    __slots__ = ("rank", "value")

    def __init__(self, value: object, rank: int) -> None:
        self.value = value
        self.rank = rank


_get = dict.get
_set = dict.__setitem__
_delete = dict.__delitem__


class Fluent(dict[Any, Any]):
    """A mapping from arguments to values whose every change is noted on the state's trail.

    Reading is a plain dictionary's; only writing goes through Python. The order of keys is part of what is
    undone, because a method may take the first key that fits: after a deletion was undone, the order is restored
    from ranks before the next iteration.
    """

    __slots__ = ("_disordered", "_name", "_next_rank", "_rank", "_trail")

    def __init__(self, name: str, items: Mapping[Any, Any], trail: Any) -> None:
        super().__init__(items)
        self._name = name
        self._trail = trail
        self._rank: dict[Any, int] | None = None  # built at the first deletion; most fluents never need it
        self._next_rank = 0
        self._disordered = False

    def __setitem__(self, key: Any, value: Any) -> None:
        if type(value) not in ATOMIC:
            self._accept(key, value)
        old = _get(self, key, ABSENT)
        self._trail.append((self, key, old))
        if old is ABSENT and self._rank is not None:
            self._rank[key] = self._next_rank
            self._next_rank += 1
        _set(self, key, value)

    def _accept(self, key: Any, value: Any) -> None:
        """Refuse a mutable value; a subclass may accept it."""
        check_value(value, f"state.{self._name}[{key!r}]")

    def __delitem__(self, key: Any) -> None:
        old = _get(self, key, ABSENT)
        if old is ABSENT:
            raise KeyError(key)
        if self._rank is None:
            self._rank = {item: rank for rank, item in enumerate(dict.__iter__(self))}
            self._next_rank = len(self._rank)
        self._trail.append((self, key, _Removed(old, self._rank[key])))
        _delete(self, key)

    def _restore_order(self) -> None:
        if self._disordered and self._rank is not None:
            rank = self._rank
            items = sorted(dict.items(self), key=lambda item: rank[item[0]])
            dict.clear(self)
            dict.update(self, items)
        self._disordered = False

    def _undo(self, key: Any, old: Any) -> None:
        if old is ABSENT:
            _delete(self, key)
        elif type(old) is _Removed:
            assert self._rank is not None
            self._rank[key] = old.rank
            self._disordered = True
            _set(self, key, old.value)
        else:
            _set(self, key, old)

    def __iter__(self) -> Iterator[Any]:
        self._restore_order()
        return dict.__iter__(self)

    def __reversed__(self) -> Iterator[Any]:
        self._restore_order()
        return dict.__reversed__(self)

    def __repr__(self) -> str:
        self._restore_order()
        return dict.__repr__(self)

    def keys(self) -> KeysView[Any]:  # type: ignore[override]  # dict_keys is not nameable before 3.13
        """Return a view of the keys, in the order in which they were first set."""
        self._restore_order()
        return dict.keys(self)

    def values(self) -> ValuesView[Any]:  # type: ignore[override]  # as above
        """Return a view of the values, in the order of the keys."""
        self._restore_order()
        return dict.values(self)

    def items(self) -> ItemsView[Any, Any]:  # type: ignore[override]  # as above
        """Return a view of (arguments, value) pairs, in the order of the keys."""
        self._restore_order()
        return dict.items(self)

    def pop(self, key: Any, *default: Any) -> Any:
        """Remove a key and return its value, or the default when it is absent."""
        if key not in self and default:
            return default[0]
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[Any, Any]:
        """Remove and return the pair that was set last."""
        self._restore_order()
        key = next(dict.__reversed__(self), ABSENT)
        if key is ABSENT:
            raise KeyError(f"state.{self._name} is empty")
        return key, self.pop(key)

    def clear(self) -> None:
        """Remove every key."""
        for key in list(self):
            del self[key]

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the key's value, setting it to the default first when it is absent."""
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, *others: Any, **more: Any) -> None:
        """Set every pair of another mapping or of an iterable of pairs."""
        for key, value in dict(*others, **more).items():
            self[key] = value

    def __ior__(self, other: Any) -> Fluent:  # type: ignore[misc]  # dict's overloads cannot be met by a subclass
        self.update(other)
        return self

    def copy(self) -> dict[Any, Any]:
        """Return the pairs as a plain dictionary."""
        return dict(self.items())

    def __deepcopy__(self, memo: object) -> dict[Any, Any]:
        return self.copy()

    def __reduce__(self) -> Any:
        return dict, (dict(self.items()),)


def undo(trail: list[tuple[dict[Any, Any], Any, Any]], mark: int) -> None:
    """Take back every change noted after the trail had the given length, newest first.

    Parameters
    ----------
    trail : list
        The trail of a state made by `State.tracked`.
    mark : int
        Length of the trail to go back to.

    Notes
    -----
    Takes time in the number of changes, whatever the size of the state.
    """
    while len(trail) > mark:
        container, key, old = trail.pop()
        if type(container) is dict:
            if old is ABSENT:
                _delete(container, key)
            else:
                _set(container, key, old)
        else:
            container._undo(key, old)  # type: ignore[attr-defined]


def unchanged(trail: list[tuple[dict[Any, Any], Any, Any]], mark: int) -> bool:
    """Return whether the changes since the trail had the given length come to nothing, as far as it tells.

    Examples
    --------
    >>> state = State(at={"me": "home"}).tracked()
    >>> state.at["me"] = "park"
    >>> unchanged(state._trail, 0)
    False
    >>> state.at["me"] = "home"
    >>> unchanged(state._trail, 0)
    True
    """
    seen = set()
    for index in range(mark, len(trail)):
        container, key, old = trail[index]
        if not isinstance(container, dict):
            return False  # a subclass's own kind of note: what it did cannot be told from here
        place = (id(container), key)
        if place in seen:
            continue  # what it was before is what the first change of it noted
        seen.add(place)
        if type(old) is _Removed:
            old = old.value
        new = _get(container, key, ABSENT)
        if new is not old and new != old:
            return False
    return True


_RESERVED = frozenset({"copy", "tracked", "fluents", "facts", "to_json", "from_json"})


class State:
    """The facts of the world: fluents with arguments and values.

    ``state.location["me"]`` reads a fluent, an assignment changes it, ``state.fuel = 3`` sets one without arguments.
    Values must be immutable; a list or another mutable value is refused where it is assigned.

    Parameters
    ----------
    name : str
        A name for messages.
    **fluents : object
        Initial fluents: mappings from arguments to values, or single values.

    Examples
    --------
    >>> state = State("start", location={"me": "home"}, fuel=3)
    >>> state.location["me"] = "park"
    >>> state.location["me"], state.fuel
    ('park', 3)
    """

    __slots__ = ("__dict__", "_name", "_trail")
    _name: str
    _trail: Any

    if TYPE_CHECKING:  # fluents are attributes; at run time there is no hook, so reading one costs nothing extra

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, name: str = "state", /, **fluents: Any) -> None:
        object.__setattr__(self, "_name", name)
        # A state outside a search keeps no history: this trail forgets what it is told.
        object.__setattr__(self, "_trail", deque(maxlen=0))
        for fluent, value in fluents.items():
            setattr(self, fluent, value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _RESERVED or name.startswith("_"):
            raise StateError(f"a fluent cannot be called {name!r}: that name is used by states themselves")
        fluents = self.__dict__
        if isinstance(value, Mapping):
            self._check_items(name, value)
            value = self._fluent(name, value)
        else:
            self._check_items(name, {ABSENT: value})
        self._trail.append((fluents, name, fluents.get(name, ABSENT)))
        fluents[name] = value

    def __delattr__(self, name: str) -> None:
        fluents = self.__dict__
        if name not in fluents:
            raise AttributeError(f"the state has no fluent {name!r}")
        self._trail.append((fluents, name, fluents[name]))
        del fluents[name]

    def _fluent(self, name: str, items: Mapping[Any, Any]) -> dict[Any, Any]:
        """Return a fluent that holds the items; a subclass may use another class of fluents."""
        return Fluent(name, items, self._trail)

    def _check_items(self, name: str, items: Mapping[Any, Any]) -> None:
        """Refuse mutable values; a subclass may accept them."""
        for key, value in items.items():
            if type(value) not in ATOMIC:
                check_value(value, f"state.{name}" if key is ABSENT else f"state.{name}[{key!r}]")

    def _replica(self, trail: Any) -> State:
        new = type(self).__new__(type(self))
        object.__setattr__(new, "_name", self._name)
        object.__setattr__(new, "_trail", trail)
        fluents = new.__dict__
        for name, value in self.__dict__.items():
            fluents[name] = new._fluent(name, value) if isinstance(value, dict) else value
        return new

    def copy(self) -> State:
        """Return an independent copy."""
        return self._replica(deque(maxlen=0))

    def tracked(self) -> State:
        """Return an independent copy whose changes are noted, for `undo`."""
        return self._replica([])

    def fluents(self) -> dict[str, Any]:
        """Return the fluents by name: dictionaries, or single values."""
        return {
            name: dict(value.items()) if isinstance(value, dict) else value for name, value in self.__dict__.items()
        }

    def facts(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield every fact as (fluent, arguments, value); the arguments of a single value are ``()``."""
        for name, value in self.__dict__.items():
            if isinstance(value, dict):
                for key, item in value.items():
                    yield name, key, item
            else:
                yield name, (), value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, State):
            return NotImplemented
        return set_fluents(self) == set_fluents(other)

    __hash__ = None  # type: ignore[assignment]  # a state changes; its digest is kept by the search

    def __repr__(self) -> str:
        inner = ", ".join(f"{name}={value!r}" for name, value in self.fluents().items())
        return f"State({self._name!r}, {inner})"

    def __deepcopy__(self, memo: object) -> State:
        return self.copy()

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON data; `from_json` restores it with the order of keys.

        Raises
        ------
        InputError
            For a value that JSON has no form for.
        """
        fluents = {}
        for name, value in self.__dict__.items():
            if isinstance(value, dict):
                fluents[name] = {"facts": [[thaw(key), thaw(item)] for key, item in value.items()]}
            else:
                fluents[name] = {"value": thaw(value)}
        return {"name": self._name, "fluents": fluents}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> State:
        """Return the state that `to_json` wrote.

        Examples
        --------
        >>> State.from_json(State("s", at={("a", 1): "x"}).to_json()).at["a", 1]
        'x'
        """
        state = cls(data["name"])
        for name, entry in data["fluents"].items():
            if "facts" in entry:
                facts = shaped(entry["facts"], list)
                setattr(state, name, {freeze(key): freeze(value) for key, value in facts})
            else:
                setattr(state, name, freeze(entry["value"]))
        return state


def set_fluents(state: State) -> dict[str, Any]:
    """Return the fluents that hold anything: an empty fluent says no more than none."""
    return {name: value for name, value in state.fluents().items() if value != {}}
