"""How often something is said: calls that hold each objection or topic, counted, with intervals and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, SpokenCall, read_calls
from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.custom_measure import measure
from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.analysts.measure_artifacts import MetricRow, MetricTable
from domains.analysis.artifacts import Citation, Finding, FindingTable, Number, TableRow
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
FLOOR = 30
ONE_ACCOUNT = (
    "Calls of one account are counted as independent: intervals of shares of calls are narrower than they should be."
)
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
    resolved: dict[str, list[bool]] = {}
    places = _topics(calls) if kind == "topic" else _objections(calls, resolved)
    rows: list[MetricRow] = []
    findings: list[Finding] = [_side_by_side(kind, calls, places, resolved)] if places else []
    for name, quotes in sorted(places.items(), key=lambda item: (-len(item[1]), item[0])):
        share = proportion(f"calls with the {kind} {name}", len(quotes), len(calls))
        rows.append(MetricRow(metric="mention_rate", group=(name,), number=share))
        if len(findings) <= MOST_NAMED:
            in_short = in_words(share).partition(" (n")[0]
            claim = f"{name[:1].upper()}{name[1:]}: on {len(quotes):,} of {len(calls):,} calls, {in_short}."
            cited = spread(quotes.values(), MOST_QUOTES)
            title = f"{name[:1].upper()}{name[1:]}: how often, and in which words"
            findings.append(
                Finding(claim=claim, strength="descriptive", numbers=(share,), citations=cited, title=title)
            )
    limits = [f"{kind.capitalize()}s are recognised by words; what is meant in other words is not counted."]
    if rows and len({call.group for call in calls}) < len(calls):
        limits.append(ONE_ACCOUNT)
    if not rows:
        limits.append(f"None of the known {kind}s comes up on the {len(calls):,} calls.")
    return MetricTable(dimensions=(kind,), rows=tuple(rows), findings=tuple(findings), limits=tuple(limits))


def _side_by_side(
    kind: str, calls: Sequence[SpokenCall], places: Places, resolved: Mapping[str, Sequence[bool]]
) -> Finding:
    """Return a table of all sorts: shares of calls and of accounts, and of objections how many were resolved."""
    accounts = {call.call.call_id: call.group for call in calls}
    every = set(accounts.values())
    numbers: list[Number] = []
    rows = []
    for name, quotes in sorted(places.items(), key=lambda item: (-len(item[1]), item[0])):
        own = {accounts[key] for key in quotes}
        found = [
            proportion(f"calls with the {kind} {name}", len(quotes), len(calls)),
            proportion(f"accounts with the {kind} {name}", len(own), len(every)),
        ]
        if name in resolved:
            found.append(proportion(f"resolved within the call, {name}", sum(resolved[name]), len(resolved[name])))
        rows.append(TableRow(name=name, cells=tuple(range(len(numbers), len(numbers) + len(found)))))
        numbers += found
    columns = ("calls it comes up on", "accounts it comes up with", "resolved within the call")
    first, second = numbers[0], numbers[len(rows[0].cells)] if len(rows) > 1 else None
    apart = second is None or (first.low or 0.0) > (second.high or 1.0)
    order = "stands apart from the next" if apart else "does not stand apart from the next: their intervals overlap"
    return Finding(
        claim=f"{len(rows)} {kind}s come up on {len(calls):,} calls with {len(every):,} accounts; the most frequent, "
        f"{rows[0].name}, {order}.",
        strength="descriptive",
        numbers=tuple(numbers),
        citations=(cite_rows("calls", [call.call.call_id for call in calls]),),
        note="The intervals of shares of calls count calls of one account as independent, and are too narrow for that; "
        "those of shares of accounts do not.",
        title=f"How often each {kind} comes up",
        table=FindingTable(
            corner=kind, columns=columns[: len(rows[0].cells)], rows=tuple(rows), floor=FLOOR, up_front=True
        ),
    )


def _objections(calls: Sequence[SpokenCall], resolved: dict[str, list[bool]]) -> Places:
    """Return where each objection was raised, and add whether it was resolved."""
    places: Places = {}
    for call in calls:
        for item in episodes(call.turns):
            resolved.setdefault(item.kind, []).append(item.outcome == "resolved")
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
