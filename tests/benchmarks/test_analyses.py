"""The truth that analysts are held against is the corpus's own, and no corpus is counted twice."""

from __future__ import annotations

import pytest

from benchmarks import analyses
from benchmarks._analyses_found import Interval, Observed, Verdict
from benchmarks._analyses_world import DECIDES, Size, opened, oracle
from domains.analysis.sample import Effects

SIZE = Size(calls=30, deals=900, reps=8)


def test_the_oracle_finds_what_is_planted_and_regresses_on_all_of_it():
    """With many deals the true variables show the effect; the oracle's columns are the planted coefficients."""
    with opened(77, SIZE, Effects()) as world:
        assert set(DECIDES) == set(world.corpus.truth.planted)
        assert oracle(world.closed, "habit:dated_next_step") < 0.01
        chances = [truth.probability for _, truth in world.fresh]
        won = [deal.status == "won" for deal, _ in world.fresh]
    assert sum(won) / len(won) == pytest.approx(sum(chances) / len(chances), abs=0.03)


def test_no_seed_is_used_twice_and_any_first_part_has_all_sizes():
    """Two hundred corpora with effects, some without; stopped early, what was run is still of every size."""
    made = analyses.jobs(analyses.CORPORA, analyses.WITHOUT_EFFECTS, 1)
    assert len({seed for seed, _, _ in made}) == len(made)
    assert sum(effects for _, _, effects in made) == 200
    assert {size for _, size, _ in made[: len(made) // 4]} == set(analyses.CORPORA)


def test_tables_count_what_was_observed():
    """Power, false discoveries and coverage of a made-up record are what counting by hand gives."""
    one = Observed(
        [Verdict("pattern", "a", True, True, 0.01, 0.01), Verdict("pattern", "b", False, True)],
        [Interval("pattern", "a", 1.0, 0.0, 2.0, 1.5), Interval("pattern", "a", 1.0, 0.0, 2.0, 2.5)],
    )
    rows, claims = analyses.powers([("small", True, one)])
    assert rows == [["pattern", "a", "small", 1, 100.0, 100.0, 100.0, 100.0]]
    assert [claim.holds for claim in claims] == [True]
    false, _ = analyses.discoveries([("small", True, one)])
    assert next(row for row in false if row[0] == "pattern")[5:8] == [1, 2, 50.0]
    covered, _, _ = analyses.coverage([("small", True, one)], 93, 97)
    assert covered == [["pattern", "difference of a behaviour", 2, 50.0]]
