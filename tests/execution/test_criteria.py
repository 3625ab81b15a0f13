"""Criteria are checked one by one, and what is missing is said."""

from __future__ import annotations

from htn.execution.criteria import FunctionCriterion, evaluate, unmet

HAS = FunctionCriterion("has_calls", "There are calls.", lambda document: None if document["calls"] else "no calls")
MANY = FunctionCriterion(
    "many",
    "There are at least 3.",
    lambda document: None if len(document["calls"]) > 2 else f"{len(document['calls'])} of 3",
)


def test_all_criteria_are_checked_even_after_one_fails():
    """A reader sees everything that is missing at once."""
    assert unmet(evaluate([HAS, MANY], {"calls": []})) == (
        "criterion has_calls is not met: no calls; criterion many is not met: 0 of 3"
    )


def test_met_criteria_say_nothing():
    """None means that the artifact is good."""
    results = evaluate([HAS, MANY], {"calls": [1, 2, 3]})
    assert unmet(results) is None
    assert [result.to_json()["met"] for result in results] == [True, True]


def test_criterion_that_cannot_be_checked_is_not_met():
    """An error in a check is no reason to accept an artifact."""
    (result,) = evaluate([HAS], {})
    assert not result.met
    assert result.missing == "it could not be checked (KeyError: 'calls')"
