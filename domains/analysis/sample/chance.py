"""Seeded random streams, one per purpose, so that a change in one part of the corpus never moves another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from statistics import NormalDist
from typing import TypeVar

__all__ = ["chance", "logistic", "normal_scores", "stream", "weighted"]

T = TypeVar("T")


def stream(seed: int, *purpose: object) -> Random:
    """Return a generator for one purpose.

    The purpose is hashed by ``random`` itself (SHA-512 of the text), which does not depend on ``PYTHONHASHSEED``.

    Examples
    --------
    >>> stream(1, "deals").random() == stream(1, "deals").random()
    True
    >>> stream(1, "deals").random() == stream(1, "calls").random()
    False
    """
    return Random("/".join(str(part) for part in (seed, *purpose)))


def chance(rng: Random, probability: float) -> bool:
    """Return True with the given probability; exactly one number is drawn either way."""
    return rng.random() < probability


def logistic(log_odds: float) -> float:
    """Return the probability that belongs to log-odds.

    Examples
    --------
    >>> logistic(0.0)
    0.5
    """
    return 1.0 / (1.0 + math.exp(-log_odds))


def weighted(rng: Random, options: Sequence[T], weights: Sequence[float]) -> T:
    """Return one of the options, drawn with the given weights."""
    return rng.choices(options, weights)[0]


def normal_scores(rng: Random, count: int) -> list[float]:
    """Return shuffled normal quantiles: the spread is then the nominal one in every corpus, not a lucky draw.

    Examples
    --------
    >>> [round(score, 2) for score in sorted(normal_scores(stream(0), 3))]
    [-1.22, 0.0, 1.22]
    """
    raw = [NormalDist().inv_cdf((index + 0.5) / count) for index in range(count)]
    spread = math.sqrt(sum(score * score for score in raw) / count) or 1.0
    scores = [score / spread for score in raw]
    rng.shuffle(scores)
    return scores
