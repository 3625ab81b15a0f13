"""Partial pooling, reliability, standardisation, clusters and controls do what they promise on made-up populations."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from domains.analysis.statistics.clustered import association
from domains.analysis.statistics.logistic import fit_logistic
from domains.analysis.statistics.permutation import exact_unit_test
from domains.analysis.statistics.pooling import pool_rates, split_half_reliability
from domains.analysis.statistics.standardisation import standardise
from htn.model.errors import InputError


def population(seed: int, groups: int, cases: int, spread: float, mean: float = 0.6):
    """Groups with known true rates, and what was observed of them."""
    rng = np.random.default_rng(seed)
    size = mean * (1 - mean) / spread**2 - 1
    true = rng.beta(mean * size, (1 - mean) * size, groups)
    n = rng.integers(cases // 2, cases * 2, groups)
    return true, rng.binomial(n, true), n


def test_pooled_rates_are_nearer_to_the_truth_than_observed_ones():
    """Over ten populations the pooled estimates have less than two thirds of the squared error."""
    raw = pooled = 0.0
    for seed in range(10):
        true, won, n = population(seed, 40, 30, 0.05)
        found = pool_rates(won.tolist(), n.tolist())
        raw += float(np.sum((won / n - true) ** 2))
        pooled += float(np.sum((np.array(found.estimates) - true) ** 2))
    assert pooled < raw * 2 / 3


def test_the_true_spread_is_recovered():
    """With many groups the estimated spread is near the planted one, and near zero where there is none."""
    _, won, n = population(1, 400, 100, 0.08)
    assert pool_rates(won.tolist(), n.tolist()).spread == pytest.approx(0.08, abs=0.015)
    rng = np.random.default_rng(2)
    assert pool_rates(rng.binomial(100, 0.6, 400).tolist(), [100] * 400).spread < 0.015


def test_pooled_intervals_cover_the_true_rates():
    """About 95 % of the true rates lie in their intervals."""
    true, won, n = population(3, 400, 50, 0.08)
    found = pool_rates(won.tolist(), n.tolist())
    covered = np.mean([low <= rate <= high for rate, (low, high) in zip(true, found.intervals, strict=True)])
    assert 0.91 < covered < 0.99


def test_intervals_of_a_dozen_groups_cover_too():
    """With so few groups the likeliest spread is often nought; the intervals know that it need not be."""
    covered = []
    for seed in range(15):
        true, won, n = population(100 + seed, 12, 40, 0.05)
        found = pool_rates(won.tolist(), n.tolist())
        covered += [low <= rate <= high for rate, (low, high) in zip(true, found.intervals, strict=True)]
    assert 0.92 < np.mean(covered) < 0.99


@pytest.mark.parametrize(("won", "n"), [([0, 0], [5, 5]), ([5, 7], [5, 7]), ([1, 0], [1, 0])])
def test_pooling_stays_within_bounds_at_the_edges(won, n):
    """All won, none won or a group without cases give rates between 0 and 1."""
    found = pool_rates(won, n)
    assert all(0 <= rate <= 1 for rate in found.estimates)


def test_pooling_nothing_is_refused():
    """Without a case there is no rate."""
    with pytest.raises(InputError, match="no cases"):
        pool_rates([0], [0])


def test_reliability_is_the_share_of_variance_that_is_true():
    """Split halves agree with true variance / observed variance, computed from the population that was made."""
    rng = np.random.default_rng(5)
    levels = rng.normal(0, 1.0, 300)
    cases = [list(rng.normal(level, 3.0, 20)) for level in levels]
    expected = 1.0 / (1.0 + 9.0 / 20)
    assert split_half_reliability(cases, splits=50) == pytest.approx(expected, abs=0.06)


def test_reliability_of_noise_is_near_zero_and_always_the_same():
    """Groups that do not differ have no order, and the seed makes the answer repeatable."""
    rng = np.random.default_rng(6)
    cases = [list(rng.normal(0, 1.0, 40)) for _ in range(60)]
    first = split_half_reliability(cases)
    assert first == split_half_reliability(cases)
    assert first is not None
    assert first < 0.3


def test_reliability_needs_three_groups():
    """Two groups have no order to speak of."""
    assert split_half_reliability([[1, 0] * 10, [1, 1] * 10]) is None


def test_without_strata_standardisation_is_the_classical_test():
    """One stratum: the statistic is the usual chi-squared up to the factor (n - 1) / n."""
    from scipy.stats import chi2

    groups = ["A"] * 100 + ["B"] * 150 + ["C"] * 80
    values = [1] * 60 + [0] * 40 + [1] * 70 + [0] * 80 + [1] * 50 + [0] * 30
    result = standardise(groups, ["s"] * 330, values)
    share, n = 180 / 330, 330
    classical = sum((k - m * share) ** 2 / (m * share * (1 - share)) for k, m in ((60, 100), (70, 150), (50, 80)))
    assert result.p == pytest.approx(float(chi2.sf(classical * (n - 1) / n, 2)))
    assert [row.observed for row in result.groups] == [60, 70, 50]


def test_a_difference_that_is_all_mix_disappears_when_like_is_compared_with_like():
    """A group with mostly hard cases looks bad and is not: Simpson's paradox is taken apart."""
    rng = np.random.default_rng(8)
    groups, strata, values = [], [], []
    for group, hard in (("A", 0.8), ("B", 0.2)):
        for _ in range(1000):
            is_hard = rng.random() < hard
            groups.append(group)
            strata.append("hard" if is_hard else "easy")
            values.append(float(rng.random() < (0.3 if is_hard else 0.7)))
    assert standardise(groups, ["all"] * 2000, values).p < 1e-6
    assert standardise(groups, strata, values).p > 0.01


def test_exact_unit_test_counts_arrangements():
    """Of the 210 ways to choose 4 months of 10, the largest four and the smallest four are as extreme: p = 2/210."""
    assert exact_unit_test([7, 8, 9, 10], [1, 2, 3, 4, 5, 6]) == pytest.approx(2 / 210)
    assert exact_unit_test([17, 18, 19, 20], [1, 2, 3, 4, 5, 6]) == pytest.approx(1 / 210)
    assert exact_unit_test([1, 3], [2, 4]) == pytest.approx(4 / 6)
    assert exact_unit_test([], [1.0]) == 1.0


def test_exact_unit_test_falls_back_where_there_are_too_many_arrangements():
    """With forty units arrangements are drawn: a clear difference is seen, and the value is near that of a t test."""
    from scipy.stats import ttest_ind

    rng = np.random.default_rng(0)
    assert exact_unit_test(list(rng.normal(3, 1, 20)), list(rng.normal(0, 1, 20))) < 1e-3
    first, second = list(rng.normal(0.4, 1, 20)), list(rng.normal(0, 1, 20))
    assert exact_unit_test(first, second) == pytest.approx(float(ttest_ind(first, second).pvalue), abs=0.01)


def clustered(seed: int, effect: float):
    """Calls of 60 customers who share their fate, with a habit that belongs to the customer."""
    rng = np.random.default_rng(seed)
    measure, won, customers = [], [], []
    for customer in range(60):
        habit = float(rng.random() < 0.5)
        fate = float(rng.random() < 0.5 + effect * (habit - 0.5))
        for _ in range(8):
            measure.append(habit)
            won.append(fate)
            customers.append(customer)
    return measure, won, customers


def test_calls_of_one_customer_are_not_counted_as_independent():
    """With no effect, counting calls finds something far too often; counting customers about as often as it should."""
    naive = robust = 0
    for seed in range(100):
        measure, won, customers = clustered(seed, 0.0)
        found = association(measure, won, customers)
        assert found is not None
        robust += found.p < 0.05
        naive += float(sm.OLS(won, sm.add_constant(measure)).fit().pvalues[1]) < 0.05
    assert naive > 30
    assert robust <= 14


def test_association_finds_the_difference_of_shares():
    """The effect is the difference in the share won between calls with and without the habit."""
    measure, won, customers = clustered(1, 0.6)
    found = association(measure, won, customers)
    assert found is not None
    yes = [w for m, w in zip(measure, won, strict=True) if m]
    no = [w for m, w in zip(measure, won, strict=True) if not m]
    assert found.effect == pytest.approx(sum(yes) / len(yes) - sum(no) / len(no))
    assert found.clusters == 60


def test_association_within_strata_ignores_differences_between_them():
    """A habit that only good reps have, where only the rep matters, is not associated among calls of one rep."""
    rng = np.random.default_rng(3)
    measure, won, reps = [], [], []
    for rep in range(20):
        good = rep % 2
        for _ in range(40):
            measure.append(float(rng.random() < 0.2 + 0.6 * good))
            won.append(float(rng.random() < 0.3 + 0.4 * good))
            reps.append(rep)
    cases = list(range(800))
    across, within = association(measure, won, cases), association(measure, won, cases, reps)
    assert across is not None
    assert within is not None
    assert across.p < 1e-6
    assert within.p > 0.01


def test_association_says_nothing_without_variation():
    """A constant measure, or a handful of customers, gives no number."""
    assert association([1.0] * 40, [0.0, 1.0] * 20, list(range(40))) is None
    assert association([0.0, 1.0] * 4, [0.0, 1.0, 1.0, 0.0] * 2, list(range(8))) is None


def made_up_deals(seed: int, n: int, rival: float):
    """Deals whose rival is met in large deals, which are won less often whoever is met."""
    rng = np.random.default_rng(seed)
    size = rng.normal(0, 1, n)
    met = rng.random(n) < 1 / (1 + np.exp(-1.5 * size))
    won = rng.random(n) < 1 / (1 + np.exp(-(0.2 - 0.8 * size + rival * met)))
    return won.tolist(), met.tolist(), size.tolist()


def test_logistic_model_takes_the_controls_away():
    """A rival that only goes with size has no effect with size held; a real one keeps its sign and is found."""
    won, met, size = made_up_deals(1, 3000, 0.0)
    bare = fit_logistic(won, {"rival": met}, {}, {}, list(range(3000)))
    held = fit_logistic(won, {"rival": met}, {}, {"size": size}, list(range(3000)))
    assert bare is not None
    assert held is not None
    assert bare.factors[0].p < 0.001
    assert held.factors[0].p > 0.01
    won, met, size = made_up_deals(2, 3000, -0.8)
    real = fit_logistic(won, {"rival": met}, {}, {"size": size}, list(range(3000)))
    assert real is not None
    assert real.factors[0].p < 0.001
    assert real.factors[0].effect < 0


def test_logistic_effect_is_the_average_difference_in_probability():
    """The effect is the mean change of the predicted probability when the factor is set on and off, computed here."""
    won, met, size = made_up_deals(3, 2000, -0.6)
    found = fit_logistic(won, {"rival": met}, {}, {"size": size}, list(range(2000)))
    assert found is not None
    spread = (np.array(size) - np.mean(size)) / np.std(size)
    design = np.column_stack([np.ones(2000), np.array(met, dtype=float), spread])
    fit = sm.Logit(np.array(won, dtype=float), design).fit(disp=0)
    on, off = design.copy(), design.copy()
    on[:, 1], off[:, 1] = 1, 0
    assert found.factors[0].effect == pytest.approx(float(np.mean(fit.predict(on) - fit.predict(off))), abs=1e-6)


def test_separation_is_left_out_and_not_estimated():
    """A rival against whom nothing was ever won has no finite coefficient: it is named as left out, the other stays."""
    won, met, size = made_up_deals(4, 600, 0.0)
    doom = [index < 30 for index in range(600)]
    won = [False if bad else outcome for outcome, bad in zip(won, doom, strict=True)]
    found = fit_logistic(won, {"doom": doom, "rival": met}, {}, {"size": size}, list(range(600)))
    assert found is not None
    assert found.left_out == ("doom",)
    assert [factor.name for factor in found.factors] == ["rival"]


def test_a_control_that_tells_the_outcome_gives_no_model():
    """Perfect separation by a control: no model rather than absurd numbers."""
    won = [index % 2 == 0 for index in range(400)]
    met = [index % 3 == 0 for index in range(400)]
    told = [float(outcome) for outcome in won]
    assert fit_logistic(won, {"rival": met}, {}, {"told": told}, list(range(400))) is None


def test_too_few_cases_for_the_columns_give_no_model():
    """Ten wins and ten losses per column are the least."""
    won = [index % 2 == 0 for index in range(120)]
    met = [index % 7 == 0 for index in range(120)]
    labels = [str(index // 10) for index in range(120)]
    assert fit_logistic(won, {"rival": met}, {"segment": labels}, {}, list(range(120))) is None
    assert fit_logistic(won, {"rival": met}, {}, {}, list(range(120))) is not None


def test_cases_of_one_customer_are_not_counted_as_many():
    """Customers differ and groups do not: counted as independent, most draws would differ; by customer, few do."""
    rng = np.random.default_rng(1)
    counted, by_customer = [], []
    for _ in range(120):
        customers = np.repeat(np.arange(60), 6)
        values = list(rng.normal(size=60)[customers] + rng.normal(size=360))
        groups = [str(customer % 6) for customer in customers]
        counted.append(standardise(groups, [""] * 360, values).p <= 0.05)
        by_customer.append(standardise(groups, [""] * 360, values, clusters=list(customers)).p <= 0.05)
    assert np.mean(counted) > 0.4
    assert np.mean(by_customer) < 0.12


def test_independent_cases_lose_nothing_by_clusters_of_one():
    """A cluster for every case changes no value."""
    rng = np.random.default_rng(2)
    values, groups = list(rng.normal(size=200)), [str(i % 4) for i in range(200)]
    plain, clustered = (standardise(groups, [""] * 200, values, clusters=own) for own in (None, list(range(200))))
    assert clustered.p == pytest.approx(plain.p, rel=0.05)
