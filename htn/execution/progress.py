"""How far a run is and how long it will take: expected work, scaled by how the finished steps kept to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from htn.execution.validate import critical_path
from htn.plan.plan import Step

__all__ = ["Forecast", "forecast"]

# A step that takes longer than expected never counts as done before it is.
_NEARLY_DONE = 0.95


@dataclass(frozen=True, slots=True)
class Forecast:
    """Share of the expected work that is settled, and the seconds left, or None when nothing is known."""

    progress: float
    seconds_left: float | None


def forecast(
    steps: Sequence[Step],
    estimates: Mapping[str, float],
    *,
    done: Mapping[str, float | None],
    running: Mapping[str, float],
    measured: Set[str] = frozenset(),
    places: Mapping[str, int] | None = None,
) -> Forecast:
    """Return how far a plan is.

    Parameters
    ----------
    steps : sequence of Step
        The plan.
    estimates : Mapping
        Expected seconds by step id; steps without one count as the mean of the others, or all alike.
    done : Mapping
        Settled steps, with the seconds that they took.
    running : Mapping
        Steps in hand, with the seconds so far.
    measured : set of str
        Settled steps whose seconds say how well the estimates hold.
    places : Mapping or None
        How many steps of a capability can be carried out at once.

    Returns
    -------
    Forecast
        Seconds left are the longer of two bounds: the longest chain of what is still to be done, and the work of each
        capability shared among its places. Both are scaled by what finished steps took against what was expected.

    Examples
    --------
    >>> steps = [Step("a", "ka", "a", (), "a"), Step("b", "kb", "b", (), "b", dependencies=("a",))]
    >>> forecast(steps, {"a": 10.0, "b": 30.0}, done={"a": 20.0}, running={}, measured={"a"})
    Forecast(progress=0.25, seconds_left=60.0)
    """
    known = [estimates[step.id] for step in steps if step.id in estimates]
    usual = sum(known) / len(known) if known else 1.0
    expected = {step.id: max(estimates.get(step.id, usual), 1e-9) for step in steps}
    pace = _pace(expected, done, measured)
    if pace is None:
        pace = 1.0
        informed = bool(known)
    else:
        informed = True
    settled = 0.0
    left: dict[str, float] = {}
    for step in steps:
        work = expected[step.id]
        if step.id in done:
            settled += work
            continue
        share = min(running.get(step.id, 0.0) / (work * pace), _NEARLY_DONE)
        settled += share * work
        left[step.id] = work * (1.0 - share) * pace
    total = sum(expected.values())
    progress = settled / total if total else 1.0
    remaining = [step for step in steps if step.id in left]
    if not remaining:
        return Forecast(1.0, 0.0)
    return Forecast(progress, _seconds_left(remaining, left, places or {}) if informed else None)


def _pace(expected: Mapping[str, float], done: Mapping[str, float | None], measured: Set[str]) -> float | None:
    """Return observed seconds against expected ones of the finished steps, or None before there are any."""
    pairs = [(seconds, expected[key]) for key, seconds in done.items() if key in measured and seconds is not None]
    planned = sum(wanted for _, wanted in pairs)
    # Steps that took no time at all say little; nothing is expected to be for nothing.
    return max(sum(seconds for seconds, _ in pairs) / planned, 1e-6) if planned else None


def _seconds_left(steps: Sequence[Step], left: Mapping[str, float], places: Mapping[str, int]) -> float:
    work: dict[str, float] = {}
    for step in steps:
        work[step.capability] = work.get(step.capability, 0.0) + left[step.id]
    shared = [seconds / places[capability] for capability, seconds in work.items() if places.get(capability)]
    return max(critical_path(steps, left), *shared, 0.0)
