"""Next steps said on a call: the action verbatim, its owner, its date, and whether the other side agreed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from domains.analysis.language.dates import date_phrases
from domains.analysis.language.reaction_cues import AGREES, DECLINES
from domains.analysis.language.text import is_question, sentences
from domains.analysis.language.trackers import find, phrases

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Turn

__all__ = ["NextStep", "Owner", "next_steps"]

Owner = Literal["rep", "prospect", "both", "unknown"]

_ACTIONS = "|".join(
    phrases(
        r"""
        send|share|email|forward|circulate|get you|get back|follow[- ]?up|reach out|call|loop|bring|introduce|connect
        invite|schedule|book|set up|arrange|put together|put (?:\w+ ){0,4}(?:in|on) (?:the|your|our) (?:calendar|\
          diary)|prepare|draft|review|check
        confirm|talk to|speak (?:to|with)|discuss|sign|sync|meet|regroup|reconnect|present|show|walk (?:\w+ )?through
        start|kick off|provide|complete|fill|return|submit|update|run|find (?:a )?time|look (?:at|into|over)|ask
        take (?:it|this|that) (?:to|back)|visit
        """
    )
)
_MEETINGS = (
    r"(?:meet|speak|talk|call|look at|go (?:through|over)|sit down|catch up|reconvene|get together|come back|"
    r"pick (?:this|it) up|finish|write|hold|have|bring|do)"
)
_DO = rf"(?: \w+){{0,2}}? (?:{_ACTIONS}|{_MEETINGS})\b"
# These are looked for in small letters: without regard to case the same search takes twice as long.
_PROMISE = re.compile(
    r"\b(?:i|we)(?:['’]ll| will|['’]m going to| am going to|['’]re going to| are going to"
    rf"|['’]d like to|['’]d| would| can| shall){_DO}",
)
# Without a day, only a plain promise of one of the usual actions counts: "I can look at it" promises nothing.
_PLAIN = re.compile(rf"(?:{_ACTIONS})\b")
_FIRM = re.compile(r"['’]ll| will|going to| shall")
_OFFER = re.compile(rf"\blet me(?: \w+)? (?:{_ACTIONS})\b")
_TOGETHER = re.compile(
    rf"\b(?:let['’]?s|let us|shall we|should we|can we|could we|we should|we)(?:{_DO}| (?:fix|agree)\b)", re.IGNORECASE
)
_REQUEST = re.compile(
    rf"\b(?:can you|could you|would you|will you|please|you['’](?:ll|d)|you (?:will|would|could|can)){_DO}",
)
# "How about Thursday?" proposes a day for what was just said.
_PROPOSAL = re.compile(
    r"\b(?:how about|what about|i['’]d (?:propose|suggest|say)|i (?:propose|suggest)|shall we say|let['’]s say|"
    r"(?:does|would|will)(?: [\w']+){0,6} (?:work|suit|do)|(?:are|is) (?:you|everyone|that) (?:free|available)|"
    r"in the (?:calendar|diary)|that day)\b",
)
_NAMED = re.compile(
    r"\b(?:the )?(?:next|follow[- ]?up) (?:step|action|meeting|call)s?\b(?: \w+){0,2}? (?:is|are|will|would|for|on)\b",
)
# What is done on the call itself, however it is put: "let me show you", "could you walk me through it".
_ON_THE_CALL = re.compile(
    r"\b(?:show|share|present|do the (?:sum|maths?|numbers)|walk (?:\w+ )?through|run (?:you |me )?through|start|"
    r"explain|ask you|you can|bring (?:\w+ ){1,3}in here|"
    r"let you (?:get back|go)|look at (?:that|this|it)(?: together)? (?:now|here)|bring (?:it|this|that|us) home|"
    r"put (?:it|this|that) (?:next to|another way|differently|like this|this way))\b",
)
_LATER = re.compile(
    r"\b(?:after(?:wards)?|later|over by mail|by e?-?mail|then|once|before (?:we|the|our|then)|internally|round|around|"
    r"(?:with|to) (?:the|my|our|his|her|your) (?:\w+ )?(?:team|others|boss|manager|board|committee|colleagues?|group|"
    r"partners?|people|wife|husband|family))\b|(?<=to )(?-i:[A-Z])\w+",
)
# "Who would you show that to?" asks about something, "if you went ahead" supposes it: neither is a step.
_ASKS_ABOUT = re.compile(r"\b(?:who|whom|what|where|how|why|which|whose)\b")
_SUPPOSES = re.compile(
    r"\b(?:if|suppose|imagine|assuming|let['’]s say)(?: \w+){0,2} (?:you|we|it|they|that|it['’]s)\b|\bsuppose\b"
)
_SAME_DAY = re.compile(
    r"\b(?:that|the same|same) day\b|\b(?:we|and) (?:talk|speak|meet|call)(?: again)? then\b|"
    r"\bby then\b|\bbefore that\b"
)
# Without one of these words nothing is promised, asked for or proposed; most sentences end here.
_HINT = re.compile(
    r"['’](?:ll|d|m|re)\b|\b(?:will|would|can|could|shall|should|let|please|am|are|we|how|what|i|next|follow|in)\b",
)
# "I'll send the quote and let's meet on Friday" is two steps, with two owners.
_CLAUSE = re.compile(
    r"(?:,? and|;|, then|, but) (?=(?:i|we|you|let['’]?s|let me|could|can|please|they)\b)", re.IGNORECASE
)
# What people say they will do within the same call is no next step.
_NOW = re.compile(
    r"\b(?:share my screen|right now|real quick|quickly (?:show|ask)|(?:in|for) a (?:second|minute|moment)|ask you|"
    r"start (?:by|with|off)|walk you through (?:this|it|the screen)|run through (?:this|the agenda)|"
    r"talk about (?:that|this|it) (?:now|first))\b",
)


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something somebody said would be done after the call.

    Attributes
    ----------
    turn, quote : int, str
        Where it was said, and the sentence.
    owner : str
        Who is to do it: "rep", "prospect", "both" or "unknown".
    said_date, due : str or None, date or None
        The words that name a date, and the day they mean.
    agreed : bool
        Whether the other side agreed in its next turn.
    people : tuple of str
        The names of those who are to do it, where the transcript names its speakers.
    """

    turn: int
    quote: str
    owner: Owner
    said_date: str | None
    due: date | None
    agreed: bool
    people: tuple[str, ...] = ()


def next_steps(turns: Sequence[Turn], base: date | None) -> list[NextStep]:
    """Return the next steps of a call in order.

    Only the last 60 % of the turns are read: what is announced earlier is nearly always the agenda of the call itself.
    """
    found: list[NextStep] = []
    for position in range(int(len(turns) * 0.4), len(turns)):
        if turns[position].role in ("rep", "prospect"):
            found.extend(_of_turn(turns, position, base))
    return found


def _of_turn(turns: Sequence[Turn], position: int, base: date | None) -> list[NextStep]:
    """Return the next steps of a turn; a day proposed in a sentence of its own goes to the undated step before it."""
    turn = turns[position]
    agreed = _agreed(turns, position)
    found: list[NextStep] = []
    for item in sentences(turn.text):
        if not _HINT.search(item.text.lower()):
            continue
        clauses = _CLAUSE.split(item.text)
        for number, clause in enumerate(clauses, 1):
            # What is to be done today is part of the call: "would you like to give today?" is no next step.
            dates = [
                one
                for one in date_phrases(clause, base)
                if one.text.lower() != "today" and (base is None or one.day != base)
            ]
            said, due = (dates[-1].text, dates[-1].day) if dates else (None, None)
            written, clause = clause, clause.lower()
            owner = _owner(clause, turn.role, asks=number == len(clauses) and is_question(item.text), dated=bool(dates))
            if _NOW.search(clause) or (not dates and owner is not None and _is_none(clause, written, item.text)):
                continue
            if owner is not None:
                fixed = next((one for one in reversed(found) if one.said_date), None)
                same = _SAME_DAY.search(clause) if fixed and not dates else None
                if fixed and same:
                    said, due = same.group(), fixed.due
                who = _people(turns, position, owner)
                found.append(NextStep(turn.idx, item.text, owner, said, due, agreed, who))
            elif dates and _PROPOSAL.search(clause):
                if found and found[-1].said_date is None:
                    found[-1] = replace(found[-1], said_date=said, due=due)
                else:
                    who = _people(turns, position, "both")
                    found.append(NextStep(turn.idx, item.text, "both", said, due, agreed, who))
    return found


def _is_none(clause: str, written: str, sentence: str) -> bool:
    """Whether what sounds like a step without a day is none: done on this call, asked about, or only supposed."""
    if _SUPPOSES.search(sentence.lower()):
        return True
    if is_question(sentence) and _ASKS_ABOUT.search(clause):
        return True
    return bool(_ON_THE_CALL.search(clause)) and not _LATER.search(written)


def _people(turns: Sequence[Turn], position: int, owner: Owner) -> tuple[str, ...]:
    """Return who is to do it: the speaker, whoever is spoken to (who answers next, or spoke before), or both."""
    turn = turns[position]
    around = [*turns[position + 1 : position + 2], *reversed(turns[:position])]
    other = next((one.speaker for one in around if one.role not in (turn.role, "other", "unknown")), None)
    names: tuple[str | None, ...] = ()
    if owner == turn.role:
        names = (turn.speaker,)
    elif owner == "both":
        names = (turn.speaker, other)
    elif owner in ("rep", "prospect"):
        names = (other,)
    return tuple(dict.fromkeys(name for name in names if name))


def _owner(clause: str, role: str, *, asks: bool, dated: bool) -> Owner | None:
    other: Owner = "prospect" if role == "rep" else "rep"
    mine: Owner = "rep" if role == "rep" else "prospect"
    together = _TOGETHER.search(clause)
    # "We meet" is an arrangement only with a day; without one it is small talk about how things are done.
    if together and (dated or not together.group().startswith("we ")):
        return "both"
    request = _REQUEST.search(clause)
    if request and (dated or _PLAIN.search(request.group())):
        return other
    promise = _PROMISE.search(clause)
    if promise and not asks and (dated or (_PLAIN.search(promise.group()) and _FIRM.search(promise.group()))):
        return mine
    if _OFFER.search(clause):
        return mine
    if dated and re.search(r"\b(?:next|follow[- ]?up) (?:meeting|call|session|step)\b", clause):
        return "both"
    return "unknown" if _NAMED.search(clause) else None


def _agreed(turns: Sequence[Turn], position: int) -> bool:
    role = turns[position].role
    answer = next(
        (turn for turn in turns[position + 1 :] if turn.role in ("rep", "prospect") and turn.role != role), None
    )
    if answer is None:
        return False
    said = [item.text for item in sentences(answer.text)]
    return bool(said) and bool(find(AGREES, " ".join(said[:2]))) and not find(DECLINES, said[0])
