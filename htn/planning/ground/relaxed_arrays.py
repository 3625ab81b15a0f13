"""The relaxed composition in NumPy arrays: a wave at a time, for problems with tens of thousands of operators."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from htn.planning.ground.operators import Operators, bits
from htn.planning.ground.relaxed import HIGHEST, NEED, UNREACHED, Table

__all__ = ["ArrayComposition"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class _Rows:
    """Lists of different lengths in one array."""

    def __init__(self, flat: Ints, lengths: Ints) -> None:
        self.flat = flat
        self.lengths = lengths
        self.starts = np.cumsum(lengths) - lengths

    def of(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return the contents of some rows one after the other, and the lengths of these rows."""
        lengths = self.lengths[rows]
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        places = np.arange(total) + np.repeat(self.starts[rows] - ends + lengths, lengths)
        return self.flat[places], lengths


def _rows(lists: list[tuple[int, ...]]) -> _Rows:
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    flat = np.fromiter((each for row in lists for each in row), np.int64, int(lengths.sum()))
    return _Rows(flat, lengths)


def _distinct(places: Ints, marks: NDArray[np.bool_]) -> Ints:
    """Return places in ascending order, each once; the marks are clear before and after."""
    marks[places] = True
    found = np.flatnonzero(marks)
    marks[found] = False
    return found


class ArrayComposition:
    """What `RelaxedComposition` is, with the same estimates but for ties.

    Parameters
    ----------
    operators : Operators
        The relaxed problem.

    Attributes
    ----------
    operators : Operators
        The relaxed problem.
    evaluations : int
        How many states were looked at.
    """

    def __init__(self, operators: Operators) -> None:
        self.operators = operators
        self.evaluations = 0
        self._gives = _rows(operators.gives)
        needs = _rows(operators.needs)
        order = np.argsort(needs.flat, kind="stable")
        users = np.repeat(np.arange(len(operators.needs)), needs.lengths)[order]
        self._consumers = _Rows(users, np.bincount(needs.flat, minlength=operators.propositions).astype(np.int64))
        self._costs = np.array(operators.costs)
        self._tasks = np.array(operators.tasks, np.int64)
        self._counts = NEED * needs.lengths.astype(np.float64)
        self._values = np.full(operators.propositions, UNREACHED)
        used = self._consumers.lengths[: 2 * operators.facts].reshape(2, -1).sum(axis=0)
        self._relevant = sum(1 << fact for fact in np.flatnonzero(used).tolist())
        self._state = 0
        for fact in range(operators.facts):
            self._turn(operators.facts + fact, True)
        self._new_propositions = np.zeros(operators.propositions, np.bool_)
        self._new_operators = np.zeros(len(operators.needs), np.bool_)
        self._allowed_for = -1
        self._blocked: Any = 0.0

    def _turn(self, proposition: int, holds: bool) -> None:
        start = int(self._consumers.starts[proposition])
        users = self._consumers.flat[start : start + int(self._consumers.lengths[proposition])]
        self._values[proposition] = 0.0 if holds else UNREACHED
        self._counts[users] += -NEED if holds else NEED

    def _move(self, state: int, tasks: int) -> None:
        """Go to a state and to the tasks that may take part."""
        state &= self._relevant
        facts = self.operators.facts
        for fact in bits(state ^ self._state):
            holds = bool(state >> fact & 1)
            self._turn(fact, holds)
            self._turn(facts + fact, not holds)
        self._state = state
        if tasks != self._allowed_for:
            size = self.operators.propositions - self.operators.first_task
            packed = np.frombuffer(tasks.to_bytes(size // 8 + 1, "little"), np.uint8)
            allowed = np.unpackbits(packed, bitorder="little")
            self._blocked = np.where(allowed[self._tasks], 0.0, NEED)
            self._allowed_for = tasks

    def table(self, state: int, tasks: int) -> Table:
        """Return the estimates from a state; as `RelaxedComposition.table`."""
        self.evaluations += 1
        self._move(state, tasks)
        counts, values = self._counts + self._blocked, self._values.copy()
        support = np.full(len(values), -1, np.int64)
        operators = np.flatnonzero(counts == 0.0)
        while len(operators):
            given, lengths = self._gives.of(operators)
            costs = np.repeat(counts[operators] + self._costs[operators], lengths)
            known = values[given]
            better = np.flatnonzero(costs < known)
            # The cheapest is written last, and stays.
            better = better[np.argsort(-costs[better], kind="stable")]
            cheaper = given[better]
            values[cheaper] = costs[better]
            support[cheaper] = np.repeat(operators, lengths)[better]
            wave = _distinct(cheaper[known[better] == UNREACHED], self._new_propositions)
            users, lengths = self._consumers.of(wave)
            changes = np.repeat(np.minimum(values[wave], HIGHEST) - NEED, lengths)
            if len(users) * 8 > len(counts):
                counts += np.bincount(users, changes, len(counts))
            else:
                np.add.at(counts, users, changes)
            operators = _distinct(users[counts[users] < NEED], self._new_operators)
        return Table(self.operators, values.tolist(), support.tolist())
