"""Replanning: what it takes to go on after a plan broke, and what is left of the plan.

One-shot: plans of three classic domains, each broken by one change behind the planner's back; a policy repairs from the
state in which an action turned out to be impossible. Acting: runs of two domains whose actions fail; a policy plans,
and repairs after every failure, until everything is done. What a policy returns is judged by an independent checker
(`_replan_check.py`). Cases and runs are frozen (`_replan_cases.py`), so every policy meets the same ones.

To compare another policy, add it to `POLICIES` in `_replan_policies.py`.
"""

from __future__ import annotations

import importlib
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._replan_cases import (
    ACTING,
    CLASSIC,
    DIGEST,
    Case,
    cases,
    digest,
    fails,
    flat,
    runs,
    start,
    unflat,
    wanted,
)
from benchmarks._replan_check import idle, replay, verdict
from benchmarks._replan_policies import POLICIES, Policy
from benchmarks._report import Claim, finish, parser, table

PATIENCE = 200
"""Repairs after which a run is given up."""

DEFAULT = "repair"
"""The policy that claims are made of."""

NODES_OF_SCRATCH = {"rovers": 0.5, "satellite": 0.2}
"""How many nodes our default may refine at most, over those from scratch; 1.1 elsewhere."""

ROUNDING = 1e-9

PUBLISHED_RATIOS = {
    ("rovers", "IPyHOPPER"): (80 / 98, 73.7 / 157.2, 33 / 119),
    ("rovers", "IPyHOP"): (79 / 98, 228.9 / 157.2, 170 / 119),
    ("satellite", "IPyHOPPER"): (98 / 98, 7.9 / 66.8, 6 / 42),
    ("satellite", "IPyHOP"): (98 / 98, 78.9 / 66.8, 52 / 42),
    ("openstacks", "IPyHOPPER"): (48 / 48, 10.0 / 13.0, 10 / 13),
    ("openstacks", "IPyHOP"): (48 / 48, 13.0 / 13.0, 13 / 13),
}
"""Measured of the published programs: share of valid repairs, mean and median nodes over those from scratch."""


# ----------------------------------------------------------------------------------------------------------- one-shot
def repair_once(make: Callable[[str], Policy], case: Case) -> dict[str, Any]:
    """Let a policy repair one case, and return what came of it."""
    state, tasks = case.initial()
    policy = make(case.domain)
    plan = policy.start(state, tasks)
    assert plan == list(case.plan), f"another initial plan of {case.domain} {case.problem}"
    observed, before = case.observed(), policy.expansions
    began = time.process_time()
    rest = policy.repair(observed, case.failed)
    seconds = time.process_time() - began
    facts = flat(observed)
    wrong = "no plan" if rest is None else verdict(case.domain, facts, rest, wanted(case.domain, case.problem))
    row = {
        "problem": case.problem,
        "kind": case.kind,
        "published": case.published,
        "valid": not wrong,
        "wrong": wrong,
        "expansions": policy.expansions - before,
        "milliseconds": 1000 * seconds,
    }
    if rest is not None and not wrong:
        suffix = case.plan[case.failed :]
        costs = importlib.import_module(f"domains.{case.domain}").COSTS
        row["actions"] = len(rest)
        row["cost"] = sum(costs[action[0]] for action in rest)
        row["kept"] = (Counter(suffix) & Counter(rest)).total() / len(suffix)
        row["repeated"] = idle(case.domain, facts, rest)
    return row


def one_shot(domain: str, form: str, policies: dict[str, Callable[[str], Policy]], every: int) -> dict[str, Any]:
    """Return every policy's rows for every so-manieth case of a domain."""
    chosen = cases(domain, form)[::every]
    return {name: [repair_once(make, case) for case in chosen] for name, make in policies.items()}


def mean(rows: Sequence[dict[str, Any]], key: str) -> float | None:
    """Return the mean of a measure over the rows that have it."""
    values = [row[key] for row in rows if key in row]
    return statistics.fmean(values) if values else None


def solved_by_all(results: dict[str, Any]) -> list[int]:
    """Return which cases every policy repaired; policies that repaired none do not count."""
    having = [rows for rows in results.values() if any(row["valid"] for row in rows)]
    return [place for place in range(len(having[0])) if all(rows[place]["valid"] for rows in having)] if having else []


def summary(results: dict[str, Any]) -> list[list[Any]]:
    """Return a line for every policy: validity over all cases, the rest over those that all of them repaired."""
    common, lines = solved_by_all(results), []
    for name, rows in results.items():
        both = [rows[place] for place in common]
        lines.append(
            [
                name,
                f"{sum(row['valid'] for row in rows)}/{len(rows)}",
                mean(both, "expansions"),
                statistics.median(row["expansions"] for row in both) if both else None,
                mean(both, "milliseconds"),
                mean(both, "cost"),
                mean(both, "kept"),
                mean(both, "repeated"),
            ]
        )
    return lines


# ------------------------------------------------------------------------------------------------------------- acting
def act(make: Callable[[str], Policy], domain: str, number: int, seed: int) -> dict[str, Any]:
    """Let a policy act on a problem whose actions fail, and return what came of it."""
    module = importlib.import_module(f"domains.{domain}")
    state, tasks = start(domain, number)
    policy, facts = make(domain), flat(state)
    began = time.process_time()
    plan = policy.start(state, tasks)
    seconds = time.process_time() - began
    tried: Counter[Any] = Counter()
    done, repairs, repeated, place = [], 0, 0, 0
    while plan is not None and place < len(plan) and repairs < PATIENCE:
        action = plan[place]
        done.append(action)
        tried[action] += 1
        unlucky = fails(module.FAILS.get(action[0], 0.0), seed, action, tried[action])
        idly = not unlucky and idle(domain, facts, [action]) == 1
        if not unlucky and replay(domain, facts, [action]) is None:
            repeated += idly
            place += 1
            continue
        repairs += 1
        observed = unflat(state, facts)
        began = time.process_time()
        plan, place = policy.repair(observed, place), 0
        seconds += time.process_time() - began
    ended = plan is not None and place == len(plan)
    wrong = verdict(domain, facts, [], wanted(domain, number)) if ended else "no plan"
    return {
        "problem": number,
        "seed": seed,
        "valid": not wrong,
        "wrong": wrong,
        "expansions": policy.expansions,
        "milliseconds": 1000 * seconds,
        "repairs": repairs,
        "actions": len(done),
        "cost": sum(module.COSTS[action[0]] for action in done),
        "repeated": repeated,
    }


def acting(domain: str, policies: dict[str, Callable[[str], Policy]], every: int) -> dict[str, Any]:
    """Return every policy's rows for every so-manieth run of a domain."""
    chosen = runs()[::every]
    return {name: [act(make, domain, *run) for run in chosen] for name, make in policies.items()}


def acting_summary(results: dict[str, Any]) -> list[list[Any]]:
    """Return a line for every policy; all but validity over the runs that all of them brought to an end."""
    common, lines = solved_by_all(results), []
    for name, rows in results.items():
        both = [rows[place] for place in common]
        valid = f"{sum(row['valid'] for row in rows)}/{len(rows)}"
        measures = ("cost", "actions", "repairs", "expansions", "milliseconds", "repeated")
        lines.append([name, valid, *(mean(both, key) for key in measures)])
    return lines


# ------------------------------------------------------------------------------------------------------------- report
def credibility(results: dict[str, dict[str, Any]]) -> list[list[Any]]:
    """Return, for each published strategy, what was measured here of it beside what was of the published programs.

    Nodes are means and medians over the cases that the strategies and planning from scratch all repaired, over those of
    planning from scratch, as they were measured.
    """
    lines: list[list[Any]] = []
    for (domain, name), theirs in PUBLISHED_RATIOS.items():
        if domain not in results:
            continue
        rows = {other: [row for row in found if row["published"]] for other, found in results[domain].items()}
        trio = {other: rows[other] for other in ("IPyHOPPER", "IPyHOP", "published scratch")}
        common = solved_by_all(trio)
        nodes = [rows[name][place]["expansions"] for place in common]
        scratch = [trio["published scratch"][place]["expansions"] for place in common]
        ours = [statistics.fmean(row["valid"] for row in rows[name])]
        ours += [middle(nodes) / middle(scratch) for middle in (statistics.fmean, statistics.median)]
        within = ["yes" if 0.75 <= mine / other <= 1.25 else "NO" for mine, other in zip(ours, theirs, strict=True)]
        columns = zip(ours, theirs, within, strict=True)
        credible = "credible" if "NO" not in within else "not credible"
        lines.append([f"{domain} {name}", *(value for column in columns for value in column), credible])
    return lines


CREDIBILITY_HEADS = ["valid", "was", "25 %", "mean nodes", "was", "25 %", "median nodes", "was", "25 %", "so"]
ONE_SHOT_HEADS = ["valid", "nodes", "median", "ms", "cost", "kept", "repeated"]
ACTING_HEADS = ["valid", "cost", "actions", "repairs", "nodes", "ms", "repeated"]


def compared(results: dict[str, Any], key: str, names: Sequence[str]) -> list[float]:
    """Return the mean of a measure for each of some policies, over what all of them brought to a valid end."""
    rows = {name: results[name] for name in names}
    common = solved_by_all(rows)
    return [mean([rows[name][place] for place in common], key) or 0.0 for name in names]


def one_shot_claims(name: str, results: dict[str, Any]) -> list[Claim]:
    """Return what is to be shown of our default policy in a classic domain."""
    share = statistics.fmean(row["valid"] for row in results[DEFAULT])
    nodes, scratch = compared(results, "expansions", [DEFAULT, "scratch"])
    most = NODES_OF_SCRATCH.get(name.split(",")[0], 1.1)
    found = [
        Claim(f"{name}: valid repairs", share, 1, at_most=False),
        Claim(f"{name}: mean nodes over those from scratch", nodes / scratch, most),
    ]
    # As tasks, planning from scratch does finished work again: its long plans hold what is left of the old one anyway.
    again = () if name.endswith("tasks") else ("scratch", "published scratch")
    for other in (*again, "IPyHOPPER", "IPyHOP"):
        if other in results and any(row["valid"] for row in results[other]):
            ours, theirs = compared(results, "kept", [DEFAULT, other])
            found.append(Claim(f"{name}: rest kept, next to {other}", ours, theirs - ROUNDING, at_most=False))
    return found


def acting_claims(name: str, results: dict[str, Any]) -> list[Claim]:
    """Return what is to be shown of our default policy where actions fail."""
    share = statistics.fmean(row["valid"] for row in results[DEFAULT])
    found = [Claim(f"{name}: runs ended", share, 1, at_most=False)]
    theirs = [other for other in ("IPyHOPPER", "IPyHOP") if other in results]
    if theirs:
        for key in ("cost", "expansions"):
            ours, *others = compared(results, key, [DEFAULT, *theirs])
            found.append(Claim(f"{name}: {key}, next to the better published strategy's", ours, min(others) + ROUNDING))
    return found


def claims(results: dict[str, dict[str, Any]]) -> list[Claim]:
    """Return what is to be shown: the data is what was frozen and can be repaired, and our default does it well."""
    found = [Claim("data other than frozen", float(digest() != DIGEST), 0)]
    for domain in CLASSIC:
        found.append(Claim(f"{domain}: cases", len(cases(domain)), 100, at_most=False))
        for form in ("goal", "tasks"):
            share = statistics.fmean(row["valid"] for row in results[f"{domain}, {form}"]["scratch"])
            found.append(Claim(f"{domain} as {form}: valid repairs from scratch", share, 1, at_most=False))
            if DEFAULT in results[f"{domain}, {form}"]:
                found += one_shot_claims(f"{domain}, {form}", results[f"{domain}, {form}"])
    for domain in ACTING:
        share = statistics.fmean(row["valid"] for row in results[domain]["scratch"])
        found.append(Claim(f"{domain}: runs ended from scratch", share, 1, at_most=False))
        if DEFAULT in results[domain]:
            found += acting_claims(domain, results[domain])
    return found


def main() -> None:
    """Measure, print and check."""
    made = parser(__doc__ or "")
    made.add_argument("--policy", action="append", choices=list(POLICIES), help="only these, and from scratch")
    options = made.parse_args()
    chosen = {
        name: make for name, make in POLICIES.items() if not options.policy or name in (*options.policy, "scratch")
    }
    results: dict[str, dict[str, Any]] = {}
    for domain in CLASSIC:
        for form in ("goal", "tasks"):
            found = results[f"{domain}, {form}"] = one_shot(domain, form, chosen, 10 if options.quick else 1)
            print(f"\none-shot: {domain}, wanted as {form}; {len(solved_by_all(found))} repaired by all")
            print(table(["policy", *ONE_SHOT_HEADS], summary(found)))
    for domain in ACTING:
        found = results[domain] = acting(domain, chosen, 10 if options.quick else 1)
        print(f"\nacting: {domain}; {len(solved_by_all(found))} runs ended by all")
        print(table(["policy", *ACTING_HEADS], acting_summary(found)))
    if all(name in chosen for name in ("IPyHOPPER", "IPyHOP", "published scratch")):
        goals = {domain: results[f"{domain}, goal"] for domain in CLASSIC}
        print("\nthe published strategies, and what was measured of the published programs; nodes over scratch")
        print(table(["strategy", *CREDIBILITY_HEADS], credibility(goals)))
    finish(options, {"results": results}, claims(results))


if __name__ == "__main__":
    main()
