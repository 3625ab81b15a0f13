"""GTPyhop on its own Blocksworld and Childsnack encodings, beside this engine on them and on the HDDL they come from.

As a script (EXAMPLE PROBLEM STRATEGY) it is GTPyhop's process: it imports, loads the example, plans, prints the steps.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _shipped

__all__ = ["Comparison", "compare", "gtpyhop_claims", "gtpyhop_table"]

EXAMPLES = {name: f"ipc-2020-total-order/{name}" for name in ("Blocksworld-GTOHP", "Childsnack")}
SIZES = {"Blocksworld-GTOHP": ("p05", "p12", "p19"), "Childsnack": ("p01", "p10", "p20", "p30")}
"""Problems that GTPyhop completes; its largest Blocksworld problem has no plan as it is encoded."""
BUDGET = 15.0
"""Seconds after which a problem has no more than three turns."""
STRATEGIES = ("seek_plan_iterative", "seek_plan_iterative_backtracking")
"""GTPyhop's functions that do not go as deep as a plan is long."""


@dataclass
class Comparison:
    """Seconds on one problem, in turns.

    Attributes
    ----------
    domain, problem : str
        Names in the competition.
    steps : dict
        Lengths of the plans by what planned.
    taken : dict
        Seconds by what was measured: ``planning`` inside one process, ``process`` with everything; of ``gtpyhop``, of
        the ``engine`` on the same functions, and of ``htn`` on HDDL.
    """

    domain: str
    problem: str
    steps: dict[str, int] = field(default_factory=dict)
    taken: dict[str, list[float]] = field(default_factory=dict)

    def median(self, name: str) -> float | None:
        """Return the median of the seconds."""
        return statistics.median(self.taken[name]) if self.taken.get(name) else None

    def ratio(self, above: str, below: str) -> float | None:
        """Return the median of the ratios of what was measured in the same turn."""
        pairs = list(zip(self.taken.get(above, ()), self.taken.get(below, ()), strict=False))
        return statistics.median(one / two for one, two in pairs) if pairs else None


def problem_name(domain: str, problem: str) -> str:
    """Return what GTPyhop's example calls one of the competition's problems.

    Examples
    --------
    >>> problem_name("Blocksworld-GTOHP", "p20"), problem_name("Childsnack", "p30")
    ('BW_rand_43', 'childsnack_p30')
    """
    return f"childsnack_{problem}" if domain == "Childsnack" else f"BW_rand_{2 * int(problem[1:]) + 3}"


def compare(domain: str, problem: str, hddl: Callable[[], tuple[float, int]] | None, rounds: int) -> Comparison:
    """Return what everything takes on a problem.

    Parameters
    ----------
    domain, problem : str
        Names in the competition.
    hddl : callable or None
        Runs ours on the HDDL, as a process, and returns seconds and the length of the plan.
    rounds : int
        Turns, at most.
    """
    from htn.interop import gtpyhop as interop
    from htn.interop.domain import native_tasks
    from htn.planning import Solved, find_plan

    example, name = EXAMPLES[domain], problem_name(domain, problem)
    theirs = _shipped.gtpyhop()
    modules = {planner: _shipped.load(example, planner) for planner in (theirs, interop)}
    found = {planner: _shipped.problems(example, module, planner)[name] for planner, module in modules.items()}
    native = modules[interop].the_domain.native()
    state, todo = found[interop]
    tasks = native_tasks(todo)

    def engine() -> int:
        outcome = find_plan(native, state, tasks)
        return len(outcome.actions) if isinstance(outcome, Solved) else 0

    def gtpyhop(strategy: str) -> int:
        return len(_shipped.gtpyhop_plan(modules[theirs].the_domain, *found[theirs], strategy) or ())

    strategy = min(STRATEGIES, key=lambda each: _timed(lambda: gtpyhop(each))[0])
    made = Comparison(domain, problem)
    began = time.perf_counter()
    for turn in range(rounds):
        if turn >= 3 and time.perf_counter() - began > BUDGET:
            break
        measured = {
            "gtpyhop planning": _timed(lambda: gtpyhop(strategy)),
            "engine planning": _timed(engine),
            "gtpyhop process": _process(domain, problem, strategy),
        }
        if hddl is not None:
            measured["htn process"] = hddl()
        for each, (seconds, steps) in measured.items():
            made.taken.setdefault(each, []).append(seconds)
            made.steps[each] = steps
    return made


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    started = time.perf_counter()
    steps = work()
    return time.perf_counter() - started, steps


def _process(domain: str, problem: str, strategy: str) -> tuple[float, int]:
    from benchmarks._ipc_run import Limits, run

    command = [sys.executable, str(Path(__file__)), EXAMPLES[domain], problem_name(domain, problem), strategy]
    made = run(command, Path(), Path(), Limits(seconds=120))
    return made.wall, int(made.output or 0)


def gtpyhop_table(found: list[Comparison]) -> str:
    """Return medians and ratios as a table."""
    from benchmarks._ipc_tables import markdown

    columns = [
        *("domain", "problem", "steps (GTPyhop, HDDL)", "GTPyhop plans s", "engine plans s", "times faster"),
        *("GTPyhop process s", "htn solve process s", "times faster"),
    ]
    rows: list[list[Any]] = [
        [
            *(each.domain, each.problem, f"{each.steps['gtpyhop planning']}, {each.steps.get('htn process', '-')}"),
            *(each.median("gtpyhop planning"), each.median("engine planning")),
            each.ratio("gtpyhop planning", "engine planning"),
            *(each.median("gtpyhop process"), each.median("htn process")),
            each.ratio("gtpyhop process", "htn process"),
        ]
        for each in found
    ]
    return markdown(columns, rows)


def gtpyhop_claims(found: list[Comparison], *, quick: bool) -> list[Any]:
    """Return that ours is faster on the largest of each domain, in both ways; on small ones starting is most of it."""
    from benchmarks._report import Claim

    claims = []
    largest = {each.domain: each for each in found}
    for each in largest.values():
        for way, above, below, wanted in (
            ("planning on the same functions", "gtpyhop planning", "engine planning", 1.0),
            ("htn solve on the HDDL", "gtpyhop process", "htn process", 0.3 if quick else 1.0),
        ):
            ratio = each.ratio(above, below)
            if ratio is not None:
                text = f"{each.domain} {each.problem}: {way}, times faster than GTPyhop"
                claims.append(Claim(text, ratio, wanted, at_most=False))
    return claims


def main() -> None:
    """Be GTPyhop's process."""
    example, name, strategy = sys.argv[1:]
    theirs = _shipped.gtpyhop()
    module = _shipped.load(example, theirs)
    state, tasks = _shipped.problems(example, module, theirs)[name]
    print(len(_shipped.gtpyhop_plan(module.the_domain, state, tasks, strategy) or ()))


if __name__ == "__main__":
    main()
