"""Stakeholders: job titles said on a call, the part each plays in a purchase, and names given with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.language.text import excerpt, words
from domains.analysis.language.trackers import phrases

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Turn

__all__ = ["RoleMention", "mentions", "part_of"]

# Parts in a purchase, tried in order: the first whose pattern fits a title is taken.
_PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "economic buyer",
        phrases(
            r"""
            ceo|cfo|coo|cro|president|owner|founder|managing director|controller|board(?: of directors)?
            chief (?:executive|financial|operating|revenue)(?: officer)?
            (?:vp|vice president|head|director) (?:of )?finance
            finance (?:director|lead|team|chief|department|committee)
            budget (?:owner|holder)|executive (?:team|sponsor|committee)|leadership team|investment committee
            """
        ),
    ),
    (
        "procurement",
        phrases(
            r"""
            procurement(?: (?:team|lead|manager|department|director))?
            (?:vp|head|director) (?:of )?procurement
            purchasing(?: (?:team|department|manager))?|sourcing team|vendor management
            """
        ),
    ),
    ("legal", phrases("legal(?: (?:team|department|counsel))?|general counsel|lawyers?|attorneys?")),
    (
        "technical buyer",
        phrases(
            r"""
            cto|cio|ciso|chief (?:technology|information|security)(?: \w+)?(?: officer)?
            (?:vp|vice president|head|director|manager) (?:of )?(?:engineering|it|security|infrastructure|\
              technology|data)
            it (?:team|department|director|manager|lead)|security (?:team|lead|officer)|infosec(?: team)?
            engineering (?:team|lead|manager)|solutions? architects?|architects?|developers?|engineers?
            """
        ),
    ),
    (
        "business lead",
        phrases(
            r"""
            (?:svp|evp|vp|vice president|head|director|manager|lead)(?: of|,)? (?:\w+ ){0,2}?(?:sales|marketing|\
              operations|ops|product|hr|people|customer success|support|logistics|supply chain|revenue(?: operations)?|\
              growth|partnerships|communications)
            (?:sales|marketing|operations|product|hr|support|plant|office|regional|general) (?:director|manager|lead|\
              head|vp)
            cmo|chro|chief (?:marketing|people|product)(?: officer)?|(?<=my )(?:boss|manager)|(?<=our )(?:boss|director)
            """
        ),
    ),
    ("user", phrases(r"(?:end )?users?|analysts?|agents|reps|operators|account managers|team members|field team")),
)
_TITLES = tuple((part, re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE)) for part, patterns in _PARTS)
# In small letters, for a first look: without regard to case the same search takes twice as long.
_QUICK = tuple(re.compile(rf"\b(?:{'|'.join(patterns)})\b") for _, patterns in _PARTS)
_ANY_TITLE = re.compile(
    r"\b(?:c[a-z]o|chro|ciso|chief|president|owner|founder|director|controller|board|v\.?p|svp|evp|head|finance|budget|"
    r"executive|leadership|investment|procurement|purchasing|sourcing|vendor|legal|counsel|lawyers?|attorneys?|manager|"
    r"lead|team|department|infosec|architects?|developers?|engineers?|boss|users?|analysts?|agents|reps|operators|"
    r"account managers)\b",
)
# A title counts when it is somebody's here: "our CFO", "I'm the CFO", "the CFO signs", not "CEOs are paid too much".
_OWN = re.compile(r"\b(?:our|my)(?: \w+){0,1} $", re.IGNORECASE)
_ACTS = re.compile(
    r"\b(?:sign|approv|decid|involve|loop|bring|ask|check|run (?:it|this|that) by|need|want|talk|speak|meet|report|own|"
    r"final|review|join|cc|invite|copy|send|present|pitch|convince|go through|get past)\w*\b",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:i['’]m|i am|i work as|my role is)(?: the| an?| our)?\s$", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"\b([A-Z][a-z]+(?: [A-Z][a-z]+)?), (?:who is |who['’]s )?(?:our|my|the|their) $")
_NOT_NAMES = frozenset(
    words("i we you they he she it and but so or if the our my yes no thanks great okay sure what how")
)
_NOT_NAMES |= frozenset(words("when who executive chief"))


@dataclass(frozen=True, slots=True)
class RoleMention:
    """A job title said on a call.

    Attributes
    ----------
    title, part : str
        The title in lower case, and the part it usually plays in a purchase.
    name : str or None
        The name given with it, if any.
    speaker_is : bool
        Whether the speaker says it of himself or herself.
    turn, quote, role : int, str, str
        Where it was said, the sentence, and which side said it.
    """

    title: str
    part: str
    name: str | None
    speaker_is: bool
    turn: int
    quote: str
    role: str


def part_of(title: str) -> str:
    """Return the part a job title usually plays in a purchase.

    Examples
    --------
    >>> part_of("CFO"), part_of("VP of Engineering"), part_of("gardener")
    ('economic buyer', 'technical buyer', 'unknown')
    """
    return next((part for part, pattern in _TITLES if pattern.fullmatch(title.strip())), "unknown")


def mentions(turns: Sequence[Turn]) -> list[RoleMention]:
    """Return the job titles that the turns speak of, in order."""
    found = []
    for turn in turns:
        lowered = turn.text.lower()
        if not _ANY_TITLE.search(lowered):
            continue
        for (part, pattern), quick in zip(_TITLES, _QUICK, strict=True):
            for match in pattern.finditer(turn.text) if quick.search(lowered) else ():
                mention = _mention(turn, part, match)
                if mention is not None:
                    found.append(mention)
    return sorted(found, key=lambda item: item.turn)


def _mention(turn: Turn, part: str, match: re.Match[str]) -> RoleMention | None:
    before = turn.text[: match.start()]
    quote = excerpt(turn.text, match.start(), match.end())
    name, speaker_is = _name(turn.text, match), bool(_SELF.search(before))
    if _inside_longer(turn.text, match):
        return None
    # the title itself is no act: "owner" begins like "owns"
    if not (speaker_is or name or _OWN.search(before) or _ACTS.search(quote.replace(match.group(), ""))):
        return None
    title = re.sub(r"\s+", " ", match.group().lower())
    return RoleMention(title, part, name, speaker_is, turn.idx, quote, turn.role)


def _inside_longer(text: str, match: re.Match[str]) -> bool:
    """Whether a title of another part covers this one ("finance" in "VP of finance" counts once, for the longest)."""
    for _, pattern in _TITLES:
        for other in pattern.finditer(text):
            covers = other.start() <= match.start() and match.end() <= other.end()
            if covers and other.span() != match.span():
                return True
    return False


def _name(text: str, match: re.Match[str]) -> str | None:
    after = re.match(r",? ([A-Z][a-z]+(?: [A-Z][a-z]+)?)\b", text[match.end() :])
    if after and after.group(1).split()[0].lower() not in _NOT_NAMES:
        return after.group(1)
    before = _NAME_BEFORE.search(text[: match.start()])
    if before and before.group(1).split()[0].lower() not in _NOT_NAMES:
        return before.group(1)
    return None
