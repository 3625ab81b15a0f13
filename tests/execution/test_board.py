"""The board knows which steps are ready; a failed step never counts as done."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from htn.execution.board import Board, Standing
from htn.plan.plan import Step


def _random_steps(edges: set[tuple[int, int]], count: int) -> list[Step]:
    before: dict[int, list[str]] = {node: [] for node in range(count)}
    for first, second in edges:
        if first < second < count:
            before[second].append(str(first))
    return [
        Step(str(node), f"k{node}", "work", (), f"c{node % 2}", dependencies=tuple(before[node]))
        for node in range(count)
    ]


@given(
    edges=st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30),
    failing=st.sets(st.integers(0, 11), max_size=3),
    seed=st.integers(0, 10**6),
)
def test_random_plans_are_worked_off_as_a_plain_definition_says(
    edges: set[tuple[int, int]], failing: set[int], seed: int
):
    """Ready means: not begun, and all dependencies finished. Skipped means: something before it failed."""
    steps = _random_steps(edges, 12)
    board, rng = Board(steps), random.Random(seed)
    standing = {step.id: "pending" for step in steps}
    running: list[Step] = []

    def plainly_ready() -> list[str]:
        return [
            step.id
            for step in steps
            if standing[step.id] == "pending" and all(standing[item] == "finished" for item in step.dependencies)
        ]

    while True:
        expected = plainly_ready()
        assert sorted(step.id for kind in ("c0", "c1") for step in board.ready(kind)) == sorted(expected)
        if expected and (not running or rng.random() < 0.6):
            step = board.next_ready()
            assert step is not None
            assert step.id == min(expected, key=int)  # the order of the plan
            board.run(step.id)
            standing[step.id] = "running"
            running.append(step)
        elif running:
            step = running.pop(rng.randrange(len(running)))
            if int(step.id) in failing:
                standing[step.id] = "failed"
                for item in steps:  # in plan order, so that skipping spreads in one pass
                    if any(standing[before] in ("failed", "skipped") for before in item.dependencies):
                        standing[item.id] = "skipped"
                board.fail(step.id)
            else:
                standing[step.id] = "finished"
                board.finish(step.id)
        else:
            break
    assert {step.id: str(board.standing(step.id)) for step in steps} == standing
    assert not board.in_standing(Standing.PENDING)


def test_busy_capabilities_are_passed_over():
    """A step whose agents are all busy does not hold back one that another agent can do."""
    board = Board([Step("a", "ka", "a", (), "slow"), Step("b", "kb", "b", (), "quick")])
    step = board.next_ready({"slow"})
    assert step is not None
    assert step.id == "b"
    assert board.next_ready({"slow"}) is None
    assert [item.id for item in board.ready("slow")] == ["a"]


def test_equal_keys_are_equal_work():
    """Steps of one key are found together."""
    board = Board([Step("a", "k", "a", (), "c"), Step("b", "k", "a", (), "c")])
    assert [step.id for step in board.with_key("k")] == ["a", "b"]
