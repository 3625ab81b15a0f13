"""States of Pyhop-style domains: any Python value, changed in place, and still undone through the trail.

Outside a search such a state is a plain object that holds what it was given. A search works on a tracked copy:

* a dictionary becomes a fluent and a set a set of facts, which note their own changes;
* of every other value that can change in place (a list, a dictionary inside a dictionary, an object) a copy is kept
  beside it. After each call of an operator or a method the two are compared; what differs is noted on the trail with
  the copy as its old value, so that going back restores it by value.

The comparison is by value: an item replaced by an equal one of another type (``1`` by ``True``), or a key taken out of
an inner dictionary and put back at its end within one call, counts as unchanged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

from htn.interop.patches import Patched, bring_up
from htn.interop.sets import FactSet
from htn.interop.values import detach, fixed, immutable_form, key_of, same
from htn.model import state as native
from htn.model.errors import StateError
from htn.model.state import ABSENT, Fluent, _Removed
from htn.model.values import ATOMIC, thaw

if TYPE_CHECKING:
    from htn.plan.recording import Reads

__all__ = ["OpenFluent", "State"]

_copies = count()


class OpenFluent(Fluent):
    """A fluent that takes any value, and says which fluents hold values that can change in place."""

    __slots__ = ("_watched",)

    def __init__(self, name: str, items: Mapping[Any, Any], trail: Any, watched: dict[str, None]) -> None:
        super().__init__(name, items, trail)
        self._watched = watched

    def _accept(self, key: Any, value: Any) -> None:
        if not fixed(value):
            self._watched[self._name] = None

    def __deepcopy__(self, memo: object) -> dict[Any, Any]:
        return {key: detach(value) for key, value in self.items()}


class State(native.State):
    """The facts of the world, as attributes: dictionaries, sets, lists, numbers, whatever the domain likes.

    Parameters
    ----------
    state_name : str
        A name for messages.
    **fluents : object
        Initial values of state variables.

    Examples
    --------
    >>> state = State("start", loc={"me": "home"}, log=[])
    >>> state.log.append("hello")
    >>> state
    State('start', loc={'me': 'home'}, log=['hello'])
    """

    # _fresh: names assigned since the last settling; None outside a search. _watched: fluents that hold (or once held)
    # values that can change in place. _copies: by fluent, the object it was taken from and the copies. _length: that
    # of the trail when the copies were last up to date.
    __slots__ = ("_copies", "_fresh", "_length", "_watched")
    _copies: dict[str, tuple[Any, Any]]
    _fresh: dict[str, None] | None
    _length: int
    _watched: dict[str, None]
    _key_of = staticmethod(key_of)

    def __init__(self, state_name: str = "state", **fluents: Any) -> None:
        self._prepare(state_name, deque(maxlen=0))
        self.__dict__.update(fluents)

    def _prepare(self, name: str, trail: Any) -> None:
        put = object.__setattr__
        put(self, "_name", name)
        put(self, "_trail", trail)
        put(self, "_fresh", {} if type(trail) is list else None)
        put(self, "_watched", {})
        put(self, "_copies", {})
        put(self, "_length", 0)

    def _get_name(self) -> str:
        return self._name

    def _set_name(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    __name__ = property(_get_name, _set_name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "__name__":
            object.__setattr__(self, name, value)
            return
        if name in ("_copies", "_fresh", "_length", "_name", "_trail", "_watched"):
            raise StateError(f"a fluent cannot be called {name!r}: that name is used by states themselves")
        fluents = self.__dict__
        old = fluents.get(name, ABSENT)
        if self._fresh is not None and old is not value:
            self._trail.append((fluents, name, old))
            if type(value) not in ATOMIC:
                self._fresh[name] = None
        fluents[name] = value

    def display(self, heading: str | None = None) -> None:
        """Print the state variables and their values."""
        title = f"{heading or 'State'} {self._name}:"
        lines = [title, "-" * len(title), *(f"  - {name} = {value}" for name, value in self.__dict__.items())]
        print("\n".join(lines) + "\n")

    def state_vars(self) -> list[str]:
        """Return the names of all state variables."""
        return list(self.__dict__)

    def copy(self, new_name: str | None = None) -> State:
        """Return an independent copy, named as given or with ``_copy`` and a number."""
        new = self._replica(deque(maxlen=0))
        object.__setattr__(new, "_name", new_name or f"{self._name.partition('_copy_')[0]}_copy_{next(_copies)}")
        return new

    def __deepcopy__(self, memo: object) -> State:
        return self._replica(deque(maxlen=0))

    def __reduce__(self) -> Any:
        return _restored, (self._name, {name: detach(value) for name, value in self.__dict__.items()})

    def __repr__(self) -> str:
        return f"State({', '.join([repr(self._name), *(f'{n}={v!r}' for n, v in self.__dict__.items())])})"

    def facts(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield every fact as (fluent, arguments, value); what is in a set of facts has the value True."""
        for name, value in self.__dict__.items():
            if isinstance(value, FactSet):
                for element in value:
                    yield name, element, True
            elif isinstance(value, Fluent):
                for key, item in dict.items(value):
                    yield name, key, item
            else:
                yield name, (), value

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON data, for reading: lists, sets and inner dictionaries are written as lists.

        Raises
        ------
        InputError
            For a value that JSON has no form for.
        """
        fluents = {}
        for name, value in self.__dict__.items():
            if isinstance(value, Mapping):
                fluents[name] = {
                    "facts": [[thaw(immutable_form(k)), thaw(immutable_form(v))] for k, v in value.items()]
                }
            else:
                fluents[name] = {"value": thaw(immutable_form(value))}
        return {"name": self._name, "fluents": fluents}

    # --- tracked copies

    def _replica(self, trail: Any) -> State:
        new = type(self).__new__(type(self))
        new._prepare(self._name, trail)
        tracked = type(trail) is list
        for name, value in self.__dict__.items():
            new.__dict__[name] = new._adopt(name, value) if tracked else detach(value)
        new._refresh()
        return new

    def _recording(self, reads: Reads) -> State:
        """Return a tracked copy that notes what is read from it."""
        from htn.interop.recording import recorded

        return recorded(self, reads)

    def _adopt(self, name: str, value: Any) -> Any:
        """Return what a tracked state keeps for a value: nothing that anyone else could change."""
        if type(value) is dict or isinstance(value, Fluent):
            items = {key: detach(item) for key, item in value.items()}
            if not all(map(fixed, items.values())):
                self._watched[name] = None
            return self._open_fluent(name, items)
        if type(value) is set or isinstance(value, FactSet):
            return self._fact_set(name, list(value))
        if fixed(value):
            return value
        self._watched[name] = None
        return detach(value)

    def _has(self, name: str, value: Any) -> bool:
        """Return whether a value is this state's own fluent of that name, and not one assigned to another name."""
        return isinstance(value, (Fluent, FactSet)) and value._trail is self._trail and value._name == name

    def _open_fluent(self, name: str, items: Mapping[Any, Any]) -> Fluent:
        return OpenFluent(name, items, self._trail, self._watched)

    def _fact_set(self, name: str, items: list[Any]) -> FactSet:
        return FactSet(name, items, self._trail)

    # --- what functions changed in place

    def _refresh(self) -> None:
        """Bring the copies up to date after changes were taken back."""
        fluents = self.__dict__
        for name in self._watched:
            current = fluents.get(name, ABSENT)
            known = self._copies.get(name)
            if current is ABSENT:
                self._copies.pop(name, None)
            elif known is None or known[0] is not current:
                self._copies[name] = (current, _copied(current))
            elif isinstance(current, Fluent):
                _update(current, known[1])
            elif not same(current, known[1]) and bring_up(known[1], current) is None:
                self._copies[name] = (current, detach(current))
        object.__setattr__(self, "_length", len(self._trail))

    def _settle(self, mark: int) -> None:
        """Note what a function changed in place since the trail had the given length."""
        written = self._settle_written(mark)
        fluents, copies = self.__dict__, self._copies
        for name in self._fresh or ():
            value = fluents.get(name, ABSENT)
            if value is not ABSENT and not self._has(name, value):
                fluents[name] = self._adopt(name, value)
        if self._fresh:
            self._fresh.clear()
        for name in self._watched:
            current = fluents.get(name, ABSENT)
            known = copies.get(name)
            if current is ABSENT:
                copies.pop(name, None)
            elif known is None or known[0] is not current:
                copies[name] = (current, _copied(current))
            elif isinstance(current, Fluent):
                self._settle_fluent(current, known[1], written)
            elif not same(current, known[1]):
                copies[name] = (current, self._note(fluents, name, name, known[1], current))
        object.__setattr__(self, "_length", len(self._trail))

    def _settle_written(self, mark: int) -> set[tuple[int, Any]]:
        """Put copies in place of old values that may have been changed before they were replaced.

        Returns the places written to. Only the first change of a place in one call matters: a search never goes back
        to the middle of a call.
        """
        trail, fluents = self._trail, self.__dict__
        written: set[tuple[int, Any]] = set()
        for index in range(mark, len(trail)):
            container, key, old = trail[index]
            place = (id(container), key)
            if place in written:
                continue
            written.add(place)
            value = old.value if type(old) is _Removed else old
            if type(value) in ATOMIC or value is ABSENT:
                continue
            name = key if container is fluents else container._name
            known = self._copies.get(name)
            if known is None or known[0] is not (value if container is fluents else container):
                continue
            if container is not fluents:
                copy = known[1].pop(key, ABSENT)
            elif isinstance(value, Fluent):
                # A fluent replaced whole: what was changed inside its values before.
                self._settle_fluent(value, known[1], written)
                continue
            else:
                copy = self._copies.pop(name)[1]
            if copy is not ABSENT:
                trail[index] = (container, key, _Removed(copy, old.rank) if type(old) is _Removed else copy)
        return written

    def _settle_fluent(self, fluent: Fluent, copies: dict[Any, Any], written: set[tuple[int, Any]]) -> None:
        if _equal(fluent, copies):
            return
        for key, value in list(dict.items(fluent)):
            if type(value) in ATOMIC:
                copies[key] = value
                continue
            old = copies.get(key, ABSENT)
            if old is not ABSENT and same(value, old):
                continue
            if (id(fluent), key) in written:
                value = detach(value)  # not shared with whoever wrote it
                dict.__setitem__(fluent, key, value)
                copies[key] = detach(value)
            else:
                copies[key] = self._note(fluent, key, fluent._name, old, value)
        for key in [key for key in copies if not dict.__contains__(fluent, key)]:
            del copies[key]

    def _note(self, container: dict[Any, Any], key: Any, name: str, copy: Any, value: Any) -> Any:
        """Note that a value was changed in place, and return its copy from now on."""
        patch = bring_up(copy, value)
        if patch is None:
            self._trail.append((container, key, copy))
            return detach(value)
        # A patch does not tell the digest what the value was. This entry stands for a fluent replaced whole, after
        # which the digest is computed anew; it writes to nothing, and to a place that nothing else has.
        self._trail.append(({}, object(), {}))
        self._trail.append((Patched(container, key, name), () if container is self.__dict__ else key, patch))
        return copy

    def _take(self, other: native.State) -> None:
        """Become equal to another state, which an operator returned in place of this one."""
        fluents, theirs = self.__dict__, other.__dict__
        for name in [name for name in fluents if name not in theirs]:
            delattr(self, name)
        for name, value in theirs.items():
            ours = fluents.get(name, ABSENT)
            if isinstance(ours, Fluent) and type(value) is dict and list(ours) == [k for k in value if k in ours]:
                # Nothing was taken out and the order is the same; otherwise the fluent is replaced whole.
                for key, item in value.items():
                    if key not in ours or not same(ours[key], item):
                        ours[key] = item
            elif isinstance(ours, FactSet) and type(value) is set:
                ours.intersection_update(value)
                ours.update(value)
            elif ours is ABSENT or type(ours) is not type(value) or not same(ours, value):
                setattr(self, name, value)


def _copied(current: Any) -> Any:
    return {key: detach(item) for key, item in dict.items(current)} if isinstance(current, Fluent) else detach(current)


def _equal(fluent: Fluent, copies: dict[Any, Any]) -> bool:
    """Compare without the fluent's own comparison, which may be noted as a read."""
    try:
        return dict.__eq__(fluent, copies) is True
    except Exception:  # noqa: BLE001  (a value's own comparison may raise anything; then they are looked at singly)
        return False


def _update(fluent: Fluent, copies: dict[Any, Any]) -> None:
    if _equal(fluent, copies):
        return
    for key, value in dict.items(fluent):
        old = copies.get(key, ABSENT)
        if type(value) in ATOMIC:
            copies[key] = value
        elif old is ABSENT or (not same(old, value) and bring_up(old, value) is None):
            copies[key] = detach(value)
    for key in [key for key in copies if not dict.__contains__(fluent, key)]:
        del copies[key]


def _restored(name: str, fluents: dict[str, Any]) -> State:
    state = State(name)
    state.__dict__.update(fluents)
    return state
