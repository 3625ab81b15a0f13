"""The order in which a plan is best carried out: groups, reasons, the chain that decides the end, the gain."""

from __future__ import annotations

import json
import random
from typing import Any

import networkx as nx
import pytest

from htn.model.errors import InputError
from htn.model.estimate import Estimate
from htn.plan import Step
from htn.scheduling.order import Limits, optimize_execution_order
from htn.scheduling.simulate import AgentCapacity
from htn.scheduling.violations import violations
from htn.scheduling.work import RateLimit, SharedResource


def step(name: str, *after: str, **more: Any) -> Step:
    """A step that uses the results of others."""
    return Step(name, f"key-{name}", name, (), dependencies=after, causal=after, **{"capability": "work", **more})


def lasting(**seconds: float) -> dict[str, dict[str, Estimate]]:
    """Estimates that are sure."""
    return {name: {"seconds": Estimate.exactly(value)} for name, value in seconds.items()}


def agent(capacity: int, name: str = "ann") -> AgentCapacity:
    """An agent that can do everything but open tasks."""
    return AgentCapacity(name, frozenset({"work"}), capacity)


FAN = [step("load"), step("a", "load"), step("b", "load"), step("c", "load"), step("join", "a", "b", "c")]
FAN_TIMES = lasting(load=2, a=6, b=6, c=6, join=1)


@pytest.mark.parametrize("seed", range(25))
def test_what_it_says_holds_on_random_plans(seed):
    """Groups hold no two steps of which one needs the other, the schedule breaks nothing, the figures are right."""
    rng = random.Random(seed)
    steps = [step(f"s{n}", *(f"s{m}" for m in range(n) if rng.random() < 0.25)) for n in range(rng.randint(2, 12))]
    times = {each.id: rng.randint(0, 9) for each in steps}
    agents = [agent(rng.randint(1, 3)), agent(1, "ben")][: rng.randint(0, 2)]
    order = optimize_execution_order(steps, lasting(**times), agents)
    graph = nx.DiGraph([(before, each.id) for each in steps for before in each.dependencies])
    graph.add_nodes_from(times)
    assert sorted(name for group in order.groups for name in group.steps) == sorted(times)
    for group in order.groups:
        assert not any(nx.has_path(graph, one, two) for one in group.steps for two in group.steps if one != two)
        assert 1 <= group.at_once <= len(group.steps)
        assert bool(group.reason) == (group.at_once < len(group.steps))
    assert [] == violations(order.timetable.work, order.timetable.bookings)
    longest = max(sum(times[name] for name in path) for path in _paths(graph))
    assert (order.one_by_one, order.unlimited) == (sum(times.values()), longest)
    assert longest <= order.seconds <= sum(times.values())
    assert len(agents) or order.seconds == longest


def _paths(graph: Any) -> list[list[str]]:
    starts = [node for node in graph if not graph.in_degree(node)]
    ends = [node for node in graph if not graph.out_degree(node)]
    return [path for s in starts for e in ends for path in ([[s]] if s == e else nx.all_simple_paths(graph, s, e))]


def test_steps_wait_for_agents_and_it_says_for_which():
    """Three steps and two places: two at a time, the agent named, the gain and the limit of any gain in words."""
    order = optimize_execution_order(FAN, FAN_TIMES, [agent(2)])
    assert order.seconds == 15
    assert [group.at_once for group in order.groups] == [1, 2, 1]
    assert order.groups[1].reason == "ann carries out 2 at a time"
    assert order.to_text().splitlines()[:2] == [
        "15 s instead of 21 s one by one: 1.4 times as fast",
        "no order ends before 9 s, however many agents there are",
    ]


def test_steps_that_share_an_input_are_chained_where_that_is_no_slower():
    """With one place, reading once saves; with three places, chaining would end later, and it is not done."""
    limits = Limits(loading={"load": 4})
    chained = optimize_execution_order(FAN, FAN_TIMES, [agent(1)], limits=limits)
    assert [(each.source, set(each.steps), each.saved) for each in chained.sharing] == [("load", {"a", "b", "c"}, 8)]
    assert chained.seconds == 2 + 6 + 2 + 2 + 1
    assert "what load gave is then read once" in chained.to_text()
    at_once = optimize_execution_order(FAN, FAN_TIMES, [agent(3)], limits=limits)
    assert (at_once.sharing, at_once.seconds) == ((), 9)
    # Two places: 2 + 6 + 6 + 1 with two at a time, 2 + 6 + 2 + 2 + 1 in a chain.
    between = optimize_execution_order(FAN, FAN_TIMES, [agent(2)], limits=limits)
    assert (len(between.sharing), between.seconds) == (1, 13)
    assert between.groups[1].reason == "they use the same input"


def test_an_input_that_several_agents_would_read_is_not_shared():
    """Steps that two agents can do need not come to the same one, so nothing is counted on."""
    limits = Limits(loading={"load": 4})
    order = optimize_execution_order(FAN, FAN_TIMES, [agent(1), agent(1, "ben")], limits=limits)
    assert order.sharing == ()


def test_steps_wait_for_rates_and_for_what_is_held():
    """A rate of one start in ten seconds, or memory for one, makes steps run one after another, and is named."""
    uses = {name: {"calls": 1} for name in "abc"}
    rate = Limits(rates=(RateLimit("calls", 1, 10.0),), uses=uses)
    order = optimize_execution_order(FAN, FAN_TIMES, [agent(3)], limits=rate)
    assert (order.groups[1].at_once, order.groups[1].reason) == (1, "calls: 1 in 10 s")
    held = Limits(resources=(SharedResource("memory", 1),), uses={name: {"memory": 1} for name in "abc"})
    order = optimize_execution_order(FAN, FAN_TIMES, [agent(3)], limits=held)
    assert (order.groups[1].at_once, order.groups[1].reason) == (1, "there is 1 of memory")


def test_an_open_task_takes_time_and_nobodys_place():
    """Nobody has its capability yet; it counts in the end all the same."""
    steps = [step("load"), step("later", "load", capability="", deferred=True), step("a", "load"), step("end", "later")]
    order = optimize_execution_order(steps, lasting(load=1, later=8, a=3, end=1), [agent(1)])
    assert order.seconds == 10
    assert order.critical == ("load", "later", "end")
    assert order.groups[1].at_once == 2


def test_a_chain_gains_nothing_and_no_steps_take_no_time():
    """It says so, instead of promising 1.0 times."""
    chain = optimize_execution_order([step("a"), step("b", "a")], lasting(a=1, b=2), [agent(4)])
    assert chain.to_text().splitlines()[0] == "3 s, one step after another: there is nothing to be gained"
    assert optimize_execution_order([], {}).seconds == 0


def test_it_is_plain_data_and_the_same_each_time():
    """JSON holds all of it, and asking again gives the same."""
    first, again = (optimize_execution_order(FAN, FAN_TIMES, [agent(2)]).to_json() for _ in range(2))
    del first["timetable"]["curve"], again["timetable"]["curve"]  # holds the seconds that the search took
    assert first == again
    assert json.loads(json.dumps(first))["critical"][-1] == "join"


def test_what_cannot_be_is_said_in_a_sentence():
    """Nobody who can, and time that is less than none."""
    with pytest.raises(InputError, match="no agent has the capability fly, which step a needs"):
        optimize_execution_order([step("a", capability="fly")], lasting(a=1), [agent(1)])
    with pytest.raises(InputError, match="times are not negative"):
        optimize_execution_order(FAN, FAN_TIMES, limits=Limits(loading={"load": -1}))
