"""What other planners get wrong, as promises of this one."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from htn.model import Domain, State, TaskNetwork, refuse
from htn.planning import (
    InvalidDomain,
    LimitReached,
    Limits,
    Solved,
    Unsolvable,
    find_plan,
    find_plan_async,
    find_plans,
)
from htn.planning.checker import check_plan


def small_domain() -> Domain:
    """Return a domain with a little of everything that goes wrong elsewhere."""
    domain = Domain("small")

    @domain.operator
    def put(state: State, key: str, value: int = 1) -> Any:
        state.at[key] = value
        return state

    @domain.operator
    def need(state: State, key: str, value: int) -> Any:
        return state if state.at.get(key) == value else refuse(f"{key} is not {value}")

    @domain.operator
    def log(state: State) -> Any:
        return state

    @domain.method("left")
    def recurse_first(state: State) -> Any:
        return [("left",), ("add",)]

    @domain.method("left")
    def stop(state: State) -> Any:
        return []

    @domain.operator
    def add(state: State) -> Any:
        state.at["n"] = state.at.get("n", 0) + 1
        return state

    @domain.method("loop")
    def again(state: State) -> Any:
        return [("loop",)]

    @domain.method("count_for_ever")
    def more(state: State) -> Any:
        return [("add",), ("count_for_ever",)]

    @domain.method("grow_for_ever")
    def grow(state: State) -> Any:
        return [("grow_for_ever",), ("need", "never", 1)]

    return domain


def test_an_empty_decomposition_that_came_first_is_given_up_when_another_is_needed() -> None:
    """A method that returns [] first does not hide the alternative that a later task needs."""
    domain = small_domain()

    @domain.method("maybe")
    def nothing(state: State) -> Any:
        return []

    @domain.method("maybe")
    def something(state: State) -> Any:
        return [("put", "a", 1)]

    outcome = find_plan(domain, State(at={}), [("maybe",), ("need", "a", 1)])
    assert isinstance(outcome, Solved)
    assert [("put", "a", 1), ("need", "a", 1)] == outcome.actions


def test_no_plan_and_an_empty_plan_are_different_outcomes() -> None:
    """Nothing to do is solved; what cannot be done is unsolvable."""
    domain = small_domain()
    trivial, impossible = find_plan(domain, State(at={}), []), find_plan(domain, State(at={}), [("need", "a", 1)])
    assert isinstance(trivial, Solved)
    assert [] == trivial.actions
    assert isinstance(impossible, Unsolvable)
    assert "a is not 1" in impossible.reason
    assert bool(trivial)
    assert not impossible


def test_an_unknown_task_is_an_error_with_a_suggestion() -> None:
    """Misspelt task names are never ignored, whether given or produced by a method."""
    domain = small_domain()
    outcome = find_plan(domain, State(at={}), [("putt", "a")])
    assert isinstance(outcome, InvalidDomain)
    assert "did you mean 'put'?" in outcome.problems[0]

    @domain.method("wrong")
    def wrong(state: State) -> Any:
        return [("putt", "a")]

    below = find_plan(domain, State(at={}), [("wrong",)])
    assert isinstance(below, InvalidDomain)
    assert "method 'wrong' of wrong() holds the unknown task 'putt'; did you mean 'put'?" == below.problems[0]


def test_a_step_that_changes_nothing_stays_in_the_plan() -> None:
    """Logging, sensing and notifying are work too."""
    outcome = find_plan(small_domain(), State(at={}), [("log",), ("put", "a"), ("log",), ("log",)])
    assert isinstance(outcome, Solved)
    assert [("log",), ("put", "a"), ("log",), ("log",)] == outcome.actions
    assert 4 == len(outcome.plan.steps)
    assert 4 == len({step.id for step in outcome.plan.steps})


def test_a_task_that_only_decomposes_into_itself_is_unsolvable() -> None:
    """Unbounded recursion without progress ends, with the right verdict."""
    outcome = find_plan(small_domain(), State(at={}), [("loop",)], limits=Limits(nodes=100_000))
    assert isinstance(outcome, Unsolvable)


@pytest.mark.parametrize("wanted", [0, 1, 7])
def test_left_recursion_finds_plans_of_every_length(wanted: int) -> None:
    """A task below itself in the same state is no reason to lose the plan that needs it there."""
    domain = small_domain()
    outcome = find_plan(domain, State(at={"n": 0}), [("left",), ("need", "n", wanted)], limits=Limits(nodes=100_000))
    assert isinstance(outcome, Solved)
    assert wanted + 1 == len(outcome.actions)
    assert check_plan(domain, outcome.plan)


@pytest.mark.parametrize("wanted", range(7))
def test_searching_again_with_more_patience_begins_where_the_first_search_began(wanted: int) -> None:
    """What was carried out before the first choice counts once, however often the search is repeated."""
    domain = small_domain()
    tasks = [("add",), ("left",), ("need", "n", wanted + 1)]
    outcome = find_plan(domain, State(at={}), tasks, limits=Limits(nodes=100_000))
    assert isinstance(outcome, Solved)
    assert wanted + 2 == len(outcome.actions)
    assert check_plan(domain, outcome.plan, tasks)


@pytest.mark.parametrize("task", ["count_for_ever", "grow_for_ever"])
@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (Limits(seconds=0.1), "seconds"),
        (Limits(nodes=5_000), "nodes"),
        (Limits(memory_mb=1), "memory"),
        (Limits(cancelled=lambda: True), "cancelled"),
    ],
)
def test_every_limit_ends_an_endless_search_and_is_named(task: str, limits: Limits, name: str) -> None:
    """The outcome says which limit was reached; the limit is checked by the search, not by a signal."""
    outcome = find_plan(small_domain(), State(at={"n": 0}), [(task,)], limits=limits)
    assert isinstance(outcome, LimitReached)
    assert name == outcome.limit


@pytest.mark.parametrize("nodes", [0, 1, 3, 10, 100])
def test_a_limit_on_nodes_is_exact(nodes: int) -> None:
    """A plan of as many tasks as the limit is found, one of more is not."""
    limits = Limits(nodes=nodes)
    assert isinstance(find_plan(small_domain(), State(at={}), [("log",)] * nodes, limits=limits), Solved)
    outcome = find_plan(small_domain(), State(at={}), [("log",)] * (nodes + 1), limits=limits)
    assert isinstance(outcome, LimitReached)
    assert "nodes" == outcome.limit


def test_limits_hold_while_a_method_yields_refusals_for_ever() -> None:
    """A method that goes on looking for an alternative is stopped between two of them."""
    domain = small_domain()

    @domain.method("seek")
    def seek(state: State) -> Iterator[Any]:
        while True:
            yield refuse("not this one")

    outcome = find_plan(domain, State(at={}), [("seek",)], limits=Limits(seconds=0.1))
    assert isinstance(outcome, LimitReached)


def test_a_task_list_may_be_any_iterable_and_be_changed_later() -> None:
    """It is read once, when planning begins."""
    domain = small_domain()
    outcome = find_plan(domain, State(at={}), (("put", key) for key in "ab"))
    assert isinstance(outcome, Solved)
    assert [("put", "a"), ("put", "b")] == outcome.actions
    tasks: list[Any] = [("put", "a")]
    later = find_plan(domain, State(at={}), tasks)
    tasks.append(TaskNetwork.unordered([("log",)]))
    assert isinstance(later, Solved)
    assert check_plan(domain, later.plan, [("put", "a")])


def test_limits_hold_in_worker_threads() -> None:
    """A limit needs no main thread."""
    with ThreadPoolExecutor(2) as pool:
        futures = [
            pool.submit(
                find_plan, small_domain(), State(at={"n": 0}), [("count_for_ever",)], limits=Limits(seconds=0.05)
            )
            for _ in range(4)
        ]
        assert {"seconds"} == {getattr(future.result(30), "limit", "") for future in futures}


def test_threads_do_not_see_each_other() -> None:
    """Two domains planned with at the same time in many threads give what each gives alone."""

    def other() -> Domain:
        domain = Domain("other")

        @domain.operator
        def put(state: State, key: str, value: int = 1) -> Any:
            state.at[key] = -value
            return state

        @domain.method("work")
        def work(state: State, n: int) -> Any:
            return [("put", "x", n), ("work", n - 1)] if n else []

        return domain

    def mine() -> Domain:
        domain = small_domain()

        @domain.method("work")
        def work(state: State, n: int) -> Any:
            return [("put", f"k{n}", n), ("work", n - 1)] if n else []

        return domain

    domains = [mine(), other()]
    expected = [find_plan(domain, State(at={}), [("work", 300)]) for domain in domains]
    results: list[tuple[int, Any]] = []
    barrier = threading.Barrier(8)

    def run(which: int) -> None:
        barrier.wait(30)
        for _ in range(5):
            results.append((which, find_plan(domains[which], State(at={}), [("work", 300)])))

    threads = [threading.Thread(target=run, args=(number % 2,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert 40 == len(results)
    for which, outcome in results:
        assert isinstance(outcome, Solved)
        reference = expected[which]
        assert isinstance(reference, Solved)
        assert reference.actions == outcome.actions
        assert reference.final == outcome.final


@pytest.mark.parametrize("after", [[], [("log",)]])
def test_recursion_in_a_network_takes_nodes_in_proportion(after: list[Any]) -> None:
    """Also where something follows the network: what is finished of it is not gone through again at every step."""
    domain = small_domain()

    @domain.method("spread")
    def spread(state: State, n: int) -> Any:
        return [TaskNetwork.unordered([("add",), ("spread", n - 1)]), *after] if n else []

    few, many = (find_plan(domain, State(at={}), [("spread", n)]).statistics.nodes for n in (100, 200))
    assert many < 2.2 * few


def test_counters_count() -> None:
    """Statistics say what was done, and more work means more of it."""
    small = find_plan(small_domain(), State(at={"n": 0}), [("left",), ("need", "n", 1)]).statistics
    large = find_plan(small_domain(), State(at={"n": 0}), [("left",), ("need", "n", 9)]).statistics
    assert 0 < small.nodes
    assert small.backtracks < large.backtracks


def test_plans_of_a_hundred_thousand_steps_need_no_recursion() -> None:
    """Depth costs memory, not stack."""
    domain = Domain("chain")

    @domain.operator
    def step(state: State, n: int) -> Any:
        state.n = n
        return state

    @domain.method("go")
    def go(state: State, n: int) -> Any:
        return [("step", n), ("go", n - 1)] if n else []

    outcome = find_plan(domain, State(n=0), [("go", 100_000)])
    assert isinstance(outcome, Solved)
    assert 100_000 == len(outcome.tree.order)


_HASH_SEED_PROGRAM = """
from htn.model import Domain, State
from htn.planning import find_plan
import hashlib, json
domain = Domain("d")
for name in ("a", "b", "c"):
    domain.operator(name=name)(lambda state, n=name: state)
@domain.method("t")
def t(state):
    for name in ("a", "b", "c"):
        yield [(name,), ("u",)]
@domain.method("u")
def u1(state):
    return [("a",), ("b",)]
@domain.method("u")
def u2(state):
    return [("c",)]
print([json.dumps(find_plan(domain, State(x={"k": ("v", 1)}), [("t",), ("t",)], seed=seed).plan.to_json())
       for seed in (None, 1, 2, 3)])
"""


def test_the_same_seed_gives_the_same_plan_under_any_hash_seed() -> None:
    """Neither plans nor ids depend on PYTHONHASHSEED."""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", _HASH_SEED_PROGRAM],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert 1 == len(outputs)


def test_other_coroutines_go_on_while_a_plan_is_searched() -> None:
    """The asynchronous form yields to the event loop."""

    async def main() -> tuple[Any, int]:
        ticks = 0
        done = asyncio.Event()

        async def tick() -> None:
            nonlocal ticks
            while not done.is_set():
                ticks += 1
                await asyncio.sleep(0)

        ticking = asyncio.create_task(tick())
        outcome = await find_plan_async(
            small_domain(), State(at={"n": 0}), [("count_for_ever",)], limits=Limits(nodes=50_000)
        )
        done.set()
        await ticking
        return outcome, ticks

    outcome, ticks = asyncio.run(main())
    assert isinstance(outcome, LimitReached)
    assert ticks > 5


def test_a_generator_is_asked_again_rather_than_resumed_in_a_changed_state() -> None:
    """Alternatives taken from a loop over a fluent are right although the search changed that fluent in between."""
    domain = Domain("loops")

    @domain.operator
    def grab(state: State, key: str) -> Any:
        del state.free[key]
        state.held["it"] = key
        return state

    @domain.operator
    def need(state: State, key: str) -> Any:
        return state if state.held.get("it") == key else refuse("another one is held")

    @domain.method("take")
    def any_free(state: State) -> Iterator[Any]:
        for key in state.free:
            yield [("grab", key)]

    free = {f"k{number}": True for number in range(40)}
    outcome = find_plan(domain, State(free=free, held={}), [("take",), ("take",), ("need", "k25")])
    assert isinstance(outcome, Solved)
    assert [("grab", "k0"), ("grab", "k25"), ("need", "k25")] == outcome.actions


def test_endless_alternatives_are_taken_one_after_another() -> None:
    """A method may yield for ever; only as many as are needed are asked for."""
    domain = small_domain()

    @domain.method("guess")
    def guess(state: State) -> Iterator[Any]:
        number = 0
        while True:
            yield [("put", "g", number)]
            number += 1

    outcome = find_plan(domain, State(at={}), [("guess",), ("need", "g", 123)])
    assert isinstance(outcome, Solved)
    assert ("put", "g", 123) == outcome.actions[0]


def test_every_plan_is_given_once_and_then_the_reason_for_no_more() -> None:
    """Enumeration ends with an outcome of its own."""
    domain = small_domain()

    @domain.method("pick")
    def pick(state: State) -> Iterator[Any]:
        for number in range(3):
            yield [("put", "a", number)]

    outcomes = list(find_plans(domain, State(at={}), [("pick",), ("pick",)]))
    assert 9 == len({tuple(outcome.actions) for outcome in outcomes if isinstance(outcome, Solved)})
    assert 10 == len(outcomes)
    assert isinstance(outcomes[-1], Unsolvable)


def test_tasks_that_come_to_nothing_do_not_multiply_plans() -> None:
    """Unordered tasks without steps have many orders of being decomposed, and one decomposition."""
    domain = small_domain()
    for name in ("e1", "e2", "e3"):
        domain.method(name, name="nothing")(lambda state: [])
    outcomes = list(find_plans(domain, State(at={}), TaskNetwork.unordered([("e1",), ("e2",), ("e3",)])))
    assert [True, False] == [bool(outcome) for outcome in outcomes]


def test_a_wide_unordered_network_with_no_plan_is_refuted_without_trying_every_order() -> None:
    """Dead ends are remembered across interleavings: 14 independent branches have 14! orders and 2**14 states."""
    domain = small_domain()
    tasks = TaskNetwork.ordered(
        [TaskNetwork.unordered([("put", f"k{number}") for number in range(12)]), ("need", "never", 1)]
    )
    outcome = find_plan(domain, State(at={}), tasks, limits=Limits(nodes=400_000))
    assert isinstance(outcome, Unsolvable)
