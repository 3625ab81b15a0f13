"""A scope as SQL conditions with parameters, for calls, deals and the tables that hang on them."""

# Queries are put together from fixed text; every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

import re
from dataclasses import dataclass

from domains.analysis.scope import WITHOUT, Scope, period_of, value
from htn.model.errors import InputError

__all__ = ["Filter", "calls_filter", "content_filter", "deals_filter", "quotas_filter", "trainings_filter"]


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition for a WHERE clause, and the values of its parameters.

    The condition is put together from fixed text only; whatever a user can say is in `parameters`.
    """

    condition: str
    parameters: tuple[str, ...]


# The rep's region, or else the account's. Lists that are worked out once, and not a look-up for every row; the plus
# keeps SQLite from jumping through an index for a list that fits a quarter of the rows.
_REGION = (
    "(+{0}.rep IN (SELECT rep FROM reps WHERE region = ?)"
    " OR COALESCE(+{0}.rep NOT IN (SELECT rep FROM reps WHERE region IS NOT NULL), 1)"
    " AND +{0}.account IN (SELECT account FROM accounts WHERE region = ?))"
)
_REP_REGION = "(SELECT region FROM reps WHERE reps.rep = {0}.rep) = ?"
_MENTIONED = "SELECT call_id FROM mentions WHERE competitor = ?"
_USES = (
    "SELECT {0} FROM content_use WHERE content_id = ? OR content_id IN (SELECT content_id FROM content WHERE title = ?)"
)
_OF_MANAGER = "{0}.rep IN (SELECT rep FROM reps WHERE manager = ?)"
_DEALS_WHERE = "SELECT opportunity_id FROM opportunities WHERE {0}"
_CALLS_WHERE = "SELECT opportunity_id FROM calls WHERE call_id IN ({0})"
_ACCOUNTS_WHERE = "SELECT account FROM accounts WHERE {0}"
_CALL_USES, _DEAL_USES = _USES.format("call_id"), _USES.format("opportunity_id")

# What one key of a scope asks of a call c. Each question mark stands for the key's value.
_CALLS = {
    "account": "c.account = ?",
    "rep": "c.rep = ?",
    "region": _REGION.format("c"),
    "competitor": f"(c.call_id IN ({_MENTIONED}) OR c.opportunity_id IN ({_DEALS_WHERE.format('competitor = ?')}))",
    "product": f"c.opportunity_id IN ({_DEALS_WHERE.format('product = ?')})",
    "stage": f"c.opportunity_id IN ({_DEALS_WHERE.format('stage = ?')})",
    # The account's sector; or the deal's segment, or else the account's.
    "segment": f"(+c.account IN ({_ACCOUNTS_WHERE.format('sector = ?')})"
    f" OR +c.opportunity_id IN ({_DEALS_WHERE.format('segment = ?')})"
    f" OR COALESCE(+c.opportunity_id NOT IN ({_DEALS_WHERE.format('segment IS NOT NULL')}), 1)"
    f" AND +c.account IN ({_ACCOUNTS_WHERE.format('segment = ?')}))",
    "content": f"(c.call_id IN ({_CALL_USES}) OR c.opportunity_id IN ({_DEAL_USES}))",
    "manager": _OF_MANAGER.format("c"),
    "country": f"c.account IN ({_ACCOUNTS_WHERE.format('country = ?')})",
}

# The same for a deal o.
_DEALS = {
    "account": "o.account = ?",
    "rep": "o.rep = ?",
    "region": _REGION.format("o"),
    "competitor": f"(o.competitor = ? OR o.opportunity_id IN ({_CALLS_WHERE.format(_MENTIONED)}))",
    "product": "o.product = ?",
    "stage": "o.stage = ?",
    "segment": f"(o.segment = ? OR o.segment IS NULL AND o.account IN ({_ACCOUNTS_WHERE.format('segment = ?')})"
    f" OR o.account IN ({_ACCOUNTS_WHERE.format('sector = ?')}))",
    "content": f"(o.opportunity_id IN ({_DEAL_USES}) OR o.opportunity_id IN ({_CALLS_WHERE.format(_CALL_USES)}))",
    "manager": _OF_MANAGER.format("o"),
    "country": f"o.account IN ({_ACCOUNTS_WHERE.format('country = ?')})",
}

_DEAL_DAY = "CASE WHEN o.status = 'open' THEN COALESCE(o.engage_date, o.created_date) ELSE o.close_date END"
_LIMIT = re.compile(r"(>=|<=|>|<) (\d{1,15}(?:\.\d{1,6})?)")
_SIGNS = {">=": ">=", "<=": "<=", ">": ">", "<": "<"}
_LIMITED = {
    "amount": "o.amount",
    "days": "(julianday(o.close_date) - julianday(COALESCE(o.created_date, o.engage_date)))",
}
_DEAL_START = "COALESCE(o.created_date, o.engage_date)"


def calls_filter(scope: Scope) -> Filter:
    """Return the condition that a call `c` is in a scope.

    The keys `training`, `metric`, `topic`, `objection` and `group_by` say how to look, not at what: they do not filter.
    A key that begins with `without_` leaves out what has the value.
    With a period, calls without a date are out.

    Examples
    --------
    >>> calls_filter((("rep", "Ann"),))
    Filter(condition='c.rep = ?', parameters=('Ann',))
    """
    return _both(_select(scope, _CALLS), _within(scope, "c.date"))


def deals_filter(scope: Scope) -> Filter:
    """Return the condition that a deal `o` is in a scope.

    A closed deal belongs to the period in which it was won or lost; an open one to the period in which it was engaged,
    or else created. With a period, deals without that date are out. With the key `dated`, every deal belongs to the
    period in which it was created, or else engaged.

    Examples
    --------
    >>> deals_filter(())
    Filter(condition='1', parameters=())
    """
    within = _within(scope, _DEAL_START if value(scope, "dated") else _DEAL_DAY)
    return _both(_both(_select(scope, _DEALS), _limited(scope)), within)


def content_filter(scope: Scope) -> Filter:
    """Return the condition that a use of content `u` is in a scope: its deal or its call is."""
    deals, calls = deals_filter(scope), calls_filter(scope)
    condition = (
        f"(+u.opportunity_id IN (SELECT o.opportunity_id FROM opportunities o WHERE {deals.condition})"
        f" OR +u.call_id IN (SELECT c.call_id FROM calls c WHERE {calls.condition}))"
    )
    found = Filter(condition, deals.parameters + calls.parameters)
    name = value(scope, "content")
    if name is None:
        return found
    own = "(u.content_id = ? OR u.content_id IN (SELECT content_id FROM content WHERE title = ?))"
    return _both(found, Filter(own, (name, name)))


def trainings_filter(scope: Scope) -> Filter:
    """Return the condition that a training `t` is in a scope: by rep, region, training and period."""
    columns = {"rep": "t.rep = ?", "training": "t.training = ?", "region": _REP_REGION.format("t")}
    columns["manager"] = _OF_MANAGER.format("t")
    return _both(_select(scope, columns), _within(scope, "t.date"))


def quotas_filter(scope: Scope) -> Filter:
    """Return the condition that a quota `q` is in a scope: by rep and region, and overlapping the period."""
    columns = {"rep": "q.rep = ?", "region": _REP_REGION.format("q"), "manager": _OF_MANAGER.format("q")}
    found = _select(scope, columns)
    period = period_of(scope)
    if period is None:
        return found
    start, end = (day.isoformat() for day in period)
    return _both(found, Filter("q.period_start <= ? AND q.period_end >= ?", (end, start)))


def _select(scope: Scope, known: dict[str, str]) -> Filter:
    conditions: list[str] = []
    parameters: list[str] = []
    for key, item in scope:
        plain = key.removeprefix(WITHOUT)
        if plain in known:
            # what is not recorded is not the value that is left out, and stays
            conditions.append(known[plain] if plain == key else f"NOT COALESCE(({known[plain]}), 0)")
            parameters.extend([item] * known[plain].count("?"))
    return Filter(" AND ".join(conditions) or "1", tuple(parameters))


def _limited(scope: Scope) -> Filter:
    """Return the condition that a deal's amount and length are within the limits of a scope, as in "> 10000"."""
    conditions, parameters = [], []
    for key, item in scope:
        for limit in item.split(" and ") if key in _LIMITED else ():
            found = _LIMIT.fullmatch(limit)
            if found is None:
                raise InputError(f"the {key} {item!r} is not a limit such as '> 10000'")
            conditions.append(f"{_LIMITED[key]} {_SIGNS[found[1]]} CAST(? AS REAL)")
            parameters.append(found[2])
    return Filter(" AND ".join(conditions) or "1", tuple(parameters))


def _within(scope: Scope, day: str) -> Filter:
    period = period_of(scope)
    if period is None:
        return Filter("1", ())
    start, end = (item.isoformat() for item in period)
    return Filter(f"{day} BETWEEN ? AND ?", (start, end))


def _both(left: Filter, right: Filter) -> Filter:
    if left.condition == "1":
        return right
    if right.condition == "1":
        return left
    return Filter(f"{left.condition} AND {right.condition}", left.parameters + right.parameters)
