"""What is talked about: topics and objections, told apart by whether something is held against buying."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domains.analysis.question.known import Known
from domains.analysis.question.lexicon import pattern, rule, sections
from domains.analysis.question.measures import Found

__all__ = ["find_subjects", "names_of"]

_AGAINST = rule("subjects", "against")
_SAID = rule("subjects", "said")
_ABOUT_ONE = rule("subjects", "about_one")
# "list price", "price sensitive": the word is there, the subject is not.
_NOT_SUBJECT = rule("subjects", "not_subject")
_AS_OBJECTION = re.compile(r"(?<!\w)as an? (?:\w+ )?(?:objection|concern|reason|obstacle|blocker)s?(?!\w)")
_TALK_AFTER = rule("subjects", "talk_after")
_TALK_BEFORE = re.compile(rf"(?:{sections('subjects')['talk_before']})(?: the| our)?$")


def names_of(kind: str, known: Known) -> tuple[str, ...]:
    """Return the topics or objections that are known: the workspace's, or else those of the trackers."""
    given = known.names(kind)
    if given or kind in known.entities:
        return given
    from domains.analysis.language.objection_cues import OBJECTIONS
    from domains.analysis.language.topic_cues import TOPICS

    return tuple(item.name for item in (TOPICS if kind == "topic" else OBJECTIONS))


def find_subjects(text: str, known: Known, grouped: Sequence[str] = ()) -> list[tuple[str, Found]]:
    """Return the topics and objections in a text as pairs of kind and what was found.

    Examples
    --------
    >>> known = Known(entities={"topic": ["pricing", "security"], "objection": ["price"]})
    >>> [(kind, item.name) for kind, item in find_subjects("how often do they push back on price", known)]
    [('objection', 'price')]
    >>> [(kind, item.name) for kind, item in find_subjects("how often does pricing come up", known)]
    [('topic', 'pricing')]
    """
    grouped = [] if _ABOUT_ONE.search(text) else grouped
    plain = _NOT_SUBJECT.sub(lambda match: "~" * len(match.group()), text)
    topics = _matches(plain, names_of("topic", known), sections("topics"))
    objections = [
        item
        for item in _matches(plain, names_of("objection", known), sections("objections"))
        if not _spoken_of(text, item)
    ]
    # "Bringing up pricing too early" is no objection about timing.
    if topics:
        objections = [item for item in objections if item.words not in ("too early", "too late", "too soon")]
    found: list[tuple[str, Found]] = []
    against = _AGAINST.search(text) is not None and "objection" not in grouped
    taken: list[range] = []
    if against or not topics:
        for item in objections:
            if against or _is_own_word(item.name, item.words):
                found.append(("objection", item))
                taken.append(range(item.start, item.start + len(item.words)))
    if _SAID.search(text) or found:
        for item in topics:
            if not any(item.start in span for span in taken):
                found.append(("topic", item))
    if found or not topics:
        return sorted(found, key=lambda pair: pair[1].start)
    # A subject alone, in a text of few words, is a topic: "compliance in the midwest".
    return [("topic", item) for item in topics if len(text.split()) <= 6]


def _spoken_of(text: str, item: Found) -> bool:
    """Whether something is talked about rather than held against: "pricing talk", "bring up pricing"."""
    after = text[item.start + len(item.words) :].lstrip()
    before = text[: item.start].rstrip()
    if _ABOUT_ONE.search(before[-30:]) or _AS_OBJECTION.search(text):
        return False
    return _TALK_AFTER.match(after) is not None or _TALK_BEFORE.search(before) is not None


def _is_own_word(name: str, words: str) -> bool:
    """Whether an objection is named by words that mean nothing else: "no decision", not "money"."""
    return name in ("status quo", "no authority", "trust", "other causes", "migration effort")


def _matches(text: str, names: Sequence[str], cues: dict[str, str]) -> list[Found]:
    found = []
    for name in names:
        own = r"[ -]?".join(re.escape(part) for part in re.split(r"[ -]", name.casefold()))
        match = pattern(f"{own}s?|{cues[name]}" if name in cues else f"{own}s?").search(text)
        if match:
            found.append(Found(name, match.group(), match.start()))
    return found
