"""How firmly a tested claim stands, in the words that findings use."""

from __future__ import annotations

from typing import Literal

__all__ = ["BORDERLINE_FROM", "ESTABLISHED_AT", "SUGGESTIVE_AT", "Strength", "hedged", "is_borderline", "strength_of"]

Strength = Literal["established", "suggestive", "not established"]

ESTABLISHED_AT = 0.05
SUGGESTIVE_AT = 0.10
BORDERLINE_FROM = 0.04
"""From here up to .05 a handful of cases decides on which side of the line a p value falls."""


def strength_of(q: float, *, n: int, floor: int) -> Strength:
    """Return how firmly a tested claim stands.

    Parameters
    ----------
    q : float
        p value after correction for all the hypotheses of the same family.
    n : int
        Sample size that the claim rests on.
    floor : int
        Sample size below which nothing counts as established.

    Returns
    -------
    str
        "established" when q <= .05 and the floor is met; "suggestive" when q <= .05 below the floor, or q <= .10;
        otherwise "not established".

    Examples
    --------
    >>> strength_of(0.01, n=200, floor=100), strength_of(0.01, n=20, floor=100), strength_of(0.3, n=200, floor=100)
    ('established', 'suggestive', 'not established')
    """
    if q <= ESTABLISHED_AT and n >= floor:
        return "established"
    return "suggestive" if q <= SUGGESTIVE_AT else "not established"


def is_borderline(q: float) -> bool:
    """Return whether a p value is so close below .05 that nothing should hang on its being below.

    Examples
    --------
    >>> is_borderline(0.0497), is_borderline(0.02), is_borderline(0.06)
    (True, False, False)
    """
    return BORDERLINE_FROM < q <= ESTABLISHED_AT


def hedged(claim: str, strength: Strength) -> str:
    """Return a claim that says itself when the evidence for it is no more than suggestive.

    Examples
    --------
    >>> hedged("Reps differ.", "suggestive")
    'Reps differ; the evidence is no more than suggestive.'
    >>> hedged("Reps differ.", "established")
    'Reps differ.'
    """
    return f"{claim.removesuffix('.')}; the evidence is no more than suggestive." if strength == "suggestive" else claim
