"""Which sentences of a question ask for something, and which only tell the story before it."""

from __future__ import annotations

import re

from domains.analysis.question.lexicon import rule, source
from domains.analysis.question.measures import find_groups, find_metrics
from domains.analysis.question.reading import MARK, Reading

__all__ = ["asking", "is_asking", "is_telling", "without_thanks"]

_ASKED = source("asks", "question words")
_ORDERED = f"(?:{source('asks', 'before an imperative')} )*{source('asks', 'imperative')}"
_STARTS = re.compile(rf"^(?:[^\w@]*|and |but |so |ok |well |then |also |now )*(?:{_ASKED}|{_ORDERED})(?!\w)")
_WANTS = rule("asks", "wants")
_STORY = rule("asks", "story")
_TELLS = re.compile(rf"^(?:[^\w@]*|{source('asks', 'before a story')} )*{source('asks', 'who tells')}(?!\w)")
_CHECKS = rule("asks", "checks")
_ABOUT_NOTHING = rule("asks", "politeness")


def without_thanks(text: str) -> str:
    """Return the text without the words of politeness."""
    return " ".join(_ABOUT_NOTHING.sub(" ", text).split())


def asking(reading: Reading) -> tuple[list[str], list[str]]:
    """Return the sentences that ask, and the others; where none asks, all do.

    Examples
    --------
    >>> from domains.analysis.question.known import Known
    >>> from domains.analysis.question.reading import read
    >>> asking(read("We had the QBR yesterday. What is our win rate?", Known()))
    (['what is our win rate ?'], ['we had the qbr yesterday .'])
    """
    sentences = [part for part in (without_thanks(item) for item in reading.sentences) if re.search(r"\w", part)]
    if len(sentences) < 2:
        return sentences, []
    asks = [item for item in sentences if _asks(item)]
    if not asks or _only_checks(" ".join(asks)):
        return sentences, []
    return asks, [item for item in sentences if item not in asks]


def is_asking(text: str) -> bool:
    """Return whether a stretch of a sentence has the shape of a question, an order or a wish.

    Examples
    --------
    >>> is_asking("which deals slip"), is_asking("rival by rival"), is_asking("so i want to see the win rate")
    (True, False, True)
    """
    return "?" in text or _STARTS.search(text) is not None or _WANTS.search(text) is not None


def is_telling(text: str) -> bool:
    """Return whether a stretch of a sentence only tells how the question came up.

    Examples
    --------
    >>> is_telling("i keep having the same argument"), is_telling("deals with banks"), is_telling("i want a list")
    (True, False, False)
    """
    return _TELLS.search(text) is not None and not is_asking(text) and not find_metrics(text)


def _only_checks(text: str) -> bool:
    """Whether the asking sentences only want what was said before confirmed: "is it so?", "myth or fact?"."""
    return (
        len(text.split()) <= 9 and not find_metrics(text) and not MARK.search(text) and _CHECKS.search(text) is not None
    )


def _asks(sentence: str) -> bool:
    if "?" in sentence or _STARTS.search(sentence) or _WANTS.search(sentence):
        return True
    words = len(sentence.split())
    # "By region, please." asks too, after the question.
    named = find_metrics(sentence) or MARK.search(sentence) or (words <= 8 and find_groups(sentence))
    return words <= 14 and bool(named) and not _tells(sentence)


def _tells(sentence: str) -> bool:
    return _STORY.search(sentence) is not None
