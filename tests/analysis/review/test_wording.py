"""What a claim says in words is what its numbers say; a claim that fails goes back as a criterion that is not met."""

from __future__ import annotations

import pytest

from domains.analysis.artifacts import Answer, Finding, FindingTable, Number, TableRow
from domains.analysis.criteria import criterion
from domains.analysis.directions import contradictions
from domains.analysis.firmness import firmness_problem
from domains.analysis.wording_checks import figure_problem, layout_problem

RATE = Number(name="win rate", value=0.625, low=0.502, high=0.734, level=0.95, n=64, method="Wilson interval")


def finding(claim: str, *numbers: Number, strength: str = "descriptive") -> Finding:
    """Return a finding."""
    return Finding.model_validate({"claim": claim, "strength": strength, "numbers": numbers})


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("The win rate is 62.5 % [50.2 to 73.4] (n = 64).", True),
        ("The win rate is 63 % [50 to 73].", True),
        ("The win rate is 62.4 % [50.2 to 73.4].", False),
        ("The win rate is 62.5 % [50.2 to 70.4].", False),
        ("The win rate is 62.5 % [50.2 to 73.4] (n = 65).", False),
        ("40 of 64 deals were won in 2025.", True),
    ],
)
def test_a_value_with_an_interval_is_one_of_the_numbers(claim, holds):
    """Rounding is allowed to the places that are written; another value, end or sample is not."""
    assert (figure_problem(finding(claim, RATE)) is None) == holds


def test_every_digit_of_a_value_in_words_is_looked_at():
    """Whichever digit of value or interval is changed, it is noticed."""
    said = "The win rate is 62.5 % [50.2 to 73.4] (n = 64)."
    for place, char in enumerate(said):
        if char.isdigit():
            other = said[:place] + str((int(char) + 1) % 10) + said[place + 1 :]
            assert figure_problem(finding(other, RATE)) is not None, other


def test_what_chance_explains_is_not_called_established():
    """The smallest p value of a claim decides: .05 for what is established, .10 for what is suggestive."""
    chance, near, firm = (Number(name="p value of no difference", value=value, n=64) for value in (0.4, 0.08, 0.001))
    assert firmness_problem(finding("They differ.", chance, strength="established")) is not None
    assert firmness_problem(finding("They differ.", chance, firm, strength="established")) is None
    assert firmness_problem(finding("They may differ.", near, strength="established")) is not None
    assert firmness_problem(finding("They may differ.", near, strength="suggestive")) is None
    assert firmness_problem(finding("They may differ.", chance, strength="suggestive")) is not None


def test_two_claims_may_not_give_one_number_otherwise():
    """The later claim is named; the same value twice, or of another sample, is none."""
    other = RATE.model_copy(update={"value": 0.55})
    sample = other.model_copy(update={"n": 20})
    assert list(contradictions([finding("a", RATE), finding("b", other)])) == [1]
    assert contradictions([finding("a", RATE), finding("b", RATE), finding("c", sample)]) == {}


def test_an_answer_whose_words_do_not_match_misses_a_criterion():
    """What recovery acts on: the criterion says which claim is wrong, so another agent or method is tried."""
    wanted = criterion("words_match_numbers")
    right = Answer(headline="h", findings=(finding("62.5 % [50.2 to 73.4]", RATE),))
    wrong = Answer(headline="h", findings=(finding("82.5 % [50.2 to 73.4]", RATE),))
    assert wanted.check(right) is None
    assert "82.5" in (wanted.check(wrong) or "")


@pytest.mark.parametrize(
    ("cells", "columns", "problem"),
    [
        ((0, None), ("won", "lost"), None),
        ((0,), ("won", "lost"), "more or fewer cells"),
        ((1,), ("won",), "none of its numbers"),
        ((-1,), ("won",), "none of its numbers"),
    ],
)
def test_a_table_shows_the_numbers_of_its_finding_and_no_others(cells, columns, problem):
    """Every cell is one of them; every row is as long as the head."""
    table = FindingTable(corner="deals", columns=columns, rows=(TableRow(name="all", cells=cells),))
    said = layout_problem(finding("40 of 64 deals were won.", RATE).model_copy(update={"table": table}))
    assert (said is None) if problem is None else (problem in str(said))


def test_a_title_gives_no_figure_that_the_claim_does_not():
    """A heading is read before the claim that is checked."""
    one = finding("40 of 64 deals were won.")
    assert layout_problem(one.model_copy(update={"title": "40 of 64 won"})) is None
    assert layout_problem(one.model_copy(update={"title": "Most of 65 won"})) is not None
