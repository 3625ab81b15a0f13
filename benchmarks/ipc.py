"""The planning competition's problems: any planners side by side, every plan verified, with the competition's scores.

A SUITE is a folder with a folder for each domain, such as the competition's total-order and partial-order, or a folder
with both. Without one, the data is looked for where the environment variable IPC2020 says, else in
../shared/data/ipc2020 beside the project; where it is not, nothing is measured, and nothing is missed.

A run has 15 s of wall time and 4 GiB on one core, start-up and parsing included. Planners are those built in (htn,
htn-phases, htn-improve, htn-without-PART, htn-only-MEMBER, up-aries), or any command by --planner 'name=command', with
{domain}, {problem}, {plan} and {time} for the files and the limit. With --results FILE a benchmark that was stopped
goes on where it was.
"""

from __future__ import annotations

import argparse
import re
import sys
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import _ipc_claims as claims
from benchmarks._ipc_judge import Judge
from benchmarks._ipc_planners import PARTS, Planner, planner
from benchmarks._ipc_results import Results
from benchmarks._ipc_run import Limits, run
from benchmarks._ipc_scores import Peers
from benchmarks._ipc_session import Job, Session
from benchmarks._ipc_suite import SAMPLES, Instance, choose, instances, suites
from benchmarks._ipc_tables import Board
from benchmarks._report import Claim, finish, parser

QUICK = {
    "total-order": (
        *("Barman-BDI/pfile07", "Blocksworld-GTOHP/p01", "Childsnack/p11", "Depots/p11", "Entertainment/pfile01"),
        *("Factories-simple/pfile01", "Hiking/p01", "Robot/pfile_03_005", "Snake/pb01.snake", "Transport/pfile14"),
        *("Monroe-Fully-Observable/pfile01-p-0092-set-up-shelter-no-pref-tlt", "Woodworking/00--p01-variant"),
    ),
    "partial-order": ("Satellite/1obs-1sat-1mod", "Transport/pfile01", "UM-Translog/01-A-AirplanesHub"),
}
"""What ``--quick`` runs: a problem of most domains that every change should leave easy."""


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """Return the command line's options."""
    made = parser(__doc__ or "")
    made.add_argument("suite", metavar="SUITE", nargs="*", help="a folder of domains")
    made.add_argument(
        "--planner",
        metavar="P",
        action="append",
        help="one built in, or name=command (default: htn; for the samples htn-improve too)",
    )
    made.add_argument("--sample", choices=SAMPLES, help="thirds of each domain (halves where the order is partial)")
    made.add_argument("--all", dest="sample", action="store_const", const="all", help="every instance")
    made.add_argument("--only", metavar="REGEX", help="only instances whose SUITE/DOMAIN/NAME has a match")
    made.add_argument("--seconds", type=float, default=15.0, metavar="S", help="limit of a run (15)")
    made.add_argument("--gib", type=float, default=4.0, metavar="G", help="limit of memory of a run (4)")
    made.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="cpu: for a busy machine")
    made.add_argument("--jobs", type=int, default=1, metavar="N", help="runs at a time, a core each (1)")
    made.add_argument("--results", metavar="FILE", type=Path, help="keep rows here, and do not run again what is there")
    made.add_argument("--verifier", default="", metavar="CMD", help="another verifier that must accept plans too")
    made.add_argument("--ablate", action="store_true", help="ours with each part switched off")
    other = made.add_argument_group("instead of that")
    other.add_argument("--parse", action="store_true", help="how long it takes to read the instances")
    other.add_argument("--mutations", action="store_true", help="what the verifier says of plans that were changed")
    other.add_argument(
        "--profile", metavar="INSTANCE", help="where the time goes on SUITE/DOMAIN/NAME (the end will do)"
    )
    other.add_argument("--gtpyhop", action="store_true", help="beside GTPyhop on its own encodings")
    return made.parse_args(arguments)


def chosen(suite: Path, given: argparse.Namespace) -> list[Instance]:
    """Return the instances to be run of a suite."""
    found = instances(suite)
    if given.quick:
        wanted = QUICK.get(suite.name, ())
        listed = [each for of_domain in found.values() for each in of_domain]
        return [each for each in listed if each.key.partition("/")[2] in wanted]
    listed = choose(found, given.sample or ("halves" if "partial" in suite.name else "thirds"))
    if given.only:
        listed = [each for each in listed if re.search(given.only, each.key)]
    return listed


def largest(suite: Path, given: argparse.Namespace, peers: Peers, sample: list[Instance]) -> list[Instance]:
    """Return the largest instances, where they are to be run besides the sample."""
    if given.quick or given.only or given.sample not in (None, "thirds") or suite.name != "total-order":
        return []
    listed = [each for of_domain in instances(suite).values() for each in of_domain]
    return [each for each in listed if each.key.partition("/")[2] in peers.largest and each not in sample]


def measure(suite: Path, planners: list[Planner], given: argparse.Namespace) -> tuple[dict[str, Any], list[Claim]]:
    """Run the planners on a suite and print the tables; return what was measured, and the claims."""
    peers = Peers()
    sample = chosen(suite, given)
    limits = Limits(given.seconds, given.gib, given.clock)
    more = largest(suite, given, peers, sample)
    planned = [Job(each, instance, limits, given.verifier) for instance in [*sample, *more] for each in planners]
    rows = Session(given.results_file, given.jobs).run(planned)
    board = Board([instance.key for instance in sample], rows, peers, given.seconds)
    print(f"\n## {suite.name}: {len(sample)} instances, {limits.seconds:g} s ({limits.clock}), {limits.gib:g} GiB\n")
    print("\n\n".join(filter(None, [board.totals(), board.coverage(), board.phases(), board.instances()])))
    found: list[Claim] = []
    for name in board.ours:
        found += claims.soundness(board, name)
    if "htn" in board.ours:
        if given.quick:
            found += claims.quick_claims(board, "htn")
        elif given.sample == "all":
            found += claims.whole_claims(board, "htn")
        elif not given.only:
            improving = "htn-improve" if "htn-improve" in board.ours else ""
            found += claims.sample_claims(board, "htn", suite.name, improving)
            found += claims.largest_claims(rows, "htn", peers)
    scores = {name: vars_of(score) for name, score in board.summaries().items()}
    return {"suite": suite.name, "limits": vars_of(limits), "scores": scores, "rows": rows}, found


def vars_of(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass with slots."""
    return {name: getattr(value, name) for name in value.__slots__}


def parse(folders: list[Path], given: argparse.Namespace) -> tuple[dict[str, Any], list[Claim]]:
    """Read the instances of all suites: every one of them, unless a sample is asked for."""
    from benchmarks._ipc_parse import parse_claims, parse_table, parse_times

    given.sample = given.sample or "all"
    found = parse_times([instance for suite in folders for instance in chosen(suite, given)])
    print(parse_table(found))
    return {"parse": [vars(parsing) for parsing in found]}, parse_claims(found)


def mutations(folders: list[Path], given: argparse.Namespace) -> tuple[dict[str, Any], list[Claim]]:
    """Change the plans of a sample of all suites and verify them."""
    from benchmarks._ipc_mutations import mutation_claims, mutation_table, mutations

    sample = [instance for suite in folders for instance in chosen(suite, given)]
    found = mutations(sample, planner("htn"), Limits(given.seconds, given.gib, given.clock), given.verifier)
    print(mutation_table(found, disputed=bool(given.verifier)))
    return {"mutations": vars(found)}, mutation_claims(found)


def profile(folders: list[Path], given: argparse.Namespace) -> tuple[dict[str, Any], list[Claim]]:
    """Profile ours on one instance."""
    from benchmarks._ipc_profile import profile, profile_tables

    found = profile(one(folders, given.profile), given.seconds)
    print(profile_tables(found))
    return {"profile": vars(found)}, []


def one(folders: list[Path], name: str) -> Instance:
    """Return the instance whose key ends so."""
    listed = [each for suite in folders for of_domain in instances(suite).values() for each in of_domain]
    found = [each for each in listed if f"/{each.key}".endswith(f"/{name}")]
    if len(found) != 1:
        sys.exit(f"ipc.py: {len(found)} instances are called {name!r}")
    return found[0]


def gtpyhop(folders: list[Path], given: argparse.Namespace) -> tuple[dict[str, Any], list[Claim]]:
    """Compare with GTPyhop on its encodings of two of the competition's domains."""
    from benchmarks._ipc_gtpyhop import SIZES, compare, gtpyhop_claims, gtpyhop_table

    ours, limits, found = planner("htn"), Limits(given.seconds, given.gib), []
    for domain, names in SIZES.items():
        for name in names[: 2 if given.quick else None]:
            instance = one(folders, f"total-order/{domain}/{name}")
            found.append(compare(domain, name, partial(solved, ours, instance, limits), 3 if given.quick else 9))
            print(f"  {domain} {name}", file=sys.stderr)
    print(gtpyhop_table(found))
    return {"gtpyhop": [vars(each) for each in found]}, gtpyhop_claims(found, quick=given.quick)


def solved(ours: Planner, instance: Instance, limits: Limits) -> tuple[float, int]:
    """Return the seconds of a run, and the length of its plan."""
    made = run(ours.command, instance.domain_file, instance.problem_file, limits)
    judgement = Judge().judge(instance, made, ours.codes)
    if judgement.length is None:
        sys.exit(f"ipc.py: {instance.key} is not solved")
    return made.wall, judgement.length


def main() -> None:
    """Measure, print and check."""
    given = options()
    folders = suites(given.suite)
    if not folders:
        print("the competition's problems are not here: give SUITE, or set IPC2020; nothing is measured")
        return
    for asked, mode in (
        (given.parse, parse),
        (given.mutations, mutations),
        (given.profile, profile),
        (given.gtpyhop, gtpyhop),
    ):
        if asked:
            finish(given, *mode(folders, given))
            return
    whole = given.quick or given.ablate or given.sample == "all"
    names = given.planner or (["htn"] if whole else ["htn", "htn-improve"])
    if given.ablate:
        names = [*dict.fromkeys(["htn", *names, *(f"htn-without-{part}" for part in PARTS)])]
    try:
        planners = [planner(name) for name in names]
    except ValueError as error:
        sys.exit(f"ipc.py: {error}")
    given.results_file = Results(given.results)
    data, found = [], []
    try:
        for suite in folders:
            measured, shown = measure(suite, planners, given)
            data.append(measured)
            found += shown
    except KeyboardInterrupt:
        sys.exit("ipc.py: interrupted; the rows in --results are kept")
    finish(given, {"suites": data}, found)


if __name__ == "__main__":
    main()
