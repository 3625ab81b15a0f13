"""What is wanted of a plan: fast, cheap, thorough, or a weighting of these; and what it may not exceed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from htn.model.errors import InputError
from htn.model.record import Record
from htn.planning.choice.price import MICRO, Point, loss_of

__all__ = ["Ceiling", "Objective"]

_AFTER: Final = 1e-4
"""How much what comes second counts beside what comes first: it decides where the first is nearly equal."""


class Objective(Record):
    """What counts, and how much.

    Seconds, tokens and money count as multiples of what a plan to compare with takes; a plan half as good counts as
    much as one that takes 0.7 times as much more.

    Attributes
    ----------
    seconds, tokens, money, quality : float
        Weights, not negative and not all zero.
    name : str
        For people.

    Raises
    ------
    InputError
        When the weights are not such.
    """

    seconds: float = 0.0
    tokens: float = 0.0
    money: float = 0.0
    quality: float = 0.0
    name: str = "as weighted"

    def __post_init__(self) -> None:
        weights = (self.seconds, self.tokens, self.money, self.quality)
        if not all(math.isfinite(weight) and weight >= 0 for weight in weights) or not any(weights):
            raise InputError(f"an objective needs weights that are not negative and not all zero, got {weights}")

    @classmethod
    def parse(cls, text: str) -> Objective:
        """Return the objective that words name: ``fast``, ``cheap``, ``thorough``, ``balanced``, or weights.

        Raises
        ------
        InputError
            For words that name none.

        Examples
        --------
        >>> Objective.parse("fast").seconds
        1.0
        >>> Objective.parse("seconds=1,quality=2").quality
        2.0
        """
        if text in _NAMED:
            return cls(*_NAMED[text], text)
        weights: dict[str, float] = {}
        for part in text.split(","):
            name, _, number = part.partition("=")
            try:
                if name.strip() not in ("seconds", "tokens", "money", "quality"):
                    raise ValueError
                weights[name.strip()] = float(number)
            except ValueError:
                raise InputError(
                    f"{text!r} is no objective; it is {', '.join(_NAMED)}, or weights such as seconds=1,quality=2"
                ) from None
        return cls(**weights, name=text)

    def value(self, point: Point, scale: Point) -> float:
        """Return how bad a point is, less being better, as a multiple of a plan to compare with."""
        total = self.quality * point[3] / MICRO
        for weight, number, usual in zip((self.seconds, self.tokens, self.money), point, scale, strict=False):
            total += weight * number / (usual or MICRO)
        return total


_NAMED: Final[Mapping[str, tuple[float, float, float, float]]] = {
    "fast": (1.0, _AFTER, _AFTER, _AFTER),
    "cheap": (_AFTER, 1.0, 1.0, _AFTER**2),
    "thorough": (_AFTER, _AFTER, _AFTER, 1.0),
    "balanced": (1.0, 1.0, 1.0, 2.0),
}


class Ceiling(Record):
    """What the expected plan may not exceed; None is no limit.

    Attributes
    ----------
    seconds, tokens, money : float or None
        At most so much.
    quality : float or None
        At least so good.

    Raises
    ------
    InputError
        When a limit is negative or not a number.
    """

    seconds: float | None = None
    tokens: float | None = None
    money: float | None = None
    quality: float | None = None

    def __post_init__(self) -> None:
        for name in ("seconds", "tokens", "money", "quality"):
            limit = getattr(self, name)
            if limit is not None and not (math.isfinite(limit) and limit >= 0):
                raise InputError(f"the limit on {name} must be a number that is not negative, got {limit}")
        if self.quality is not None and self.quality > 1:
            raise InputError(f"no plan has a quality of {self.quality}; the best is 1")

    @property
    def point(self) -> tuple[float, float, float, float]:
        """The most that a point may have."""
        limits = [math.inf if limit is None else limit * MICRO for limit in (self.seconds, self.tokens, self.money)]
        return limits[0], limits[1], limits[2], math.inf if not self.quality else float(loss_of(self.quality))
