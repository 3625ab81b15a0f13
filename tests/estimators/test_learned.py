"""The cost model that learns: prior first, history later, honest about which; calibration reported by type."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from estimators.calibration import calibration
from estimators.combination import Combination, weighted_median
from estimators.effects import EffectsFilter
from estimators.history import StepRun
from estimators.learned import LearnedCosts
from estimators.prior import BASIS, PriorCosts
from htn.model.errors import InputError
from htn.model.estimate import CostModel

FACTS = {"count": {"calls": 100, "deals": 50}}


def rows(count: int, seconds: float = 20.0, task: str = "measure_pipeline") -> list[StepRun]:
    """Return runs of a task, one to a plan, around these seconds."""
    rng = np.random.default_rng(1)
    sizes = {"calls": 100.0, "deals": 50.0}
    return [
        StepRun(task, run=str(n), seconds=seconds * float(np.exp(0.2 * rng.normal())), output_tokens=0.0, sizes=sizes)
        for n in range(count)
    ]


def test_without_runs_it_is_the_prior():
    """Zero runs change no number of the prior, and say so."""
    costs = LearnedCosts()
    assert isinstance(costs, CostModel)
    made = costs.estimate("t", (), "measure_pipeline", FACTS)
    assert made == PriorCosts().estimate("t", (), "measure_pipeline", FACTS)
    assert made["seconds"].basis == BASIS


def test_runs_replace_the_prior():
    """After thirty runs the estimate is theirs, narrower than the prior, and names how many."""
    made = LearnedCosts(rows(30)).estimate("t", (), "measure_pipeline", FACTS)["seconds"]
    believed = PriorCosts().estimate("t", (), "measure_pipeline", FACTS)["seconds"]
    assert 15 < made.p50 < 27
    assert made.p90 / made.p10 < believed.p90 / believed.p10
    assert made.basis == "30 past runs"


def test_other_steps_scale_the_prior_of_an_unseen_one():
    """A machine that is slow at everything seen is believed to be slow at the rest, with room for doubt."""
    costs = LearnedCosts(rows(30))
    made, seen = (costs.estimate("t", (), task, FACTS)["seconds"] for task in ("compare_x", "measure_pipeline"))
    believed = PriorCosts().estimate("t", (), "compare_x", FACTS)["seconds"]
    assert made.p50 > 3 * believed.p50
    assert made.p90 / made.p10 > 1.5 * (seen.p90 / seen.p10)
    assert "other steps" in made.basis


def test_what_was_always_zero_is_known_to_be_zero():
    """Steps that never used tokens get none; those of a model are not given the prior's money."""
    made = LearnedCosts(rows(5)).estimate("t", (), "measure_pipeline", FACTS)
    assert made["output_tokens"].p90 == 0
    tokens = [StepRun("read", run="1", input_tokens=100.0, output_tokens=10.0)]
    assert "money" not in LearnedCosts(tokens).estimate("t", (), "read", FACTS)


def test_the_report_is_of_predictions_made_before_each_run():
    """It counts every run once, overall and by type, and its first prediction is the prior's, far off."""
    costs = LearnedCosts([*rows(20), *rows(10, 3.0, "assess_x")])
    report = costs.report()
    assert [(each.task_type, each.runs) for each in report] == [("", 30), ("measure_pipeline", 20), ("assess_x", 10)]
    assert report[0].coverage < 1
    assert report[0].below + report[0].above + report[0].coverage == pytest.approx(1)


def test_calibration_tells_drift():
    """Predictions that were right at first and half of the truth later show in both measures of drift."""
    truth = [10.0] * 15 + [20.0] * 15
    (overall, _) = calibration(["a"] * 30, truth, [[8.0, 10.0, 12.0]] * 30)
    assert (overall.coverage, overall.coverage_drift, overall.bias_drift) == (0.5, -1.0, 2.0)
    assert calibration([], [], []) == []
    with pytest.raises(InputError, match="as many"):
        calibration(["a"], [1.0, 2.0], [[1, 1, 1]])


def test_effects_are_the_ridge_solution():
    """Run by run the filter arrives at what one batch ridge regression with the same variances gives."""
    rng = np.random.default_rng(0)
    variances = {"all": 100.0, "task": 4.0}
    effects = EffectsFilter(variances, {})
    tasks = rng.integers(0, 3, 4)  # fewer runs than the filter needs to know what a surprise is
    values = rng.normal(size=4)
    design = np.column_stack([np.ones(4), *(tasks == each for each in range(3))]).astype(float)
    for task, value in zip(tasks, values, strict=True):
        effects.update([(("all", ()), 1.0), (("task", (int(task),)), 1.0)], float(value))
    penalty = np.diag([1 / 100.0, 0.25, 0.25, 0.25])
    solution = np.linalg.solve(design.T @ design + penalty, design.T @ values)
    for task in range(3):
        mean, _ = effects.predict([(("all", ()), 1.0), (("task", (task,)), 1.0)])
        assert mean == pytest.approx(solution[0] + solution[1 + task])


def test_the_filter_holds_a_bounded_number_of_effects():
    """Batches without end are forgotten, tasks are not."""
    effects = EffectsFilter({"task": 4.0, "batch": 4.0}, {})
    for batch in range(400):
        effects.update([(("task", ("a",)), 1.0), (("batch", (batch,)), 1.0)], 1.0)
    seen, _ = effects.predict([(("task", ("a",)), 1.0)])
    assert seen > 0.5
    assert effects.predict([(("batch", (0,)), 1.0)]) == (0.0, 5.0)


def test_the_combination_follows_the_better_expert():
    """Whoever was right lately has the weight, and a sleeping one is neither favoured nor punished."""
    combination = Combination()
    for _ in range(30):
        combination.learn([(("t",), {"good": 1.0, "bad": 3.0, "asleep": None}, 1.2, 1.0)])
    good, bad, asleep = combination.weights(("t",), ["good", "bad", "asleep"])
    assert good > asleep > bad
    assert weighted_median([1.0, 3.0, 2.0], [good, bad, 0.0]) == 1.0
    assert combination.lags_behind("bad", "good")


def test_sizes_that_are_not_said_are_those_of_the_latest_run():
    """Where nobody says how many results it will read, it is not taken to read none."""
    known = [
        StepRun("read", run=str(n), seconds=0.01 * calls, sizes={"calls": calls, "inputs": 2.0})
        for n, calls in enumerate([100.0, 200.0, 400.0, 800.0] * 8)
    ]
    costs = LearnedCosts(known, trees=False)
    without = costs.estimate("", (), "read", {"count": {"calls": 800}})["seconds"]
    said = costs.estimate("", (), "read", {"count": {"calls": 800, "inputs": 2}})["seconds"]
    assert without == said


def uneven(share: float) -> list[StepRun]:
    """Return runs of three steps that vary by 5 %, by 20 % and by a factor of three, and share a day's part of it."""
    chance, found = random.Random(4), []
    for number in range(250):
        day = chance.gauss(0, math.sqrt(share))
        for task, spread in (("read", 0.05), ("write", 0.2), ("train", 1.1)):
            unusual = day + chance.gauss(0, math.sqrt(1 - share))
            found.append(StepRun(task, run=str(number), ended=number, seconds=10 * math.exp(spread * unusual)))
    return found


@pytest.mark.parametrize("share", [0.0, 0.7])
def test_steps_slow_together_are_told_in_units_of_their_own_spread(share: float):
    """Planted: the share that steps of one day have in common is found, however differently they vary."""
    assert LearnedCosts(uneven(share), trees=False).correlation() == pytest.approx(share, abs=0.16)


def test_kinds_of_steps_that_vary_differently_are_covered_each():
    """What varies by 5 % and what varies by a factor of three are both inside about as often as promised."""
    report = LearnedCosts(uneven(0.3), trees=False).report()
    assert 0.75 <= report[0].coverage <= 0.85
    assert all(0.6 <= each.coverage <= 0.97 for each in report[1:])
