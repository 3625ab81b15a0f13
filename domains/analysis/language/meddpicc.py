"""MEDDPICC as evidence: for each letter what was said, by whom, verbatim; a letter without a quote stays empty."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from domains.analysis.language.meddpicc_cues import LETTERS, Letter
from domains.analysis.language.text import is_question, sentences
from domains.analysis.language.trackers import find

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Turn

__all__ = ["Evidence", "evidence"]

Basis = Literal["said by the prospect", "answer to the rep's question", "said by the rep only"]


# "I'm not sure", "no idea": an answer that is none.
_NO_ANSWER = re.compile(
    r"^\W*(?:i(?:['’]m| am) not sure|not sure|no idea|i don['’]t know|no\b|nothing|none|hard to say|good question)"
    r"[\w\s,']*[.!]?$",
    re.IGNORECASE,
)


# A name after the first word: "It's Irina, the CEO".
_NAMED = re.compile(r"(?<=[a-z,’'] )([A-Z][a-z]+)\b(?!\s+\d)")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one turn shows for a letter: the sentence, the turn, who said it, and on what basis it counts."""

    letter: str
    turn: int
    quote: str
    role: str
    basis: Basis

    @property
    def names(self) -> tuple[str, ...]:
        """Words within the quote that are written like names, its first word left out."""
        return tuple(match.group(1) for match in _NAMED.finditer(self.quote))


def evidence(turns: Sequence[Turn], competitors: Sequence[str] = ()) -> list[Evidence]:
    """Return the evidence for every letter in a call, in order of the turns.

    A prospect's own words count, as does the answer to a rep's question; what only the rep says is kept apart, because
    a rep's claim about the buyer is not the buyer's.

    Parameters
    ----------
    turns : sequence of Turn
        The call's turns in order.
    competitors : sequence of str
        Names that count as evidence of competition when a prospect says one.
    """
    names = (
        re.compile(r"\b(?:" + "|".join(map(re.escape, competitors)) + r")\b", re.IGNORECASE) if competitors else None
    )
    found: dict[tuple[str, int], Evidence] = {}
    for position, turn in enumerate(turns):
        for item in sentences(turn.text):
            asks = is_question(item.text)
            for letter in LETTERS:
                if turn.role == "rep" and asks and find(letter.asks, item.text):
                    answer = _answer(turns, position, letter)
                    if answer:
                        _keep(
                            found,
                            Evidence(letter.name, answer[0], answer[1], "prospect", "answer to the rep's question"),
                        )
                elif not asks and _shown(letter, item.text, turn.role, names):
                    basis: Basis = "said by the prospect" if turn.role == "prospect" else "said by the rep only"
                    _keep(found, Evidence(letter.name, turn.idx, item.text, turn.role, basis))
    return sorted(found.values(), key=lambda one: (one.turn, one.letter))


def _shown(letter: Letter, sentence: str, role: str, names: re.Pattern[str] | None) -> bool:
    if role not in ("prospect", "rep"):
        return False
    if letter.name == "champion" and role == "rep":
        return False  # a rep saying "I'll push for this" champions nobody's purchase
    if letter.name == "competition" and role == "prospect" and names and names.search(sentence):
        return True
    return bool(find(letter.shows, sentence))


def _keep(found: dict[tuple[str, int], Evidence], item: Evidence) -> None:
    """Keep one piece per letter and turn; the prospect's own words before a bare answer."""
    old = found.get((item.letter, item.turn))
    if old is None or (old.basis == "answer to the rep's question" and item.basis == "said by the prospect"):
        found[item.letter, item.turn] = item


def _answer(turns: Sequence[Turn], position: int, letter: Letter) -> tuple[int, str] | None:
    """Return the prospect's answer to a question: the first sentence of the next turn that says what was asked for."""
    following = turns[position + 1] if position + 1 < len(turns) else None
    if following is None or following.role != "prospect":
        return None
    for item in sentences(following.text):
        telling = not is_question(item.text) and len(item.text.split()) >= 4 and not _NO_ANSWER.match(item.text)
        if telling and letter.answered_by(item.text):
            return following.idx, item.text
    return None
