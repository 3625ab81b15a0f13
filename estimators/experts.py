"""Simple predictors of one target's logarithm, each right about some steps; one that knows nothing yet is silent."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from statistics import median
from typing import Protocol

import numpy as np
import numpy.typing as npt

from estimators.case import Case
from estimators.effects import Effect, EffectsFilter

__all__ = ["Effects", "Expert", "LookupTable", "Neighbours", "Prior", "Recent", "ScaledTable", "standard_experts"]

_MEMORY = 512  # runs of a key that are kept


class Expert(Protocol):
    """Predicts a logarithm, or None where it has nothing to go by."""

    def predict(self, case: Case) -> float | None:
        """Return the predicted logarithm."""

    def update(self, case: Case, value: float) -> None:
        """Learn from one run."""


class Prior:
    """What was believed before any run."""

    def predict(self, case: Case) -> float | None:
        """Return the prior of the case."""
        return case.prior

    def update(self, case: Case, value: float) -> None:
        """Learn nothing."""


class LookupTable:
    """The median of all runs of the same task and agent: what is hard to beat, and never to be fallen behind."""

    def __init__(self) -> None:
        self._sorted: dict[Hashable, list[float]] = {}
        self._order: dict[Hashable, deque[float]] = {}

    def predict(self, case: Case) -> float | None:
        """Return the median of the key."""
        values = self._sorted.get(case.key)
        if not values:
            return None
        middle = len(values) // 2
        return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2

    def update(self, case: Case, value: float) -> None:
        """Add a run, in place of the oldest when there are many."""
        values = self._sorted.setdefault(case.key, [])
        order = self._order.setdefault(case.key, deque())
        if len(order) == _MEMORY:
            del values[bisect_left(values, order.popleft())]
        insort(values, value)
        order.append(value)


class Recent:
    """The median of the last few runs of the same key.

    Parameters
    ----------
    length : int
        How many; 1 is the last value.
    key : callable
        What makes runs alike.
    """

    def __init__(self, length: int, key: Callable[[Case], Hashable]) -> None:
        self._length = length
        self._key = key
        self._values: dict[Hashable, deque[float]] = {}

    def predict(self, case: Case) -> float | None:
        """Return the median, or None before the first run."""
        values = self._values.get(self._key(case))
        return float(median(values)) if values else None

    def update(self, case: Case, value: float) -> None:
        """Add a run and forget the oldest."""
        self._values.setdefault(self._key(case), deque(maxlen=self._length)).append(value)


class ScaledTable:
    """The lookup table times how the agent's last runs kept to it: the load of a provider changes all of its tasks."""

    def __init__(self, length: int = 5) -> None:
        self._table = LookupTable()
        self._length = length
        self._ratios: dict[Hashable, deque[float]] = {}

    def predict(self, case: Case) -> float | None:
        """Return the table's median, scaled."""
        usual = self._table.predict(case)
        if usual is None:
            return None
        # One that kept to the table is thrown in, so that a single run does not decide.
        return usual + float(median([0.0, *self._ratios.get(case.who, ())]))

    def update(self, case: Case, value: float) -> None:
        """Learn the run, and how far it was from the table."""
        usual = self._table.predict(case)
        if usual is not None:
            self._ratios.setdefault(case.who, deque(maxlen=self._length)).append(value - usual)
        self._table.update(case, value)


class Effects:
    """Pooled effects of task, agent, both together, batch, and input sizes.

    Parameters
    ----------
    variances, drift : Mapping of str to float
        As `estimators.effects.EffectsFilter` has them.
    """

    def __init__(self, variances: Mapping[str, float], drift: Mapping[str, float]) -> None:
        self._filter = EffectsFilter(variances, drift)
        self._families = frozenset(variances)
        self._centres: dict[Hashable, tuple[float, ...]] = {}

    def predict(self, case: Case) -> float | None:
        """Return the sum of the effects, above the prior."""
        return case.prior + self._filter.predict(self._features(case))[0]

    def update(self, case: Case, value: float) -> None:
        """Learn from one run."""
        # Sizes are counted from those of the task's first run, so that a slope does not move the task's level.
        self._centres.setdefault(case.task, case.sizes)
        self._filter.update(self._features(case), value - case.prior)

    def _features(self, case: Case) -> list[tuple[Effect, float]]:
        features: list[tuple[Effect, float]] = [
            (("all", ()), 1.0),
            (("task", (case.task,)), 1.0),
            (("who", (case.who,)), 1.0),
            (("key", case.key), 1.0),
        ]
        if case.batch is not None and "batch" in self._families:
            features.append((("batch", (case.batch,)), 1.0))
            features.append((("batch who", (case.batch, case.who)), 1.0))
        centre = self._centres.get(case.task)
        if centre is not None:
            for place, (size, usual) in enumerate(zip(case.sizes, centre, strict=True)):
                if size != usual:
                    features.append((("size", (place,)), size - usual))
                    features.append((("task size", (case.task, place)), size - usual))
        return features


class Neighbours:
    """The median of the runs of the same key whose inputs had the most similar sizes."""

    def __init__(self, count: int = 7, memory: int = 256) -> None:
        self._count = count
        self._memory = memory
        self._sizes: dict[Hashable, npt.NDArray[np.float64]] = {}
        self._values: dict[Hashable, npt.NDArray[np.float64]] = {}
        self._runs: dict[Hashable, int] = {}

    def predict(self, case: Case) -> float | None:
        """Return the median of the nearest, or None where sizes tell nothing."""
        runs = self._runs.get(case.key, 0)
        if not case.sizes or runs < self._count:
            return None
        held = min(runs, self._memory)
        distances = np.abs(self._sizes[case.key][:held] - np.array(case.sizes)).sum(axis=1)
        nearest = np.argpartition(distances, self._count - 1)[: self._count]
        return float(np.sort(self._values[case.key][nearest])[self._count // 2])

    def update(self, case: Case, value: float) -> None:
        """Keep the run in place of the oldest."""
        if not case.sizes:
            return
        runs = self._runs.get(case.key, 0)
        if not runs:
            self._sizes[case.key] = np.zeros((self._memory, len(case.sizes)))
            self._values[case.key] = np.zeros(self._memory)
        self._sizes[case.key][runs % self._memory] = case.sizes
        self._values[case.key][runs % self._memory] = value
        self._runs[case.key] = runs + 1


# In units of the noise's variance. Round figures, set before any data was scored and the same for every target: a level
# is worth a quarter of a run, a pair of task and agent one run; loads of a batch are half as large as the noise, and of
# one agent within it four times. A slope is believed to be within one of nothing, per factor e of size.
_LEVELS = {"all": 100.0, "task": 4.0, "who": 4.0, "key": 1.0, "size": 1.0, "task size": 1.0}
_BATCHES = {"batch": 0.5, "batch who": 4.0}
_WANDERING = {"all": 0.01, "who": 0.1, "task": 0.02, "key": 0.02}


def _key(case: Case) -> Hashable:
    return case.key


def _who(case: Case) -> Hashable:
    return case.who


def standard_experts(more: Sequence[tuple[str, Expert]] = ()) -> dict[str, Expert]:
    """Return the experts by name."""
    return {
        "prior": Prior(),
        "table": LookupTable(),
        "last": Recent(1, _key),
        "last 3": Recent(3, _key),
        "last 31": Recent(31, _key),
        "agent's last 7": Recent(7, _who),
        "scaled table": ScaledTable(),
        "effects": Effects(_LEVELS, {}),
        "wandering effects": Effects(_LEVELS, _WANDERING),
        "batch effects": Effects(_LEVELS | _BATCHES, _WANDERING),
        "neighbours": Neighbours(),
        **dict(more),
    }
