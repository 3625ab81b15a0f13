"""A private fact: words of somebody's own life, told of a person and not of a thing."""

from __future__ import annotations

import re

from domains.analysis.question.lexicon import rule

__all__ = ["find_personal", "off_the_trade", "without_things"]

_PERSON = rule("personal", "who")
_THING = rule("personal", "what")
_OWNER = rule("personal", "owner")
_TOLD = rule("personal", "told")
_TALKED_OF = rule("personal", "talked_of")
_THING_NEXT = re.compile(r"\s(?:" + rule("personal", "thing_after").pattern + ")")
# "On a call", "with open deals": where a person does something, not what is spoken of.
_PLACED = re.compile(
    r"(?:on|in|during|from|with|at|by|for|of|about|to)(?: (?:a|an|the|our|my|their|open|any|all|which))*$"
)
_FAMILY = rule("personal", "family_topics")
_WHICH_PERSON = rule("personal", "which_person")
_AS_SUBJECT = rule("personal", "as_subject")
_OWN = re.compile(rule("personal", "their_own").pattern + r"\s*$")
_COLLEAGUE = re.compile(r"@(?:rep|manager)\d")
_TRADE = rule("personal", "trade")
_PLAIN = rule("personal", "plain")
_LONGEST = 12
_THEY = re.compile(r"(?:they|their|them|themselves)(?!\w)")
_SENTENCE = re.compile(r"[^.?!;]+")


def without_things(text: str) -> str:
    """Blank words of personal life that are told of a thing, or that are what a product is for.

    Examples
    --------
    >>> without_things("which calls mention disability trusts ?")
    'which calls ~~~~~~~ ~~~~~~~~~~ trusts ?'
    """
    plain = _TALKED_OF.sub(_blank, text)
    if _WHICH_PERSON.search(plain) or not _AS_SUBJECT.search(plain):
        return plain
    return _FAMILY.sub(lambda match: match.group() if _OWN.search(plain, 0, match.start()) else _blank(match), plain)


def find_personal(text: str) -> str | None:
    """Return the words with which a private fact about a person is asked for, or None.

    Examples
    --------
    >>> find_personal("can you work out which reps are over 50 ?")
    'are over 50'
    >>> find_personal("are deals over 50 days old ?") is None
    True
    """
    for sentence in _SENTENCE.findall(text):
        for match in _OWNER.finditer(sentence):
            if not _THING_NEXT.match(sentence, match.end()):
                return str(match.group())
        for match in _TOLD.finditer(sentence):
            if not _THING_NEXT.match(sentence, match.end()) and _of_a_person(sentence, match.start(), match.end()):
                return str(match.group())
    return None


def off_the_trade(text: str) -> str | None:
    """Return the first word of a short question about a colleague in which nothing of selling is spoken of, or None.

    Examples
    --------
    >>> off_the_trade("does @rep0 ski ?"), off_the_trade("how is @rep0 doing ?")
    ('ski', None)
    """
    words = re.findall(r"@?\w+", text)
    if not _COLLEAGUE.search(text) or "~" in text or len(words) > _LONGEST or _TRADE.search(text):
        return None
    if any(word[0] == "@" and not _COLLEAGUE.match(word) for word in words):
        return None
    return next((word for word in words if word[0] != "@" and not _PLAIN.fullmatch(word)), None)


def _blank(match: re.Match[str]) -> str:
    return "~" * len(match.group())


def _of_a_person(sentence: str, start: int, end: int) -> bool:
    """Whether what is nearest before is a person; where nothing is, what comes with it or next after."""
    people = [item.end() for item in _PERSON.finditer(sentence, 0, start)]
    if _THEY.match(sentence, start) or _THEY.search(sentence, max(0, start - 12), start):
        return bool(people) or not _THING.search(sentence, 0, start)
    things = [
        item.end()
        for item in _THING.finditer(sentence, 0, start)
        if not _PLACED.search(sentence[: item.start()].strip())
    ]
    if people or things:
        return max(people, default=-1) >= max(things, default=-1)
    return _PERSON.search(sentence, start, min(len(sentence), end + 30)) is not None
