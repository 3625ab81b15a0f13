"""`htn solve`: read, compile, search, write; with the plan comes what each phase took."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from htn.model.collecting import collecting_paused
from htn.stopping import Stopped, Watch

if TYPE_CHECKING:
    from collections.abc import Collection

    from htn.hddl.model import Domain, Problem
    from htn.planning.limits import Limits
    from htn.planning.outcome import Outcome
    from htn.portfolio import Result

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
    """How long each phase took, and what the searches counted."""

    def __init__(self, begun: float) -> None:
        self.seconds: dict[str, float] = {}
        self.counted: dict[str, Any] = {}
        self._begun = self._last = begun

    def ended(self, name: str, seconds: float | None = None) -> None:
        """Count the time since the last phase ended towards a phase; or so many seconds of it."""
        now = time.perf_counter() if seconds is None else self._last + seconds
        self.seconds[name] = now - self._last
        self._last = now

    def statistics(self) -> dict[str, Any]:
        """Return what the phases, the searches and the process took."""
        import resource
        import sys

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {
            "seconds": time.perf_counter() - self._begun,
            "process_seconds": time.process_time(),
            "phases": self.seconds,
            "memory_mb": round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1),
            **self.counted,
        }


def solve_hddl(
    domain: str,
    problem: str,
    watch: Watch,
    *,
    seed: int | None = None,
    plan: str | None = None,
    improve: float = 0.0,
    cores: int = 1,
    only: Collection[str] = (),
) -> Answer:
    """Solve a problem in HDDL.

    Parameters
    ----------
    domain, problem : str
        The files.
    watch : Watch
        The limits of the command.
    seed : int, optional
        Shuffles what the searches leave open.
    plan : str, optional
        A file for the plan, in the competition's format; each better plan takes the place of the one before.
    improve, cores, only
        As for `htn.portfolio.solve`.

    Raises
    ------
    HddlError
        When a file cannot be read or is not what it should be.
    InputError
        When there is no search of a name, or no second process can be had.
    Stopped
        When the command is to end without an answer.
    """
    best: list[Result] = []

    def report(result: Result) -> None:
        best[:] = [result]
        if improve and plan is not None and result.plan is not None and _replaceable(plan):
            from htn.hddl.plan_format import format_plan
            from htn.writing import write_whole

            write_whole(plan, format_plan(result.plan))

    def solve(phases: _Phases) -> Answer:
        read, asked = _read(domain, problem)
        phases.ended("reading")
        from htn.portfolio.solve import solve

        result = _naming_the_domain(
            read,
            asked,
            lambda: solve(
                read,
                asked,
                limits=_limits(watch),
                seed=seed,
                improve=improve,
                cores=cores,
                only=only,
                report=report,
            ),
        )
        members = dict(result.seconds)
        phases.ended("compiling", members.pop("compile", 0.0))
        phases.ended("searching")
        phases.counted = {"searches": members, "counted": dict(result.counted)}
        return _answered(result)

    def stopped(limit: str) -> Answer:
        return _answered(best[0]._replace(limit=limit)) if best else _limited(limit)

    return _timed(solve, watch, plan, stopped)


def _replaceable(path: str) -> bool:
    """Whether what stands there can be replaced later by something better; not so for a terminal or a pipe."""
    import os

    return os.path.isfile(path) or not os.path.exists(path)


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
        outcome = find_plan(declared, asked.state, asked.tasks, limits=limits, seed=seed)
        phases.ended("searching")
        names = ("nodes", "backtracks", "dead_ends", "cuts")
        phases.counted = {name: getattr(outcome.statistics, name) for name in names}
        return _found_python(outcome, plan is not None) if outcome else _without_plan(outcome)

    return _timed(solve, watch, plan, _limited)


def _timed(
    solve: Callable[[_Phases], Answer], watch: Watch, path: str | None, at_limit: Callable[[str], Answer]
) -> Answer:
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
        answer = at_limit(stopped.why)
    except MemoryError:
        answer = at_limit("memory")
    answer.document["statistics"] = phases.statistics()
    answer.document["exit_code"] = answer.code
    return answer


def _limits(watch: Watch) -> Limits:
    from htn.planning.limits import Limits

    memory = watch.memory_left
    return Limits(watch.seconds_left, None, Limits().memory_mb if memory is None else memory)


def _read(domain: str, problem: str) -> tuple[Domain, Problem]:
    from htn.hddl.domain import load_domain
    from htn.hddl.problem import load_problem

    read = load_domain(domain)
    return read, load_problem(problem, read)


def _naming_the_domain(domain: Domain, problem: Problem, solve: Callable[[], Result]) -> Result:
    """Solve; where the problem uses what the domain lacks, say that it is meant for another one."""
    from htn.hddl.errors import HddlError

    try:
        return solve()
    except HddlError as error:
        if problem.domain == domain.name:
            raise
        raise HddlError(
            f"{error} (the problem is for the domain '{problem.domain}', this is '{domain.name}')"
        ) from None


def _answered(result: Result) -> Answer:
    document: dict[str, Any] = {"status": result.status, "search": result.member}
    if result.plan is None:
        if result.status == "unsolvable":
            return Answer(10, "there is no plan", document)
        if result.status == "gave up":
            return Answer(20, "every search gave up", document)
        return _limited(result.limit)
    from htn.hddl.plan_format import format_plan

    text = format_plan(result.plan)
    document |= {
        "length": len(result.plan.steps),
        "cost": result.cost,
        "best": result.best,
        "plan": [[step.name, *step.arguments] for step in result.plan.steps],
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
