"""A question as the rules read it: known names and periods replaced by marks, spelling corrected, sentences apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domains.analysis.question.known import Known
from domains.analysis.question.mentions import Mention, find_mentions
from domains.analysis.question.words import SALES_WORDS, Token, clean, corrected, is_any_word, spelled_out, tokens

__all__ = ["MARK", "Reading", "read"]

MARK = re.compile(r"@([a-z]+?)(\d+)")
_YEAR_SHORT = re.compile(r"(?<=[\w ])'(\d\d)\b(?!\w)")
_GLUED = re.compile(r"\b([qQhH][1-4])[-/']?(?:[fF][yY])?(\d\d(?:\d\d)?)\b")
_SHORT = re.compile(r"\b(vs|average|including|excluding|approx|mr|ms|mrs|dr) \. (?=[a-z@\d])")
# In capitals only: "us" is a pronoun.
_US = re.compile(r"\b(?:US|U\.S\.(?:A\.)?)(?!\w)")
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
# "may" and "march" are months after these words, or before a year; else "may" is the verb.
_BEFORE_MONTH = frozenset(
    "in since for during until till before after from to through of last this next and vs between by or by early late "
    "mid than with compared is".split()
)
_RELATIVE_WHO = re.compile(
    r"(?<!\w)(prospects|customers|buyers|donors|clients|contacts|accounts|people|those|reps|sellers|agents|callers)"
    r" who(?!\w)"
)
_ENDS = re.compile(r"(?<=[?!]) | (?<=\. )(?=\S)|(?<= \.) ")


@dataclass(frozen=True)
class Reading:
    """What was read: the text with marks such as ``@rep0``, the names behind the marks, and words nobody knows.

    Attributes
    ----------
    original : str
        The question, cleaned.
    tokens : tuple of Token
        Its words and signs.
    text : str
        Lower case, in full words, with marks for the names.
    mentions : tuple of Mention
        The names, in the order of their marks.
    strange : tuple of int
        Places in `tokens` of words that are neither English, nor near it, nor a known name.
    """

    original: str
    tokens: tuple[Token, ...]
    text: str
    mentions: tuple[Mention, ...]
    strange: tuple[int, ...]

    def marked(self, text: str) -> list[Mention]:
        """Return the names whose marks are in a part of the text, in order."""
        return [self.mentions[int(match[2])] for match in MARK.finditer(text)]

    def unmarked(self, text: str) -> str:
        """Return a part of the text with the names back in place, to be shown."""
        return MARK.sub(lambda match: self.mentions[int(match[2])].written, text)

    @property
    def sentences(self) -> list[str]:
        """The text, sentence by sentence."""
        return [part.strip() for part in _ENDS.split(self.text) if part.strip()]


def read(question: str, known: Known) -> Reading:
    """Return the reading of a question.

    Examples
    --------
    >>> known = Known(entities={"rep": ["Priya Raman"], "region": ["Midwest"]})
    >>> read("Whats priya's forcast for the midwst?", known).text
    "what is @rep0 's forecast for the @region1 ?"
    """
    original = clean(question)
    prepared = _GLUED.sub(r"\1 \2", _YEAR_SHORT.sub(r" 20\1", original))
    if "United States" in known.names("country"):
        prepared = _US.sub("United States", prepared)
    words = tokens(prepared)
    mentions = find_mentions(words, known.index)
    at = {mention.start: number for number, mention in enumerate(mentions)}
    inside = {place for mention in mentions for place in range(mention.start, mention.end)}
    out: list[str] = []
    strange = []
    for place in range(len(words)):
        if place in at:
            mention = mentions[at[place]]
            out.append(f"@{mention.kind}{at[place]}")
            if mention.written.casefold().endswith("'s"):
                out.append("'s")
        elif place not in inside:
            text, odd = _in_full(words, place)
            out.append(text)
            if odd:
                strange.append(place)
    text = re.sub(r"\bw / (?=\w)", "with ", " ".join(out).replace("with / o ", "without ").replace("with / ", "with "))
    # The stop of a short form ends no sentence: "vs. West", "no. of deals".
    text = _SHORT.sub(r"\1 ", re.sub(r"\bnos? \. (?=of )", "number ", text))
    # "Prospects who ask" are not a question after reps.
    text = _RELATIVE_WHO.sub(r"\1 that", text)
    return Reading(original, tuple(words), text, tuple(mentions), tuple(strange))


def _in_full(words: list[Token], place: int) -> tuple[str, bool]:
    """Return how a word is read, and whether nobody knows it."""
    token = words[place]
    lower = token.lower
    if lower == "may" and not _is_month(words, place):
        return "might", False
    full = spelled_out(lower)
    if full != lower or is_any_word(lower) or not any(item.isalpha() for item in lower):
        return _HYPHEN.sub(" ", full), False
    if token.capital and not token.first:
        # A name in a capital letter is not a misspelt word, unless it is nearly one that rules rest on.
        better = corrected(lower)
        return (better, False) if better in SALES_WORDS else (lower, True)
    better = corrected(lower.removesuffix("'s"))
    if better is not None:
        return better, False
    return _HYPHEN.sub(" ", lower), True


def _is_month(words: list[Token], place: int) -> bool:
    before = words[place - 1].lower if place else ""
    after = words[place + 1].lower if place + 1 < len(words) else ""
    if (
        re.fullmatch(r"(19|20)\d\d", after)
        or before in _BEFORE_MONTH
        or (words[place].capital and not words[place].first)
    ):
        return True
    # Terse: "bookings may", "may bookings".
    return place + 1 == len(words) or (place == 0 and after not in ("i", "we", "you", "the", "he", "she", "they", "it"))
