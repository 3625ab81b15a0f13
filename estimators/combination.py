"""Experts combined online: the median under weights that follow what each of them got wrong lately."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

__all__ = ["Combination", "weighted_median"]

_DISCOUNT = 0.98  # what happened fifty blocks ago counts little
_LONGEST = 50.0  # runs' worth of evidence at most: the learning rate grows with the runs until then
_POOLED = 10.0  # runs of its own by which the record of a task and an agent counts as much as the record over all
_CLIP = 3.0  # scales beyond which an error counts no further
_FIRST_SCALE = 1.0
_CLEARLY = 1.05
_NEARLY = 0.95


def weighted_median(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the value below and above which half of the weight lies.

    Examples
    --------
    >>> weighted_median([3.0, 1.0, 2.0], [1.0, 1.0, 1.0])
    2.0
    """
    pairs = sorted(zip(values, weights, strict=True))
    half = sum(weights) / 2
    reached = 0.0
    for place, (value, weight) in enumerate(pairs):
        reached += weight
        if math.isclose(reached, half) and place + 1 < len(pairs):
            return (value + pairs[place + 1][0]) / 2
        if reached > half:
            return value
    return pairs[-1][0]


class _Record:
    """Discounted losses of the experts."""

    def __init__(self) -> None:
        self.runs = 0.0
        self.losses: dict[str, float] = {}

    def add(self, losses: Mapping[str, float], weight: float) -> None:
        self.runs += weight
        for name, loss in losses.items():
            self.losses[name] = self.losses.get(name, 0.0) + weight * loss

    def fade(self) -> None:
        self.runs *= _DISCOUNT
        for name in self.losses:
            self.losses[name] *= _DISCOUNT


class Combination:
    """Exponentially weighted experts that may sleep (Freund et al., 1997), by task, by agent, and over all.

    The weight of an expert is that of a normal likelihood of its clipped errors. An expert that was silent is charged
    what the combination lost, so that silence neither helps nor harms.

    Parameters
    ----------
    share : float, optional
        The quantile to be predicted, judged by pinball loss; without it the middle, by squared loss.
    """

    def __init__(self, share: float | None = None) -> None:
        self._share = share
        self._overall = _Record()
        self._own: dict[Hashable, _Record] = {}
        self._scale = _FIRST_SCALE**2
        self._scale_weight = 1.0

    def weights(self, groups: Sequence[Hashable], awake: Sequence[str]) -> list[float]:
        """Return the weight of each of the experts that speak, for a run of these groups."""
        overall = self._overall
        # A group of nearly all runs tells nothing that the record over all does not.
        records = [self._own[group] for group in groups if group in self._own]
        own = [record for record in records if record.runs < _NEARLY * overall.runs]
        runs = sum(record.runs for record in own)
        evidence = min(_LONGEST, overall.runs)
        scale = 2 * self._scale / self._scale_weight
        exponents = []
        for name in awake:
            everywhere = overall.losses.get(name, 0.0) / overall.runs if overall.runs else 0.0
            here = sum(record.losses.get(name, 0.0) for record in own)
            loss = (_POOLED * everywhere + here) / (_POOLED + runs)
            exponents.append(-evidence * loss / scale)
        largest = max(exponents)
        return [math.exp(exponent - largest) for exponent in exponents]

    def learn(self, block: Sequence[tuple[Sequence[Hashable], Mapping[str, float | None], float, float]]) -> None:
        """Learn from runs that were predicted together: groups, what each expert said, the prediction and the truth."""
        weight = 1 / math.sqrt(len(block))
        clip = (_CLIP**2 if self._share is None else _CLIP) * self._scale / self._scale_weight
        counts = Counter(group for groups, *_ in block for group in groups)
        self._overall.fade()
        for group in counts:
            self._own.setdefault(group, _Record()).fade()
        self._scale *= _DISCOUNT
        self._scale_weight *= _DISCOUNT
        for groups, said, prediction, truth in block:
            common = min(self._loss(truth - prediction), clip)
            losses = {
                name: common if value is None else min(self._loss(truth - value), clip) for name, value in said.items()
            }
            self._overall.add(losses, weight)
            for group in groups:
                self._own[group].add(losses, 1 / math.sqrt(counts[group]))
            self._scale += weight * max(common, 1e-8)
            self._scale_weight += weight

    def _loss(self, error: float) -> float:
        if self._share is None:
            return error * error
        return max(self._share * error, (self._share - 1) * error)

    def lags_behind(self, name: str, other: str) -> bool:
        """Whether one expert's record over all tasks is clearly worse than another's."""
        return self._overall.losses.get(name, 0.0) > _CLEARLY * self._overall.losses.get(other, 0.0)
