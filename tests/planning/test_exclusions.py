"""What constraints exclude is not part of any plan, and no plan without it is lost."""

from __future__ import annotations

from itertools import islice
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from htn.model import Domain, State
from htn.planning import Constraints, Limits, Solved, Unsolvable, find_plan
from htn.planning.replan.decomposer import Decomposer
from tests.planning.brute_force import BruteForce
from tests.strategies import specs


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_excluding_a_task_leaves_exactly_the_plans_without_it(data: st.DataObject) -> None:
    """Against all plans of a naive planner; a name and a whole task are excluded alike."""
    spec = data.draw(specs(partial=data.draw(st.booleans())))
    name = data.draw(st.sampled_from(sorted(spec.operators)))
    pattern: Any = data.draw(st.sampled_from((name, (name,))))
    brute = BruteForce(spec, steps=20_000)
    plans = set(islice(brute.plans(), 3_000))
    assume(brute.exhausted and len(plans) < 3_000)
    decomposer = Decomposer(spec.domain(), Constraints(((pattern, None),)), Limits())
    found = set()
    for path in decomposer.all(spec.state(), spec.task_list(), 50_000):
        assume(path is not None)
        found.add(tuple(entry[0][0] for entry in path or () if len(entry) == 4))
    assert {plan for plan in plans if name not in plan} == found


def test_a_method_that_holds_an_excluded_task_is_refused_with_the_reason() -> None:
    """It is not expanded: the alternatives that were left say what is excluded."""
    domain = Domain("d")
    for name in ("drive", "walk"):
        domain.operator(name=name)(lambda state, where: state)
    domain.method("go", name="by_car")(lambda state, where: [("walk", "car"), ("drive", where)])
    domain.method("go", name="on_foot")(lambda state, where: [("walk", where)])
    given = Constraints(((("drive", "park"), None),))
    outcome = find_plan(domain, State(), [("go", "park")], constraints=given)
    assert isinstance(outcome, Solved)
    (left,) = outcome.plan.tree[outcome.plan.tree.roots[0]].tried
    assert ("by_car", "drive('park') is excluded", True) == (left.method, left.reason, left.refused)
    assert 2 == outcome.statistics.nodes
    both = Constraints((("drive", None), ("walk", None)))
    none = find_plan(domain, State(), [("go", "park")], constraints=both)
    assert isinstance(none, Unsolvable)
