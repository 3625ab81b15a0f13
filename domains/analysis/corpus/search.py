"""A text that somebody searches for, as a full-text expression in which only words have a meaning."""

from __future__ import annotations

import re
from typing import Literal

__all__ = ["match_expression"]

_PARTS = re.compile(r'"([^"]*)"|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")


def match_expression(text: str, match: Literal["all", "any"] = "all") -> str | None:
    """Return the FTS5 expression for a text, or None when it holds no word.

    Every word is quoted, so the operators of the query language lose their meaning.

    Examples
    --------
    >>> match_expression('price OR "too expensive" NEAR(')
    '"price" "OR" "too expensive" "NEAR"'
    >>> match_expression("price value", "any")
    '"price" OR "value"'
    >>> match_expression("...") is None
    True
    """
    phrases: list[str] = []
    for quoted, bare in _PARTS.findall(text):
        words = _WORD.findall(quoted or bare)
        if words:
            phrases.append('"' + " ".join(words) + '"')
    return (" OR " if match == "any" else " ").join(phrases) or None
