"""Objections of an account's buyers: what was raised, what the rep answered, whether it was resolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_artifacts import CallSet, read_calls
from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.prospect_artifacts import ObjectionRecord, ObjectionReview
from domains.analysis.artifacts import Citation, Finding
from domains.analysis.language.objections import episodes
from domains.analysis.language.text import excerpt
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics.numbers import count, in_words, proportion

if TYPE_CHECKING:
    from domains.analysis.analysts.call_artifacts import SpokenCall
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["FLOOR", "assess_objections"]

FLOOR = 30
MOST_KINDS = 6
READ_BY_RULE = (
    "Objections and reactions are found by word lists, which miss irony and unusual wording; "
    "the quotes show what was counted."
)


@capability("assess_objections", specialist="performance analyst", output=ObjectionReview)
def assess_objections(workspace: Workspace, scope: Scope, inputs: Inputs) -> ObjectionReview:
    """Follow every objection from where it was raised, over the rep's answer, to the prospect's reaction."""
    calls = read_calls(workspace, scope, inputs.one(CallSet))
    wanted = value(scope, "objection")
    found = [record for call in calls for record in _records(call) if wanted is None or wanted.lower() in record.kind]
    return ObjectionReview(
        objections=tuple(found),
        calls=len(calls),
        findings=tuple(_findings(found, len(calls))),
        limits=(READ_BY_RULE,) if calls else (),
    )


def _records(call: SpokenCall) -> list[ObjectionRecord]:
    by_index = {turn.idx: turn for turn in call.turns}

    def cite(index: int | None) -> Citation | None:
        if index is None:
            return None
        text = by_index[index].text
        return cite_turn(call.call.call_id, index, text if len(text) <= 240 else excerpt(text, 0, 1))

    return [
        ObjectionRecord(
            call_id=call.call.call_id,
            kind=item.kind,
            outcome=item.outcome,
            answer_kinds=item.answer_kinds,
            objection=cite_turn(call.call.call_id, item.turn, item.quote),
            answer=cite(item.answer_turn),
            reaction=cite(item.reaction_turn),
        )
        for item in episodes(call.turns)
    ]


def _findings(found: Sequence[ObjectionRecord], calls: int) -> list[Finding]:
    if not found:
        return []
    outcomes = Counter(item.outcome for item in found)
    resolved = proportion("resolved", outcomes["resolved"], len(found))
    rest = ", ".join(
        f"{outcomes[name]:,} {name}" for name in ("not resolved", "unclear", "unanswered") if outcomes[name]
    )
    few = len(found) < FLOOR
    overall = Finding(
        claim=(
            f"{len(found):,} {'objection was' if len(found) == 1 else 'objections were'} raised in {calls:,} "
            f"{'call' if calls == 1 else 'calls'}; resolved: {in_words(resolved)}" + (f" ({rest})." if rest else ".")
        ),
        strength="descriptive",
        numbers=(count("objections", len(found)), resolved),
        citations=spread([item.objection for item in found]),
        note=f"Fewer than {FLOOR} objections: too few to judge how well they are handled." if few else "",
        title="Objections, and how many were resolved",
    )
    kinds = Counter(item.kind for item in found).most_common(MOST_KINDS)
    return [overall, *(_of_kind(kind, [item for item in found if item.kind == kind]) for kind, _ in kinds)]


def _of_kind(kind: str, items: Sequence[ObjectionRecord]) -> Finding:
    """Return the finding of one kind of objection, led by the examples that are still open."""
    resolved = sum(item.outcome == "resolved" for item in items)
    ordered = sorted(items, key=lambda item: item.outcome == "resolved")
    example = ordered[0]
    chain = [example.objection, example.answer, example.reaction]
    how = Counter(name for item in items for name in item.answer_kinds)
    answers = f" Answers: {', '.join(f'{name} ({times})' for name, times in how.most_common(3))}." if how else ""
    more = [item.objection for item in ordered[1:4]]
    return Finding(
        claim=f"Objection on {kind}: raised in {len(items):,} of the calls, resolved in {resolved:,}.{answers}",
        strength="descriptive",
        numbers=(proportion(f"{kind} resolved", resolved, len(items)),),
        citations=tuple(item for item in chain if item) + tuple(more),
        note="The first citations are one episode: objection, the rep's answer, the prospect's reaction.",
        title=f"Objection on {kind}",
    )
