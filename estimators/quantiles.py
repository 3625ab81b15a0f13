"""The ends of intervals combined online: each expert's own errors give candidates, weighted by their pinball loss.

All in units of what is usual for the run's task and agent, so that runs of one kind say nothing false of another kind
that varies ten times as much.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence

from estimators.combination import Combination, weighted_median

__all__ = ["QuantileExperts", "Window", "quantile"]

_BLOCKS = 100  # as many of the last blocks of runs give the errors
_KEPT = 100  # errors kept of a large block
_FEWEST = 20  # blocks below which an expert's errors say nothing of its tails: errors of one block are alike


class Window:
    """The errors of the last blocks of runs in order of size, kept so while blocks come and go.

    Parameters
    ----------
    believed : iterable of float
        Errors that stay.

    Examples
    --------
    >>> window = Window([0.0])
    >>> for block in ([3.0, 1.0], [2.0]):
    ...     window.add(block)
    >>> window.ordered, window.blocks
    ([0.0, 1.0, 2.0, 3.0], 2)
    """

    def __init__(self, believed: Iterable[float] = ()) -> None:
        self.ordered = sorted(believed)
        self._blocks: deque[list[float]] = deque()

    @property
    def blocks(self) -> int:
        """How many there are."""
        return len(self._blocks)

    def add(self, errors: Iterable[float]) -> None:
        """Add the errors of one block, thinned where they are many, and forget those of the oldest."""
        block = sorted(errors)
        if len(block) > _KEPT:
            block = [block[(2 * place + 1) * len(block) // (2 * _KEPT)] for place in range(_KEPT)]
        self._blocks.append(block)
        for error in block:
            insort(self.ordered, error)
        if len(self._blocks) > _BLOCKS:
            for error in self._blocks.popleft():
                del self.ordered[bisect_left(self.ordered, error)]


class QuantileExperts:
    """Candidates for one end of an interval: what an expert says, and the quantile of its last errors.

    Parameters
    ----------
    share : float
        The quantile that the end is to be, such as 0.9.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._errors: dict[Hashable, Window] = {}
        self._combination = Combination(share)

    def candidates(self, said: Mapping[str, float | None], fresh: bool, unit: float) -> dict[str, float | None]:
        """Return the ends that the experts' errors lead to; an expert with few of them is silent."""
        found: dict[str, float | None] = {}
        for name, value in said.items():
            window = self._errors.get((name, fresh))
            if value is None or window is None or window.blocks < _FEWEST:
                found[name] = None
            else:
                found[name] = value + unit * quantile(window.ordered, self._share)
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
            self._errors.setdefault(key, Window()).add(found)


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
