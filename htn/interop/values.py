"""Values that can change in place: which they are, copying them, and comparing them."""

from __future__ import annotations

import copy
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from htn.model.errors import UnhashableValueError
from htn.model.values import ATOMIC, check_value

__all__ = ["detach", "fixed", "immutable_form", "key_of", "same"]


def fixed(value: object) -> bool:
    """Return whether a value can never change.

    Examples
    --------
    >>> fixed(("a", 1)), fixed(("a", []))
    (True, False)
    """
    if type(value) in ATOMIC:
        return True
    try:
        check_value(value, "")
    except UnhashableValueError:
        return False
    return True


def detach(value: Any) -> Any:
    """Return a copy that shares nothing that can change with the value; fluents come out as plain dictionaries.

    Examples
    --------
    >>> inner = ["a"]
    >>> detach({"x": inner})["x"] is inner
    False
    """
    kind = type(value)
    if kind in ATOMIC:
        return value
    if kind is list:
        return [item if type(item) in ATOMIC else detach(item) for item in value]
    if kind is dict:
        return {key: item if type(item) in ATOMIC else detach(item) for key, item in value.items()}
    if kind is tuple:
        items = tuple([item if type(item) in ATOMIC else detach(item) for item in value])
        return value if all(map(_identical, items, value)) else items
    if kind is set:
        return set(value)
    if kind is frozenset:
        return value
    return copy.deepcopy(value)


def _identical(one: object, two: object) -> bool:
    return one is two


def same(one: Any, two: Any) -> bool:
    """Return whether two values are equal; where a comparison has no plain answer, they are not."""
    try:
        return bool(one == two)
    except Exception:  # noqa: BLE001  (a value's own comparison may raise anything; then we keep both)
        return False


def key_of(value: Any) -> Hashable:
    """Return something hashable that is equal for equal values and different for different ones.

    Examples
    --------
    >>> key_of(["a", {"b": 1}]) == key_of(["a", {"b": 1}]), key_of(["a"]) == key_of(("a",))
    (True, False)
    """
    kind = type(value)
    if kind in ATOMIC:
        return value  # type: ignore[no-any-return]  # atomic values are hashable
    if isinstance(value, tuple):
        return tuple([item if type(item) in ATOMIC else key_of(item) for item in value])
    if isinstance(value, Mapping):
        return ("#mapping", kind.__name__, *[(key_of(key), key_of(item)) for key, item in value.items()])
    if isinstance(value, (set, frozenset)):
        return frozenset(value)
    if isinstance(value, list):
        return ("#list", *map(key_of, value))
    if fixed(value):
        return value  # type: ignore[no-any-return]  # it can be hashed, or it was refused above
    return _key_of_object(value)


def _key_of_object(value: Any) -> Hashable:
    """Return what stands for an object: what it would be copied from; where that is not known, nothing else's key."""
    try:
        made_by = value.__reduce_ex__(2)
        if isinstance(made_by, str):
            return (type(value), made_by)
        return (type(value), *[key_of(list(part) if isinstance(part, Iterator) else part) for part in made_by])
    except Exception:  # noqa: BLE001  (objects that refuse to be copied refuse in their own ways)
        return object()


def immutable_form(value: Any) -> Any:
    """Return a value with lists, sets and dictionaries in it as tuples, for JSON; sets come out sorted.

    Examples
    --------
    >>> immutable_form({"b": [1, 2]}), immutable_form({"y", "x"})
    ((('b', (1, 2)),), ('x', 'y'))
    """
    if isinstance(value, Mapping):
        return tuple((immutable_form(key), immutable_form(item)) for key, item in value.items())
    if isinstance(value, (set, frozenset)):
        return tuple(sorted((immutable_form(item) for item in value), key=repr))
    if isinstance(value, (list, tuple)):
        return tuple(map(immutable_form, value))
    return value
