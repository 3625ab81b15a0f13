"""Estimates: their quantiles, their mean against simulation, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from htn.model.errors import InputError
from htn.model.estimate import CostModel, Estimate, NoCosts


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=50))
def test_quantiles_of_samples_are_numpys(samples):
    """The quantiles and the mean of samples agree with numpy."""
    estimate = Estimate.from_samples(samples)
    expected = [*np.quantile(samples, [0.1, 0.5, 0.9]), np.mean(samples)]
    assert expected == pytest.approx([estimate.p10, estimate.p50, estimate.p90, estimate.mean])


@given(st.floats(0.001, 1e6), st.floats(1, 20))
def test_a_lognormal_has_the_textbook_mean(median, spread):
    """The mean of a symmetric lognormal is median * exp(sigma**2 / 2)."""
    sigma = np.log(spread) / 1.2815515655446004
    assert median * np.exp(sigma**2 / 2) == pytest.approx(Estimate.lognormal(median, spread).mean)


@given(st.lists(st.just(0.0) | st.floats(1e-3, 1e9), min_size=3, max_size=3).map(sorted))
def test_estimates_survive_json(quantiles):
    """What is written is what is read."""
    p10, p50, p90 = quantiles
    estimate = Estimate.from_quantiles(p10, p50, p90, basis="prior")
    assert Estimate.from_json(json.loads(json.dumps(estimate.to_json()))) == estimate


@pytest.mark.parametrize(
    "numbers", [(2, 1, 3, 2), (1, 3, 2, 2), (-1, 0, 1, 0), (0, 0, float("inf"), 0), (0, 0, 1, float("nan"))]
)
def test_numbers_that_are_no_distribution_are_refused(numbers):
    """Quantiles out of order, negative or not finite are an error at once."""
    with pytest.raises(InputError, match="an estimate"):
        Estimate(*numbers)


@pytest.mark.parametrize("quantiles", [(2, 1, 3), (-1, 1, 3), (0, 1, float("inf")), (float("nan"), 1, 2)])
def test_quantiles_that_are_no_distribution_are_refused(quantiles):
    """The same holds where the mean is computed."""
    with pytest.raises(InputError, match="an estimate"):
        Estimate.from_quantiles(*quantiles)


@pytest.mark.parametrize(
    "document", [{}, {"p10": 1, "p50": "many", "p90": 3, "mean": 2}, {"p10": None, "p50": 1, "p90": 1, "mean": 1}]
)
def test_json_that_is_no_estimate_is_refused(document):
    """A missing or wrong number is named as such, not as a KeyError."""
    with pytest.raises(InputError, match="p10, p50, p90 and mean"):
        Estimate.from_json(document)


def test_absurd_spreads_give_a_reason_not_an_overflow():
    """Quantiles fifty orders of magnitude apart have a mean on the lower side and a refusal on the upper."""
    assert 0.5 <= Estimate.from_quantiles(1e-50, 1, 1).mean < 0.6
    with pytest.raises(InputError, match="beyond all bounds"):
        Estimate.from_quantiles(1, 1, 1e50)


def test_spread_below_one_and_no_samples_are_refused():
    """Neither is an estimate."""
    with pytest.raises(InputError, match="spread"):
        Estimate.lognormal(1, 0.5)
    with pytest.raises(InputError, match="sample"):
        Estimate.from_samples([])


def test_two_estimates_do_not_add_up():
    """Adding quantiles would be wrong, so it is not offered."""
    with pytest.raises(TypeError):
        Estimate.exactly(1) + Estimate.exactly(1)  # type: ignore[operator]


def test_the_default_cost_model_is_one():
    """The honest default meets the protocol."""
    assert isinstance(NoCosts(), CostModel)
