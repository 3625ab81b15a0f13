"""A plan that cannot be carried out is refused before anything is run, with a sentence for each reason."""

from __future__ import annotations

from typing import Any

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from htn.execution.runtime import DefaultRuntime
from htn.execution.validate import critical_path, plan_problems, structure_problems
from htn.plan.plan import Step
from tests.execution.toy import FunctionAgent, make_plan


def _step(name: str, *dependencies: str, causal: tuple[str, ...] = (), capability: str = "work") -> Step:
    return Step(name, f"key-{name}", name, (), capability, dependencies=dependencies, causal=causal)


def _runtime(*capabilities: str) -> DefaultRuntime:
    return DefaultRuntime(
        [FunctionAgent(lambda request: None, name=item, capabilities=[item]) for item in capabilities]
    )


def _problems(plan_steps: tuple[Step, ...], *capabilities: str, **options: object) -> list[str]:
    runtime = _runtime(*capabilities)
    return plan_problems(plan_steps, runtime, runtime.agents(), **options)  # type: ignore[arg-type]


def test_good_plan_has_no_problems():
    """Nothing is found where nothing is wrong."""
    assert _problems(make_plan({"a": [], "b": ["a"]}).steps, "work") == []


def test_cycles_are_named_around():
    """The sentence shows the circle."""
    (problem,) = structure_problems([_step("a", "c"), _step("b", "a"), _step("c", "b"), _step("d", "c")])
    assert problem.startswith("Steps wait for each other in a circle: ")
    circle = problem.removesuffix(".").split(": ")[1].split(" -> ")
    assert circle[0] == circle[-1]
    assert set(circle) == {"a", "b", "c"}


def test_unknown_steps_and_missing_inputs_are_named():
    """References must lead somewhere, and a result that is used must be waited for."""
    assert structure_problems([_step("a"), _step("b", "x"), _step("c", causal=("a",))]) == [
        "Step b (b) depends on step x, which the plan does not have.",
        "Step c (c) uses the result of step a but does not wait for it.",
    ]


def test_repeated_ids_are_named():
    """A node id is one step."""
    assert "Step a (a) is in the plan twice." in structure_problems([_step("a"), _step("a")])


def test_capability_that_no_agent_has_is_named_once():
    """However many steps ask for it."""
    steps = tuple(_step(name, capability="fly") for name in "abcde")
    assert _problems(steps, "work") == ["No agent has the capability fly, which each of a, b, c and others asks for."]


def test_finished_and_deferred_steps_need_no_agent():
    """Work that is reused is not done, and what is still to be decomposed is not done as it stands."""
    steps = (_step("a", capability="fly"), Step("d", "key-d", "d", (), deferred=True))
    assert _problems(steps, "work", finished={"key-a"}) == []


def test_unknown_criteria_are_named():
    """A criterion that cannot be checked would silently be met."""
    plan = make_plan({"a": []}, criteria={"a": ["has_value"]})
    assert _problems(plan.steps, "work") == [
        "Step n-a (a) must meet criterion has_value, which the runtime does not have."
    ]


def test_agents_need_capacity_and_names_of_their_own():
    """A capacity of none would wait for ever; two agents of one name could not be told apart in the journal."""
    agents = [FunctionAgent(lambda request: None, name="same", capacity=capacity) for capacity in (0, 1)]
    runtime = DefaultRuntime(agents)
    assert plan_problems([_step("a")], runtime, agents) == [
        "Agent same has a capacity of 0; it must be at least 1.",
        "Two agents are named same.",
    ]


@given(
    edges=st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=24),
    seconds=st.lists(st.integers(0, 50), min_size=9, max_size=9),
)
def test_cycles_and_critical_paths_agree_with_networkx(edges: set[tuple[int, int]], seconds: list[int]):
    """On random graphs a cycle is found exactly when there is one, and the longest chain is as long."""
    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_nodes_from(range(9))
    graph.add_edges_from(edges)
    steps = [_step(str(node), *(str(before) for before in graph.predecessors(node))) for node in range(9)]
    problems = structure_problems(steps)
    assert bool(problems) == (not nx.is_directed_acyclic_graph(graph))
    if not problems:
        for first, second in graph.edges:
            graph.edges[first, second]["weight"] = seconds[second]
        graph.add_edges_from(("s", node, {"weight": seconds[node]}) for node in range(9))
        expected = nx.dag_longest_path_length(graph, weight="weight")
        assert critical_path(steps, {str(node): float(value) for node, value in enumerate(seconds)}) == expected
