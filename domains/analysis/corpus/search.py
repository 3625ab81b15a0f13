"""A text that somebody searches for, as a full-text expression in which only words have a meaning."""

from __future__ import annotations

import re
from typing import Literal

__all__ = ["match_expression"]

_PARTS = re.compile(r'"([^"]*)"|([^\s"]+)')
_EVERYWHERE = frozenset(
    "a about an and are as at be been but by can did do does for from had has have he how i if in is it its me my no"
    " not of on or our she so that the their them there they this to us was we were what when which who will with you"
    " your".split()
)
_WORD = re.compile(r"[^\W_]+")


def match_expression(text: str, match: Literal["all", "any"] = "all") -> str | None:
    """Return the FTS5 expression for a text, or None when it holds no word.

    Every word is quoted, so the operators of the query language lose their meaning. Where any word will do, words that
    stand in nearly every turn tell nothing and are left out, unless there are no others.

    Examples
    --------
    >>> match_expression('price OR "too expensive" NEAR(')
    '"price" "OR" "too expensive" "NEAR"'
    >>> match_expression("price value", "any")
    '"price" OR "value"'
    >>> match_expression("the price of it", "any")
    '"price"'
    >>> match_expression("...") is None
    True
    """
    phrases: list[str] = []
    for quoted, bare in _PARTS.findall(text):
        words = _WORD.findall(quoted or bare)
        if words:
            phrases.append('"' + " ".join(words) + '"')
    if match == "any":
        phrases = [item for item in phrases if item.strip('"').casefold() not in _EVERYWHERE] or phrases
    return (" OR " if match == "any" else " ").join(phrases) or None
