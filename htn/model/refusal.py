"""Refusals: how an operator or a method says that it does not apply, and why."""

from __future__ import annotations

__all__ = ["Refusal", "reason_of", "refuse"]


class Refusal:
    """A false value that carries the reason."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"refuse({self.reason!r})"


def refuse(reason: str) -> Refusal:
    """Return what an operator or a method returns when it does not apply here.

    ``False`` and ``None`` refuse too, without a reason.

    Examples
    --------
    >>> bool(refuse("not enough cash"))
    False
    """
    return Refusal(reason)


def reason_of(result: object) -> str:
    """Return the reason that something refused with gives; empty when it gives none.

    Examples
    --------
    >>> reason_of(refuse("not enough cash")), reason_of(False)
    ('not enough cash', '')
    """
    return result.reason if isinstance(result, Refusal) else ""
