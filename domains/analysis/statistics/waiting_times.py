"""The median time until something happens, where for some it has not happened yet."""

from __future__ import annotations

from collections.abc import Sequence

from domains.analysis.artifacts import Number

__all__ = ["median_wait"]

LEVEL = 0.95


def median_wait(
    name: str, days: Sequence[float], ended: Sequence[bool], enter: Sequence[float] | None = None
) -> Number | None:
    """Return the Kaplan-Meier median of waiting times, or None where nobody's wait has ended.

    Parameters
    ----------
    name : str
        What is waited for.
    days : sequence of float
        How long each waited, to the end of the wait or to the last day on record.
    ended : sequence of bool
        Whether the wait has ended.
    enter : sequence of float, optional
        After how many days each came to be observed (delayed entry); all from the first day when left out.

    Returns
    -------
    Number or None
        In days, with a 95 % interval where it is bounded. Its value is None where half have not ended.

    Examples
    --------
    >>> found = median_wait("days", [float(day) for day in range(1, 42)], [True] * 41)
    >>> found.value, found.low < 21 < found.high
    (21.0, True)
    """
    import numpy as np
    from statsmodels.duration.survfunc import SurvfuncRight

    if not any(ended):
        return None
    curve = SurvfuncRight(
        np.asarray(days, dtype=float),
        np.asarray(ended, dtype=int),
        entry=None if enter is None else np.asarray(enter, dtype=float),
    )
    middle = float(curve.quantile(0.5))
    with np.errstate(divide="ignore", invalid="ignore"):  # at the ends of the curve the interval is unbounded
        low, high = (float(item) for item in curve.quantile_ci(0.5))
    bounded = bool(np.isfinite([middle, low, high]).all())
    return Number(
        name=name,
        value=middle if np.isfinite(middle) else None,
        unit="days",
        low=low if bounded else None,
        high=high if bounded else None,
        level=LEVEL if bounded else None,
        n=len(days),
        method="Kaplan-Meier median" + ("" if enter is None else " with delayed entry"),
    )
