"""Citing a turn with its words, as every claim about what was said must."""

from __future__ import annotations

from collections.abc import Iterable

from domains.analysis.artifacts import Citation

__all__ = ["cite_turn", "spread"]


def cite_turn(call_id: str, turn: int, quote: str) -> Citation:
    """Return the citation of a turn, with the verbatim words that the claim rests on."""
    return Citation(kind="turn", source=call_id, turn=turn, quote=quote)


def spread(citations: Iterable[Citation], most: int = 5) -> tuple[Citation, ...]:
    """Return a few citations, of different calls as far as possible.

    Examples
    --------
    >>> some = [cite_turn("a", 0, "x"), cite_turn("a", 1, "y"), cite_turn("b", 0, "z")]
    >>> [(one.source, one.turn) for one in spread(some, 2)]
    [('a', 0), ('b', 0)]
    """
    items = list(citations)
    seen: set[str] = set()
    first: list[Citation] = []
    rest: list[Citation] = []
    for item in items:
        (rest if item.source in seen else first).append(item)
        seen.add(item.source)
    chosen = (first + rest)[:most]
    return tuple(item for item in items if item in chosen)[:most]
