"""Say which half a question is in: seeded, stratified, and never parting near-duplicates.

Groups are put in strata by label (analysis type, or verdict) and, inside a stratum, sorted by style and then by a
seeded hash. Walking down that list, six groups of every ten go to ``dev``. Sorting by style spreads each style over
both halves; starting each stratum at its own seeded offset keeps small strata from all rounding the same way.

Run ``python tests/analysis/questions/assign_split.py`` to write the splits into ``questions.jsonl``.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["DEV_SHARE", "SEED", "assign"]

SEED = "questions-1"
DEV_SHARE = 0.6
PATH = Path(__file__).with_name("questions.jsonl")


def _fraction(text: str, seed: str) -> float:
    """Return a number in [0, 1) that depends on the seed and the text alone."""
    digest = hashlib.sha256(f"{seed}:{text}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def assign(rows: Iterable[Mapping[str, Any]], share: float = DEV_SHARE, seed: str = SEED) -> dict[str, str]:
    """Return the split of every group.

    Parameters
    ----------
    rows
        The questions as JSON objects; a group takes label and style from its first row.
    share, seed
        How much of each stratum goes to dev, and what the hashes are seeded with.

    Returns
    -------
    dict[str, str]
        ``"dev"`` or ``"test"`` by group.

    Examples
    --------
    >>> rows = [{"group": f"g{i}", "verdict": "refuse", "analysis": None, "style": "plain"} for i in range(10)]
    >>> sorted(assign(rows).values()).count("dev")
    6
    """
    first: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        first.setdefault(row["group"], row)
    strata: dict[str, list[tuple[str, float, str]]] = defaultdict(list)
    for group, row in first.items():
        strata[row["analysis"] or row["verdict"]].append((row["style"], _fraction(group, seed), group))
    split = {}
    for label, members in strata.items():
        offset = _fraction(f"stratum {label}", seed)
        for place, (_, _, group) in enumerate(sorted(members)):
            step = int((place + 1) * share + offset) - int(place * share + offset)
            split[group] = "dev" if step else "test"
    return split


def main() -> None:
    """Write the splits into the file."""
    rows = [json.loads(line) for line in PATH.read_text(encoding="utf-8").splitlines()]
    split = assign(rows)
    for row in rows:
        row["split"] = split[row["group"]]
    PATH.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
