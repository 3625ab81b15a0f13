"""How much is asked: one thing, several, or something open-ended; and how thorough the wording wants it."""

from __future__ import annotations

from domains.analysis.question.lexicon import rule

__all__ = ["depth_of", "is_exploratory"]

_OPEN_ENDED = rule("complexity", "open_ended")
_MEASURED = rule("complexity", "measured")
_WHY = rule("complexity", "why")
_QUICK = rule("complexity", "quick")
_THOROUGH = rule("complexity", "thorough")


def is_exploratory(text: str, measured: bool) -> bool:
    """Return whether a part is open-ended: no single measure, list or comparison answers it.

    Parameters
    ----------
    text : str
        The part, with marks for names.
    measured : bool
        Whether a measure or a dimension was found in it.

    Examples
    --------
    >>> is_exploratory("why do we lose ?", False), is_exploratory("win rate by region", True)
    (True, False)
    """
    if measured:
        return _WHY.search(text) is not None
    return _OPEN_ENDED.search(text) is not None and _MEASURED.search(text) is None


def depth_of(text: str) -> str | None:
    """Return how deep the wording asks to go: quick, thorough, or None when it does not say.

    Examples
    --------
    >>> depth_of("a quick look at @account0"), depth_of("deep dive on @account0"), depth_of("win rate")
    ('quick', 'thorough', None)
    """
    if _THOROUGH.search(text):
        return "thorough"
    return "quick" if _QUICK.search(text) else None
