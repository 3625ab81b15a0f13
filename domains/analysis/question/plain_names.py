"""Names made of words with which anyone asks: "Our Pipeline", "Forecast", "Win Rate" in a field of the records."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domains.analysis.question.lexicon import word_list
from domains.analysis.question.words import Token, is_word

__all__ = ["AS_WRITTEN", "is_meant", "is_plain", "only_vocabulary"]

# What an alias needs: to be written as in the records, or in quotes.
AS_WRITTEN = "as written"
_VOCABULARY = word_list("names", "vocabulary")
# Kinds whose names are words by nature: only words of questions themselves are in the way.
_COMMON = ("region", "segment", "stage")
_QUOTES = frozenset("\"'")


def is_plain(kind: str, name: str) -> bool:
    """Whether a name would be read into questions that do not mean it.

    Examples
    --------
    >>> is_plain("account", "Our Pipeline"), is_plain("account", "Target"), is_plain("account", "Calder Trust")
    (True, True, False)
    >>> is_plain("region", "West"), is_plain("region", "Forecast")
    (False, True)
    """
    words = _words(name)
    return only_vocabulary(name) or (len(words) == 1 and kind not in _COMMON and is_word(words[0]))


def only_vocabulary(text: str) -> bool:
    """Whether every word is one of questions themselves.

    Examples
    --------
    >>> only_vocabulary("Win Rate"), only_vocabulary("2024"), only_vocabulary("Win Partners")
    (True, False, False)
    """
    words = _words(text)
    return any(not item.isdigit() for item in words) and all(item in _VOCABULARY or item.isdigit() for item in words)


def _words(text: str) -> list[str]:
    return [item.casefold() for item in re.findall(r"[^\W_]+(?:'[^\W_]+)*", text)]


def is_meant(name: str, words: Sequence[Token], start: int, end: int) -> bool:
    """Whether the words from `start` to before `end` are a plain name, and not what they mean elsewhere.

    They are in quotes; or they have exactly the capitals of the name, do not begin the sentence, and no other word of
    questions has a capital.
    """
    quoted = start and end < len(words) and {words[start - 1].text, words[end].text} <= _QUOTES
    if quoted:
        return True
    inside = words[start:end]
    if inside[0].first or not any(token.capital for token in inside):
        return False
    written = "".join(token.text for token in inside)
    if written != name.replace(" ", "") and not all(token.text[0].isupper() for token in inside):
        return False
    others = [*words[:start], *words[end:]]
    return not any(token.capital and not token.first and token.lower in _VOCABULARY for token in others)
