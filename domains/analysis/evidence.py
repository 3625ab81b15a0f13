"""What citations point at: the call, the turn and the rows of a workspace, looked up once each."""

# Queries are put together from fixed text; nothing from a citation goes into them.
# ruff: noqa: S608

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Call, Turn
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Evidence", "ONE_ROW_EACH", "same_words"]

# How a row is called in a citation: by one of these combinations of columns, joined by a colon or a space.
_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "calls": (("call_id",),),
    "turns": (("call_id", "idx"),),
    "accounts": (("account",),),
    "reps": (("rep",),),
    "products": (("product",),),
    "opportunities": (("opportunity_id",),),
    "stage_history": (
        ("opportunity_id",),
        ("opportunity_id", "stage"),
        ("opportunity_id", "entered_date"),
        ("opportunity_id", "stage", "entered_date"),
    ),
    "content": (("content_id",), ("title",)),
    "content_use": (
        ("content_id",),
        ("opportunity_id",),
        ("call_id",),
        ("content_id", "opportunity_id"),
        ("content_id", "call_id"),
        ("content_id", "date"),
        ("opportunity_id", "date"),
        ("call_id", "date"),
        ("content_id", "opportunity_id", "date"),
        ("content_id", "call_id", "date"),
    ),
    "trainings": (("rep",), ("rep", "training"), ("rep", "date"), ("rep", "training", "date")),
    "quotas": (("rep",), ("rep", "period_start"), ("rep", "period_start", "period_end")),
    "competitors": (("name",),),
}

ONE_ROW_EACH = frozenset({"calls", "turns", "accounts", "reps", "products", "opportunities", "content", "competitors"})
"""Tables whose keys name one row each, so that the same key twice is the same row counted twice."""


def same_words(text: str) -> str:
    r"""Return the text with every run of white space as one space: a line break is no different wording.

    Examples
    --------
    >>> same_words(" too\n  expensive ")
    'too expensive'
    """
    return " ".join(text.split())


class Evidence:
    """The evidence in a workspace, for one review or one report.

    Parameters
    ----------
    workspace : Workspace
        Where calls and tables are.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._turns: dict[str, dict[int, Turn]] = {}
        self._keys: dict[str, frozenset[str]] = {}
        self._sizes: dict[str, int] = {}

    @cached_property
    def _calls(self) -> dict[str, Call]:
        return {call.call_id: call for call in self._workspace.calls()}

    def call(self, call_id: str) -> Call | None:
        """Return a call, or None when there is none."""
        return self._calls.get(call_id)

    def turn(self, call_id: str, index: int) -> Turn | None:
        """Return a turn of a call, or None when there is none."""
        if call_id not in self._turns:
            self._turns[call_id] = {turn.idx: turn for turn in self._workspace.turns(call_id)}
        return self._turns[call_id].get(index)

    @staticmethod
    def is_table(name: str) -> bool:
        """Whether a citation may name this table."""
        return name in _KEYS

    def size(self, table: str) -> int:
        """Return how many rows a table has."""
        if table not in self._sizes:
            query = f"SELECT COUNT(*) FROM {table}"
            self._sizes[table] = int(self._workspace.connection.execute(query).fetchone()[0])
        return self._sizes[table]

    def has_row(self, table: str, key: str) -> bool:
        """Whether a key names a row of a table."""
        if table not in self._keys:
            self._keys[table] = self._read_keys(table)
        return key in self._keys[table]

    def _read_keys(self, table: str) -> frozenset[str]:
        found: set[str] = set()
        for columns in _KEYS[table]:
            for row in self._workspace.connection.execute(f"SELECT DISTINCT {', '.join(columns)} FROM {table}"):
                if None not in tuple(row):
                    # a date may be recorded with a time of day, which keys leave out
                    whole = [str(part) for part in row]
                    short = [part[:10] if "date" in name else part for name, part in zip(columns, whole, strict=True)]
                    found.update({mark.join(parts) for parts in (whole, short) for mark in ": "})
        return frozenset(found)
