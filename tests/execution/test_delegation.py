"""Steps go to agents that have the capabilities and a free place, and the reasons are recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htn.execution.delegation import TaskDelegator, passed_over
from htn.execution.track_record import TrackRecord
from tests.execution.toy import FunctionAgent


def _agent(name: str, capabilities: list[str], capacity: int = 1) -> FunctionAgent:
    return FunctionAgent(lambda request: None, name=name, capabilities=capabilities, capacity=capacity)


def test_capability_match_is_set_inclusion():
    """An agent with more than is needed is capable, one with a part of it is not."""
    delegator = TaskDelegator([_agent("part", ["a"]), _agent("all", ["a", "b", "c"])])
    decision = delegator.choose({"a", "b"})
    assert decision.agent == "all"
    assert decision.candidates[0].missing == ("b",)


def test_missing_capabilities_are_named():
    """When nobody is capable, the sentence says who lacks what."""
    decision = TaskDelegator([_agent("one", ["a"]), _agent("two", [])]).choose({"a", "b"})
    assert decision.agent is None
    assert not decision.waits
    assert decision.explain() == "no agent has a, b: one lacks b; two lacks a, b"


def test_where_nothing_is_known_the_load_is_evened_out():
    """Least taken in proportion first, then most free places, then least given, then the order of the list."""
    agents = [_agent("small", ["a"], 1), _agent("big", ["a"], 3), _agent("twin", ["a"], 3)]
    delegator = TaskDelegator(agents)
    chosen = []
    for _ in range(7):
        decision = delegator.choose({"a"})
        assert decision.agent is not None
        chosen.append(decision.agent)
        delegator.workload.take(decision.agent)
    assert chosen == ["big", "twin", "small", "big", "twin", "big", "twin"]
    assert delegator.choose({"a"}).waits
    delegator.workload.release("twin")
    assert delegator.choose({"a"}).agent == "twin"


def _learned(agents: list[FunctionAgent], priority: dict[str, int] | None = None, **seen: list[Any]) -> TaskDelegator:
    """Return a delegator that knows tries at `a`: by agent, each as (worked, seconds, tokens)."""
    delegator, record = TaskDelegator(agents), TrackRecord()
    for name, tries in seen.items():
        for worked, seconds, tokens in tries:
            record.add(name, "a", worked=worked, seconds=seconds, tokens=tokens)
    delegator.learn(record, priority or {})
    return delegator


ONE, TWO = _agent("one", ["a"]), _agent("two", ["a"])
GOOD, BAD, SLOW, DEAR = (True, 5.0, 0), (False, 5.0, 0), (True, 30.0, 0), (True, 5.0, 9000)


@pytest.mark.parametrize("worse", [BAD, SLOW, DEAR])
def test_measured_success_speed_and_cost_decide(worse: tuple[bool, float, int]):
    """Of two alike in everything else, the one that failed more, was slower or used more tokens is left aside."""
    assert _learned([ONE, TWO], one=[GOOD, worse] * 8, two=[GOOD] * 16).choose({"a"}).agent == "two"
    assert _learned([TWO, ONE], one=[GOOD] * 16, two=[GOOD, worse] * 8).choose({"a"}).agent == "one"


def test_priority_comes_before_everything_that_was_measured():
    """What a person wants asked first is asked first, while it has a place; then the others."""
    delegator = _learned([ONE, TWO], {"two": 1}, one=[GOOD] * 8, two=[SLOW] * 8)
    assert delegator.choose({"a"}).agent == "two"
    delegator.workload.take("two")
    assert delegator.choose({"a"}).agent == "one"


def test_an_agent_that_is_slower_is_asked_when_the_other_is_laden():
    """Work in hand counts like slowness: with two of four places taken, one half as slow again is sooner done."""
    fast, slow = _agent("fast", ["a"], 4), _agent("slow", ["a"], 4)
    delegator = _learned([fast, slow], fast=[(True, 10.0, 0)] * 50, slow=[(True, 15.0, 0)] * 50)
    chosen = []
    for _ in range(4):
        name = delegator.choose({"a"}).agent
        assert name is not None
        delegator.workload.take(name)
        chosen.append(name)
    assert chosen == ["fast", "fast", "slow", "fast"]


def test_the_reasons_and_who_was_passed_over_are_in_words():
    """An analyst reads how long it will take and why; the record alone is enough to say why nobody else."""
    delegator = _learned([ONE, TWO], one=[GOOD] * 16, two=[GOOD, SLOW] * 8)
    decision = delegator.choose({"a"})
    assert decision.explain() == (
        "one has a: about 5.5 s until it works out: 5.5 s a try, 99% of tries work out (16 seen), 0 of 1 places taken; "
        "1 other could do it"
    )
    (other,) = passed_over(json.loads(json.dumps(decision.to_json())))
    assert other.startswith("two: about 11 s until it works out")
    left_out = delegator.choose({"a"}, tried=["two"])
    assert passed_over(left_out.to_json()) == ["two: failed at this step before"]


def test_the_agent_that_is_to_try_again_is_preferred_while_it_is_free():
    """A retry goes to the same agent, unless that one is busy by then."""
    delegator = TaskDelegator([_agent("one", ["a"], 1), _agent("two", ["a"], 5)])
    assert delegator.choose({"a"}, prefer="one").agent == "one"
    delegator.workload.take("one")
    assert delegator.choose({"a"}, prefer="one").agent == "two"


def test_agents_that_failed_are_left_out():
    """An agent that was tried is not asked again, and when all were, that is no reason to wait."""
    delegator = TaskDelegator([_agent("one", ["a"]), _agent("two", ["a"])])
    assert delegator.choose({"a"}, tried={"one"}).agent == "two"
    nobody = delegator.choose({"a"}, tried={"one", "two"})
    assert (nobody.agent, nobody.waits) == (None, False)
    assert nobody.explain() == "every agent that has a was tried: one, two"


def test_the_decision_records_every_candidate():
    """What is written to the journal has the parts of the score of all."""
    decision = TaskDelegator([_agent("one", ["a"]), _agent("two", ["b"])]).choose({"a"}).to_json()
    assert decision["agent"] == "one"
    assert [candidate["missing"] for candidate in decision["candidates"]] == [[], ["a"]]


@given(
    capacities=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    moves=st.lists(st.integers(0, 10), max_size=40),
)
def test_no_agent_ever_has_more_in_hand_than_its_capacity(capacities: list[int], moves: list[int]):
    """Whatever is taken and given back, the choice never exceeds a capacity and never leaves a free agent idle."""
    agents = [_agent(f"agent{place}", ["a"], capacity) for place, capacity in enumerate(capacities)]
    delegator = TaskDelegator(agents)
    held: list[str] = []
    for move in moves:
        if move % 3 == 0 and held:
            delegator.workload.release(held.pop(move % len(held)))
            continue
        decision = delegator.choose({"a"})
        assert (decision.agent is None) == (len(held) == sum(capacities))
        if decision.agent is not None:
            delegator.workload.take(decision.agent)
            held.append(decision.agent)
        for agent in agents:
            assert held.count(agent.name) == delegator.workload.active(agent.name) <= agent.capacity
