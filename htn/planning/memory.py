"""What a search remembers: dead ends, and what it is in the middle of.

A configuration is a state with an agenda. The memory gives every fact a random number (Zobrist hashing) and keeps a
state's digest as their exclusive or, brought up to date from the trail only where it is asked for; agendas get exact
numbers by hash consing. So equal configurations have equal keys, and different ones do but for a chance of about
2**-128 a pair.

References
----------
Zobrist, A. L. (1970). A new hashing method with application for game playing. Technical report 88, University of
Wisconsin.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable
from typing import Any

from htn.model.errors import DomainError
from htn.model.state import ABSENT, State, _Removed
from htn.planning.agenda import NETWORK, Branch, Cell, Suspended

__all__ = ["AgendaNumbers", "Key", "StateDigest"]

Key = tuple[int, int]


class _FactNumbers(dict[Any, int]):
    """A random number for every fact, drawn when the fact is first seen; seeded, hence the same in every run."""

    def __init__(self) -> None:
        super().__init__()
        self._random = random.Random(1970)

    def __missing__(self, fact: Any) -> int:
        number = self[fact] = self._random.getrandbits(128)
        return number


class StateDigest:
    """The digest of a tracked state, kept up to date from its trail.

    Parameters
    ----------
    state : State
        A state made by `State.tracked`.
    key : callable
        Makes a value hashable; the identity unless the domain's values are mutable.
    """

    def __init__(self, state: State, key: Callable[[Any], Hashable] | None = None) -> None:
        self._state = state
        self._trail: list[Any] = state._trail
        self._numbers = _FactNumbers()
        self._key = key
        self.value = self._from_scratch()
        self.position = len(self._trail)

    def _number(self, name: str, key: Any, value: Any) -> int:
        if self._key is not None:
            key, value = self._key(key), self._key(value)
        return self._numbers[(name, key, value)]

    def _from_scratch(self) -> int:
        digest = 0
        # By way of the class: a state read from outside may have a fluent called "facts".
        for name, key, value in type(self._state).facts(self._state):
            digest ^= self._number(name, key, value)
        return digest

    def now(self) -> int:
        """Return the digest of the state as it is."""
        trail = self._trail
        end = len(trail)
        if self.position == end:
            return self.value
        if self.position < 0:
            self.value, self.position = self._from_scratch(), end
            return self.value
        digest = self.value
        seen = set()
        for container, key, old in trail[self.position : end]:
            if type(container) is dict and (
                isinstance(old, (dict, set)) or isinstance(container.get(key), (dict, set))
            ):
                # A whole fluent was replaced: rare, and simplest from the start.
                self.value, self.position = self._from_scratch(), end
                return self.value
            place = (id(container), key)
            if place in seen:
                continue
            seen.add(place)
            new = container.get(key, ABSENT)
            if type(container) is dict:
                name, key = key, ()
            else:
                name = container._name
            if type(old) is _Removed:
                old = old.value
            if old is not ABSENT:
                digest ^= self._number(name, key, old)
            if new is not ABSENT:
                digest ^= self._number(name, key, new)
        self.value, self.position = digest, end
        return digest

    def go_back(self, mark: int, position: int, value: int) -> None:
        """Take back what was learnt after a mark, given what was known when the mark was set."""
        if self.position > mark:
            if position > mark or value == 0:
                self.position = -1  # nothing was known at the mark
            else:
                self.position, self.value = position, value


class AgendaNumbers:
    """Numbers for agendas: equal agendas, equal number."""

    def __init__(self, key: Callable[[Any], Hashable] | None = None) -> None:
        self._numbers: dict[Any, int] = {}
        # By identity, for speed; the cell is kept so that its identity is not given to another.
        self._known: dict[int, tuple[Cell, int]] = {}
        self._key = key

    def of(self, agenda: Cell | None, suspended: Suspended | None) -> int:
        """Return the number of an agenda within its suspended networks, of which one branch each is being worked on."""
        number = self._of(agenda)
        while suspended is not None:
            branches, index, rest, stop, suspended = suspended
            focus = (number, index, self._branches(branches), self._of(rest), self._of(stop))
            number = self._intern(focus)
        return number

    def _of(self, agenda: Cell | None) -> int:
        known = self._known
        fresh = []
        cell = agenda
        while cell is not None:
            found = known.get(id(cell))
            if found is not None:
                number = found[1]
                break
            fresh.append(cell)
            cell = cell[1]
        else:
            number = 0
        for cell in reversed(fresh):
            number = self._intern((self.task(cell[0]), number))
            known[id(cell)] = (cell, number)
        return number

    def task(self, task: Any) -> Any:
        """Return what stands for a task in keys: itself, or something hashable in its place."""
        if task[0] == NETWORK:
            return self._branches(task[1])
        return task if self._key is None else self._key(task)

    def _branches(self, branches: tuple[Branch, ...]) -> Any:
        places = {branch.number: place for place, branch in enumerate(branches)}
        return tuple(
            (self._of(branch.agenda), tuple(sorted(places[number] for number in branch.after))) for branch in branches
        )

    def _intern(self, item: Any) -> int:
        try:
            return self._numbers.setdefault(item, len(self._numbers) + 1)
        except TypeError as error:
            raise DomainError(f"{item[0]!r} is a task with an argument that can change in place: {error}") from None
