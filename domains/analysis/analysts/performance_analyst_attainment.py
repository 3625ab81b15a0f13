"""Attainment: value won against quota, for the quota periods that are over."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from domains.analysis.analysts.comparison import deals_beyond
from domains.analysis.analysts.deal_selection import as_of, cite_deals, cite_rows, day, won
from domains.analysis.artifacts import Artifact, Citation, Exclusion, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics.numbers import percent, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Attainment", "measure_attainment"]

NO_QUOTAS = "No quota of a period that is over is recorded, so attainment cannot be computed."
PARTLY = "Quotas cover all of a rep's deals, the question is about some of them only: attainment is not computed."
REPS_FLOOR = 8
PERSISTENT = 0.5


class Attainment(Artifact):
    """Value won / quota by rep over all quota periods that are over."""

    reps: tuple[Number, ...] = ()
    met: Number | None = None
    persistence: Number | None = None


@capability("measure_attainment", specialist="performance analyst", output=Attainment)
def measure_attainment(workspace: Workspace, scope: Scope, inputs: Inputs) -> Attainment:
    """Measure value won / quota per rep, how often quotas are met, and whether attainment repeats."""
    if any(value(scope, key) for key in ("account", "product", "segment", "stage", "competitor", "content")):
        return Attainment(limits=(PARTLY,))
    deals = deals_beyond(workspace, scope, inputs, "rep")
    today = as_of(deals)
    quotas = [
        row for row in _quotas(workspace, {deal.rep for deal in deals}) if today and row[2] <= today and row[3] > 0
    ]
    if not quotas:
        return Attainment(limits=(NO_QUOTAS,))
    cells, counted = _cells(quotas, won(deals))
    by_rep: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for (rep, _), pair in cells.items():
        by_rep[rep].append(pair)
    numbers = tuple(
        Number(
            name=f"attainment, {rep}",
            value=sum(got for got, _ in pairs) / sum(quota for _, quota in pairs),
            unit="share",
            n=len(pairs),
            method="value won / quota over the quota periods that are over",
        )
        for rep, pairs in sorted(by_rep.items())
    )
    met = proportion("quotas met", sum(got >= quota for got, quota in cells.values()), len(cells))
    persistence = _persistence(cells)
    asked = value(scope, "rep")
    keys = [f"{rep} {start.isoformat()}" for rep, start in cells]
    citations = (cite_rows("quotas", keys), cite_deals(counted))
    findings = [_overall(numbers, met, persistence, citations)]
    findings += [_asked(number, asked, citations) for number in numbers if number.name == f"attainment, {asked}"]
    worthless = sum(deal.amount is None for deal in counted)
    return Attainment(
        reps=numbers,
        met=met,
        persistence=persistence,
        findings=tuple(findings),
        exclusions=(Exclusion(what="won deals", count=worthless, reason="no value recorded"),) if worthless else (),
    )


def _quotas(workspace: Workspace, reps: set[str | None]) -> list[tuple[str, date, date, float]]:
    query = "SELECT rep, period_start, period_end, amount FROM quotas ORDER BY rep, period_start"
    return [
        (str(row["rep"]), start, end, float(row["amount"]))
        for row in workspace.connection.execute(query)
        if row["rep"] in reps
        and row["amount"] is not None
        and (start := day(row["period_start"]))
        and (end := day(row["period_end"]))
    ]


def _cells(
    quotas: list[tuple[str, date, date, float]], winners: list[Deal]
) -> tuple[dict[tuple[str, date], tuple[float, float]], list[Deal]]:
    """Return (won, quota) by rep and period, and the deals counted."""
    cells: dict[tuple[str, date], tuple[float, float]] = {}
    counted = []
    by_rep: dict[str | None, list[Deal]] = defaultdict(list)
    for deal in winners:
        by_rep[deal.rep].append(deal)
    for rep, start, end, quota in quotas:
        inside = [deal for deal in by_rep[rep] if (moment := day(deal.close_date)) and start <= moment <= end]
        counted += inside
        cells[rep, start] = (sum(deal.amount or 0.0 for deal in inside), quota)
    return cells, counted


def _persistence(cells: dict[tuple[str, date], tuple[float, float]]) -> Number | None:
    """Return the rank correlation of attainment between one period and the next, over reps."""
    from scipy.stats import spearmanr

    starts = sorted({start for _, start in cells})
    following = dict(pairwise(starts))
    pairs = [
        (got / quota, cells[rep, following[start]][0] / cells[rep, following[start]][1])
        for (rep, start), (got, quota) in cells.items()
        if start in following and (rep, following[start]) in cells
    ]
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    if len({rep for rep, _ in cells}) < REPS_FLOOR or len(set(first)) < 2 or len(set(second)) < 2:
        return None
    found = float(spearmanr(first, second).statistic)
    return Number(
        name="persistence of attainment", value=found, n=len(pairs), method="Spearman, one quota period and the next"
    )


def _overall(
    numbers: tuple[Number, ...], met: Number, persistence: Number | None, citations: tuple[Citation, ...]
) -> Finding:
    ordered = sorted(numbers, key=lambda number: number.value or 0.0)
    names = [f" ({number.name.removeprefix('attainment, ')})" for number in (ordered[0], ordered[-1])]
    repeat = ""
    if persistence is not None:
        stays = (persistence.value or 0.0) >= PERSISTENT
        repeat = f" From one period to the next attainment correlates {persistence.value:+.2f}: "
        repeat += "who was ahead tends to stay ahead." if stays else "the order hardly repeats, so nobody is named."
        names = names if stays else ["", ""]
    return Finding(
        claim=f"{met.n} quotas of periods that are over were met in {percent(met.value)} of cases; attainment runs "
        "from "
        f"{percent(ordered[0].value)}{names[0]} to {percent(ordered[-1].value)}{names[1]}.{repeat}",
        strength="descriptive",
        numbers=(met, ordered[0], ordered[-1], *((persistence,) if persistence else ())),
        citations=citations,
        note="Quotas may be set to differ with territory and product; attainment says nothing about why.",
        title="Quotas met, and whether who meets them repeats",
    )


def _asked(number: Number, rep: str | None, citations: tuple[Citation, ...]) -> Finding:
    return Finding(
        claim=f"{rep} reached {percent(number.value)} of quota over {number.n} periods.",
        strength="descriptive",
        numbers=(number,),
        citations=citations,
    )
