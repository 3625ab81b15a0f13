"""How good what comes of a method is expected to be: what its domain declares, times the criteria its steps met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

__all__ = ["LearnedQuality"]

_SHARE: Final = 0.95
"""The share of criteria that steps are believed to meet before any has run, and for how many criteria that counts."""
_STRENGTH: Final = 20.0


class LearnedQuality:
    """Expected quality of methods.

    A criterion counts for the methods above its step that declare a quality; the share that is met is drawn towards
    what is usual, as the mean of a beta distribution.

    Parameters
    ----------
    declared : Mapping
        For the names of methods that answer with less or more, how complete that is, from 0 to 1. Others count as 1.
    outcomes : iterable of (str, int, int)
        A method, how many criteria of the steps below it were met, and of how many.

    Examples
    --------
    >>> quality = LearnedQuality({"in_full": 1.0, "in_brief": 0.5}, [("in_full", 5, 80)])
    >>> round(quality("analyse", "in_full"), 2), round(quality("analyse", "in_brief"), 2), quality("tidy", "sweep")
    (0.24, 0.47, 1.0)
    """

    def __init__(self, declared: Mapping[str, float], outcomes: Iterable[tuple[str, int, int]] = ()) -> None:
        self._declared = declared
        self._met: dict[str, tuple[int, int]] = {}
        for method, met, total in outcomes:
            known = self._met.get(method, (0, 0))
            self._met[method] = (known[0] + met, known[1] + total)

    def __call__(self, task: Any, method: str) -> float:
        """Return the expected quality of a method of a task."""
        declared = self._declared.get(method)
        if declared is None:
            return 1.0
        met, total = self._met.get(method, (0, 0))
        return declared * (_SHARE * _STRENGTH + met) / (_STRENGTH + total)
