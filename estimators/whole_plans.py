"""Totals of plans corrected by how totals of past plans held: what no step tells, such as the time between steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Final

from htn.model.estimate import Z90, Estimate

__all__ = ["corrected"]

_LATEST: Final = 60
_FADING: Final = 0.98
_BELIEVED: Final = 6.0
"""As how many past plans the simulation itself counts at first; the less, the more there are."""
_HALVED_AFTER: Final = 10.0
_STEPS: Final = 40
_LEAST: Final = 1e-6


def corrected(simulated: Estimate, past: Sequence[tuple[Estimate, float]]) -> Estimate:
    """Return what a plan takes, given what it is simulated to take, and how past plans held to their simulations.

    The quantiles of actual over simulated, of the latest plans and of the simulation itself taken together, are applied
    to the simulation's median; those of the plans reach a little further out, as few plans do not show the ends
    (split conformal prediction).

    Parameters
    ----------
    simulated : Estimate
        Of the plan.
    past : sequence of (Estimate, float)
        Simulated and actual, the latest last.

    References
    ----------
    Vovk, V., Gammerman, A., Shafer, G. (2005). Algorithmic Learning in a Random World. Springer.

    Examples
    --------
    >>> simulated = Estimate.lognormal(10, 2)
    >>> corrected(simulated, []) is simulated
    True
    >>> found = corrected(simulated, [(simulated, 20.0 + n % 3) for n in range(60)])
    >>> 20 <= found.p50 <= 22, 18 < found.p10, found.p90 < 30
    (True, True, True)
    """
    held = [(estimate, actual) for estimate, actual in past if estimate.p50 > 0 and actual > 0][-_LATEST:]
    if not held or simulated.p50 <= 0:
        return simulated
    below = math.log(simulated.p50 / max(simulated.p10, _LEAST * simulated.p50)) / Z90
    above = math.log(max(simulated.p90, simulated.p50) / simulated.p50) / Z90
    weighted: list[tuple[float, float]] = []
    believed = _BELIEVED * _HALVED_AFTER / (_HALVED_AFTER + len(held))
    for place in range(_STEPS):
        normal = NormalDist().inv_cdf((place + 0.5) / _STEPS)
        weighted.append((normal * (below if normal < 0 else above), believed / _STEPS))
    for age, (estimate, actual) in enumerate(reversed(held)):
        weighted.append((math.log(actual / estimate.p50), _FADING**age))
    weighted.sort()
    total = sum(weight for _, weight in weighted)
    reach = 0.8 * (1 + 1 / total) / 2
    low, middle, high = (_quantile(weighted, share * total) for share in (0.5 - reach, 0.5, 0.5 + reach))
    ends = [simulated.p50 * math.exp(each) for each in (low, middle, high)]
    count = f"{len(held)} past plan{'s' if len(held) > 1 else ''}"
    return Estimate.from_quantiles(ends[0], ends[1], ends[2], f"{simulated.basis}, corrected by {count}")


def _quantile(weighted: Sequence[tuple[float, float]], target: float) -> float:
    """Return the value below which lies so much weight, between the middles of the values' weights."""
    before, last = 0.0, weighted[0]
    reached = 0.0
    for value, weight in weighted:
        here = before + weight / 2
        if here >= target:
            if here == reached or value == last[0]:
                return value
            return last[0] + (value - last[0]) * max(target - reached, 0.0) / (here - reached)
        before, last, reached = before + weight, (value, weight), here
    return last[0]
