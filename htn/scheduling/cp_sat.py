"""Schedules by constraint programming: OR-tools' CP-SAT with a heuristic schedule as its hint and horizon (extra).

Steps are intervals, limits are cumulative constraints, a choice of agents is a choice of optional intervals. (Laborie,
P., Rogerie, J., Shaw, P. and Vilím, P. (2018): IBM ILOG CP Optimizer for scheduling. Constraints 23, 210-250, for the
modelling; the solver is Perron, L. and Didier, F.: CP-SAT.)
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from htn.model.errors import HtnError
from htn.scheduling.compiled import Compiled, compile_work
from htn.scheduling.generation import Sketch, reserved, serial
from htn.scheduling.work import WorkPlan

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

__all__ = ["Improved", "SchedulerMissingError", "available", "improve"]

_TICKS = 1_000_000
"""Parts into which the hint's makespan is divided where times are no whole numbers."""


class SchedulerMissingError(HtnError):
    """OR-tools is not installed."""

    code = "missing-extra"
    exit_code = 50


@dataclass(frozen=True, slots=True)
class Improved:
    """What the solver made of a schedule.

    Attributes
    ----------
    sketch : Sketch
        At least as short as the hint.
    bound : float
        No schedule is shorter.
    curve : tuple of tuple
        Seconds since the start, and makespan, of each better schedule.
    """

    sketch: Sketch
    bound: float
    curve: tuple[tuple[float, float], ...]


def available() -> bool:
    """Whether OR-tools is installed."""
    try:
        import ortools.sat.python.cp_model  # noqa: F401  (only asked for)
    except ImportError:
        return False
    return True


def improve(problem: Compiled, hint: Sketch, *, seconds: float, workers: int = 1, seed: int = 0) -> Improved:
    """Look for a shorter schedule, and for a proof that there is none.

    Parameters
    ----------
    problem : Compiled
        What is to be scheduled.
    hint : Sketch
        A schedule of it: where the search starts, and what it must go below.
    seconds : float
        When to stop; building the model counts.
    workers : int, default 1
        Threads. One worker takes the solver's strategies in turns.
    seed : int, default 0
        The solver's. Where it ends before the limit the result depends on nothing else.

    Returns
    -------
    Improved
        The schedule and the bound.

    Raises
    ------
    SchedulerMissingError
        Without OR-tools.
    """
    if not available():
        raise SchedulerMissingError("schedules by constraint programming need the extra 'schedule': htn[schedule]")
    began = time.perf_counter()
    tick = _tick(problem, hint)
    ticked = problem if tick == 1 else compile_work(_in_ticks(problem.work, tick))
    order = _order(problem, hint)
    start = serial(ticked, order, hint.mode)
    model = _Model(ticked, start)
    solver = _solver(seconds - (time.perf_counter() - began), workers, seed)
    curve: list[tuple[float, float]] = []
    status = solver.solve(model.model, _watch(curve, began, tick))
    if status not in model.found_something:
        return Improved(hint, problem.bound, ())
    sketch = serial(problem, *model.reading(solver, ticked))
    least = solver.best_objective_bound
    # each step may have been rounded up, and begins in a tick of its own
    bound = least if tick == 1 else (least - problem.size - 2) * tick
    if sketch.makespan > hint.makespan:
        sketch = hint
    return Improved(sketch, min(max(bound, problem.bound), sketch.makespan), tuple(curve))


def _tick(problem: Compiled, hint: Sketch) -> float:
    """Return the unit of the solver's whole numbers."""
    times = [mode.seconds for ways in problem.modes for mode in ways] + problem.earliest + problem.rate_seconds
    times += [time for booking in problem.fixed if booking is not None for time in (booking.start, booking.finish)]
    if all(float(moment).is_integer() for moment in times) and hint.makespan <= _TICKS:
        return 1
    return hint.makespan / _TICKS or 1


def _in_ticks(work: WorkPlan, tick: float) -> WorkPlan:
    """Return the same problem in ticks, every stretch of time rounded up."""

    def up(moment: float) -> float:
        return float(math.ceil(moment / tick))

    return WorkPlan(
        tuple(
            replace(
                step,
                seconds=up(step.seconds),
                earliest=up(step.earliest),
                seconds_by={agent: up(seconds) for agent, seconds in step.seconds_by.items()},
            )
            for step in work.steps
        ),
        work.agents,
        work.resources,
        tuple(replace(rate, seconds=up(rate.seconds)) for rate in work.rates),
        tuple(replace(booking, start=up(booking.start), finish=up(booking.finish)) for booking in work.fixed),
    )


def _order(problem: Compiled, sketch: Sketch) -> list[int]:
    rank = {step: place for place, step in enumerate(problem.order)}
    return sorted(rank, key=lambda step: (sketch.start[step], rank[step]))


def _solver(seconds: float, workers: int, seed: int) -> cp_model.CpSolver:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, seconds)
    solver.parameters.num_workers = workers
    solver.parameters.interleave_search = workers == 1
    solver.parameters.random_seed = seed
    return solver


def _watch(curve: list[tuple[float, float]], began: float, tick: float) -> Any:
    """Return a callback that notes when each better schedule was found."""
    from ortools.sat.python import cp_model

    class Watch(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            curve.append((time.perf_counter() - began, self.objective_value * tick))

    return Watch()


class _Model:
    """The problem as constraints."""

    def __init__(self, problem: Compiled, hint: Sketch) -> None:
        from ortools.sat.python import cp_model

        self.problem, self.hint = problem, hint
        self.model = cp_model.CpModel()
        self.found_something = (cp_model.OPTIMAL, cp_model.FEASIBLE)
        self.start: dict[int, cp_model.IntVar] = {}
        self.chosen: dict[int, list[cp_model.IntVar]] = {}
        horizon = int(hint.makespan)
        self.makespan = self.model.new_int_var(min(horizon, int(problem.bound)), horizon, "makespan")
        self.model.add_hint(self.makespan, horizon)
        free = [step for step in problem.order if problem.fixed[step] is None]
        for step in free:
            self._variables(step, horizon)
        for step in free:
            self._precedences(step)
        self._limits(free)
        self.model.minimize(self.makespan)

    def _variables(self, step: int, horizon: int) -> None:
        problem, model = self.problem, self.model
        low, high = int(problem.head[step]), horizon - int(problem.tail[step])
        self.start[step] = model.new_int_var(low, max(low, high), f"start {step}")
        model.add_hint(self.start[step], int(self.hint.start[step]))
        if len(problem.modes[step]) > 1:
            self.chosen[step] = [model.new_bool_var(f"mode {step} {at}") for at in range(len(problem.modes[step]))]
            model.add_exactly_one(self.chosen[step])
            for at, literal in enumerate(self.chosen[step]):
                model.add_hint(literal, at == self.hint.mode[step])

    def _precedences(self, step: int) -> None:
        """Let what follows, or the end, come after the step."""
        later: list[Any] = [self.start[each] for each in self.problem.after[step] if each in self.start]
        for after in later or [self.makespan]:
            self._after(step, after)

    def _after(self, step: int, after: Any) -> None:
        ways = self.problem.modes[step]
        if len({mode.seconds for mode in ways}) == 1:
            self.model.add(after >= self.start[step] + int(ways[0].seconds))
            return
        for mode, literal in zip(ways, self.chosen[step], strict=True):
            self.model.add(after >= self.start[step] + int(mode.seconds)).only_enforce_if(literal)

    def _limits(self, free: list[int]) -> None:
        """Add one cumulative constraint for each pool, shared resource and rate limit that can be exceeded."""
        problem, model = self.problem, self.model
        count = len(problem.fields.capacities)
        sizes = [*problem.fields.capacities, *(fields.capacities[0] for fields in problem.rate_fields)]
        taken: list[list[tuple[Any, int]]] = [[] for _ in sizes]
        for step in free:
            for at, mode in enumerate(problem.modes[step]):
                interval: Any = None
                for limit, amount in enumerate(problem.fields.unpack(mode.demand)):
                    if amount:
                        interval = interval or self._interval(step, at, int(mode.seconds))
                        taken[limit].append((interval, amount))
            for rate, packed in problem.rate_demand[step]:
                held = model.new_fixed_size_interval_var(self.start[step], int(problem.rate_seconds[rate]), "")
                taken[count + rate].append((held, problem.rate_fields[rate].unpack(packed)[0]))
        for limit, begin, end, amount in reserved(problem):
            taken[limit].append((model.new_fixed_size_interval_var(int(begin), int(end - begin), ""), amount))
        for size, held_by in zip(sizes, taken, strict=True):
            if sum(amount for _, amount in held_by) > size:
                model.add_cumulative([each for each, _ in held_by], [amount for _, amount in held_by], size)

    def _interval(self, step: int, at: int, seconds: int) -> Any:
        if step not in self.chosen:
            return self.model.new_fixed_size_interval_var(self.start[step], seconds, "")
        return self.model.new_optional_fixed_size_interval_var(self.start[step], seconds, self.chosen[step][at], "")

    def reading(self, solver: cp_model.CpSolver, problem: Compiled) -> tuple[list[int], list[int]]:
        """Return the order of the starts found, and the modes."""
        start, mode = list(self.hint.start), list(self.hint.mode)
        for step, variable in self.start.items():
            start[step] = solver.value(variable)
        for step, literals in self.chosen.items():
            mode[step] = next(at for at, literal in enumerate(literals) if solver.boolean_value(literal))
        return _order(problem, Sketch(start, [], mode, 0.0)), mode
