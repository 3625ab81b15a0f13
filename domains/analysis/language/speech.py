"""Measures of how a call was spoken: shares, questions, longest turns, switches; each with its definition."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.language.text import is_question, sentences, word_count

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Turn

__all__ = ["first_half", "longest_turn_words", "patience_seconds", "question_share", "switch_rate", "talk_share"]


def talk_share(turns: Sequence[Turn], role: str = "rep") -> tuple[float | None, str]:
    """Return a side's share of all speaking, and how speaking was measured ("speaking time" or "words").

    Time is used only where every turn has both its ends; mixing time and words within a call would favour whoever is
    timed.
    The share is None when nothing was said.
    """
    timed = bool(turns) and all(turn.start_s is not None and turn.end_s is not None for turn in turns)
    lengths = [
        max((turn.end_s or 0.0) - (turn.start_s or 0.0), 0.0) if timed else float(word_count(turn.text))
        for turn in turns
    ]
    total = sum(lengths)
    mine = sum(length for turn, length in zip(turns, lengths, strict=True) if turn.role == role)
    return (mine / total if total else None), ("speaking time" if timed else "words")


def question_share(turns: Sequence[Turn], role: str = "rep") -> float | None:
    """Return the share of a side's sentences that ask, or None when it said nothing."""
    said = [item.text for turn in turns if turn.role == role for item in sentences(turn.text)]
    return sum(map(is_question, said)) / len(said) if said else None


def longest_turn_words(turns: Sequence[Turn], role: str = "rep") -> int | None:
    """Return the number of words in a side's longest unbroken stretch, or None when it said nothing."""
    longest = current = 0
    seen = False
    for turn in turns:
        current = current + word_count(turn.text) if turn.role == role else 0
        seen = seen or turn.role == role
        longest = max(longest, current)
    return longest if seen else None


def switch_rate(turns: Sequence[Turn]) -> float | None:
    """Return how often the speaking side changes per 1,000 words, or None when nothing was said."""
    total = sum(word_count(turn.text) for turn in turns)
    switches = sum(a.role != b.role for a, b in itertools.pairwise(turns))
    return 1000 * switches / total if total else None


def patience_seconds(turns: Sequence[Turn]) -> float | None:
    """Return the median pause the rep leaves after the prospect, in seconds; None without timestamps."""
    gaps = sorted(
        b.start_s - a.end_s
        for a, b in itertools.pairwise(turns)
        if a.role == "prospect" and b.role == "rep" and a.end_s is not None and b.start_s is not None
    )
    if not gaps:
        return None
    middle = len(gaps) // 2
    return gaps[middle] if len(gaps) % 2 else (gaps[middle - 1] + gaps[middle]) / 2


def first_half(turns: Sequence[Turn]) -> Sequence[Turn]:
    """Return the first half of a call's turns (rounded up): what was said before the end began."""
    return turns[: (len(turns) + 1) // 2]
