"""The cost model that learns: the prior until there are runs, then what the history shows, step by step."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from estimators.calibration import Calibration, calibration, intraclass
from estimators.case import Case
from estimators.forecaster import Forecaster
from estimators.history import StepRun
from estimators.prior import CORRELATION, PriorCosts
from estimators.trees import BoostedTrees
from htn.model.estimate import Z90, CostModel, Estimate
from htn.scheduling.sampling import normal_of

__all__ = ["Issued", "LearnedCosts", "held"]

_FLOORS: Final = {"seconds": 1e-3, "input_tokens": 1.0, "output_tokens": 1.0, "memory_bytes": 1.0}
_SURPRISE: Final = 4.0  # standard deviations beyond which what a step took says no more of the others
_DEVIATION: Final = 0.8  # mean absolute deviation of a normal distribution, in standard ones
_SPREAD: Final = math.log(3) / Z90  # believed where the prior is sure, or silent
_NEXT_RUN: Final = ("the next run",)


class Issued(NamedTuple):
    """One prediction as it was issued before the run, with what the run took.

    Attributes
    ----------
    run, task_type : Hashable, str
        The plan's run, and what was done.
    actual, low, middle, high : float
        What it took; and the interval with the median.
    """

    run: Hashable
    task_type: str
    actual: float
    low: float
    middle: float
    high: float


class LearnedCosts:
    """A cost model from a history of step runs, with a prior beneath it.

    Nothing fitted is ever saved: it is fitted again from the history, some seconds for ten thousand runs. The runs of a
    plan are learned together, after all of them were predicted, because a plan is estimated before it runs; intervals
    are calibrated for that.

    Parameters
    ----------
    rows : iterable of StepRun
        The history, in the order of time.
    prior : CostModel
        What is believed without runs, and what a type is related by to others before its own.
    trees : bool
        Whether boosted trees take part once there are runs enough; they need the extra `estimators`, and a second.
    sizes : collection of str, optional
        Sizes of the input that are looked at; those that the rows have when left out.

    Examples
    --------
    >>> rows = [StepRun("read", seconds=2.0 + n / 100, run=str(n), sizes={"calls": 100.0}) for n in range(20)]
    >>> seconds = LearnedCosts(rows).estimate("t", (), "read", {"count": {"calls": 100}})["seconds"]
    >>> round(seconds.p50), seconds.basis
    (2, '20 past runs')
    """

    def __init__(
        self,
        rows: Iterable[StepRun] = (),
        prior: CostModel | None = None,
        *,
        trees: bool = True,
        sizes: Collection[str] | None = None,
    ) -> None:
        self._prior = prior or PriorCosts()
        self._trees = trees
        given = list(rows)
        self._sizes = sorted({name for row in given for name in row.sizes} if sizes is None else sizes)
        self._who: dict[str, tuple[str, str]] = {}
        self._latest: dict[str, dict[str, float]] = {}
        self._forecasters: dict[str, Forecaster] = {}
        self._issued: dict[str, list[Issued]] = {name: [] for name in _FLOORS}
        self._counts: dict[tuple[str, str], list[int]] = {}
        for run, block in _by_run(given):
            self._learn(run, block)

    def estimate(
        self, task: str, args: tuple[Any, ...], capability: str, facts: Mapping[str, Any]
    ) -> Mapping[str, Estimate]:
        """Estimate one step; the meaning of the parameters is `htn.model.estimate.CostModel`'s.

        A resource that no run has told of keeps its prior. Money is left to prices, but for steps without tokens. Sizes
        that the facts do not say are taken to be those of the latest run of the capability.
        """
        believed = dict(self._prior.estimate(task, args, capability, facts))
        latest = self._latest.get(capability, {})
        said = {name: _count(facts, name, args) for name in self._sizes}
        sizes = {name: latest.get(name, 0.0) if size is None else size for name, size in said.items()}
        found = {}
        for resource, forecaster in self._forecasters.items():
            zero, positive = self._counts.get((resource, capability), (0, 0))
            prior = believed.get(resource)
            if zero > positive or (not positive and prior is not None and prior.p90 == 0):
                found[resource] = Estimate.exactly(0.0, f"{zero} past runs" if zero else getattr(prior, "basis", ""))
            else:
                found[resource] = self._forecast(resource, forecaster, capability, sizes, prior)
        estimates = believed | found
        tokens = [estimates[name].p90 for name in ("input_tokens", "output_tokens") if name in estimates]
        if any(tokens):
            estimates.pop("money", None)
        return estimates

    def report(self, resource: str = "seconds") -> list[Calibration]:
        """Return how predictions of a resource held, each made before its run; see `estimators.calibration`."""
        return held(self._issued[resource], resource)

    def issued(self, resource: str = "seconds") -> tuple[Issued, ...]:
        """Return what was predicted of every run of the history before it was learned, and what it took."""
        return tuple(self._issued[resource])

    def learn(self, rows: Iterable[StepRun]) -> None:
        """Learn from further runs; sizes that no earlier run had are not looked at."""
        for run, block in _by_run(rows):
            self._learn(run, block)

    def correlation(self, usual: float = CORRELATION, resource: str = "seconds") -> float:
        """Return how much the steps of a run take more than was predicted of each, or less, together.

        It is the intraclass correlation (Fisher, 1925) of how unusual each was under its own interval, which is what
        simulations draw; drawn towards what is usual where runs are few.
        """
        groups: dict[Hashable, list[float]] = {}
        for each in self._issued[resource]:
            told = Estimate.from_quantiles(each.low, each.middle, each.high)
            unusual = normal_of(told, max(each.actual, _FLOORS[resource]))
            groups.setdefault(each.run, []).append(min(max(unusual, -_SURPRISE), _SURPRISE))
        return intraclass(list(groups.values()), usual)

    def _learn(self, run: Hashable, block: list[StepRun]) -> None:
        for resource, floor in _FLOORS.items():
            runs = []
            for row in block:
                value = getattr(row, resource)
                if value is None:
                    continue
                counts = self._counts.setdefault((resource, row.task_type), [0, 0])
                counts[value > 0] += 1
                if value > 0:
                    sizes = {name: row.sizes.get(name, 0.0) for name in self._sizes}
                    believed = self._prior.estimate("", (), row.task_type, {"count": sizes}).get(resource)
                    case = self._case(resource, row.task_type, (row.agent, row.model), run, sizes, believed)
                    runs.append((row.task_type, case, value))
            if resource not in self._forecasters:
                self._forecasters[resource] = self._forecaster(resource, block[0])
            if runs:
                pairs = [(case, math.log(max(value, floor))) for _, case, value in runs]
                forecasts = self._forecasters[resource].learn(pairs)
                self._issued[resource] += [
                    Issued(run, t, v, math.exp(f.low), math.exp(f.middle), math.exp(f.high))
                    for (t, _, v), f in zip(runs, forecasts, strict=True)
                ]
        for row in block:
            self._who[row.task_type] = (row.agent, row.model)
            self._latest[row.task_type] = dict(row.sizes)

    def _forecaster(self, resource: str, first: StepRun) -> Forecaster:
        """Return a new forecaster, as unsure at first as the prior is of that resource."""
        believed = self._prior.estimate("", (), first.task_type, {"count": first.sizes}).get(resource)
        spread = math.log(believed.p90 / believed.p50) / Z90 if believed is not None and believed.p50 > 0 else 0.0
        trees = [("trees", BoostedTrees())] if self._trees else []
        spread = spread or _SPREAD
        return Forecaster(spread=spread, more=trees, farthest=_DEVIATION * spread)

    def _forecast(
        self,
        resource: str,
        forecaster: Forecaster,
        capability: str,
        sizes: Mapping[str, float],
        prior: Estimate | None,
    ) -> Estimate:
        # Who will do it is not known yet; whoever did it last is the best guess.
        who = self._who.get(capability, ("", ""))
        if not forecaster.runs and prior is not None:
            return prior
        forecast = forecaster.predict(self._case(resource, capability, who, _NEXT_RUN, sizes, prior))
        runs = sum(self._counts.get((resource, capability), (0, 0)))
        basis = f"{runs} past runs" if runs else f"prior, scaled by {forecaster.runs} past runs of other steps"
        low, middle, high = (math.exp(each) for each in (forecast.low, forecast.middle, forecast.high))
        return Estimate.from_quantiles(low, middle, high, basis)

    def _case(
        self,
        resource: str,
        task: str,
        who: tuple[str, str],
        run: Hashable,
        sizes: Mapping[str, float],
        prior: Estimate | None,
    ) -> Case:
        believed = math.log(max(prior.p50, _FLOORS[resource])) if prior is not None else math.log(_FLOORS[resource])
        return Case(task, who, run, tuple(math.log1p(sizes[name]) for name in self._sizes), believed)


def held(issued: Sequence[Issued], resource: str) -> list[Calibration]:
    """Return how predictions of a resource held, over all and by task type."""
    return calibration(
        [each.task_type for each in issued],
        [each.actual for each in issued],
        [[each.low, each.middle, each.high] for each in issued],
        _FLOORS[resource],
    )


def _by_run(rows: Iterable[StepRun]) -> Iterable[tuple[Hashable, list[StepRun]]]:
    """Return the rows of each run together, runs in the order of their first row; a row without a run is one."""
    blocks: dict[Hashable, list[StepRun]] = {}
    for number, row in enumerate(rows):
        blocks.setdefault(row.run or number, []).append(row)
    return blocks.items()


def _count(facts: Mapping[str, Any], what: str, args: tuple[Any, ...]) -> float | None:
    """Return how many there are in the scope that is an argument, else in all; None where that is not said."""
    counts = facts.get("count", {})
    for key in (*((what, argument) for argument in args), what):
        if counts.get(key) is not None:
            return float(counts[key])
    return None
