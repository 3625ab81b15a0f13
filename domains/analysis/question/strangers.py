"""Proper names that nobody knows, and the known names that may have been meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from domains.analysis.question.known import KINDS, Known
from domains.analysis.question.lexicon import word_list
from domains.analysis.question.mentions import Mention
from domains.analysis.question.reading import Reading
from domains.analysis.question.words import SALES_WORDS, Token, is_any_word, is_word

__all__ = ["Stranger", "find_stranger"]

_SLOT_BEFORE = word_list("names", "slot")
_KIND_AFTER = {"region": "region", "territory": "region", "office": "region", "deal": "account", "deals": "account",
               "account": "account", "team": "rep", "battlecard": "content"}  # fmt: skip
_KIND_BEFORE = {"against": "competitor", "vs": "competitor", "versus": "competitor", "to": "competitor"}
# Capitalised, and yet no name of anything that records could hold.
_USUAL = word_list("names", "usual")
_KIND_WORDS = frozenset(
    "product account competitor rep named called company customer client prospect vendor agent".split()
)
_BUSINESS = SALES_WORDS | word_list("names", "business")


@dataclass(frozen=True, slots=True)
class Stranger:
    """A name as written, the kind it may be of, and the known names nearest to it."""

    written: str
    kind: str | None
    near: tuple[str, ...]


def find_stranger(reading: Reading, known: Known) -> Stranger | None:
    """Return the first proper name in a question that is no known name, or None.

    Words in lower case count only where a name is expected and no English word is near: people do mistype.

    Examples
    --------
    >>> from domains.analysis.question.reading import read
    >>> known = Known(entities={"competitor": ["WillWorks"], "rep": ["Ann Lee"]})
    >>> find_stranger(read("win rate vs DocuMagic", known), known).written
    'DocuMagic'
    >>> find_stranger(read("win rate vs willwork", known), known) is None
    True
    """
    taken = {place for item in reading.mentions for place in range(item.start, item.end)}
    for span in _runs(reading, taken):
        words = reading.tokens[span[0] : span[-1] + 1]
        if _is_name(words, span, reading):
            return _described(words, span, reading, known)
    return _of_family(reading, taken, known)


def _of_family(reading: Reading, taken: set[int], known: Known) -> Stranger | None:
    """Return a product that is not in a line that is: "GTK 600" where there is a GTK 500, "heirloom teleport"."""
    lines = {name.split()[0].casefold() for name in known.names("product") if " " in name}
    for place, token in enumerate(reading.tokens[:-1]):
        after = reading.tokens[place + 1]
        if place in taken or place + 1 in taken or token.lower not in lines:
            continue
        if after.text.isdigit() or (after.text.isalpha() and not is_word(after.lower)):
            return _described((token, after), [place, place + 1], reading, known)
    return None


def _runs(reading: Reading, taken: set[int]) -> list[list[int]]:
    """Return stretches of neighbouring words that may be parts of a name."""
    strange = set(reading.strange)
    runs: list[list[int]] = []
    for place, token in enumerate(reading.tokens):
        if (
            place in taken
            or not token.text[0].isalpha()
            or _plain(token) in _USUAL
            or re.fullmatch(r"[a-z]+\d+|\d+\w*", _plain(token))
        ):
            continue
        named = token.capital and not (token.first and is_any_word(_plain(token)))
        if named or place in strange:
            if runs and runs[-1][-1] == place - 1:
                runs[-1].append(place)
            else:
                runs.append([place])
    return runs


def _plain(token: Token) -> str:
    return token.lower.removesuffix("'s")


def _is_name(words: Sequence[Token], span: list[int], reading: Reading) -> bool:
    unknown = [
        token for place, token in zip(span, words, strict=True) if place in reading.strange and len(token.text) > 3
    ]
    capitals = [token for token in words if token.capital and not token.first]
    if not unknown and _before_name(span, reading):
        return bool(capitals)
    if not unknown:
        # "the Compliance Cookbook": two capitals inside a sentence make a name, though both are words.
        return len(capitals) >= 2 and not all(_plain(token) in _BUSINESS for token in capitals)
    if any(token.capital for token in unknown):
        return True
    before = reading.tokens[span[0] - 1].lower if span[0] else ""
    after = reading.tokens[span[-1] + 1].lower if span[-1] + 1 < len(reading.tokens) else ""
    if all(len(token.text) < 5 for token in unknown):
        return False
    return before in _SLOT_BEFORE or after in _KIND_AFTER or len(unknown) >= 2


def _before_name(span: list[int], reading: Reading) -> bool:
    """Whether the word before says that a name follows: "product Alpha"."""
    before = reading.tokens[span[0] - 1].lower if span[0] else ""
    return before in _KIND_WORDS


def _described(words: Sequence[Token], span: list[int], reading: Reading, known: Known) -> Stranger:
    written = re.sub(r"'s$", "", " ".join(token.text for token in words))
    before = reading.tokens[span[0] - 1].lower if span[0] else ""
    after = reading.tokens[span[-1] + 1].lower if span[-1] + 1 < len(reading.tokens) else ""
    kind = _KIND_AFTER.get(after) or _KIND_BEFORE.get(before)
    names = [name for each in KINDS if kind is None or each == kind for name in known.names(each)]
    found = process.extract(
        written, names, scorer=fuzz.token_sort_ratio, processor=str.casefold, limit=3, score_cutoff=60
    )
    return Stranger(written, kind, tuple(str(item[0]) for item in found))


def ambiguous(mentions: Sequence[Mention]) -> Mention | None:
    """Return the first name that fits two known ones equally, or None."""
    return next((item for item in mentions if item.name is None and item.kind != "manager"), None)
