"""The statistics of patterns, against another library, by simulation and against brute force."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from domains.analysis.analysts.pattern_phrases import _log_odds
from domains.analysis.analysts.pattern_sample import halves
from domains.analysis.analysts.pattern_tests import differences, needed_cases, smallest_visible
from domains.analysis.statistics import benjamini_hochberg, needed_per_group


@pytest.mark.parametrize("strata_count", [1, 3])
def test_differences_agree_with_statsmodels(strata_count):
    """Effect and interval are those of OLS with a constant per stratum, a held number and cluster-robust errors."""
    chance = np.random.default_rng(5)
    n = 240
    groups = chance.integers(0, 60, n)
    strata = chance.integers(0, strata_count, n)
    outcome = (chance.random(n) < 0.4 + 0.1 * (groups % 2)).astype(float)
    features = np.column_stack([chance.random(n) < 0.3, chance.normal(size=n) + 0.4 * outcome]).astype(float)
    size = chance.normal(size=n)
    ours = differences(features, list(outcome), list(groups), list(strata), size[:, None])
    dummies = np.column_stack([strata == level for level in range(strata_count)]).astype(float)
    for column in range(2):
        fit = sm.OLS(features[:, column], np.column_stack([outcome, dummies, size])).fit(
            cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
        )
        assert ours.effect[column] == pytest.approx(fit.params[0])
        assert (ours.low[column], ours.high[column]) == pytest.approx(tuple(fit.conf_int()[0]))


def test_a_number_of_each_feature_alone_is_held_as_a_regression_holds_it():
    """With a control for each feature, effect and interval are those of a regression of that feature on both."""
    chance = np.random.default_rng(11)
    groups, outcome = chance.integers(0, 40, 160), (chance.random(160) < 0.5).astype(float)
    own = chance.normal(size=(160, 3)) + 0.5 * outcome[:, None]
    own[:, 2] = 0.0
    features = chance.normal(size=(160, 3)) + own
    ours = differences(features, list(outcome), list(groups), own=own)
    for column in range(3):
        held = [own[:, column]] if column < 2 else []
        design = np.column_stack([outcome, np.ones(160), *held])
        fit = sm.OLS(features[:, column], design).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
        assert ours.effect[column] == pytest.approx(fit.params[0])
        assert (ours.low[column], ours.high[column]) == pytest.approx(tuple(fit.conf_int()[0]))


def test_the_p_value_is_that_of_the_score_test():
    """It is that of a score per buyer, summed here one buyer at a time, with nothing taken out for the outcome."""
    chance = np.random.default_rng(8)
    groups, outcome = chance.integers(0, 30, 90), (chance.random(90) < 0.5).astype(float)
    feature = (chance.random(90) < 0.2).astype(float)
    x, y = outcome - outcome.mean(), feature - feature.mean()
    scores = [sum(x[i] * y[i] for i in range(90) if groups[i] == group) for group in sorted(set(groups))]
    count = len(scores)
    z = sum(scores) / np.sqrt(count / (count - 1) * 89 / 88 * sum(one**2 for one in scores))
    ours = differences(feature[:, None], list(outcome), list(groups))
    assert ours.p[0] == pytest.approx(2 * stats.t.sf(abs(z), count - 1))


def test_rare_features_are_not_found_too_often():
    """Ten of two hundred cases have a feature that means nothing: at most one in a hundred is found at .01."""
    chance = np.random.default_rng(4)
    features = np.zeros((200, 4000))
    for column in range(4000):
        features[chance.choice(200, 10, replace=False), column] = 1.0
    outcome = (chance.random(200) < 0.5).astype(float)
    found = differences(features, list(outcome), list(range(200)))
    assert (found.p <= 0.01).mean() <= 0.01


def test_clustered_noise_is_not_called_an_effect():
    """Features and outcomes that belong to whole buyers and nothing else are rejected about 5 % of the time."""
    chance = np.random.default_rng(7)
    rejected = []
    for _ in range(60):
        groups = np.repeat(np.arange(50), 6)
        outcome = (chance.random(50) < 0.5)[groups].astype(float)
        features = (chance.random((50, 10)) < 0.4)[groups].astype(float)
        rejected.append((differences(features, list(outcome), list(groups), [""] * 300).p <= 0.05).mean())
    assert np.mean(rejected) < 0.09


def test_features_without_variation_are_no_finding():
    """A constant feature has p value 1; an outcome without variation gives p values of 1 throughout."""
    features = np.column_stack([np.ones(40), np.arange(40)]).astype(float)
    groups = list(range(40))
    assert differences(features, [0.0, 1.0] * 20, groups, [""] * 40).p[0] == 1.0
    assert set(differences(features, [1.0] * 40, groups, [""] * 40).p) == {1.0}


@given(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=60))
def test_halves_keep_buyers_together_and_depend_on_nothing_else(groups):
    """No buyer is on both sides, and the order of calls does not matter."""
    kept = halves(groups)
    side = dict(zip(groups, kept, strict=True))
    assert [side[group] for group in groups] == kept
    assert dict(zip(reversed(groups), halves(list(reversed(groups))), strict=True)) == side


def test_halves_are_about_equal():
    """With many buyers each half holds about half of the calls."""
    groups = [f"buyer {i % 83}" for i in range(500)]
    assert 0.45 < sum(halves(groups)) / 500 < 0.55


def test_needed_cases_agree_with_the_exact_formula_for_shares():
    """For shares near one half the normal formula is within 3 % of the two-proportion one."""
    exact = needed_per_group(0.45, 0.55)
    assert needed_cases(0.1, 0.5) == pytest.approx(exact, rel=0.03)
    assert needed_cases(0.0, 0.5) is None


def test_the_smallest_visible_difference_is_visible_four_times_in_five():
    """Drawn again and again, a difference of that size is found in about 80 % of the draws."""
    chance = np.random.default_rng(3)
    gap = smallest_visible(150, 150) or 0.0
    found = 0
    for _ in range(400):
        x = np.concatenate([chance.random(150) < 0.5 + gap / 2, chance.random(150) < 0.5 - gap / 2]).astype(float)
        p = differences(x[:, None], [1.0] * 150 + [0.0] * 150, list(range(300)), [""] * 300).p[0]
        found += p <= 0.05
    assert 0.72 < found / 400 < 0.88


def test_log_odds_agree_with_the_published_formula_word_by_word():
    """The z score is that of the log-odds ratio with a Dirichlet prior, computed here one word at a time."""
    counts = np.array([[5.0, 1.0, 0.0], [4.0, 0.0, 2.0], [0.0, 3.0, 2.0], [1.0, 4.0, 3.0]])
    won = np.array([True, True, False, False])
    z = _log_odds(counts, np.zeros(3, dtype=int), won)
    y, x = counts[won].sum(axis=0), counts[~won].sum(axis=0)
    prior = 500.0 * (x + y) / (x + y).sum()
    for i in range(3):
        a, b, n_a, n_b, total = y[i] + prior[i], x[i] + prior[i], y.sum(), x.sum(), prior.sum()
        delta = np.log(a / (n_a + total - a)) - np.log(b / (n_b + total - b))
        assert z[i] == pytest.approx(delta / np.sqrt(1 / a + 1 / b))


def test_corrected_p_values_are_never_smaller():
    """Correction never makes a p value smaller."""
    p = sorted(np.random.default_rng(1).random(50))
    assert all(q >= raw for q, raw in zip(benjamini_hochberg(list(p)), p, strict=True))
