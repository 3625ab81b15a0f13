"""How a measure is to be taken is read from the words of the question, and nothing is dropped without a word."""

from __future__ import annotations

from datetime import date

import pytest

from domains.analysis.question.assessment import assess
from domains.analysis.question.known import Known
from domains.analysis.scope import MODIFIERS

KNOWN = Known(
    entities={
        "rep": ["Ann Lee", "Bo Chan"],
        "manager": ["Ann Lee", "Mara Voss"],
        "region": ["West", "East"],
        "product": ["Alpha 500", "Beta"],
        "account": ["Calder Trust"],
        "country": ["United States", "Japan"],
        "stage": ["Prospecting"],
    },
    as_of=date(2025, 6, 30),
    first_day=date(2023, 1, 1),
)


def taken(question: str) -> dict[str, str]:
    """Return what a question says on how its measure is taken, and whose and where."""
    found = assess(question, KNOWN)
    assert found.verdict == "accept", found.sentence
    return {key: item for key, item in found.scope if key in MODIFIERS | {"manager", "country"}}


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How many deals did we lose in the West in May?", {"outcome": "lost"}),
        ("number of won deals for Beta", {"outcome": "won"}),
        ("How many deals are still open in the East?", {"outcome": "open"}),
        ("How many deals are in Prospecting?", {"outcome": "open"}),
        ("How many deals did we close in May?", {}),
        ("how many deals were won or lost in May?", {}),
        ("loss rate in the West", {"outcome": "lost"}),
        ("win rate in the West", {}),
        ("What is our win/loss ratio?", {}),
        ("average sales cycle of lost deals", {"outcome": "lost"}),
    ],
)
def test_outcomes_are_read_where_they_change_the_number(question: str, wanted: dict[str, str]):
    """Won, lost and open deals are told apart; what the measure is taken of anyway stays unsaid."""
    assert taken(question) == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("median deal size in the West", {"statistic": "median"}),
        ("What was our biggest deal in May?", {"statistic": "largest"}),
        ("smallest won deal for Beta", {"statistic": "smallest"}),
        ("longest sales cycle in the East", {"statistic": "largest"}),
        ("Which region has the largest deal size?", {}),
        ("average deal size by region", {}),
    ],
)
def test_statistics_are_read(question: str, wanted: dict[str, str]):
    """A median or an extreme is asked for by its words; a ranking of groups is no extreme."""
    assert taken(question) == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How many deals over 10,000 did we win?", {"amount": "> 10000", "outcome": "won"}),
        ("revenue from deals of at least 5k", {"amount": ">= 5000"}),
        ("How many deals between 1,000 and 2,000 did we close?", {"amount": ">= 1000 and <= 2000"}),
        ("how many deals took more than 60 days to close?", {"days": "> 60"}),
        ("Which reps with more than 20 won deals have the best win rate?", {}),
        ("revenue over 2024 by region", {}),
    ],
)
def test_limits_are_amounts_and_days_and_no_counts_or_years(question: str, wanted: dict[str, str]):
    """A number of deals or calls, and a year, are no limit of amount."""
    assert taken(question) == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How many accounts did we win in May?", {"counted": "account", "outcome": "won"}),
        ("How many reps closed a deal in May?", {"counted": "rep"}),
        ("How many deals were created in May?", {"dated": "start", "outcome": "any"}),
        ("revenue of Mara Voss's team", {"manager": "Mara Voss"}),
        ("win rate of the team of Ann Lee", {"manager": "Ann Lee"}),
        ("revenue in Japan", {"country": "Japan"}),
        ("revenue in the US", {"country": "United States"}),
        ("tell us the revenue in the West", {}),
    ],
)
def test_things_counted_teams_and_countries_are_read(question: str, wanted: dict[str, str]):
    """Accounts and reps are counted as such, a manager's name is a team, and "us" is no country."""
    assert taken(question) == wanted


def test_what_lies_outside_a_country_or_team_is_left_out():
    """A country and a team can be left out as other names can."""
    assert assess("revenue outside the US", KNOWN).excludes == (("country", "United States"),)
    assert assess("win rate without Mara Voss's team", KNOWN).excludes == (("manager", "Mara Voss"),)


def test_a_team_that_is_not_recorded_is_said_not_to_be():
    """Who manages nobody has no team: the answer is on that person, and says so."""
    found = assess("win rate of Bo Chan's team", KNOWN)
    assert ("rep", "Bo Chan") in found.scope
    assert found.notes == ("No team of Bo Chan is recorded; the answer is on Bo Chan alone.",)


@pytest.mark.parametrize(
    "question", ["standard deviation of deal size", "90th percentile of the sales cycle", "weighted average deal size"]
)
def test_a_statistic_that_is_not_computed_is_asked_back(question: str):
    """Another number never stands in for it."""
    found = assess(question, KNOWN)
    assert (found.verdict, found.reason) == ("ask_back", "unsupported")
    assert "not computed here" in found.sentence


def test_of_several_measures_those_are_answered_that_the_data_allow():
    """Talk ratio needs no timestamps; that patience does is said, and a question for patience alone is refused."""
    known = Known(entities=KNOWN.entities, has={"timestamps": False}, as_of=KNOWN.as_of, first_day=KNOWN.first_day)
    both = assess("patience and talk ratio", known)
    assert both.verdict == "accept"
    assert [pair for pair in both.scope if pair[0] == "metric"] == [("metric", "talk_ratio")]
    assert "patience" in both.notes[0]
    assert "timestamps" in both.notes[0]
    assert assess("patience of our reps", known).reason == "no_data"
