"""Plan totals: checked against an event-driven simulation of one run, networkx's longest path, and known sums."""

from __future__ import annotations

import heapq
import json
import math
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from htn.model.errors import InputError
from htn.model.estimate import Estimate
from htn.scheduling.dispatch import dispatch, unlimited
from htn.scheduling.sampling import correlated_normals, draw
from htn.scheduling.simulate import AgentCapacity, simulate


@dataclass(frozen=True)
class Shape:
    """The least that a step is."""

    id: str
    dependencies: tuple[str, ...] = ()
    capability: str = "any"


def one_run(durations, dependencies, eligible, slots):
    """Carry out one run event by event, as a coordinator does: at each moment, ready steps take free slots."""
    remaining = [set(before) for before in dependencies]
    finish, waiting, free = {}, set(range(len(durations))), set(range(slots))
    events: list[tuple[float, int, int]] = []
    free_since, now = dict.fromkeys(range(slots), 0.0), 0.0
    while waiting or events:
        for step in sorted(waiting):
            able = [slot for slot in free if slot in eligible[step]]
            if not remaining[step] and able:
                slot = min(able, key=lambda each: (free_since[each], eligible[step].index(each)))
                free.remove(slot)
                waiting.remove(step)
                heapq.heappush(events, (now + durations[step], step, slot))
        now, step, slot = heapq.heappop(events)
        done = [(step, slot)]
        while events and events[0][0] == now:  # all that ends at this moment is seen before anything starts
            _, step, slot = heapq.heappop(events)
            done.append((step, slot))
        for step, slot in done:
            finish[step], free_since[slot] = now, now
            free.add(slot)
            for before in remaining:
                before.discard(step)
    return [finish[step] for step in range(len(durations))]


@st.composite
def problems(draw_from, single_slot_kind: bool):
    """Random acyclic plans with durations that never tie, and slots."""
    steps = draw_from(st.integers(1, 9))
    seed = draw_from(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    dependencies = [[j for j in range(i) if rng.random() < 0.3] for i in range(steps)]
    slots = draw_from(st.integers(1, 4))
    if single_slot_kind:
        eligible = [list(range(slots))] * steps
    else:  # every slot is its own kind of agent, so that nothing depends on which of several slots is taken
        eligible = [[int(rng.integers(slots))] for _ in range(steps)]
    return rng.exponential(size=(3, steps)), dependencies, eligible, slots


@given(st.booleans().flatmap(problems))
def test_dispatch_agrees_with_an_event_by_event_run(problem):
    """The lockstep arithmetic gives, in every sample, the ends that a simulated clock with a queue gives."""
    durations, dependencies, eligible, slots = problem
    finish = dispatch(durations, dependencies, eligible, slots).finish
    for sample in range(len(durations)):
        expected = one_run(durations[sample], dependencies, eligible, slots)
        assert expected == pytest.approx(finish[sample].tolist())


@given(problems(single_slot_kind=True))
def test_without_limits_the_end_is_the_longest_path(problem):
    """With an agent for every step the makespan is networkx's longest path."""
    durations, dependencies, _, _ = problem
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(dependencies) + 1))
    for step, before in enumerate(dependencies):
        graph.add_edge(step, len(dependencies), weight=durations[0, step])
        graph.add_edges_from((earlier, step, {"weight": durations[0, earlier]}) for earlier in before)
    finish = unlimited(durations, dependencies, range(len(dependencies))).finish
    assert nx.dag_longest_path_length(graph) == pytest.approx(finish[0].max())


def test_enough_slots_are_as_good_as_no_limit():
    """Limited and unlimited dispatching agree where the limit does not bind."""
    rng = np.random.default_rng(3)
    dependencies = [[j for j in range(i) if rng.random() < 0.2] for i in range(30)]
    durations = rng.exponential(size=(20, 30))
    limited = dispatch(durations, dependencies, [list(range(30))] * 30, 30)
    assert np.allclose(limited.finish, unlimited(durations, dependencies, range(30)).finish)


def test_a_single_agent_takes_the_sum_of_all_steps():
    """With capacity one nothing overlaps, so the makespan is the work."""
    steps = [Shape("a"), Shape("b"), Shape("c", ("a",))]
    estimates = {step.id: {"seconds": Estimate.lognormal(10, 2)} for step in steps}
    totals = simulate(steps, estimates, [AgentCapacity("one")], samples=200)
    assert totals.work_seconds == totals.totals["seconds"]


def test_more_capacity_never_slows_independent_steps():
    """Each added agent shortens a wide plan; one for each step brings it far below the work."""
    steps = [Shape(str(number)) for number in range(12)]
    estimates = {step.id: {"seconds": Estimate.lognormal(10, 2)} for step in steps}
    ends = [simulate(steps, estimates, [AgentCapacity("a", None, n)]).totals["seconds"].p50 for n in (1, 2, 4, 12)]
    assert ends == sorted(ends, reverse=True)
    assert ends[0] > 4 * ends[-1]


def test_draws_have_the_quantiles_of_their_estimate():
    """Simulated values fall below p10, p50 and p90 as often as the estimate says, on skewed distributions too."""
    estimate = Estimate.from_quantiles(1, 4, 100)
    values = draw([estimate], np.random.default_rng(1).standard_normal((200_000, 1)))[:, 0]
    shares = [float((values < bound).mean()) for bound in (estimate.p10, estimate.p50, estimate.p90)]
    assert [0.1, 0.5, 0.9] == pytest.approx(shares, abs=0.005)
    assert estimate.mean == pytest.approx(float(values.mean()), rel=0.03)


@pytest.mark.parametrize("quantiles", [(0, 2, 8), (0, 0, 5), (0, 0, 0), (3, 3, 3)])
def test_zero_quantiles_are_drawn_too(quantiles):
    """A side without a logarithm is drawn as half-normal, with the mean that the estimate states."""
    estimate = Estimate.from_quantiles(*quantiles)
    values = draw([estimate], np.random.default_rng(1).standard_normal((200_000, 1)))[:, 0]
    assert (values >= 0).all()
    assert estimate.p90 == pytest.approx(float(np.quantile(values, 0.9)), rel=0.02, abs=1e-9)
    assert estimate.mean == pytest.approx(float(values.mean()), rel=0.02, abs=1e-9)


def test_tokens_add_up_in_the_mean_and_medians_fall_short():
    """The total's mean is the sum of means, while the sum of medians is too low: why estimates are not added."""
    steps = [Shape(str(number)) for number in range(20)]
    tokens = Estimate.lognormal(1000, 4)
    total = simulate(steps, {step.id: {"output_tokens": tokens} for step in steps}, samples=4000)
    assert 20 * tokens.mean == pytest.approx(total.totals["output_tokens"].mean, rel=0.03)
    assert 20 * tokens.p50 < 0.8 * total.totals["output_tokens"].p50


def test_correlated_steps_widen_the_total():
    """When steps are slow together, their sum spreads more; its mean stays."""
    steps = [Shape(str(number)) for number in range(20)]
    estimates = {step.id: {"output_tokens": Estimate.lognormal(1000, 2)} for step in steps}
    alone, together = (
        simulate(steps, estimates, samples=4000, correlation=rho).totals["output_tokens"] for rho in (0, 0.6)
    )
    assert together.p90 / together.p10 > 1.5 * alone.p90 / alone.p10
    assert alone.mean == pytest.approx(together.mean, rel=0.05)


def test_correlation_is_what_was_asked():
    """The shared part gives any two columns the wanted correlation and unit variance."""
    normals = correlated_normals(np.random.default_rng(0), 100_000, 2, 0.3)
    assert float(np.mean(normals[:, 0] * normals[:, 1])) == pytest.approx(0.3, abs=0.01)
    assert normals.std(axis=0).tolist() == pytest.approx([1, 1], abs=0.01)


def test_memory_is_the_peak_of_what_runs_at_once():
    """Two steps in parallel use both memories; one after the other, the larger."""
    use = {"seconds": Estimate.exactly(1), "memory_bytes": Estimate.exactly(100)}
    more = {"seconds": Estimate.exactly(1), "memory_bytes": Estimate.exactly(150)}
    parallel = simulate([Shape("a"), Shape("b")], {"a": use, "b": more}, samples=3)
    sequence = simulate([Shape("a"), Shape("b", ("a",))], {"a": use, "b": more}, samples=3)
    assert (parallel.totals["memory_bytes"].p50, sequence.totals["memory_bytes"].p50) == (250, 150)


def test_critical_probability_names_the_step_that_decides():
    """Of two equal branches each is critical about half the time; the join always; a tiny branch never."""
    steps = [Shape("left"), Shape("right"), Shape("tiny"), Shape("join", ("left", "right", "tiny"))]
    estimates = {step.id: {"seconds": Estimate.lognormal(10, 1.5)} for step in steps}
    estimates["tiny"] = {"seconds": Estimate.exactly(0.001)}
    critical = simulate(steps, estimates, samples=4000).critical
    assert critical["join"] == 1
    assert critical["tiny"] == 0
    assert critical["left"] == pytest.approx(0.5, abs=0.03)
    assert critical["left"] + critical["right"] == pytest.approx(1)


def test_the_critical_chain_goes_through_a_busy_agent():
    """A step that waited only for the agent has the step before it on that agent on its chain."""
    steps = [Shape("long", capability="x"), Shape("after", capability="x"), Shape("aside", capability="y")]
    estimates = {
        name: {"seconds": Estimate.exactly(value)} for name, value in [("long", 5), ("after", 1), ("aside", 2)]
    }
    agents = [AgentCapacity("x", frozenset({"x"})), AgentCapacity("y", frozenset({"y"}))]
    assert simulate(steps, estimates, agents, samples=2).critical == {"long": 1, "after": 1, "aside": 0}


def test_the_same_seed_gives_the_same_totals_and_another_seed_others():
    """Totals shown to a user can be reproduced."""
    steps = [Shape("a"), Shape("b", ("a",))]
    estimates = {step.id: {"seconds": Estimate.lognormal(10, 2)} for step in steps}
    assert simulate(steps, estimates, seed=4) == simulate(steps, estimates, seed=4)
    assert simulate(steps, estimates, seed=4).totals != simulate(steps, estimates, seed=5).totals


def test_steps_without_estimate_are_named():
    """A total that leaves something out says what it leaves out."""
    totals = simulate([Shape("a"), Shape("b")], {"a": {"seconds": Estimate.exactly(1)}})
    assert totals.unestimated == ("b",)
    assert set(totals.totals) == {"seconds"}


def test_an_empty_plan_takes_nothing():
    """A plan without steps is a plan, for limited agents too."""
    for agents in ((), [AgentCapacity("one")]):
        totals = simulate([], {}, agents)
        assert (totals.work_seconds.p90, totals.finish, totals.critical) == (0, {}, {})


def test_the_lower_bound_is_what_nine_runs_in_ten_exceed():
    """The bound that a budget is held against is the totals' tenth percentile."""
    totals = simulate([Shape("a")], {"a": {"seconds": Estimate.lognormal(100, 2)}}, samples=5000)
    assert totals.lower_bound["seconds"] == pytest.approx(50, rel=0.05)


@pytest.mark.parametrize(
    ("steps", "agents", "options", "message"),
    [
        ([Shape("a"), Shape("a")], [], {}, "same id"),
        ([Shape("a", ("z",))], [], {}, "depends on z"),
        ([Shape("a", ("b",)), Shape("b", ("a",))], [], {}, "cycle"),
        (
            [Shape("a", capability="sing")],
            [AgentCapacity("one", frozenset({"dance"}))],
            {},
            "no agent has the capability sing",
        ),
        ([Shape("a")], [], {"samples": 0}, "samples >= 1"),
        ([Shape("a")], [], {"correlation": 1.5}, "correlation"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_a_reason(steps, agents, options, message):
    """Each mistake in the plan or the settings gets its own sentence."""
    with pytest.raises(InputError, match=message):
        simulate(steps, {}, agents, **options)


def test_an_agent_that_carries_out_nothing_is_refused():
    """A capacity below one would wait for ever."""
    with pytest.raises(InputError, match="at least one step"):
        AgentCapacity("idle", None, 0)


def test_totals_are_plain_data():
    """What is stored with a plan and shown on a page is JSON, with every step's end and probability."""
    totals = simulate([Shape("a")], {"a": {"seconds": Estimate.lognormal(1, 2)}}, samples=10)
    document = json.loads(json.dumps(totals.to_json()))
    assert Estimate.from_json(document["totals"]["seconds"]) == totals.totals["seconds"]
    assert (document["critical"], document["samples"]) == ({"a": 1.0}, 10)


def test_large_plans_get_fewer_samples_rather_than_no_answer():
    """2,000 steps are simulated, with fewer runs, and the result says how many."""
    steps = [Shape(str(number)) for number in range(2000)]
    totals = simulate(steps, {"0": {"seconds": Estimate.exactly(1)}}, [AgentCapacity("a", None, 3)])
    assert totals.samples == 50
    assert math.isclose(totals.totals["seconds"].p50, 1)
