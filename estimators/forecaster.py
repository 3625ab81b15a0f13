"""One target predicted online: experts, their combination, and intervals, from the first run on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from estimators.case import Case
from estimators.combination import Combination, weighted_median
from estimators.conformal import AdaptiveIntervals, Situation
from estimators.experts import Expert, standard_experts
from estimators.quantiles import QuantileExperts

__all__ = ["Forecast", "Forecaster"]

_COMBINED = "combination"
_OWN = "local scale"
_BATCHES = 4096  # pairs of batch and agent that are remembered as seen
_SLOPE = 0.5  # how unsure the growth with the size is where nothing was seen, per factor e
_LEAST = 1e-4  # no unit is smaller


@dataclass(frozen=True, slots=True)
class Forecast:
    """A predicted logarithm with both ends of its interval, and what it was made of.

    Attributes
    ----------
    low, middle, high : float
        The interval's ends and the median, as logarithms.
    known : int
        Runs of the same task and agent that were known.
    said : Mapping
        What each expert said, None where it was silent, and what they said together.
    situation : Situation
        What the width depended on.
    unit : float
        What is usual for its task and agent, as a mean absolute deviation.
    offered : tuple of Mapping
        Candidates for the lower and the upper end.
    """

    low: float
    middle: float
    high: float
    known: int
    said: Mapping[str, float | None]
    situation: Situation
    unit: float
    offered: tuple[Mapping[str, float | None], Mapping[str, float | None]]


class Forecaster:
    """Predicts and learns, a block of runs at a time.

    Parameters
    ----------
    coverage : float
        Share of runs that intervals are to hold.
    spread : float
        Believed standard deviation of the logarithm around the prior.
    more : sequence of (str, Expert)
        Experts beside the standard ones.
    farthest : float
        How unsure, as a mean absolute deviation, an input of a size never seen makes a prediction at most. Where the
        prior knows of sizes that is no more than the prior is unsure of any.

    Examples
    --------
    >>> forecaster, case = Forecaster(), Case(task="read", prior=0.0)
    >>> forecaster.predict(case).middle
    0.0
    >>> for value in (2.0, 2.1, 1.9, 2.0):
    ...     _ = forecaster.learn([(case, value)])
    >>> abs(forecaster.predict(case).middle - 2.0) < 0.1
    True
    """

    def __init__(
        self,
        coverage: float = 0.8,
        spread: float = 0.857,
        more: Sequence[tuple[str, Expert]] = (),
        farthest: float = 2.0,
    ) -> None:
        self._farthest = farthest
        self.experts = standard_experts(more)
        self.runs = 0
        self._counts: Counter[tuple[str, Hashable]] = Counter()
        self._combination = Combination()
        self._intervals = AdaptiveIntervals(coverage, spread)
        self._ends = QuantileExperts((1 - coverage) / 2), QuantileExperts((1 + coverage) / 2)
        self._batches: dict[tuple[Hashable, Hashable], None] = {}
        self._ranges: dict[Hashable, tuple[list[float], list[float]]] = {}

    def predict(self, case: Case) -> Forecast:
        """Return the forecast of one step."""
        said = {name: expert.predict(case) for name, expert in self.experts.items()}
        if self.runs:
            said["prior"] = None  # the effects lean on it from now on
        awake = [name for name, value in said.items() if value is not None]
        values = [value for value in said.values() if value is not None]
        weights = self._combination.weights(_groups(case), awake)
        middle = weighted_median(values, weights)
        total = sum(weights)
        beyond = self._beyond(case)
        less = sum(w * max(middle - v, 0.0) for w, v in zip(weights, values, strict=True)) / total + beyond
        more = sum(w * max(v - middle, 0.0) for w, v in zip(weights, values, strict=True)) / total + beyond
        combined, table = middle, said["table"]
        if table is not None and self._combination.lags_behind(_COMBINED, "table"):
            middle = table
        counts = self._counted(case)
        known = counts[-1]
        fresh = case.batch is not None and (case.batch, case.who) not in self._batches
        groups = (("who", case.who), ("task", case.task), ("key", case.key))
        situation = Situation(groups, counts, fresh, (less, more))
        said[_COMBINED] = combined
        unit = max(self._intervals.usual(situation), _LEAST)
        own = [middle + end for end in self._intervals.bounds(situation)]
        offered: list[Mapping[str, float | None]] = []
        ends = []
        for side, (experts, end) in enumerate(zip(self._ends, own, strict=True)):
            # First calls and sizes never seen are judged by their like only.
            others = experts.candidates(said, fresh, unit) if known and not beyond else {}
            offered.append({**others, _OWN: end})
            if any(other is not None for other in others.values()):
                further = self._intervals.offset(situation, side)
                end = experts.combined(_groups(case), offered[-1]) + (further if side else -further)
            ends.append(end)
        low, high = ends
        low, high = min(low, middle), max(high, middle)
        return Forecast(low, middle, high, known, said, situation, unit, (offered[0], offered[1]))

    def learn(self, block: Sequence[tuple[Case, float]]) -> list[Forecast]:
        """Predict runs that ended together, then learn from them, and return what was predicted."""
        forecasts = [self.predict(case) for case, _ in block]
        self.settle(block, forecasts)
        return forecasts

    def settle(self, block: Sequence[tuple[Case, float]], forecasts: Sequence[Forecast]) -> None:
        """Learn from runs for which these forecasts were issued."""
        pairs = list(zip(block, forecasts, strict=True))
        self._combination.learn([(_groups(case), f.said, f.middle, value) for (case, value), f in pairs])
        said = [(f.said, f.situation.fresh, f.unit) for f in forecasts]
        for side, experts in enumerate(self._ends):
            issued = [(f.low, f.high)[side] for f in forecasts]
            experts.learn(
                [
                    (_groups(case), f.offered[side], end, value)
                    for ((case, value), f), end in zip(pairs, issued, strict=True)
                ],
                said,
            )
        self._intervals.learn(
            [(f.situation, value - f.middle, f.low - f.middle, f.high - f.middle) for (_, value), f in pairs]
        )
        for case, value in block:
            for expert in self.experts.values():
                expert.update(case, value)
            if case.batch is not None:
                self._batches[(case.batch, case.who)] = None
            self._widen(case)
            self._counts.update((("task", case.task), ("who", case.who), ("key", case.key)))
            self.runs += 1
        while len(self._batches) > _BATCHES:
            del self._batches[next(iter(self._batches))]

    def _counted(self, case: Case) -> tuple[int, int, int, int]:
        """Return how many runs are known: all, of the task, of the agent, and of both together."""
        task, who, key = (self._counts[each] for each in (("task", case.task), ("who", case.who), ("key", case.key)))
        return self.runs, task, who, key

    def _beyond(self, case: Case) -> float:
        """Return how much less sure a step is whose input is larger or smaller than any of its task before."""
        known = self._ranges.get(case.task)
        if known is None:
            return 0.0
        outside = max(
            (max(a - size, size - b, 0.0) for size, a, b in zip(case.sizes, *known, strict=True)), default=0.0
        )
        return min(_SLOPE * outside, self._farthest)

    def _widen(self, case: Case) -> None:
        if case.sizes:
            smallest, largest = self._ranges.setdefault(case.task, (list(case.sizes), list(case.sizes)))
            for place, size in enumerate(case.sizes):
                smallest[place] = min(smallest[place], size)
                largest[place] = max(largest[place], size)


def _groups(case: Case) -> tuple[Hashable, ...]:
    return (("task", case.task), ("who", case.who))
