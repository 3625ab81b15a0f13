"""Following a schedule through a run: what happens keeps to all limits, whatever the estimates, and learns."""

from __future__ import annotations

import random

import pytest

from htn.model.errors import InputError
from htn.scheduling.follow import follow
from htn.scheduling.simulate import AgentCapacity
from htn.scheduling.timetable import schedule
from htn.scheduling.violations import violations
from htn.scheduling.work import RateLimit, SharedResource, Work, WorkPlan


def random_run(seed: int) -> tuple[WorkPlan, dict[str, float]]:
    """Return a problem with agents, memory and a rate, and what its steps really take."""
    rng = random.Random(seed)
    steps = []
    for number in range(25):
        before = tuple(f"s{each}" for each in range(number) if rng.random() < 0.1)
        uses = {"memory": rng.randrange(4), "calls": rng.randrange(2)}
        steps.append(Work(f"s{number}", rng.uniform(0.5, 5), before, rng.choice(["read", "count"]), uses))
    agents = AgentCapacity("ann", None, 2), AgentCapacity("bob", frozenset({"count"}), 2)
    work = WorkPlan(tuple(steps), agents, (SharedResource("memory", 5),), (RateLimit("calls", 2, 3.0),))
    return work, {step.id: step.seconds * rng.lognormvariate(0, 0.8) for step in steps}


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("reviews", [0, 6])
def test_what_happens_keeps_to_all_limits(seed, reviews):
    """With estimates that are wrong, every step runs once, as long as it really takes, within all limits."""
    work, actual = random_run(seed)
    steps = tuple(Work(s.id, actual[s.id], s.dependencies, s.capability, s.uses) for s in work.steps)
    truth = WorkPlan(steps, work.agents, work.resources, work.rates)
    happened = follow(schedule(work, tries=5), actual, reviews=reviews, tries=3)
    assert not violations(truth, happened.bookings)
    assert happened.makespan >= schedule(truth, tries=1).bound - 1e-9
    assert happened.reviews <= reviews


def test_with_true_estimates_a_run_takes_what_was_promised():
    """Where nothing is gained by waiting, following the schedule ends no later than it said."""
    steps = tuple(Work(f"s{n}", float(n % 4 + 1), (f"s{n - 3}",) if n > 2 else ()) for n in range(12))
    work = WorkPlan(steps, (AgentCapacity("ann", None, 2),))
    made = schedule(work)
    assert follow(made, {step.id: step.seconds for step in steps}).makespan <= made.makespan


def test_learning_during_the_run_pays():
    """Slow steps taken for quick ones would go last on one agent; told at the first review, they go first."""
    kinds = {f"s{n}": "slow" if n >= 8 else "quick" for n in range(11)}
    actual = {step: 12.0 if kind == "slow" else 4.0 for step, kind in kinds.items()}
    work = WorkPlan(tuple(Work(step, 4.0 if kinds[step] == "quick" else 1.0) for step in kinds), (two_slots(),))
    made = schedule(work)
    blind, seeing = follow(made, actual), follow(made, actual, reviews=5, revise=lambda finished, now: actual)
    assert seeing.makespan < blind.makespan
    assert seeing.makespan <= 36.0


def two_slots() -> AgentCapacity:
    """Return an agent who does two things at once."""
    return AgentCapacity("ann", None, 2)


def test_a_step_without_a_time_is_named():
    """It has to be known what every step took."""
    with pytest.raises(InputError, match="the step a really takes"):
        follow(schedule(WorkPlan((Work("a", 1),))), {})
