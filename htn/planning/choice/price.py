"""What steps and plans cost: time, tokens, money and expected quality together, as vectors that can be bounded."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

from htn.model.errors import InputError
from htn.model.record import Record

__all__ = ["NOTHING", "Parts", "Point", "Price", "loss_of", "parts_of", "plus", "point_of"]

Parts: TypeAlias = tuple[int, int, int, int, int]
"""What was spent: work in microseconds, the longest step of it, and millionths of tokens, money and loss."""

Point: TypeAlias = tuple[int, int, int, int]
"""What a plan is judged by: microseconds from start to end, millionths of tokens, money and loss."""

MICRO: Final = 1_000_000
NOTHING: Final[Parts] = (0, 0, 0, 0, 0)


class Price(Record):
    """What a step or a plan is expected to take, and how good what comes of it is expected to be.

    Attributes
    ----------
    seconds : float
        Of a step: how long it takes. Of a plan: from its start to its end.
    tokens : float
        Input and output.
    money : float or None
        None where it is not known.
    quality : float
        Above 0, at most 1. Those of a plan's methods and steps are multiplied.

    Raises
    ------
    InputError
        When a number is negative or not finite, or the quality no such share.
    """

    seconds: float = 0.0
    tokens: float = 0.0
    money: float | None = 0.0
    quality: float = 1.0

    def __post_init__(self) -> None:
        numbers = (self.seconds, self.tokens, self.money or 0.0)
        if not all(math.isfinite(number) and number >= 0 for number in numbers):
            raise InputError(f"what a step takes are finite numbers that are not negative, got {numbers}")
        if not 0 < self.quality <= 1:
            raise InputError(f"a quality lies above 0 and is at most 1, got {self.quality}")

    def to_json(self) -> dict[str, float | None]:
        """Return it as plain data."""
        return {"seconds": self.seconds, "tokens": self.tokens, "money": self.money, "quality": self.quality}


def loss_of(quality: float) -> int:
    """Return a quality as a loss, so that to multiply qualities is to add losses.

    Examples
    --------
    >>> loss_of(1.0), loss_of(0.5)
    (0, 693147)
    """
    return round(-math.log(quality) * MICRO)


def parts_of(price: Price) -> Parts:
    """Return the price of a step as whole numbers, whose sums do not depend on the order."""
    work = round(price.seconds * MICRO)
    return work, work, round(price.tokens * MICRO), round((price.money or 0.0) * MICRO), loss_of(price.quality)


def plus(one: Parts, other: Parts) -> Parts:
    """Return what two parts of a plan take together.

    Examples
    --------
    >>> plus((3, 2, 10, 0, 0), (5, 5, 1, 0, 7))
    (8, 5, 11, 0, 7)
    """
    return (
        one[0] + other[0],
        one[1] if one[1] >= other[1] else other[1],
        one[2] + other[2],
        one[3] + other[3],
        one[4] + other[4],
    )


def point_of(parts: Parts, places: int | None) -> Point:
    """Return what a plan of these parts takes at the least when so many steps are carried out at once.

    Parameters
    ----------
    parts : tuple
        What its steps take.
    places : int or None
        None is as many as there are steps.

    Examples
    --------
    >>> point_of((9, 4, 0, 0, 0), 1)[0], point_of((9, 4, 0, 0, 0), 2)[0], point_of((9, 4, 0, 0, 0), None)[0]
    (9, 5, 4)
    """
    work, longest, tokens, money, loss = parts
    seconds = longest if places is None else max(longest, -(-work // places))
    return seconds, tokens, money, loss
