"""Cases of a measure, with their groups: parametrised SQL put together from fixed parts only."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.analysts.measure_names import DIMENSIONS, Measure
from domains.analysis.corpus.filters import calls_filter, deals_filter
from htn.model.errors import InputError

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace
    from domains.analysis.scope import Scope

__all__ = ["UNKNOWN", "Case", "Cases", "call_cases", "deal_cases"]


@dataclass(frozen=True, slots=True)
class Case:
    """A deal or call that counts: its key, its group, its value (1 or 0 for a share), and what is counted of it."""

    key: str
    group: tuple[str, ...]
    value: float
    of: str = ""


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of a measure, and how many were left out for which reason."""

    table: str
    cases: tuple[Case, ...]
    left_out: tuple[tuple[int, str], ...] = ()


UNKNOWN = "(not recorded)"
_REGION = "COALESCE(r.region, a.region)"
_DAY = "CASE WHEN o.status = 'open' THEN COALESCE(o.engage_date, o.created_date) ELSE o.close_date END"
_BEGUN = "COALESCE(o.created_date, o.engage_date)"
_SIZE = (
    "CASE WHEN a.employees IS NULL THEN NULL WHEN a.employees < 200 THEN 'under 200 employees'"
    " WHEN a.employees < 1000 THEN '200 to 999 employees' ELSE '1,000 employees and more' END"
)


def _times(day: str) -> dict[str, str]:
    quarter = f"((CAST(strftime('%m', {day}) AS INTEGER) + 2) / 3)"
    return {
        "week": f"strftime('%Y', {day}) || ' week ' || strftime('%W', {day})",
        "month": f"strftime('%Y-%m', {day})",
        "quarter": f"strftime('%Y', {day}) || ' Q' || {quarter}",
        "year": f"strftime('%Y', {day})",
    }


# What each dimension is of a deal o and of a call c; nothing from outside ever becomes part of a query.
_DEAL_DIMENSIONS = {
    "rep": "o.rep",
    "region": _REGION,
    "product": "o.product",
    "segment": "COALESCE(o.segment, a.segment, a.sector)",
    "account": "o.account",
    "sector": "a.sector",
    "stage": "o.stage",
    "competitor": "o.competitor",
    "manager": "r.manager",
    "country": "a.country",
    "size": _SIZE,
    **_times(_DAY),
}
_CALL_DIMENSIONS = {
    **_DEAL_DIMENSIONS,
    "rep": "c.rep",
    "account": "c.account",
    **_times("c.date"),
}

_DEALS = (
    "SELECT o.opportunity_id AS key, {columns}, o.status AS status, o.amount AS amount, o.close_date AS closed,"
    " {begun} AS begun, p.price AS price, julianday(o.close_date) - julianday({begun}) AS days FROM opportunities o"
    " LEFT JOIN accounts a ON a.account = o.account LEFT JOIN reps r ON r.rep = o.rep"
    " LEFT JOIN products p ON p.product = o.product WHERE {condition} ORDER BY o.opportunity_id"
)
_CALLS = (
    "SELECT c.call_id AS key, {columns} FROM calls c"
    " LEFT JOIN opportunities o ON o.opportunity_id = c.opportunity_id"
    " LEFT JOIN accounts a ON a.account = c.account LEFT JOIN reps r ON r.rep = c.rep"
    " WHERE {condition} ORDER BY c.call_id"
)


def _columns(known: dict[str, str], dimensions: Sequence[str]) -> str:
    for name in dimensions:
        if name not in known:
            raise InputError(f"nothing can be grouped by {name!r}; there are {', '.join(DIMENSIONS)}")
    return ", ".join(f"{known[name]} AS group_{i}" for i, name in enumerate(dimensions)) or "1 AS whole"


def _group(row: sqlite3.Row, dimensions: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(row[f"group_{i}"] or UNKNOWN) for i in range(len(dimensions)))


def deal_cases(workspace: Workspace, scope: Scope, measure: Measure, dimensions: Sequence[str]) -> Cases:
    """Return the deals that a measure counts; deals with missing or impossible dates or amounts are left out.

    Raises
    ------
    InputError
        For a dimension that there is not.
    """
    found = deals_filter(scope)
    columns = _columns(_DEAL_DIMENSIONS, dimensions)
    if measure.counted:
        columns += f", {_DEAL_DIMENSIONS[measure.counted]} AS counted"
    query = _DEALS.format(columns=columns, begun=_BEGUN, condition=found.condition)
    rows = workspace.connection.execute(query, found.parameters).fetchall()
    cases: list[Case] = []
    left_out: dict[str, int] = {}
    for row in rows:
        value, reason = _deal_value(row, measure)
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
        elif value is not None:
            of = str(row["counted"] or "") if measure.counted else ""
            cases.append(Case(row["key"], _group(row, dimensions), value, of))
    return Cases("opportunities", tuple(cases), tuple((number, reason) for reason, number in sorted(left_out.items())))


_TAKEN = {"win_rate": ("won", "lost"), "deal_count": ("won", "lost"), "open_pipeline": ("open",)}


def _taken(measure: Measure) -> tuple[str, ...]:
    """Return which deals a measure is taken of, by their status."""
    if measure.outcome and measure.name != "win_rate":
        return ("won", "lost", "open") if measure.outcome == "any" else (measure.outcome,)
    return _TAKEN.get(measure.name, ("won",))


def _deal_value(row: sqlite3.Row, measure: Measure) -> tuple[float | None, str | None]:
    """Return a deal's value, or why it should count but cannot; neither, when the measure is not about such deals."""
    status, name = row["status"], measure.name
    if status not in _taken(measure):
        return None, "still open" if status == "open" and name == "deal_count" and not measure.outcome else None
    if status != "open" and not row["closed"]:
        return None, "closed, but without a close date"
    if status != "open" and row["days"] is not None and row["days"] < 0:
        return None, "closed before it was created or engaged"
    if name == "deal_count":
        return 1.0, None
    if name == "win_rate":
        return float(status == (measure.outcome or "won")), None
    if name == "cycle_days":
        return (row["days"], None) if row["days"] is not None else (None, f"{status}, but without both days")
    if row["amount"] is None:
        return None, f"{status}, but no amount is recorded"
    if name == "discount":
        if not row["price"]:
            return None, f"{status}, but its product has no list price"
        return 1 - row["amount"] / row["price"], None
    return row["amount"], None


def call_cases(workspace: Workspace, scope: Scope, dimensions: Sequence[str], values: dict[str, float | None]) -> Cases:
    """Return the calls of a scope with given values; calls whose value cannot be told are left out.

    Raises
    ------
    InputError
        For a dimension that there is not.
    """
    found = calls_filter(scope)
    query = _CALLS.format(columns=_columns(_CALL_DIMENSIONS, dimensions), condition=found.condition)
    rows = workspace.connection.execute(query, found.parameters).fetchall()
    cases = []
    missing = 0
    for row in rows:
        value = values.get(row["key"])
        if value is None:
            missing += 1
        else:
            cases.append(Case(row["key"], _group(row, dimensions), value))
    return Cases("calls", tuple(cases), ((missing, "the transcript does not show it"),) if missing else ())
