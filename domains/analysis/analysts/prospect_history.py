"""History of an account: calls, deals, stages and content in the order in which they happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, SpokenCall, read_calls
from domains.analysis.analysts.citing import cite_turn
from domains.analysis.analysts.deal_selection import cite_deals, cite_rows, day, selected_deals, started
from domains.analysis.analysts.prospect_artifacts import Event, History
from domains.analysis.analysts.retrieval_deals import DealSet
from domains.analysis.artifacts import Citation, Finding
from domains.analysis.language.text import excerpt
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import amount, count, in_words, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["content_uses", "last_recorded_day", "stage_entries", "trace_history"]

CLOSED_FLOOR = 100
MOST_DEALS = 3


@capability("trace_history", specialist="retrieval", output=History)
def trace_history(workspace: Workspace, scope: Scope, inputs: Inputs) -> History:
    """Put the calls and deals in scope in order, and say what they amount to."""
    call_set = inputs.first(CallSet)
    calls = read_calls(workspace, scope, call_set) if call_set else []
    deals = selected_deals(workspace, scope, inputs) if inputs.first(DealSet) else []
    events = sorted(
        [
            *_call_events(calls),
            *_deal_events(deals),
            *_stage_events(workspace, deals),
            *_content_events(workspace, deals),
        ],
        key=lambda event: (event.day, event.kind, event.what),
    )
    limits = []
    undated = sum(call.day is None for call in calls)
    if undated:
        limits.append(f"{undated:,} calls have no date and do not appear in the history.")
    unbegun = sum(started(deal) is None for deal in deals)
    if unbegun:
        limits.append(
            f"{unbegun:,} deals have no creation or engagement date; the history does not show their beginning."
        )
    return History(
        events=tuple(events),
        first=events[0].day if events else None,
        last=events[-1].day if events else None,
        calls=len(calls),
        deals=len(deals),
        findings=(*_call_findings(calls), *_deal_findings(deals), *_stage_findings(workspace, deals)),
        limits=tuple(limits),
    )


def _opening(call: SpokenCall) -> Citation:
    """Cite a call as such by its first words."""
    first = call.turns[0]
    return cite_turn(call.call.call_id, first.idx, excerpt(first.text, 0, 1))


def _call_events(calls: Iterable[SpokenCall]) -> Iterable[Event]:
    for call in calls:
        if call.day:
            who = " with ".join(name for name in (call.call.rep, call.call.prospect) if name)
            what = " - ".join(part for part in (call.call.title, who) if part) or call.call.call_id
            yield Event(day=call.day, kind="call", what=what, source=_opening(call))


def _deal_events(deals: Iterable[Deal]) -> Iterable[Event]:
    for deal in deals:
        label = " ".join(part for part in (deal.opportunity_id, deal.product) if part)
        source = cite_rows("opportunities", [deal.opportunity_id])
        begun, ended = started(deal), day(deal.close_date)
        if begun:
            yield Event(day=begun, kind="deal opened", what=label, source=source)
        if ended and deal.status in ("won", "lost"):
            worth = f" for {amount(deal.amount)}" if deal.status == "won" and deal.amount else ""
            yield Event(day=ended, kind="won" if deal.status == "won" else "lost", what=label + worth, source=source)


def stage_entries(workspace: Workspace, deals: Iterable[Deal]) -> dict[str, list[tuple[date, str]]]:
    """Return for each deal the dated stages it entered, in order."""
    wanted = {deal.opportunity_id for deal in deals}
    query = (
        "SELECT opportunity_id, stage, entered_date FROM stage_history"
        " WHERE entered_date IS NOT NULL ORDER BY entered_date"
    )
    found: dict[str, list[tuple[date, str]]] = {}
    for row in workspace.connection.execute(query):
        if row["opportunity_id"] in wanted and row["stage"]:
            entry = (date.fromisoformat(row["entered_date"][:10]), row["stage"])
            found.setdefault(row["opportunity_id"], []).append(entry)
    return found


def _stage_events(workspace: Workspace, deals: Sequence[Deal]) -> Iterable[Event]:
    for opportunity, entries in stage_entries(workspace, deals).items():
        for when, stage in entries:
            source = cite_rows("stage_history", [f"{opportunity}:{when.isoformat()}"])
            yield Event(day=when, kind="stage", what=f"{opportunity} enters {stage}", source=source)


def content_uses(workspace: Workspace, deals: Iterable[Deal]) -> dict[str, list[tuple[date, str]]]:
    """Return for each deal the dated uses of content, in order."""
    wanted = {deal.opportunity_id for deal in deals}
    query = (
        "SELECT COALESCE(u.opportunity_id, c.opportunity_id) AS deal, COALESCE(k.title, u.content_id) AS title,"
        " COALESCE(u.date, c.date) AS day FROM content_use u LEFT JOIN calls c ON c.call_id = u.call_id"
        " LEFT JOIN content k ON k.content_id = u.content_id WHERE COALESCE(u.date, c.date) IS NOT NULL ORDER BY day"
    )
    found: dict[str, list[tuple[date, str]]] = {}
    for row in workspace.connection.execute(query):
        if row["deal"] in wanted:
            found.setdefault(row["deal"], []).append((date.fromisoformat(row["day"][:10]), row["title"]))
    return found


def _content_events(workspace: Workspace, deals: Sequence[Deal]) -> Iterable[Event]:
    for opportunity, uses in content_uses(workspace, deals).items():
        for when, title in uses:
            source = cite_rows("content_use", [f"{opportunity}:{when.isoformat()}"])
            yield Event(day=when, kind="content", what=f"{title} used on {opportunity}", source=source)


def last_recorded_day(workspace: Workspace) -> date | None:
    """Return the last day on which the workspace records anything that happened; it stands for today."""
    query = (
        "SELECT MAX(day) FROM (SELECT MAX(date) AS day FROM calls UNION ALL SELECT MAX(engage_date) FROM opportunities"
        " UNION ALL SELECT MAX(created_date) FROM opportunities"
        " UNION ALL SELECT MAX(close_date) FROM opportunities WHERE status <> 'open'"
        " UNION ALL SELECT MAX(entered_date) FROM stage_history UNION ALL SELECT MAX(date) FROM content_use)"
    )
    found = workspace.connection.execute(query).fetchone()[0]
    return date.fromisoformat(found[:10]) if found else None


def _call_findings(calls: Sequence[SpokenCall]) -> list[Finding]:
    if not calls:
        return []
    dated = [call for call in calls if call.day]
    span = f" between {dated[0].day} and {dated[-1].day}" if dated else ""
    reps = Counter(call.call.rep for call in calls if call.call.rep)
    by = f", held by {_listed([name for name, _ in reps.most_common(3)], len(reps))}" if reps else ""
    claim = f"{len(calls):,} {'call is' if len(calls) == 1 else 'calls are'} recorded{span}{by}."
    ends = [calls[0]] if len(calls) == 1 else [calls[0], calls[-1]]
    return [
        Finding(
            claim=claim,
            strength="descriptive",
            numbers=(count("calls", len(calls)),),
            citations=tuple(_opening(call) for call in ends),
            title="Calls on record",
        )
    ]


def _listed(names: Sequence[str], total: int) -> str:
    more = total - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _deal_findings(deals: Sequence[Deal]) -> list[Finding]:
    if not deals:
        return []
    won = [deal for deal in deals if deal.status == "won"]
    lost = [deal for deal in deals if deal.status == "lost"]
    still = [deal for deal in deals if deal.status == "open"]
    value = sum(deal.amount or 0.0 for deal in won)
    closed = len(won) + len(lost)
    numbers = [count("won", len(won)), count("lost", len(lost)), count("open", len(still))]
    worth = f" (worth {amount(value)})" if value else ""
    claim = (
        f"Of {len(deals):,} deals {len(won):,} were won{worth}, {len(lost):,} lost "
        f"and {len(still):,} {'is' if len(still) == 1 else 'are'} open."
    )
    note = ""
    if closed:
        rate = proportion("win rate", len(won), closed)
        numbers.append(rate)
        claim += f" Win rate {in_words(rate)}."
        if closed < CLOSED_FLOOR:
            note = f"Fewer than {CLOSED_FLOOR} closed deals: the win rate is shown, nothing is concluded from it."
    finding = Finding(
        claim=claim,
        strength="descriptive",
        numbers=tuple(numbers),
        citations=(cite_deals(deals),),
        note=note,
        title="Deals won, lost and open so far",
    )
    return [finding]


def _stage_findings(workspace: Workspace, deals: Sequence[Deal]) -> list[Finding]:
    """Return the dates on which each open deal entered its stages; where none is open, those of the latest deal."""
    entries = stage_entries(workspace, deals)
    known = [deal for deal in deals if deal.opportunity_id in entries]
    shown = [deal for deal in known if deal.status == "open"]
    if not shown:
        shown = sorted(known, key=lambda deal: (entries[deal.opportunity_id][-1][0], deal.opportunity_id))[-1:]
    found = []
    for deal in shown[:MOST_DEALS]:
        dated = entries[deal.opportunity_id]
        found.append(
            Finding(
                claim=f"Stages of deal {deal.opportunity_id} ({deal.status}): "
                + ", ".join(f"{stage} since {when}" for when, stage in dated)
                + ".",
                strength="descriptive",
                citations=(cite_rows("stage_history", [f"{deal.opportunity_id}:{when}" for when, _ in dated]),),
                title=f"When deal {deal.opportunity_id} entered its stages",
            )
        )
    return found
