"""What the analysts find of a truth that is known: power, false discoveries, coverage of intervals, ranks of reps.

    python benchmarks/analyses.py --json analyses.json [--workers 2] [--keep kept.jsonl [--again pattern] [--share 40]]

Synthetic corpora of three sizes with planted effects, and as many again as a fifth of them with none. Beside the
analysts stands an oracle: a regression on the true variables, which knows which effect to test and needs no correction;
once with the tested variable as it is, and once as far as the records have it, which is all that an analyst can see.
"""

from __future__ import annotations

import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._analyses_found import ANALYSES, Interval, Observed, Verdict, observe
from benchmarks._analyses_kept import Job, Kept
from benchmarks._analyses_world import SIZES, opened
from benchmarks._progress import shown
from benchmarks._report import Claim, finish, parser, table
from domains.analysis.sample import Effects

FIRST_SEED = 20_000
CORPORA = {"small": 90, "medium": 80, "large": 30}
WITHOUT_EFFECTS = {"small": 20, "medium": 15, "large": 5}
QUICK, QUICK_WITHOUT = {"small": 6}, {"small": 2}


def work(job: Job, analyses: Sequence[str]) -> dict[str, Observed]:
    """Observe one corpus."""
    seed, size, effects = job
    with opened(seed, SIZES[size], Effects() if effects else Effects.none()) as world:
        return observe(world, analyses, effects=effects)


def jobs(planted: dict[str, int], without: dict[str, int], first: int) -> list[Job]:
    """Return the corpora to be made, sizes mixed so that any first part is like the whole; no seed is used twice."""
    wanted = [
        (size, effects)
        for effects, counts in ((True, planted), (False, without))
        for size in counts
        for _ in range(counts[size])
    ]
    made = [(first + place, size, effects) for place, (size, effects) in enumerate(wanted)]
    own: dict[tuple[str, bool], int] = defaultdict(int)
    order = []
    for job in made:
        kind = job[1:]
        own[kind] += 1
        order.append((own[kind] / (planted if job[2] else without)[job[1]], job))
    return [job for _, job in sorted(order)]


def carried_out(wanted: list[Job], kept: Kept, workers: int, minutes: float | None) -> list[tuple[str, bool, Observed]]:
    """Return the results of the corpora, or of those that were begun in time; what is kept is not done again."""
    ends = time.monotonic() + 60 * minutes if minutes else math.inf
    rest = [(job, missing) for job in wanted if (missing := kept.missing(job))]
    if workers == 1:
        for job, missing in shown(rest, "corpora"):
            if time.monotonic() < ends:
                kept.add(job, work(job, missing))
    else:
        _in_processes(rest, kept, workers, ends)
    return [(job[1], job[2], observed) for job in wanted if (observed := kept.of(job))]


def _in_processes(rest: list[tuple[Job, tuple[str, ...]]], kept: Kept, workers: int, ends: float) -> None:
    with ProcessPoolExecutor(workers) as pool:
        running: dict[Future[dict[str, Observed]], Job] = {}
        while rest or running:
            while rest and len(running) < workers and time.monotonic() < ends:
                job, missing = rest.pop(0)
                running[pool.submit(work, job, missing)] = job
            if not running:
                break
            for one in wait(running, return_when=FIRST_COMPLETED).done:
                kept.add(running.pop(one), one.result())


def share(values: Iterable[bool]) -> float:
    """Return how many of the values are true, from 0 to 1."""
    found = list(values)
    return sum(found) / len(found) if found else float("nan")


def powers(results: Sequence[tuple[str, bool, Observed]]) -> tuple[list[list[Any]], list[Claim]]:
    """Return the power for each planted effect and size, and a claim wherever an oracle with the records has 90 %."""
    cells: dict[tuple[str, str, str], list[Verdict]] = defaultdict(list)
    for size, effects, observed in results:
        for verdict in observed.verdicts if effects else ():
            if verdict.planted:
                cells[verdict.analysis, verdict.name, size].append(verdict)
    rows: list[list[Any]] = []
    claims: list[Claim] = []
    order = sorted(cells, key=lambda cell: ([*ANALYSES].index(cell[0]), cell[1], list(SIZES).index(cell[2])))
    for analysis, name, size in order:
        own = cells[analysis, name, size]
        plain = share((one.oracle or 0.0) <= 0.05 for one in own)
        recorded = share((one.recorded or 0.0) <= 0.05 for one in own)
        held = share((one.recorded or 0.0) <= one.level for one in own)
        ours = share(one.established for one in own)
        rows.append([analysis, name, size, len(own), *(part * 100 for part in (plain, recorded, held, ours))])
        if recorded >= 0.9:
            text = f"power %, {analysis}: {name}, {size} (oracle {recorded * 100:.0f}, corrected {held * 100:.0f})"
            claims.append(Claim(text, ours * 100, 80, at_most=False))
    return rows, claims


def discoveries(results: Sequence[tuple[str, bool, Observed]]) -> tuple[list[list[Any]], list[Claim]]:
    """Return false discoveries by analysis: per null that was tested, per corpus, and among what is called found."""
    rows: list[list[Any]] = []
    claims: list[Claim] = []
    for effects, world in ((True, "effects planted"), (False, "nothing planted")):
        own = [observed for _, with_effects, observed in results if with_effects is effects]
        for analysis in ANALYSES if own else ():
            verdicts = [[one for one in observed.verdicts if one.analysis == analysis] for observed in own]
            nulls = [one for each in verdicts for one in each if not one.planted and one.name != "phrases"]
            false = [sum(one.established and not one.planted for one in each) for each in verdicts]
            said = [sum(one.established for one in each) for each in verdicts]
            proportion = sum(a / max(b, 1) for a, b in zip(false, said, strict=True)) / len(own)
            rate = share(one.established for one in nulls)
            some = share(count > 0 for count in false)
            rows.append([analysis, world, len(own), len(nulls), rate * 100, sum(false), sum(said), proportion * 100])
            rows[-1].append(some * 100)
            claims.append(Claim(f"false discovery rate %, {analysis}, {world}", proportion * 100, 10))
            claims.append(Claim(f"nulls called established %, {analysis}, {world}", rate * 100, 5))
    return rows, claims


def coverage(
    results: Sequence[tuple[str, bool, Observed]], low: float, high: float
) -> tuple[list[list[Any]], list[Claim], dict[str, list[float]]]:
    """Return coverage by analysis and kind of interval."""
    means: dict[tuple[str, bool, str, str], list[float]] = defaultdict(list)
    for size, effects, observed in results:
        for one in observed.intervals:
            means[size, effects, one.analysis, one.name].append(one.value)
    cells: dict[tuple[str, str], list[bool]] = defaultdict(list)
    names: dict[str, list[bool]] = defaultdict(list)
    for size, effects, observed in results:
        for one in observed.intervals:
            values = means[size, effects, one.analysis, one.name]
            if one.target is None and len(values) < 8:
                continue
            target = sum(values) / len(values) if one.target is None else one.target
            covered = one.low <= target <= one.high
            cells[one.analysis, kind(one)].append(covered)
            names[f"{one.analysis}: {one.name}"].append(covered)
    rows: list[list[Any]] = [
        [analysis, what, len(own), share(own) * 100] for (analysis, what), own in sorted(cells.items())
    ]
    claims = []
    for analysis, what, _, found in rows:
        claims.append(Claim(f"coverage %, {analysis}: {what}", found, low, at_most=False))
        claims.append(Claim(f"coverage %, {analysis}: {what}", found, high))
    return rows, claims, {name: [len(own), share(own) * 100] for name, own in sorted(names.items())}


def kind(one: Interval) -> str:
    """Return what sort of interval it is."""
    starts = ("win rate of a rep, pooled", "win rate of a rep, observed", "territory", "win rate", "odds ratio")
    found = next((start for start in starts if one.name.startswith(start)), "")
    return found or ("effect" if one.analysis != "pattern" else "difference of a behaviour")


def ranks(results: Sequence[tuple[str, bool, Observed]]) -> tuple[list[list[Any]], list[Claim]]:
    """Return rank correlations of reps by size, and how often the product ranks them."""
    rows: list[list[Any]] = []
    claims: list[Claim] = []
    for size in SIZES:
        own = [one for name, effects, observed in results if effects and name == size for one in observed.ranks]
        if own:
            ours, oracle = sum(one.pooled for one in own) / len(own), sum(one.oracle for one in own) / len(own)
            said = [one.pooled for one in own if one.ranked]
            rows.append([size, len(own), ours, oracle, len(said), sum(said) / len(said) if said else None])
            claims.append(Claim(f"rank correlation of reps, {size}, less the oracle's", ours - oracle, -0.1, False))
            if said:
                claims.append(Claim(f"rank correlation where reps are ranked, {size}", rows[-1][-1], 0.7, False))
    return rows, claims


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table under its title."""
    print(f"\n{title}\n\n{table(columns, rows)}")


def main() -> None:
    """Measure, print, and check."""
    options = parser(__doc__ or "")
    options.add_argument("--workers", type=int, default=1, help="processes (default 1)")
    options.add_argument(
        "--first-seed", type=int, default=FIRST_SEED, help="for development: seeds that are not scored"
    )
    options.add_argument("--corpora", type=int, help="for development: so many of each size")
    options.add_argument("--minutes", type=float, help="begin no further corpus after so long")
    options.add_argument(
        "--share", type=int, default=100, help="only the first so many percent of each kind of corpora"
    )
    options.add_argument("--keep", type=Path, help="file of results by corpus; what is in it is not done again")
    options.add_argument("--again", nargs="+", default=(), choices=ANALYSES, help="analyses that are, all the same")
    chosen = options.parse_args()
    planted, without = (QUICK, QUICK_WITHOUT) if chosen.quick else (CORPORA, WITHOUT_EFFECTS)
    if chosen.corpora:
        planted, without = dict.fromkeys(SIZES, chosen.corpora), dict.fromkeys(SIZES, max(chosen.corpora // 4, 1))
    kept = Kept(chosen.keep, chosen.again)
    wanted = jobs(planted, without, chosen.first_seed)
    wanted = wanted[: round(len(wanted) * chosen.share / 100)]
    results = carried_out(wanted, kept, chosen.workers, chosen.minutes)
    power, claims = powers(results)
    false, more = discoveries(results)
    covered, limits, by_name = coverage(results, *((85, 100) if chosen.quick else (93, 97)))
    reps, ranked = ranks(results)
    print(
        f"{sum(1 for _, effects, _ in results if effects)} corpora with effects, "
        f"{sum(1 for _, effects, _ in results if not effects)} without"
    )
    columns = ["analysis", "effect", "size", "corpora", "oracle %", "with the records %", "corrected %", "ours %"]
    show("Power: planted effects that are called established", columns, power)
    columns = ["analysis", "", "corpora", "nulls", "called %", "false", "found", "FDR %", "corpora with one %"]
    show("False discoveries", columns, false)
    show("Coverage of 95 % intervals", ["analysis", "interval", "intervals", "covered %"], covered)
    show(
        "Reps: rank correlation with their true win rates",
        ["size", "corpora", "ours", "oracle", "times ranked", "ours when ranked"],
        reps,
    )
    data = {"power": power, "false discoveries": false, "coverage": covered, "intervals": by_name, "ranks": reps}
    finish(chosen, data, [*([] if chosen.quick else claims), *more, *limits, *ranked])


if __name__ == "__main__":
    main()
