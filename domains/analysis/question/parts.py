"""Questions of several parts: where they may be split, and how strongly the wording says that they should be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domains.analysis.question.lexicon import rule, source
from domains.analysis.question.measures import find_metrics

__all__ = ["Piece", "is_opening", "only_reason", "refers_back", "split"]

_ORDINAL = source("parts", "ordinal")
# "second quarter", "last call": an ordinal before these counts no questions.
_NOT_ORDINAL = rf"(?! (?:(?!the )\w+ )?{source('parts', 'no ordinal before')})"
_STRONG = re.compile(
    r"(?:^|\s)(?:"
    r"\( ?(?:\d|[a-e]|i{1,3}) ?\)|(?<!\S)[a-e] \)(?= )|(?:^|(?<=[.:;?,] ))(?:\d ?[.)])(?= )|"
    rf"(?:(?<=[.:;,?] )|^|(?<=\sand ))(?:and )?(?:the )?{_ORDINAL}{_NOT_ORDINAL}(?: ?[:,])?(?= )|"
    rf"(?:,|;|\.|\?|and|-) ?(?:and )?{source('parts', 'joining')}(?: ?[:,])?(?= )|"
    r"(?:,|;|\.|\?) ?(?:and )?then(?: ,)?(?= )|and then(?: ,)?(?= )|^also ,?|;"
    r")"
)
_WEAK = re.compile(
    rf"(?:\s, (?:and |but |or |so )?|\s(?:and|but|as well as|plus) )(?={source('parts', 'verb')}(?!\w))"
    r"|(?<=[?.!]) (?=\S)"
)
_LIST = re.compile(r"\s, and |\s, | and | plus | as well as | & ")
_REASON = re.compile(rf"^(?:and |but |or )*{source('parts', 'reason')}\b(?: not)?(?: \w+)?(?: [?.!])*$")
_OPENING = re.compile(rf"^\W*{source('parts', 'opening')}(?!\w)")
_BACK = rule("parts", "back")
_RELATIVE = rule("parts", "relative")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text, and what joins it to the one before: "start", "strong", "weak" or "list"."""

    text: str
    link: str


def refers_back(text: str) -> bool:
    """Return whether a part points at something named before it: "what do they say there?"."""
    return _BACK.search(text) is not None


def only_reason(text: str) -> bool:
    """Return whether a part only asks more of the same: "and why?", "and how well?"."""
    return _REASON.match(text.strip()) is not None


def is_opening(text: str) -> bool:
    """Return whether a stretch only leads up to the question: "apart from price", "if you leave out renewals"."""
    return _OPENING.match(text) is not None


def split(sentences: Sequence[str]) -> list[Piece]:
    """Return the pieces of the asking sentences, in order.

    Examples
    --------
    >>> [(item.text, item.link) for item in split(["win rate by region , and also , who is our best rep ?"])]
    [('win rate by region', 'start'), ('who is our best rep ?', 'strong')]
    >>> [item.link for item in split(["which deals slip and which reps own them ?"])]
    ['start', 'weak']
    """
    pieces: list[Piece] = []
    for sentence in sentences:
        for number, strong in enumerate(_cut(_STRONG, sentence)):
            for place, weak in enumerate(_cut(_WEAK, strong)):
                for position, item in enumerate(_listed(weak)):
                    link = "list" if position else "weak" if place else "strong" if number else "weak"
                    pieces.append(Piece(item, link if pieces else "start"))
        if _STRONG.match(sentence) and pieces:
            first = next(item for item in pieces if item.text and sentence.find(item.text) >= 0)
            place = pieces.index(first)
            pieces[place] = Piece(first.text, "strong" if place else "start")
    return pieces


def _cut(rule: re.Pattern[str], text: str) -> list[str]:
    """Cut where the rule matches; pieces without a word in them vanish."""
    found, start = [], 0
    for match in rule.finditer(text):
        found.append(text[start : match.start()])
        start = match.end()
    found.append(text[start:])
    return [item for item in (part.strip(" ,;:-") for part in found) if re.search(r"\w", item)]


def _listed(text: str) -> list[str]:
    """Split a list of measures ("bookings , coverage and win rate"), keeping what is no measure with its neighbour."""
    lead, colon, rest = text.rpartition(" : ")
    items = _cut(_LIST, rest if colon else text)
    if len(items) < 2:
        return [text]
    starts, merged = [0], [items[0]]
    base = rest if colon else text
    place = base.find(items[0]) + len(items[0])
    for item in items[1:]:
        metrics = find_metrics(item)
        at = base.find(item, place)
        begins = bool(metrics) and len(item[: metrics[0].start].split()) <= 3
        if begins and find_metrics(merged[-1]) and _RELATIVE.search(merged[-1]) is None:
            starts.append(at)
            merged.append(item)
        else:
            # With the words between, as they stand.
            merged[-1] = base[starts[-1] : at + len(item)].strip(" ,")
        place = at + len(item)
    if len(merged) < 2:
        return [text]
    merged[0] = f"{lead} : {merged[0]}" if colon else merged[0]
    return merged
