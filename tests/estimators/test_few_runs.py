"""Few runs: intervals shrink sensibly from the prior's on, in worlds that it believes in and in others."""

from __future__ import annotations

import math

import numpy as np
import pytest

from estimators.case import Case
from estimators.forecaster import Forecaster

SPREAD = 0.857  # of a logarithm, as the prior believes it: nine runs in ten below three times the median
PRIOR_WIDTH = 2 * 1.2816 * SPREAD


def worlds(off: float, noise: float, count: int = 200):
    """Yield, for each made-up machine, whether runs 0 to 20 of four tasks were inside, and the intervals' widths."""
    rng = np.random.default_rng(5)
    for _ in range(count):
        forecaster = Forecaster(spread=SPREAD)
        common = off + rng.normal(0, SPREAD * math.sqrt(0.5))
        tasks = rng.normal(0, SPREAD * math.sqrt(0.1875), 4)  # task and pair together
        inside, widths = [], []
        for _run in range(21):
            task = int(rng.integers(4))
            case, truth = Case(task=task), common + tasks[task] + rng.normal(0, noise)
            (issued,) = forecaster.learn([(case, truth)])
            inside.append(issued.low <= truth <= issued.high)
            widths.append(issued.high - issued.low)
        yield inside, widths


@pytest.mark.parametrize("noise", [0.2, SPREAD / 2])
def test_intervals_narrow_from_the_first_run_on_where_the_prior_is_right(noise: float):
    """After each of the first six runs they are narrower than the prior's in eight worlds of ten, and hold 80 %."""
    found = list(worlds(0.0, noise))
    inside = np.array([each for each, _ in found])
    widths = np.array([each for _, each in found])
    assert widths[:, 0] == pytest.approx(PRIOR_WIDTH, rel=0.01)
    for known in range(1, 7):
        assert np.quantile(widths[:, known], 0.8) < PRIOR_WIDTH
        assert np.median(widths[:, known]) < 0.8 * PRIOR_WIDTH
    if noise < 0.4:  # else there is little to be learned beyond the first runs
        assert np.median(widths[:, 20]) < np.median(widths[:, 6]) < np.median(widths[:, 1]) / 1.5
    assert 0.74 <= inside[:, 0].mean() <= (0.86 if noise > 0.4 else 0.92)  # the quiet world is less unsure in all
    assert 0.74 <= inside[:, 1:7].mean() <= 0.92
    assert 0.75 <= inside[:, 7:].mean() <= 0.86


def test_a_prior_that_is_far_off_widens_them_once_and_not_for_long():
    """Where everything takes twenty times as long as believed, six runs are enough to be narrower than at first."""
    found = list(worlds(3.0, 0.2, 100))
    widths = np.median([each for _, each in found], axis=0)
    assert widths[1] < 2 * PRIOR_WIDTH
    assert widths[6] < PRIOR_WIDTH
    assert np.mean([each[1:7] for each, _ in found]) >= 0.7


def test_one_surprise_is_counted_once():
    """A run that is alone in its task, its agent and the pair of them tells what one run tells, not three times."""
    surprised, calm = Forecaster(spread=SPREAD), Forecaster(spread=SPREAD)
    for forecaster, truth in ((surprised, 2.0), (calm, 0.5)):
        forecaster.learn([(Case(task="read", who="Ada"), truth)])
    widths = [
        issued.high - issued.low
        for issued in (each.predict(Case(task="read", who="Ada")) for each in (surprised, calm))
    ]
    assert widths[0] < 1.6 * widths[1]
