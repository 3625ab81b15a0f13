"""The cases that patterns are compared over: deals, whose calls share one outcome; calls where there are no deals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from typing import TYPE_CHECKING

from domains.analysis.analysts.pattern_tests import Differences, differences

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from domains.analysis.analysts.pattern_artifacts import Noun
    from domains.analysis.analysts.pattern_sample import PatternSample

__all__ = ["LEAST_IN_STAGES", "Cases", "cases_of"]

LEAST_IN_STAGES = 30
"""Deals with calls in more than one stage that it takes to say what a stage adds to a behaviour."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Deals with what their calls show, or single calls.

    Attributes
    ----------
    noun : str
        "deals", or "calls" where most calls belong to no deal.
    place : array of int
        Per call, its case.
    won : sequence of bool
        Per case.
    groups : sequence of str
        Per case, whom the outcome belongs to.
    held : array of shape (cases, controls)
        What is held equal: segment, size, how many calls there are (more calls show more), and, where `stages` is not
        known well enough, how many of them were in which stage.
    stages : array of shape (calls, stages) or None
        In which stage each call was; None where too few deals have calls in several stages.

    Notes
    -----
    Won deals get to stages that lost ones do not reach, so what belongs to a late stage would seem to win. But the
    stage is in part a consequence of winning: to hold the stages reached equal throws away a sixth of what tells won
    from lost. What a stage adds is therefore measured within deals, between calls of one deal in several stages
    (regression with a constant per deal), where the outcome is the same. From a habit it is taken off; of anything else
    what the stages of a deal's calls add on average is held equal, one number in place of all stages (a prognostic
    score: Hansen, 2008). Phrases are compared `with_stages_held`: of so many, the one number lets more false ones pass
    than the count of calls in every stage does.
    """

    noun: Noun
    place: NDArray[np.intp]
    won: Sequence[bool]
    groups: Sequence[str]
    held: NDArray[np.float64]
    stages: NDArray[np.float64] | None = None

    def shown(self, values: NDArray[np.float64], habits: Sequence[bool]) -> NDArray[np.float64]:
        """Return per case the mean over its calls of what is a habit, and of all else the most that a call shows."""
        import numpy as np

        most = np.full((len(self.won), values.shape[1]), -np.inf)
        np.maximum.at(most, self.place, values)
        return np.where(np.asarray(habits, dtype=bool), self._sums(values) / self._sizes, most)

    def compared(
        self, values: NDArray[np.float64], habits: Sequence[bool], rows: NDArray[np.bool_] | None = None
    ) -> Differences:
        """Compare what calls show between won and lost cases, like with like, clustered by buyer.

        Parameters
        ----------
        values : array of shape (calls, features)
            What each call shows.
        habits : sequence of bool
            Per feature, whether it belongs to calls one by one.
        rows : array of bool, optional
            Per case, whether it is compared; by default all are.
        """
        import numpy as np

        shown = self.shown(values, habits)
        added = None
        if self.stages is not None:
            is_habit = np.asarray(habits, dtype=bool)
            means = self._sums(self._added(values, self.stages)) / self._sizes
            shown, added = np.where(is_habit, shown - means, shown), np.where(is_habit, 0.0, means)
        chosen = np.ones(len(self.won), dtype=bool) if rows is None else rows
        return differences(
            shown[chosen],
            [float(won) for won, kept in zip(self.won, chosen, strict=True) if kept],
            [group for group, kept in zip(self.groups, chosen, strict=True) if kept],
            held=self.held[chosen],
            own=None if added is None else added[chosen],
        )

    def with_stages_held(self) -> Cases:
        """Return the cases with how many of their calls were in which stage held equal, whatever stages add."""
        import numpy as np

        if self.stages is None:
            return self
        return replace(self, held=np.hstack([self.held, self._sums(self.stages)]), stages=None)

    @property
    def _sizes(self) -> NDArray[np.float64]:
        import numpy as np

        return np.asarray(np.bincount(self.place), dtype=float)[:, None]

    def _sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        import numpy as np
        from scipy.sparse import csr_array

        calls = len(self.place)
        belongs = csr_array((np.ones(calls), (self.place, np.arange(calls))), shape=(len(self.won), calls))
        return np.asarray(belongs @ values, dtype=float)

    def _added(self, values: NDArray[np.float64], stages: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return per call what its stage adds to each feature, by calls of the same deal; nothing on average."""
        import numpy as np

        design = stages - (self._sums(stages) / self._sizes)[self.place]
        effects = np.linalg.lstsq(design, values - (self._sums(values) / self._sizes)[self.place], rcond=1e-9)[0]
        return np.asarray((stages - stages.mean(axis=0)) @ effects, dtype=float)


def cases_of(sample: PatternSample) -> Cases:
    """Return the cases of a sample: an outcome that belongs to a deal is one outcome, however many calls it had."""
    import numpy as np

    keys = [call.call.opportunity_id or call.call.call_id for call in sample.calls]
    first: dict[str, int] = {}
    for at, key in enumerate(keys):
        first.setdefault(key, at)
    order = {key: place for place, key in enumerate(first)}
    place = np.array([order[key] for key in keys], dtype=np.intp)
    names = sorted(set(sample.stages))
    stages = np.array([[float(one == stage) for stage in names] for one in sample.stages])
    stages = stages.reshape(len(keys), len(names))
    counts = np.zeros((len(first), len(names)))
    np.add.at(counts, place, stages)
    enough = int(((counts > 0).sum(axis=1) > 1).sum()) >= LEAST_IN_STAGES
    segments = sorted(set(sample.segments))
    own = [sample.segments[at] for at in first.values()]
    named = np.array([[float(one == segment) for segment in segments] for one in own])
    calls = np.log(counts.sum(axis=1, keepdims=True)) if keys else np.zeros((0, 1))
    sizes = _sizes([sample.amounts[at] for at in first.values()])
    on_deals = 2 * sum(call.call.opportunity_id is not None for call in sample.calls) > len(keys)
    held = [named.reshape(len(first), len(segments)), calls, sizes, *(() if enough else (counts,))]
    return Cases(
        noun="deals" if on_deals else "calls",
        place=place,
        won=[sample.won[at] for at in first.values()],
        groups=[sample.groups[at] for at in first.values()],
        held=np.hstack(held),
        stages=stages if enough else None,
    )


def _sizes(amounts: Sequence[float | None]) -> NDArray[np.float64]:
    """Return the logarithm of each amount; of one that is not recorded the mean of the others, which says nothing."""
    import numpy as np

    # A lost deal is often written down as worth nothing: that is its outcome and not its size.
    known = [log(amount) for amount in amounts if amount and amount > 0]
    mean = sum(known) / len(known) if known else 0.0
    return np.array([[log(amount) if amount and amount > 0 else mean] for amount in amounts]).reshape(len(amounts), 1)
