"""How often deals at the stage of an open deal were won: a base rate from the records, never a forecast of the deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_deals, closed, day
from domains.analysis.analysts.prospect_artifacts import DealProgress
from domains.analysis.analysts.prospect_history import stage_entries
from domains.analysis.artifacts import Finding, FindingTable, Number, TableRow
from domains.analysis.statistics.numbers import in_words, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["NO_STAGES", "base_rates", "likelihood_findings"]

FLOOR = 30
MOST_DEALS = 12
MOST_STAGES = 3
NO_STAGES = (
    "No stage history is recorded for these deals: neither progression through stages nor a likelihood to close can be "
    "told."
)
_COLUMNS = ("won of those that reached its stage", "won of those as long in it")
Entries = Mapping[str, Sequence[tuple[date, str]]]


def base_rates(workspace: Workspace, progress: Sequence[DealProgress]) -> list[DealProgress]:
    """Return open deals with the share won of all closed deals that reached their stage, and of those as long in it.

    Notes
    -----
    The second is the fairer one: a deal that has sat in its stage for weeks is no longer like all that reached it.
    """
    if not any(deal.stage for deal in progress):
        return list(progress)
    ended = [deal for deal in closed(workspace.deals()) if day(deal.close_date)]
    entries = stage_entries(workspace, ended)
    return [deal.model_copy(update=_rates(deal, ended, entries)) for deal in progress]


def _rates(deal: DealProgress, ended: Sequence[Deal], entries: Entries) -> dict[str, Number | None]:
    stays = [
        (one, stay) for one in ended if (stay := _stay(one, entries.get(one.opportunity_id, ()), deal.stage or ""))
    ]
    if not stays:
        return {}
    reached = proportion(f"won of closed deals that reached {deal.stage}", *_won([one for one, _ in stays]))
    if deal.days_in_stage is None:
        return {"won_from_stage": reached}
    as_long = [one for one, days in stays if days >= deal.days_in_stage]
    if len(as_long) == len(stays):
        return {"won_from_stage": reached}
    name = f"won of closed deals that were in {deal.stage} for {deal.days_in_stage} days or more"
    return {"won_from_stage": reached, "won_as_long": proportion(name, *_won(as_long)) if as_long else None}


def _won(deals: Sequence[Deal]) -> tuple[int, int]:
    return sum(deal.status == "won" for deal in deals), len(deals)


def _stay(deal: Deal, entries: Sequence[tuple[date, str]], stage: str) -> int | None:
    """Return for how many days a closed deal was in a stage the first time, at least 1; None where it never was."""
    for place, (entered, name) in enumerate(entries):
        if name == stage:
            left = entries[place + 1][0] if place + 1 < len(entries) else day(deal.close_date)
            return max(1, ((left or entered) - entered).days)
    return None


def likelihood_findings(workspace: Workspace, progress: Sequence[DealProgress]) -> list[Finding]:
    """Return one finding on how often deals at these stages were won; none where no deal was ever closed from them."""
    known = [deal for deal in progress if deal.won_from_stage is not None][:MOST_DEALS]
    if not known:
        return []
    numbers: list[Number] = []
    rows = []
    for deal in known:
        cells: list[int | None] = []
        for number in (deal.won_from_stage, deal.won_as_long):
            if number is not None and number not in numbers:
                numbers.append(number)
            cells.append(None if number is None else numbers.index(number))
        rows.append((f"{deal.opportunity_id}, {deal.stage}", cells))
    columns = 2 if any(deal.won_as_long for deal in known) else 1
    stages = {deal.stage or "": deal.won_from_stage for deal in known if deal.won_from_stage is not None}
    said = "; ".join(_of_stage(stage, rate) for stage, rate in list(stages.items())[:MOST_STAGES])
    which = "deal" if len(known) == 1 else "deals"
    ended = [deal for deal in closed(workspace.deals()) if day(deal.close_date)]
    entered = stage_entries(workspace, ended)
    behind = [deal for deal in ended if any(name in stages for _, name in entered.get(deal.opportunity_id, ()))]
    return [
        Finding(
            claim=f"How often deals at the stage of the open {which} were won: {said}.",
            strength="descriptive",
            numbers=tuple(numbers),
            citations=(cite_deals(behind),),
            note="A base rate over all accounts, with deals of one account counted as independent. It is no forecast "
            f"of the {which}: warnings, buyer and rep are not in it.",
            title="How often deals at this stage were won",
            table=FindingTable(
                corner="open deal",
                columns=_COLUMNS[:columns],
                rows=tuple(TableRow(name=name, cells=tuple(cells[:columns])) for name, cells in rows),
                floor=FLOOR,
                up_front=len(known) <= MOST_STAGES,
            ),
        )
    ]


def _of_stage(stage: str, rate: Number) -> str:
    if (rate.n or 0) < FLOOR:
        return f"{stage}: nothing is concluded, {rate.n or 0} closed deals reached it and {FLOOR} are the floor"
    return f"{in_words(rate)} of the closed deals that reached {stage}"
