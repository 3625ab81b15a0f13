"""Changes inside a large value, kept as what was there before instead of as a copy of the whole.

A log to which every step appends would otherwise be copied at every step: memory in the square of the plan's length.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from htn.interop.values import detach, same

__all__ = ["Patched", "bring_up"]

_SMALL = 16
"""Values with fewer items are copied: that is as cheap, and the state's digest can be kept up to date from it."""


@dataclass(frozen=True, slots=True)
class _Splice:
    """Put items back into a list: those at ``start`` and up to ``length`` further give way to ``items``."""

    start: int
    length: int
    items: list[Any]

    def undo(self, value: Any) -> None:
        value[self.start : self.start + self.length] = self.items


@dataclass(frozen=True, slots=True)
class _Keys:
    """Take keys out of a dictionary and set others back."""

    added: list[Any]
    before: dict[Any, Any]

    def undo(self, value: Any) -> None:
        for key in reversed(self.added):
            del value[key]
        value.update(self.before)


@dataclass(frozen=True, slots=True)
class _Elements:
    """Take elements out of a set and put others back."""

    added: set[Any]
    removed: set[Any]

    def undo(self, value: Any) -> None:
        value -= self.added
        value |= self.removed


Patch = _Splice | _Keys | _Elements


class Patched:
    """The place of a patched value, as a container on the trail.

    Parameters
    ----------
    container : dict
        What holds the value.
    key : object
        Where.
    name : str
        The fluent's name.
    """

    __slots__ = ("_container", "_key", "_name")

    def __init__(self, container: dict[Any, Any], key: Any, name: str) -> None:
        self._container = container
        self._key = key
        self._name = name

    def _undo(self, _: Any, patch: Patch) -> None:
        patch.undo(dict.__getitem__(self._container, self._key))


def bring_up(copy: Any, value: Any) -> Patch | None:
    """Make a copy equal to its value again, and return how the value is made what the copy was.

    Returns None, with the copy as it was, for values that are better copied whole.

    Examples
    --------
    >>> copy, value = list(range(20)), list(range(21))
    >>> patch = bring_up(copy, value)
    >>> copy == value
    True
    >>> patch.undo(value)
    >>> value == list(range(20))
    True
    """
    kind = type(value)
    if type(copy) is not kind or kind not in (list, dict, set) or len(copy) < _SMALL:
        return None
    if kind is list:
        return _bring_up_list(copy, value)
    if kind is set:
        patch = _Elements(value - copy, copy - value)
        copy.clear()
        copy.update(value)
        return patch
    return _bring_up_dict(copy, value)


def _bring_up_list(copy: list[Any], value: list[Any]) -> Patch:
    shorter = min(len(copy), len(value))
    if copy[:shorter] == value[:shorter]:
        start, kept = shorter, 0
    else:
        start = next(place for place in range(shorter) if not same(copy[place], value[place]))
        kept = 0
        if copy[len(copy) - shorter + start :] == value[len(value) - shorter + start :]:
            kept = shorter - start
        else:
            while same(copy[-1 - kept], value[-1 - kept]):
                kept += 1
    changed = value[start : len(value) - kept]
    end = len(copy) - kept
    patch = _Splice(start, len(changed), copy[start:end])
    copy[start:end] = detach(changed)
    return patch


def _bring_up_dict(copy: dict[Any, Any], value: dict[Any, Any]) -> Patch | None:
    if len(value) < len(copy) or list(islice(value, len(copy))) != list(copy):
        return None  # something was taken out: the order of keys could not be given back
    added = list(islice(value, len(copy), None))
    changed = [key for key, item in copy.items() if item is not value[key] and not same(item, value[key])]
    patch = _Keys(added, {key: copy[key] for key in changed})
    for key in (*changed, *added):
        copy[key] = detach(value[key])
    return patch
