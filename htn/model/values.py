"""Which values may stand in a fluent, and how values travel to JSON and back."""

from __future__ import annotations

import types
from enum import Enum
from typing import Any, TypeVar

from htn.model.errors import InputError, UnhashableValueError

__all__ = ["ATOMIC", "check_value", "freeze", "listed", "plain", "shaped", "thaw"]

T = TypeVar("T")

ATOMIC = frozenset({str, int, float, bool, type(None), bytes, complex})
"""Types whose instances can never change: accepted without looking inside."""

_INSTEAD = {
    list: "use a tuple",
    dict: "make it a fluent of its own, or use tuples as keys",
    set: "use a frozenset",
    bytearray: "use bytes",
}
_IDENTITY_IS_FINE = (Enum, type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)


def check_value(value: object, where: str) -> None:
    """Refuse a value that could change while it stands in a fluent.

    A change in place leaves no mark on the trail, so that going back could not undo it.

    Parameters
    ----------
    value : object
        The value to be stored.
    where : str
        The place, as a user would write it, for the message.

    Raises
    ------
    UnhashableValueError
        When the value, or one inside it, is mutable.

    Examples
    --------
    >>> check_value(("a", 1), "state.at['x']")
    >>> check_value(["a"], "state.at['x']")
    Traceback (most recent call last):
    ...
    htn.model.errors.UnhashableValueError: state.at['x'] is given a list, which can change in place: use a tuple
    """
    kind = type(value)
    if kind in ATOMIC:
        return
    if isinstance(value, (tuple, frozenset)):
        for item in value:
            check_value(item, where)
        return
    if isinstance(value, _IDENTITY_IS_FINE):
        return
    if kind.__hash__ is None:
        instead = next((hint for base, hint in _INSTEAD.items() if isinstance(value, base)), "use an immutable value")
        raise UnhashableValueError(f"{where} is given a {kind.__name__}, which can change in place: {instead}")
    if kind.__hash__ is object.__hash__:
        raise UnhashableValueError(
            f"{where} is given a {kind.__name__}, which compares by identity and may change in place: "
            "use a value that defines __eq__ and __hash__, such as a frozen dataclass"
        )
    try:
        hash(value)
    except TypeError as error:
        raise UnhashableValueError(f"{where} is given a {kind.__name__} that cannot be hashed: {error}") from None


def freeze(value: Any) -> Any:
    """Return JSON data with lists as tuples, the form in which arguments and values are compared.

    Examples
    --------
    >>> freeze(["walk", ["a", 1]])
    ('walk', ('a', 1))
    """
    if isinstance(value, (list, tuple)):
        return tuple(freeze(item) for item in value)
    if isinstance(value, dict):
        raise InputError(f"expected a list, a string, a number, a boolean or null, got the object {value!r}")
    return value


def shaped(value: Any, kind: type[T]) -> T:
    """Return a value read from JSON, which must be of exactly the given type.

    Raises
    ------
    TypeError
        When it is of another: whoever reads says what is damaged.
    """
    if type(value) is not kind:
        raise TypeError(f"{value!r} where a {kind.__name__} belongs")
    return value


def listed(value: Any, kind: type[T]) -> tuple[T, ...]:
    """Return a list read from JSON, whose items must be of the given type, as a tuple."""
    return tuple([shaped(item, kind) for item in shaped(value, list)])


def thaw(value: Any) -> Any:
    """Return a value as JSON data: tuples as lists.

    Raises
    ------
    InputError
        For a value that JSON has no form for.

    Examples
    --------
    >>> thaw(("walk", ("a", 1)))
    ['walk', ['a', 1]]
    """
    if isinstance(value, tuple):
        return [thaw(item) for item in value]
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    kind = type(value).__name__
    raise InputError(f"{value!r} of type {kind} cannot be written as JSON: use strings, numbers and tuples")


def plain(value: Any, *, sets: bool = False) -> Any:
    """Return a value as it will be once it has been written and read: identities are made of this form.

    Subclasses of tuples, strings and numbers (named tuples, members of a ``StrEnum``, numpy's floats) become what they
    are in JSON; a frozenset, unless sets are to be kept, a tuple: its own order changes from process to process.

    Examples
    --------
    >>> from collections import namedtuple
    >>> plain(namedtuple("Point", "x y")(1, (2, True)))
    (1, (2, True))
    >>> plain(frozenset("ba"))
    ('frozenset', "'a'", "'b'")
    """
    if type(value) in ATOMIC:
        return value
    if isinstance(value, tuple):
        return tuple([item if type(item) in ATOMIC else plain(item, sets=sets) for item in value])
    if isinstance(value, frozenset):
        return value if sets else ("frozenset", *sorted(repr(plain(item)) for item in value))
    for kind, convert in _PLAIN:
        if isinstance(value, kind):
            return convert(value)
    return value


_PLAIN: tuple[tuple[type, Any], ...] = ((str, str.__str__), (int, int.__int__), (float, float.__float__))
