"""Phrases that come together: one sentence said often brings a dozen, which are one thing to test and not a dozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ALIKE", "LEAST_CASES", "representatives"]

LEAST_CASES = 10
ALIKE = 0.8


def representatives(present: NDArray[np.float64], names: Sequence[tuple[str, str]]) -> list[int]:
    """Return the columns of the phrases that stand for all others, in order.

    A phrase is left to another of the same side where at least four in five of the cases that have either have both
    (Jaccard index). The one that more cases have stands for the other, the longer one where they are equal. Outcomes
    are not looked at, so the choice does not bend any test. Phrases of hardly any or of nearly all cases are left out.

    Parameters
    ----------
    present : array of shape (cases, phrases)
        1 where a case has a phrase.
    names : sequence of (str, str)
        Side and phrase.

    Examples
    --------
    >>> import numpy as np
    >>> cases = np.repeat([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]], 12, axis=0)
    >>> representatives(cases, [("rep", "coming"), ("rep", "am i coming"), ("rep", "thanks")])
    [1, 2]
    """
    import numpy as np

    counts = present.sum(axis=0)
    enough = (counts >= LEAST_CASES) & (counts <= len(present) - LEAST_CASES)
    together = present.T @ present
    sides = np.array([side for side, _ in names])
    order = sorted(
        (i for i in range(len(names)) if enough[i]), key=lambda i: (-counts[i], -len(names[i][1].split()), names[i])
    )
    taken = np.zeros(len(names), dtype=bool)
    kept = []
    for i in order:
        if taken[i]:
            continue
        kept.append(i)
        either = counts[i] + counts - together[i]
        taken |= (together[i] >= ALIKE * np.maximum(either, 1.0)) & (sides == sides[i])
    return sorted(kept)
