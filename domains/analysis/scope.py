"""The scope of a question: which account, rep, region, period and so on it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from htn.model.errors import InputError

__all__ = ["EMPTY", "KEYS", "WITHOUT", "Scope", "describe", "make_scope", "period_of", "value"]

Scope = tuple[tuple[str, str], ...]

KEYS: tuple[str, ...] = (
    "account",
    "rep",
    "region",
    "competitor",
    "product",
    "content",
    "training",
    "period",
    "segment",
    "stage",
    "metric",
    "topic",
    "objection",
    "group_by",
)
WITHOUT = "without_"
"""Before a key that records can be chosen by: what has this value is left out."""

KEYS += tuple(
    WITHOUT + key for key in ("account", "competitor", "content", "product", "region", "rep", "segment", "stage")
)
EMPTY: Scope = ()


def make_scope(values: Mapping[str, str | None]) -> Scope:
    """Return the scope that holds the given values, sorted by key; empty values are left out.

    Raises
    ------
    InputError
        For a key that scopes do not have.

    Examples
    --------
    >>> make_scope({"rep": "Ann", "account": "Acme", "region": None})
    (('account', 'Acme'), ('rep', 'Ann'))
    """
    for key in values:
        if key not in KEYS:
            raise InputError(f"a scope has no key {key!r}; it has {', '.join(KEYS)}")
    return tuple(sorted((key, item) for key, item in values.items() if item))


def value(scope: Scope, key: str) -> str | None:
    """Return the scope's value for a key, or None.

    Examples
    --------
    >>> value((("rep", "Ann"),), "rep")
    'Ann'
    """
    for name, item in scope:
        if name == key:
            return item
    return None


def period_of(scope: Scope) -> tuple[date, date] | None:
    """Return the first and the last day of the scope's period, or None when it has none.

    Examples
    --------
    >>> period_of((("period", "2017-07-01/2017-09-30"),))
    (datetime.date(2017, 7, 1), datetime.date(2017, 9, 30))
    """
    text = value(scope, "period")
    if text is None:
        return None
    start, _, end = text.partition("/")
    try:
        return date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        raise InputError(f"the period {text!r} is not two ISO dates joined by a slash") from None


def describe(scope: Scope) -> str:
    """Return the scope in words, for step descriptions and reports.

    Examples
    --------
    >>> describe((("account", "Acme"), ("period", "2017-07-01/2017-09-30")))
    'account Acme, 2017-07-01 to 2017-09-30'
    >>> describe((("region", "West"), ("without_product", "Alpha")))
    'region West, without product Alpha'
    >>> describe((("group_by", "region,product"), ("metric", "win_rate")))
    'all data, win rate by region and product'
    >>> describe(())
    'all data'
    """
    words = [
        item.replace("/", " to ") if key == "period" else f"{key.replace('_', ' ')} {item}"
        for key, item in scope
        if key not in ("metric", "group_by")
    ]
    measured = _listed(item for key, item in scope if key == "metric")
    grouped = _listed(item for key, item in scope if key == "group_by")
    asked = " ".join(part for part in (measured, f"by {grouped}" if grouped else "") if part)
    return ", ".join([*(words or ["all data"]), *([asked] if asked else [])])


def _listed(values: Iterable[str]) -> str:
    names = [name.replace("_", " ") for item in values for name in item.split(",")]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
