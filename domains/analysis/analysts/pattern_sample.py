"""The calls that patterns are looked for in: won or lost, before the outcome is known, split by buyer into halves."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, SpokenCall, read_calls
from domains.analysis.analysts.pattern_artifacts import Window
from domains.analysis.analysts.performance_analyst_speech import call_kind
from domains.analysis.artifacts import Exclusion
from domains.analysis.language.speech import first_half

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace
    from domains.analysis.registry import Inputs
    from domains.analysis.scope import Scope

__all__ = ["CALLS_FLOOR", "GROUPS_FLOOR", "OUTCOME_FLOOR", "PatternSample", "halves", "meets_floor", "pattern_sample"]

CALLS_FLOOR = 100
OUTCOME_FLOOR = 50
GROUPS_FLOOR = 30


@dataclass(frozen=True, slots=True)
class PatternSample:
    """Won and lost calls, cut to the window that comes before the outcome.

    Attributes
    ----------
    calls : sequence of SpokenCall
        With the turns of the window only.
    ends : sequence of SpokenCall
        The same calls with the rest of the turns; empty turns where the window is the whole call.
    won : sequence of bool
        Per call.
    groups : sequence of str
        Per call, whom the outcome belongs to.
    segments, stages : sequence of str
        Per call, segment and stage of the deal at the time. Without stages, won deals would seem to be won by whatever
        is said late, because lost deals do not get that far.
    amounts : sequence of float or None
        Per call, what the deal is worth.
    window : str
        "whole call", or "first half of the call" where the outcome is decided on the call itself.
    exclusions : tuple of Exclusion
        What was left out.
    """

    calls: Sequence[SpokenCall]
    ends: Sequence[SpokenCall]
    won: Sequence[bool]
    groups: Sequence[str]
    segments: Sequence[str]
    stages: Sequence[str]
    amounts: Sequence[float | None]
    window: Window
    exclusions: tuple[Exclusion, ...]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Won calls, lost calls, groups."""
        return sum(self.won), len(self.won) - sum(self.won), len(set(self.groups))

    @property
    def strata(self) -> list[str]:
        """Per call, segment and stage in one word; single calls are compared within them."""
        return [f"{segment} / {stage}" for segment, stage in zip(self.segments, self.stages, strict=True)]


def meets_floor(won: int, lost: int, groups: int) -> bool:
    """Return whether there are enough calls to establish anything."""
    return won + lost >= CALLS_FLOOR and min(won, lost) >= OUTCOME_FLOOR and groups >= GROUPS_FLOOR


def pattern_sample(workspace: Workspace, scope: Scope, inputs: Inputs) -> PatternSample:
    """Return the retrieved calls that were won or lost, cut so that the outcome cannot be read off them.

    A call that belongs to a deal is used as a whole when it was held before the deal closed. Where calls belong to no
    deal, the outcome is that of the call itself, and its end states it; only the first half is used then.
    """
    spoken = read_calls(workspace, scope, inputs.one(CallSet))
    decided = [call for call in spoken if call.call.outcome in ("won", "lost")]
    deals = workspace.deals()
    closes = {deal.opportunity_id: deal.close_date for deal in deals}
    amounts = {deal.opportunity_id: deal.amount for deal in deals}
    late = {call.call.call_id for call in decided if _after_close(call, closes)}
    used = [call for call in decided if call.call.call_id not in late]
    on_call = sum(call.call.opportunity_id is None for call in used) > len(used) / 2
    window: Window = "first half of the call" if on_call else "whole call"
    segments, stages = _segments(workspace), _stages(workspace, used)
    cut = [SpokenCall(call.call, first_half(call.turns)) if on_call else call for call in used]
    left = (
        ("calls", len(spoken) - len(decided), "neither won nor lost"),
        ("calls", len(late), "held on or after the day the deal was closed, when the outcome was known"),
    )
    return PatternSample(
        calls=cut,
        ends=[SpokenCall(one.call, one.turns[len(half.turns) :]) for one, half in zip(used, cut, strict=True)],
        won=[call.call.outcome == "won" for call in used],
        groups=[call.group for call in used],
        segments=[_segment(call, segments) for call in used],
        stages=[stages[call.call.call_id] for call in used],
        amounts=[amounts.get(call.call.opportunity_id or "") for call in used],
        window=window,
        exclusions=tuple(Exclusion(what=what, count=number, reason=reason) for what, number, reason in left if number),
    )


def _after_close(call: SpokenCall, closes: dict[str, str | None]) -> bool:
    close = closes.get(call.call.opportunity_id or "")
    return bool(close and call.call.date and call.call.date[:10] >= close[:10])


def _stages(workspace: Workspace, calls: Sequence[SpokenCall]) -> dict[str, str]:
    """Return for every call the stage its deal was in, else the kind in its title, else how many calls came before."""
    query = (
        "SELECT opportunity_id, stage, entered_date FROM stage_history"
        " WHERE entered_date IS NOT NULL AND stage IS NOT NULL ORDER BY entered_date"
    )
    entered: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in workspace.connection.execute(query):
        entered[row["opportunity_id"]].append((row["entered_date"][:10], row["stage"]))
    before: Counter[str] = Counter()
    found = {}
    for call in calls:
        deal, when = call.call.opportunity_id or "", (call.call.date or "")[:10]
        reached = [stage for day, stage in entered[deal] if when and day <= when] if deal in entered else []
        place = ("first", "second", "third or later")[min(before[deal], 2)] if deal else ""
        found[call.call.call_id] = reached[-1] if reached else call_kind(call.call.title) + place
        before[deal] += 1
    return found


def _segments(workspace: Workspace) -> dict[str, str]:
    rows = workspace.connection.execute("SELECT account, segment FROM accounts WHERE segment IS NOT NULL")
    by_account = {str(row["account"]): str(row["segment"]) for row in rows}
    by_deal = {deal.opportunity_id: deal.segment for deal in workspace.deals() if deal.segment}
    return {**by_account, **by_deal}


def _segment(call: SpokenCall, segments: dict[str, str]) -> str:
    return segments.get(call.call.opportunity_id or "") or segments.get(call.call.account or "", "")


def halves(groups: Sequence[str]) -> list[bool]:
    """Return per case whether it is kept back: whole groups, about half of the cases, always the same ones.

    Examples
    --------
    >>> kept = halves(["a", "a", "b", "b", "c", "d"])
    >>> sum(kept), kept[0] == kept[1]
    (3, True)
    """
    sizes = Counter(groups)
    ordered = sorted(sizes, key=lambda group: hashlib.sha256(group.encode()).digest())
    kept: set[str] = set()
    first = second = 0
    for group in ordered:
        if second < first:
            kept.add(group)
            second += sizes[group]
        else:
            first += sizes[group]
    return [group in kept for group in groups]
