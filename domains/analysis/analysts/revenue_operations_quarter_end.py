"""The quarter-end effect: whether closes and win rates in the last month of a quarter differ from the other months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import as_of, cite_deals, closed, day, selected_deals, started, won
from domains.analysis.artifacts import Artifact, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics import ProportionTest, hedged, strength_of, two_proportion_test
from domains.analysis.statistics.numbers import difference, percent, proportion
from domains.analysis.statistics.permutation import exact_unit_test

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["QuarterEnd", "measure_quarter_end"]

MONTHS_FLOOR = 6
MONTH_CASES = 10
GROUP_CASES = 100


class QuarterEnd(Artifact):
    """Win rate and share of closes in the last months of quarters, against the other months."""

    in_quarter_end: Number | None = None
    in_other_months: Number | None = None
    gap: Number | None = None
    share_of_closes: Number | None = None
    months: tuple[Number, ...] = ()


@capability("measure_quarter_end", specialist="revenue operations", output=QuarterEnd)
def measure_quarter_end(workspace: Workspace, scope: Scope, inputs: Inputs) -> QuarterEnd:
    """Compare the last month of calendar quarters with the others, by close date and by the date deals began.

    Notes
    -----
    A quarter-end effect acts on whole months, so the claim has to pass two tests: deals as cases, and months as cases
    (every assignment of months is tried). Months with fewer than 10 closed deals are left out of the second.
    """
    deals = closed(selected_deals(workspace, scope, inputs))
    months = _by_month(deals, _closing)
    late = [deal for deal in deals if _closing(deal).month % 3 == 0]
    other = [deal for deal in deals if _closing(deal).month % 3]
    usable = {month: members for month, members in months.items() if len(members) >= MONTH_CASES}
    if len(usable) < MONTHS_FLOOR or min(len(late), len(other)) < GROUP_CASES:
        sentence = (
            f"Whether quarter ends differ is not concluded: it takes {MONTHS_FLOOR} months with at least {MONTH_CASES} "
            f"closed deals each and {GROUP_CASES} closed deals on either side; there are {len(usable)} such months, "
            f"{len(late)} closes in last months of quarters and {len(other)} in others."
        )
        return QuarterEnd(limits=(sentence,))
    finding, test = _effect(months, usable, late, other)
    seen = 0.0 if finding.strength == "not established" else test.difference
    share = proportion("share of closes in the last month of quarters", len(late), len(deals))
    return QuarterEnd(
        in_quarter_end=finding.numbers[0],
        in_other_months=finding.numbers[1],
        gap=finding.numbers[2],
        share_of_closes=share,
        months=finding.numbers[3:],
        findings=(
            finding,
            _share_finding(months, late, share),
            *_timing_finding(deals, seen),
        ),
    )


def _effect(
    months: dict[date, list[Deal]], usable: dict[date, list[Deal]], late: list[Deal], other: list[Deal]
) -> tuple[Finding, ProportionTest]:
    """Compare the two kinds of months; the finding's numbers are both rates, their difference, and every month."""
    test = two_proportion_test(len(won(late)), len(late), len(won(other)), len(other))
    by_month = exact_unit_test(
        [_rate(members) for month, members in usable.items() if month.month % 3 == 0],
        [_rate(members) for month, members in usable.items() if month.month % 3],
    )
    rates = tuple(_month_number(month, members) for month, members in months.items())
    in_late = proportion("win rate in the last month of quarters", len(won(late)), len(late))
    in_other = proportion("win rate in other months", len(won(other)), len(other))
    gap = difference("win rate, last month of quarters less others", test)
    strength = strength_of(max(test.p, by_month), n=test.n, floor=2 * GROUP_CASES)
    others = [_rate(members) for month, members in usable.items() if month.month % 3]
    spread = f"month by month {percent(min(others))} to {percent(max(others))}; " if others else ""
    claim = (
        f"Deals that close in the last month of a quarter are won {percent(in_late.value)} of the time "
        f"({len(late):,} closed), against {percent(in_other.value)} in other months ({spread}"
        f"{len(other):,} closed): {_points(gap)} as observed, with nothing held equal."
        if strength != "not established"
        else f"No quarter-end effect on the win rate is established: {percent(in_late.value)} in last months of "
        f"quarters against {percent(in_other.value)} in others, {_points(gap)}."
    )
    finding = Finding(
        claim=hedged(claim, strength),
        strength=strength,
        numbers=(in_late, in_other, gap, *rates),
        citations=(cite_deals(late), cite_deals(other)),
        note=f"Deals as cases: p = {test.p:.2g}; the {len(usable)} months as cases: p = {by_month:.2g}; the larger "
        "counts. Calendar quarters are assumed.",
        title="Win rate in the last month of quarters and in other months",
    )
    return finding, test


def _closing(deal: Deal) -> date:
    moment = day(deal.close_date)
    assert moment is not None, "retrieval keeps closed deals with a close date only"
    return moment


def _by_month(deals: list[Deal], when: Callable[[Deal], date]) -> dict[date, list[Deal]]:
    months: dict[date, list[Deal]] = defaultdict(list)
    for deal in deals:
        months[when(deal).replace(day=1)].append(deal)
    return dict(sorted(months.items()))


def _rate(deals: list[Deal]) -> float:
    return len(won(deals)) / len(deals)


def _month_number(month: date, deals: list[Deal]) -> Number:
    return proportion(f"win rate, {month:%Y-%m}", len(won(deals)), len(deals))


def _points(gap: Number) -> str:
    return f"{gap.value:+.0f} points [{gap.low:+.0f} to {gap.high:+.0f}]"


def _share_finding(months: dict[date, list[Deal]], late: list[Deal], share: Number) -> Finding:
    """Say how many closes fall on last months, against the share of such months among those observed."""
    expected = sum(month.month % 3 == 0 for month in months) / len(months)
    return Finding(
        claim=f"{percent(share.value)} of closes fall in the last month of a quarter; such months are "
        f"{percent(expected)} of "
        f"the {len(months)} months with closes.",
        strength="descriptive",
        numbers=(share,),
        citations=(cite_deals(late),),
        title="How many closes fall in the last month of a quarter",
    )


def _timing_finding(deals: list[Deal], seen: float) -> tuple[Finding, ...]:
    """Compare the same deals by the month in which they began: an effect of closing dates only is much smaller there.

    It need not be absent: deals of a usual length begin and close in the same month of their quarters.
    """
    dated = [(deal, begun) for deal in deals if (begun := started(deal))]
    last = as_of(deals)
    lengths = sorted((_closing(deal) - begun).days for deal, begun in dated)
    if not seen or last is None or len(dated) < 2 * GROUP_CASES:
        return ()
    # deals begun late are closed only if they were quick, so the last ones say nothing about their month
    enough = lengths[int(0.95 * (len(lengths) - 1))]
    settled = [(deal, begun) for deal, begun in dated if (last - begun).days >= enough]
    late = [deal for deal, begun in settled if begun.month % 3 == 0]
    other = [deal for deal, begun in settled if begun.month % 3]
    if min(len(late), len(other)) < GROUP_CASES:
        return ()
    test = two_proportion_test(len(won(late)), len(late), len(won(other)), len(other))
    gap = difference("win rate by month begun, last month of quarters less others", test)
    strength = strength_of(test.p, n=test.n, floor=2 * GROUP_CASES)
    meaning = (
        "most of the effect belongs to when deals are closed or recorded as closed, not to which deals they are"
        if abs(test.difference) < abs(seen) / 2
        else "the effect is not only one of closing dates"
    )
    return (
        Finding(
            claim=f"Counted by the month in which they began, the same deals differ by {_points(gap)}: {meaning}.",
            strength=strength,
            numbers=(gap,),
            citations=(cite_deals(late), cite_deals(other)),
            note=f"Deals begun in the last {enough} days are left out: 95 % of closed deals took no longer. p = "
            f"{test.p:.2g}. Nothing is held equal.",
            title="The same deals by the month in which they began",
        ),
    )
