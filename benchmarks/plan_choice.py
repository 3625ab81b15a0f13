"""Choosing among plans: the true Pareto front of small domains, and what larger ones cost against other ways to plan.

    python benchmarks/plan_choice.py --json plan_choice.json

Parts: `small` (random domains, each compared with every plan there is), `larger` (surveys of 5 to 40 accounts; beside
the first plan found, random restarts and improvement by windows, all with the same processor time), `limits` (the same
under limits drawn at random) and `questions` (questions to a synthetic sample, local and Claude agents, by the prior).
"""

from __future__ import annotations

import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _choice_domains as domains
from benchmarks._progress import shown
from benchmarks._report import Claim, arguments, finish, table
from htn.planning import Limits, Solved, find_plan
from htn.planning.choice import Choice, Objective, Price, choose_plan
from htn.planning.choice.objective import Ceiling
from htn.planning.improve import improve_path

OBJECTIVES = ("fast", "cheap", "balanced")
_NAMES = ("seconds", "tokens", "money")


def small(count: int) -> tuple[dict[str, Any], list[Claim]]:
    """Return on how many small domains the front is that of every plan."""
    same, plans, fronts, seconds = 0, [], [], 0.0
    for seed in range(count):
        case = domains.small(seed)
        points = {tuple(round(number, 6) for number in point) for point in domains.every_plan(case)}
        best = {p for p in points if not any(_covers(other, p) for other in points if other != p)}
        began = time.process_time()
        choice = choose_plan(
            case.domain,
            case.state,
            case.tasks,
            case.price,
            quality=case.quality,
            subtasks=case.graph,
            lowest=case.lowest,
        )
        seconds += time.process_time() - began
        found = {(*(round(getattr(a.price, n), 6) for n in _NAMES), round(a.price.quality, 6)) for a in choice.front}
        same += {(*p[:3], round(p[3], 4)) for p in found} == {(*p[:3], round(p[3], 4)) for p in best} and choice.proved
        plans.append(len(points))
        fronts.append(len(best))
    print(
        f"{count} small domains, with {min(plans)} to {max(plans)} different plans and fronts of up to {max(fronts)}:"
    )
    print(f"the front was that of every plan in {same}; {1e3 * seconds / count:.1f} ms of processor time each\n")
    found_all = {"domains": count, "same": same, "largest front": max(fronts), "seconds": seconds}
    return found_all, [Claim("small domains: share of fronts that are the true one", same / count, 1.0, at_most=False)]


def _covers(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(a <= b for a, b in zip(one[:3], other[:3], strict=True)) and one[3] >= other[3]


def _value(case: domains.Case, solved: Solved, objective: Objective, scale: Price) -> float:
    """Return how bad a plan is, computed from its steps and decisions alone."""
    price = _price(case, solved)
    total = objective.quality * -math.log(price.quality)
    for name in _NAMES:
        total += getattr(objective, name) * (getattr(price, name) or 0.0) / (getattr(scale, name) or 1.0)
    return float(total)


def _price(case: domains.Case, solved: Solved) -> Price:
    prices = [case.prices[action[0]] for action in solved.actions]
    quality = 1.0
    for entry in solved.path:
        if len(entry) == 6:
            quality *= case.quality(entry[0][0], entry[1].name)
    return Price(
        sum(p.seconds for p in prices), sum(p.tokens for p in prices), sum(p.money or 0.0 for p in prices), quality
    )


def _choose(case: domains.Case, objective: Objective, seconds: float, ceiling: Ceiling | None = None) -> Choice:
    return choose_plan(
        case.domain,
        case.state,
        case.tasks,
        case.price,
        quality=case.quality,
        objective=objective,
        ceiling=ceiling,
        every=False,
        subtasks=case.graph,
        lowest=case.lowest,
        limits=Limits(cancelled=_clock(seconds)),
    )


def _clock(seconds: float) -> Any:
    """Return what says that so much processor time has passed since now."""
    until = time.process_time() + seconds
    return lambda: time.process_time() >= until


def _restarts(case: domains.Case, objective: Objective, scale: Price, seconds: float) -> float:
    """Return the best value among plans made in random orders of methods."""
    over, best, seed = _clock(seconds), float("inf"), 0
    while seed == 0 or not over():
        outcome = find_plan(case.domain, case.state, case.tasks, seed=seed)
        assert isinstance(outcome, Solved)
        best = min(best, _value(case, outcome, objective, scale))
        seed += 1
    return best


def _windows(case: domains.Case, first: Solved, objective: Objective, scale: Price, seconds: float) -> float:
    """Return the value after improvement by windows, which sees what steps take but not the quality of methods."""

    def cost(task: Any) -> int:
        price = case.prices[task[0]]
        total = 0.0
        for n in _NAMES:
            total += getattr(objective, n) * (getattr(price, n) or 0.0) / (getattr(scale, n) or 1.0)
        return round(1e6 * total)

    over, best = _clock(seconds), _value(case, first, objective, scale)
    for better in improve_path(case.domain, case.state, case.tasks, first.path, cost=cost, subtasks=case.graph):
        if better is not None:
            solution = better.solution
            made = Solved(case.domain, case.state, solution.state, case.tasks, solution.path)
            best = min(best, _value(case, made, objective, scale))
        if over():
            break
    return best


def larger(seeds: int, accounts: tuple[int, ...], seconds: float) -> tuple[dict[str, Any], list[Claim]]:
    """Return the value of plans by each way to find them, relative to the first plan found."""
    rows: list[list[Any]] = []
    found: list[dict[str, Any]] = []
    for count in accounts:
        for name in OBJECTIVES:
            objective = Objective.parse(name)
            ours: list[dict[str, Any]] = []
            for seed in range(seeds):
                case = domains.larger(seed, count)
                choice = _choose(case, objective, seconds)
                assert choice.chosen is not None
                assert choice.first is not None
                scale = choice.first.price
                first = _value(case, choice.first.solved, objective, scale)
                ours.append(
                    {
                        "accounts": count,
                        "objective": name,
                        "seed": seed,
                        "ours": _value(case, choice.chosen.solved, objective, scale) / first,
                        "restarts": _restarts(case, objective, scale, seconds) / first,
                        "windows": _windows(case, choice.first.solved, objective, scale, seconds) / first,
                        "proved": choice.proved,
                        "gap": choice.gap,
                    }
                )
            found += ours
            middle = [statistics.median(row[way] for row in ours) for way in ("ours", "restarts", "windows", "gap")]
            rows.append([count, name, *middle[:3], sum(bool(row["proved"]) for row in ours), middle[3]])
    print(f"Larger domains, {seeds} of each, {seconds:g} s of processor time: value relative to the first plan found\n")
    print(table(["accounts", "objective", "ours", "random restarts", "windows", "proved", "gap"], rows))
    worse = sum(row["ours"] > row["restarts"] + 1e-9 for row in found)
    return {"plans": found}, [
        Claim("larger domains: chosen over first found, mean", statistics.mean(row["ours"] for row in found), 0.8),
        Claim("larger domains: cases in which random restarts find a better plan", worse, 0),
    ]


def limits(seeds: int, accounts: tuple[int, ...], seconds: float) -> tuple[dict[str, Any], list[Claim]]:
    """Return how often a limit was exceeded by the plan chosen under it."""
    exceeded, none, cases = 0, 0, 0
    for case in shown(list(_cases(seeds, accounts)), "cases"):
        chance = random.Random(case.name)
        usual = _choose(case, Objective.parse("balanced"), seconds / 4).chosen
        assert usual is not None
        for name in _NAMES:
            least = _choose(case, Objective.parse(f"{name}=1"), seconds / 4).chosen
            assert least is not None
            low, high = getattr(least.price, name), getattr(usual.price, name)
            limit = low + chance.random() * max(high - low, 0.2 * low)
            chosen = _choose(case, Objective.parse("thorough"), seconds, Ceiling(**{name: limit})).chosen
            cases += 1
            none += chosen is None
            exceeded += chosen is not None and getattr(_price(case, chosen.solved), name) > limit * (1 + 1e-9)
    print(f"\n{cases} limits: exceeded by the plan chosen {exceeded} times; none found within {none} of them")
    return {"cases": cases, "exceeded": exceeded, "none found": none}, [
        Claim("limits exceeded by the expected plan", exceeded, 0),
        Claim("limits within which no plan was found, though there is one: share", none / cases, 0.05),
    ]


def _cases(seeds: int, accounts: tuple[int, ...]) -> Iterator[domains.Case]:
    for count in accounts:
        for seed in range(seeds):
            yield domains.larger(seed + 100, count)


def questions() -> tuple[dict[str, Any], list[Claim]]:
    """Return what choosing saves on questions to a synthetic sample, as the prior expects it."""
    from benchmarks._estimation_plans import QUESTIONS, sample
    from domains.analysis.planner import EstatePlanner

    rows: list[list[Any]] = []
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        planner = EstatePlanner(sample(Path(folder)))
        for agents in ("local", "claude"):
            for question in QUESTIONS[:6]:
                began = time.process_time()
                choice = planner.choose(question, objective=Objective.parse("fast"), options={"agents": agents})
                taken = time.process_time() - began
                fast, usual = choice.prices[0], choice.usual
                ratio = fast.seconds / usual.seconds
                tokens = fast.tokens / usual.tokens if usual.tokens else None
                found.append(
                    {"question": question, "agents": agents, "seconds": ratio, "tokens": tokens,
                     "alternatives": len(choice.plans), "proved": choice.proved, "processor seconds": taken}
                )  # fmt: skip
                shown = "" if tokens is None else round(tokens, 2)
                quality = round(fast.quality / usual.quality, 2)
                rows.append([question, agents, len(choice.plans), round(ratio, 2), shown, quality, round(taken, 2)])
    print("\nQuestions to a synthetic sample: the fastest plan over the usual one, by the prior\n")
    print(table(["", "agents", "plans", "time", "tokens", "quality", "processor s"], rows))
    varied = [row["seconds"] for row in found if row["alternatives"] > 1]
    return {"questions": found}, [
        Claim(
            "questions: time of the fastest over the usual plan, where there are others", statistics.mean(varied), 0.8
        )
    ]


def main() -> None:
    """Measure, print and check."""
    options = arguments(__doc__ or "")
    quick = options.quick
    found: dict[str, Any] = {}
    claims: list[Claim] = []
    sizes: tuple[int, ...] = (5, 10) if quick else (5, 20, 40)
    seconds = 0.2 if quick else 1.0
    parts = {
        "small": lambda: small(60 if quick else 500),
        "larger": lambda: larger(2 if quick else 4, sizes, 2 * seconds),
        "limits": lambda: limits(2 if quick else 4, sizes, seconds),
        "questions": questions,
    }
    for name, measure in parts.items():
        found[name], more = measure()
        claims += more
    finish(options, found, claims)


if __name__ == "__main__":
    main()
