"""Chances are drawn together where little was seen, and follow what was seen where there is much."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pytest

from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.runs import start_run
from htn.execution.track_record import TrackRecord, past_record
from tests.execution.toy import make_plan, reference


def _loss(chance: float, truth: float) -> float:
    return -(truth * math.log(max(chance, 1e-9)) + (1 - truth) * math.log(max(1 - chance, 1e-9)))


@pytest.mark.parametrize("tries", [1, 3, 10])
def test_partial_pooling_foretells_planted_rates_better_than_none_or_all(tries: int):
    """On made-up agents whose rates are known: less surprise than by each one's own rate, and than by one for all."""
    rng = random.Random(tries)
    losses = dict.fromkeys(("partial", "own", "all"), 0.0)
    for _ in range(40):
        ability = {f"a{each}": rng.gauss(1.5, 1.2) for each in range(4)}
        ease = {f"c{each}": rng.gauss(0.0, 0.8) for each in range(4)}
        truth = {(a, c): 1 / (1 + math.exp(-ability[a] - ease[c])) for a in ability for c in ease}
        record, worked = TrackRecord(), dict.fromkeys(truth, 0)
        for pair, rate in truth.items():
            for _ in range(tries):
                right = rng.random() < rate
                worked[pair] += right
                record.add(*pair, worked=right)
        overall = sum(worked.values()) / (tries * len(truth))
        for pair, rate in truth.items():
            losses["partial"] += _loss(record.chance(*pair), rate)
            losses["own"] += _loss((worked[pair] + 0.9) / (tries + 1), rate)
            losses["all"] += _loss(overall, rate)
    assert losses["partial"] < losses["own"]
    assert losses["partial"] < losses["all"]


def test_with_many_tries_a_chance_is_the_rate_that_was_seen():
    """The prior is outweighed."""
    record = TrackRecord()
    for number in range(1000):
        record.add("ann", "count", worked=number % 4 != 0, seconds=4.0, tokens=100)
        record.add("ben", "count", worked=True, seconds=1.0)
    assert record.chance("ann", "count") == pytest.approx(0.75, abs=0.01)
    assert record.seconds("ann", "count") == pytest.approx(4.0, rel=0.01)
    assert record.tokens("ann", "count") == pytest.approx(100)


def test_what_is_nobodys_fault_counts_against_nobody():
    """Data that is not there, a spent budget or a person's refusal say nothing about who tried."""
    record = TrackRecord()
    for failure in ("data_unavailable", "budget_exceeded", "human_refused"):
        record.add("ann", "count", worked=False, failure=failure)
    assert record.tries("ann", "count").tries == 0


def test_the_record_comes_from_past_runs_of_the_workspace(tmp_path: Path):
    """Two runs later it has every try of both, through JSON as it is recorded, and nothing of what did not end."""
    agents = [{"name": "ann", "fails": {"b": ["server_error"]}, "capacity": 1}]
    for _ in range(2):
        start_run(tmp_path, make_plan({"a": [], "b": ["a"]}), reference(agents=agents), options=RunOptions(max_delay=0))
    with Journal(tmp_path, readonly=True) as journal:
        document = json.loads(json.dumps(past_record(journal).to_json()))
    record = TrackRecord.from_json(document)
    tally = record.tries("ann", "work")
    assert (tally.worked, tally.failed, tally.timed, tally.tokens) == (4, 2, 4, 12)
    assert record.to_json() == document


def test_a_later_run_asks_the_agent_that_did_better(tmp_path: Path):
    """The first of two fails at everything; a run later it is not asked first any more, and the journal says why."""
    agents = [{"name": "bad", "always": dict.fromkeys("abcd", "malformed_output")}, {"name": "good"}]
    options = RunOptions(max_delay=0)
    for _ in range(2):
        start_run(tmp_path, make_plan({name: [] for name in "abcd"}), reference(agents=agents), options=options)
    run = start_run(tmp_path, make_plan({"z": []}), reference(agents=agents), options=options)
    with Journal(tmp_path, readonly=True) as journal:
        (attempt,) = journal.attempts(run, "n-z")
    assert attempt.agent == "good"
    chances = {each["agent"]: each["chance"] for each in attempt.decision["candidates"]}
    assert chances["bad"] < 0.5 < chances["good"]
