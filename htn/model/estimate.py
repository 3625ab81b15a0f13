"""An estimate is a predicted distribution of one resource, never a single number."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from htn.model.errors import InputError

__all__ = ["RESOURCES", "Z90", "CostModel", "Estimate", "NoCosts"]

RESOURCES = ("seconds", "input_tokens", "output_tokens", "memory_bytes", "money")
"""What a step can take. Seconds and memory do not add up over a plan; tokens and money do."""

Z90 = 1.2815515655446004
"""The 0.9 quantile of the standard normal distribution."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A predicted distribution of one resource, kept as three quantiles and the mean.

    Two estimates are deliberately not addable: quantiles do not add up, and the sum of medians falls short of the
    median of the sum. Totals come from simulation (``htn.scheduling.simulate``).

    Attributes
    ----------
    p10, p50, p90 : float
        Quantiles: one run in ten takes less than ``p10``, half take less than ``p50``, nine in ten less than ``p90``.
    mean : float
        What to expect on average; above the median for the skewed distributions that durations have.
    basis : str
        Where it comes from, for the reader: "prior", "41 past runs".

    Raises
    ------
    InputError
        If a number is negative or not finite, or the quantiles are not in order.

    Examples
    --------
    >>> minutes = Estimate.lognormal(median=60, spread=2)
    >>> minutes.p10, minutes.p50, minutes.p90, round(minutes.mean, 1)
    (30.0, 60, 120, 69.5)
    """

    p10: float
    p50: float
    p90: float
    mean: float
    basis: str = ""

    def __post_init__(self) -> None:
        numbers = (self.p10, self.p50, self.p90, self.mean)
        if not all(math.isfinite(number) and number >= 0 for number in numbers):
            raise InputError(f"an estimate needs finite numbers that are not negative, got {numbers}")
        if not self.p10 <= self.p50 <= self.p90:
            raise InputError(f"an estimate's quantiles must be in order (p10 <= p50 <= p90), got {numbers[:3]}")

    @classmethod
    def exactly(cls, value: float, basis: str = "") -> Estimate:
        """Return the estimate of something that is known, such as the zero tokens of a local analyst."""
        return cls(value, value, value, value, basis)

    @classmethod
    def lognormal(cls, median: float, spread: float, basis: str = "") -> Estimate:
        """Return a lognormal estimate.

        Parameters
        ----------
        median : float
            The middle.
        spread : float
            How many times the median the 0.9 quantile is; the 0.1 quantile lies as many times below. At least 1.
        basis : str
            Where it comes from.

        Returns
        -------
        Estimate
            The quantiles and the mean of that distribution.
        """
        if not (math.isfinite(spread) and spread >= 1):
            raise InputError(f"the spread of an estimate is p90 / p50 and so at least 1, got {spread}")
        return cls.from_quantiles(median / spread, median, median * spread, basis)

    @classmethod
    def from_quantiles(cls, p10: float, p50: float, p90: float, basis: str = "") -> Estimate:
        """Return the estimate with these quantiles and the mean of the distribution drawn through them.

        That distribution is lognormal on either side of the median, with its own spread on each side. Where a
        quantile is zero the logarithm has no place, and that side is a half-normal instead.

        Raises
        ------
        InputError
            If the quantiles are no distribution, or p90 is so far above p50 that the mean is beyond all bounds.

        Examples
        --------
        >>> round(Estimate.from_quantiles(1, 2, 8).mean, 2)
        3.77
        """
        mean = _lower_mean(p10, p50) + _upper_mean(p50, p90) if 0 <= p10 <= p50 <= p90 < math.inf else math.nan
        return cls(p10, p50, p90, mean, basis)

    @classmethod
    def from_samples(cls, samples: Sequence[float], basis: str = "") -> Estimate:
        """Return the quantiles and the mean of observed or simulated values.

        Examples
        --------
        >>> Estimate.from_samples([1.0, 2.0, 3.0, 4.0, 5.0]).p50
        3.0
        """
        if not len(samples):
            raise InputError("an estimate needs at least one sample")
        ordered = sorted(float(sample) for sample in samples)
        p10, p50, p90 = (_quantile(ordered, share) for share in (0.1, 0.5, 0.9))
        return cls(p10, p50, p90, math.fsum(ordered) / len(ordered), basis)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"p10": self.p10, "p50": self.p50, "p90": self.p90, "mean": self.mean, "basis": self.basis}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Estimate:
        """Return the estimate that :meth:`to_json` wrote."""
        try:
            p10, p50, p90, mean = (float(document[name]) for name in ("p10", "p50", "p90", "mean"))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"an estimate has the numbers p10, p50, p90 and mean; got {document!r}") from error
        return cls(p10, p50, p90, mean, str(document.get("basis", "")))


def _normal_cdf(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _lower_mean(p10: float, p50: float) -> float:
    """Contribution to the mean of the half below the median."""
    if p10 <= 0:  # half-normal reaching p10 at its 0.1 quantile, cut off at zero
        return _clipped_lower_mean(p50)
    sigma = math.log(p50 / p10) / Z90
    if sigma > 25:  # the product below of a huge and a tiny number, in its limit
        return p50 / sigma / math.sqrt(2 * math.pi)
    return p50 * math.exp(sigma * sigma / 2) * _normal_cdf(-sigma)


def _clipped_lower_mean(p50: float) -> float:
    # E[max(0, p50 (1 + Z / Z90)); Z < 0], the integral running from -Z90 (where the line meets zero) to 0.
    density_0, density_z = 1 / math.sqrt(2 * math.pi), math.exp(-Z90 * Z90 / 2) / math.sqrt(2 * math.pi)
    return p50 * ((0.5 - 0.1) - (density_0 - density_z) / Z90)


def _upper_mean(p50: float, p90: float) -> float:
    """Contribution to the mean of the half above the median."""
    if p50 <= 0:  # half-normal
        return p90 / Z90 / math.sqrt(2 * math.pi)
    sigma = math.log(p90 / p50) / Z90
    if sigma > 25:
        raise InputError(
            f"an estimate cannot have p50 = {p50:g} and p90 = {p90:g}: its mean would be beyond all bounds"
        )
    return p50 * math.exp(sigma * sigma / 2) * _normal_cdf(sigma)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Quantile by linear interpolation between order statistics (numpy's default)."""
    position = share * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


@runtime_checkable
class CostModel(Protocol):
    """Says what a step will take, before it runs."""

    def estimate(
        self, task: str, args: tuple[Any, ...], capability: str, facts: Mapping[str, Any]
    ) -> Mapping[str, Estimate]:
        """Estimate one step.

        Parameters
        ----------
        task : str
            Operator name.
        args : tuple
            The operator's arguments.
        capability : str
            What is asked of the agent.
        facts : Mapping
            What is known about the size of the input, for example ``{"count": {"calls": 240, "deals": 120}}``.

        Returns
        -------
        Mapping
            Resource name (one of ``RESOURCES``) to estimate; a resource left out is not estimated.
        """


class NoCosts:
    """The cost model that knows nothing: it estimates no resource, and totals say how many steps are unestimated.

    Examples
    --------
    >>> NoCosts().estimate("walk", ("me", "home", "park"), "walk", {})
    {}
    """

    def estimate(
        self, task: str, args: tuple[Any, ...], capability: str, facts: Mapping[str, Any]
    ) -> Mapping[str, Estimate]:
        """Return no estimate."""
        return {}
