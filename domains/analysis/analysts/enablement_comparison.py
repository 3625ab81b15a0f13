"""Like compared with like: deals with and without something, within strata, and by regression with controls."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from domains.analysis.artifacts import Number

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Adjusted", "Controls", "Stratified", "adjusted", "controls_of", "stratified"]


@dataclass(frozen=True, slots=True)
class Controls:
    """What is held equal between deals: per deal the stratum, the numbers for regression, and the cluster.

    Attributes
    ----------
    names : tuple of str
        What is held, in words.
    strata : sequence of str
        Segment, size, rep and competitor in one word.
    segments, products, rivals : sequence of str
        Per deal.
    size, ability : sequence of float
        Logarithm of the size, and the rep's win rate on all other deals.
    clusters : sequence of str
        The account.
    """

    names: tuple[str, ...]
    strata: Sequence[str]
    segments: Sequence[str]
    products: Sequence[str]
    rivals: Sequence[str]
    size: Sequence[float]
    ability: Sequence[float]
    clusters: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stratified:
    """A pooled odds ratio over strata (Mantel-Haenszel), its p value, and the number of strata that tell anything."""

    odds_ratio: Number
    p: float
    strata: int


class Adjusted(NamedTuple):
    """What is left of a difference with controls held.

    Attributes
    ----------
    log_odds, p : float
        The coefficient, and its p value.
    effect, low, high : float
        Average change of the probability to win, with its 95 % interval.
    """

    log_odds: float
    p: float
    effect: float
    low: float
    high: float


def controls_of(workspace: Workspace, deals: Sequence[Deal]) -> Controls:
    """Return the controls of closed deals.

    Size is the deal's amount where nearly all deals have one; a CRM that books lost deals at nothing would otherwise
    turn the outcome into a control. Then the product's list price stands for it, or the account's employees.
    """
    rows = workspace.connection.execute("SELECT account, segment, sector, employees FROM accounts")
    accounts = {row["account"]: row for row in rows}
    prices = {
        row["product"]: row["price"] for row in workspace.connection.execute("SELECT product, price FROM products")
    }
    size, of_size = _sizes(deals, {name: row["employees"] for name, row in accounts.items()}, prices)
    segments = [_segment(deal, accounts) for deal in deals]
    middle = median(size) if size else 0.0
    reps = [deal.rep or "" for deal in deals]
    rivals = [deal.competitor or "" for deal in deals]
    strata = [
        f"{segment} / {'large' if value > middle else 'small'} / {rep} / {rival}"
        for segment, value, rep, rival in zip(segments, size, reps, rivals, strict=True)
    ]
    return Controls(
        names=("segment", of_size, "rep", *(("competitor",) if any(rivals) else ())),
        strata=strata,
        segments=segments,
        products=[deal.product or "" for deal in deals],
        rivals=rivals,
        size=[math.log1p(max(value, 0.0)) for value in size],
        ability=_abilities(reps, [deal.status == "won" for deal in deals]),
        clusters=[deal.account or deal.opportunity_id for deal in deals],
    )


def _segment(deal: Deal, accounts: dict[str, object]) -> str:
    row = accounts.get(deal.account or "")
    known = (row["segment"] or row["sector"]) if row is not None else ""  # type: ignore[index]
    return deal.segment or known or ""


def _sizes(
    deals: Sequence[Deal], employees: dict[str, float | None], prices: dict[str, float | None]
) -> tuple[list[float], str]:
    lost = [deal for deal in deals if deal.status == "lost"]
    if lost and sum(bool(deal.amount) for deal in lost) >= 0.9 * len(lost):
        return [deal.amount or 0.0 for deal in deals], "deal size"
    listed = [prices.get(deal.product or "") for deal in deals]
    if listed and sum(price is not None for price in listed) >= 0.9 * len(deals):
        return [price or 0.0 for price in listed], "list price of the product"
    return [employees.get(deal.account or "") or 0.0 for deal in deals], "employees of the account"


def _abilities(reps: Sequence[str], won: Sequence[bool]) -> list[float]:
    """Return per deal the win rate of its rep on all other deals, drawn towards the overall rate by five deals."""
    overall = sum(won) / len(won) if won else 0.0
    wins: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for rep, is_won in zip(reps, won, strict=True):
        wins[rep] += is_won
        total[rep] += 1
    return [(wins[rep] - is_won + 5 * overall) / (total[rep] - 1 + 5) for rep, is_won in zip(reps, won, strict=True)]


def stratified(exposed: Sequence[bool], won: Sequence[bool], strata: Sequence[str]) -> Stratified | None:
    """Return the odds ratio of winning with and without, pooled over strata; None when no stratum holds both.

    Examples
    --------
    >>> same = [True, True, False, False] * 30
    >>> result = stratified(same, [True, False] * 60, ["a", "a", "a", "a"] * 30)
    >>> round(result.odds_ratio.value, 2), result.strata
    (1.0, 1)
    """
    import numpy as np
    from statsmodels.stats.contingency_tables import StratifiedTable

    cells: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for has, is_won, stratum in zip(exposed, won, strata, strict=True):
        cells[stratum][(0 if has else 2) + (0 if is_won else 1)] += 1
    tables = [
        np.array([[a, b], [c, d]], dtype=float) for a, b, c, d in cells.values() if a + b and c + d and a + c and b + d
    ]
    if not tables:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):  # an odds ratio of nought or infinity is told by its interval
        pooled = StratifiedTable(tables)
        low, high = pooled.oddsratio_pooled_confint()
        p = float(pooled.test_null_odds(correction=True).pvalue)
        value = float(pooled.oddsratio_pooled)
    finite = all(math.isfinite(item) for item in (value, low, high))
    number = Number(
        name="odds ratio",
        value=value if math.isfinite(value) else None,
        low=float(low) if finite else None,
        high=float(high) if finite else None,
        level=0.95,
        n=int(sum(table.sum() for table in tables)),
        method=f"Mantel-Haenszel over {len(tables)} strata; p = {p:.2g}",
    )
    return Stratified(number, p if math.isfinite(p) else 1.0, len(tables))


def adjusted(exposed: Sequence[bool], won: Sequence[bool], controls: Controls) -> Adjusted | None:
    """Return how winning goes with it by logistic regression with controls, clustered by account.

    None when the regression cannot be fitted: too few deals, or one that the controls foretell perfectly.
    """
    import numpy as np
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationError, PerfectSeparationWarning

    columns = [np.ones(len(won)), np.array(exposed, dtype=float), np.array(controls.size), np.array(controls.ability)]
    for values in (controls.segments, controls.products, controls.rivals):
        for level in sorted(set(values))[1:]:
            column = np.array([value == level for value in values], dtype=float)
            if 10 <= column.sum() <= len(column) - 10:
                columns.append(column)
    design = np.column_stack([column for i, column in enumerate(columns) if i < 2 or float(np.ptp(column)) > 1e-9])
    labels = np.unique(list(controls.clusters), return_inverse=True)[1]
    try:
        model = sm.Logit(np.array(won, dtype=float), design)
        fit = model.fit(disp=0, warn_convergence=False, cov_type="cluster", cov_kwds={"groups": labels})
    except (PerfectSeparationWarning, PerfectSeparationError, np.linalg.LinAlgError):
        return None
    if not fit.mle_retvals["converged"] or not np.isfinite([fit.params[1], fit.pvalues[1]]).all():
        return None
    margin = fit.get_margeff(dummy=True)
    low, high = margin.conf_int()[0]
    found = (fit.params[1], fit.pvalues[1], margin.margeff[0], low, high)
    return Adjusted(*map(float, found)) if np.isfinite(found).all() else None
