"""What all runs of a workspace may use together: limits from a file, an account in the store that all of them share.

What other runs use is not known beforehand and not the same on a replay. So amounts are reserved inside the recorded
operation that uses them, in one transaction with the look at the account; a refusal is that operation's outcome.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from htn.execution.journal import Journal
from htn.model.budget import Budget
from htn.model.errors import InputError
from htn.model.settings import read_settings

__all__ = ["FILE_NAME", "Allowance", "Entry", "Refusal", "WorkspaceBudget"]

FILE_NAME = "budget.toml"
PERIODS = ("day", "month", "total")
SHARED = ("tokens", "money", "seconds", "steps", "replans")
"""What runs can share a limit on."""

_DAY = 86_400
_SLACK = 1e-9
_OPEN, _SETTLED, _LOST = "open", "settled", "lost"


@dataclass(frozen=True, slots=True)
class WorkspaceBudget:
    """The limits in a workspace's `budget.toml`.

    Attributes
    ----------
    periods : Mapping
        The limits of all runs together, by period: ``day`` and ``month`` of the calendar in UTC, and ``total``.
    run : Budget
        The limits of each run that is started without its own.

    Examples
    --------
    >>> limits = WorkspaceBudget.from_mapping({"day": {"tokens": 200_000}, "run": {"money": 2}}, "budget.toml")
    >>> limits.periods["day"].limits, limits.run.limits
    ({'tokens': 200000}, {'money': 2})
    """

    periods: Mapping[str, Budget] = field(default_factory=dict)
    run: Budget = field(default_factory=Budget)

    @classmethod
    def of(cls, folder: Path) -> WorkspaceBudget:
        """Return the limits of a workspace; none where there is no such file.

        Raises
        ------
        InputError
            When the file cannot be read, or limits what cannot be limited.
        """
        path = folder / FILE_NAME
        data = read_settings(path)
        return cls() if data is None else cls.from_mapping(data, str(path))

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], path: str) -> WorkspaceBudget:
        """Return the limits that a file's content gives; `path` is named in errors."""
        known = (*PERIODS, "run")
        for name, limits in data.items():
            if name not in known or not isinstance(limits, Mapping):
                raise InputError(f"there is no table [{name}]; there are {', '.join(known)}", path=path)
            wrong = [resource for resource in limits if resource not in SHARED]
            if wrong:
                raise InputError(f"[{name}] cannot limit {wrong[0]}; it can limit {', '.join(SHARED)}", path=path)
        try:
            read = {name: Budget.from_json(limits) for name, limits in data.items()}
        except InputError as error:
            raise InputError(str(error), path=path) from None
        return cls({name: limits for name, limits in read.items() if name != "run"}, read.get("run", Budget()))

    def for_run(self, own: Budget) -> Budget:
        """Return the limits of a run: its own, and those of the file where it has none.

        Examples
        --------
        >>> WorkspaceBudget(run=Budget(tokens=10, money=1)).for_run(Budget(tokens=20)).limits
        {'tokens': 20, 'money': 1}
        """
        return Budget(**{**self.run.limits, **own.limits})

    @property
    def limits_money(self) -> bool:
        """Whether runs share a limit on money."""
        return any(limits.money is not None for limits in self.periods.values())

    @property
    def shared(self) -> bool:
        """Whether runs share any limit."""
        return any(limits.limits for limits in self.periods.values())


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the account: one try at a step in one launch of its session, or one change of a plan."""

    run_id: str
    step_id: str
    session: int
    attempt: int
    launch: int

    @property
    def key(self) -> tuple[Any, ...]:
        """The values of the line's key."""
        return (self.run_id, self.step_id, self.session, self.attempt, self.launch)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why amounts are not reserved.

    Attributes
    ----------
    resource, period : str
        Which limit it is.
    limit, used, wanted : float
        The limit, what is used and reserved, and what would be needed besides.
    later : bool
        Whether there may be enough once the run's own steps in hand have ended.
    """

    resource: str
    period: str
    limit: float
    used: float
    wanted: float
    later: bool = False

    @property
    def left(self) -> float:
        """What is not used and not reserved."""
        return max(self.limit - self.used, 0.0)

    def __str__(self) -> str:
        span = "in all" if self.period == "total" else f"a {self.period}"
        return (
            f"the workspace's limit of {self.limit:,.6g} {self.resource} {span} is reached: {self.used:,.6g} are used "
            f"or set aside, and this may take {self.wanted:,.6g}; it would take a limit of "
            f"{self.used + self.wanted:,.6g}"
        )


class Allowance:
    """The account of a workspace.

    Parameters
    ----------
    journal : Journal
        Whose database it is kept in; the limits are in the file `budget.toml` of its workspace.
    clock : callable
        The time; a day is one of UTC.
    """

    def __init__(self, journal: Journal, clock: Callable[[], float] = time.time) -> None:
        self._journal = journal
        self._database = journal.database
        self._clock = clock
        self._read: tuple[tuple[int, int] | None, WorkspaceBudget] | None = None

    @property
    def limits(self) -> WorkspaceBudget:
        """The limits as the file has them now."""
        path = self._journal.workspace / FILE_NAME
        try:
            found = path.stat()
        except OSError:  # there is none; one that cannot be read is complained about in reading it
            stamp = None
        else:
            stamp = (found.st_mtime_ns, found.st_size)
        if self._read is None or self._read[0] != stamp:
            self._read = (stamp, WorkspaceBudget.of(self._journal.workspace))
        return self._read[1]

    def counts(self, amounts: Mapping[str, float]) -> bool:
        """Whether amounts are kept account of: those that cost tokens always, others where runs share limits."""
        return any(amounts.get(name) for name in ("tokens", "money")) or self.limits.shared

    def reserve(
        self,
        entry: Entry,
        amounts: Mapping[str, float],
        aside: Mapping[str, float] | None = None,
        *,
        allowed: bool = False,
    ) -> Refusal | None:
        """Set amounts aside, unless a limit does not hold them; all at once, whoever else does the same.

        Parameters
        ----------
        entry : Entry
            What for. One that was set aside by an earlier launch was cut off: it counts as used in full.
        amounts : Mapping
            What it may use, by resource.
        aside : Mapping, optional
            What must be left besides.
        allowed : bool
            Whether a person has allowed more than the limits.
        """
        if not self.counts(amounts):
            return None
        limits = self.limits
        with self._journal.transaction():
            self._database.alone("spending")
            self.settle_lost(entry.run_id, entry.session, entry.launch)
            refusal = None if allowed else self._refusal(limits, entry.run_id, amounts, aside or {})
            if refusal is None:
                self._write(entry, _OPEN, amounts)
        return refusal

    def settle(self, entry: Entry, used: Mapping[str, float]) -> None:
        """Put what was used in the place of what was set aside; what was not set aside is noted if it cost tokens."""
        with self._journal.transaction():
            there = self._database.row(_FIND, entry.key)
            if there is not None or any(used.get(name) for name in ("tokens", "money")):
                self._write(entry, _SETTLED, used)

    def settle_lost(self, run_id: str, session: int, launch: int) -> None:
        """Count what a run had set aside before a launch as used: nobody knows how far a dead process came.

        Parameters
        ----------
        run_id : str
            The run.
        session, launch : int
            The stretch of it that is carried out now, and which launch of that this is.
        """
        self._database.execute(
            "UPDATE spending SET state = ? WHERE run_id = ? AND state = ? AND (session < ? OR launch < ?)",
            (_LOST, run_id, _OPEN, session, launch),
        )

    def lost(self, entry: Entry) -> dict[str, float]:
        """Return what earlier launches used up on this very try before they were cut off."""
        condition = "run_id = ? AND step_id = ? AND session = ? AND attempt = ? AND launch < ? AND state = ?"
        return {name: amount for name, amount in self._sum(condition, (*entry.key, _LOST)).items() if amount}

    def taken(self, period: str = "total") -> dict[str, float]:
        """Return what is used or set aside in the present day or month, or in all, by resource."""
        return self._sums(period)

    def open(self) -> int:
        """Return how many reservations are not settled."""
        row = self._database.row("SELECT count(*) FROM spending WHERE state = ?", (_OPEN,))
        return 0 if row is None else int(row[0])

    def _refusal(
        self, limits: WorkspaceBudget, run_id: str, amounts: Mapping[str, float], aside: Mapping[str, float]
    ) -> Refusal | None:
        found: list[Refusal] = []
        own: dict[str, float] | None = None
        for period, budget in limits.periods.items():
            used = self._sums(period) if budget.limits else {}
            for name, limit in budget.limits.items():
                wanted = amounts.get(name, 0.0)
                needed = wanted + aside.get(name, 0.0)
                if wanted and used[name] + needed > limit * (1.0 + _SLACK):
                    own = self._in_hand(run_id) if own is None else own
                    later = used[name] - own[name] + needed <= limit
                    found.append(Refusal(name, period, limit, used[name], needed, later))
        # What will not be there later either counts for more.
        return min(found, key=lambda refusal: refusal.later, default=None)

    def _in_hand(self, run_id: str) -> dict[str, float]:
        """Return what a run's steps in hand have set aside."""
        return self._sum("run_id = ? AND state = ?", (run_id, _OPEN))

    def _sums(self, period: str) -> dict[str, float]:
        return self._sum("day >= ?", (_first_day(period, self._clock()),))

    def _sum(self, condition: str, parameters: Sequence[Any]) -> dict[str, float]:
        """Return the sums of the lines that meet a condition, by resource."""
        columns = ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in SHARED)
        # Names of columns and conditions are written in this module; values are parameters.
        row = self._database.row(f"SELECT {columns} FROM spending WHERE {condition}", parameters)  # noqa: S608
        assert row is not None
        return {name: float(row[name]) for name in SHARED}

    def _write(self, entry: Entry, state: str, amounts: Mapping[str, float]) -> None:
        values = [float(amounts.get(name, 0.0)) for name in SHARED]
        self._database.execute(_WRITE, (*entry.key, int(self._clock() // _DAY), state, *values))


_WRITE = """
INSERT INTO spending(run_id, step_id, session, attempt, launch, day, state, tokens, money, seconds, steps, replans)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(run_id, step_id, session, attempt, launch) DO UPDATE SET
    day = excluded.day, state = excluded.state, tokens = excluded.tokens, money = excluded.money,
    seconds = excluded.seconds, steps = excluded.steps, replans = excluded.replans
"""
_FIND = "SELECT 1 FROM spending WHERE run_id = ? AND step_id = ? AND session = ? AND attempt = ? AND launch = ?"


def _first_day(period: str, now: float) -> int:
    """Return the first day of a period, counted from 1970.

    Examples
    --------
    >>> _first_day("day", 86_400 * 45.5), _first_day("month", 86_400 * 45.5), _first_day("total", 86_400 * 45.5)
    (45, 31, -1)
    """
    if period == "total":
        return -1
    day = int(now // _DAY)
    return day if period == "day" else day - datetime.fromtimestamp(now, UTC).day + 1
