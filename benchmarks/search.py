"""Search over calls and CRM, up to 100,000 calls: how quick, how right, and what bringing them in costs.

    python benchmarks/search.py --json search.json
    python benchmarks/search.py --quick --check

A made-up corpus is brought in at three sizes. At the largest, searches of many kinds are timed, some are held against a
plain scan of the files, and misspelt names are looked up among tens of thousands of accounts. Times are processor time.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Literal

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._report import Claim, arguments, finish, table
from benchmarks._search_scan import Scan, top_of_rank_bm25
from benchmarks._search_world import SUBJECTS, World, misspelt
from domains.analysis.corpus.entities import EntityIndex
from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.question.assessment import assess
from domains.analysis.question.known import Known
from domains.analysis.scope import Scope

FULL, QUICK = (10_000, 30_000, 100_000), (2_000, 5_000, 10_000)
ACCOUNTS = 20_000
PER_KIND = 12
LIMIT = 20


@dataclass(frozen=True)
class Query:
    """A search: its text, scope, and whether all words are wanted; `kind` says of which sort it is."""

    kind: str
    text: str
    scope: Scope
    match: Literal["all", "any"]


def queries(world: World) -> list[Query]:
    """Return searches of every kind: rare, middling and everyday words, phrases, with and without filters."""
    chance = Random(7)
    words = [word for subject in SUBJECTS.values() for word in subject]
    texts: dict[str, tuple[Callable[[], str], Literal["all", "any"]]] = {
        "everyday word": (lambda: chance.choice(SUBJECTS["price"] + SUBJECTS["security"]), "all"),
        "middling word": (lambda: chance.choice(SUBJECTS["training"] + SUBJECTS["compliance"]), "all"),
        "rare word": (lambda: world.words[chance.randrange(2_000, 20_000)], "all"),
        "two words, both": (lambda: " ".join(chance.sample(words, 2)), "all"),
        "three words, any": (lambda: "what about " + " ".join(chance.sample(words, 3)), "any"),
        "phrase": (lambda: f'"the {chance.choice(words)}"', "all"),
    }
    scopes: dict[str, Callable[[], Scope]] = {
        "": lambda: (),
        "account": lambda: (("account", chance.choice(world.accounts)),),
        "rep": lambda: (("rep", chance.choice(world.reps)),),
        "region": lambda: (("region", chance.choice(("North", "South", "East", "West"))),),
        "period": lambda: (("period", "2024-01-01/2024-06-30"),),
        "competitor": lambda: (("competitor", chance.choice(world.competitors)),),
        "sector and period": lambda: (("period", "2023-01-01/2023-12-31"), ("segment", "bank")),
        "all but a region": lambda: (("without_region", "North"),),
    }
    return [
        Query(f"{kind}{f', by {name}' if name else ''}", text(), scope(), match)
        for kind, (text, match) in texts.items()
        for name, scope in scopes.items()
        for _ in range(PER_KIND)
    ]


def timed(action: Callable[[], Any]) -> tuple[Any, float]:
    """Return what an action returns, and the processor time that it took in milliseconds."""
    begun = time.process_time()
    done = action()
    return done, 1000 * (time.process_time() - begun)


def quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile: the smallest value that at least this share does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def bring_in(calls: int, folder: Path) -> tuple[World, Workspace, float]:
    """Write a corpus, bring it in, and return the processor time of that in seconds."""
    world = World(calls, ACCOUNTS)
    paths = world.write(folder / "files")
    workspace = Workspace.open(folder / "workspace", create=True)
    _, spent = timed(lambda: ingest(workspace, paths))
    return world, workspace, spent / 1000


def latencies(workspace: Workspace, asked: Sequence[Query]) -> dict[str, list[float]]:
    """Return the processor time of every search by kind, each carried out twice and the first time not counted."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for query in asked:
        workspace.search(query.text, query.scope, LIMIT, query.match)
        found[query.kind].append(timed(partial(workspace.search, query.text, query.scope, LIMIT, query.match))[1])
    return dict(found)


def agreement(workspace: Workspace, scan: Scan, asked: Sequence[Query]) -> tuple[int, int, int]:
    """Return how many searches were held against the scan, in how many the turns agree, and the turns in all."""
    right, turns = 0, 0
    for query in asked:
        wanted = scan.turns(query.text, query.scope, query.match)
        hits = workspace.search(query.text, query.scope, 10_000_000, query.match)
        best = workspace.search(query.text, query.scope, LIMIT, query.match)
        scores = [hit.score for hit in hits]
        sorted_well = scores == sorted(scores, reverse=True) and [h.score for h in best] == scores[: len(best)]
        right += {(hit.call_id, hit.idx) for hit in hits} == wanted and sorted_well
        turns += len(wanted)
    return len(asked), right, turns


def names(world: World, number: int) -> dict[str, Any]:
    """Return how quickly and how rightly misspelt names of accounts are read, alone and inside a question."""
    chance = Random(11)
    index = EntityIndex({"account": world.accounts, "rep": world.reps})
    known, building = timed(lambda: Known({"account": world.accounts, "rep": world.reps}))
    _, indexing = timed(lambda: len(known.index))
    assess("What is the next step with Nobody?", known)
    alone, asked = [], []
    right = read = 0
    for _ in range(number):
        name = chance.choice(world.accounts)
        written = misspelt(name, chance)
        match, spent = timed(partial(index.resolve, written, "account"))
        alone.append(spent)
        right += match.name == name
        found, spent = timed(partial(assess, f"What is the next step with {written}?", known))
        asked.append(spent)
        read += ("account", name) in found.scope
    return {
        "accounts": len(world.accounts),
        "names": number,
        "alone": {"right": right / number, "p50_ms": statistics.median(alone), "p95_ms": quantile(alone, 0.95)},
        "in a question": {"right": read / number, "p50_ms": statistics.median(asked), "p95_ms": quantile(asked, 0.95)},
        "index_ms": building + indexing,
    }


def peers(workspace: Workspace, scan: Scan, asked: Sequence[Query]) -> dict[str, Any]:
    """Return what searches cost otherwise: LIKE over all turns, and rank_bm25 in memory if installed."""
    texts = [query.text for query in asked]

    def scanned(text: str) -> Any:
        query = "SELECT call_id, idx FROM turns WHERE text LIKE ? LIMIT ?"
        return workspace.connection.execute(query, (f"%{text}%", LIMIT * 1000)).fetchall()

    like = [timed(partial(scanned, text))[1] for text in texts]
    found: dict[str, Any] = {"LIKE": {"p50_ms": statistics.median(like), "p95_ms": quantile(like, 0.95)}}
    other = top_of_rank_bm25(scan, texts, LIMIT)
    if other is not None:
        tops, spent = other
        ours = [{(h.call_id, h.idx) for h in workspace.search(text, (), LIMIT)} for text in texts]
        shared = [len(a & b) / max(len(a), 1) for a, b in zip(ours, tops, strict=True)]
        found["rank_bm25"] = {
            "p50_ms": statistics.median(spent),
            "p95_ms": quantile(spent, 0.95),
            "same_top": statistics.mean(shared),
        }
    return found


def run(sizes: Sequence[int], folder: Path) -> dict[str, Any]:
    """Return everything that is measured."""
    ingestion = []
    for size in sizes:
        world, workspace, spent = bring_in(size, folder / str(size))
        ingestion.append({"calls": size, "seconds": spent, "ms_per_call": 1000 * spent / size})
        if size != sizes[-1]:
            workspace.close()
    asked = queries(world)
    spent_by_kind = latencies(workspace, asked)
    everything = [value for values in spent_by_kind.values() for value in values]
    scan = Scan(folder / str(sizes[-1]) / "files")
    # One of each kind but words made up at random, whose stems may meet.
    checked = [query for query in asked[::PER_KIND] if not query.kind.startswith("rare")]
    held, right, turns = agreement(workspace, scan, checked)
    plain = [query for query in asked if query.kind in ("everyday word", "middling word", "rare word")][::3]
    data = {
        "calls": sizes[-1],
        "turns": len(scan),
        "ingestion": ingestion,
        "searches": len(everything),
        "p50_ms": statistics.median(everything),
        "p95_ms": quantile(everything, 0.95),
        "by_kind": {kind: [statistics.median(values), max(values)] for kind, values in spent_by_kind.items()},
        "scan": {"searches": held, "agree": right, "turns": turns},
        "names": names(world, 100),
        "peers": peers(workspace, scan, plain),
    }
    workspace.close()
    return data


def show(data: dict[str, Any]) -> None:
    """Print the tables."""
    rows = [[item["calls"], item["seconds"], item["ms_per_call"]] for item in data["ingestion"]]
    print(table(["calls brought in", "s", "ms per call"], rows))
    print(
        f"\n{data['searches']} searches of {data['calls']:,} calls ({data['turns']:,} turns), the best {LIMIT} of each"
    )
    print(table(["kind", "median ms", "longest ms"], [[kind, *spent] for kind, spent in data["by_kind"].items()]))
    print(f"all: median {data['p50_ms']:.1f} ms, 95th percentile {data['p95_ms']:.1f} ms")
    scan = data["scan"]
    print(f"\nheld against a plain scan: {scan['agree']} of {scan['searches']} find the same {scan['turns']:,} turns")
    other = data["names"]
    rows = [
        [how, 100 * other[how]["right"], other[how]["p50_ms"], other[how]["p95_ms"]]
        for how in ("alone", "in a question")
    ]
    print(f"\nmisspelt names among {other['accounts']:,} accounts (index made once in {other['index_ms']:.0f} ms)")
    print(table(["read", "right %", "median ms", "p95 ms"], rows))
    rows = [
        [name, values["p50_ms"], values["p95_ms"], values.get("same_top")] for name, values in data["peers"].items()
    ]
    print("\nthe same single words by other means")
    print(table(["means", "median ms", "p95 ms", "in its best 20"], rows))


def claims(data: dict[str, Any]) -> list[Claim]:
    """Return what is claimed of search."""
    first, last = data["ingestion"][0]["ms_per_call"], data["ingestion"][-1]["ms_per_call"]
    scan, other = data["scan"], data["names"]
    return [
        Claim("95th percentile of searches, ms", data["p95_ms"], 100),
        Claim("time to bring a call in, at the largest size over the smallest", last / first, 1.3),
        Claim(
            "searches that find the same turns as a plain scan, %", 100 * scan["agree"] / scan["searches"], 100, False
        ),
        Claim("95th percentile of looking a misspelt name up, ms", other["alone"]["p95_ms"], 100),
        Claim("misspelt names read rightly, %", 100 * other["alone"]["right"], 95, False),
        Claim("misspelt names read rightly inside a question, %", 100 * other["in a question"]["right"], 90, False),
    ]


def main() -> None:
    """Measure, print, and write what was measured."""
    options = arguments(__doc__ or "")
    with tempfile.TemporaryDirectory() as folder:
        data = run(QUICK if options.quick else FULL, Path(folder))
    show(data)
    finish(options, data, claims(data))


if __name__ == "__main__":
    main()
