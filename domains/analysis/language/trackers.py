"""Trackers: named lists of word forms and phrases, with who said them and whether as a question."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from domains.analysis.language.text import is_question, sentences

__all__ = ["Hit", "Tracker", "find", "find_any", "phrases", "possible"]


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


def find(tracker: Tracker, text: str) -> list[Hit]:
    """Return the sentences of a text in which a tracker is found (the first place in each).

    Examples
    --------
    >>> price = Tracker("price", (r"pric(?:e|es|ing)",), unless=(r"not an issue",))
    >>> [hit.sentence for hit in find(price, "Pricing is steep. Price is not an issue.")]
    ['Pricing is steep.']
    """
    pattern = _compiled(tracker.phrases)
    denied = _compiled(tracker.unless)
    if pattern is None or pattern.search(text) is None:
        return []
    hits = []
    for item in sentences(text):
        match = pattern.search(item.text)
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
    pattern = _compiled(tracker.phrases)
    return pattern is not None and pattern.search(text) is not None


def find_any(trackers: Iterable[Tracker], text: str) -> list[Hit]:
    """Return the hits of several trackers in a text, in the order in which they stand there."""
    return sorted((hit for item in trackers for hit in find(item, text)), key=lambda hit: (hit.start, hit.tracker))
