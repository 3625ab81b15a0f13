"""The decomposer against a brute-force planner that shares nothing with it, on random domains."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import assume, given

import htn.planning.search
from htn.planning import Limits, Solved, Unsolvable, find_plan, find_plans
from htn.planning.checker import check_plan
from tests.planning.brute_force import BruteForce
from tests.strategies import Spec, specs


@pytest.fixture(autouse=True, params=["memory when needed", "memory at once"], scope="module")
def memory(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run everything twice: on small problems the memory would hardly ever be switched on."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "memory at once":
            patch.setattr(htn.planning.search, "_PATIENCE", 0)
            patch.setattr(htn.planning.search, "_FIRST_TORTOISE", 0)
        yield


def _all_plans(spec: Spec) -> set[tuple[str, ...]]:
    outcomes = list(find_plans(spec.domain(), spec.state(), spec.task_list(), limits=Limits(nodes=20_000)))
    assume(isinstance(outcomes[-1], Unsolvable))
    return {tuple(action[0] for action in outcome.actions) for outcome in outcomes if isinstance(outcome, Solved)}


def _agree_on_plans(spec: Spec) -> None:
    brute = BruteForce(spec, steps=8_000)
    expected = set(brute.plans())
    assume(brute.exhausted)
    assert expected == _all_plans(spec)
    outcome = find_plan(spec.domain(), spec.state(), spec.task_list())
    assert bool(expected) == bool(outcome)
    if isinstance(outcome, Solved):
        assert tuple(action[0] for action in outcome.actions) in expected


@given(specs())
def test_the_set_of_plans_of_totally_ordered_domains_is_complete_and_right(spec: Spec) -> None:
    """Every plan that brute force finds is found, and no other."""
    _agree_on_plans(spec)


@given(specs(partial=True))
def test_the_set_of_plans_of_partially_ordered_domains_is_complete_and_right(spec: Spec) -> None:
    """Interleavings of nested networks are all found, and no other order."""
    _agree_on_plans(spec)


def _agree_on_solvability(spec: Spec) -> None:
    brute = BruteForce(spec, depth=14, steps=5_000)
    found = next(brute.plans(), None)
    outcome = find_plan(spec.domain(), spec.state(), spec.task_list(), limits=Limits(nodes=3_000))
    if found is not None:
        assert isinstance(outcome, Solved)
    elif brute.exhausted:
        assert not isinstance(outcome, Solved)
    if isinstance(outcome, Solved):
        assert "sound" == str(check_plan(outcome.domain, outcome.plan, spec.task_list()))


@given(specs(recursive=True))
def test_recursive_domains_lose_no_plan_and_gain_none(spec: Spec) -> None:
    """Cycle and dead-end rules never make a solvable problem unsolvable, nor the reverse."""
    _agree_on_solvability(spec)


@given(specs(recursive=True, partial=True))
def test_recursive_partially_ordered_domains_lose_no_plan_and_gain_none(spec: Spec) -> None:
    """As above, with interleaving."""
    _agree_on_solvability(spec)


@given(specs(partial=True))
def test_every_decomposition_passes_the_checker_and_survives_json(spec: Spec) -> None:
    """What the search builds, an independent replay accepts, also after a round trip through JSON."""
    from htn.plan import Plan

    for count, outcome in enumerate(
        find_plans(spec.domain(), spec.state(), spec.task_list(), limits=Limits(nodes=2_000))
    ):
        if isinstance(outcome, Solved):
            again = Plan.from_json(outcome.plan.to_json())
            assert again.to_json() == outcome.plan.to_json()
            verdict = check_plan(outcome.domain, again, spec.task_list())
            assert "sound" == str(verdict)
        if count > 10:
            break


@given(specs(recursive=True, partial=True))
def test_dead_end_memory_and_seeds_change_no_verdict(spec: Spec) -> None:
    """With methods shuffled, and so other dead ends, the verdict is the same."""
    limits = Limits(nodes=2_000)
    verdicts = {
        type(find_plan(spec.domain(), spec.state(), spec.task_list(), limits=limits, seed=seed)).__name__
        for seed in (None, 1, 2)
    }
    assert len(verdicts - {"LimitReached"}) <= 1
