"""Words that tell of a type of analysis: what is asked about, other than by name or by measure."""

from __future__ import annotations

from domains.analysis.question.lexicon import rule, sections

__all__ = ["cue"]

# What is tried first and what wins is in `classify`.
_COMPILED = {name: rule("cues", name) for name in sections("cues")}


def cue(name: str, text: str) -> str | None:
    """Return the words in a text that tell of a type, or None.

    Examples
    --------
    >>> cue("enablement", "does the battlecard help"), cue("enablement", "win rate by region")
    ('battlecard', None)
    """
    match = _COMPILED[name].search(text)
    return match.group().strip() if match else None
