"""The planted effects are there, the nulls are null, the confounders mislead: by regression with another library."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from domains.analysis.sample import Effects, generate
from domains.analysis.sample.effects import COEFFICIENT_FIELDS
from domains.analysis.sample.names import TRAININGS


@pytest.fixture(scope="module")
def fitted(closed: Any) -> dict[str, tuple[float, float]]:
    """Estimate and standard error of every covariate, from a logistic regression on the true covariates."""
    names = list(closed.corpora[0].truth.coefficients)
    design = sm.add_constant(np.column_stack([closed.column(name) for name in names]))
    result = sm.Logit(closed.won, design).fit(disp=0)
    return {name: (result.params[i + 1], result.bse[i + 1]) for i, name in enumerate(names)}


def test_every_planted_effect_is_recovered(closed: Any, fitted: dict[str, tuple[float, float]]) -> None:
    """Each coefficient that is not zero lies within three standard errors of its estimate, and is seen clearly."""
    planted = closed.corpora[0].truth.planted
    assert len(planted) >= 9
    for name, truth in planted.items():
        estimate, error = fitted[name]
        assert abs(estimate - truth) < 3 * error, name
        assert abs(estimate) > 4 * error, name


def test_every_null_is_null(closed: Any, fitted: dict[str, tuple[float, float]]) -> None:
    """The estimates of the nulls spread around zero as far as chance allows and no farther."""
    scores = np.array([fitted[name][0] / fitted[name][1] for name in closed.corpora[0].truth.nulls])
    assert len(scores) >= 25
    assert np.abs(scores).max() < 3.5
    assert 0.4 < (scores**2).mean() < 1.8


def test_estimates_from_small_corpora_average_to_the_truth() -> None:
    """Over many corpora of ordinary size, the strong competitor's adjusted effect is right on average."""
    names = ["competitor:Bequorant", "size", "segment:Bank", "habit:dated_next_step", "objection:migration"]
    found = []
    for seed in range(25):
        corpus = generate(seed=seed, calls=0, text=False)
        rows = [truth for truth in corpus.truth.deals if truth.status != "open"]
        design = sm.add_constant(np.array([[row.covariates.get(name, 0.0) for name in names] for row in rows]))
        won = np.array([row.status == "won" for row in rows], dtype=float)
        found.append(sm.Logit(won, design).fit(disp=0).params[1])
    # Covariates that are left out pull an odds ratio towards one; hence the one-sided slack.
    assert -0.95 - 0.15 < np.mean(found) < -0.95 + 0.25


def test_without_effects_nothing_predicts() -> None:
    """When every coefficient is switched off, a likelihood-ratio test of all covariates finds nothing."""
    corpus = generate(seed=7, calls=0, deals=4000, effects=Effects.none(), text=False)
    assert not any(corpus.truth.coefficients.values())
    rows = [truth for truth in corpus.truth.deals if truth.status != "open"]
    names = list(corpus.truth.coefficients)
    design = sm.add_constant(np.array([[row.covariates.get(name, 0.0) for name in names] for row in rows]))
    result = sm.Logit(np.array([row.status == "won" for row in rows], dtype=float), design).fit(disp=0)
    assert result.llr_pvalue > 0.001


@pytest.mark.parametrize("name", COEFFICIENT_FIELDS)
def test_each_coefficient_can_be_changed_alone(name: str) -> None:
    """Setting one field changes coefficients to that value, and `without` takes them back to zero."""
    changed = Effects.none().coefficients()
    assert not any(changed.values())
    values = set(Effects(**{**dict.fromkeys(COEFFICIENT_FIELDS, 0.0), name: 0.37}).coefficients().values())
    assert values == {0.0, 0.37}
    assert set(Effects(**{name: 0.37}).without(name).coefficients().values()) & {0.37} == set()


def test_the_hard_region_looks_worse_and_is_not(closed: Any, fitted: dict[str, tuple[float, float]]) -> None:
    """The West's raw win rate is lower; with the segment in the model its difference is gone."""
    assert closed.z_of_difference(closed.column("region:West") > 0) < -5
    estimate, error = fitted["region:West"]
    assert abs(estimate) < 3 * error


def test_the_training_of_the_better_reps_looks_helpful_and_is_not(
    closed: Any, fitted: dict[str, tuple[float, float]]
) -> None:
    """Reps who took the masterclass win more, also before they took it; adjusted, the training does nothing."""
    taken = [
        (corpus, {t.rep: t.date for t in corpus.trainings if t.training == TRAININGS[0]}) for corpus in closed.corpora
    ]
    dates = {(id(corpus), rep): day for corpus, reps in taken for rep, day in reps.items()}
    owner = [id(corpus) for corpus in closed.corpora for deal in corpus.deals if deal.status != "open"]
    day = [dates.get((whose, deal.rep.rep)) for whose, deal in zip(owner, closed.deals, strict=True)]
    taker = np.array([found is not None for found in day])
    before = np.array([found is None or deal.created < found for found, deal in zip(day, closed.deals, strict=True)])
    assert closed.z_of_difference(taker) > 5
    assert closed.z_of_difference(taker, before) > 3
    estimate, error = fitted[f"training:{TRAININGS[0]}"]
    assert abs(estimate) < 3 * error


def test_the_strong_competitor_looks_even_stronger_than_it_is(closed: Any) -> None:
    """Larger deals meet the strong competitor more often, so its raw effect is larger than the planted one."""
    met = closed.column("competitor:Bequorant") > 0
    columns = np.column_stack([met, closed.column("size")])
    raw = sm.Logit(closed.won, sm.add_constant(columns[:, :1])).fit(disp=0).params[1]
    adjusted = sm.Logit(closed.won, sm.add_constant(columns)).fit(disp=0).params[1]
    assert raw < adjusted - 0.15
    assert closed.column("size")[met].mean() - closed.column("size")[~met].mean() > 0.5


def test_both_competitors_are_met_about_as_often(closed: Any) -> None:
    """The competitor that matters and the one that does not are equally visible."""
    strong, matched = closed.column("competitor:Bequorant").mean(), closed.column("competitor:Trustelline").mean()
    assert abs(strong - matched) < 0.03


@pytest.mark.parametrize("title", ["Document Conversion Checklist", "Side-by-Side Comparison Sheet"])
def test_content_used_in_trouble_looks_harmful_and_is_not(
    closed: Any, fitted: dict[str, tuple[float, float]], title: str
) -> None:
    """Content that is shared because there is an objection or a competitor goes with losses, and causes none."""
    assert closed.z_of_difference(closed.column(f"content:{title}") > 0) < -4
    estimate, error = fitted[f"content:{title}"]
    assert abs(estimate) < 3 * error


def test_content_used_late_goes_with_wins_only_because_it_is_late(closed: Any) -> None:
    """The kickoff planner seems to win deals; among deals that reached negotiation it makes no difference."""
    used = np.array(["CNT-08" in deal.content for deal in closed.deals])
    reached = np.array(["Negotiation" in dict(deal.history) for deal in closed.deals])
    assert closed.z_of_difference(used) > 30
    assert abs(closed.z_of_difference(used, reached)) < 3


def test_the_suite_loses_because_it_is_sold_in_large_deals(closed: Any, fitted: dict[str, tuple[float, float]]) -> None:
    """The suite's raw win rate is lower; with the size of the deal in the model it is not."""
    assert closed.z_of_difference(closed.column("product:Willowtrace Complete") > 0) < -5
    estimate, error = fitted["product:Willowtrace Complete"]
    assert abs(estimate) < 3 * error


def test_quarter_ends_show_more_wins_only_through_the_dates() -> None:
    """Without the pull of the quarter end, deals closed in its last days win as often as others."""

    def difference(effects: Effects) -> float:
        corpus = generate(seed=3, calls=0, deals=4000, effects=effects, text=False)
        deals = [deal for deal in corpus.deals if deal.closed is not None]
        late = np.array([deal.closed.month % 3 == 0 and deal.closed.day > 19 for deal in deals if deal.closed])
        won = np.array([deal.status == "won" for deal in deals])
        return float(won[late].mean() - won[~late].mean())

    assert difference(Effects()) > 0.2
    assert abs(difference(Effects().without("quarter_end_pull_won", "quarter_end_pull_lost"))) < 0.07


def test_size_slows_deals_and_age_costs_them(closed: Any) -> None:
    """From dates and amounts alone: larger deals take longer, and at the same size slower deals win less."""
    days = np.log([(deal.closed - deal.created).days for deal in closed.deals])
    amount = np.log([deal.amount for deal in closed.deals])
    slower = sm.OLS(days, sm.add_constant(amount)).fit()
    assert slower.params[1] == pytest.approx(0.25 / 0.75, abs=0.05)
    age = slower.resid / slower.resid.std()
    result = sm.Logit(closed.won, sm.add_constant(np.column_stack([age, amount]))).fit(disp=0)
    assert -0.5 < result.params[1] < -0.2
    assert result.params[2] < 0


def test_stalled_evaluations_take_the_time(closed: Any) -> None:
    """A quarter of deals stall in evaluation: its share of the deal's length has a long upper tail."""
    shares = [_share_of_evaluation(deal) for deal in closed.deals if deal.status == "won"]
    low, high = np.quantile(shares, [0.25, 0.95])
    assert high > 0.45
    assert low < 0.32


def test_reps_differ_little_once_the_rest_is_known(closed: Any) -> None:
    """The spread of true ability is the small one that is documented, exactly and in every corpus."""
    for corpus in closed.corpora:
        skills = np.array([rep.skill for rep in corpus.reps])
        assert skills.std() == pytest.approx(1.0)
        assert Effects().rep_ability == pytest.approx(0.2)


def test_loss_reasons_do_not_tell_the_cause(closed: Any) -> None:
    """Price is what is written down most, and no more often where price was objected to."""
    lost = np.array([deal.status == "lost" for deal in closed.deals])
    price = np.array([deal.loss_reason == "Price" for deal in closed.deals])[lost]
    objected = (closed.column("objection:price") > 0)[lost]
    assert price.mean() > 0.35
    assert abs(price[objected].mean() - price[~objected].mean()) < 0.04


def _share_of_evaluation(deal: Any) -> float:
    entered = dict(deal.history)
    return float((entered["Proposal"] - entered["Evaluation"]).days / max(1, (deal.closed - deal.created).days))
