"""What steps will take, in scikit-learn's conventions: point, interval, and learning with every run."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from estimators.case import Case
from estimators.forecaster import Forecaster
from estimators.trees import BoostedTrees
from htn.model.errors import InputError

try:
    from sklearn.base import BaseEstimator, RegressorMixin
    from sklearn.utils.validation import check_array, check_is_fitted, validate_data
except ImportError as missing:
    raise InputError("`StepRegressor` needs scikit-learn 1.6 or later: install the extra `estimators`") from missing

__all__ = ["StepRegressor"]

Column = str | int
_NO_TARGET = "no target"


class StepRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # published without type information
    """Regression of one resource of a step (seconds, tokens, memory) on what is known before it runs.

    Works on logarithms and aims at the median. Experts (last values, medians, pooled effects, neighbours of similar
    size, boosted trees once there is data) are combined online, and intervals follow the coverage, so rows must be in
    the order in which the runs ended. For totals use distributions, never sums of these medians.

    Parameters
    ----------
    task : str or int, optional
        Column with the type of the step.
    who : sequence of str or int
        Columns that say who does it: agent, model.
    batch : str or int, optional
        Column of what runs together, such as a plan's run.
    prior : str or int, optional
        Column with the median believed before any run.
    sizes : sequence of str or int, optional
        Columns with sizes of the input; by default all columns that are not named above.
    feedback : {"run", "batch"}
        When runs become known: each before the next one, or a batch when all of it has been predicted. Decides for
        which of the two questions, during a run or before it, intervals are calibrated.
    coverage : float
        Share of runs that intervals are to hold.
    spread : float
        Believed 0.9 quantile over the median before there are runs.
    floor : float
        Targets below it count as it: zero has no logarithm.
    random_state : int
        Seed of the boosted trees.

    Attributes
    ----------
    issued_ : ndarray of shape (n_runs, 3)
        Lower end, median and upper end for each run learned, as predicted before it was learned: an honest record
        (prequential, Dawid, 1984), from which `estimators.calibration` reports.

    Examples
    --------
    >>> X = np.array([["read", "a"], ["read", "a"], ["write", "a"]] * 20, dtype=object)
    >>> y = np.array([2.0, 2.0, 9.0] * 20)
    >>> model = StepRegressor(task=0, who=(1,)).fit(X, y)
    >>> model.predict(X[:3]).round(1).tolist()
    [2.0, 2.0, 9.0]
    """

    def __init__(
        self,
        task: Column | None = None,
        who: Sequence[Column] = (),
        batch: Column | None = None,
        prior: Column | None = None,
        sizes: Sequence[Column] | None = None,
        feedback: Literal["run", "batch"] = "run",
        coverage: float = 0.8,
        spread: float = 3.0,
        floor: float = 1e-3,
        random_state: int = 0,
    ) -> None:
        self.task = task
        self.who = who
        self.batch = batch
        self.prior = prior
        self.sizes = sizes
        self.feedback = feedback
        self.coverage = coverage
        self.spread = spread
        self.floor = floor
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from runs in the order in which they ended, forgetting what was learned before."""
        self._check_parameters()
        cases, values = self._read(X, y, reset=True)
        self._trees = BoostedTrees(self.random_state)
        self._forecaster = Forecaster(self.coverage, float(np.log(self.spread)) / 1.2816, [("trees", self._trees)])
        self._issued: list[tuple[float, float, float]] = []
        self._learn(cases, values)
        self._trees.grow()
        return self

    def partial_fit(self, X: Any, y: Any) -> Self:
        """Learn from more runs; well under a millisecond each, but for the trees, grown when runs have doubled."""
        if not hasattr(self, "_forecaster"):
            return self.fit(X, y)
        self._learn(*self._read(X, y, reset=False))
        return self

    def predict(self, X: Any) -> npt.NDArray[np.float64]:
        """Return the median of each step."""
        median: npt.NDArray[np.float64] = self._predicted(X)[:, 1]
        return median

    def predict_interval(self, X: Any) -> npt.NDArray[np.float64]:
        """Return the lower and the upper end of each step's interval, of shape (n_steps, 2)."""
        ends: npt.NDArray[np.float64] = self._predicted(X)[:, [0, 2]]
        return ends

    def _predicted(self, X: Any) -> npt.NDArray[np.float64]:
        check_is_fitted(self, "_forecaster")
        cases, _ = self._read(X, _NO_TARGET, reset=False)
        forecasts = [self._forecaster.predict(case) for case in cases]
        return _exponentials([(each.low, each.middle, each.high) for each in forecasts])

    @property
    def issued_(self) -> npt.NDArray[np.float64]:
        """What was predicted of each run before it was learned."""
        check_is_fitted(self, "_forecaster")
        return _exponentials(self._issued)

    def _learn(self, cases: list[Case], values: list[float]) -> None:
        for block in self._blocks(list(zip(cases, values, strict=True))):
            self._issued += [(each.low, each.middle, each.high) for each in self._forecaster.learn(block)]

    def _blocks(self, runs: list[tuple[Case, float]]) -> Iterator[list[tuple[Case, float]]]:
        """Yield what becomes known together."""
        if self.feedback == "run":
            yield from ([run] for run in runs)
            return
        block: list[tuple[Case, float]] = []
        for run in runs:
            if block and run[0].batch != block[0][0].batch:
                yield block
                block = []
            block.append(run)
        if block:
            yield block

    def _check_parameters(self) -> None:
        if self.feedback not in ("run", "batch"):
            raise InputError(f"feedback comes with each 'run' or each 'batch', not {self.feedback!r}")
        if not 0 < self.coverage < 1:
            raise InputError(f"the coverage is a share between 0 and 1, not {self.coverage}")
        if not self.spread > 1 or not self.floor > 0:
            raise InputError(f"the spread is above 1 and the floor above 0, got {self.spread} and {self.floor}")

    def _read(self, X: Any, y: Any, *, reset: bool) -> tuple[list[Case], list[float]]:
        """Return the cases, and the logarithms of the targets."""
        named = [name for name in (self.task, *self.who, self.batch, self.prior) if name is not None]
        checked: dict[str, Any] = {"dtype": None} if named else {"dtype": np.float64}
        table = _columns(X) if named else None
        values: list[float] = []
        if isinstance(y, str) and y == _NO_TARGET:
            rows = validate_data(self, X, reset=reset, ensure_all_finite=not named, **checked)
        else:
            rows, target = validate_data(
                self, X, y, reset=reset, y_numeric=True, ensure_all_finite=not named, **checked
            )
            if (target < 0).any():
                raise ValueError("what a step takes is not negative; the target has values below zero")
            values = np.log(np.maximum(target.astype(float), self.floor)).tolist()
        names = {name: place for place, name in enumerate(table)} if table else {}
        where = [names.get(name, name) for name in named]
        for place in where:
            if not isinstance(place, int):
                raise InputError(f"the table has no column {place!r}")
        return self._cases(rows, names, set(where)), values

    def _cases(self, rows: Any, names: dict[Any, int], used: set[Any]) -> list[Case]:
        def at(name: Column | None) -> list[Hashable]:
            return [None] * len(rows) if name is None else rows[:, names.get(name, name)].tolist()

        chosen = [names.get(name, name) for name in self.sizes] if self.sizes is not None else None
        places = chosen if chosen is not None else [place for place in range(rows.shape[1]) if place not in used]
        sizes = np.zeros((len(rows), 0))
        if places:
            numbers = check_array(rows[:, places], dtype=np.float64, estimator=self)
            sizes = np.sign(numbers) * np.log1p(np.abs(numbers))
        who = list(zip(*(at(name) for name in self.who), strict=True)) if self.who else [()] * len(rows)
        priors = [0.0] * len(rows)
        if self.prior is not None:
            believed = check_array(rows[:, [names.get(self.prior, self.prior)]], dtype=np.float64, estimator=self)
            priors = np.log(np.maximum(believed[:, 0], self.floor)).tolist()
        parts = zip(at(self.task), who, at(self.batch), map(tuple, sizes.tolist()), priors, strict=True)
        return [Case(task, agent, batch, each, prior) for task, agent, batch, each, prior in parts]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        tags.input_tags.string = self.task is not None
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_forecaster")


def _exponentials(logarithms: list[tuple[float, float, float]]) -> npt.NDArray[np.float64]:
    values: npt.NDArray[np.float64] = np.exp(np.array(logarithms, dtype=float).reshape(-1, 3))
    return values


def _columns(X: Any) -> list[Any] | None:
    columns = getattr(X, "columns", None)
    return None if columns is None else list(columns)
