"""Objections beside competitors: which objections come up more often on calls that name one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.comparison import calls_beyond
from domains.analysis.analysts.competitive_intelligence_turns import find_mentions
from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.artifacts import Artifact, Citation, Finding, FindingTable, Number, TableRow
from domains.analysis.language.objection_cues import OBJECTIONS
from domains.analysis.language.trackers import find_any
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics import benjamini_hochberg, hedged, strength_of
from domains.analysis.statistics.clustered import Association, association
from domains.analysis.statistics.numbers import percent, proportion

if TYPE_CHECKING:
    from domains.analysis.analysts.call_artifacts import SpokenCall
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["CompetitorObjections", "relate_objections"]

CALLS_FLOOR = 20
OBJECTION_FLOOR = 10
TOO_FEW = (
    "Objections are not related to competitors: {named} calls name one and {silent} name none, the floor is {floor} "
    "of each."
)


class CompetitorObjections(Artifact):
    """Share of calls with each objection, where a competitor is named and where none is."""

    beside: tuple[Number, ...] = ()
    elsewhere: tuple[Number, ...] = ()


@capability("relate_objections", specialist="competitive intelligence", output=CompetitorObjections)
def relate_objections(workspace: Workspace, scope: Scope, inputs: Inputs) -> CompetitorObjections:
    """Compare how often prospects raise each objection on calls with and without a competitor named.

    Notes
    -----
    Counted once per call, from the prospect's turns only. Errors are robust to accounts, all objections are one family
    for the correction, and objections on fewer than 10 calls are left out.
    """
    calls = calls_beyond(workspace, scope, inputs, "competitor")
    asked = value(scope, "competitor")
    named = {
        mention.spoken.call.call_id
        for mention in find_mentions(workspace, calls)
        if asked in (None, mention.competitor)
    }
    silent = len(calls) - len(named)
    if min(len(named), silent) < CALLS_FLOOR:
        return CompetitorObjections(limits=(TOO_FEW.format(named=len(named), silent=silent, floor=CALLS_FLOOR),))
    raised = {call.call.call_id: _objections(call) for call in calls}
    tests: list[tuple[str, Association]] = []
    for tracker in OBJECTIONS:
        present = [float(tracker.name in raised[call.call.call_id]) for call in calls]
        if sum(present) >= OBJECTION_FLOOR:
            beside = [float(call.call.call_id in named) for call in calls]
            found = association(beside, present, [call.group for call in calls])
            if found:
                tests.append((tracker.name, found))
    corrected = benjamini_hochberg([found.p for _, found in tests])
    items = [
        _finding(name, found, q, calls, named, raised, asked) for (name, found), q in zip(tests, corrected, strict=True)
    ]
    items.sort(key=lambda item: ("established", "suggestive", "not established").index(item.strength))
    return CompetitorObjections(
        beside=tuple(finding.numbers[0] for finding in items),
        elsewhere=tuple(finding.numbers[1] for finding in items),
        findings=_worded(items, asked),
        limits=("Objections are found by rules on the words that prospects say.",),
    )


def _objections(call: SpokenCall) -> dict[str, Citation]:
    """Return the objections that the prospect raises on a call, each with the first sentence that shows it."""
    found: dict[str, Citation] = {}
    for turn in call.turns:
        if turn.role == "prospect":
            for hit in find_any(OBJECTIONS, turn.text):
                found.setdefault(hit.tracker, cite_turn(turn.call_id, turn.idx, hit.sentence[:240]))
    return found


def _finding(
    name: str,
    found: Association,
    q: float,
    calls: list[SpokenCall],
    named: set[str],
    raised: dict[str, dict[str, Citation]],
    asked: str | None,
) -> Finding:
    groups: dict[bool, list[str]] = defaultdict(list)
    for call in calls:
        groups[call.call.call_id in named].append(call.call.call_id)
    beside, elsewhere = (
        proportion(f"calls with objection {name}, {where}", sum(name in raised[key] for key in keys), len(keys))
        for where, keys in (("competitor named", groups[True]), ("none named", groups[False]))
    )
    gap = Number(
        name=f"objection {name}, competitor named less none named",
        value=found.effect * 100,
        unit="points",
        low=found.interval.low * 100,
        high=found.interval.high * 100,
        level=found.level,
        n=found.n,
        method=f"linear regression, errors robust to {found.clusters} accounts",
    )
    points = f"{gap.value:+.0f} points [{gap.low:+.0f} to {gap.high:+.0f}]"
    strength = strength_of(q, n=min(len(groups[True]), len(groups[False])), floor=CALLS_FLOOR)
    where = f"where {asked or 'a competitor'} is named"
    claim = (
        f"The objection {name} is raised on {percent(beside.value)} of calls {where}, against "
        f"{percent(elsewhere.value)} of "
        f"others: {points}" + (", not established." if strength == "not established" else ".")
    )
    quotes = spread([raised[key][name] for key in groups[True] if name in raised[key]], 2)
    return Finding(
        claim=hedged(claim, strength),
        strength=strength,
        numbers=(beside, elsewhere, gap),
        citations=(*quotes, cite_rows("calls", groups[True]), cite_rows("calls", groups[False])),
        note=f"p = {found.p:.2g}, corrected {q:.2g}. Calls of one account are not counted as independent.",
        title=f"Objection {name}, with and without a competitor named",
    )


def _worded(items: list[Finding], asked: str | None) -> tuple[Finding, ...]:
    """Keep the findings that hold; put the others together into one, so that a list of nothings does not hide them."""
    held = [finding for finding in items if finding.strength != "not established"]
    rest = [finding for finding in items if finding.strength == "not established"]
    if not rest:
        return tuple(held)
    names = [finding.numbers[2].name.removeprefix("objection ").split(", competitor")[0] for finding in rest]
    together = Finding(
        claim=f"For {len(rest)} of {len(items)} objections no difference between calls that name "
        f"{asked or 'a competitor'} and "
        f"others is established: {', '.join(names)}.",
        strength="not established",
        numbers=tuple(number for finding in rest for number in finding.numbers),
        citations=rest[0].citations[-2:],
        note=f"All {len(items)} are one family for the correction. Calls of one account are not counted as "
        "independent.",
        title="Objections: no difference between calls with and without a competitor",
        table=FindingTable(
            corner="objection raised on",
            columns=("calls that name one", "other calls", "difference"),
            rows=tuple(
                TableRow(name=name, cells=(3 * place, 3 * place + 1, 3 * place + 2)) for place, name in enumerate(names)
            ),
        ),
    )
    return (*held, together)
