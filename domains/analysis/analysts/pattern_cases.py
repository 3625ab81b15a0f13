"""The cases that patterns are compared over: deals, whose calls share one outcome; calls where there are no deals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from domains.analysis.analysts.pattern_artifacts import Noun
    from domains.analysis.analysts.pattern_sample import PatternSample

__all__ = ["Cases", "cases_of"]


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
        What is held equal: segment, how many of the calls were in which stage, and how many there are at all. More
        calls show more, and won deals get to stages that lost ones do not reach.
    """

    noun: Noun
    place: NDArray[np.intp]
    won: Sequence[bool]
    groups: Sequence[str]
    held: NDArray[np.float64]

    def shown(self, values: NDArray[np.float64], habits: Sequence[bool]) -> NDArray[np.float64]:
        """Return per case the mean over its calls of what is a habit, and of all else the most that a call shows."""
        import numpy as np

        most = np.full((len(self.won), values.shape[1]), -np.inf)
        np.maximum.at(most, self.place, values)
        sums = np.zeros_like(most)
        np.add.at(sums, self.place, values)
        means = sums / np.bincount(self.place)[:, None]
        return np.where(np.asarray(habits, dtype=bool), means, most)


def cases_of(sample: PatternSample) -> Cases:
    """Return the cases of a sample: an outcome that belongs to a deal is one outcome, however many calls it had."""
    import numpy as np

    keys = [call.call.opportunity_id or call.call.call_id for call in sample.calls]
    first: dict[str, int] = {}
    for at, key in enumerate(keys):
        first.setdefault(key, at)
    order = {key: place for place, key in enumerate(first)}
    place = np.array([order[key] for key in keys], dtype=np.intp)
    stages = sorted(set(sample.stages))
    counts = np.zeros((len(first), len(stages)))
    reached = np.array([stages.index(stage) for stage in sample.stages], dtype=np.intp)
    np.add.at(counts, (place, reached), 1.0)
    segments = sorted(set(sample.segments))
    own = [sample.segments[at] for at in first.values()]
    named = np.array([[float(one == segment) for segment in segments] for one in own])
    calls = np.log(counts.sum(axis=1, keepdims=True)) if keys else np.zeros((0, 1))
    on_deals = 2 * sum(call.call.opportunity_id is not None for call in sample.calls) > len(keys)
    return Cases(
        noun="deals" if on_deals else "calls",
        place=place,
        won=[sample.won[at] for at in first.values()],
        groups=[sample.groups[at] for at in first.values()],
        held=np.hstack([named.reshape(len(first), len(segments)), counts, calls]),
    )
