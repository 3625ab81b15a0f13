"""Intervals, tests and corrections agree with formulas written out here and with other libraries."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats import proportion as oracle
from statsmodels.stats.power import NormalIndPower

from domains.analysis.statistics import (
    benjamini_hochberg,
    homogeneity_test,
    mean_interval,
    needed_per_group,
    strength_of,
    two_proportion_p,
    two_proportion_test,
    wilson_interval,
)
from htn.model.errors import InputError


def wilson_by_hand(k: int, n: int, z: float) -> tuple[float, float]:
    """Wilson's interval from the textbook."""
    p = k / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return centre - reach, centre + reach


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_is_the_textbook_formula(case):
    """The interval is Wilson's, lies in [0, 1], and holds the observed share."""
    k, n = case
    low, high = wilson_interval(k, n)
    expected = wilson_by_hand(k, n, 1.959963984540054)
    assert (low, high) == pytest.approx((max(0.0, expected[0]), min(1.0, expected[1])), abs=1e-9)
    assert 0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1


def test_wilson_interval_of_nothing_is_everything():
    """Without cases nothing is known."""
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(k, n):
    """More successes than cases is a mistake, and is said to be one."""
    with pytest.raises(InputError, match="no proportion"):
        wilson_interval(k, n)


@pytest.mark.parametrize("n", [3, 12, 40, 400])
@pytest.mark.parametrize("p", [0.05, 0.3, 0.63])
def test_wilson_interval_covers_as_often_as_it_says(n, p):
    """Summed over all outcomes, the probability that the 95 % interval holds the truth is near 95 %."""
    covered = sum(
        float(stats.binom.pmf(k, n, p)) for k in range(n + 1) if (i := wilson_interval(k, n)).low <= p <= i.high
    )
    assert 0.83 < covered <= 1.0
    if n >= 40:
        assert 0.92 < covered < 0.98


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_mean_interval_is_students(values):
    """The interval is scipy's t interval."""
    low, high = mean_interval(values)
    spread = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    if spread < 1e-6:
        return
    expected = stats.t.interval(0.95, len(values) - 1, loc=float(np.mean(values)), scale=spread)
    assert (low, high) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_mean_interval_of_one_value_is_unbounded():
    """One value says nothing about the spread."""
    assert mean_interval([5.0]) == (-math.inf, math.inf)


COUNTS = st.integers(2, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


# the oracle divides by a rate of zero on its way to other numbers than the one compared
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@given(COUNTS, COUNTS)
def test_two_proportions_are_compared_as_statsmodels_and_scipy_do(first, second):
    """The score test is statsmodels', the exact test scipy's; which one is used depends on the expected counts."""
    (a, n), (b, m) = first, second
    test = two_proportion_test(a, n, b, m)
    assert test.p == two_proportion_p(a, n, b, m)
    assert test.interval.low - 1e-9 <= test.difference <= test.interval.high + 1e-9
    if test.method == "score test":
        expected = oracle.test_proportions_2indep(a, n, b, m, method="score", compare="diff").pvalue
        assert test.p == pytest.approx(expected, abs=1e-9)
    elif test.method == "Fisher's exact test":
        assert test.p == pytest.approx(stats.fisher_exact(np.array([[a, n - a], [b, m - b]]))[1])
    else:
        assert a + b in (0, n + m)


def test_an_empty_group_is_refused():
    """There is nothing to compare with."""
    with pytest.raises(InputError, match="cannot be compared"):
        two_proportion_test(1, 2, 0, 0)


def test_under_the_null_the_two_proportion_test_is_significant_five_times_in_a_hundred():
    """The exact size of the test at 5 %, summed over all outcomes, is close to 5 %."""
    n, p = 60, 0.5
    mass = stats.binom.pmf(np.arange(n + 1), n, p)
    size = sum(
        float(mass[a] * mass[b])
        for a in range(n + 1)
        for b in range(n + 1)
        if mass[a] * mass[b] > 1e-9 and two_proportion_p(a, n, b, n) <= 0.05
    )
    assert 0.03 < size < 0.06


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg_is_the_definition(pvalues):
    """Q of a hypothesis is the smallest p(j) * m / j over the ranks j from its own up, at most 1."""
    m = len(pvalues)
    ordered = sorted(pvalues)
    for p, q in zip(pvalues, benjamini_hochberg(pvalues), strict=True):
        rank = ordered.index(p)
        expected = min(1.0, min(ordered[j] * m / (j + 1) for j in range(rank, m)))
        assert q == pytest.approx(expected)


def test_homogeneity_test_is_the_sum_of_squares():
    """The p value is that of the chi-squared statistic written out."""
    won, n = [40, 55, 61], [100, 100, 90]
    share = sum(won) / sum(n)
    statistic = sum((k - m * share) ** 2 / (m * share * (1 - share)) for k, m in zip(won, n, strict=True))
    assert homogeneity_test(won, n) == pytest.approx(float(stats.chi2.sf(statistic, 2)))
    assert homogeneity_test([5, 0], [10, 0]) == 1.0


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.6), (0.2, 0.3), (0.63, 0.8)])
def test_needed_cases_give_the_power_that_is_asked(a, b):
    """Statsmodels' power at the number of cases needed is about 80 %."""
    n = needed_per_group(a, b)
    assert n is not None
    power = NormalIndPower().power(abs(oracle.proportion_effectsize(a, b)), n, 0.05)
    assert power == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(
    ("q", "n", "word"),
    [
        (0.05, 100, "established"),
        (0.05, 99, "suggestive"),
        (0.051, 100, "suggestive"),
        (0.1, 5, "suggestive"),
        (0.11, 10_000, "not established"),
    ],
)
def test_words_of_strength_follow_from_test_and_floor(q, n, word):
    """Only a test at 5 % above the floor establishes anything."""
    assert strength_of(q, n=n, floor=100) == word
