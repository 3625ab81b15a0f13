"""Plans of many steps: everything that is asked of a plan takes time in proportion to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import networkx
import pytest
from hypothesis import given

from htn.model import Domain, State, TaskNetwork
from htn.plan import Plan
from htn.plan.diff import diff
from htn.planning import Limits, Solved, find_plan
from htn.planning.checker import check_plan
from tests.strategies import Spec, specs

_STEPS = 20_000


def _domain() -> Domain:
    domain = Domain("long")

    @domain.operator
    def put(state: State, number: int) -> Any:
        state.at[number] = True
        return state

    @domain.operator
    def log(state: State) -> Any:
        return state

    @domain.operator
    def join(state: State) -> Any:
        state.done = len(state.at)
        return state

    @domain.method("deep")
    def deep(state: State, number: int) -> Any:
        return [("put", number), ("deep", number - 1)] if number else []

    @domain.method("alike")
    def alike(state: State, number: int) -> Any:
        return [("log",)] * number

    @domain.method("joined")
    def joined(state: State, number: int) -> Any:
        return [*(("put", place) for place in range(number)), ("join",)]

    return domain


_USES: dict[str, Callable[[Domain, Plan], Any]] = {
    "check": check_plan,
    "graph": lambda domain, plan: plan.graph,
    "reduced": lambda domain, plan: plan.reduced(),
    "diff": lambda domain, plan: diff(plan, plan),
    "waves": lambda domain, plan: plan.parallel_groups(),
    "critical path": lambda domain, plan: plan.critical_path(),
    "JSON": lambda domain, plan: Plan.from_json(plan.to_json()),
    "why": lambda domain, plan: plan.explain(plan.steps[-1].id),
}


@pytest.mark.parametrize("task", ["deep", "alike", "joined"])
def test_nothing_asked_of_a_long_plan_takes_time_in_its_square(task: str) -> None:
    """Deep trees, steps that are all alike, a step that waits for all others: seconds, where squares take minutes."""
    domain = _domain()
    outcome = find_plan(domain, State(at={}), [(task, _STEPS)])
    assert isinstance(outcome, Solved)
    started = time.process_time()
    plan = outcome.plan
    taken = {"plan": time.process_time() - started}
    for name, use in _USES.items():
        started = time.process_time()
        use(domain, plan)
        taken[name] = time.process_time() - started
    assert max(taken.values()) < 60, taken


def test_a_wide_unordered_network_takes_little_room() -> None:
    """Thousands of tasks in any order are planned without copying all of them at every step."""
    tasks = TaskNetwork.unordered([("put", number) for number in range(3_000)])
    outcome = find_plan(_domain(), State(at={}), tasks, limits=Limits(memory_mb=1_000))
    assert isinstance(outcome, Solved)


@given(specs(partial=True))
def test_the_reduced_graph_is_the_transitive_reduction(spec: Spec) -> None:
    """It leaves out exactly the edges that follow from others."""
    outcome = find_plan(spec.domain(), spec.state(), spec.task_list(), limits=Limits(nodes=2_000))
    if isinstance(outcome, Solved):
        reduced = outcome.plan.reduced()
        assert set(networkx.transitive_reduction(outcome.plan.graph).edges) == set(reduced.edges)
        assert set(outcome.plan.graph.nodes) == set(reduced.nodes)
