"""Stage conversion: of the deals that entered a stage, how many went further, and how long they stayed."""

from __future__ import annotations

import statistics as sample
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_deals, day, selected_deals
from domains.analysis.artifacts import Artifact, Finding, Number, Record
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import count, percent, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Stage", "StageConversion", "measure_stage_conversion"]

FLOOR = 50
NO_HISTORY = "No stage history is recorded for these deals, so stage conversion cannot be measured."


class Stage(Record):
    """One stage: deals that entered it, that went further, and that are still in it."""

    name: str
    entered: int
    advanced: Number
    pending: int
    median_days: float | None


class StageConversion(Artifact):
    """The stages in the order in which deals go through them."""

    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True)
class _Visit:
    """A deal's first stay in a stage; `left` is None where it never went further."""

    deal: Deal
    entered: date
    left: date | None


@capability("measure_stage_conversion", specialist="revenue operations", output=StageConversion)
def measure_stage_conversion(workspace: Workspace, scope: Scope, inputs: Inputs) -> StageConversion:
    """Measure for every stage which share of the deals that are done with it went further.

    Notes
    -----
    A deal is done with a stage when it entered a later one or was won or lost; open deals still in a stage are pending
    and not counted either way. Stages in which deals only end are taken as outcomes. The order of stages is the order
    in which deals entered them.
    """
    deals = {deal.opportunity_id: deal for deal in selected_deals(workspace, scope, inputs)}
    histories = _histories(workspace, deals)
    order = _order(histories)
    if not order:
        return StageConversion(limits=(NO_HISTORY,))
    visits = _visits(deals, histories, order)
    stages = tuple(_stage(name, visits[name]) for name in order)
    findings = [_finding(stage, visits[stage.name]) for stage in stages]
    weakest = _weakest(stages, visits)
    return StageConversion(stages=stages, findings=(*weakest, *findings))


def _histories(workspace: Workspace, deals: dict[str, Deal]) -> dict[str, list[tuple[str, date]]]:
    histories: dict[str, list[tuple[str, date]]] = defaultdict(list)
    query = "SELECT opportunity_id, stage, entered_date FROM stage_history ORDER BY opportunity_id, entered_date, rowid"
    for row in workspace.connection.execute(query):
        moment = day(row["entered_date"])
        if row["opportunity_id"] in deals and row["stage"] and moment:
            histories[row["opportunity_id"]].append((row["stage"], moment))
    return histories


def _order(histories: dict[str, list[tuple[str, date]]]) -> list[str]:
    """Return the stages by their mean place in the histories, without those that say only how a deal ended."""
    places: dict[str, list[int]] = defaultdict(list)
    for history in histories.values():
        for place, (stage, _) in enumerate(history):
            places[stage].append(place)
    ends = {
        stage for stage in places if {"won", "lost"} & set(stage.lower().replace("-", " ").replace("_", " ").split())
    }
    return sorted((stage for stage in places if stage not in ends), key=lambda stage: sample.fmean(places[stage]))


def _visits(
    deals: dict[str, Deal], histories: dict[str, list[tuple[str, date]]], order: list[str]
) -> dict[str, list[_Visit]]:
    rank = {stage: place for place, stage in enumerate(order)}
    visits: dict[str, list[_Visit]] = {stage: [] for stage in order}
    for key, history in histories.items():
        deal = deals[key]
        first = {stage: moment for stage, moment in reversed(history) if stage in rank}
        for stage, moment in first.items():
            later = [other for name, other in first.items() if rank[name] > rank[stage]]
            left = min(later) if later else day(deal.close_date) if deal.status == "won" else None
            visits[stage].append(_Visit(deal, moment, left))
    return visits


def _stage(name: str, visits: list[_Visit]) -> Stage:
    further = [visit for visit in visits if visit.left]
    done = [visit for visit in visits if visit.left or visit.deal.status == "lost"]
    days = [(visit.left - visit.entered).days for visit in further if visit.left]
    return Stage(
        name=name,
        entered=len(visits),
        advanced=proportion(f"went further from {name}", len(further), len(done)),
        pending=len(visits) - len(done),
        median_days=float(sample.median(days)) if days else None,
    )


def _finding(stage: Stage, visits: list[_Visit]) -> Finding:
    done = stage.advanced.n or 0
    numbers = (stage.advanced, count(f"entered {stage.name}", stage.entered))
    citations = (cite_deals(visit.deal for visit in visits),)
    if done < FLOOR:
        return Finding(
            claim=f"{stage.name}: no conversion is concluded, {done} deals are done with it and the floor is {FLOOR}.",
            strength="not established",
            numbers=numbers,
            citations=citations,
        )
    low, high = stage.advanced.low or 0.0, stage.advanced.high or 0.0
    stay = "" if stage.median_days is None else f", after {stage.median_days:.0f} days at the median"
    return Finding(
        claim=f"{stage.name}: {percent(stage.advanced.value)} [{low * 100:.0f} to {high * 100:.0f}] of {done:,} "
        "deals went "
        f"further{stay}; {stage.pending:,} of {stage.entered:,} that entered are still in it.",
        strength="descriptive",
        numbers=numbers,
        citations=citations,
    )


def _weakest(stages: tuple[Stage, ...], visits: dict[str, list[_Visit]]) -> tuple[Finding, ...]:
    """Name the stage with the lowest conversion where its interval lies below those of all others."""
    known = sorted((s for s in stages if (s.advanced.n or 0) >= FLOOR), key=lambda s: s.advanced.value or 0.0)
    if len(known) < 2:
        return ()
    low, following = known[0].advanced, min(s.advanced.low or 0.0 for s in known[1:])
    clear = (low.high or 1.0) < following
    claim = (
        f"Deals go further least often from {known[0].name}: {percent(low.value)}, less than from any other stage."
        if clear
        else f"No stage stands out: the lowest conversion is {percent(low.value)} ({known[0].name}), and its interval "
        "overlaps with that of another."
    )
    return (
        Finding(
            claim=claim,
            strength="established" if clear else "not established",
            numbers=(low,),
            citations=(cite_deals(visit.deal for visit in visits[known[0].name]),),
            note="Judged by intervals that do not overlap, which is stricter than a test at 5 %.",
            title="Whether one stage loses more deals than others",
        ),
    )
