"""Whether two spellings are the same name: which may be joined without asking, and which may not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

__all__ = ["Found", "NameIndex", "name_key"]

_LEGAL_FORMS = re.compile(
    r"[\s,]+(?:inc|incorporated|ltd|limited|llc|corp|corporation|co|company|plc|gmbh|ag|s\.?a|bv|b\.v)\.?$",
    re.IGNORECASE,
)
_NOT_WORD = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
# Measured on misspelt product and industry names: one wrong letter in nine or more scores above 90, two names of one
# family ("Plus Basic", "Basic") below 80.
_SAME = 90.0
_NEAR = 75.0
_MARGIN = 5.0
_SHORTEST = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What a written name stands for: a known name (or None), and the known names near it, best first."""

    name: str | None
    near: tuple[str, ...] = ()


def name_key(name: str) -> str:
    """Return a name without case, accents, spaces and punctuation.

    Examples
    --------
    >>> name_key("GTX Pro"), name_key("GTXPro"), name_key("Café-Nord")
    ('gtxpro', 'gtxpro', 'cafenord')
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    return _NOT_WORD.sub("", "".join(item for item in plain if not unicodedata.combining(item)))


class NameIndex:
    """Known names, and how freely other spellings are read as one of them.

    Parameters
    ----------
    known : iterable of str
        The names.
    typos : bool
        Read a name with a typing error as the known one. Not for people: Ann Lee and Anna Lee are two.
    companies : bool
        Read Acme Inc. and Acme as one, where only one known name fits.
    """

    def __init__(self, known: Iterable[str], *, typos: bool = False, companies: bool = False) -> None:
        self._known = sorted(set(known))
        self._exact = set(self._known)
        self._typos = typos
        self._companies = companies
        self._by_key: dict[str, list[str]] = {}
        for name in self._known:
            self._by_key.setdefault(name_key(name), []).append(name)
        self._keys = list(self._by_key)
        self._by_root: dict[str, list[str]] = {}
        if companies:
            for name in self._known:
                self._by_root.setdefault(name_key(_LEGAL_FORMS.sub("", name)), []).append(name)

    def __len__(self) -> int:
        return len(self._known)

    def find(self, written: str) -> Found:
        """Return what a written name stands for.

        Examples
        --------
        >>> NameIndex(["GTX Pro", "GTX Basic"]).find("GTXPro").name
        'GTX Pro'
        >>> NameIndex(["technology"], typos=True).find("technolgy").name
        'technology'
        >>> NameIndex(["GTK 500"], typos=True).find("GTK 600")
        Found(name=None, near=('GTK 500',))
        """
        if written in self._exact:
            return Found(written)
        key = name_key(written)
        if not key:
            return Found(None)
        same = self._by_key.get(key, [])
        if not same and self._companies:
            same = self._by_root.get(name_key(_LEGAL_FORMS.sub("", written)), [])
        if len(same) == 1:
            return Found(same[0])
        scored = process.extract(key, self._keys, scorer=fuzz.ratio, limit=3, score_cutoff=_NEAR)
        near = tuple(name for match, _, _ in scored for name in self._by_key[match])
        if self._typos and scored and self._is_typo(key, scored):
            return Found(near[0], near)
        return Found(None, near)

    def _is_typo(self, key: str, scored: list[tuple[str, float, int]]) -> bool:
        best, score, _ = scored[0]
        runner_up = scored[1][1] if len(scored) > 1 else 0.0
        return (
            score >= _SAME
            and score - runner_up >= _MARGIN
            and len(key) >= _SHORTEST
            and len(self._by_key[best]) == 1
            # A product 500 is not a misspelt product 600.
            and _DIGITS.findall(key) == _DIGITS.findall(best)
        )
