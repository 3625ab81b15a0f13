"""`htn solve`: read, compile, search, write; with the plan comes what each phase took."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from htn.model.collecting import collecting_paused
from htn.stopping import Stopped, Watch

if TYPE_CHECKING:
    from htn.hddl.compile import Compiled
    from htn.hddl.model import Domain, Problem
    from htn.planning.limits import Limits
    from htn.planning.outcome import Outcome

__all__ = ["LIMIT_CODES", "Answer", "solve_hddl", "solve_python"]

LIMIT_CODES = {"seconds": 21, "nodes": 22, "memory": 23, "cancelled": 24}


class Answer(NamedTuple):
    """What came of a problem.

    Attributes
    ----------
    code : int
        The exit code: 0 solved, 10 unsolvable, 21 to 24 a limit was reached, 31 the domain is wrong.
    text : str
        The plan in the competition's format, or a sentence.
    document : dict
        The same as JSON data, with statistics.
    plan : str or None
        What a file for the plan is to hold.
    """

    code: int
    text: str
    document: dict[str, Any]
    plan: str | None = None


class _Phases:
    """How long each phase took, and what the search counted."""

    def __init__(self, begun: float) -> None:
        self.seconds: dict[str, float] = {}
        self.outcome: Outcome | None = None
        self._begun = self._last = begun

    def ended(self, name: str) -> None:
        """Count the time since the last phase ended towards a phase."""
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now

    def statistics(self) -> dict[str, Any]:
        """Return what the phases, the search and the process took."""
        import resource
        import sys

        counted = self.outcome.statistics if self.outcome is not None else None
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {
            "seconds": time.perf_counter() - self._begun,
            "process_seconds": time.process_time(),
            "phases": self.seconds,
            "memory_mb": round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1),
            **{name: getattr(counted, name, 0) for name in ("nodes", "backtracks", "dead_ends", "cuts")},
        }


def solve_hddl(domain: str, problem: str, watch: Watch, *, seed: int | None = None, plan: str | None = None) -> Answer:
    """Solve a problem in HDDL.

    Parameters
    ----------
    domain, problem : str
        The files.
    watch : Watch
        The limits of the command.
    seed : int, optional
        Shuffles the order of methods.
    plan : str, optional
        A file for the plan, in the competition's format.

    Raises
    ------
    HddlError
        When a file cannot be read or is not what it should be.
    Stopped
        When the command is to end without an answer.
    """

    def solve(phases: _Phases) -> Answer:
        read, asked, compiled = _prepared(domain, problem, phases)
        phases.outcome = outcome = _searched(compiled, watch, seed)
        phases.ended("searching")
        return _found_hddl(outcome, compiled, read, asked) if outcome else _without_plan(outcome)

    return _timed(solve, watch, plan)


def solve_python(
    domain: str, problem: str, watch: Watch, *, seed: int | None = None, plan: str | None = None
) -> Answer:
    """Solve a problem for a domain that is a Python file; as `solve_hddl`, with the plan as JSON."""

    def solve(phases: _Phases) -> Answer:
        from htn.planning.decompose import find_plan
        from htn.problem import load_domain, load_problem

        declared, asked = load_domain(domain), load_problem(problem)
        phases.ended("reading")
        limits = _limits(watch)
        phases.outcome = outcome = find_plan(declared, asked.state, asked.tasks, limits=limits, seed=seed)
        phases.ended("searching")
        return _found_python(outcome, plan is not None) if outcome else _without_plan(outcome)

    return _timed(solve, watch, plan)


def _timed(solve: Callable[[_Phases], Answer], watch: Watch, path: str | None) -> Answer:
    """Return what solving comes to, written to a file and with statistics; a limit is an answer too."""
    phases = _Phases(watch.begun)
    phases.ended("starting")
    try:
        with collecting_paused():
            answer = solve(phases)
        if path and answer.plan is not None:
            from htn.writing import write_whole

            write_whole(path, answer.plan)
        phases.ended("writing")
    except Stopped as stopped:
        if not stopped.at_limit:
            raise
        answer = _limited(stopped.why)
    except MemoryError:
        answer = _limited("memory")
    answer.document["statistics"] = phases.statistics()
    answer.document["exit_code"] = answer.code
    return answer


def _limits(watch: Watch) -> Limits:
    from htn.planning.limits import Limits

    memory = watch.memory_left
    return Limits(watch.seconds_left, None, Limits().memory_mb if memory is None else memory)


def _prepared(domain: str, problem: str, phases: _Phases) -> tuple[Domain, Problem, Compiled]:
    from htn.hddl.compile.problem import compile_problem
    from htn.hddl.domain import load_domain
    from htn.hddl.errors import HddlError
    from htn.hddl.problem import load_problem

    read = load_domain(domain)
    asked = load_problem(problem, read)
    phases.ended("reading")
    try:
        compiled = compile_problem(read, asked)
    except HddlError as error:
        if asked.domain == read.name:
            raise
        raise HddlError(f"{error} (the problem is for the domain '{asked.domain}', this is '{read.name}')") from None
    phases.ended("compiling")
    return read, asked, compiled


def _searched(compiled: Compiled, watch: Watch, seed: int | None) -> Outcome:
    from htn.planning.decompose import find_plan

    # Recursion without end is common in HDDL, and the memory costs its domains little.
    return find_plan(
        compiled.domain,
        compiled.state,
        compiled.tasks,
        limits=_limits(watch),
        seed=seed,
        patience=0,
        hasty=True,
        cover=compiled.cover,
    )


def _found_hddl(outcome: Outcome, compiled: Compiled, domain: Domain, problem: Problem) -> Answer:
    from htn.hddl.compile.plans import plan_of
    from htn.hddl.cost import plan_cost
    from htn.hddl.plan_format import format_plan
    from htn.planning.outcome import Solved

    assert isinstance(outcome, Solved)
    plan = plan_of(compiled, outcome.path)
    text = format_plan(plan)
    document: dict[str, Any] = {
        "status": outcome.status,
        "length": len(plan.steps),
        "cost": plan_cost(domain, problem, plan),
        "plan": [[step.name, *step.arguments] for step in plan.steps],
        "decomposition": text,
    }
    return Answer(0, text, document, text)


def _found_python(outcome: Outcome, wanted: bool) -> Answer:
    import json

    from htn.planning.outcome import Solved

    assert isinstance(outcome, Solved)
    actions = outcome.actions
    document = {"status": outcome.status, "length": len(actions), "plan": [list(action) for action in actions]}
    text = "\n".join([" ".join(map(str, action)) for action in actions])
    # Dependencies are traced where the plan is kept.
    return Answer(0, text, document, json.dumps(outcome.plan.to_json(), ensure_ascii=False) if wanted else None)


def _without_plan(outcome: Outcome) -> Answer:
    from htn.planning.outcome import InvalidDomain, LimitReached, Unsolvable

    if isinstance(outcome, LimitReached):
        return _limited(outcome.limit)
    if isinstance(outcome, InvalidDomain):
        problems = list(outcome.problems)
        return Answer(31, "\n".join(problems), {"status": outcome.status, "problems": problems})
    assert isinstance(outcome, Unsolvable)
    # Names with # are the compiler's own and say nothing to who wrote the file.
    because = f": {outcome.reason}" if outcome.reason and "#" not in outcome.reason else ""
    return Answer(10, f"there is no plan{because}", {"status": outcome.status, "reason": outcome.reason})


def _limited(limit: str) -> Answer:
    return Answer(LIMIT_CODES[limit], f"the limit on {limit} was reached", {"status": "limit reached", "limit": limit})
