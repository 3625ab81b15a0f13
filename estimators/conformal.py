"""Intervals from how wrong predictions were, which widen and narrow until they cover what they promise."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from statistics import NormalDist

from estimators.quantiles import Window, quantile

__all__ = ["AdaptiveIntervals", "Situation"]

_DISCOUNT = 0.97
# What is believed unsure before any run, in shares of its variance: whether the prior is right about this machine,
# about the task, the agent, and the pair of them; the rest is how runs of one pair differ. Half is common, as
# `estimators.prior` believes it.
_DOUBTS = (0.5, 0.125, 0.0625, 0.0625)
_NOISE = 1 - sum(_DOUBTS)
_NEARLY = 0.95  # a group with so much of the runs of a wider one tells the same once more
_POOLED = 4.0  # runs' worth by which the scale of a narrower group leans on the wider one
_STEP = 0.02
_LOWEST, _HIGHEST = 0.02, 0.45
_FARTHEST = 3.0  # scales beyond which an error counts no further: one outage must not make a hundred intervals useless
_BELIEVED = 9  # pseudo-errors of the prior in each pool
_INWARD, _OUTWARD = 0.5, 1.5  # scales by which an end may be moved
_MOST = 2.0  # no scale is larger: beyond it an interval of tenths to tens of times says that nothing is known
_LEAST = 1e-4  # no interval is narrower than a part in ten thousand


class Situation:
    """What the width of an interval may depend on.

    Parameters
    ----------
    groups : sequence of Hashable
        From the widest to the narrowest: each group's scale leans on that of the one before.
    counts : sequence of int
        How many runs there were in all, of the task, of the agent, and of both together.
    fresh : bool
        Whether nothing of the same batch was known.
    disagreement : tuple of float
        How far experts are below the prediction and above it: one that foresees an outage widens its side only.
    """

    __slots__ = ("counts", "disagreement", "fresh", "groups", "known")

    def __init__(
        self, groups: Sequence[Hashable], counts: Sequence[int], fresh: bool, disagreement: tuple[float, float]
    ) -> None:
        self.groups = groups
        self.counts = counts
        self.known = counts[-1]
        self.fresh = fresh
        self.disagreement = disagreement

    @property
    def doubt(self) -> float:
        """How much less sure it is than a run of a pair that is known well, as a ratio of standard deviations.

        The variance that partial pooling leaves of each effect after so many runs (Gelman and Hill, 2007, chapter 12).
        """
        noise = _NOISE
        left = (share * noise / (noise + share * runs) for share, runs in zip(_DOUBTS, self.counts, strict=True))
        return math.sqrt((noise + sum(left)) / noise)

    @property
    def pool(self) -> tuple[int, bool]:
        """First calls err otherwise than hundredth ones, and so do calls into an unknown day."""
        known = self.known
        return (known if known < 2 else 2 if known < 4 else 3 if known < 10 else 4, self.fresh)


class AdaptiveIntervals:
    """Conformal intervals of scaled errors, with levels that follow the coverage (Gibbs and Candes, 2021).

    Errors are those of the predictions as issued, divided by a local scale; steps of which as many runs were known
    share their errors (a Mondrian taxonomy), so that the first call of an unseen type is judged by other first calls.

    Parameters
    ----------
    coverage : float
        Share of runs that the interval is to hold; what is left is shared equally by both sides.
    spread : float
        Believed standard deviation of a logarithm before there are runs. The interval of the very first run has it.
    """

    def __init__(self, coverage: float, spread: float) -> None:
        self._tail = (1 - coverage) / 2
        self._spread = spread
        self._scales: dict[Hashable, tuple[float, float]] = {}
        self._pools: dict[tuple[int, bool], Window] = {}
        self._levels = [self._tail, self._tail]
        self._offsets = [0.0, 0.0]
        believed = NormalDist(0, 1.25)  # in units of the mean absolute deviation
        self._believed = [believed.inv_cdf(place / (_BELIEVED + 1)) for place in range(1, _BELIEVED + 1)]

    def scales(self, situation: Situation) -> tuple[float, float]:
        """Return how far below and above a prediction the truth is expected, as mean absolute deviations."""
        value = self.usual(situation) * situation.doubt
        below, above = (min(max(math.hypot(value, each), _LEAST), _MOST) for each in situation.disagreement)
        return below, above

    def usual(self, situation: Situation) -> float:
        """Return the mean absolute deviation of runs of a well known pair, each group's leaning on a wider's."""
        value = self._spread * 0.8 * math.sqrt(_NOISE)
        told: list[float] = []
        for group in (None, ("pool", situation.pool), *situation.groups):
            total, weight = self._scales.get(group, (0.0, 0.0))
            if not any(weight >= _NEARLY * each for each in told):
                value = (_POOLED * value + total) / (_POOLED + weight)
            if weight:
                told.append(weight)
        return value

    def bounds(self, situation: Situation) -> tuple[float, float]:
        """Return what to add to a predicted logarithm for the lower and the upper end."""
        errors = self._pool(situation.pool).ordered
        below, above = self.scales(situation)
        low, high = self._levels
        return below * quantile(errors, low), above * quantile(errors, 1 - high)

    def offset(self, situation: Situation, side: int) -> float:
        """Return by how much the lower (0) or upper (1) end is to be farther out than its candidates say."""
        return self._offsets[side] * self.scales(situation)[side]

    def learn(self, block: Sequence[tuple[Situation, float, float, float]]) -> None:
        """Learn from runs predicted together: situation, error, and both ends as issued, less the prediction."""
        count = len(block)
        below = sum(error < low for _, error, low, _ in block) / count
        above = sum(error > high for _, error, _, high in block) / count
        step = _STEP * min(math.sqrt(count), 5.0)
        for side, missed in enumerate((below, above)):
            level = self._levels[side] + step * (self._tail - missed)
            self._levels[side] = min(max(level, _LOWEST), _HIGHEST)
            # The same for what the experts' own errors offer, in scales.
            offset = self._offsets[side] + step * (missed - self._tail) / self._tail / 2
            self._offsets[side] = min(max(offset, -_INWARD), _OUTWARD)
        scaled: dict[tuple[int, bool], list[float]] = {}
        spreads: dict[Hashable, list[float]] = {}
        for situation, error, _, _ in block:
            near, far = self.scales(situation)
            scale = far if error > 0 else near
            scaled.setdefault(situation.pool, []).append(min(max(error / scale, -_FARTHEST), _FARTHEST))
            for group in (None, ("pool", situation.pool), *situation.groups):
                spreads.setdefault(group, []).append(min(abs(error), _FARTHEST * scale) / situation.doubt)
        for group, sizes in spreads.items():
            total, weight = self._scales.get(group, (0.0, 0.0))
            worth = math.sqrt(len(sizes))
            self._scales[group] = (
                _DISCOUNT * total + worth * sum(sizes) / len(sizes),
                _DISCOUNT * weight + worth,
            )
        for pool, errors in scaled.items():
            self._pool(pool).add(errors)

    def _pool(self, pool: tuple[int, bool]) -> Window:
        return self._pools.setdefault(pool, Window(self._believed))
