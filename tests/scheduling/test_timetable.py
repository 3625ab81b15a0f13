"""Schedules keep to all limits (checked apart), are as short as brute force finds, and stay right when made anew."""

from __future__ import annotations

import itertools
import json
import random

import pytest

from htn.model.errors import InputError
from htn.scheduling import cp_sat
from htn.scheduling.compiled import Fields, compile_work
from htn.scheduling.gantt import gantt
from htn.scheduling.generation import justify, parallel, serial
from htn.scheduling.genetic import evolve
from htn.scheduling.heuristic import priority_order, priority_rules, search
from htn.scheduling.simulate import AgentCapacity
from htn.scheduling.timetable import book, reschedule, schedule
from htn.scheduling.violations import violations
from htn.scheduling.work import Booking, RateLimit, SharedResource, Work, WorkPlan

SEEDS = range(60)


def random_work(seed: int, size: int = 5, *, whole: bool = False) -> WorkPlan:
    """Return a small problem with agents of overlapping abilities and speeds, memory, a rate, and steps of no time."""
    rng = random.Random(seed)

    def lasts() -> float:
        seconds = rng.choice([0, 1, 2, 3, 4, 5])
        return float(seconds) if whole else seconds * rng.choice([1.0, 0.1, 0.7])

    agents = [AgentCapacity("ann", None, rng.choice([1, 2])), AgentCapacity("bob", frozenset({"count"}))]
    agents += [AgentCapacity("cid", None, 1)] if rng.random() < 0.3 else []
    steps = []
    for number in range(size):
        steps.append(
            Work(
                f"s{number}",
                lasts(),
                tuple(f"s{before}" for before in range(number) if rng.random() < 0.25),
                rng.choice(["count", "read"]),
                {"memory": rng.randrange(4), "calls": rng.randrange(3)},
                {"bob": lasts()} if rng.random() < 0.4 else {},
                float(rng.randrange(3)) if rng.random() < 0.2 else 0.0,
            )
        )
    limits = (SharedResource("memory", 4),), (RateLimit("calls", 3, 3.0),)
    return WorkPlan(tuple(steps), tuple(agents) if rng.random() < 0.8 else (), *limits)


def shortest_makespan(work: WorkPlan) -> float:
    """Try every order and every choice of agents; each step as early as the checker allows, moment by moment."""
    best = float("inf")
    for order in itertools.permutations(work.steps):
        place = {step.id: at for at, step in enumerate(order)}
        if any(place[before] > place[step.id] for step in order for before in step.dependencies):
            continue
        for agents in itertools.product(*(work.who(step) for step in order)):
            best = min(best, _makespan_of(work, order, agents, best))
    return best


def _makespan_of(work: WorkPlan, order, agents, best: float) -> float:
    placed: list[Booking] = []
    for step, agent in zip(order, agents, strict=True):
        so_far = {booking.step for booking in placed} | {step.id}
        known = WorkPlan(tuple(s for s in work.steps if s.id in so_far), work.agents, work.resources, work.rates)
        moments = {0.0, step.earliest} | {booking.finish for booking in placed}
        moments |= {booking.start + rate.seconds for booking in placed for rate in work.rates}
        for moment in sorted(moments):
            tried = [*placed, Booking(step.id, moment, moment + step.lasts(agent), agent)]
            if not violations(known, tried):
                placed = tried
                break
        if placed[-1].finish >= best:
            return best
    return max(booking.finish for booking in placed)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_generation_scheme_keeps_to_all_limits(seed):
    """Serial, parallel and justified schedules of random problems pass the checker; justifying never makes longer."""
    work = random_work(seed, 12)
    problem = compile_work(work)
    for rule in priority_rules(problem):
        for sketch in (serial(problem, priority_order(problem, rule)), parallel(problem, rule)):
            for made in (sketch, justify(problem, sketch)):
                assert made.makespan <= sketch.makespan
                assert not violations(work, book(problem, made))
                assert made.makespan >= problem.bound - 1e-9


@pytest.mark.parametrize("seed", range(16))
def test_the_shortest_schedule_is_found_and_the_bound_is_below_it(seed):
    """On four steps, CP-SAT proves what trying everything finds; the heuristic is never shorter."""
    work = random_work(seed, 4, whole=seed % 2 == 0)
    shortest = shortest_makespan(work)
    heuristic = schedule(work, tries=20)
    assert heuristic.makespan >= shortest - 1e-9
    assert heuristic.bound <= shortest + 1e-9
    pytest.importorskip("ortools", reason="needs the extra schedule")
    made = schedule(work, seconds=10, method="cp-sat")
    assert not violations(work, made.bookings)
    assert made.makespan == pytest.approx(shortest, rel=1e-4)
    assert made.bound <= shortest + 1e-9
    if seed % 2 == 0:
        assert made.proved


@pytest.mark.parametrize("seed", range(30))
def test_a_new_schedule_leaves_finished_and_running_steps_alone(seed):
    """Stopped at a random moment with other durations, the new schedule is right, and nothing new starts before."""
    work, rng = random_work(seed, 10), random.Random(seed)
    made = schedule(work, tries=5)
    now = rng.uniform(0, made.makespan)
    finished = [booking for booking in made.bookings if booking.finish <= now]
    running = [booking for booking in made.bookings if booking.start < now < booking.finish]
    started = {booking.step for booking in (*finished, *running)}
    durations = {step.id: rng.uniform(0, 6) for step in work.steps if rng.random() < 0.5}
    later = reschedule(made, now, finished=finished, running=running, durations=durations, tries=5)
    assert not violations(later.work, later.bookings)
    before, after = made.by_step(), later.by_step()
    for step in work.steps:
        if step.id in started:
            assert (after[step.id].start, after[step.id].agent) == (before[step.id].start, before[step.id].agent)
        else:
            assert after[step.id].start >= now
    for booking in running:
        assert after[booking.step].finish > now


@pytest.mark.parametrize("seed", range(12))
def test_evolution_reaches_the_shortest_schedule(seed):
    """On four steps, 300 children find what trying everything finds, unless there are agents to choose from."""
    work = random_work(seed, 4)
    problem = compile_work(work)
    found = search(problem, tries=1)
    first = found.best
    assert first is not None
    evolve(problem, found, tries=300)
    assert found.best is not None
    assert found.best.makespan <= first.makespan
    assert not violations(work, book(problem, found.best))
    if all(len(ways) == 1 for ways in problem.modes):
        assert found.best.makespan == pytest.approx(shortest_makespan(work))


def test_a_late_step_is_taken_to_go_on():
    """A step that was to end at 2 and still runs at 4 holds its agent until 6, half as long again."""
    made = schedule(WorkPlan((Work("a", 2), Work("b", 1)), (AgentCapacity("ann"),)))
    first = made.bookings[0]
    later = reschedule(made, 4.0, running=[first]).by_step()
    assert later[first.step].finish == 6.0
    assert min(booking.start for step, booking in later.items() if step != first.step) == 6.0


def test_fixed_steps_may_break_a_limit_but_nothing_joins_them():
    """Two steps run although memory holds one: they stay, and the third waits for both."""
    fixed = (Booking("a", 0, 5), Booking("b", 0, 7))
    steps = tuple(Work(name, 3, uses={"memory": 3}) for name in "abc")
    work = WorkPlan(steps, resources=(SharedResource("memory", 4),), fixed=fixed)
    for method in ("heuristic", "cp-sat") if cp_sat.available() else ("heuristic",):
        made = schedule(work, seconds=2, method=method)
        assert not violations(work, made.bookings)
        assert made.by_step()["c"].start == 7


def test_steps_go_to_the_agent_that_finishes_first():
    """A fast agent takes the long steps, and a slow one is used where that ends sooner."""
    steps = tuple(Work(f"s{n}", 10.0, seconds_by={"fast": 2.0}) for n in range(5))
    made = schedule(WorkPlan(steps, (AgentCapacity("slow"), AgentCapacity("fast"))))
    assert made.makespan == 10.0
    assert sum(booking.agent == "fast" for booking in made.bookings) >= 4


def test_a_rate_limit_spaces_starts_out():
    """With two starts in any ten seconds, five short steps start at 0, 0, 10, 10 and 20."""
    steps = tuple(Work(f"s{n}", 1.0, uses={"calls": 1}) for n in range(5))
    made = schedule(WorkPlan(steps, rates=(RateLimit("calls", 2, 10.0),)))
    assert sorted(booking.start for booking in made.bookings) == [0, 0, 10, 10, 20]


def test_the_checker_sees_each_kind_of_mistake():
    """A right schedule has no violations, and each way of spoiling it is named."""
    steps = (
        Work("a", 2.0, (), "read", {"memory": 2}),
        Work("b", 2.0, ("a",), "read", {"memory": 2, "calls": 1}),
        Work("c", 2.0, (), "count", {"memory": 2, "calls": 1}, earliest=1.0),
    )
    agents = AgentCapacity("ann", frozenset({"read"})), AgentCapacity("bob", frozenset({"count"}))
    work = WorkPlan(steps, agents, (SharedResource("memory", 3),), (RateLimit("calls", 1, 3.0),))
    right = {"a": Booking("a", 0, 2, "ann"), "b": Booking("b", 2, 4, "ann"), "c": Booking("c", 5, 7, "bob")}
    assert violations(work, right.values()) == []
    spoiled = {
        "lasts": Booking("c", 5, 6, "bob"),
        "cannot do it": Booking("c", 5, 7, "ann"),
        "before it may": Booking("c", 0.5, 2.5, "bob"),
        "before a finishes": Booking("b", 1, 3, "ann"),
        "agent ann holds 2": Booking("b", 1, 3, "ann"),
        "resource memory holds 4": Booking("c", 3, 5, "bob"),
        "rate limit calls holds 2": Booking("c", 4.5, 6.5, "bob"),
    }
    for complaint, booking in spoiled.items():
        assert any(complaint in found for found in violations(work, {**right, booking.step: booking}.values()))
    assert violations(work, [right["a"], right["b"]]) == ["step c is not scheduled"]
    assert violations(work, [*right.values(), right["a"]]) == ["a step is scheduled twice"]


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        (lambda: WorkPlan((Work("a", 1, ("b",)), Work("b", 1, ("a",)))), "cycle"),
        (lambda: WorkPlan((Work("a", 1, ("b",)),)), "not one of the steps"),
        (lambda: WorkPlan((Work("a", 1), Work("a", 1))), "names must be unique"),
        (lambda: WorkPlan((Work("a", 1, uses={"memory": 3}),), resources=(SharedResource("memory", 2),)), "only 2"),
        (lambda: WorkPlan((Work("a", 1, uses={"disk": 3}),)), "no resource or rate limit"),
        (lambda: WorkPlan((Work("a", 1, (), "fly"),), (AgentCapacity("ann", frozenset()),)), "no agent has"),
        (lambda: Work("a", float("nan")), "finite"),
        (lambda: WorkPlan((), rates=(RateLimit("calls", 1, 0.0),)), "more than 0"),
        (lambda: schedule(WorkPlan(()), method="magic"), "not magic"),
    ],
)
def test_what_cannot_be_scheduled_is_refused_in_a_sentence(made, complaint):
    """Cycles, unknown names, too much of a limit, nobody who can: told before anything is searched."""
    with pytest.raises(InputError, match=complaint):
        made()


def test_without_or_tools_the_heuristic_schedules_and_asking_for_more_is_answered(monkeypatch):
    """Auto falls back and says so; CP-SAT by name names the extra."""
    monkeypatch.setattr(cp_sat, "available", lambda: False)
    steps = tuple(Work(f"s{n}", float(n % 3 + 1)) for n in range(7))
    work = WorkPlan(steps, (AgentCapacity("ann", None, 3),))
    assert schedule(work, seconds=1).method == "heuristic"
    hard = WorkPlan((*steps, Work("d", 1.5, ("s0",), uses={"m": 1})), resources=(SharedResource("m", 1),))
    problem = compile_work(hard)
    found = search(problem, tries=1).best
    assert found is not None
    with pytest.raises(cp_sat.SchedulerMissingError, match=r"htn\[schedule\]"):
        cp_sat.improve(problem, found, seconds=1)


def test_the_same_problem_has_the_same_schedule():
    """Nothing depends on time or on the order of sets."""
    work = random_work(3, 14)
    assert schedule(work, tries=30).bookings == schedule(work, tries=30).bookings


def test_packed_amounts_compare_field_by_field():
    """For all small amounts, one subtraction tells what comparing each would tell."""
    fields = Fields([3, 0, 4])
    for used in itertools.product(range(5), range(2), range(6)):
        fits = all(amount <= size for amount, size in zip(used, (3, 0, 4), strict=True))
        assert ((fields.full - fields.pack(used)) & fields.guard == fields.guard) == fits
        left = fields.unpack(fields.take(fields.full, fields.pack(used)))
        assert left == [max(0, size - amount) for amount, size in zip(used, (3, 0, 4), strict=True)]


@pytest.mark.parametrize("seed", range(10))
def test_a_gantt_chart_holds_each_step_once_in_lanes_without_overlap(seed):
    """No agent has more lanes than it can do at once; levels of limits stay within them; the chain has no holes."""
    work = random_work(seed, 12)
    made = schedule(work, tries=5)
    chart = json.loads(json.dumps(gantt(made, now=made.makespan / 2)))
    bars = [bar for lane in chart["lanes"] for bar in lane["bars"]]
    assert sorted(bar["step"] for bar in bars) == sorted(step.id for step in work.steps)
    for lane in chart["lanes"]:
        for one, two in itertools.pairwise(lane["bars"]):
            assert one["finish"] <= two["start"]
    for limit in chart["limits"]:
        assert all(0 <= level <= limit["capacity"] for _, level in limit["used"])
    by_step = made.by_step()
    assert by_step[chart["critical"][-1]].finish == made.makespan
    states = {bar["step"]: bar["state"] for bar in bars}
    assert all(states[b.step] == "planned" for b in made.bookings if b.start >= made.makespan / 2)
