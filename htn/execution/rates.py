"""Requests and tokens per minute as token buckets in the journal's database, so that they hold for all who share it.

Libraries were looked at: `aiolimiter` counts within one event loop, `limits` has no store in SQL, `pyrate-limiter`
writes a row for each token in PostgreSQL; none settles a reservation from what was used. A bucket is one row here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from htn.execution.agent_settings import SharedLimit
from htn.execution.database import Database

__all__ = ["Bucket", "Rates"]

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left of a limit at a moment; it fills up evenly to what a minute allows (Turner's token bucket, 1986).

    Attributes
    ----------
    requests, tokens : float
        What may be used at once; below zero, what was used or promised beyond it.
    moment : float
        When that was so, in seconds.
    closed : float
        Until when nothing may be used, because the other side said so.
    """

    requests: float
    tokens: float
    moment: float
    closed: float = 0.0

    @classmethod
    def full(cls, limit: SharedLimit, now: float) -> Bucket:
        """Return the bucket of a limit of which nothing was used for a minute."""
        return cls(limit.requests_per_minute or 0.0, limit.tokens_per_minute or 0.0, now)

    def at(self, limit: SharedLimit, now: float) -> Bucket:
        """Return it at a later moment; a clock that was put back fills nothing."""
        passed = max(now - self.moment, 0.0) / MINUTE
        levels = [
            min(level + rate * passed, rate)
            for level, rate in (
                (self.requests, limit.requests_per_minute or 0.0),
                (self.tokens, limit.tokens_per_minute or 0.0),
            )
        ]
        # A closing that lies far ahead was noted by a clock that was put back since.
        return Bucket(levels[0], levels[1], now, self.closed if self.closed - now <= MINUTE * 10 else now)

    def take(self, requests: float, tokens: float) -> Bucket:
        """Return it with so much taken out, or put back when negative."""
        return Bucket(self.requests - requests, self.tokens - tokens, self.moment, self.closed)

    def wait(self, limit: SharedLimit) -> float:
        """Return the seconds until what was taken is covered.

        Examples
        --------
        >>> limit = SharedLimit("model", ("*",), requests_per_minute=60)
        >>> Bucket.full(limit, 0.0).take(61, 0).wait(limit)
        1.0
        """
        seconds = max(self.closed - self.moment, 0.0)
        for level, rate in ((self.requests, limit.requests_per_minute), (self.tokens, limit.tokens_per_minute)):
            if rate is not None and level < 0.0:
                seconds = max(seconds, -level / rate * MINUTE)
        return seconds


class Rates:
    """The buckets of a workspace, or of a team.

    Whoever wants to use something takes it at once and then waits as long as it is told: that is first come, first
    served among all processes, so that nobody waits for ever, and what a large step needs is not used up by small ones.

    Parameters
    ----------
    database : Database
        The journal's. With PostgreSQL its clock counts, which is one for all machines.
    clock : callable
        The time otherwise.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def take(self, limit: SharedLimit, requests: float, tokens: float) -> float:
        """Take what a step is expected to use, and return the seconds to wait before it begins."""
        return self._change(limit, requests, tokens).wait(limit)

    def settle(self, limit: SharedLimit, requests: float, tokens: float) -> None:
        """Take what was used beyond what had been taken; put it back when less was used."""
        if requests or tokens:
            self._change(limit, requests, tokens)

    def close(self, limit: SharedLimit, seconds: float) -> None:
        """Have everybody wait for a time that the other side asked for."""
        self._change(limit, 0.0, 0.0, seconds)

    def _change(self, limit: SharedLimit, requests: float, tokens: float, closed: float | None = None) -> Bucket:
        with self._database.transaction():
            self._database.alone(f"rate {limit.name}")
            now = self._now()
            row = self._database.row("SELECT requests, tokens, moment, closed FROM rates WHERE name = ?", (limit.name,))
            known = Bucket.full(limit, now) if row is None else Bucket(*(float(row[place]) for place in range(4)))
            bucket = known.at(limit, now).take(requests, tokens)
            if closed is not None:
                bucket = Bucket(bucket.requests, bucket.tokens, now, max(bucket.closed, now + closed))
            self._database.write(
                "INSERT INTO rates(name, requests, tokens, moment, closed) VALUES (?, ?, ?, ?, ?) ON CONFLICT(name)"
                " DO UPDATE SET requests = excluded.requests, tokens = excluded.tokens, moment = excluded.moment,"
                " closed = excluded.closed",
                (limit.name, bucket.requests, bucket.tokens, bucket.moment, bucket.closed),
            )
        return bucket

    def _now(self) -> float:
        if not self._database.shared:
            return self._clock()
        row = self._database.row("SELECT CAST(extract(epoch FROM clock_timestamp()) AS double precision)")
        assert row is not None
        return float(row[0])
