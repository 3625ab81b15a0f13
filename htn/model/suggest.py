"""Suggestions for names that do not exist."""

from __future__ import annotations

from collections.abc import Iterable

from htn.model.errors import UnknownNameError

__all__ = ["did_you_mean", "nearest"]


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three known names that look like the given one, best first.

    Examples
    --------
    >>> nearest("travle", ["travel", "walk"])
    ['travel']
    """
    import difflib  # names are rarely wrong

    return difflib.get_close_matches(name, list(dict.fromkeys(known)), n=3, cutoff=0.6)


def did_you_mean(message: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """Return the error for an unknown name, with the nearest names or with all of them when they are few.

    Examples
    --------
    >>> did_you_mean("unknown task 'travle'", "travle", ["travel", "walk"])
    UnknownNameError("unknown task 'travle'; did you mean 'travel'?")
    """
    names = list(dict.fromkeys(known))
    close = nearest(name, names)
    if close:
        return UnknownNameError(f"{message}; did you mean {' or '.join(map(repr, close))}?")
    if names:
        listed = ", ".join(map(repr, names[:8])) + (", ..." if len(names) > 8 else "")
        return UnknownNameError(f"{message}; there are {listed}")
    return UnknownNameError(f"{message}; there are none")
