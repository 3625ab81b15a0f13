"""Stakeholders: job titles said on a call, the part each plays in a purchase, and names given with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.language.job_titles import part_of
from domains.analysis.language.text import excerpt, words
from domains.analysis.language.trackers import phrases

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Turn

__all__ = ["RoleMention", "mentions"]

# Parts in a purchase, tried in order: the first whose pattern fits a title is taken.
_PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "economic buyer",
        phrases(
            r"""
            ceo|cfo|coo|cro|(?<!vice )president|founder|managing (?:director|partner)|executive director|controller
            board(?: of directors)?|chief (?:executive|financial|operating|revenue)(?: officer)?|chief \w+ officer
            (?:business|company|firm|practice|shop) owner|(?<=our )owner|(?<=i['’]m the )owner|(?<=i am the )owner
            owner(?= (?:signs|decides|approves|pays|has to))
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
            (?:technology|systems?|security|information) (?:lead|manager|director|analyst|head)
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
            (?:head|director|chair) of \w+(?: (?:and \w+|banking|planning|operations|services|administration|\
              management|technology|development|relations|settlement|security))?
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
    r"\b(?:sign|approv|confirm|decid|involve|loop|bring|ask|check|run (?:it|this|that) by|need|want|talk|speak|meet|"
    r"report|own|final|review|join|cc|invite|copy|send|present|pitch|convince|go through|get past)\w*\b",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:i['’]m|i am|i work as|my role is)(?: the| an?| our)?\s$", re.IGNORECASE)
# "Conor, our architect", "Keiko joined us, the managing director", "the last word is Irina's, our CEO".
_NAME_BEFORE = re.compile(
    r"\b([A-Z][a-z]+(?: [A-Z][a-z]+)?)(?:['’]s\b)?((?: [a-z]+){0,6}),? "
    r"(?:(?:who is |who['’]s |as )(?:(?:our|my|the|their|an?) )?|(?:our|my|the|their) |(?<=, ))((?:[a-z-]+ ){0,2})$"
)
_WORDS_BEFORE = re.compile(r"\b(?:our|my|the|their|an?|who is|who['’]s|as|,) ((?:[a-z-]+ ){1,2})$")
# A word between "our" and a title that is no part of it: "our own legal team".
_NO_PART = frozenset(
    words("own new old other whole entire then first next current is the our my their and or to a an with as")
)
_NOT_NAMES = frozenset(
    words("i we you they he she it and but so or if the our my yes no thanks great okay sure what how")
)
_NOT_NAMES |= frozenset(words("when who executive chief then first after before once there here right well um uh"))
_PERSON_DOES = re.compile(
    r" (?:is|was|has|will|joined|joins|came|comes|runs|signs|decides|approves|owns|holds|leads|heads|works|sits)\b"
)


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


def mentions(turns: Sequence[Turn]) -> list[RoleMention]:
    """Return the job titles that the turns speak of, in order."""
    found = []
    for turn in turns:
        lowered = turn.text.lower()
        if not _ANY_TITLE.search(lowered):
            continue
        taken: set[tuple[int, int]] = set()
        for (part, pattern), quick in zip(_TITLES, _QUICK, strict=True):
            for match in pattern.finditer(turn.text) if quick.search(lowered) else ():
                mention = _mention(turn, part, match) if match.span() not in taken else None
                taken.add(match.span())
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
    title = _whole(before, re.sub(r"\s+", " ", match.group().lower()))
    known = part_of(title)
    return RoleMention(title, part if known == "unknown" else known, name, speaker_is, turn.idx, quote, turn.role)


def _whole(before: str, title: str) -> str:
    """Return a title with the words that belong to it: "enterprise architect", not "architect"."""
    found = _WORDS_BEFORE.search(before)
    leading = found.group(1).split() if found else []
    while leading and leading[0] in _NO_PART:
        del leading[0]
    return title if any(word in _NO_PART for word in leading) else " ".join([*leading, title])


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
    sentence = text[: match.start()]
    sentence = sentence[max(sentence.rfind(end) for end in ".!?\n") + 1 :].lstrip()
    before = _NAME_BEFORE.search(sentence)
    if before is None or any(word in _NO_PART for word in before.group(3).split()):
        return None
    first, _, last = before.group(1).partition(" ")
    if first.lower() in _NOT_NAMES:  # "And Selene joined us"
        return last or None
    # the first word of a sentence is written large too: it is a name where a verb follows that people are subject of
    opens = before.start() == 0 and " " not in before.group(1) and before.group(2)
    return None if opens and not _PERSON_DOES.match(before.group(2)) else before.group(1)
