"""How long a run under way will still take, with an interval: simulated from estimates, given what is known by now."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from htn.model.estimate import Estimate
from htn.plan.plan import Step

if TYPE_CHECKING:
    from htn.scheduling.remaining import Remaining

__all__ = ["Outlook", "outlook"]

_SAMPLES = 200
_CORRELATION = 0.5
"""How much steps are believed to be slow together: what finished ones took tells of the others."""
_USUAL_SPREAD = 2.0
_WIDEST = 20.0
_SHORTEST = 1e-3
_FEWEST, _WORK = 50, 8_000
_SHARE = 20.0
"""What was simulated is looked at again for so many times as long as that took, while no step begins or ends."""


def outlook(
    steps: Sequence[Step],
    estimates: Mapping[str, float],
    upper: Mapping[str, float],
    *,
    finished: Mapping[str, float | None],
    running: Mapping[str, float],
    places: Mapping[str, int] | None = None,
) -> Remaining | None:
    """Return what is left of a run, as a distribution; None where nothing is known to say so from.

    Parameters
    ----------
    steps : sequence of Step
        The plan in force.
    estimates, upper : Mapping
        Expected seconds by step id, and those that nine in ten stay below; steps without count as the others do on
        average.
    finished : Mapping
        Settled steps, with the seconds that they took; None where that says nothing.
    running : Mapping
        Steps in hand, with the seconds so far: what is left of one is what is left of its distribution beyond them.
    places : Mapping, optional
        How many steps of a capability can be carried out at once.

    Examples
    --------
    >>> steps = [Step("a", "ka", "a", (), "a"), Step("b", "kb", "b", (), "b", dependencies=("a",))]
    >>> before = outlook(steps, {"a": 10.0, "b": 10.0}, {}, finished={}, running={})
    >>> after = outlook(steps, {"a": 10.0, "b": 10.0}, {}, finished={"a": 10.0}, running={"b": 4.0})
    >>> after.seconds.p90 - after.seconds.p10 < before.seconds.p90 - before.seconds.p10
    True
    """
    known = [estimates[step.id] for step in steps if step.id in estimates]
    if not known:
        return None
    from htn.scheduling.remaining import remaining  # numpy: a tenth of a second that looking at a run need not wait for
    from htn.scheduling.simulate import AgentCapacity

    usual = sum(known) / len(known)
    seconds = {step.id: {"seconds": _estimate(estimates.get(step.id, usual), upper.get(step.id))} for step in steps}
    took = {name: spent if spent is not None and spent >= _SHORTEST else None for name, spent in finished.items()}
    agents = [AgentCapacity(name, frozenset({name}), number) for name, number in (places or {}).items() if number]
    able = {agent.name for agent in agents}
    covered = agents if all(step.capability in able for step in steps if step.id not in finished) else []
    return remaining(
        steps,
        seconds,
        finished=took,
        running=running,
        agents=covered,
        samples=max(min(_SAMPLES, _WORK // max(len(steps), 1)), _FEWEST),
        correlation=_CORRELATION,
    )


def _estimate(expected: float, upper: float | None) -> Estimate:
    median = max(expected, _SHORTEST)
    spread = _USUAL_SPREAD if upper is None else min(max(upper / median, 1.0), _WIDEST)
    return Estimate.lognormal(median, spread)


class Outlook:
    """Looks ahead again and again, and simulates large plans no more often than is worth it.

    Parameters
    ----------
    clock : callable
        A clock that is never put back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: tuple[Any, float, float, tuple[float, float, float] | None] | None = None

    def seconds(self, key: object, simulate: Callable[[], Remaining | None]) -> tuple[float, float, float] | None:
        """Return the seconds left: a tenth of the runs takes less than the first, half the second, nine the third.

        Parameters
        ----------
        key : object
            What it depends on besides the time.
        simulate : callable
            What looks ahead.
        """
        now = self._clock()
        if self._known is not None and self._known[0] == key and now < self._known[2]:
            passed, left = now - self._known[1], self._known[3]
            return None if left is None else _later(left, passed)
        found = simulate()
        left = None if found is None else (found.seconds.p10, found.seconds.p50, found.seconds.p90)
        self._known = (key, now, now + _SHARE * (self._clock() - now), left)
        return left


def _later(left: tuple[float, float, float], passed: float) -> tuple[float, float, float]:
    low, middle, high = (max(seconds - passed, 0.0) for seconds in left)
    return low, middle, high
