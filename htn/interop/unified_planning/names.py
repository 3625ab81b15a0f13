"""Names that the other side takes: single words for HDDL, and for unified-planning each name once in a problem."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["Names"]

# What ends a word in HDDL, or means something in it or in a plan.
_NO_PART = re.compile(r"[\s()\[\],;?:\"'<>=]")
_KEYWORDS = (
    *("and", "or", "not", "imply", "forall", "exists", "when", "increase", "sortof", "either"),
    *("define", "domain", "problem", "number", "total-cost", "root", "__top", "-", "object"),
)


class Names:
    """Names given so far; each is given once, upper and lower case being the same.

    Parameters
    ----------
    taken : iterable of str
        Names that are not to be given.

    Examples
    --------
    >>> names = Names.of_hddl()
    >>> names.word("pick up"), names.word("Pick_up"), names.word("not")
    ('pick_up', 'Pick_up-2', 'not-2')
    >>> names = Names()
    >>> names.once("truck", "type"), names.once("truck", "type")
    ('truck', 'truck_type')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.casefold() for name in taken}

    @classmethod
    def of_hddl(cls) -> Names:
        """Return the names of one kind of HDDL's things: what means something in HDDL is taken."""
        return cls(_KEYWORDS)

    def word(self, name: str) -> str:
        """Return a name, or what is like it and can be a word of HDDL."""
        plain = _NO_PART.sub("_", name) or "_"
        return self._give(f"_{plain}" if plain.startswith("-") else plain, "-")

    def once(self, name: str, kind: str) -> str:
        """Return a name, with what kind of thing it names added where it is taken."""
        return self._give(name if name.casefold() not in self._taken else f"{name}_{kind}", "_")

    def _give(self, name: str, sign: str) -> str:
        found, number = name, 1
        while found.casefold() in self._taken:
            number += 1
            found = f"{name}{sign}{number}"
        self._taken.add(found.casefold())
        return found
