"""A private fact: words of somebody's own life, told of a person and not of a thing."""

from __future__ import annotations

import re

from domains.analysis.question.lexicon import rule

__all__ = ["find_personal", "without_things"]

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
_THEY = re.compile(r"(?:they|their|them|themselves)(?!\w)")
_SENTENCE = re.compile(r"[^.?!;]+")


def without_things(text: str) -> str:
    """Blank words of personal life that are told of a thing, or that are what a product is for.

    Examples
    --------
    >>> without_things("which calls mention disability trusts ?")
    'which calls ~~~~~~~~~~~~~~~~~~~~~~~~~ ?'
    """
    return _TALKED_OF.sub(lambda match: "~" * len(match.group()), text)


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
