"""What a workspace holds, in numbers: for people (summary), for planning (facts), for names (entities)."""

# Queries are put together from fixed text; every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

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
    calls, calls_has = _call_facts(connection, calls_filter(scope))
    deals, deals_has = _deal_facts(connection, deals_filter(scope))
    count = {**calls, **deals, **_attached(connection, scope), **_distinct(connection, scope)}
    count["competitor_mentions"] = _mentions(connection, scope)
    has = {
        "calls": count["calls"] > 0,
        "timestamps": calls_has["timestamps"],
        "outcomes": count["calls_with_outcome"] > 0,
        "deals": count["deals"] > 0,
        "stage_history": count["stage_changes"] > 0,
        "created_dates": deals_has["created_dates"],
        "competitors": deals_has["competitors"] or count["competitor_mentions"] > 0,
        "content": count["content_uses"] > 0,
        "trainings": count["trainings"] > 0,
        "quotas": count["quotas"] > 0,
        "forecast_categories": deals_has["forecast_categories"],
        "regions": _has_regions(connection),
    }
    return {"count": count, "has": has}


def _call_facts(connection: sqlite3.Connection, found: Filter) -> tuple[dict[str, int], dict[str, bool]]:
    row = connection.execute(
        "SELECT COUNT(*), TOTAL(c.outcome = 'won'), TOTAL(c.outcome = 'lost'), TOTAL(c.turn_count),"
        f" TOTAL(c.timed_turns) FROM calls c WHERE {found.condition}",
        found.parameters,
    ).fetchone()
    calls, won, lost, turns, timed = (int(item) for item in row)
    count = {"calls": calls, "calls_with_outcome": won + lost, "calls_won": won, "calls_lost": lost, "turns": turns}
    return count, {"timestamps": timed > 0}


def _deal_facts(connection: sqlite3.Connection, found: Filter) -> tuple[dict[str, int], dict[str, bool]]:
    row = connection.execute(
        "SELECT COUNT(*), TOTAL(o.status = 'won'), TOTAL(o.status = 'lost'), COUNT(o.created_date),"
        f" COUNT(o.competitor), COUNT(o.forecast_category) FROM opportunities o WHERE {found.condition}",
        found.parameters,
    ).fetchone()
    deals, won, lost, created, competitors, forecast = (int(item) for item in row)
    count = {"deals": deals, "closed": won + lost, "won": won, "lost": lost, "open": deals - won - lost}
    has = {"created_dates": created > 0, "competitors": competitors > 0, "forecast_categories": forecast > 0}
    return count, has


def _attached(connection: sqlite3.Connection, scope: Scope) -> dict[str, int]:
    deals = deals_filter(scope)
    stages = Filter(
        f"s.opportunity_id IN (SELECT o.opportunity_id FROM opportunities o WHERE {deals.condition})", deals.parameters
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


def _distinct(connection: sqlite3.Connection, scope: Scope) -> dict[str, int]:
    calls, deals = calls_filter(scope), deals_filter(scope)
    queries = (
        (f"SELECT DISTINCT o.account, o.rep, o.product FROM opportunities o WHERE {deals.condition}", deals.parameters),
        (f"SELECT DISTINCT c.account, c.rep, NULL FROM calls c WHERE {calls.condition}", calls.parameters),
    )
    rows = [tuple(row) for query, parameters in queries for row in connection.execute(query, parameters)]
    names = ({row[at] for row in rows} - {None} for at in range(3))
    return dict(zip(("accounts", "reps", "products"), map(len, names), strict=True))


def _mentions(connection: sqlite3.Connection, scope: Scope) -> int:
    """Return how many turns of the scope's calls name a known competitor (the scope's, when it has one)."""
    # A call in which the scope's competitor is named is in the scope for that: asking again would only take time.
    calls = calls_filter(tuple((key, item) for key, item in scope if key != "competitor"))
    query = "SELECT COUNT(*) FROM (SELECT DISTINCT m.call_id, m.idx FROM mentions m WHERE {0})"
    conditions, parameters = ["1"], []
    competitor = value(scope, "competitor")
    if competitor is not None:
        conditions.append("m.competitor = ?")
        parameters.append(competitor)
    if calls.condition != "1":
        conditions.append(f"m.call_id IN (SELECT c.call_id FROM calls c WHERE {calls.condition})")
        parameters.extend(calls.parameters)
    return _number(connection, query.format(" AND ".join(conditions)), tuple(parameters))


def _has_regions(connection: sqlite3.Connection) -> bool:
    tables = (f"EXISTS (SELECT 1 FROM {table} WHERE region <> '')" for table in ("reps", "accounts"))
    return bool(_number(connection, f"SELECT {' OR '.join(tables)}"))


def _number(connection: sqlite3.Connection, query: str, parameters: tuple[str, ...] = ()) -> int:
    return int(connection.execute(query, parameters).fetchone()[0])


def _span(connection: sqlite3.Connection, table: str, column: str) -> tuple[str, str] | None:
    first, last = connection.execute(f"SELECT MIN({column}), MAX({column}) FROM {table}").fetchone()
    return None if first is None else (first, last)
