"""Correcting p values for the number of hypotheses that were looked at."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["benjamini_hochberg", "fair_shares"]


def benjamini_hochberg(pvalues: Sequence[float]) -> list[float]:
    """Return the q values of a family of tests, in the order given.

    Calling those with q <= .05 findings keeps the expected share of false ones among them at 5 %.

    Examples
    --------
    >>> [round(q, 3) for q in benjamini_hochberg([0.01, 0.04, 0.03, 0.5])]
    [0.04, 0.053, 0.053, 0.5]
    >>> benjamini_hochberg([])
    []
    """
    from statsmodels.stats.multitest import multipletests

    if not pvalues:
        return []
    return [float(q) for q in multipletests(list(pvalues), method="fdr_bh")[1]]


def fair_shares(families: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the q values of several families of tests that are reported together, each with an equal share of error.

    Calling those with q <= .05 findings keeps the expected share of false ones among all findings at 5 %, whatever
    family they are of. A question that takes one test is not drowned by one that takes fifty (Benjamini-Hochberg with
    weights: Genovese, Roeder and Wasserman, 2006).

    Examples
    --------
    >>> [[round(q, 3) for q in family] for family in fair_shares([[0.01], [0.02, 0.9, 0.9, 0.9]])]
    [[0.02], [0.08, 1.0, 1.0, 1.0]]
    >>> fair_shares([[0.01, 0.04]]) == [benjamini_hochberg([0.01, 0.04])]
    True
    """
    asked = [list(family) for family in families if family]
    tests = sum(map(len, asked))
    shares = [min(p * len(asked) * len(family) / tests, 1.0) for family in asked for p in family]
    corrected = iter(benjamini_hochberg(shares))
    # Among many findings a small family is weighted up; still nothing is found that would not be found alone.
    return [[max(next(corrected), p) for p in family] for family in families]
