"""The ends of intervals combined online: each expert's own errors give candidates, weighted by their pinball loss.

All in units of what is usual for the run's task and agent, so that runs of one kind say nothing false of another kind
that varies ten times as much.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping, Sequence

from estimators.combination import Combination, weighted_median

__all__ = ["QuantileExperts", "quantile"]

_BLOCKS = 100  # as many of the last blocks of runs give the errors
_KEPT = 100  # errors kept of a large block
_FEWEST = 20  # blocks below which an expert's errors say nothing of its tails: errors of one block are alike


class QuantileExperts:
    """Candidates for one end of an interval: what an expert says, and the quantile of its last errors.

    Parameters
    ----------
    share : float
        The quantile that the end is to be, such as 0.9.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._errors: dict[Hashable, deque[list[float]]] = {}
        self._sorted: dict[Hashable, list[float]] = {}
        self._combination = Combination(share)

    def candidates(self, said: Mapping[str, float | None], fresh: bool, unit: float) -> dict[str, float | None]:
        """Return the ends that the experts' errors lead to; an expert with few of them is silent."""
        found: dict[str, float | None] = {}
        for name, value in said.items():
            if value is None or len(self._errors.get((name, fresh), ())) < _FEWEST:
                found[name] = None
            else:
                found[name] = value + unit * quantile(self._ordered((name, fresh)), self._share)
        return found

    def combined(self, groups: Sequence[Hashable], candidates: Mapping[str, float | None]) -> float:
        """Return the median of the candidates under their weights; at least one must speak."""
        awake = [name for name, value in candidates.items() if value is not None]
        values = [value for value in candidates.values() if value is not None]
        return weighted_median(values, self._combination.weights(groups, awake))

    def learn(
        self,
        block: Sequence[tuple[Sequence[Hashable], Mapping[str, float | None], float, float]],
        said: Sequence[tuple[Mapping[str, float | None], bool, float]],
    ) -> None:
        """Learn from runs predicted together.

        Parameters
        ----------
        block : sequence of tuple
            Groups, candidates, the end issued, and the truth.
        said : sequence of tuple
            What the experts said, whether nothing of the batch was known, and the run's unit.
        """
        units = [unit for _, _, unit in said]
        self._combination.learn([_in_units(run, unit) for run, unit in zip(block, units, strict=True)])
        errors: dict[Hashable, list[float]] = {}
        for (_, _, _, truth), (values, fresh, unit) in zip(block, said, strict=True):
            for name, value in values.items():
                if value is not None:
                    errors.setdefault((name, fresh), []).append((truth - value) / unit)
        for key, found in errors.items():
            found.sort()
            if len(found) > _KEPT:
                found = [found[(2 * place + 1) * len(found) // (2 * _KEPT)] for place in range(_KEPT)]
            self._errors.setdefault(key, deque(maxlen=_BLOCKS)).append(found)
            self._sorted.pop(key, None)

    def _ordered(self, key: Hashable) -> list[float]:
        errors = self._sorted.get(key)
        if errors is None:
            errors = sorted(error for block in self._errors.get(key, ()) for error in block)
            self._sorted[key] = errors
        return errors


def _in_units(
    run: tuple[Sequence[Hashable], Mapping[str, float | None], float, float], unit: float
) -> tuple[Sequence[Hashable], Mapping[str, float | None], float, float]:
    groups, candidates, end, truth = run
    scaled = {name: None if value is None else value / unit for name, value in candidates.items()}
    return groups, scaled, end / unit, truth / unit


def quantile(ordered: Sequence[float], share: float) -> float:
    """Quantile with room for one more, as conformal prediction has it.

    Examples
    --------
    >>> quantile([1.0, 2.0, 3.0], 0.5), quantile([1.0, 2.0, 3.0], 0.9)
    (2.0, 3.0)
    """
    position = min(max(share * (len(ordered) + 1) - 1, 0.0), len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
