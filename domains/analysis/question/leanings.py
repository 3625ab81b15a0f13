"""What a question leans to when no rule decides: ordinary words of the trade, in the order of the border rules."""

from __future__ import annotations

from domains.analysis.question.lexicon import rule, sections

__all__ = ["leaning"]

_COMPILED = tuple((name, rule("leanings", name)) for name in sections("leanings"))


def leaning(text: str) -> tuple[str, str] | None:
    """Return a type of analysis and the words that lean to it, or None when nothing speaks of selling.

    Examples
    --------
    >>> leaning("what is still up for grabs out there ?"), leaning("is it raining ?")
    (('pipeline', 'still up for grabs'), None)
    """
    for name, own in _COMPILED:
        match = own.search(text)
        if match is not None:
            return name, match.group().strip()
    return None
