"""Trackers: named lists of word forms and phrases, with who said them and whether as a question."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from domains.analysis.language.text import is_question, sentences

__all__ = ["Hit", "Tracker", "find", "find_any", "first_place", "phrases", "possible"]


@dataclass(frozen=True)
class Tracker:
    """A named concept, the phrases that show it, and the phrases that deny it.

    Attributes
    ----------
    name : str
        What reports call it.
    phrases : tuple of str
        Regular expressions, matched case-insensitively at word boundaries.
    unless : tuple of str
        Regular expressions; a sentence that has one of them does not count.
    """

    name: str
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a tracker was found: span in the turn's text, its sentence, and whether the sentence asks."""

    tracker: str
    start: int
    end: int
    sentence: str
    question: bool


def phrases(text: str) -> tuple[str, ...]:
    r"""Return the patterns of a text: one a line; a line that ends in a backslash goes on in the next.

    Examples
    --------
    >>> phrases(r'''
    ...     too (?:expensive|\
    ...       pricey)
    ...     sticker shock
    ... ''')
    ('too (?:expensive|pricey)', 'sticker shock')
    """
    joined = re.sub(r"\\\n\s*", "", text)
    return tuple(line.strip() for line in joined.splitlines() if line.strip())


@lru_cache(maxsize=1024)
def _compiled(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    if not phrases:
        return None
    # "n't" stands inside a word ("isn't ready"), so a phrase that begins with it needs no boundary before it.
    return re.compile(
        r"(?:(?<![\w'’])|(?=n['’]t))(?:" + "|".join(f"(?:{item})" for item in phrases) + r")(?![\w])", re.IGNORECASE
    )


@lru_cache(maxsize=1024)
def _quick(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """Compile for text in small letters: without regard to case the same search takes three times as long."""
    if not phrases:
        return None
    before = r"(?:(?<![\w'’])|(?=n['’]t))" if any("n['’]t" in item for item in phrases) else r"(?<![\w'’])"
    lowered = (
        re.sub(r"\\.|[A-Z]", lambda found: found[0] if found[0][0] == "\\" else found[0].lower(), item)
        for item in phrases
    )
    return re.compile(before + r"(?:" + "|".join(f"(?:{item})" for item in lowered) + r")(?![\w])")


def find(tracker: Tracker, text: str) -> list[Hit]:
    """Return the sentences of a text in which a tracker is found (the first place in each).

    Examples
    --------
    >>> price = Tracker("price", (r"pric(?:e|es|ing)",), unless=(r"not an issue",))
    >>> [hit.sentence for hit in find(price, "Pricing is steep. Price is not an issue.")]
    ['Pricing is steep.']
    """
    if not possible(tracker, text):
        return []
    pattern = _compiled(tracker.phrases)
    denied = _compiled(tracker.unless)
    hits = []
    for item in sentences(text):
        match = pattern.search(item.text) if pattern else None
        if match and not (denied and denied.search(item.text)):
            hits.append(
                Hit(
                    tracker.name,
                    item.start + match.start(),
                    item.start + match.end(),
                    item.text,
                    is_question(item.text),
                )
            )
    return hits


def possible(tracker: Tracker, text: str) -> bool:
    """Return whether a tracker can be found in a text at all: quick, and blind to what denies it."""
    return first_place(tracker, text.lower()) is not None


def first_place(tracker: Tracker, lowered: str) -> int | None:
    """Return the first place at which a tracker may be found in a text of small letters, or None if nowhere."""
    pattern = _quick(tracker.phrases)
    match = pattern.search(lowered) if pattern else None
    return match.start() if match else None


def find_any(trackers: Iterable[Tracker], text: str) -> list[Hit]:
    """Return the hits of several trackers in a text, in the order in which they stand there."""
    return sorted((hit for item in trackers for hit in find(item, text)), key=lambda hit: (hit.start, hit.tracker))
