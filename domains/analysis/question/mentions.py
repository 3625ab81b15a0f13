"""Known names in a question: exact, shortened or misspelt, and those that fit two names equally."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domains.analysis.corpus.names import name_key
from domains.analysis.question.aliases import Alias, AliasIndex
from domains.analysis.question.plain_names import AS_WRITTEN, is_meant
from domains.analysis.question.words import Token, is_any_word

__all__ = ["Mention", "find_mentions"]

_ORDER = ("rep", "account", "competitor", "product", "content", "training", "region", "stage", "segment", "manager",
          "country")  # fmt: skip
_SLOT = frozenset(
    "with at for from to of by is about vs versus and or against on did does has how does are was than in what".split()
)
# Signs that may stand inside a name.
_INSIDE = frozenset("&.-'+/")
_DONE = frozenset("completed finished passed took taken done attended did doing do".split())
_NOT_FILTER_AFTER = {
    "segment": frozenset("meeting call conversation date talk contract deadline department team".split()),
    # "next steps" aside, a stage's name is also a verb or a thing.
    "stage": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in the tokens from `start` to before `end`; `options` has more than one when it is ambiguous."""

    kind: str
    options: tuple[str, ...]
    start: int
    end: int
    written: str
    distance: int = 0

    @property
    def name(self) -> str | None:
        """The known name, or None when two fit equally."""
        return self.options[0] if len(self.options) == 1 else None


def find_mentions(words: Sequence[Token], index: AliasIndex) -> list[Mention]:
    """Return the known names in a question, in order, none overlapping another.

    Examples
    --------
    >>> from domains.analysis.question.aliases import build_index
    >>> from domains.analysis.question.words import tokens
    >>> index = build_index({"competitor": ("TrustHarbor",), "rep": ("Dana Petrov", "Dana Whitfield")}, {})
    >>> [item.options for item in find_mentions(tokens("How does dana do against trust harbour?"), index)]
    [('Dana Petrov', 'Dana Whitfield'), ('TrustHarbor',)]
    """
    keys = [name_key(_bare(token.text)) for token in words]
    exact = list(_exact(words, keys, index))
    found = [*exact, *_misspelt(words, keys, index, exact)]
    found.sort(key=lambda item: (3 * item.distance - len("".join(keys[item.start : item.end])), item.start))
    taken: set[int] = set()
    chosen = []
    for item in found:
        span = set(range(item.start, item.end))
        if not span & taken:
            taken |= span
            chosen.append(item)
    return sorted(chosen, key=lambda item: item.start)


def _bare(text: str) -> str:
    """Take the possessive off."""
    return text[:-2] if text[-2:] in ("'s", "'S") else text


def _exact(words: Sequence[Token], keys: list[str], index: AliasIndex) -> list[Mention]:
    found = []
    informative = any(token.capital for token in words)
    for start in range(len(words)):
        if not keys[start]:
            continue
        key = ""
        for end in range(start + 1, min(start + index.longest, len(words)) + 1):
            key += keys[end - 1]
            if not keys[end - 1] and words[end - 1].text not in _INSIDE:
                break
            aliases = index.exact.get(key)
            if not aliases or not keys[end - 1]:
                continue
            fit = [item for item in aliases if _holds(item, words, start, end, informative)]
            fit = [item for item in fit if not _no_filter(item, words, end)]
            if fit:
                found.append(_mention(fit, words, start, end, 0))
    return found


def _holds(alias: Alias, words: Sequence[Token], start: int, end: int, informative: bool) -> bool:
    before = words[start - 1].lower if start else ""
    after = words[end].lower if end < len(words) else ""
    if not alias.needs:
        return True
    if alias.kind == "product" and end < len(words) and words[end].capital:
        return False  # "GTX Ultra" is another product of the line
    if alias.needs == AS_WRITTEN:
        return is_meant(alias.name, words, start, end)
    if alias.needs == "a":
        # "A one-pager on Calder" is what the asker wants to have.
        return after not in ("on", "about") and before not in (
            "which",
            "what",
            "any",
            "each",
            "every",
            "no",
            "other",
            "new",
            "best",
            "per",
            "by",
        )
    if alias.needs == "done":
        return before in _DONE
    if alias.needs == "the":
        return before in ("the", "our", "that", "this", "your", "my") or (
            words[start].capital and not words[start].first
        )
    if alias.needs == "capital inside":
        if not informative and after in ("rev", "revenue", "win", "deals", "pipeline", "forecast", "sales", "bookings"):
            return True
        return words[start].capital and (not words[start].first or after in ("vs", "versus", "or", "against"))
    return words[start].capital or (not informative and before in _SLOT)


def _no_filter(alias: Alias, words: Sequence[Token], end: int) -> bool:
    after = words[end].lower if end < len(words) else ""
    if after == "talk" and words[end - 1].lower.endswith("s"):
        return False
    return after in _NOT_FILTER_AFTER.get(alias.kind, ())


def _mention(aliases: Sequence[Alias], words: Sequence[Token], start: int, end: int, distance: int) -> Mention:
    kind = min((item.kind for item in aliases), key=_ORDER.index)
    options = tuple(sorted({item.name for item in aliases if item.kind == kind}))
    return Mention(kind, options, start, end, " ".join(token.text for token in words[start:end]), distance)


def _misspelt(words: Sequence[Token], keys: list[str], index: AliasIndex, exact: list[Mention]) -> list[Mention]:
    """Return names near what is written, where at least one of the words is no English word."""
    strange = [bool(key) and not is_any_word(_bare(token.lower)) for token, key in zip(words, keys, strict=True)]
    inside = {(item.start, item.end) for item in exact}
    found = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + 5, len(words)) + 1):
            if not keys[start] or any(
                not key and words[at].text not in _INSIDE for at, key in enumerate(keys[start:end], start)
            ):
                break
            if not keys[end - 1]:
                continue
            key = "".join(keys[start:end])
            odd = any(strange[start:end])
            if len(key) < 5 or (not odd and (end - start < 2 or len(key) < 9)) or (start, end) in inside:
                continue
            limit = 1 if len(key) < 7 or not odd else 2 if len(key) < 16 else 3
            match = index.nearest(key, limit)
            if match is None or not _same_digits(key, match[0]):
                continue
            # "redfern a" is not a misspelt "redfern": the name is already there.
            if any(start <= a and b <= end and "".join(keys[a:b]) == match[0] for a, b in inside):
                continue
            aliases = [item for item in index.exact[match[0]] if not item.needs]
            found.append(_mention(aliases, words, start, end, match[1]))
    return found


def _same_digits(key: str, alias: str) -> bool:
    """Whether a typing error can explain the difference: a product 500 is no misspelt product 600."""
    return [item for item in key if item.isdigit()] == [item for item in alias if item.isdigit()]
