"""Competitive context of an account: competitors its people name, and those recorded on its deals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, SpokenCall, read_calls
from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.deal_selection import cite_deals, selected_deals
from domains.analysis.analysts.prospect_artifacts import CompetitiveContext
from domains.analysis.analysts.retrieval_deals import DealSet
from domains.analysis.analysts.titles import in_title
from domains.analysis.artifacts import Citation, Finding
from domains.analysis.language.text import sentences
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import count

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Deal
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["find_competitive_context"]


@capability("find_competitive_context", specialist="competitive intelligence", output=CompetitiveContext)
def find_competitive_context(workspace: Workspace, scope: Scope, inputs: Inputs) -> CompetitiveContext:
    """Find the competitors that matter to the account, with who named them and where."""
    call_set = inputs.first(CallSet)
    calls = read_calls(workspace, scope, call_set) if call_set else []
    deals = selected_deals(workspace, scope, inputs) if inputs.first(DealSet) else []
    named = _mentions(workspace, calls)
    recorded = Counter(deal.competitor for deal in deals if deal.competitor)
    limits = []
    if not workspace.entities()["competitor"]:
        limits.append(
            "No competitor names are known to the workspace, so mentions of competitors cannot be looked for."
        )
    if deals and not recorded:
        limits.append("None of these deals has a competitor recorded.")
    return CompetitiveContext(
        mentions={name: len(items) for name, items in sorted(named.items())},
        recorded=dict(sorted(recorded.items())),
        findings=(*_mention_findings(named), *_deal_findings(deals, recorded)),
        limits=tuple(limits),
    )


def _mentions(workspace: Workspace, calls: Sequence[SpokenCall]) -> dict[str, list[tuple[str, Citation]]]:
    """Return for each competitor the turns that name it: the side that speaks, and the citation."""
    by_call = {call.call.call_id: call for call in calls}
    aliases = _aliases(workspace)
    found: dict[str, list[tuple[str, Citation]]] = defaultdict(list)
    rows = workspace.connection.execute(
        "SELECT competitor, call_id, idx FROM mentions ORDER BY competitor, call_id, idx"
    )
    for row in rows:
        call = by_call.get(row["call_id"])
        turn = next((one for one in call.turns if one.idx == row["idx"]), None) if call else None
        if turn is None:
            continue
        names = aliases.get(row["competitor"], (row["competitor"].lower(),))
        said = [item.text for item in sentences(turn.text) if any(name in item.text.lower() for name in names)]
        quote = (said or [turn.text])[0][:240]
        found[row["competitor"]].append((turn.role, cite_turn(row["call_id"], turn.idx, quote)))
    return found


def _aliases(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    import json

    rows = workspace.connection.execute("SELECT name, aliases FROM competitors")
    return {
        row["name"]: tuple(str(item).lower() for item in (row["name"], *json.loads(row["aliases"]))) for row in rows
    }


def _mention_findings(named: dict[str, list[tuple[str, Citation]]]) -> list[Finding]:
    found = []
    for name, items in sorted(named.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        sides = Counter(role for role, _ in items)
        by = f"{sides['prospect']:,} by the prospect, {sides['rep']:,} by the rep"
        cited = [citation for role, citation in items if role == "prospect"] or [citation for _, citation in items]
        calls = len({citation.source for _, citation in items})
        found.append(
            Finding(
                claim=f"{name} is named {len(items):,} {'time' if len(items) == 1 else 'times'} in {calls:,} "
                f"{'call' if calls == 1 else 'calls'} ({by}).",
                strength="descriptive",
                numbers=(count(f"{name} mentions", len(items)),),
                citations=spread(cited),
                title=f"{in_title(name)}: who names it",
            )
        )
    return found


def _deal_findings(deals: Sequence[Deal], recorded: Counter[str]) -> list[Finding]:
    found = []
    for name, times in recorded.most_common():
        own = [deal for deal in deals if deal.competitor == name]
        won, lost = (sum(deal.status == status for deal in own) for status in ("won", "lost"))
        noun = "deal" if times == 1 else "deals"
        found.append(
            Finding(
                claim=f"{name} is recorded as competitor on {times:,} {noun}: {won:,} won, {lost:,} lost, "
                f"{times - won - lost:,} open.",
                strength="descriptive",
                numbers=(count(f"deals against {name}", times),),
                citations=(cite_deals(own),),
                title=f"{in_title(name)}: recorded on deals",
            )
        )
    return found
