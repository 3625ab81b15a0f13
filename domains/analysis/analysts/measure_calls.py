"""Values of call measures: one number per call, from its turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from domains.analysis.language.next_steps import next_steps
from domains.analysis.language.objections import episodes
from domains.analysis.language.speech import longest_turn_words, patience_seconds, question_share, talk_share
from domains.analysis.scope import Scope, value
from htn.model.errors import InputError

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Call, Turn, Workspace

__all__ = ["call_values"]


def call_values(workspace: Workspace, scope: Scope, name: str) -> dict[str, float | None]:
    """Return a measure's value for every call of a scope; None where the call does not show it.

    Raises
    ------
    InputError
        When the measure needs a topic and the scope has none.
    """
    calls = workspace.calls(scope)
    if name == "call_count":
        return {call.call_id: 1.0 for call in calls}
    if name == "competitor_mentions":
        return _named(workspace, calls, value(scope, "competitor"))
    if name == "mention_rate" and not value(scope, "objection"):
        return _spoken_of(workspace, scope, calls)
    turns = workspace.turns_by_call(scope)
    measure = _MEASURES["objection_rate" if name == "mention_rate" else name]
    return {call.call_id: measure(call, turns.get(call.call_id, []), scope) for call in calls}


def _objects(call: Call, turns: Sequence[Turn], scope: Scope) -> float | None:
    if not turns:
        return None
    wanted = (value(scope, "objection") or "").lower()
    return float(any(wanted in item.kind for item in episodes(turns)))


def _dated_step(call: Call, turns: Sequence[Turn], scope: Scope) -> float | None:
    from datetime import date

    if not turns:
        return None
    day = date.fromisoformat(call.date[:10]) if call.date else None
    return float(any(item.owner != "unknown" and item.said_date for item in next_steps(turns, day)))


_MEASURES: dict[str, Callable[[Call, Sequence[Turn], Scope], float | None]] = {
    "talk_ratio": lambda call, turns, scope: talk_share(turns)[0],
    "question_rate": lambda call, turns, scope: question_share(turns),
    "monologue": lambda call, turns, scope: longest_turn_words(turns),
    "patience": lambda call, turns, scope: patience_seconds(turns),
    "objection_rate": _objects,
    "next_step_rate": _dated_step,
}


def _named(workspace: Workspace, calls: Sequence[Call], competitor: str | None) -> dict[str, float | None]:
    query = (
        "SELECT DISTINCT m.call_id FROM mentions m JOIN turns t ON t.call_id = m.call_id AND t.idx = m.idx"
        " WHERE t.role = 'prospect' AND (? IS NULL OR m.competitor = ?)"
    )
    named = {row["call_id"] for row in workspace.connection.execute(query, (competitor, competitor))}
    return {call.call_id: float(call.call_id in named) for call in calls}


def _spoken_of(workspace: Workspace, scope: Scope, calls: Sequence[Call]) -> dict[str, float | None]:
    topic = value(scope, "topic")
    if topic is None:
        raise InputError("how often something is spoken of needs to know what: give the scope a topic or an objection")
    found = {hit.call_id for hit in workspace.search(topic, scope, limit=1_000_000)}
    return {call.call_id: float(call.call_id in found) for call in calls}
