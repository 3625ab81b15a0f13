"""Which known name somebody means: exactly one, probably one, or none."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from domains.analysis.corpus.names import name_key
from domains.analysis.corpus.text import clean_name
from htn.model.errors import InputError

__all__ = ["EntityIndex", "Match"]

_CLOSE = 80.0
_LISTED = 60.0
_MOST = 5


@dataclass(frozen=True, slots=True)
class Match:
    """What a name was resolved to.

    Attributes
    ----------
    status : {"exact", "close", "unknown"}
        Exact also when only case, accents, spaces or punctuation differ. Close: `name` is a guess, to be confirmed.
    kind : str or None
        What the name is a name of: account, rep, region, competitor, product, content or training.
    name : str or None
        The name as the workspace has it.
    score : float
        How alike the two are, from 0 to 100.
    alternatives : tuple of (kind, name)
        Others that might be meant, best first. An exact name that two kinds share lists the other kind here.
    """

    status: Literal["exact", "close", "unknown"]
    kind: str | None
    name: str | None
    score: float
    alternatives: tuple[tuple[str, str], ...] = ()


class EntityIndex:
    """The names of a workspace, to be looked up as people write them.

    Parameters
    ----------
    entities : mapping
        Names by kind, as :meth:`Workspace.entities` returns them.

    Examples
    --------
    >>> index = EntityIndex({"account": ["Acme Corporation", "Betatech"], "rep": ["Ann Lee"]})
    >>> index.resolve("acme corporation").status, index.resolve("Acme").name, index.resolve("Zebra").status
    ('exact', 'Acme Corporation', 'unknown')
    """

    def __init__(self, entities: Mapping[str, Sequence[str]]) -> None:
        self._entries = [(kind, name) for kind, names in entities.items() for name in names]
        self._kinds = tuple(entities)
        self._keys: dict[str, list[tuple[str, str]]] = {}
        for kind, name in self._entries:
            self._keys.setdefault(name_key(name), []).append((kind, name))

    def resolve(self, name: str, kind: str | None = None) -> Match:
        """Return which known name is meant.

        Parameters
        ----------
        name : str
            What somebody wrote.
        kind : str, optional
            The kind of thing it must be.

        Raises
        ------
        InputError
            For a kind that workspaces do not have.
        """
        if kind is not None and kind not in self._kinds:
            raise InputError(f"there is no kind of name called {kind!r}; there are {', '.join(self._kinds)}")
        written = clean_name(name)
        exact = [entry for entry in self._keys.get(name_key(written), []) if kind in (None, entry[0])]
        if exact and name_key(written):
            # Where spellings differ only in case, the very same one comes first.
            first, *others = sorted(exact, key=lambda entry: entry[1] != written)
            return Match("exact", *first, 100.0, tuple(others))
        return self._nearest(written, kind)

    def _nearest(self, written: str, kind: str | None) -> Match:
        entries = [entry for entry in self._entries if kind in (None, entry[0])]
        choices = [name.casefold() for _, name in entries]
        found = process.extract(written.casefold(), choices, scorer=_likeness, limit=_MOST, score_cutoff=_LISTED)
        if not found:
            return Match("unknown", kind, None, 0.0)
        ranked = [entries[position] for _, _, position in found]
        score = round(float(found[0][1]), 1)
        if score < _CLOSE:
            return Match("unknown", kind, None, score, tuple(ranked))
        return Match("close", *ranked[0], score, tuple(ranked[1:]))


def _likeness(left: Sequence[Hashable], right: Sequence[Hashable], *, score_cutoff: float | None = None) -> float:
    """Return how alike two names are: as a whole, or all words of the shorter one being words of the longer."""
    if not left or not right:
        return 0.0
    whole = fuzz.ratio(left, right)
    words = 0.9 * fuzz.token_set_ratio(left, right)
    ordered = 0.95 * fuzz.token_sort_ratio(left, right)
    best = max(whole, words, ordered)
    return best if best >= (score_cutoff or 0.0) else 0.0
