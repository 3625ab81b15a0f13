"""Like compared with like: what a group would have reached had its cases gone as such cases usually go."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from htn.model.errors import InputError

__all__ = ["Standardised", "StandardisedGroup", "standardise"]


@dataclass(frozen=True, slots=True)
class StandardisedGroup:
    """One group against its expectation.

    Attributes
    ----------
    group : str
        Its name.
    n : int
        Its cases.
    observed, expected : float
        What its cases came to, and what cases of the same strata came to on average.
    z : float
        Observed less expected, in standard errors; 0 where the cases leave no room to differ.
    """

    group: str
    n: int
    observed: float
    expected: float
    z: float


@dataclass(frozen=True, slots=True)
class Standardised:
    """All groups against their expectations, and the test of whether they differ at all.

    Attributes
    ----------
    groups : tuple of StandardisedGroup
        In order of name.
    p : float
        p value of the hypothesis that groups differ from their expectation by chance only.
    strata : int
        How many strata the cases fell into.
    """

    groups: tuple[StandardisedGroup, ...]
    p: float
    strata: int


def standardise(
    groups: Sequence[str],
    strata: Sequence[Hashable],
    values: Sequence[float],
    smallest: int = 20,
    clusters: Sequence[Hashable] | None = None,
) -> Standardised:
    """Compare groups with what their mix of strata lets expect (indirect standardisation).

    Parameters
    ----------
    groups, strata, values : sequence
        Per case: who it belongs to, what it is like, and what it came to (1 and 0 for won and lost).
    smallest : int
        Strata with fewer cases are thrown together into one, where they have no mean of their own.
    clusters : sequence, optional
        Per case, whom it comes from: calls with one customer are alike, and say less than their number. The variance is
        then multiplied by the design effect (Rao and Scott, 1981), estimated within groups.

    Raises
    ------
    InputError
        When there are no cases or the sequences differ in length.

    Examples
    --------
    >>> result = standardise(["A"] * 40 + ["B"] * 40, ["x"] * 80, [1, 0] * 40)
    >>> [(g.group, g.observed, g.expected) for g in result.groups], round(result.p, 2)
    ([('A', 20.0, 20.0), ('B', 20.0, 20.0)], 1.0)
    """
    from scipy.stats import chi2

    lengths = {len(groups), len(strata), len(values), len(values if clusters is None else clusters)}
    if not values or len(lengths) > 1:
        raise InputError("groups, strata, values and clusters must be of one length and not empty")
    members: dict[Hashable, list[int]] = defaultdict(list)
    for index, stratum in enumerate(strata):
        members[stratum].append(index)
    small = [index for indices in members.values() if len(indices) < smallest for index in indices]
    cells = [indices for indices in members.values() if len(indices) >= smallest] + ([small] if small else [])
    expected = [0.0] * len(values)
    variance = [0.0] * len(values)
    for indices in cells:
        mean = math.fsum(values[i] for i in indices) / len(indices)
        spread = math.fsum((values[i] - mean) ** 2 for i in indices) / max(1, len(indices) - 1)
        for i in indices:
            expected[i], variance[i] = mean, spread
    cases: dict[str, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        cases[group].append(index)
    rest = [value - mean for value, mean in zip(values, expected, strict=True)]
    inflated = 1.0 if clusters is None else _design_effect(cases, rest, clusters)
    rows = []
    for group in sorted(cases):
        indices = cases[group]
        observed = math.fsum(values[i] for i in indices)
        expectation = math.fsum(expected[i] for i in indices)
        error = math.sqrt(inflated * math.fsum(variance[i] for i in indices))
        z = (observed - expectation) / error if error > 0 else 0.0
        rows.append(StandardisedGroup(group, len(indices), observed, expectation, z))
    statistic = math.fsum(row.z**2 for row in rows)
    p = float(chi2.sf(statistic, len(rows) - 1)) if len(rows) > 1 else 1.0
    return Standardised(tuple(rows), p, len(cells))


def _design_effect(cases: dict[str, list[int]], rest: Sequence[float], clusters: Sequence[Hashable]) -> float:
    """Return how many times more sums over clusters vary than sums over as many independent cases; at least 1."""
    own: dict[tuple[str, Hashable], float] = defaultdict(float)
    square = 0.0
    for group, indices in cases.items():
        mean = math.fsum(rest[i] for i in indices) / len(indices)
        for i in indices:
            own[group, clusters[i]] += rest[i] - mean
            square += (rest[i] - mean) ** 2
    # a mean was taken from every group, so that both sums are a little too small
    among, within = len(own) - len(cases), len(rest) - len(cases)
    if square <= 0 or among <= 0:
        return 1.0
    return max(1.0, math.fsum(total**2 for total in own.values()) / among * len(own) / (square / within * len(rest)))
