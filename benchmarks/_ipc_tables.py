"""Tables of a planning benchmark in Markdown: totals, coverage by domain, and a row for each instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks._ipc_scores import HORIZON, Peers, Result, Summary, reference, summary

__all__ = ["Board", "markdown"]


def markdown(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as a table in Markdown.

    Examples
    --------
    >>> print(markdown(["what", "s"], [["one", 1.5], ["two", None]]))
    | what | s |
    | --- | --- |
    | one | 1.5 |
    | two | - |
    """
    lines = [list(columns), ["---"] * len(columns), *([_cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


class Board:
    """What planners did on a suite, beside what was recorded of others on the same instances.

    Parameters
    ----------
    keys : sequence of str
        The instances.
    rows : sequence of dict
        The rows of their runs.
    peers : Peers
        What was recorded.
    limit : float
        Seconds.

    Attributes
    ----------
    results : dict
        From the planner's name to its result by instance; recorded ones are called "... (recorded)".
    best : dict
        The reference length by instance; None where nobody else has a plan.
    """

    def __init__(
        self, keys: Sequence[str], rows: Sequence[Mapping[str, Any]], peers: Peers, limit: float = HORIZON
    ) -> None:
        self.keys, self.rows, self.limit = list(keys), rows, limit
        self.results: dict[str, dict[str, Result]] = {}
        ours = set()
        for row in rows:
            if row["instance"] in self.keys:
                result = Result(row["status"] == "solved", row["seconds"], row["length"])
                self.results.setdefault(row["planner"], {})[row["instance"]] = result
                if row["ours"]:
                    ours.add(row["planner"])
        self.ours = [name for name in self.results if name in ours]
        for name, found in peers.on(self.keys).items():
            self.results[f"{name} (recorded)"] = found
        others = [found for name, found in self.results.items() if name not in ours]
        self.best = {key: reference(found[key] for found in others if key in found) for key in self.keys}

    def summaries(self) -> dict[str, Summary]:
        """Return every planner's scores on the instances that it has a result for."""
        return {name: summary(found, self.best, self.limit) for name, found in self.results.items()}

    def statuses(self, planner: str) -> dict[str, str]:
        """Return what came of a planner's runs by instance."""
        known = set(self.keys)
        return {r["instance"]: r["status"] for r in self.rows if r["planner"] == planner and r["instance"] in known}

    def totals(self) -> str:
        """Return the table of scores."""
        columns = [
            "planner",
            "solved",
            "of",
            "agile",
            "quality",
            "median s of solved",
            "PAR2 s",
            "invalid",
            "unsolvable",
        ]
        lines = []
        for name, total in self.summaries().items():
            statuses = list(self.statuses(name).values())
            said = [statuses.count(each) if statuses else None for each in ("invalid plan", "unsolvable")]
            scores = [f"{total.agile:.1f}", f"{total.quality:.1f}"]
            lines.append([name, total.solved, total.instances, *scores, total.median, total.par2, *said])
        recorded = [found for name, found in self.results.items() if name.endswith("(recorded)")]
        if recorded:
            together = {key for found in recorded for key, result in found.items() if result.solved}
            known = {key for found in recorded for key in found}
            lines.append(["*all recorded together*", len(together), len(known), *[None] * 6])
        return markdown(columns, lines)

    def coverage(self) -> str:
        """Return the table of instances solved by domain."""
        domains = dict.fromkeys(key.rsplit("/", 1)[0] for key in self.keys)
        lines = []
        for domain in domains:
            keys = [key for key in self.keys if key.rsplit("/", 1)[0] == domain]
            cells = [_share(found, keys) for found in self.results.values()]
            lines.append([domain.partition("/")[2], *cells])
        return markdown(["domain", *self.results], lines)

    def phases(self) -> str:
        """Return the table of the sums of seconds that each phase took by domain, of those who say so; or nothing."""
        sums: dict[tuple[str, str], dict[str, float]] = {}
        for row in self.rows:
            if row["instance"] in self.keys:
                domain = row["instance"].split("/")[1]
                for phase, seconds in row.get("statistics", {}).get("phases", {}).items():
                    of_domain = sums.setdefault((row["planner"], domain), {})
                    of_domain[phase] = of_domain.get(phase, 0.0) + seconds
        names = list(dict.fromkeys(phase for of_domain in sums.values() for phase in of_domain))
        lines = [[*key, *(of_domain.get(name) for name in names)] for key, of_domain in sums.items()]
        return markdown(["planner", "domain", *(f"{name} s" for name in names)], lines) if lines else ""

    def instances(self) -> str:
        """Return the table of instances: seconds and steps, or what came of it instead."""
        known = {(row["planner"], row["instance"]): row["status"] for row in self.rows}
        lines = []
        for key in self.keys:
            cells = []
            for name, found in self.results.items():
                result = found.get(key)
                text = None if result is None else known.get((name, key), "not solved")
                if result is not None and result.solved:
                    text = f"{result.seconds:.2f} s / {result.length}"
                cells.append(text)
            lines.append([key.partition("/")[2], *cells])
        return markdown(["instance", *self.results], lines)


def _share(found: Mapping[str, Result], keys: Sequence[str]) -> str | None:
    tried = [found[key] for key in keys if key in found]
    return f"{sum(result.solved for result in tried)}/{len(tried)}" if tried else None
