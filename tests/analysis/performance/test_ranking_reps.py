"""Reps are ranked only where the spread is real and the order would repeat; else the refusal says what is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from domains.analysis.sample import Effects, generate
from tests.analysis.pipeline.workspaces import (
    CRM,
    answer_of,
    claims,
    deal,
    deals_of,
    measure,
    needs_crm,
    workspace_of,
)


def sales(seed: int, rates: list[float], cases: int) -> list[dict[str, object]]:
    """Closed deals of reps with these true win rates."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for rep, rate in enumerate(rates):
        for _ in range(cases):
            rows.append(deal(len(rows), "won" if rng.random() < rate else "lost", rep=f"Rep {rep:02}"))
    return rows


def test_reps_who_differ_are_ranked_in_the_right_order(tmp_path):
    """Ten reps from 30 to 75 %, 300 deals each: ranked, and the order is nearly the true one."""
    rates = [0.30 + 0.05 * i for i in range(10)]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": sales(1, rates, 300)}), "measure_rep_outcomes")
    assert found.ranked
    assert found.findings[0].strength == "established"
    order = [int(row.rep[-2:]) for row in found.reps]
    assert stats.spearmanr(order, range(9, -1, -1)).statistic > 0.95


@pytest.mark.parametrize("seed", range(8))
def test_reps_who_do_not_differ_are_not_ranked(tmp_path, seed):
    """Thirty reps with one true rate are never ranked, whatever chance made of them."""
    found = measure(
        workspace_of(tmp_path / "w", {"opportunities": sales(seed, [0.6] * 30, 100)}), "measure_rep_outcomes"
    )
    assert not found.ranked
    assert found.findings[0].claim.startswith("Reps are not ranked by win rate")
    assert found.findings[0].strength == "not established"


def test_reps_who_differ_a_little_are_not_ranked_and_the_number_needed_is_said(tmp_path):
    """A true spread of three points with 60 deals each cannot be ordered; the refusal says how many deals would do."""
    rng = np.random.default_rng(4)
    rates = list(0.6 + rng.normal(0, 0.06, 30))
    found = measure(workspace_of(tmp_path / "w", {"opportunities": sales(5, rates, 60)}), "measure_rep_outcomes")
    assert not found.ranked
    assert "closed deals per rep" in found.findings[0].claim


def test_a_rep_with_another_mix_is_not_taken_for_a_worse_one(tmp_path):
    """All sell each product equally well; whoever sells the hard one looks worse, and is not ranked lower for it."""
    rng = np.random.default_rng(7)
    rows: list[dict[str, object]] = []
    for rep in range(6):
        for _ in range(300):
            hard = rng.random() < (0.9 if rep < 3 else 0.1)
            won = rng.random() < (0.35 if hard else 0.75)
            rows.append(deal(len(rows), "won" if won else "lost", rep=f"Rep {rep}", product="Hard" if hard else "Easy"))
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows}), "measure_rep_outcomes")
    assert found.reliability > 0.9  # the raw order would repeat ...
    assert not found.ranked  # ... and is still not one of reps


def test_reps_below_the_floor_take_no_part(tmp_path):
    """Twenty-nine closed deals are too few; the excluded deals are counted."""
    rows = [*sales(1, [0.5, 0.6], 40), *[deal(1000 + i, rep="Newcomer") for i in range(29)]]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows}), "measure_rep_outcomes")
    assert found.reps == ()
    assert "there are 2" in found.limits[0]
    assert found.exclusions[0].count == 29


def test_a_question_about_one_rep_compares_with_all(tmp_path):
    """The rep named is judged against everybody, first in the headline; one with few deals is not judged."""
    rows = [*sales(2, [0.8, 0.5, 0.5, 0.5], 100), *[deal(1000 + i, rep="Newcomer") for i in range(10)]]
    workspace = workspace_of(tmp_path / "w", {"opportunities": rows})
    answer = answer_of(workspace, "performance", (("rep", "Rep 00"),))
    assert answer.headline.startswith("Rep 00 won")
    assert "more than chance away" in answer.headline
    answer = answer_of(workspace, "performance", (("rep", "Newcomer"),))
    assert "Newcomer: no win rate is concluded" in claims(answer)


@needs_crm
@pytest.mark.shared_data
def test_on_real_data_nobody_is_ranked(crm):
    """30 reps from 55 to 70 %: the spread is chance, reliability is low, the pooled rates lie within a few points."""
    found = measure(crm, "measure_rep_outcomes")
    table = pd.read_csv(CRM / "sales_pipeline.csv")
    closed = table[table.deal_stage.isin(["Won", "Lost"])]
    rates = closed.assign(won=closed.deal_stage == "Won").groupby("sales_agent").won.mean()
    assert {row.rep: row.observed.value for row in found.reps} == pytest.approx(rates.to_dict())
    assert not found.ranked
    assert found.heterogeneity_p > 0.05
    assert found.reliability < 0.35
    assert found.true_spread < 0.02
    pooled = [row.pooled.value for row in found.reps]
    assert max(pooled) - min(pooled) < 0.03
    answer = answer_of(crm, "performance")
    assert answer.headline.startswith("Reps are not ranked by win rate")
    assert "Territories do not differ" in answer.headline


@needs_crm
@pytest.mark.shared_data
def test_on_real_data_value_per_deal_is_a_matter_of_products(crm):
    """The order of reps by value repeats, and is gone within products."""
    found = measure(crm, "measure_rep_value")
    assert found.reliability > 0.6
    assert found.reliability_within_product < 0.4
    assert "because of which products" in claims(found)


def test_a_region_with_hard_deals_is_not_called_a_bad_region(tmp_path):
    """The planted hard segment sits in one region: observed rates differ, those of like deals do not."""
    corpus = generate(seed=21, calls=0, deals=5000, text=False)
    workspace = workspace_of(tmp_path / "w", deals_of(corpus))
    found = measure(workspace, "measure_territories")
    assert found.raw_p < 0.01
    assert found.adjusted_p > 0.01
    assert found.findings[0].strength != "established"
    answer = answer_of(workspace, "performance")
    assert any("mix of segments" in item.action for item in answer.recommendations)


def test_a_region_that_is_really_worse_is_found(tmp_path):
    """One region wins less among deals of every segment: established, with its name."""
    rng = np.random.default_rng(9)
    rows, reps = [], [{"rep": f"Rep {i}", "region": ("North", "South", "East")[i % 3]} for i in range(12)]
    for i in range(3000):
        rep = i % 12
        rate = 0.6 - (0.15 if rep % 3 == 0 else 0.0) - (0.2 if i % 2 else 0.0)
        won = rng.random() < rate
        rows.append(deal(i, "won" if won else "lost", rep=f"Rep {rep}", segment=f"S{i % 2}"))
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows, "reps": reps}), "measure_territories")
    assert found.findings[0].strength == "established"
    assert "North stands -" in found.findings[0].claim


def test_without_planted_effects_no_territory_stands_out(tmp_path):
    """With every effect switched off, nothing is established."""
    corpus = generate(seed=22, calls=0, deals=3000, effects=Effects.none(), text=False)
    found = measure(workspace_of(tmp_path / "w", deals_of(corpus)), "measure_territories")
    assert found.findings[0].strength == "not established"


def test_attainment_counts_value_won_in_the_quota_period(tmp_path):
    """Only periods that are over count, and only deals won within them."""
    rows = [
        deal(1, "won", "2024-01-05", "2024-02-01", amount=50.0),
        deal(2, "won", "2024-01-05", "2024-05-01", amount=70.0),
    ]
    rows += [
        deal(3, "lost", "2024-04-01", "2024-06-30"),
        deal(4, "won", "2024-02-01", "2024-03-31", amount=60.0, rep="Bo"),
    ]
    periods = (("2024-01-01", "2024-03-31"), ("2024-04-01", "2024-06-30"), ("2024-07-01", "2024-09-30"))
    quotas = [
        {"rep": rep, "period_start": start, "period_end": end, "amount": 100.0}
        for rep in ("Ann", "Bo")
        for start, end in periods
    ]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows, "quotas": quotas}), "measure_attainment")
    assert {n.name: n.value for n in found.reps} == {"attainment, Ann": 120 / 200, "attainment, Bo": 60 / 200}
    assert (found.met.value, found.met.n) == (0.0, 4)
