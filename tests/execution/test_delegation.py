"""Steps go to agents that have the capabilities and a free place, and the reasons are recorded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from htn.execution.delegation import TaskDelegator
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


def test_most_free_places_come_first_then_least_given_then_order():
    """Each part of the score decides when the ones before it are equal."""
    agents = [_agent("small", ["a"], 1), _agent("big", ["a"], 3), _agent("twin", ["a"], 3)]
    delegator = TaskDelegator(agents)
    chosen = []
    for _ in range(7):
        decision = delegator.choose({"a"})
        assert decision.agent is not None
        chosen.append(decision.agent)
        delegator.workload.take(decision.agent)
    assert chosen == ["big", "twin", "big", "twin", "small", "big", "twin"]
    assert delegator.choose({"a"}).waits
    delegator.workload.release("twin")
    assert delegator.choose({"a"}).agent == "twin"


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
