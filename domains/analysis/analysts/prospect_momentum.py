"""Momentum of an account: how far open deals have come, the gaps between contacts, and deal warnings."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Literal

from domains.analysis.analysts.call_artifacts import CallSet, SpokenCall, read_calls
from domains.analysis.analysts.citing import cite_turn
from domains.analysis.analysts.deal_limits import deal_limits
from domains.analysis.analysts.deal_selection import cite_rows, selected_deals, started
from domains.analysis.analysts.deal_warnings import DealView, deal_warnings
from domains.analysis.analysts.prospect_artifacts import DealProgress, Momentum
from domains.analysis.analysts.prospect_history import content_uses, last_recorded_day, stage_entries
from domains.analysis.analysts.prospect_likelihood import NO_STAGES, base_rates, likelihood_findings
from domains.analysis.analysts.retrieval_deals import DealSet
from domains.analysis.artifacts import Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import amount, count

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["measure_momentum"]

LEAST_GAPS = 4
MOST_FINDINGS = 5


@capability("measure_momentum", specialist="revenue operations", output=Momentum)
def measure_momentum(workspace: Workspace, scope: Scope, inputs: Inputs) -> Momentum:
    """Measure how open deals progress, as of the last day that the workspace records."""
    call_set = inputs.first(CallSet)
    calls = read_calls(workspace, scope, call_set) if call_set else []
    deals = selected_deals(workspace, scope, inputs) if inputs.first(DealSet) else []
    today = last_recorded_day(workspace)
    if today is None:
        return Momentum(
            limits=("Nothing in the workspace has a date, so neither progress nor momentum can be measured.",)
        )
    still = [deal for deal in deals if deal.status == "open"]
    limits = deal_limits(workspace.folder)
    stages, content = stage_entries(workspace, still), content_uses(workspace, still)
    recorded = _records_activity(workspace)
    progress = []
    for deal in still:
        own = [call for call in calls if call.call.opportunity_id == deal.opportunity_id]
        key = deal.opportunity_id
        view = DealView(deal, own, stages.get(key, []), content.get(key, []), today, recorded)
        progress.append(_progress(view).model_copy(update={"warnings": deal_warnings(view, limits)}))
    progress = base_rates(workspace, progress)
    progress.sort(key=lambda one: (-_raised(one), one.opportunity_id))
    gaps = _gaps(calls, today)
    trend = _trend(gaps)
    said = [f'"Today" is {today}, the last day on which the workspace records anything.']
    if still and not stages:
        said.append(NO_STAGES)
    return Momentum(
        as_of=today,
        deals=tuple(progress),
        gaps_days=tuple(gaps),
        trend=trend,
        findings=(
            *likelihood_findings(workspace, progress),
            *_warning_findings(progress),
            *_trend_findings(calls, gaps, trend, today),
        ),
        limits=tuple(said),
    )


def _records_activity(workspace: Workspace) -> bool:
    query = (
        "SELECT EXISTS (SELECT 1 FROM calls WHERE opportunity_id IS NOT NULL AND date IS NOT NULL)"
        " OR EXISTS (SELECT 1 FROM stage_history) OR EXISTS (SELECT 1 FROM content_use)"
    )
    return bool(workspace.connection.execute(query).fetchone()[0])


def _raised(deal: DealProgress) -> int:
    return sum(item.status == "raised" for item in deal.warnings)


def _progress(view: DealView) -> DealProgress:
    deal, opened = view.deal, started(view.deal)
    entered, stage = view.stages[-1] if view.stages else (None, deal.stage)
    last = view.last_call
    return DealProgress(
        opportunity_id=deal.opportunity_id,
        stage=stage,
        opened=opened,
        age_days=(view.as_of - opened).days if opened else None,
        entered_stage=entered,
        days_in_stage=(view.as_of - entered).days if entered else None,
        last_contact=last,
        days_since_contact=(view.as_of - last).days if last else None,
        calls=len(view.calls),
        amount=deal.amount,
    )


def _gaps(calls: Sequence[SpokenCall], today: date) -> list[int]:
    """Return the days between contacts; a silence since the last that outlasts the usual gap counts as the last one."""
    days = sorted({call.day for call in calls if call.day})
    gaps = [(later - earlier).days for earlier, later in itertools.pairwise(days)]
    silence = (today - days[-1]).days if days else 0
    return [*gaps, silence] if gaps and silence > median(gaps) else gaps


def _trend(gaps: Sequence[int]) -> Literal["faster", "slower", "steady", "cannot tell"]:
    """Compare the later half of the gaps with the earlier; a half must change by half to count.

    Whatever went before, a last gap of more than one and a half times the usual one is no picking up.
    """
    if len(gaps) < LEAST_GAPS:
        return "cannot tell"
    if gaps[-1] > 1.5 * median(gaps):
        return "slower"
    half = len(gaps) // 2
    before, after = median(gaps[:half]), median(gaps[-half:])
    if after > 1.5 * before:
        return "slower"
    return "faster" if after < before / 1.5 else "steady"


def _warning_findings(progress: Sequence[DealProgress]) -> list[Finding]:
    """Return a finding for each of the deals with most warnings, and one for the rest."""
    warned = [deal for deal in progress if _raised(deal)]
    found = [_warned(deal) for deal in warned[:MOST_FINDINGS]]
    rest = [*warned[MOST_FINDINGS:], *(deal for deal in progress if not _raised(deal))]
    if rest:
        also = len(warned[MOST_FINDINGS:])
        unknown = sum(item.status == "cannot tell" for deal in rest for item in deal.warnings)
        more = "more " if found else ""
        claim = f"{len(rest):,} {more}{'deal is' if len(rest) == 1 else 'deals are'} open; {also:,} with a warning."
        note = f"{unknown:,} of their {7 * len(rest):,} warnings cannot be told from these data." if unknown else ""
        cited = cite_rows("opportunities", [deal.opportunity_id for deal in rest])
        title = "The other open deals" if more else "The open deals"
        found.append(Finding(claim=claim, strength="descriptive", citations=(cited,), note=note, title=title))
    return found


def _warned(deal: DealProgress) -> Finding:
    raised = [item for item in deal.warnings if item.status == "raised"]
    unknown = [item.name for item in deal.warnings if item.status == "cannot tell"]
    stage = f" ({deal.stage})" if deal.stage else ""
    age = f", {deal.age_days} days old" if deal.age_days is not None else ""
    worth = f", worth {amount(deal.amount)}" if deal.amount else ""
    reasons = "; ".join(f"{item.name}: {item.reason}" for item in raised)
    cited = {one.model_dump_json(): one for item in raised for one in item.citations}
    return Finding(
        claim=f"Open deal {deal.opportunity_id}{stage}{age}{worth}: {reasons}.",
        strength="descriptive",
        numbers=(count("warnings", len(raised)),),
        citations=tuple(cited.values()),
        note=f"Cannot be told from these data: {', '.join(unknown)}." if unknown else "",
        title=f"Deal {deal.opportunity_id}: {', '.join(item.name for item in raised)}",
    )


def _trend_findings(calls: Sequence[SpokenCall], gaps: Sequence[int], trend: str, today: date) -> list[Finding]:
    dated = [call for call in calls if call.day]
    if not dated:
        return []
    last = dated[-1]
    since = (today - (last.day or today)).days
    claim = f"The last call was on {last.day}, {since} days before the end of the records."
    numbers = [Number(name="days since last call", value=float(since), unit="days", n=len(dated))]
    if gaps:
        middle = median(gaps)
        claim += f" The median gap between contacts is {middle:.0f} days"
        claim += {
            "faster": "; contacts have been coming closer together.",
            "slower": "; contacts have been drifting apart.",
            "steady": "; their pace is steady.",
        }.get(trend, f" (too few gaps to speak of a trend: {len(gaps)}, at least {LEAST_GAPS} wanted).")
        numbers.append(Number(name="median gap", value=float(middle), unit="days", n=len(gaps), method="median"))
    turn = last.turns[-1]
    cited = cite_turn(last.call.call_id, turn.idx, turn.text[:120])
    title = f"Contacts: the last on {last.day}"
    return [Finding(claim=claim, strength="descriptive", numbers=tuple(numbers), citations=(cited,), title=title)]
