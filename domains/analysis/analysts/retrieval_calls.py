"""Retrieving calls: which are in scope, what became of them, and which cannot be used."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet
from domains.analysis.artifacts import Exclusion
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["retrieve_calls"]


@capability("retrieve_calls", specialist="retrieval", output=CallSet)
def retrieve_calls(workspace: Workspace, scope: Scope, inputs: Inputs) -> CallSet:
    """Return the usable calls of a scope; calls without words or without known sides are set aside."""
    calls = workspace.calls(scope)
    turns = workspace.turns_by_call(scope)
    silent = [call for call in calls if not turns.get(call.call_id)]
    sideless = [
        call
        for call in calls
        if turns.get(call.call_id) and not {"rep", "prospect"} & {turn.role for turn in turns[call.call_id]}
    ]
    dropped = {call.call_id for call in (*silent, *sideless)}
    kept = [call for call in calls if call.call_id not in dropped]
    dates = sorted(call.date for call in kept if call.date)
    undated = len(kept) - len(dates)
    by_outcome = Counter(call.outcome or "unknown" for call in kept)
    exclusions = [
        Exclusion(what="calls", count=len(some), reason=reason)
        for some, reason in (
            (silent, "no words were transcribed"),
            (sideless, "the transcript does not say which side speaks"),
        )
        if some
    ]
    limits = []
    if by_outcome["unknown"]:
        limits.append(f"{by_outcome['unknown']:,} of {len(kept):,} calls have no recorded outcome.")
    if undated:
        limits.append(f"{undated:,} of {len(kept):,} calls have no date and are left out wherever time matters.")
    return CallSet(
        call_ids=tuple(call.call_id for call in kept),
        by_outcome=dict(sorted(by_outcome.items())),
        turns=sum(len(turns[call.call_id]) for call in kept),
        first=dates[0] if dates else None,
        last=dates[-1] if dates else None,
        undated=undated,
        exclusions=tuple(exclusions),
        limits=tuple(limits),
    )
