"""Decomposition: this engine beside GTPyhop and a recursive Pyhop, and the floor that none of them can go below.

The same domain functions run with every planner, the planners take turns, and the figures are medians. The floor is the
time that the functions themselves take along the engine's search, on plain dictionaries (`_floor.py`). The reference is
written for this comparison (`_reference.py`) and compared on the largest size that it completes.

Domains: GTPyhop's own Childsnack (sets that change in place: through ``htn.interop.gtpyhop``) and blocks, and the
classic logistics, queens (backtracking) and countdown (long right recursion) of this project, on native states.
"""

from __future__ import annotations

import gc
import importlib
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _reference, _shipped
from benchmarks._floor import Recording, record
from benchmarks._report import Claim, arguments, finish, table
from htn.interop import gtpyhop as interop
from htn.interop.domain import native_tasks
from htn.model import Domain, State
from htn.planning import Solved, find_plan

STRATEGIES = ("seek_plan_recursive", "seek_plan_iterative", "seek_plan_iterative_backtracking")
RECURSION = 12_000
PATIENCE = 12.0
"""Seconds after which a planner is not run again on a problem."""

FULL: dict[str, list[Any]] = {
    "childsnack": ["p10", "p24", "p30"],
    "blocks": [50, 150, 400],
    "logistics": [50, 300, 1500],
    "queens": [6, 8, 12],
    "countdown": [1_000, 5_000, 100_000],
}
QUICK: dict[str, list[Any]] = {
    "childsnack": ["p10", "p24"],
    "blocks": [20, 60],
    "logistics": [30, 150],
    "queens": [6, 8],
    "countdown": [500, 5_000],
}


@dataclass
class Case:
    """One problem, for every planner."""

    domain: str
    size: Any
    engine: Callable[[], Any]
    gtpyhop: Callable[[str], Any]
    reference: Callable[[], Any]
    floor: Recording
    nodes: int
    steps: int


def shipped_blocks(size: int) -> Case:
    """Return random blocks to be restacked, with the functions of GTPyhop's blocks_htn."""
    theirs = _shipped.gtpyhop()
    module = _shipped.load("blocks_htn", theirs)
    choice = random.Random(size)

    def towers() -> dict[str, str]:
        names = [f"b{number}" for number in range(size)]
        choice.shuffle(names)
        below = {}
        for place, name in enumerate(names):
            below[name] = "table" if place == 0 or choice.random() < 0.2 else names[place - 1]
        return below

    start = towers()
    goal = theirs.Multigoal("goal", pos=towers())
    clear = {name: name not in start.values() for name in start}
    fluents = {"pos": start, "clear": clear, "holding": {"hand": False}}
    domain = Domain("blocks")
    made = module.the_domain
    for name, function in made._action_dict.items():
        domain.operator(name=name)(function)
    for task, methods in made._task_method_dict.items():
        if not task.startswith("_verify"):
            for function in methods:
                domain.method(task)(function)
    return native_case("blocks", size, domain, State("start", **fluents), [("achieve", goal)])


def native_case(name: str, size: Any, domain: Domain, state: State, tasks: list[Any]) -> Case:
    """Return a case whose functions run on native states, and on everybody else's."""
    theirs = _shipped.gtpyhop()
    operators = {name: operator.function for name, operator in domain.operators.items()}
    methods = {task: [method.function for method in methods] for task, methods in domain.methods.items()}
    their_domain = theirs.Domain(name)
    theirs.declare_actions(*operators.values())
    for task, functions in methods.items():
        theirs.declare_task_methods(task, *functions)
    reference = _reference.Domain(name)
    reference.operators, reference.methods = operators, methods
    fluents = state.fluents()
    plain = _reference.State("plain", **fluents)
    their_state = theirs.State("theirs", **fluents)
    everything = [*operators.values(), *(function for functions in methods.values() for function in functions)]
    outcome = find_plan(domain, state, tasks)
    assert isinstance(outcome, Solved), outcome
    floor = record(domain, {id(f): f for f in everything}, plain, lambda recorded: find_plan(recorded, state, tasks))
    _check_floor(floor, outcome.final.fluents())
    return Case(
        name,
        size,
        lambda: _actions(find_plan(domain, state, tasks)),
        lambda strategy: _shipped.gtpyhop_plan(their_domain, their_state, tasks, strategy),
        lambda: _reference.plan(reference, plain, tasks),
        floor,
        outcome.statistics.nodes,
        len(outcome.actions),
    )


def shipped_childsnack(size: str) -> Case:
    """Return a problem of GTPyhop's Childsnack, whose state variables are sets."""
    example, theirs, plain = "ipc-2020-total-order/Childsnack", _shipped.gtpyhop(), _reference.module()
    modules = {planner: _shipped.load(example, planner) for planner in (theirs, interop, plain)}
    problems = {
        planner: _shipped.problems(example, module, planner)[f"childsnack_{size}"]
        for planner, module in modules.items()
    }
    domain = modules[interop].the_domain.native()
    state, todo = problems[interop]
    tasks = native_tasks(todo)
    outcome = find_plan(domain, state, tasks)
    assert isinstance(outcome, Solved), outcome
    # The floor calls the functions of the third copy of the module, which knows plain states.
    reference = modules[plain].the_domain
    functions = {id(op.function): reference.operators[name] for name, op in domain.operators.items()}
    for table_, plain_table in ((domain.methods, reference.methods), (domain.goal_methods, reference.goal_methods)):
        for name, methods in table_.items():
            functions |= {id(method.function): f for method, f in zip(methods, plain_table[name], strict=True)}
    start = _reference.State("plain", **{name: getattr(state, name) for name in state.state_vars()})
    floor = record(domain, functions, start, lambda recorded: find_plan(recorded, state, tasks))
    _check_floor(floor, outcome.final.fluents())
    return Case(
        "childsnack",
        size,
        lambda: _actions(find_plan(domain, state, tasks)),
        lambda strategy: _shipped.gtpyhop_plan(modules[theirs].the_domain, *problems[theirs], strategy),
        lambda: _reference.plan(reference, *problems[plain]),
        floor,
        outcome.statistics.nodes,
        len(outcome.actions),
    )


def _check_floor(floor: Recording, expected: dict[str, Any]) -> None:
    """Make sure that the recording leads where the search led."""
    reached = {name: value for name, value in vars(floor.run()[1]).items() if name != "__name__"}
    assert reached == expected, "the recorded calls do not lead where the search led"


def _actions(outcome: Any) -> list[Any]:
    actions: list[Any] = outcome.actions
    return actions


def case(name: str, size: Any) -> Case:
    """Return the case of a domain and size."""
    if name == "childsnack":
        return shipped_childsnack(size)
    if name == "blocks":
        return shipped_blocks(size)
    module = importlib.import_module(f"domains.{name}")
    return native_case(name, size, module.domain, *module.problem(size))


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return what some work takes, and its result; None where it goes deeper than Python lets it."""
    gc.collect()
    started = time.perf_counter()
    try:
        result = work()
    except RecursionError:
        return float("nan"), None
    return time.perf_counter() - started, result


def strategies_by_speed(problem: Case) -> list[str]:
    """Return GTPyhop's strategies that find a plan, the fastest first."""
    times = {}
    for strategy in STRATEGIES:
        tried = [seconds(partial(problem.gtpyhop, strategy)) for _ in range(3)]
        if tried[0][1] is not None:
            times[strategy] = min(taken for taken, _ in tried)
    return sorted(times, key=lambda strategy: times[strategy])


def measure(problem: Case, strategies: list[str], *, rounds: int, reference: bool, budget: float) -> dict[str, Any]:
    """Return medians of what every planner takes, in turns, until the budget of seconds is used up.

    Strategies of GTPyhop that go deeper than Python lets them are taken from the list for this and larger sizes.
    """
    strategy, first = "", 0.0
    while strategies and not strategy:
        first, found = seconds(lambda: problem.gtpyhop(strategies[0]))
        strategy = strategies[0] if found is not None else ""
        if not strategy:
            strategies.pop(0)
    planners: dict[str, Callable[[], Any]] = {
        "engine": problem.engine,
        "gtpyhop": lambda: problem.gtpyhop(strategy),
        "reference": problem.reference,
    }
    if not reference:
        del planners["reference"]
    taken: dict[str, list[float]] = {name: [] for name in (*planners, "floor")}
    if not strategy or first > PATIENCE:
        del planners["gtpyhop"]
        taken["gtpyhop"] = [first] if strategy else []
    began = time.perf_counter()
    for turn in range(rounds):
        for name, planner in list(planners.items()):
            spent, result = seconds(planner)
            if result is None:
                del planners[name]
                continue
            taken[name].append(spent)
            if turn == 0 and name != "gtpyhop":  # which drops actions that change nothing
                assert len(result) == problem.steps, f"{name} found another plan"
            if spent > PATIENCE:
                del planners[name]
        gc.collect()
        taken["floor"].append(problem.floor.run()[0])
        if turn >= 2 and time.perf_counter() - began > budget:
            break
    medians = {name: statistics.median(times) for name, times in taken.items() if times}
    return {
        "domain": problem.domain,
        "size": problem.size,
        "steps": problem.steps,
        "nodes": problem.nodes,
        "rounds": len(taken["floor"]),
        "strategy": strategy,
        "seconds": medians,
        "fastest": {name: min(times) for name, times in taken.items() if times},
        "nodes_per_second": {name: problem.nodes / median for name, median in medians.items()},
        "engine_to_floor": ratio(taken, "engine", "floor"),
        "gtpyhop_to_engine": ratio(taken, "gtpyhop", "engine"),
        "reference_to_engine": ratio(taken, "reference", "engine"),
    }


def ratio(taken: dict[str, list[float]], above: str, below: str) -> float | None:
    """Return the median of the ratios of what was measured in the same turn."""
    pairs = list(zip(taken.get(above, ()), taken[below], strict=False))
    return statistics.median(one / two for one, two in pairs) if pairs else None


LONG_PLAN = """
import json, resource, sys, time
from pathlib import Path
from domains.countdown import domain, problem
from htn.planning import find_plan
state, tasks = problem(int(sys.argv[1]))
started = time.perf_counter()
outcome = find_plan(domain, state, tasks)
planned = time.perf_counter()
tree = outcome.tree
grown = time.perf_counter()
try:  # what getrusage tells on Linux counts the process that started this one
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 2**10
except OSError:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
print(json.dumps({"steps": len(tree.order), "plan": planned - started, "tree": grown - planned, "megabytes": peak}))
"""


def long_plan(steps: int) -> dict[str, float]:
    """Return seconds and megabytes of a plan with its tree, in a process of its own; the best of three."""
    import json

    root = Path(__file__).parents[1]
    command = [sys.executable, "-c", LONG_PLAN, str(steps)]
    runs = [json.loads(subprocess.run(command, cwd=root, check=True, capture_output=True).stdout) for _ in range(3)]
    return {key: min(run[key] for run in runs) for key in runs[0]}


def claims(rows: list[dict[str, Any]], long: dict[int, dict[str, float]], *, quick: bool) -> list[Claim]:
    """Return what is to be shown, on the largest size of each domain that the other planner completes.

    The quick part, on small problems, has limits of its own: they only tell whether something became much slower.
    """
    floor, gtpyhop, reference = (10, 2, 1.5) if quick else (2.5, 10, 5)
    found = []
    for name in dict.fromkeys(row["domain"] for row in rows):
        of_domain = [row for row in rows if row["domain"] == name]
        largest = of_domain[-1]
        found.append(Claim(f"{name} {largest['size']}: times the floor", largest["engine_to_floor"], floor))
        times = 20 if name == "childsnack" and not quick else gtpyhop
        for other, wanted in (("gtpyhop", times), ("reference", reference)):
            row = [row for row in of_domain if row[f"{other}_to_engine"] is not None][-1]
            text = f"{name} {row['size']}: times faster than {other}"
            found.append(Claim(text, row[f"{other}_to_engine"], wanted, at_most=False))
    fewer, more = sorted(long)
    per_step = {steps: (run["plan"] + run["tree"]) / steps for steps, run in long.items()}
    found.append(
        Claim(f"a plan of {more} steps: seconds a step, times those of {fewer}", per_step[more] / per_step[fewer], 2)
    )
    found.append(Claim(f"a plan of {more} steps with its tree: megabytes", long[more]["megabytes"], 1024))
    return found


def main() -> None:
    """Measure, print and check."""
    options = arguments(__doc__ or "")
    sys.setrecursionlimit(RECURSION)
    rows = []
    for name, sizes in (QUICK if options.quick else FULL).items():
        strategies: list[str] = []
        reference = True
        for size in sizes:
            problem = case(name, size)
            strategies = strategies or strategies_by_speed(problem)
            rounds, budget = (5, 4) if options.quick else (9, 40)
            row = measure(problem, strategies, rounds=rounds, reference=reference, budget=budget)
            reference = row["reference_to_engine"] is not None and row["seconds"]["reference"] < PATIENCE
            rows.append(row)
            print(f"  {name} {size}: {row['seconds']}", file=sys.stderr)
    print(
        table(
            [
                "domain",
                "size",
                "steps",
                "nodes",
                "engine s",
                "nodes/s",
                "floor s",
                "x floor",
                "gtpyhop s",
                "x",
                "recursive s",
                "x",
            ],
            [
                [
                    row["domain"],
                    row["size"],
                    row["steps"],
                    row["nodes"],
                    row["seconds"]["engine"],
                    int(row["nodes_per_second"]["engine"]),
                    row["seconds"]["floor"],
                    row["engine_to_floor"],
                    row["seconds"].get("gtpyhop"),
                    row["gtpyhop_to_engine"],
                    row["seconds"].get("reference"),
                    row["reference_to_engine"],
                ]
                for row in rows
            ],
        )
    )
    lengths = (1_000, 10_000) if options.quick else (10_000, 100_000)
    long = {steps: long_plan(steps) for steps in lengths}
    print(
        "\n"
        + table(
            ["plan of", "plan s", "tree s", "MB"], [[n, r["plan"], r["tree"], r["megabytes"]] for n, r in long.items()]
        )
    )
    finish(
        options,
        {"rows": rows, "long": {str(n): run for n, run in long.items()}},
        claims(rows, long, quick=options.quick),
    )


if __name__ == "__main__":
    main()
