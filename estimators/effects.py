"""Effects of task, agent, batch and input sizes on a target, pooled, and learned run by run with a Kalman filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Effect", "EffectsFilter"]

Effect: TypeAlias = tuple[str, tuple[object, ...]]
"""An effect is a family, which says how strongly it is shrunk, and which member of the family it is."""

_CAPACITY = 192  # effects held at once; an update costs its square
_CLIP = 2.5  # standard deviations beyond which a surprise counts no further
_SCALE_MEMORY = 0.98


class EffectsFilter:
    """A linear model whose coefficients are random effects, updated with each run in closed form.

    Every run is the sum of its effects plus noise. An effect starts at zero with the variance of its family, so few
    runs move it little and an unseen member leans on what is known of the others: partial pooling. This is ridge
    regression kept up recursively (Kalman, 1960; Gelman and Hill, 2007, chapter 12). Surprises are clipped, as an
    outage says little of the next run (Huber, 1964).

    Parameters
    ----------
    variances : Mapping of str to float
        For each family, the variance of its effects in units of the noise's: 4 means that a quarter of a run's
        weight is enough to believe half of what it shows. Families left out are ignored.
    drift : Mapping of str to float
        For each family, how much that variance grows with every run: effects that wander forget.

    Examples
    --------
    >>> effects = EffectsFilter({"all": 100.0, "task": 4.0}, {})
    >>> for value in (1.0, 1.2, 0.8):
    ...     effects.update([(("all", ()), 1.0), (("task", ("read",)), 1.0)], value)
    >>> known, unseen = (effects.predict([(("all", ()), 1.0), (("task", (name,)), 1.0)]) for name in ("read", "write"))
    >>> round(known[0], 2), known[1] < unseen[1]
    (1.0, True)
    """

    def __init__(self, variances: Mapping[str, float], drift: Mapping[str, float]) -> None:
        self._variances = dict(variances)
        self._drift = dict(drift)
        self._slots: dict[Effect, int] = {}
        self._used: dict[Effect, int] = {}
        self._mean: npt.NDArray[np.float64] = np.zeros(_CAPACITY)
        self._covariance: npt.NDArray[np.float64] = np.zeros((_CAPACITY, _CAPACITY))
        self._growth: npt.NDArray[np.float64] = np.zeros(_CAPACITY)
        self._runs = 0
        self._noise = 0.0
        self._weight = 0.0

    def predict(self, features: Sequence[tuple[Effect, float]]) -> tuple[float, float]:
        """Return the expected value and its variance in units of the noise's, the noise of the run included."""
        mean, variance = 0.0, 1.0
        slots, weights = [], []
        for effect, weight in features:
            slot = self._slots.get(effect)
            if slot is not None:
                slots.append(slot)
                weights.append(weight)
            else:
                variance += weight * weight * self._variances.get(effect[0], 0.0)
        if slots:
            factors = np.array(weights)
            places = np.array(slots)
            mean = float(self._mean[places] @ factors)
            variance += float(factors @ self._covariance[places[:, None], places] @ factors)
        return mean, variance

    def update(self, features: Sequence[tuple[Effect, float]], value: float) -> None:
        """Learn from one run."""
        wanted = [(effect, weight) for effect, weight in features if effect[0] in self._variances]
        places = np.array([self._slot(effect) for effect, _ in wanted])
        factors = np.array([weight for _, weight in wanted])
        held = len(self._slots)
        if self._drift:
            diagonal = np.einsum("ii->i", self._covariance)
            diagonal[:held] += self._growth[:held]
        shared = self._covariance[:held, places] @ factors
        variance = 1.0 + float(factors @ shared[places])
        error = self._clipped(value - float(self._mean[places] @ factors), variance)
        self._mean[:held] += shared * (error / variance)
        self._covariance[:held, :held] -= np.outer(shared, shared / variance)
        self._runs += 1

    def _clipped(self, error: float, variance: float) -> float:
        """Bound a surprise, once it is known what is usual."""
        scaled = error * error / variance
        usual = self._noise / self._weight if self._weight >= 5 else None
        if usual is not None and scaled > _CLIP * _CLIP * usual:
            scaled = _CLIP * _CLIP * usual
            error = float(np.copysign(np.sqrt(scaled * variance), error))
        self._noise = _SCALE_MEMORY * self._noise + scaled
        self._weight = _SCALE_MEMORY * self._weight + 1.0
        return error

    def _slot(self, effect: Effect) -> int:
        """Return where an effect is held, in place of the one longest unused when there is no room."""
        slot = self._slots.get(effect)
        if slot is None:
            slot = len(self._slots) if len(self._slots) < _CAPACITY else self._evict()
            self._slots[effect] = slot
            self._mean[slot] = 0.0
            self._covariance[slot, :] = 0.0
            self._covariance[:, slot] = 0.0
            self._covariance[slot, slot] = self._variances[effect[0]]
            self._growth[slot] = self._drift.get(effect[0], 0.0)
        self._used[effect] = self._runs
        return slot

    def _evict(self) -> int:
        # Batches go first: an old one never comes back.
        oldest = min(self._slots, key=lambda effect: (not effect[0].startswith("batch"), self._used[effect]))
        del self._used[oldest]
        return self._slots.pop(oldest)
