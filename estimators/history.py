"""The history of runs: one row for each step run, which the estimators learn from."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

from htn.model.errors import InputError

__all__ = ["History", "HistorySource", "Privacy", "Retention", "StepRun"]

_RESOURCES = ("seconds", "input_tokens", "output_tokens", "memory_bytes")


@dataclass(frozen=True, slots=True)
class StepRun:
    """One step that was run.

    Attributes
    ----------
    task_type : str
        What was done: the step's capability.
    method : str
        Method that put it into the plan; empty where not known.
    agent, model : str
        Who did it; ``model`` is empty for an agent that calls none.
    run : str
        The plan's run that it belonged to.
    ended : float
        Seconds since the epoch; the order in which the history is learned.
    sizes : Mapping of str to float
        Sizes of the input that were known before the run: calls, deals.
    seconds, input_tokens, output_tokens, memory_bytes : float or None
        What it took; None where it was not measured.
    outcome : str
        ``finished``, or the class of its failure.

    Raises
    ------
    InputError
        If a number is negative or not finite.
    """

    task_type: str
    method: str = ""
    agent: str = ""
    model: str = ""
    run: str = ""
    ended: float = 0.0
    sizes: Mapping[str, float] = field(default_factory=dict)
    seconds: float | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    memory_bytes: float | None = None
    outcome: str = "finished"

    def __post_init__(self) -> None:
        if not self.task_type:
            raise InputError("a row of the history needs the type of its task")
        numbers = {**{name: getattr(self, name) for name in _RESOURCES}, **self.sizes}
        for name, number in numbers.items():
            if number is not None and not (math.isfinite(number) and number >= 0):
                raise InputError(f"a row of the history has {name} = {number}; it is a number that is not negative")

    def to_json(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return {**asdict(self), "sizes": dict(self.sizes)}


@dataclass(frozen=True, slots=True)
class Retention:
    """How much of the history is kept.

    Attributes
    ----------
    rows : int
        At most so many, the latest.
    days : float or None
        None keeps rows of any age.
    """

    rows: int = 100_000
    days: float | None = 365.0

    def __post_init__(self) -> None:
        if self.rows < 1 or (self.days is not None and self.days <= 0):
            raise InputError(f"retention keeps at least one row and some days, got {self.rows} and {self.days}")


@dataclass(frozen=True, slots=True)
class Privacy:
    """What of a row may be kept. Rows never hold arguments, text or results, only names and sizes.

    Attributes
    ----------
    hashed : frozenset of str
        Fields of which only a short keyed hash is kept, which can still be grouped by: ``run``, ``agent``.
    dropped : frozenset of str
        Fields that are left empty: ``method``, ``agent``, ``model``, ``run`` or ``outcome``.
    salt : str
        Key of the hashes.
    """

    hashed: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()
    salt: str = ""

    def __post_init__(self) -> None:
        known = {"task_type", "method", "agent", "model", "run", "outcome"}
        for name in sorted(self.hashed | self.dropped):
            if name not in known or (name == "task_type" and name in self.dropped):
                raise InputError(f"privacy settings cannot hide {name!r}; known fields are {', '.join(sorted(known))}")

    def applied(self, row: StepRun) -> StepRun:
        """Return the row as it may be kept.

        Examples
        --------
        >>> Privacy(dropped=frozenset({"agent"})).applied(StepRun("read", agent="Ada")).agent
        ''
        """
        changes: dict[str, Any] = dict.fromkeys(self.dropped, "")
        for name in self.hashed - self.dropped:
            if value := getattr(row, name):
                changes[name] = hashlib.blake2b(value.encode(), key=self.salt.encode()[:64], digest_size=6).hexdigest()
        return replace(row, **changes)


class HistorySource(Protocol):
    """Anything that rows can be read from: a journal of runs, a file, another system."""

    def rows(self) -> Iterable[StepRun]:
        """Yield one row for each step run."""


class History:
    """Rows in the order in which the steps ended, within what retention and privacy allow.

    Parameters
    ----------
    rows : iterable of StepRun
        To begin with.
    retention : Retention
        What is kept.
    privacy : Privacy
        What is kept of a row.

    Examples
    --------
    >>> history = History([StepRun("read", ended=2.0), StepRun("write", ended=1.0)])
    >>> [row.task_type for row in history]
    ['write', 'read']
    """

    def __init__(
        self,
        rows: Iterable[StepRun] = (),
        retention: Retention | None = None,
        privacy: Privacy | None = None,
    ) -> None:
        self.retention = retention or Retention()
        self.privacy = privacy or Privacy()
        self._rows: list[StepRun] = []
        self.extend(rows)

    def __iter__(self) -> Iterator[StepRun]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def append(self, row: StepRun) -> None:
        """Add one row."""
        self.extend([row])

    def extend(self, rows: Iterable[StepRun] | HistorySource) -> None:
        """Add rows, hiding what privacy hides, and drop the oldest beyond the limit on rows."""
        given = rows if isinstance(rows, Iterable) else rows.rows()
        self._rows += [self.privacy.applied(row) for row in given]
        self._rows.sort(key=lambda row: row.ended)  # stable: rows without a time keep their order
        del self._rows[: max(len(self._rows) - self.retention.rows, 0)]

    def prune(self, now: float | None = None) -> int:
        """Drop the rows that are older than retention allows and return how many."""
        if self.retention.days is None:
            return 0
        oldest = (time.time() if now is None else now) - self.retention.days * 86_400
        before = len(self._rows)
        self._rows = [row for row in self._rows if row.ended >= oldest]
        return before - len(self._rows)
