"""What is left of a run: checked against whole runs simulated event by event, of which those are kept that fit."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import truncnorm

from htn.model.errors import InputError
from htn.model.estimate import Estimate
from htn.scheduling.conditional import truncated_normals
from htn.scheduling.remaining import remaining
from htn.scheduling.sampling import correlated_normals, draw, normal_of
from htn.scheduling.simulate import AgentCapacity, simulate


@dataclass(frozen=True)
class Shape:
    """The least that a step is."""

    id: str
    dependencies: tuple[str, ...] = ()
    capability: str = "any"


PLAN = (
    Shape("load", capability="read"),
    Shape("deals", capability="read"),
    Shape("themes", ("load",)),
    Shape("risks", ("load",)),
    Shape("rates", ("deals",)),
    Shape("report", ("themes", "risks", "rates")),
)
PLACES = {"read": 1, "any": 2}
AGENTS = (AgentCapacity("reader", frozenset({"read"}), 1), AgentCapacity("analyst", frozenset({"any"}), 2))
ESTIMATES = {
    "load": {"seconds": Estimate.lognormal(10, 2)},
    "deals": {"seconds": Estimate.from_quantiles(4, 8, 30)},
    "themes": {"seconds": Estimate.lognormal(20, 3)},
    "risks": {"seconds": Estimate.from_quantiles(0, 15, 40)},
    "rates": {"seconds": Estimate.lognormal(12, 1.5)},
    "report": {"seconds": Estimate.lognormal(6, 2)},
}


def carried_out(seconds):
    """Carry out the plan event by event and return when each step starts and ends."""
    start: dict[str, float] = {}
    finish: dict[str, float] = {}
    free, now = dict(PLACES), 0.0
    events: list[tuple[float, str, str]] = []
    while len(finish) < len(PLAN):
        for step in PLAN:
            if step.id not in start and free[step.capability] and all(each in finish for each in step.dependencies):
                start[step.id] = now
                free[step.capability] -= 1
                heapq.heappush(events, (now + seconds[step.id], step.id, step.capability))
        now, done, capability = heapq.heappop(events)
        finish[done] = now
        free[capability] += 1
    return start, finish


def drawn_runs(rng, count, correlation):
    """Return the seconds of every step in so many runs."""
    column = [ESTIMATES[step.id]["seconds"] for step in PLAN]
    rows = draw(column, correlated_normals(rng, count, len(PLAN), correlation))
    return [dict(zip((step.id for step in PLAN), row, strict=True)) for row in rows.tolist()]


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_the_rest_is_that_of_whole_runs_that_went_alike_so_far(correlation):
    """Of 400,000 complete runs those are kept that agree with what is known; their ends are those that are said."""
    now, took = 24.0, 12.0
    kept = []
    for seconds in drawn_runs(np.random.default_rng(1), 400_000, correlation):
        # The reader is done with the first step at about 12 s and reads on; the analyst has two steps in hand.
        alike = abs(math.log(seconds["load"] / took)) < 0.05
        if alike and min(seconds["load"] + seconds[each] for each in ("deals", "themes", "risks")) > now:
            start, finish = carried_out(seconds)
            assert start["deals"] == start["themes"] == start["risks"] == seconds["load"]
            kept.append(max(finish.values()))
    lasted = now - took
    said = remaining(
        PLAN,
        ESTIMATES,
        finished={"load": took},
        running={"deals": lasted, "themes": lasted, "risks": lasted},
        agents=AGENTS,
        now=now,
        samples=20_000,
        correlation=correlation,
    )
    assert len(kept) > 1000
    for share, quantile in ((0.1, said.end.p10), (0.5, said.end.p50), (0.9, said.end.p90)):
        beyond = float(np.mean(np.array(kept) <= quantile))
        assert abs(beyond - share) < 4 * math.sqrt(share * (1 - share) / len(kept)) + 0.01
    assert said.seconds.p50 == pytest.approx(said.end.p50 - now)


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_eight_intervals_in_ten_hold_and_they_narrow(correlation):
    """Asked before a run and whenever some of its steps have ended, 80 % of ends are inside; widths fall each time."""
    held: dict[int, list[bool]] = {}
    widths: dict[int, list[float]] = {}
    for seconds in drawn_runs(np.random.default_rng(2), 250, correlation):
        start, finish = carried_out(seconds)
        end = max(finish.values())
        for ended in (0, 2, 4, 5):
            now = sorted(finish.values())[ended - 1] if ended else 0.0
            over = {name: seconds[name] for name in finish if finish[name] <= now}
            busy = {name: now - begun for name, begun in start.items() if begun < now and name not in over}
            said = remaining(
                PLAN,
                ESTIMATES,
                finished=over,
                running=busy,
                agents=AGENTS,
                now=now,
                samples=200,
                correlation=correlation,
            ).end
            held.setdefault(ended, []).append(said.p10 <= end <= said.p90)
            widths.setdefault(ended, []).append(said.p90 - said.p10)
    assert all(0.72 <= np.mean(own) <= 0.88 for own in held.values())
    means = [float(np.mean(widths[ended])) for ended in sorted(widths)]
    assert means == sorted(means, reverse=True)
    assert means[-1] < means[0] / 3


def test_before_anything_began_it_is_the_plan_simulated():
    """With nothing finished and nothing running it is the same distribution as that of the plan's totals."""
    before = simulate(PLAN, ESTIMATES, AGENTS, samples=20_000, correlation=0.4).totals["seconds"]
    said = remaining(PLAN, ESTIMATES, finished={}, running={}, agents=AGENTS, samples=20_000, correlation=0.4).seconds
    for name in ("p10", "p50", "p90", "mean"):
        assert getattr(said, name) == pytest.approx(getattr(before, name), rel=0.03)


def test_a_finished_run_has_nothing_left():
    """All steps over: no seconds, no tokens, and the end is now."""
    said = remaining(PLAN, ESTIMATES, finished={step.id: None for step in PLAN}, running={}, agents=AGENTS, now=7.0)
    assert (said.seconds.p90, said.end.p50, said.totals, said.finish) == (0.0, 7.0, {}, {})


def test_slow_steps_foretell_slow_ones_only_where_steps_are_slow_together():
    """A step that took four times as long lengthens the rest when there is a correlation, and not without."""

    def rest(took, correlation):
        return remaining(
            PLAN,
            ESTIMATES,
            finished={"load": took, "deals": 8.0},
            running={},
            agents=AGENTS,
            correlation=correlation,
            samples=4000,
        ).seconds.p50

    assert rest(40.0, 0.5) > 1.2 * rest(10.0, 0.5)
    assert rest(40.0, 0.0) == rest(10.0, 0.0)


def test_a_step_that_outlasts_its_estimate_is_named_and_takes_half_as_long_again():
    """Nothing is divided by zero where a certain estimate proves wrong, and the rest is not said to be nothing."""
    exact = {step.id: {"seconds": Estimate.exactly(10.0)} for step in PLAN}
    said = remaining(PLAN, exact, finished={"load": 10.0, "deals": None}, running={"themes": 60.0}, agents=AGENTS)
    assert said.overdue == ("themes",)
    assert said.finish["themes"].p50 == 30.0
    assert said.finish["risks"].p50 == 10.0
    assert said.seconds.p50 == 40.0


def test_a_running_step_holds_its_place():
    """While both of the analyst's places are taken nothing else starts, however many more are said to be running."""
    exact = {step.id: {"seconds": Estimate.exactly(10.0)} for step in PLAN}
    over = {"load": 10.0, "deals": 10.0}
    two = remaining(PLAN, exact, finished=over, running={"themes": 1.0, "risks": 4.0}, agents=AGENTS)
    assert two.finish["rates"].p50 == 16.0  # begins at 6, when the risks are done
    three = remaining(PLAN, exact, finished=over, running={"themes": 1.0, "risks": 4.0, "rates": 2.0}, agents=AGENTS)
    assert (three.finish["rates"].p50, three.seconds.p50) == (8.0, 19.0)


def test_a_place_is_that_of_the_agent_who_carries_the_step_out():
    """A step in hand with one of two agents leaves the other free for what only that one can do."""
    steps = (Shape("one"), Shape("two", capability="rare"))
    exact = {step.id: {"seconds": Estimate.exactly(10.0)} for step in steps}
    agents = (AgentCapacity("expert"), AgentCapacity("helper", frozenset({"any"})))

    def end(carrier):
        said = remaining(steps, exact, finished={}, running={"one": 0.0}, agents=agents, carriers={"one": carrier})
        return said.seconds.p50

    assert (end("helper"), end("expert")) == (10.0, 20.0)


def test_tokens_and_money_left_are_those_of_steps_that_are_not_over():
    """What adds up is summed over pending and running steps."""
    known = {step.id: {"output_tokens": Estimate.exactly(100.0)} for step in PLAN}
    said = remaining(PLAN, known, finished={"load": 1.0}, running={"deals": 3.0}, agents=AGENTS)
    assert said.totals["output_tokens"].p50 == 500.0
    assert "seconds" not in said.totals
    assert said.unestimated == ("deals", "themes", "risks", "rates", "report")


def test_what_cannot_be_is_refused():
    """Unknown steps, steps both over and in hand, and negative times get one sentence."""
    for over, busy in (({"lunch": 1.0}, {}), ({"load": 1.0}, {"load": 2.0}), ({}, {"load": -1.0}), ({}, {"x": 1.0})):
        with pytest.raises(InputError, match=r"lunch|load|x"):
            remaining(PLAN, ESTIMATES, finished=over, running=busy)


def test_the_same_question_has_the_same_answer():
    """Nothing depends on chance but the seed."""
    made = [
        remaining(PLAN, ESTIMATES, finished={"load": 9.0}, running={"risks": 3.0}, agents=AGENTS, correlation=0.3)
        for _ in range(2)
    ]
    assert made[0].to_json() == made[1].to_json()


@pytest.mark.parametrize("bound", [-3.0, -0.1, 0.5, 4.0, 30.0])
def test_truncated_normals_are_those_of_scipy(bound):
    """Quantiles of the draws agree with scipy's distribution, in the tail too."""
    made = truncated_normals(np.random.default_rng(3), np.full(40_000, bound))
    for share in (0.1, 0.5, 0.9):
        below = float(np.mean(made <= truncnorm(bound, np.inf).ppf(share)))
        assert abs(below - share) < 0.01


@pytest.mark.parametrize("estimate", [known["seconds"] for known in ESTIMATES.values()])
def test_a_value_leads_back_to_the_normal_that_it_is_drawn_from(estimate):
    """`normal_of` is the inverse of `draw`, on both sides of the median."""
    for normal in (-1.2, -0.4, 0.0, 0.3, 2.0):
        assert normal_of(estimate, float(draw([estimate], np.array([[normal]]))[0, 0])) == pytest.approx(normal)
