"""Requests and tokens per minute hold on any stretch of time, for all processes on one database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htn.execution.agent_settings import SharedLimit
from htn.execution.journal import Journal
from htn.execution.location import chosen_engine
from htn.execution.rates import Bucket, Rates

LIMIT = SharedLimit("model", ("*",), requests_per_minute=6, tokens_per_minute=600)


@given(
    arrivals=st.lists(st.tuples(st.floats(0, 30), st.integers(0, 600)), min_size=1, max_size=30),
)
def test_no_stretch_of_time_has_more_than_a_full_bucket_and_what_flows_in(arrivals: list[tuple[float, int]]):
    """Checked on the starts alone, for every pair of them: what a token bucket promises."""
    bucket, now = Bucket.full(LIMIT, 0.0), 0.0
    starts: list[tuple[float, float]] = []
    for gap, tokens in arrivals:
        now += gap
        bucket = bucket.at(LIMIT, now).take(1, tokens)
        starts.append((now + bucket.wait(LIMIT), tokens))
    assert starts == sorted(starts, key=lambda start: start[0]), "first come, first served"
    for first, (begin, _) in enumerate(starts):
        for last in range(first, len(starts)):
            minutes = (starts[last][0] - begin) / 60
            assert last - first + 1 <= 6 + 6 * minutes + 1e-6
            assert sum(tokens for _, tokens in starts[first : last + 1]) <= 600 + 600 * minutes + 1e-6


def test_what_was_reserved_and_not_used_is_put_back(tmp_path: Path):
    """And what was used beyond it is made up for by waiting; by a clock that stands still."""
    with Journal(tmp_path) as journal:
        rates = Rates(journal.database, clock=lambda: 1000.0)
        assert rates.take(LIMIT, 1, 600) == 0.0
        assert rates.take(LIMIT, 1, 100) == pytest.approx(10.0)
        rates.settle(LIMIT, 0, -500)
        assert rates.take(LIMIT, 1, 0) == 0.0
        rates.settle(LIMIT, 0, 700)
        assert rates.take(LIMIT, 1, 0) == pytest.approx(30.0)
    with Journal(tmp_path) as journal:
        again = Rates(journal.database, clock=lambda: 1010.0)
        assert again.take(LIMIT, 1, 0) == pytest.approx(20.0), "a restart of the process forgets nothing"


def test_a_time_that_the_other_side_asks_for_holds_for_all(tmp_path: Path):
    """Also where nothing was used; a clock that was put back does not make it last for ever."""
    with Journal(tmp_path) as journal:
        moment = 1000.0
        rates = Rates(journal.database, clock=lambda: moment)
        rates.close(LIMIT, 20.0)
        assert rates.take(LIMIT, 1, 0) == pytest.approx(20.0)
        moment = 1015.0
        assert rates.take(LIMIT, 1, 0) == pytest.approx(5.0)
        moment = -1e6
        assert rates.take(LIMIT, 1, 0) == 0.0


def test_workers_on_one_database_share_a_limit(tmp_path: Path, postgres: str):
    """Eight at once over two connections: a bucket of six lets six begin, and the last waits for two to flow in."""
    with chosen_engine(postgres), Journal(tmp_path / "a") as one, Journal(tmp_path / "b") as two:
        rates = [Rates(one.database), Rates(two.database)]
        with ThreadPoolExecutor(8) as pool:
            waits = sorted(pool.map(lambda number: rates[number % 2].take(LIMIT, 1, 0), range(8)))
    assert waits[:6] == [0.0] * 6
    assert 15.0 < waits[7] <= 20.0
