"""A vector store plugged in beside full text: a protocol, and how the two rankings become one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

__all__ = ["TurnIndex", "fused"]

# The constant of the paper; how far down a ranking still counts hardly depends on it.
_DAMPING = 60


class TurnIndex(Protocol):
    """Finds turns by what they mean: embeddings in a vector store, or any other index over the turns of a workspace.

    Assign one to :attr:`Workspace.turn_index`. It need know nothing of scopes: what it finds outside of one is left
    out by the workspace, which asks for more until it has enough.
    """

    def nearest(self, text: str, limit: int) -> Sequence[tuple[str, int, float]]:
        """Return the turns nearest to a text as (call id, turn index, likeness), nearest first, `limit` at most."""
        ...


def fused(rankings: Iterable[Sequence[tuple[str, int]]]) -> list[tuple[tuple[str, int], float]]:
    """Return one ranking of what several rankings hold, best first: reciprocal rank fusion.

    Scores of different searches cannot be compared, but places can (Cormack, Clarke and Buettcher, SIGIR 2009).

    Examples
    --------
    >>> [turn for turn, _ in fused([[("a", 0), ("b", 0)], [("b", 0), ("c", 3)]])]
    [('b', 0), ('a', 0), ('c', 3)]
    """
    scores: defaultdict[tuple[str, int], float] = defaultdict(float)
    for ranking in rankings:
        for place, turn in enumerate(ranking, 1):
            scores[turn] += 1 / (_DAMPING + place)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
