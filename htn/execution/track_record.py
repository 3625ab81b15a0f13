"""How well and how fast each agent did what it was asked so far: rates drawn together where little is known.

The chance that a try works out has a Beta prior. Its mean is `PRIOR_CHANCE`, moved by what the agent did elsewhere and
by what others did at the same capability, each of those tries counting half; it weighs as much as `POOL_TRIES` tries
(partial pooling; Gelman et al., *Bayesian Data Analysis*, 3rd ed., chapter 5).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from htn.execution.failures import FailureClass
from htn.execution.journal import Journal

__all__ = ["PAST_TRIES", "POOL_TRIES", "PRIOR_CHANCE", "RELATED", "Tally", "TrackRecord", "past_record"]

PRIOR_CHANCE = 0.9
"""Share of tries that work out, before there are any."""

POOL_TRIES = 4.0
"""How many tries that expectation counts for, and what is expected of an agent at a capability against its own."""

RELATED = 0.5
"""What a try counts for as a hint on another one: of the same agent, or at the same capability."""

PAST_TRIES = 1000
"""How many of the latest tries in a workspace are looked at."""

# These say something about the data, the budget or a person, whoever tried.
_NOBODYS_FAULT = frozenset({FailureClass.DATA_UNAVAILABLE, FailureClass.BUDGET_EXCEEDED, FailureClass.HUMAN_REFUSED})


@dataclass(slots=True)
class Tally:
    """Tries that were counted.

    Attributes
    ----------
    worked, failed : float
        How many worked out, and how many did not.
    log_seconds, timed : float
        Sum of the logarithms of the seconds of those that did, and how many of them there are.
    tokens : float
        Tokens of all tries.
    """

    worked: float = 0.0
    failed: float = 0.0
    log_seconds: float = 0.0
    timed: float = 0.0
    tokens: float = 0.0

    @property
    def tries(self) -> float:
        """All tries."""
        return self.worked + self.failed

    def add(self, other: Tally) -> None:
        """Count another tally's tries as well."""
        self.worked += other.worked
        self.failed += other.failed
        self.log_seconds += other.log_seconds
        self.timed += other.timed
        self.tokens += other.tokens


class TrackRecord:
    """What each agent did so far, by capability.

    Examples
    --------
    >>> record = TrackRecord()
    >>> round(record.chance("ann", "count"), 2)
    0.9
    >>> for _ in range(4):
    ...     record.add("ann", "count", worked=False)
    >>> round(record.chance("ann", "count"), 2), round(record.chance("ben", "count"), 2)
    (0.45, 0.6)
    """

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str], Tally] = {}

    @classmethod
    def from_json(cls, data: Collection[Mapping[str, Any]]) -> TrackRecord:
        """Read what `past_record` gave."""
        record = cls()
        for row in data:
            known = {name: value for name, value in row.items() if name not in ("agent", "capability")}
            record._tallies[row["agent"], row["capability"]] = Tally(**known)
        return record

    def to_json(self) -> list[dict[str, Any]]:
        """Return the record as JSON data."""
        return [
            {"agent": agent, "capability": capability, **asdict(tally)}
            for (agent, capability), tally in sorted(self._tallies.items())
        ]

    def add(
        self,
        agent: str,
        capability: str,
        *,
        worked: bool,
        failure: str | None = None,
        seconds: float | None = None,
        tokens: float = 0.0,
    ) -> None:
        """Count a try; one that failed through nobody's fault says nothing about the agent."""
        if not worked and failure in _NOBODYS_FAULT:
            return
        tally = Tally(float(worked), float(not worked), tokens=tokens)
        if worked and seconds is not None:
            tally.log_seconds, tally.timed = math.log(max(seconds, 1e-3)), 1.0
        self._tallies.setdefault((agent, capability), Tally()).add(tally)

    def tries(self, agent: str, capability: str) -> Tally:
        """Return what an agent did at a capability."""
        return self._tallies.get((agent, capability), Tally())

    def chance(self, agent: str, capability: str) -> float:
        """Return the probability that a try works out."""
        related = Tally()
        for (who, what), tally in self._tallies.items():
            if (who == agent) != (what == capability):
                related.add(tally)
        worked, tries = POOL_TRIES * PRIOR_CHANCE + RELATED * related.worked, POOL_TRIES + RELATED * related.tries
        own = self.tries(agent, capability)
        return (POOL_TRIES * worked / tries + own.worked) / (POOL_TRIES + own.tries)

    def seconds(self, agent: str, capability: str) -> float | None:
        """Return the seconds that a try takes that works out: a geometric mean, drawn to that of all agents."""
        everybody = Tally()
        for (_, what), tally in self._tallies.items():
            if what == capability:
                everybody.add(tally)
        if not everybody.timed:
            return None
        usual, own = everybody.log_seconds / everybody.timed, self.tries(agent, capability)
        return math.exp((POOL_TRIES * usual + own.log_seconds) / (POOL_TRIES + own.timed))

    def tokens(self, agent: str, capability: str) -> float:
        """Return the tokens that a try takes: of this agent at this capability, drawn to what it takes elsewhere."""
        everything = Tally()
        for (who, _), tally in self._tallies.items():
            if who == agent:
                everything.add(tally)
        own = self.tries(agent, capability)
        usual = everything.tokens / everything.tries if everything.tries else 0.0
        return (POOL_TRIES * usual + own.tokens) / (POOL_TRIES + own.tries)


def past_record(journal: Journal, *, latest: int = PAST_TRIES) -> TrackRecord:
    """Return what agents did in the latest tries of a workspace.

    Parameters
    ----------
    journal : Journal
        Where tries are written down.
    latest : int
        How many tries are looked at.
    """
    record = TrackRecord()
    for attempt in journal.latest_tries(latest):
        required: list[str] = attempt.decision.get("required") or []
        if attempt.agent is None or len(required) != 1:
            continue
        timed = None if attempt.started is None or attempt.finished is None else attempt.finished - attempt.started
        tokens = sum(attempt.usage.get(name) or 0 for name in ("input_tokens", "output_tokens"))
        worked = attempt.status == "finished"
        record.add(
            attempt.agent, required[0], worked=worked, failure=attempt.failure, seconds=timed, tokens=float(tokens)
        )
    return record
