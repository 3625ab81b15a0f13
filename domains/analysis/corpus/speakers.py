"""Who is speaking: names before a colon, and what a label like "Agent" says about the role."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from domains.analysis.corpus.names import name_key
from domains.analysis.corpus.vocabulary import PROSPECT_LABELS, REP_LABELS

__all__ = ["ROLES", "label_role", "named_speakers", "split_speaker"]

ROLES = ("rep", "prospect", "other", "unknown")

_PREFIX = re.compile(r"([^\W\d_][^:\n]{0,59}?)\s*(?:[\[(][\d:.]+[\])])?:(?:\s+|$)")
_MOST_WORDS = 4
_REMARKS = frozenset(
    "note notes ps nb reminder question answer example agenda next nextsteps summary action warning tip update todo"
    " so yes no ok okay well and but now today tomorrow also first second third finally plus because thanks hint"
    " problem solution result conclusion goal option price step mind background context important".split()
)


def label_role(speaker: str | None) -> str:
    """Return the role that a speaker's label says, or unknown when it is a name.

    Examples
    --------
    >>> label_role("Sales Rep"), label_role("Customer"), label_role("Ann")
    ('rep', 'prospect', 'unknown')
    """
    key = name_key(speaker or "")
    if key in REP_LABELS:
        return "rep"
    if key in PROSPECT_LABELS:
        return "prospect"
    return "other" if key == "other" else "unknown"


def named_speakers(lines: Iterable[str]) -> set[str]:
    """Return what stands before a colon and is a speaker rather than a part of a sentence.

    A speaker is written like a name. Words that introduce a remark ("Reminder: call back") are no speakers unless they
    come again: taking a speaker for a remark would put words into somebody else's mouth, so everything else counts.

    Examples
    --------
    >>> sorted(named_speakers(["Ann: hi", "Bob: hello", "Ann: so", "Reminder: call", "what I say: this"]))
    ['Ann', 'Bob']
    """
    counts = Counter(found[1] for line in lines if (found := _PREFIX.match(line)) and _is_name(found[1]))
    return {name for name, count in counts.items() if count > 1 or name_key(name) not in _REMARKS}


def split_speaker(line: str, speakers: set[str]) -> tuple[str | None, str]:
    """Return the speaker a line starts with, or None, and the rest of the line.

    Examples
    --------
    >>> split_speaker("Ann: good: yes", {"Ann"}), split_speaker("well: no", {"Ann"})
    (('Ann', 'good: yes'), (None, 'well: no'))
    """
    found = _PREFIX.match(line)
    if found and found[1] in speakers:
        return found[1], line[found.end() :].strip()
    return None, line.strip()


def _is_label(name: str) -> bool:
    return label_role(name) != "unknown"


def _is_name(text: str) -> bool:
    words = text.split()
    if len(words) > _MOST_WORDS:
        return False
    return _is_label(text) or "_" in text or all(not word[0].islower() or word in _PARTICLES for word in words)


_PARTICLES = {"de", "van", "von", "der", "den", "la", "le", "di", "da", "del", "bin", "al", "and"}
