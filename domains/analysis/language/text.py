"""Sentences, words and questions of a turn, always as verbatim parts of its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["QUOTE_LIMIT", "Sentence", "excerpt", "is_question", "questions", "sentences", "word_count", "words"]

QUOTE_LIMIT = 240

_BREAK = re.compile(r"[.!?]+[\"')\]]*(?=\s|$)|\n+")
# A full stop after one of these does not end a sentence.
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:Mr|Ms|Dr|Mrs|St|vs|e\.g|i\.e|Inc|Ltd|approx|No)\.$")
_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)*", re.IGNORECASE)
_WH = frozenset(("who", "whom", "whose", "what", "when", "where", "why", "which", "how"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and where in the turn's text it starts."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Position just after the sentence."""
        return self.start + len(self.text)


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of a text, each verbatim, without the blanks around it.

    Examples
    --------
    >>> [item.text for item in sentences("Thanks, Mr. Hale. Does Friday work? Great!")]
    ['Thanks, Mr. Hale.', 'Does Friday work?', 'Great!']
    """
    return list(_sentences(text))


@lru_cache(maxsize=16384)
def _sentences(text: str) -> tuple[Sentence, ...]:
    found = []
    start = 0
    for match in [*_BREAK.finditer(text), None]:
        end = match.end() if match else len(text)
        if match and match.group() == "." and _ABBREVIATION.search(text[start:end]):
            continue
        piece = text[start:end]
        stripped = piece.strip()
        if stripped:
            found.append(Sentence(stripped, start + piece.index(stripped[0])))
        start = end
    return tuple(found)


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, with apostrophes kept inside a word.

    Examples
    --------
    >>> words("We don't need 2 vendors.")
    ['we', "don't", 'need', '2', 'vendors']
    """
    return [match.group().lower().replace("’", "'") for match in _WORD.finditer(text)]


@lru_cache(maxsize=16384)
def word_count(text: str) -> int:
    """Return how many words a text has; several measures of a call need it of every turn.

    Examples
    --------
    >>> word_count("We don't need 2 vendors.")
    5
    """
    return len(_WORD.findall(text))


_OPENERS = _WH | frozenset(
    words(
        "do does did is are was were can could would will shall should may might have has had am isn't aren't wasn't "
        "don't doesn't didn't can't couldn't wouldn't won't shouldn't haven't hasn't"
    )
)
_INVERTED = frozenset(words("i you we they he she it there this that these those your our the my anyone anybody"))


def is_question(sentence: str) -> bool:
    """Return whether a sentence asks: it ends in a question mark, or opens like a question and has no other end.

    Transcripts made by machine often lack the question mark, so an inverted opening ("do you", "what is") counts as
    well when the sentence has no full stop or exclamation mark either.

    Examples
    --------
    >>> is_question("Does Friday work?"), is_question("what does your team use today")
    (True, True)
    >>> is_question("What we do is simple."), is_question("Who knows.")
    (False, False)
    """
    text = sentence.rstrip("\"') ]")
    if text.endswith("?"):
        return True
    if text.endswith((".", "!")):
        return False
    tokens = words(text)
    if len(tokens) < 3 or tokens[0] not in _OPENERS:
        return False
    if tokens[0] in _WH:
        return tokens[1] in _OPENERS
    return tokens[1] in _INVERTED


def questions(text: str) -> list[Sentence]:
    """Return the sentences of a text that ask something."""
    return [item for item in sentences(text) if is_question(item.text)]


def excerpt(text: str, start: int, end: int, limit: int = QUOTE_LIMIT) -> str:
    """Return a verbatim part of a text that holds the span: its sentence where that has at most `limit` characters.

    Examples
    --------
    >>> excerpt("Thanks. The price is too high for us. Bye.", 23, 31)
    'The price is too high for us.'
    """
    for item in sentences(text):
        if item.start <= start < item.end:
            if len(item.text) <= limit:
                return item.text
            left = max(item.start, min(start, end - limit // 2) - limit // 4)
            return text[left : left + limit].strip()
    return text[start : min(end, start + limit)].strip()
