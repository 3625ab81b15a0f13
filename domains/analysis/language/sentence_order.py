"""What follows what in a call: the likeliest sequence of classes, from what each sentence says and what came before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Order", "learn_order"]

# So many sentences as the classes come at large are added to what was seen to follow each class.
PRIOR_SENTENCES = 8.0


@dataclass(frozen=True, slots=True)
class Order:
    """How much more often one class follows another, or begins a call, than it comes at large (logarithms)."""

    follows: Array
    begins: Array

    def likeliest(self, evidence: Array, calls: Sequence[str], weight: float) -> NDArray[np.intp]:
        """Return the classes of the best path through each call (Viterbi, 1967).

        Parameters
        ----------
        evidence : array of shape (sentences, classes)
            Per sentence, the logarithm of how likely each class is by itself.
        calls : sequence of str
            Per sentence, its call; the sentences of a call stand together and in order.
        weight : float
            How much the order counts; with 0 every sentence stands alone. Below 1, because sentences already know the
            words around them.
        """
        import numpy as np

        found = np.empty(len(evidence), dtype=np.intp)
        start = 0
        for _, members in groupby(calls):
            end = start + sum(1 for _ in members)
            found[start:end] = self._path(evidence[start:end], weight)
            start = end
        return found

    def _path(self, evidence: Array, weight: float) -> list[int]:
        import numpy as np

        best = evidence[0] + weight * self.begins
        came_from = []
        for own in evidence[1:]:
            reached = best[:, None] + weight * self.follows
            before = reached.argmax(axis=0)
            best = reached[before, np.arange(len(best))] + own
            came_from.append(before)
        path = [int(best.argmax())]
        for before in reversed(came_from):
            path.append(int(before[path[-1]]))
        return path[::-1]


def learn_order(classes: Sequence[int], calls: Sequence[str], count: int) -> Order:
    """Learn from labelled calls, sentence by sentence and in order, what follows what.

    Examples
    --------
    >>> order = learn_order([0, 1, 0, 1], ["a", "a", "b", "b"], 2)
    >>> bool(order.follows[0, 1] > 0 > order.follows[0, 0]), bool(order.begins[0] > order.begins[1])
    (True, True)
    """
    import numpy as np

    follows, begins = np.zeros((count, count)), np.zeros(count)
    before, call = -1, None
    for own, of in zip(classes, calls, strict=True):
        if of == call:
            follows[before, own] += 1
        else:
            begins[own] += 1
        before, call = own, of
    usual = follows.sum(axis=0) + 0.5
    usual /= usual.sum()
    prior = PRIOR_SENTENCES * usual
    return Order(
        np.log((follows + prior) / (follows.sum(axis=1, keepdims=True) + PRIOR_SENTENCES) / usual),
        np.log((begins + prior) / (begins.sum() + PRIOR_SENTENCES) / usual),
    )
