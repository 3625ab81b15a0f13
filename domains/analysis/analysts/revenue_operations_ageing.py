"""Ageing: how old open deals are, against how long deals took that did close."""

from __future__ import annotations

import statistics as sample
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import as_of, cite_deals, closed, day, selected_deals, started
from domains.analysis.artifacts import Artifact, Exclusion, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import count, percent, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Ageing", "measure_ageing"]

CLOSED_FLOOR = 50


class Ageing(Artifact):
    """Ages of open deals on the last recorded day."""

    as_of: str | None = None
    open_dated: int = 0
    median_days: float | None = None
    beyond_usual: Number | None = None


@capability("measure_ageing", specialist="revenue operations", output=Ageing)
def measure_ageing(workspace: Workspace, scope: Scope, inputs: Inputs) -> Ageing:
    """Measure the age of open deals on the last recorded day, and how many are older than closed deals ever took."""
    deals = selected_deals(workspace, scope, inputs)
    today = as_of(deals)
    waiting = [deal for deal in deals if deal.status == "open"]
    dated = [(deal, begun) for deal in waiting if (begun := started(deal))]
    undated = len(waiting) - len(dated)
    reason = "no start date, so no age"
    exclusions = (Exclusion(what="open deals", count=undated, reason=reason),) if undated else ()
    if today is None or not dated:
        sentence = f"Ageing is not measured: none of {len(waiting):,} open deals has a start date."
        return Ageing(limits=(sentence,), exclusions=exclusions)
    ages = {deal.opportunity_id: (today - begun).days for deal, begun in dated}
    middle = float(sample.median(ages.values()))
    findings = [
        Finding(
            claim=f"On {today.isoformat()} {len(dated):,} open deals with a start date are {middle:.0f} days old at "
            "the median.",
            strength="descriptive",
            numbers=(Number(name="median age", value=middle, unit="days", n=len(dated), method="median"),),
            citations=(cite_deals(deal for deal, _ in dated),),
            title="How old the open deals are",
        )
    ]
    beyond, finding = _beyond(closed(deals), [deal for deal, _ in dated], ages)
    findings += [finding] if finding else []
    return Ageing(
        as_of=today.isoformat(),
        open_dated=len(dated),
        median_days=middle,
        beyond_usual=beyond,
        findings=tuple(findings),
        exclusions=exclusions,
    )


def _beyond(finished: list[Deal], waiting: list[Deal], ages: dict[str, int]) -> tuple[Number | None, Finding | None]:
    lengths = sorted(
        (end - begun).days for deal in finished if (begun := started(deal)) and (end := day(deal.close_date))
    )
    if len(lengths) < CLOSED_FLOOR:
        return None, None
    usual, longest = lengths[int(0.95 * (len(lengths) - 1))], lengths[-1]
    old = [deal for deal in waiting if ages[deal.opportunity_id] > usual]
    never = [deal for deal in waiting if ages[deal.opportunity_id] > longest]
    share = proportion("open deals older than 95 % of closed deals took", len(old), len(waiting))
    claim = (
        f"{len(old):,} of {len(waiting):,} dated open deals ({percent(share.value)}) are older than the {usual} days "
        "within "
        f"which 95 % of closed deals closed; {len(never):,} are older than any closed deal took ({longest} days)."
    )
    finding = Finding(
        claim=claim,
        strength="descriptive",
        numbers=(share, count("open deals older than any closed deal took", len(never))),
        citations=tuple(cite_deals(deals) for deals in (old or waiting, never) if deals),
        note="Nothing of that age was ever seen to close, so these deals should not be counted on." if never else "",
        title="Open deals older than usual",
    )
    return share, finding
