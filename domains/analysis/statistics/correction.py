"""Correcting p values for the number of hypotheses that were looked at."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["benjamini_hochberg"]


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
