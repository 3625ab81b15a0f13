"""Which facts held when: the states that a plan goes through, kept as changes of single facts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator

from htn.hddl.model import Fact

__all__ = ["Timeline"]


class Timeline:
    """The states 0, 1, ... of an execution: state 0 is the initial one, state i + 1 follows the i-th action.

    Memory and time to build grow with the number of changes, not with the number of states times their size.

    Parameters
    ----------
    init : iterable of tuple of str
        The facts of state 0.

    Examples
    --------
    >>> timeline = Timeline([("at", "home")])
    >>> timeline.advance(add=[("at", "park")], delete=[("at", "home")])
    >>> timeline.holds(("at", "home"), 0), timeline.holds(("at", "home"), 1), timeline.length
    (True, False, 1)
    >>> timeline.next_time(("at", "park"), True, 0)
    1
    """

    def __init__(self, init: Iterable[Fact]) -> None:
        self.length = 0
        """The number of the last state."""
        self.now: set[Fact] = set(init)
        """The facts of the last state."""
        # When a fact's truth turns, first to true: it holds in a state that comes after an odd number of turns.
        self._turns: dict[Fact, list[int]] = {fact: [0] for fact in self.now}
        self._changed: dict[str, list[int]] = {}
        self._facts: dict[str, list[Fact]] | None = None
        self._indexes: dict[tuple[str, tuple[int, ...]], dict[tuple[str, ...], list[Fact]]] = {}

    def advance(self, add: Collection[Fact], delete: Collection[Fact]) -> None:
        """Add the state that follows the last one."""
        self.length += 1
        for fact in delete:
            if fact in self.now and fact not in add:
                self.now.discard(fact)
                self._turn(fact)
        for fact in add:
            if fact not in self.now:
                self.now.add(fact)
                self._turn(fact)

    def _turn(self, fact: Fact) -> None:
        self._turns.setdefault(fact, []).append(self.length)
        times = self._changed.setdefault(fact[0], [])
        if not times or times[-1] != self.length:
            times.append(self.length)

    def holds(self, fact: Fact, time: int) -> bool:
        """Whether a fact holds in a state."""
        turns = self._turns.get(fact)
        return turns is not None and bisect_right(turns, time) % 2 == 1

    def next_time(self, fact: Fact, value: bool, time: int) -> int | None:
        """Return the first state from a state on in which a fact holds (or does not); None where there is none."""
        turns = self._turns.get(fact, ())
        index = bisect_right(turns, time)
        if (index % 2 == 1) == value:
            return time
        return turns[index] if index < len(turns) else None

    def next_change(self, predicates: Iterable[str], time: int) -> int | None:
        """Return the first state after a state in which some fact of the predicates is another than before."""
        found: int | None = None
        for predicate in predicates:
            times = self._changed.get(predicate, ())
            index = bisect_right(times, time)
            if index < len(times) and (found is None or times[index] < found):
                found = times[index]
        return found

    def matching(self, predicate: str, known: dict[int, str], time: int) -> Iterator[Fact]:
        """Yield the facts of a predicate that hold in a state and have the given arguments at the given positions."""
        if self._facts is None:
            self._facts = {}
            for fact in self._turns:
                self._facts.setdefault(fact[0], []).append(fact)
        positions = tuple(sorted(known))
        index = self._indexes.get((predicate, positions))
        if index is None:
            index = self._indexes[predicate, positions] = {}
            for fact in self._facts.get(predicate, ()):
                if not positions or positions[-1] + 1 < len(fact):
                    index.setdefault(tuple([fact[position + 1] for position in positions]), []).append(fact)
        for fact in index.get(tuple([known[position] for position in positions]), ()):
            if self.holds(fact, time):
                yield fact
