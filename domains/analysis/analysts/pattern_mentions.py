"""How often something is said: calls that hold each objection or topic, counted, with intervals and examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, SpokenCall, read_calls
from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.custom_measure import measure
from domains.analysis.analysts.measure_artifacts import MetricRow, MetricTable
from domains.analysis.artifacts import Citation, Finding
from domains.analysis.language.objections import episodes
from domains.analysis.language.topic_cues import TOPICS
from domains.analysis.language.trackers import find, possible
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics.numbers import in_words, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["count_mentions"]

MOST_NAMED = 12
MOST_QUOTES = 3
Places = dict[str, dict[str, Citation]]


@capability("count_mentions", specialist="pattern analyst", output=MetricTable)
def count_mentions(workspace: Workspace, scope: Scope, inputs: Inputs) -> MetricTable:
    """Count on how many calls each objection or topic comes up; of a named one, how often, by what is asked for.

    Notes
    -----
    A call counts once for each sort, however often it comes up there. An objection counts where the prospect raises it,
    a topic whoever speaks of it. Sorts are recognised by words, so what is meant in other words is not counted.
    """
    named = value(scope, "topic") or value(scope, "objection")
    if named:
        return measure(workspace, scope, inputs)
    kind = "topic" if "topic" in (value(scope, "group_by") or "").split(",") else "objection"
    calls = [call for call in read_calls(workspace, scope, inputs.one(CallSet)) if call.turns]
    places = _topics(calls) if kind == "topic" else _objections(calls)
    rows: list[MetricRow] = []
    findings: list[Finding] = []
    for name, quotes in sorted(places.items(), key=lambda item: (-len(item[1]), item[0])):
        share = proportion(f"calls with the {kind} {name}", len(quotes), len(calls))
        rows.append(MetricRow(metric="mention_rate", group=(name,), number=share))
        if len(findings) < MOST_NAMED:
            in_short = in_words(share).partition(" (n")[0]
            claim = f"{name[:1].upper()}{name[1:]}: on {len(quotes):,} of {len(calls):,} calls, {in_short}."
            cited = spread(quotes.values(), MOST_QUOTES)
            findings.append(Finding(claim=claim, strength="descriptive", numbers=(share,), citations=cited))
    limits = [f"{kind.capitalize()}s are recognised by words; what is meant in other words is not counted."]
    if not rows:
        limits.append(f"None of the known {kind}s comes up on the {len(calls):,} calls.")
    return MetricTable(dimensions=(kind,), rows=tuple(rows), findings=tuple(findings), limits=tuple(limits))


def _objections(calls: Sequence[SpokenCall]) -> Places:
    places: Places = {}
    for call in calls:
        for item in episodes(call.turns):
            places.setdefault(item.kind, {}).setdefault(
                call.call.call_id, cite_turn(call.call.call_id, item.turn, item.quote)
            )
    return places


def _topics(calls: Sequence[SpokenCall]) -> Places:
    places: Places = {}
    for call in calls:
        for tracker in TOPICS:
            for turn in call.turns:
                hits = find(tracker, turn.text) if possible(tracker, turn.text) else []
                if hits:
                    quote = cite_turn(call.call.call_id, turn.idx, hits[0].sentence)
                    places.setdefault(tracker.name, {})[call.call.call_id] = quote
                    break
    return places
