"""How a call ends: whether something is fixed for a named day before people say goodbye."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from domains.analysis.analysts.citing import cite_turn
from domains.analysis.language.dates import date_phrases
from domains.analysis.language.text import excerpt

if TYPE_CHECKING:
    from domains.analysis.artifacts import Citation
    from domains.analysis.corpus.records import Turn

__all__ = ["dated_closing"]

LEAST_TURNS = 8
_SOMETHING_TO_DO = re.compile(
    r"\b(?:i['’]ll|i will|we['’]ll|we will|you['’]ll|you will|let['’]?s|let us|(?:can|could|would|shall|should) "
    "(?:we|you|i)|"
    r"meet|meeting|call|demo|session|talk|together|speak|see you|send|invite|calendar|next step|follow[- "
    "]?up|schedule|book|"
    r"propose|suggest|confirm|prepare|review|sign)\b",
    re.IGNORECASE,
)
# "By the end of next quarter" names a period in which nobody can be waited for.
_PERIOD = re.compile(r"\b(?:end of|week|month|quarter|year)\b", re.IGNORECASE)
_DAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bin \w+ (?:business )?days?\b", re.IGNORECASE)
# "How do you work today?" is said on every call.
_TODAY = re.compile(r"today|tonight", re.IGNORECASE)
# "We meet every Thursday" and "last Friday" fix nothing.
_HABIT = re.compile(r"\b(?:every|each|last|since|on most)\s+(?:\w+\s+)?$", re.IGNORECASE)


def dated_closing(turns: Sequence[Turn], base: date | None) -> Citation | None:
    """Return the words, late in a call, that fix a next step for a named day; None when there are none.

    Parameters
    ----------
    turns : sequence of Turn
        The call.
    base : datetime.date or None
        Its day.

    Notes
    -----
    A turn counts that names a day (not merely a week or a quarter) and something to do. Action and day may stand in two
    sentences, as they do in speech: "I'll send it. Shall we say Friday?"
    """
    last = max(LEAST_TURNS, len(turns) // 4)
    for turn in reversed(turns[-last:]):
        if turn.role not in ("rep", "prospect") or not _SOMETHING_TO_DO.search(turn.text):
            continue
        for phrase in date_phrases(turn.text, base):
            named = _DAY.search(phrase.text) or not _PERIOD.search(phrase.text)
            if named and not _TODAY.fullmatch(phrase.text) and not _HABIT.search(turn.text[: phrase.start]):
                quote = excerpt(turn.text, phrase.start, phrase.start + len(phrase.text))
                return cite_turn(turn.call_id, turn.idx, quote)
    return None
