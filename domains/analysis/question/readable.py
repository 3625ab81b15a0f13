"""Whether there is anything to read, and whether it is English."""

from __future__ import annotations

import re
import unicodedata

from domains.analysis.question.lexicon import sections, word_list
from domains.analysis.question.reading import Reading
from domains.analysis.question.words import is_word

__all__ = ["LONGEST", "is_empty", "other_language"]

LONGEST = 4000

_GREETINGS = word_list("readable", "greetings")
_ENGLISH = word_list("readable", "English")
_SHORT = word_list("readable", "short")
_FOREIGN = {name: word_list("languages", name) for name in sections("languages")}
_MASHED = re.compile(
    r"[^aeiouyäöüáéíóú\W\d_]{5,}|(.)\1{3,}|q(?!u)\w|^(?=\w*[jqvxz])[^aeiouy\W\d_]{4,}$|(?:asdf|qwer|zxcv|hjkl|jkl|fdsa|lkj|sdfg|wert)"
)


def is_empty(reading: Reading) -> bool:
    """Return whether there is nothing readable: blanks, signs, key mashing, or a greeting and no more."""
    words = [token.lower for token in reading.tokens if any(item.isalpha() for item in token.text)]
    if not words:
        return True
    if reading.mentions:
        return False
    if all(word in _GREETINGS for word in words):
        return True
    letters = sum(item.isalpha() for item in reading.original)
    odd = sum(unicodedata.category(item) in ("Co", "Cn", "So", "Sk") or item == "\ufffd" for item in reading.original)
    if odd > letters:
        return True
    unknown = [word for word in words if not is_word(word)]
    mashed = [word for word in unknown if _MASHED.search(word)]
    short = all(len(word) <= 3 and word not in _ENGLISH and word not in _SHORT for word in words)
    return (len(mashed) * 2 >= len(words) and not other_script(reading.original)) or short


def other_script(text: str) -> bool:
    """Return whether most letters are not Latin ones."""
    letters = [item for item in text if item.isalpha()]
    strange = sum("LATIN" not in unicodedata.name(item, "") for item in letters)
    return bool(letters) and strange * 3 > len(letters)


def other_language(reading: Reading) -> str | None:
    """Return the language a question seems to be in when it is not English, or None.

    Examples
    --------
    >>> from domains.analysis.question.known import Known
    >>> from domains.analysis.question.reading import read
    >>> other_language(read("Wie hoch war der Umsatz im dritten Quartal?", Known()))
    'German'
    >>> other_language(read("What was the win rate?", Known())) is None
    True
    """
    if other_script(reading.original):
        return "another script"
    taken = {place for item in reading.mentions for place in range(item.start, item.end)}
    words = [
        token.lower
        for place, token in enumerate(reading.tokens)
        if place not in taken and any(item.isalpha() for item in token.text)
    ]
    if len(words) < 3:
        accented = any(ord(item) > 127 for item in "".join(words))
        foreign = bool(words) and accented and not any(is_word(word) for word in words)
        return "another language" if foreign else None
    english = sum(word in _ENGLISH for word in words)
    counted = {name: sum(word in own for word in words) for name, own in _FOREIGN.items()}
    name, hits = max(counted.items(), key=lambda item: item[1])
    unknown = sum(not is_word(word) for word in words)
    if hits >= 2 and hits > english and unknown >= 1:
        return name
    accents = sum(any(ord(item) > 127 for item in word) for word in words)
    if unknown * 2 > len(words) and english * 4 <= len(words) and (hits >= 1 or accents >= 1):
        return name if hits else "another language"
    return None
