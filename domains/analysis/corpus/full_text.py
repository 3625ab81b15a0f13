"""Ranking turns by BM25 within a scope: the filter first where it keeps few calls, else the ranking first.

Scoring is what takes time, and joining turns to calls. Where a filter keeps few calls of the many that match, only
their turns are scored. Else all matching turns are scored, and the best are looked at one by one until enough of them
are in the scope; joining every matching turn to its call, as a plain query would, takes twice as long.
"""

# Queries are put together from fixed text; every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from domains.analysis.corpus.filters import Filter

__all__ = ["ranked_turns"]

# Measured with 100,000 calls: above this, collecting the turns of a filter takes longer than scoring all matches.
FEW_CALLS = 15_000
SAMPLE = 400
SCATTER = 2_654_435_761  # a prime: multiples of it fall anywhere, and in no step with how calls were brought in

_COLUMNS = "t.call_id, t.idx, t.role, t.speaker, t.text, t.start_s, -s AS score"
_SCORED = "SELECT rowid AS r, bm25(turns_fts) AS s FROM turns_fts WHERE turns_fts MATCH ?"
# CROSS JOIN keeps the order of the subquery; LIMIT -1 keeps SQLite from leaving its ORDER BY out.
_TO_TURNS = "CROSS JOIN turns t ON t.turn_id = r"

Rows = Callable[[str, tuple[Any, ...]], list[sqlite3.Row]]


def ranked_turns(rows: Rows, expression: str, within: Filter, limit: int) -> list[sqlite3.Row]:
    """Return the best turns of a scope, best first; ties go by call and turn.

    Parameters
    ----------
    rows : callable
        Carries out a query with its parameters.
    expression : str
        What to match, as an FTS5 expression.
    within : Filter
        The condition that a call `c` is in the scope.
    limit : int
        How many turns at most.
    """
    if within.condition == "1":
        query = f"SELECT {_COLUMNS} FROM ({_SCORED} ORDER BY s, rowid LIMIT ?) {_TO_TURNS}"
        found = rows(query, (expression, limit))
    elif _filter_first(rows, expression, within):
        calls = f"SELECT c.call_id FROM calls c WHERE {within.condition}"
        # The plus keeps SQLite from matching anew for every turn of the filter.
        own = f"{_SCORED} AND +rowid IN (SELECT turn_id FROM turns WHERE call_id IN ({calls}))"
        query = f"SELECT {_COLUMNS} FROM ({own} ORDER BY s, rowid LIMIT ?) {_TO_TURNS}"
        found = rows(query, (expression, *within.parameters, limit))
    else:
        query = (
            f"SELECT {_COLUMNS} FROM ({_SCORED} ORDER BY s, rowid LIMIT -1) {_TO_TURNS}"
            f" CROSS JOIN calls c ON c.call_id = t.call_id WHERE {within.condition} LIMIT ?"
        )
        found = rows(query, (expression, *within.parameters, limit))
    return sorted(found, key=lambda row: (-row["score"], row["call_id"], row["idx"]))


def _filter_first(rows: Rows, expression: str, within: Filter) -> bool:
    """Whether the filter keeps few calls, and fewer than there are turns that match.

    How many it keeps is estimated from some calls here and there, for trying it on all of them takes too long. A wrong
    estimate costs time only.
    """
    matches = int(rows("SELECT COUNT(*) FROM turns_fts WHERE turns_fts MATCH ?", (expression,))[0][0])
    last = int(rows("SELECT COALESCE(MAX(rowid), 0) FROM calls", ())[0][0])
    looked_at = sorted({1 + number * SCATTER % last for number in range(SAMPLE)}) if last else []
    # LIMIT -1 keeps SQLite from reaching for an index of the filter.
    some = f"SELECT * FROM calls WHERE rowid IN ({', '.join(map(str, looked_at))}) LIMIT -1"
    query = f"SELECT COUNT(*) FROM ({some}) c WHERE {within.condition}"
    kept = int(rows(query, within.parameters)[0][0]) / max(len(looked_at), 1) * last
    return kept < min(FEW_CALLS, matches)
