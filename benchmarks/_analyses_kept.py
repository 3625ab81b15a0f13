"""Results of single corpora in a file of JSON lines: a run can be broken off, and what was mended be done again."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks._analyses_found import ANALYSES, Interval, Observed, Rank, Verdict

__all__ = ["Job", "Kept"]

Job = tuple[int, str, bool]


class Kept:
    """What was observed of each corpus by each analysis; in memory only where no file is given.

    Parameters
    ----------
    path : Path or None
        File of JSON lines; lines are appended as corpora are done.
    again : collection of str
        Analyses whose kept results are dropped.
    """

    def __init__(self, path: Path | None = None, again: Collection[str] = ()) -> None:
        self._path = path
        self._found: dict[tuple[Job, str], Observed] = {}
        if path is None or not path.exists():
            return
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line]
        kept = [line for line in lines if json.loads(line)["analysis"] not in again]
        for row in map(json.loads, kept):
            self._found[(row["seed"], row["size"], row["effects"]), row["analysis"]] = _observed(row)
        if len(kept) < len(lines):
            path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")

    def missing(self, job: Job) -> tuple[str, ...]:
        """Return the analyses of a corpus that are still to be carried out."""
        return tuple(analysis for analysis in ANALYSES if (job, analysis) not in self._found)

    def add(self, job: Job, results: dict[str, Observed]) -> None:
        """Keep the results of a corpus."""
        for analysis, observed in results.items():
            self._found[job, analysis] = observed
        if self._path is None:
            return
        seed, size, effects = job
        with self._path.open("a", encoding="utf-8") as stream:
            for analysis, observed in results.items():
                row = {"seed": seed, "size": size, "effects": effects, "analysis": analysis, **asdict(observed)}
                stream.write(json.dumps(row) + "\n")

    def of(self, job: Job) -> Observed | None:
        """Return everything observed of a corpus; None where an analysis is missing."""
        if self.missing(job):
            return None
        parts = [self._found[job, analysis] for analysis in ANALYSES]
        return Observed(
            verdicts=[one for part in parts for one in part.verdicts],
            intervals=[one for part in parts for one in part.intervals],
            ranks=[one for part in parts for one in part.ranks],
        )


def _observed(row: dict[str, list[dict[str, Any]]]) -> Observed:
    return Observed(
        verdicts=[Verdict(**one) for one in row["verdicts"]],
        intervals=[Interval(**one) for one in row["intervals"]],
        ranks=[Rank(**one) for one in row["ranks"]],
    )
