"""Boosted trees as plain numbers: what scikit-learn predicts, only without it."""

from __future__ import annotations

import numpy as np
import pytest

from estimators.case import Case
from estimators.trees import BoostedTrees

ensemble = pytest.importorskip("sklearn.ensemble")


def test_copied_trees_predict_what_the_original_does():
    """Number for number, over fresh cases."""
    rng = np.random.default_rng(0)
    sizes = rng.normal(size=(300, 2)).astype(np.float32).astype(float)
    values = sizes[:, 0] ** 2 + sizes[:, 1]
    trees = BoostedTrees(seed=3)
    for row, value in zip(sizes, values, strict=True):
        trees.update(Case(sizes=tuple(row)), float(value))
    trees.grow()
    start = float(np.median(values))
    settings = {"loss": "huber", "n_estimators": 100, "max_depth": 4, "min_samples_leaf": 8, "subsample": 0.5}
    original = ensemble.GradientBoostingRegressor(**settings, init="zero", random_state=3)
    mean = float(np.mean(values))
    constant = np.column_stack([np.full(300, mean), np.full(300, mean), np.zeros(300)])
    original.fit(np.column_stack([constant, sizes]).astype(np.float32), values - start)
    fresh = rng.normal(size=(20, 2)).astype(np.float32).astype(float)
    wanted = start + original.predict(np.column_stack([constant[:20], fresh]))
    ours = [trees.predict(Case(sizes=tuple(row))) for row in fresh]
    assert ours == pytest.approx(wanted, abs=1e-4)


def test_few_runs_grow_no_trees():
    """Below the first number of runs it is silent, even when asked to grow."""
    trees = BoostedTrees()
    for value in range(100):
        trees.update(Case(sizes=(1.0,)), float(value))
    trees.grow()
    assert trees.predict(Case(sizes=(1.0,))) is None
