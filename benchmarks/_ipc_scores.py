"""The competition's scores: coverage, agile, quality; and the same for what was recorded of other planners."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Peers", "Result", "Summary", "agile", "quality", "reference", "summary"]

AT_ONCE = 0.2
HORIZON = 15.0
RECORDED = Path(__file__).with_name("ipc2020_peers.json")


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of a planner on an instance, measured or recorded."""

    solved: bool
    seconds: float = 0.0
    length: int | None = None


def agile(seconds: float, horizon: float = HORIZON) -> float:
    """Return the agile score of a plan found in so many seconds.

    Examples
    --------
    >>> agile(0.1), agile(15.0), agile(16.0), round(agile(math.sqrt(0.2 * 15)), 3)
    (1.0, 0.0, 0.0, 0.5)
    """
    if seconds <= AT_ONCE:
        return 1.0
    return max(0.0, 1.0 - math.log(seconds / AT_ONCE) / math.log(horizon / AT_ONCE))


def quality(length: int, best: int | None) -> float:
    """Return the quality score of a plan beside the best of others; 1 where no other has one.

    Examples
    --------
    >>> quality(20, 10), quality(9, 10), quality(9, None), quality(0, 0), quality(3, 0)
    (0.5, 1.0, 1.0, 1.0, 0.0)
    """
    if best is None or length <= best:
        return 1.0
    return best / length


def reference(results: Iterable[Result]) -> int | None:
    """Return the best length of the planners that may set it; None where none of them has a plan."""
    return min((result.length for result in results if result.solved and result.length is not None), default=None)


@dataclass(frozen=True, slots=True)
class Summary:
    """A planner's scores on a set of instances.

    Attributes
    ----------
    instances, solved : int
        How many.
    agile, quality : float
        Sums.
    median : float, optional
        Seconds, of those solved.
    par2 : float
        The mean of the seconds, twice the limit for those not solved.
    """

    instances: int
    solved: int
    agile: float
    quality: float
    median: float | None
    par2: float


def summary(results: Mapping[str, Result], best: Mapping[str, int | None], limit: float = HORIZON) -> Summary:
    """Return the scores of results by instance, given the reference lengths by instance."""
    solved = {key: result for key, result in results.items() if result.solved}
    times = [result.seconds for result in solved.values()]
    missed = len(results) - len(solved)
    return Summary(
        len(results),
        len(solved),
        sum(agile(seconds) for seconds in times),
        sum(quality(r.length, best.get(key)) for key, r in solved.items() if r.length is not None),
        statistics.median(times) if times else None,
        (sum(times) + 2 * limit * missed) / len(results) if results else 0.0,
    )


class Peers:
    """What other planners were measured to do, from the file beside this one.

    Attributes
    ----------
    results : dict
        From the instance's key to the planner's name to its result.
    largest : dict
        From ``domain/instance`` to seconds of the planner that is to be matched there.
    """

    def __init__(self, path: Path = RECORDED) -> None:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.results: dict[str, dict[str, Result]] = {}
        for track, domains in data["tracks"].items():
            for domain, rows in domains.items():
                for name, planners in rows.items():
                    self.results[f"{track}/{domain}/{name}"] = {
                        planner: Result(False) if found is None else Result(True, found[0], found[1])
                        for planner, found in planners.items()
                    }
        self.largest: dict[str, float] = {
            instance: min(found[0] for found in planners.values()) for instance, planners in data["largest"].items()
        }

    def on(self, keys: Sequence[str]) -> dict[str, dict[str, Result]]:
        """Return the recorded results by planner, then by instance, of the instances that have been recorded."""
        found: dict[str, dict[str, Result]] = {}
        for key in keys:
            for planner, result in self.results.get(key, {}).items():
                found.setdefault(planner, {})[key] = result
        return found
