"""Mentions: which competitors are named on calls, by which side, and how far the deal was."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from domains.analysis.analysts.citing import spread
from domains.analysis.analysts.comparison import calls_beyond
from domains.analysis.analysts.competitive_intelligence_turns import Mention, find_mentions, when_by_call
from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.analysts.titles import in_title
from domains.analysis.artifacts import Artifact, Finding, Number, Record
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics.numbers import count, in_words, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["CompetitorMentions", "Mentioned", "find_competitor_mentions"]

QUOTES = 3
SIDES = {"rep": "the rep", "prospect": "the prospect", "other": "others", "unknown": "an unknown side"}
SILENT = "No call in scope names a known competitor."


class Mentioned(Record):
    """One competitor: turns that name it, calls, and turns by side and by how far the deal was."""

    competitor: str
    turns: int
    calls: int
    by_side: dict[str, int]
    by_time: dict[str, int]


class CompetitorMentions(Artifact):
    """Mentions of competitors, those named on most calls first."""

    competitors: tuple[Mentioned, ...] = ()
    share_of_calls: Number | None = None
    by_stage: bool = False


@capability("find_competitor_mentions", specialist="competitive intelligence", output=CompetitorMentions)
def find_competitor_mentions(workspace: Workspace, scope: Scope, inputs: Inputs) -> CompetitorMentions:
    """Count the turns and calls that name a known competitor, by side and by how far the deal was."""
    calls = calls_beyond(workspace, scope, inputs, "competitor")
    asked = value(scope, "competitor")
    mentions = [item for item in find_mentions(workspace, calls) if asked in (None, item.competitor)]
    if not mentions:
        return CompetitorMentions(limits=(SILENT,))
    times, by_stage = when_by_call(workspace, calls)
    groups: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        groups[mention.competitor].append(mention)
    rows = sorted(
        (_row(name, found, times) for name, found in groups.items()), key=lambda row: (-row.calls, row.competitor)
    )
    named = {mention.spoken.call.call_id for mention in mentions}
    share = proportion("calls that name a competitor", len(named), len(calls))
    subject = asked or "a competitor"
    first = Finding(
        claim=f"{len(named):,} of {len(calls):,} calls name {subject}: {in_words(share)}.",
        strength="descriptive",
        numbers=(share,),
        citations=(*spread([mention.citation for mention in mentions], QUOTES), cite_rows("calls", named)),
        title=f"How many calls name {subject}",
    )
    unsure = sum(mention.lower for mention in mentions)
    limits = (
        (f"{unsure:,} of {len(mentions):,} mentions are written in small letters and may be the ordinary word.",)
        if unsure
        else ()
    )
    return CompetitorMentions(
        competitors=tuple(rows),
        share_of_calls=share,
        by_stage=by_stage,
        findings=(first, *(_finding(row, groups[row.competitor], len(calls)) for row in rows)),
        limits=limits,
    )


def _row(name: str, mentions: list[Mention], times: dict[str, str]) -> Mentioned:
    return Mentioned(
        competitor=name,
        turns=len(mentions),
        calls=len({mention.spoken.call.call_id for mention in mentions}),
        by_side=dict(Counter(mention.turn.role for mention in mentions).most_common()),
        by_time=dict(Counter(times.get(item.spoken.call.call_id, "unknown") for item in mentions).most_common()),
    )


def _finding(row: Mentioned, mentions: list[Mention], calls: int) -> Finding:
    sides = ", ".join(f"{number:,} by {SIDES.get(side, side)}" for side, number in row.by_side.items())
    moments = ", ".join(f"{moment} {number:,}" for moment, number in row.by_time.items())
    # what customers say about a competitor is worth more than what the rep says
    ordered = sorted(mentions, key=lambda mention: mention.turn.role != "prospect")
    share = proportion(f"calls that name {row.competitor}", row.calls, calls)
    return Finding(
        claim=f"{row.competitor} is named in {row.turns:,} turns of {row.calls:,} calls: {sides}. By moment: "
        f"{moments}.",
        strength="descriptive",
        numbers=(count(f"turns that name {row.competitor}", row.turns), share),
        citations=(
            *spread([mention.citation for mention in ordered], QUOTES),
            cite_rows("calls", {mention.spoken.call.call_id for mention in mentions}),
        ),
        title=f"{in_title(row.competitor)}: who names it, and when",
    )
