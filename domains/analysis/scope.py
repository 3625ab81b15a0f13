"""The scope of a question: which account, rep, region, period and so on it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from htn.model.errors import InputError

__all__ = ["EMPTY", "KEYS", "MODIFIERS", "WITHOUT", "Scope", "describe", "make_scope", "period_of", "value"]

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
    "manager",
    "country",
    "outcome",
    "statistic",
    "counted",
    "amount",
    "days",
    "dated",
)
WITHOUT = "without_"
"""Before a key that records can be chosen by: what has this value is left out."""

KEYS += tuple(
    WITHOUT + key
    for key in (
        *("account", "competitor", "content", "country", "manager"),
        *("product", "region", "rep", "segment", "stage"),
    )
)
MODIFIERS = frozenset({"outcome", "statistic", "counted", "amount", "days", "dated"})
"""Keys that say how a measure is taken: of which deals by outcome, size, length or day, and as which statistic."""

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
    >>> describe((("manager", "Ann"), ("metric", "deal_size"), ("outcome", "lost"), ("statistic", "median")))
    'team of Ann, lost deals, median deal size'
    >>> describe(())
    'all data'
    """
    words = [_in_words(key, item) for key, item in scope if key not in ("metric", "group_by", "statistic")]
    statistic = _listed(item for key, item in scope if key == "statistic")
    measured = _listed(item for key, item in scope if key == "metric")
    grouped = _listed(item for key, item in scope if key == "group_by")
    asked = " ".join(part for part in (statistic, measured, f"by {grouped}" if grouped else "") if part)
    return ", ".join([*(words or ["all data"]), *([asked] if asked else [])])


_WORDS = {
    "manager": "team of {}",
    WITHOUT + "manager": "without the team of {}",
    "outcome": "{} deals",
    "counted": "number of {}s",
    "amount": "amount {}",
    "days": "{} days from start to close",
}


def _in_words(key: str, item: str) -> str:
    if key == "period":
        return item.replace("/", " to ")
    if key == "dated":
        return "by the day of the start"
    if key == "counted":
        item = item.replace("country", "countrie")
    return _WORDS.get(key, f"{key.replace('_', ' ')} {{}}").format(item)


def _listed(values: Iterable[str]) -> str:
    names = [name.replace("_", " ") for item in values for name in item.split(",")]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
