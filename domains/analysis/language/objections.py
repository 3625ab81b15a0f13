"""Objection episodes: the prospect's objection, the rep's answer, the prospect's reaction, and the outcome."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from domains.analysis.language.objection_cues import OBJECTIONS
from domains.analysis.language.reaction_cues import ACCEPTS, ANSWERS, REJECTS
from domains.analysis.language.text import is_question, sentences, words
from domains.analysis.language.trackers import Hit, find, find_any

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Turn

__all__ = ["Episode", "Outcome", "episodes", "reaction"]

Outcome = Literal["resolved", "not resolved", "unclear", "unanswered"]
Verdict = Literal["accepts", "rejects", "neither"]

_OUTCOMES: dict[Verdict, Outcome] = {"accepts": "resolved", "rejects": "not resolved", "neither": "unclear"}

_CONTRARY = re.compile(
    r"\bno (?:problem|worries|more (?:questions|concerns)|further (?:questions|concerns))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Episode:
    """One objection and what became of it within the call.

    Attributes
    ----------
    kind : str
        Class of the objection.
    turn, quote : int, str
        Where the prospect raised it, and the sentence.
    answer_turn, answer_kinds : int or None, tuple of str
        The rep's next turn, and what kind of answer it is (there may be several kinds, or none known).
    reaction_turn : int or None
        The prospect's next turn after the answer.
    outcome : str
        "resolved" when the prospect accepts and does not raise it again; "not resolved" when the prospect rejects the
        answer or raises it again; "unclear" when the reaction shows neither; "unanswered" when the rep says
        nothing after it.
    """

    kind: str
    turn: int
    quote: str
    answer_turn: int | None
    answer_kinds: tuple[str, ...]
    reaction_turn: int | None
    outcome: Outcome


def reaction(text: str) -> Verdict:
    """Return how a prospect's turn takes an answer; a doubt outweighs a polite word of agreement.

    Examples
    --------
    >>> reaction("That makes sense, thanks."), reaction("Okay, but it is still too much.")
    ('accepts', 'rejects')
    >>> reaction("Where are you based?")
    'neither'
    """
    clean = _CONTRARY.sub(" ", text)
    if find(REJECTS, clean) or find_any(OBJECTIONS, clean):
        return "rejects"
    accepted = [hit for hit in find(ACCEPTS, clean) if not hit.question]
    return "accepts" if accepted else "neither"


def _raised(turns: Sequence[Turn]) -> list[tuple[int, Hit]]:
    """Return the first hit of each kind per prospect turn, leaving out bare questions of a few words."""
    found = []
    for position, turn in enumerate(turns):
        if turn.role != "prospect":
            continue
        kinds: set[str] = set()
        for hit in find_any(OBJECTIONS, turn.text):
            if hit.tracker not in kinds and len(words(hit.sentence)) >= 3:
                kinds.add(hit.tracker)
                found.append((position, hit))
    return found


def episodes(turns: Sequence[Turn]) -> list[Episode]:
    """Return the objection episodes of a call: one per kind, from where it was first raised.

    Parameters
    ----------
    turns : sequence of Turn
        The call's turns in order.

    Returns
    -------
    list of Episode
        In the order in which the objections were raised.
    """
    by_kind: dict[str, list[tuple[int, Hit]]] = {}
    reactions: set[int] = set()
    for position, hit in _raised(turns):
        # "I'm not convinced" after an answer takes up the objection at hand; it does not raise another.
        if hit.tracker == "trust" and position in reactions and len(words(hit.sentence)) <= 6:
            continue
        answer = _next(turns, position, "rep")
        if answer is not None:
            reactions.add(_next(turns, answer, "prospect") or -1)
        by_kind.setdefault(hit.tracker, []).append((position, hit))
    found = [_follow(turns, raised) for raised in by_kind.values()]
    return sorted(found, key=lambda item: (item.turn, item.kind))


def _follow(turns: Sequence[Turn], raised: Sequence[tuple[int, Hit]]) -> Episode:
    """Follow the last time an objection was raised to its end: earlier answers to it plainly did not hold."""
    first, first_hit = raised[0]
    answer, reacted, verdict = _exchange(turns, raised[-1][0])
    answered = _next(turns, first, "rep")
    outcome: Outcome
    if answer is None:
        outcome = "not resolved" if len(raised) > 1 else "unanswered"
    else:
        outcome = _OUTCOMES[verdict]
    shown = answer if len(raised) == 1 and answer is not None else answered
    kinds = (
        tuple(dict.fromkeys(hit.tracker for hit in find_any(ANSWERS, turns[shown].text))) if shown is not None else ()
    )
    return Episode(
        kind=first_hit.tracker,
        turn=turns[first].idx,
        quote=first_hit.sentence,
        answer_turn=turns[shown].idx if shown is not None else None,
        answer_kinds=kinds,
        reaction_turn=turns[reacted].idx if reacted is not None else None,
        outcome=outcome,
    )


def _exchange(turns: Sequence[Turn], raised: int) -> tuple[int | None, int | None, Verdict]:
    """Return the rep's answer, the prospect's reaction to it, and what the reaction says.

    A rep who first asks back has not answered yet: the prospect's reply to that is information, not a reaction.
    """
    answer = _next(turns, raised, "rep")
    if answer is not None and _asks_back(turns[answer].text):
        reply = _next(turns, answer, "prospect")
        answer = (_next(turns, reply, "rep") if reply is not None else None) or answer
    reacted = _next(turns, answer, "prospect") if answer is not None else None
    return answer, reacted, reaction(turns[reacted].text) if reacted is not None else "neither"


def _asks_back(text: str) -> bool:
    said = sentences(text)
    return bool(said) and is_question(said[-1].text) and len(said) <= 3


def _next(turns: Sequence[Turn], position: int, role: str) -> int | None:
    return next((i for i in range(position + 1, len(turns)) if turns[i].role == role), None)
