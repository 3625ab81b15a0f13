"""`StepRegressor`: scikit-learn's conventions, pooling, drift, honest intervals, never behind the lookup table."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import parametrize_with_checks

from estimators.regressor import StepRegressor
from htn.model.errors import InputError


@parametrize_with_checks([StepRegressor()])
def test_conventions_of_scikit_learn_hold(estimator: Any, check: Callable[[Any], None]):
    """Every check that scikit-learn has for regressors passes."""
    check(estimator)


def runs(count: int, seed: int = 0, noise: float = 0.3, drift: float = 0.0) -> tuple[Any, Any]:
    """Return runs of three tasks by two agents, with sizes; from the middle on they take longer by the drift."""
    rng = np.random.default_rng(seed)
    task, who = rng.integers(0, 3, count), rng.integers(0, 2, count)
    size = rng.lognormal(5, 1, count)
    late = np.arange(count) >= count // 2
    logs = task + 0.5 * who + 0.5 * np.log1p(size) + noise * rng.standard_normal(count) + drift * late
    return np.column_stack([task, who, size]), np.exp(logs)


def model(**settings: Any) -> StepRegressor:
    """Return a regressor of such runs."""
    return StepRegressor(task=0, who=(1,), **settings)


def table_error(X: Any, y: Any, start: int) -> float:
    """Return the mean error in logarithms of the median of the same task and agent, each from earlier runs."""
    errors = []
    for place in range(start, len(y)):
        alike = (X[:place, :2] == X[place, :2]).all(axis=1)
        errors.append(abs(np.log(y[place] / np.median(y[:place][alike]))))
    return float(np.mean(errors))


@pytest.mark.parametrize("drift", [0.0, 1.0])
@pytest.mark.parametrize("sized", [True, False])
def test_never_worse_than_the_lookup_table(drift: float, sized: bool):
    """With and without sizes and drift, errors of what was issued stay at or below the table's (within 3 %)."""
    X, y = runs(400, drift=drift)
    issued = model(sizes=None if sized else []).fit(X, y).issued_
    ours = float(np.mean(np.abs(np.log(y[50:] / issued[50:, 1]))))
    assert ours <= 1.03 * table_error(X, y, 50)


def test_sizes_beat_the_lookup_table_by_far():
    """Where the size decides, it is used."""
    X, y = runs(400, noise=0.1)
    ours = float(np.mean(np.abs(np.log(y[50:] / model().fit(X, y).issued_[50:, 1]))))
    assert ours < 0.5 * table_error(X, y, 50)


def test_intervals_cover_what_they_promise():
    """Over seeds, eighty per cent intervals of issued predictions hold 75 to 85 % of the runs."""
    inside = []
    for seed in range(3):
        X, y = runs(400, seed)
        issued = model().fit(X, y).issued_[50:]
        inside.append((issued[:, 0] <= y[50:]) & (y[50:] <= issued[:, 2]))
    assert 0.75 <= np.mean(inside) <= 0.85


def test_intervals_recover_from_drift():
    """A hundred runs after everything takes e times as long, intervals cover again, and are not absurdly wide."""
    X, y = runs(800, drift=1.0, noise=0.3)
    issued = model().fit(X, y).issued_
    last = slice(500, None)
    inside = (issued[last, 0] <= y[last]) & (y[last] <= issued[last, 2])
    assert 0.72 <= inside.mean() <= 0.9
    assert np.median(issued[last, 2] / issued[last, 0]) < 2 * np.exp(2 * 1.28 * 0.3)


def test_an_unseen_pair_leans_on_its_task_and_agent():
    """What was never run together is predicted from the runs of both, with a wider interval."""
    X, y = runs(300, noise=0.1)
    pair = (X[:, 0] == 2) & (X[:, 1] == 1)
    fitted = model(sizes=[]).fit(X[~pair], y[~pair])
    full = np.median(np.log(y[pair]))
    assert abs(np.log(fitted.predict(X[pair][:1])[0]) - full) < 0.7
    (unseen,), (known,) = (fitted.predict_interval(rows[:1]) for rows in (X[pair], X[~pair]))
    assert unseen[1] / unseen[0] > known[1] / known[0]


def test_learning_later_is_learning_at_once():
    """`partial_fit` on the rest gives what `fit` on all gives, run for run."""
    X, y = runs(200)
    later = model().fit(X[:120], y[:120]).partial_fit(X[120:], y[120:])
    assert np.allclose(later.issued_, model().fit(X, y).issued_)
    assert np.allclose(later.predict(X[:5]), model().fit(X, y).predict(X[:5]))


def test_a_batch_is_predicted_before_any_of_it_is_learned():
    """With feedback by batch, the order within a batch changes no prediction of it."""
    X, y = runs(60)
    X = np.column_stack([X, np.repeat([0, 1, 2], 20)])
    order = np.r_[:40, 40 + np.random.default_rng(0).permutation(20)]
    one, two = (model(batch=3, feedback="batch").fit(X[o], y[o]).issued_ for o in (np.arange(60), order))
    assert np.allclose(one[order][40:], two[40:])


def test_the_same_runs_give_the_same_model():
    """Fitting a clone again changes nothing."""
    X, y = runs(300)
    first = model().fit(X, y)
    assert np.array_equal(first.predict(X), clone(first).fit(X, y).predict(X))


def test_bad_input_is_refused_in_a_sentence():
    """Negative targets, unknown columns and settings, and predicting before fitting."""
    X, y = runs(10)
    with pytest.raises(ValueError, match="not negative"):
        StepRegressor().fit(X, -y)
    with pytest.raises(InputError, match="no column 'kind'"):
        StepRegressor(task="kind").fit(X, y)
    for settings in ({"feedback": "never"}, {"coverage": 1.0}, {"spread": 1.0}, {"floor": 0.0}):
        with pytest.raises(InputError):
            StepRegressor(**settings).fit(X, y)
    with pytest.raises(NotFittedError):
        StepRegressor().predict(X)


def test_planning_does_not_import_scikit_learn():
    """The prior and the cost model that learns are importable without it; only fitting trees needs it."""
    code = "import sys, estimators.prior, estimators.learned; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
