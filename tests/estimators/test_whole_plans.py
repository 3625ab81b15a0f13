"""Totals of plans: corrected by past plans, correlated steps, and what would make plans take less."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from estimators.calibration import calibration, intraclass
from estimators.calibration_page import calibration_page, coverage_plot, scatter_plot
from estimators.calibration_report import calibration_report
from estimators.history import StepRun
from estimators.learned import LearnedCosts
from estimators.prices import PricedCosts, Prices
from estimators.prior import PriorCosts
from estimators.quality import LearnedQuality
from estimators.resources import ResourceEstimator
from estimators.whole_plans import corrected
from htn.model.errors import InputError
from htn.model.estimate import Estimate
from htn.scheduling.simulate import AgentCapacity, simulate


@dataclass(frozen=True)
class Step:
    """A step as the estimator sees it."""

    id: str
    dependencies: tuple[str, ...] = ()
    capability: str = "assess_calls"
    task: str = "assess_calls"
    args: tuple[Any, ...] = ()


@pytest.mark.parametrize(("bias", "spread"), [(0.0, 0.4), (1.0, 0.8), (-1.5, 0.2)])
def test_corrected_totals_cover_what_simulations_miss(bias: float, spread: float) -> None:
    """Whatever simulations get wrong in the same way each time, eight in ten later plans lie inside."""
    chance = random.Random(7)
    past: list[tuple[Estimate, float]] = []
    inside = []
    for number in range(400):
        simulated = Estimate.lognormal(math.exp(chance.gauss(2, 1)), 1.5)
        actual = simulated.p50 * math.exp(chance.gauss(bias, spread))
        found = corrected(simulated, past)
        if number >= 60:
            inside.append(found.p10 <= actual <= found.p90)
        past.append((simulated, actual))
    assert 0.75 <= sum(inside) / len(inside) <= 0.87


def test_corrected_totals_stay_near_the_simulation_while_plans_are_few() -> None:
    """One plan that took ten times as long widens the interval upwards and does not replace the simulation."""
    simulated = Estimate.lognormal(10, 2)
    found = corrected(simulated, [(simulated, 100.0)])
    assert found.p10 < 10 < found.p50 < 40
    assert found.p90 > simulated.p90


def test_steps_that_are_slow_together_are_told_from_independent_ones() -> None:
    """Planted: the share of the variance between runs is found again."""
    chance = random.Random(3)
    for share in (0.0, 0.5, 0.9):
        runs = []
        for _ in range(300):
            day = chance.gauss(0, math.sqrt(share))
            runs.append([day + chance.gauss(0, math.sqrt(1 - share)) for _ in range(6)])
        assert intraclass(runs, share) == pytest.approx(share, abs=0.08)


def test_places_recommended_save_what_simulations_of_them_say() -> None:
    """The gain is the one between two plain simulations; nothing is recommended where places are no obstacle."""
    steps = [Step(str(number)) for number in range(6)]
    resources = ResourceEstimator(PriorCosts(), [AgentCapacity("analyst", None, 2)], correlation=0.3)
    estimates = resources.steps(steps, {})
    (advice,) = resources.recommendations(steps, estimates)
    more = int(advice.text.split()[0])
    before, after = (
        simulate(steps, estimates, [AgentCapacity("analyst", None, places)], correlation=0.3).totals["seconds"].p50
        for places in (2, 2 + more)
    )
    assert advice.share == pytest.approx(1 - after / before, abs=0.06)
    assert advice.low <= advice.share <= advice.high
    chain = [Step(str(number), (str(number - 1),) if number else ()) for number in range(4)]
    assert resources.recommendations(chain, resources.steps(chain, {})) == []
    assert (resources.at_once(steps), resources.at_once(chain)) == (6, 1)
    assert resources.capacity(chain) == {"analyst": {"places": 2, "steps": 4}}


def test_reservations_are_what_nine_in_ten_stay_below() -> None:
    """What is set aside for a step is its upper quantile, resource by resource."""
    resources = ResourceEstimator(PriorCosts("model"))
    estimates = resources.step(Step("a"), {"count": {"calls": 10}})
    assert resources.reservation(estimates) == {name: estimate.p90 for name, estimate in estimates.items()}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('currency = "EUR"', "as_of must be the day"),
        ("as_of = 2026-01-31", "currency must be given"),
        ('as_of = 2026-01-31\ncurrency = "EUR"\n[models.a]\ninput = 1', "needs input and output"),
        ('as_of = 2026-01-31\ncurrency = "EUR"\n[models.a]\ninput = 1\noutput = -2', "not negative"),
        ('as_of = 2026-01-31\ncurrency = "EUR"\nmodel = 3', "no setting 'model'"),
        ("as_of = ", "cannot be read"),
    ],
)
def test_prices_that_cannot_be_used_get_one_sentence(text: str, message: str, tmp_path: Path) -> None:
    """What is missing or no price is named, with the file."""
    (tmp_path / "prices.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        Prices.of(tmp_path)


def test_money_is_added_only_where_the_price_is_known() -> None:
    """A model without a price has no money; steps without tokens cost nothing, prices or not."""
    prices = Prices.from_mapping(
        {"as_of": date(2026, 1, 31), "currency": "EUR", "models": {"a": {"input": 1, "output": 2}}},
        "prices.toml",
    )
    known = PricedCosts(PriorCosts("model"), prices, lambda capability: "a").estimate("t", (), "find_x", {})
    assert known["money"].p50 == pytest.approx((known["input_tokens"].p50 + 2 * known["output_tokens"].p50) / 1e6)
    assert "money" not in PricedCosts(PriorCosts("model"), prices, lambda capability: "b").estimate(
        "t", (), "find_x", {}
    )
    assert PricedCosts(PriorCosts(), prices, lambda capability: "b").estimate("t", (), "find_x", {})["money"].p90 == 0


def test_quality_falls_with_criteria_that_are_not_met() -> None:
    """Half of a method's criteria unmet over many runs halves its quality; other methods keep theirs."""
    quality = LearnedQuality({"in_full": 1.0, "in_brief": 0.5}, [("in_full", 1, 2)] * 200)
    assert quality("t", "in_full") == pytest.approx(0.52, abs=0.02)
    assert quality("t", "in_brief") == pytest.approx(0.475)
    assert quality("t", "undeclared") == 1.0


def test_calibration_page_shows_what_was_counted_and_escapes_names() -> None:
    """Plots have a point for each run; a task type from an imported file cannot write into the page."""
    rows = [StepRun("<script>x", seconds=1.0 + n / 50, run=str(n), ended=float(n)) for n in range(60)]
    page = calibration_page(calibration_report([LearnedCosts(rows, trees=False)], []))
    assert page.count("<circle") == 60
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_coverage_plot_draws_the_share_of_the_latest_runs() -> None:
    """At the end of thirty hits after thirty misses the line has come from the bottom to the top."""
    svg = coverage_plot([False] * 30 + [True] * 30)
    points = svg.split('points="')[1].split('"')[0].split()
    heights = [float(point.split(",")[1]) for point in points]
    assert heights[0] == max(heights) > min(heights) == heights[-1]
    assert coverage_plot([True] * 5) == scatter_plot([(0.0, 1.0)], "seconds") == ""


def test_first_row_of_a_calibration_is_all_runs() -> None:
    """The rows by type add up to the first."""
    rows = calibration(["a", "b", "a"], [1.0, 2.0, 3.0], [[0.5, 1.0, 2.0], [3.0, 4.0, 5.0], [1.0, 2.0, 4.0]])
    assert rows[0].runs == 3
    assert rows[0].coverage == pytest.approx(2 / 3)
    assert sum(row.runs for row in rows[1:]) == 3
