"""What a workspace holds, in numbers: for people (summary), for planning (facts), for names (entities)."""

# Queries are put together from fixed text; every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

import json
import sqlite3
from typing import Any

from domains.analysis.corpus.filters import (
    Filter,
    calls_filter,
    content_filter,
    deals_filter,
    quotas_filter,
    trainings_filter,
)
from domains.analysis.corpus.schema import DATA_TABLES
from domains.analysis.scope import Scope, value

__all__ = ["entities", "facts", "summary"]

_ENTITIES = {
    "account": "SELECT account FROM accounts UNION SELECT account FROM opportunities UNION SELECT account FROM calls",
    "rep": "SELECT rep FROM reps UNION SELECT rep FROM opportunities UNION SELECT rep FROM calls",
    "region": "SELECT region FROM reps UNION SELECT region FROM accounts",
    "competitor": "SELECT name FROM competitors UNION SELECT competitor FROM opportunities",
    "product": "SELECT product FROM products UNION SELECT product FROM opportunities",
    "content": "SELECT COALESCE(title, content_id) FROM content",
    "training": "SELECT DISTINCT training FROM trainings",
}


def summary(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return the number of rows of every table, the first and last dates, and how many files and issues there are.

    Returns
    -------
    dict
        ``rows`` (by table), ``call_dates``, ``close_dates``, ``engage_dates`` (pairs, or None), ``files``, ``issues``.
    """
    return {
        "rows": {table: _number(connection, f"SELECT COUNT(*) FROM {table}") for table in DATA_TABLES},
        "call_dates": _span(connection, "calls", "date"),
        "close_dates": _span(connection, "opportunities", "close_date"),
        "engage_dates": _span(connection, "opportunities", "engage_date"),
        "files": _number(connection, "SELECT COUNT(*) FROM ingest_files"),
        "issues": _number(connection, "SELECT COUNT(*) FROM ingest_issues"),
    }


def entities(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the names the workspace knows, sorted, by kind."""
    found = {}
    for kind, query in _ENTITIES.items():
        names = {row[0] for row in connection.execute(query)}
        found[kind] = sorted(name for name in names if name)
    return found


def facts(connection: sqlite3.Connection, scope: Scope) -> dict[str, dict[str, Any]]:
    """Return the counts and the has-flags of a scope, as the planning state holds them.

    `accounts`, `reps` and `products` count those that occur in the scope's calls and deals, not the rows of their
    tables: a rep without any call or deal is nobody an analysis could compare.
    """
    calls = _one(connection, _CALLS, "calls c", calls_filter(scope))
    deals = _one(connection, _DEALS, "opportunities o", deals_filter(scope))
    won, lost = int(deals["won"]), int(deals["lost"])
    count = {
        "calls": calls["calls"],
        "calls_with_outcome": int(calls["won"] + calls["lost"]),
        "calls_won": int(calls["won"]),
        "calls_lost": int(calls["lost"]),
        "turns": int(calls["turns"]),
        "deals": deals["deals"],
        "closed": won + lost,
        "won": won,
        "lost": lost,
        "open": deals["deals"] - won - lost,
        "accounts": _distinct(calls["accounts"], deals["accounts"]),
        "reps": _distinct(calls["reps"], deals["reps"]),
        "products": _distinct(deals["products"]),
        "competitor_mentions": _mentions(connection, scope, int(calls["mentions"])),
        **_attached(connection, scope),
    }
    has = {
        "calls": count["calls"] > 0,
        "timestamps": calls["timed"] > 0,
        "outcomes": count["calls_with_outcome"] > 0,
        "deals": count["deals"] > 0,
        "stage_history": count["stage_changes"] > 0,
        "created_dates": deals["created"] > 0,
        "competitors": deals["competitors"] > 0 or count["competitor_mentions"] > 0,
        "content": count["content_uses"] > 0,
        "trainings": count["trainings"] > 0,
        "quotas": count["quotas"] > 0,
        "forecast_categories": deals["forecast"] > 0,
        "regions": _has_regions(connection),
    }
    return {"count": count, "has": has}


# One pass over each table, however many facts: the conditions of a scope are what takes the time.
_CALLS = (
    "SELECT COUNT(*) AS calls, TOTAL(c.outcome = 'won') AS won, TOTAL(c.outcome = 'lost') AS lost,"
    " TOTAL(c.turn_count) AS turns, TOTAL(c.timed_turns) AS timed, TOTAL(c.mention_turns) AS mentions,"
    " json_group_array(DISTINCT c.account) AS accounts, json_group_array(DISTINCT c.rep) AS reps"
)
_DEALS = (
    "SELECT COUNT(*) AS deals, TOTAL(o.status = 'won') AS won, TOTAL(o.status = 'lost') AS lost,"
    " COUNT(o.created_date) AS created, COUNT(o.competitor) AS competitors, COUNT(o.forecast_category) AS forecast,"
    " json_group_array(DISTINCT o.account) AS accounts, json_group_array(DISTINCT o.rep) AS reps,"
    " json_group_array(DISTINCT o.product) AS products"
)


def _one(connection: sqlite3.Connection, select: str, table: str, found: Filter) -> dict[str, Any]:
    return dict(connection.execute(f"{select} FROM {table} WHERE {found.condition}", found.parameters).fetchone())


def _distinct(*lists: str) -> int:
    return len({name for names in lists for name in json.loads(names)} - {None})


def _attached(connection: sqlite3.Connection, scope: Scope) -> dict[str, int]:
    deals = deals_filter(scope)
    # The plus keeps SQLite from working out the scope's deals where there is no row to compare with them.
    stages = Filter(
        f"+s.opportunity_id IN (SELECT o.opportunity_id FROM opportunities o WHERE {deals.condition})", deals.parameters
    )
    wanted = {
        "stage_changes": ("stage_history s", stages),
        "content_uses": ("content_use u", content_filter(scope)),
        "trainings": ("trainings t", trainings_filter(scope)),
        "quotas": ("quotas q", quotas_filter(scope)),
    }
    return {
        name: _number(connection, f"SELECT COUNT(*) FROM {table} WHERE {found.condition}", found.parameters)
        for name, (table, found) in wanted.items()
    }


def _mentions(connection: sqlite3.Connection, scope: Scope, any_competitor: int) -> int:
    """Return how many turns of the scope's calls name a known competitor (the scope's, when it has one)."""
    competitor = value(scope, "competitor")
    if competitor is None:
        return any_competitor
    # A call in which the scope's competitor is named is in the scope for that: asking again would only take time.
    calls = calls_filter(tuple((key, item) for key, item in scope if key != "competitor"))
    query = "SELECT COUNT(*) FROM mentions m WHERE m.competitor = ?"
    if calls.condition != "1":
        query += f" AND m.call_id IN (SELECT c.call_id FROM calls c WHERE {calls.condition})"
    return _number(connection, query, (competitor, *calls.parameters))


def _has_regions(connection: sqlite3.Connection) -> bool:
    tables = (f"EXISTS (SELECT 1 FROM {table} WHERE region <> '')" for table in ("reps", "accounts"))
    return bool(_number(connection, f"SELECT {' OR '.join(tables)}"))


def _number(connection: sqlite3.Connection, query: str, parameters: tuple[str, ...] = ()) -> int:
    return int(connection.execute(query, parameters).fetchone()[0])


def _span(connection: sqlite3.Connection, table: str, column: str) -> tuple[str, str] | None:
    first, last = connection.execute(f"SELECT MIN({column}), MAX({column}) FROM {table}").fetchone()
    return None if first is None else (first, last)
