"""Tasks of scientific workflows: the later instances of each family predicted from the earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge

from estimators.regressor import StepRegressor

__all__ = ["BASELINES", "after_each_instance", "growing", "load", "ours", "splits", "unseen"]

SIZES = ["n_in", "in_bytes", "max_in_bytes", "n_parents", "n_children", "wf_size"]
_LATER = 0.3
_CALIBRATION = 0.25
_FEWEST = 20

Predicted = Any  # an array with a row of lower end, median and upper end for each task


def load(folder: Path) -> pd.DataFrame:
    """Return the tasks in the order in which their instances were made."""
    tasks = pd.read_parquet(folder / "workflow_tasks" / "tasks.parquet")
    return tasks.sort_values(["created", "instance", "task_idx"], kind="stable").reset_index(drop=True)


def splits(tasks: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Yield each family with its earlier and its later instances, held whole."""
    for family, own in tasks.groupby("family"):
        earlier, later = _parted(own, _LATER)
        yield str(family), earlier, later


def _parted(tasks: pd.DataFrame, share: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    instances = list(tasks["instance"].unique())
    first = set(instances[: round(len(instances) * (1 - share))])
    early = tasks["instance"].isin(first)
    return tasks[early], tasks[~early]


def _model(target: str) -> StepRegressor:
    return StepRegressor(task="kind", batch="instance", feedback="batch", floor=1e-3)


def _columns(tasks: pd.DataFrame) -> pd.DataFrame:
    return tasks[["kind", "instance", *SIZES]]


def ours(earlier: pd.DataFrame, later: pd.DataFrame, target: str = "seconds") -> Predicted:
    """Predict all later tasks before any of them has run."""
    model = _model(target).fit(_columns(earlier), earlier[target])
    ends = model.predict_interval(_columns(later))
    return np.column_stack([ends[:, 0], model.predict(_columns(later)), ends[:, 1]])


def after_each_instance(earlier: pd.DataFrame, later: pd.DataFrame, target: str = "seconds") -> Predicted:
    """Predict each later instance as a whole, then learn it."""
    model = _model(target).fit(_columns(earlier), earlier[target])
    model.partial_fit(_columns(later), later[target])
    return model.issued_[len(earlier) :]


# --------------------------------------------------------------------------------------------------------- baselines
def _features(earlier: pd.DataFrame, tasks: pd.DataFrame) -> Any:
    kinds = sorted(earlier["kind"].unique())
    one_hot = np.array([[float(kind == each) for each in kinds] for kind in tasks["kind"]])
    return np.column_stack([one_hot, np.log1p(tasks[SIZES].to_numpy(float))])


def _by_kind(earlier: pd.DataFrame, later: pd.DataFrame, values: Any, share: float) -> Any:
    quantiles = pd.Series(values, index=earlier.index).groupby(earlier["kind"]).quantile(share)
    return later["kind"].map(quantiles).fillna(float(np.quantile(values, share))).to_numpy(float)


def _type_median(earlier: pd.DataFrame, later: pd.DataFrame, target: str) -> Predicted:
    values = earlier[target].to_numpy(float)
    return np.column_stack([_by_kind(earlier, later, values, share) for share in (0.1, 0.5, 0.9)])


def _split_conformal(
    make: Callable[[], Any], *, by_kind: bool
) -> Callable[[pd.DataFrame, pd.DataFrame, str], Predicted]:
    def predict(earlier: pd.DataFrame, later: pd.DataFrame, target: str) -> Predicted:
        fitting, calibration = _parted(earlier, _CALIBRATION)
        model = make().fit(_features(fitting, fitting), np.log(fitting[target]))
        errors = np.log(calibration[target].to_numpy(float)) - model.predict(_features(fitting, calibration))
        middle = model.predict(_features(fitting, later))
        if by_kind:
            low, high = (_by_kind(calibration, later, errors, share) for share in (0.1, 0.9))
        else:
            low, high = np.quantile(errors, [0.1, 0.9])
        # The point comes from all that is known, the interval from what was held out.
        full = make().fit(_features(earlier, earlier), np.log(earlier[target]))
        point = full.predict(_features(earlier, later))
        return np.exp(np.column_stack([middle + low, point, middle + high]))

    return predict


def _cqr(earlier: pd.DataFrame, later: pd.DataFrame, target: str) -> Predicted:
    fitting, calibration = _parted(earlier, _CALIBRATION)
    truth = np.log(calibration[target].to_numpy(float))
    models = {
        share: _trees("quantile", share).fit(_features(fitting, fitting), np.log(fitting[target]))
        for share in (0.1, 0.5, 0.9)
    }
    held, wanted = _features(fitting, calibration), _features(fitting, later)
    missed = np.maximum(models[0.1].predict(held) - truth, truth - models[0.9].predict(held))
    more = np.quantile(missed, 0.8)
    ends = models[0.1].predict(wanted) - more, models[0.9].predict(wanted) + more
    return np.exp(np.column_stack([np.minimum(*ends), models[0.5].predict(wanted), np.maximum(*ends)]))


def _quantile_trees(earlier: pd.DataFrame, later: pd.DataFrame, target: str) -> Predicted:
    known, wanted = _features(earlier, earlier), _features(earlier, later)
    parts = [_trees("quantile", share).fit(known, np.log(earlier[target])).predict(wanted) for share in (0.1, 0.5, 0.9)]
    return np.exp(np.sort(np.column_stack(parts), axis=1))


def _trees(loss: str = "squared_error", quantile: float | None = None) -> Any:
    return HistGradientBoostingRegressor(loss=loss, quantile=quantile, max_iter=100, random_state=0)


BASELINES: dict[str, Callable[[pd.DataFrame, pd.DataFrame, str], Predicted]] = {
    "type median and quantiles": _type_median,
    "ridge, split conformal": _split_conformal(lambda: Ridge(1.0), by_kind=False),
    "boosted trees, split conformal": _split_conformal(_trees, by_kind=False),
    "median trees, Mondrian by type": _split_conformal(lambda: _trees("absolute_error"), by_kind=True),
    "quantile trees": _quantile_trees,
    "CQR": _cqr,
}


# -------------------------------------------------------------------------------------------------- harder questions
def unseen(earlier: pd.DataFrame, later: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Yield, for each kind, what is known without it and its tasks among the later instances."""
    for kind in sorted(set(earlier["kind"]) & set(later["kind"])):
        wanted = later[later["kind"] == kind]
        known = earlier[earlier["kind"] != kind]
        if len(known) >= _FEWEST:
            yield known, wanted


def growing(tasks: pd.DataFrame, target: str) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Yield each family with its smaller instances as known, and its larger ones, by bytes read, as wanted."""
    measured = tasks[tasks[target] > 0]
    for family, own in measured.groupby("family"):
        read = own.groupby("instance")["in_bytes"].sum().sort_values(kind="stable")
        small = set(read.index[: len(read) // 2])
        chosen = own["instance"].isin(small)
        if chosen.sum() >= _FEWEST and (~chosen).sum() >= _FEWEST:
            yield str(family), own[chosen], own[~chosen]
