"""Boosted trees as one more expert, once there are runs enough, kept as plain numbers."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from estimators.case import Case
from htn.model.errors import InputError

__all__ = ["BoostedTrees"]

_FIRST = 256  # with fewer runs, trees added nothing to shrunken effects
_MEMORY = 4096  # runs that the trees are grown from: the latest
_TREES, _DEPTH, _LEAF, _RATE = 100, 4, 8, 0.1
_SMOOTHING = 5.0

_Tree = tuple[list[int], list[int], list[int], list[float], list[float]]


class BoostedTrees:
    """Gradient-boosted regression trees (Friedman, 2001) with Huber's loss, grown anew whenever the runs have doubled.

    What a tree does is copied out of scikit-learn as lists of numbers: a single prediction takes a tenth of what
    ``predict`` takes, and nothing is left that would have to be pickled.

    Parameters
    ----------
    seed : int
        Of the subsampling.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._runs: deque[tuple[Case, float]] = deque(maxlen=_MEMORY)
        self._seen = 0
        self._due = _FIRST
        self._grown = 0
        self._codes: dict[tuple[str, Hashable], float] = {}
        self._start = 0.0
        self._trees: list[_Tree] = []

    def predict(self, case: Case) -> float | None:
        """Return the sum of the trees, or None while there are none."""
        if not self._trees:
            return None
        row = self._row(case)
        value = self._start
        for left, right, feature, threshold, values in self._trees:
            node = 0
            while left[node] >= 0:
                node = left[node] if row[feature[node]] <= threshold[node] else right[node]
            value += values[node]
        return value

    def update(self, case: Case, value: float) -> None:
        """Keep the run, and grow new trees when it is time."""
        self._runs.append((case, value))
        self._seen += 1
        if self._seen >= self._due:
            self.grow()
            self._due = 2 * self._seen

    def grow(self) -> None:
        """Grow the trees from the latest runs; nothing is done when they know them all, or there are too few."""
        if self._seen < _FIRST or self._grown == self._seen:
            return
        self._grown = self._seen
        values = np.array([value for _, value in self._runs])
        self._start = float(np.median(values))
        self._codes = self._encoded()
        rows = np.array([self._row(case) for case, _ in self._runs])
        model = _regressor(self._seed)
        model.fit(rows.astype(np.float32), values - self._start)
        self._trees = [_numbers(estimator.tree_) for estimator in model.estimators_[:, 0]]

    def _encoded(self) -> dict[tuple[str, Hashable], float]:
        """Return shrunken means by task and by agent, which stand for their names."""
        usual = sum(value for _, value in self._runs) / len(self._runs)
        sums: dict[tuple[str, Hashable], tuple[float, int]] = {}
        for case, value in self._runs:
            for name in (("task", case.task), ("who", case.who)):
                total, count = sums.get(name, (0.0, 0))
                sums[name] = (total + value, count + 1)
        codes = {name: (total + _SMOOTHING * usual) / (count + _SMOOTHING) for name, (total, count) in sums.items()}
        codes[("all", None)] = usual
        return codes

    def _row(self, case: Case) -> Sequence[float]:
        usual = self._codes[("all", None)]
        return (
            self._codes.get(("task", case.task), usual),
            self._codes.get(("who", case.who), usual),
            case.prior,
            *case.sizes,
        )


def _numbers(tree: Any) -> _Tree:
    values = (_RATE * tree.value[:, 0, 0]).tolist()
    return (
        tree.children_left.tolist(),
        tree.children_right.tolist(),
        tree.feature.tolist(),
        tree.threshold.tolist(),
        values,
    )


def _regressor(seed: int) -> Any:
    try:
        from sklearn.ensemble import GradientBoostingRegressor
    except ImportError as error:
        raise InputError("boosted trees need scikit-learn: install the extra `estimators`") from error
    return GradientBoostingRegressor(
        loss="huber",
        n_estimators=_TREES,
        max_depth=_DEPTH,
        min_samples_leaf=_LEAF,
        learning_rate=_RATE,
        subsample=0.5,
        init="zero",
        random_state=seed,
    )
