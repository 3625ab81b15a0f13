"""Budgets: which limits are exceeded, and what is refused as a limit."""

from __future__ import annotations

import pytest

from htn.model.budget import Budget, BudgetTooSmallError
from htn.model.errors import InputError


def test_only_limits_below_what_is_needed_fall_short():
    """A limit that is met exactly suffices, and what has no limit is never short."""
    budget = Budget(seconds=10, money=1)
    assert budget.shortfalls({"seconds": 10, "money": 0.5, "output_tokens": 1e9}) == ()
    assert [short.resource for short in budget.shortfalls({"seconds": 10.1, "money": 2})] == ["seconds", "money"]


def test_check_names_every_shortfall_in_one_sentence():
    """The error says limit and need of each resource, and what to do."""
    with pytest.raises(BudgetTooSmallError) as caught:
        Budget(seconds=10, output_tokens=5).check({"seconds": 20, "output_tokens": 50})
    assert "limit of 10 seconds is below the 20 needed" in str(caught.value)
    assert "limit of 5 output tokens is below the 50 needed" in str(caught.value)
    assert len(caught.value.shortfalls) == 2


def test_no_limit_allows_everything():
    """An empty budget passes."""
    Budget().check({"seconds": 1e12})
    assert Budget().limits == {}


def test_zero_is_a_limit():
    """Zero money means no money, not no limit."""
    assert Budget(money=0).shortfalls({"money": 0.01})


@pytest.mark.parametrize("limit", [-1, float("nan"), True, "ten"])
def test_a_limit_that_is_no_amount_is_refused(limit):
    """Negative numbers, NaN, truth values and text are refused, naming the resource."""
    with pytest.raises(InputError, match="limit on seconds"):
        Budget(seconds=limit)


def test_budgets_survive_json_and_unknown_resources_are_refused():
    """A misspelt resource would be a limit that never holds."""
    budget = Budget(seconds=3, memory_bytes=1e9)
    assert Budget.from_json(budget.to_json()) == budget
    with pytest.raises(InputError, match="no limit on pages"):
        Budget.from_json({"pages": 3})
