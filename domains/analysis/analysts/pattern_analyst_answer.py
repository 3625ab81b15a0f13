"""Synthesis of a pattern analysis: what is established, what is not, and what it would take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.answer_draft import AnswerDraft
from domains.analysis.analysts.call_artifacts import CallSet
from domains.analysis.analysts.measure_artifacts import MetricTable
from domains.analysis.analysts.pattern_artifacts import CandidateSet, ChangeSet, TopicSet, ValidatedSet
from domains.analysis.analysts.pattern_sample import CALLS_FLOOR, OUTCOME_FLOOR
from domains.analysis.analysts.unread import unread
from domains.analysis.artifacts import Answer
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, describe, value
from domains.analysis.statistics.numbers import percent

if TYPE_CHECKING:
    from domains.analysis.analysts.pattern_artifacts import Validated
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["synthesise_pattern"]

ORDER_IS_CHANCE = "; their order may be chance, as their intervals overlap"


@capability("synthesise_pattern", specialist="pattern analyst", output=Answer)
def synthesise_pattern(workspace: Workspace, scope: Scope, inputs: Inputs) -> Answer:
    """Join behaviours, wording, topics and change into one answer that claims what the calls kept back bear out."""
    draft = AnswerDraft()
    draft.add(inputs.first(CallSet), findings=())
    counted = inputs.first(MetricTable)
    if counted is not None:
        draft.add(counted)
        return draft.answer(_most_often(counted, scope))
    validated = inputs.first(ValidatedSet)
    where = draft.add(validated)
    for item in inputs.all(CandidateSet):
        draft.add(item)
    draft.add(inputs.first(TopicSet))
    changed = draft.add(inputs.first(ChangeSet))
    if validated is not None:
        draft.limit(
            f"{validated.tested:,} behaviours and phrases were compared on {validated.calls:,} calls; "
            "what is said to stand out is corrected for all of them."
        )
    _recommend(draft, validated, where)
    change = inputs.first(ChangeSet)
    if change and change.established:
        draft.recommend("Check with the team what lies behind the change over time before acting on it.", changed[1:2])
    _say_what_is_missing(draft, inputs, unread(workspace, scope, ("calls",)))
    return draft.answer(_headline(scope, inputs, unread(workspace, scope, ("calls",))))


def _most_often(counted: MetricTable, scope: Scope) -> str:
    """Return what comes up most often, or how often the one thing does that was asked about."""
    if counted.dimensions not in (("objection",), ("topic",)):
        of = value(scope, "topic") or value(scope, "objection") or describe(scope)
        return " ".join(f"{of.capitalize()}: {item.claim}" for item in counted.findings[:1]) or counted.limits[0]
    if not counted.rows:
        return f"None of the known {counted.dimensions[0]}s comes up on the calls of {describe(scope)}."
    named = [f"{row.group[0]} ({percent(row.number.value)})" for row in counted.rows[:3]]
    order = "" if not counted.findings or "stands apart" in counted.findings[0].claim else ORDER_IS_CHANCE
    return f"Most often heard on {counted.rows[0].number.n or 0:,} calls: {', '.join(named)}{order}."


def _names(patterns: list[Validated], *, more_in_won: bool) -> str:
    names = [item.candidate.name for item in patterns if (item.candidate.difference > 0) == more_in_won]
    return "; ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _headline(scope: Scope, inputs: Inputs, recorded: str) -> str:
    calls, validated = inputs.first(CallSet), inputs.first(ValidatedSet)
    if calls is None and recorded:
        return f"{recorded} of {describe(scope)} could not be read in this run, so no patterns were looked for."
    if calls is None:
        return f"No calls are recorded for {describe(scope)}, so there are no patterns to find."
    total = len(calls.call_ids)
    if validated is None:
        topics = inputs.first(TopicSet)
        some = " What the calls are about is described below." if topics and topics.topics else ""
        if _comparable(calls):
            return (
                f"{total:,} calls; what goes with winning was not tested in this run, so nothing is said of it.{some}"
            )
        return f"{total:,} calls, but too few with a known outcome to say what goes with winning.{some}"
    firm = [item for item in validated.patterns if item.strength == "established"]
    if not firm:
        return (
            f"Nothing is established to go with won calls: {validated.tested:,} behaviours and phrases were compared "
            f"on {validated.calls:,} calls, and none passes correction and replication."
        )
    parts = []
    for more, words in ((True, "won calls have more of"), (False, "lost calls have more of")):
        named = _names(firm, more_in_won=more)
        if named:
            parts.append(f"{words}: {named}")
    start = f"{len(firm):,} of {validated.tested:,} behaviours and phrases" if len(firm) > 1 else "One pattern"
    verb = "are" if len(firm) > 1 else "is"
    on = f"established and replicated on {validated.calls:,} calls"
    return f"{start} {verb} {on} ({'; '.join(parts)}); associations, not causes."


def _recommend(draft: AnswerDraft, validated: ValidatedSet | None, where: tuple[int, ...]) -> None:
    if validated is None or not where:
        return
    firm = [
        position
        for position, finding in zip(where, validated.findings, strict=True)
        if finding.strength == "established" and len(finding.numbers) == 1 and finding.numbers[0].low is not None
    ]
    of = dict(zip(where, validated.findings, strict=True))
    by_reps = [position for position in firm if of[position].claim.startswith("rep")]
    by_prospects = [position for position in firm if position not in by_reps]
    if by_reps:
        draft.recommend(
            "Try the established patterns in a controlled way (some reps or weeks with, some without) before training "
            "anybody on them: who does them and with whom may matter more than the words.",
            by_reps,
        )
    if by_prospects:
        draft.recommend(
            "Read how reps answered where this came up, in won and in lost calls: what prospects say is not the reps' "
            "doing, only the answer is.",
            by_prospects,
        )
    if firm:
        return
    heads = [p for p, finding in zip(where, validated.findings, strict=True) if " were compared " in finding.claim]
    draft.recommend(
        "Do not coach on any of these differences yet; collect more calls, or decide on one or two behaviours in "
        "advance and test only those, which takes far fewer.",
        heads,
    )


def _comparable(calls: CallSet) -> bool:
    won, lost = calls.by_outcome.get("won", 0), calls.by_outcome.get("lost", 0)
    return won + lost >= CALLS_FLOOR and min(won, lost) >= OUTCOME_FLOOR


def _say_what_is_missing(draft: AnswerDraft, inputs: Inputs, recorded: str) -> None:
    calls = inputs.first(CallSet)
    compared = {item.kind for item in inputs.all(CandidateSet)}
    if compared and "phrase" not in compared:
        draft.limit("Phrases were not compared in this run.")
    if compared == {"phrase"}:
        draft.limit("Behaviours were not compared in this run.")
    if calls is not None and inputs.first(TopicSet) is None:
        draft.limit("Topics were not looked for in this run.")
    if calls is None and recorded:
        draft.limit(f"{recorded} are recorded in this scope and were not read in this run.")
    elif calls is None:
        draft.limit("No calls are recorded in this scope.")
    elif inputs.first(ValidatedSet) is None and _comparable(calls):
        draft.limit("What differs between won and lost calls was not tested in this run.")
    elif inputs.first(ValidatedSet) is None:
        won, lost = calls.by_outcome.get("won", 0), calls.by_outcome.get("lost", 0)
        draft.limit(
            f"{won:,} won and {lost:,} lost calls: at least 50 of each, and 100 together, are needed to compare."
        )
