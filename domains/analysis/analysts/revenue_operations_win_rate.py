"""Win rate: won of all closed, whether it differs between groups of deals, and what a won deal is worth."""

from __future__ import annotations

import statistics as sample
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_deals, closed, selected_deals, won
from domains.analysis.artifacts import Artifact, Finding, FindingTable, Number, TableRow
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.scope import value as value_of
from domains.analysis.statistics import benjamini_hochberg, hedged, homogeneity_test, needed_per_group, strength_of
from domains.analysis.statistics.numbers import average, count, in_words, percent, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["CLOSED_FLOOR", "GROUP_FLOOR", "WinRate", "grouping", "measure_win_rate"]

CLOSED_FLOOR = 100
GROUP_FLOOR = 30
RATE_OF = "win rate, "


class WinRate(Artifact):
    """Win rate and value of the closed deals of a scope."""

    won: int
    lost: int
    rate: Number
    value: Number
    median_value: float | None


@capability("measure_win_rate", specialist="revenue operations", output=WinRate)
def measure_win_rate(workspace: Workspace, scope: Scope, inputs: Inputs) -> WinRate:
    """Measure the win rate with its interval, and test whether groups of deals differ in it.

    Notes
    -----
    Win rate is won / (won + lost). Below 100 closed deals no win rate is concluded; groups below 30 closed deals take
    no part in comparisons. The comparisons are one family for the correction.
    """
    deals = closed(selected_deals(workspace, scope, inputs))
    winners = won(deals)
    rate = proportion("win rate", len(winners), len(deals))
    values = [deal.amount for deal in winners if deal.amount is not None]
    value = average("value of a won deal", values)
    findings = [_rate_finding(deals, rate)]
    if len(deals) >= CLOSED_FLOOR:
        findings += _group_findings(workspace, scope, deals)
    if values:
        middle = sample.median(values)
        findings.append(
            Finding(
                claim=f"Mean value of a won deal: {in_words(value)}; half of them are worth {middle:,.0f} or less.",
                strength="descriptive",
                numbers=(value,),
                citations=(cite_deals(winners),),
            )
        )
    return WinRate(
        won=len(winners),
        lost=len(deals) - len(winners),
        rate=rate,
        value=value,
        median_value=sample.median(values) if values else None,
        findings=tuple(findings),
    )


def _rate_finding(deals: list[Deal], rate: Number) -> Finding:
    if len(deals) < CLOSED_FLOOR:
        return Finding(
            claim=f"No win rate is concluded: {len(deals)} closed deals are below the floor of {CLOSED_FLOOR}.",
            strength="not established",
            numbers=(rate,),
            citations=(cite_deals(deals),) if deals else (),
            note=f"What was observed, for the record: {in_words(rate)}.",
        )
    return Finding(
        claim=f"{len(won(deals)):,} of {len(deals):,} closed deals were won: a win rate of {in_words(rate)}.",
        strength="descriptive",
        numbers=(rate,),
        citations=(cite_deals(deals),),
    )


def grouping(workspace: Workspace) -> dict[str, Callable[[Deal], str | None]]:
    """Return the ways deals are grouped: a name, and which group a deal belongs to (None: not recorded)."""
    by_rep = {row["rep"]: row["region"] for row in workspace.connection.execute("SELECT rep, region FROM reps")}
    accounts = {
        row["account"]: row
        for row in workspace.connection.execute("SELECT account, sector, region, segment FROM accounts")
    }

    def of_account(deal: Deal, column: str) -> str | None:
        row = accounts.get(deal.account)
        return row[column] if row else None

    return {
        "region": lambda deal: by_rep.get(deal.rep) or of_account(deal, "region"),
        "product": lambda deal: deal.product,
        "segment": lambda deal: deal.segment or of_account(deal, "segment"),
        "sector": lambda deal: of_account(deal, "sector"),
    }


def _group_findings(workspace: Workspace, scope: Scope, deals: list[Deal]) -> list[Finding]:
    ways = grouping(workspace)
    asked = value_of(scope, "group_by")
    tested: list[tuple[str, dict[str, list[Deal]], float]] = []
    seen: set[frozenset[frozenset[str]]] = set()
    for name, group_of in ways.items():
        if asked in ways and name != asked:
            continue
        groups: dict[str, list[Deal]] = defaultdict(list)
        for deal in deals:
            label = group_of(deal)
            if label:
                groups[label].append(deal)
        large = {label: members for label, members in sorted(groups.items()) if len(members) >= GROUP_FLOOR}
        partition = frozenset(frozenset(deal.opportunity_id for deal in members) for members in large.values())
        # segment and sector are often one thing under two names: counted once
        if len(large) >= 2 and partition not in seen:
            seen.add(partition)
            p = homogeneity_test([len(won(members)) for members in large.values()], [*map(len, large.values())])
            tested.append((name, large, p))
    corrected = benjamini_hochberg([p for _, _, p in tested])
    return [_group_finding(name, groups, p, q) for (name, groups, p), q in zip(tested, corrected, strict=True)]


def _group_finding(name: str, groups: dict[str, list[Deal]], p: float, q: float) -> Finding:
    rates = sorted(
        (proportion(RATE_OF + label, len(won(members)), len(members)) for label, members in groups.items()),
        key=lambda number: number.value or 0.0,
    )
    n = sum(map(len, groups.values()))
    strength = strength_of(q, n=n, floor=CLOSED_FLOOR)
    low, high = rates[0], rates[-1]
    lowest, highest = low.name.removeprefix(RATE_OF), high.name.removeprefix(RATE_OF)
    span = f"{percent(low.value)} ({lowest}) to {percent(high.value)} ({highest})"
    needed = ""
    if strength == "not established":
        each = needed_per_group(low.value or 0.0, high.value or 0.0)
        needed = f" To tell the lowest from the highest takes about {each:,} closed deals in each." if each else ""
        claim = f"Win rates by {name} run from {span} as observed; that is no more than chance would give (corrected "
        claim += f"p = {q:.2g})."
    else:
        claim = (
            f"Win rates differ by {name}, as observed: from {span} (corrected p = {q:.2g}). Nothing else is held equal."
        )
    places = list(enumerate(rates, 1))
    if strength == "not established":  # an order that is chance is none
        places.sort(key=lambda item: item[1].name)
    return Finding(
        claim=hedged(claim, strength),
        strength=strength,
        numbers=(count("closed deals compared", n), *rates),
        citations=(cite_deals(groups[lowest]), cite_deals(groups[highest])),
        note=f"Chi-squared test over {len(groups)} groups of at least {GROUP_FLOOR} closed deals, p = {p:.2g}. "
        f"Groups may differ in their mix of deals; nothing is adjusted for here.{needed}",
        title=f"Win rates by {name}, as observed",
        table=FindingTable(
            corner=name,
            columns=("win rate",),
            rows=tuple(TableRow(name=rate.name.removeprefix(RATE_OF), cells=(at,)) for at, rate in places),
            floor=GROUP_FLOOR,
        ),
    )
