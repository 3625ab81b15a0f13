"""Synthesis of a prospect analysis: the state of the account in one sentence, what it rests on, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.answer_draft import AnswerDraft
from domains.analysis.analysts.call_artifacts import CallSet
from domains.analysis.analysts.prospect_artifacts import (
    CompetitiveContext,
    History,
    Momentum,
    ObjectionReview,
    Qualification,
    StakeholderMap,
    StepList,
)
from domains.analysis.analysts.prospect_momentum import MOST_FINDINGS
from domains.analysis.analysts.retrieval_deals import DealSet
from domains.analysis.analysts.unread import unread
from domains.analysis.artifacts import Answer, Artifact
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, describe, value

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["synthesise_prospect"]


@capability("synthesise_prospect", specialist="estate strategist", output=Answer)
def synthesise_prospect(workspace: Workspace, scope: Scope, inputs: Inputs) -> Answer:
    """Join history, momentum, objections, people, competition, next steps and qualification into one answer."""
    draft = AnswerDraft()
    for kind in (CallSet, DealSet):
        draft.add(inputs.first(kind), findings=())
    draft.add(inputs.first(History))
    _momentum(draft, inputs.first(Momentum))
    _objections(draft, inputs.first(ObjectionReview))
    _next_steps(draft, inputs.first(StepList))
    _stakeholders(draft, inputs.first(StakeholderMap))
    _competition(draft, inputs.first(CompetitiveContext))
    _qualification(draft, inputs.first(Qualification))
    _say_what_is_missing(draft, inputs, *(unread(workspace, scope, (kind,)) for kind in ("calls", "deals")))
    return draft.answer(_headline(scope, inputs, unread(workspace, scope)))


def _headline(scope: Scope, inputs: Inputs, recorded: str) -> str:
    name = value(scope, "account") or describe(scope)
    calls, deals = inputs.first(CallSet), inputs.first(DealSet)
    if calls is None and deals is None and recorded:
        return f"{recorded} are recorded for {name}, and none of them could be read in this run: nothing can be said."
    if calls is None and deals is None:
        return f"Nothing is recorded for {name}: neither calls nor deals, so nothing can be said."
    parts = []
    if deals:
        parts.append(
            f"{deals.won:,} won, {deals.lost:,} lost and {deals.open:,} open {'deal' if deals.open == 1 else 'deals'}"
        )
    if calls:
        parts.append(f"{len(calls.call_ids):,} {'call' if len(calls.call_ids) == 1 else 'calls'}")
    sentence = f"{name}: {' and '.join(parts)}"
    momentum, review = inputs.first(Momentum), inputs.first(ObjectionReview)
    if momentum and momentum.deals:
        warned = sum(any(item.status == "raised" for item in deal.warnings) for deal in momentum.deals)
        if warned:
            sentence += f"; {warned:,} of the open deals {'has' if warned == 1 else 'have'} a warning"
    if momentum and momentum.trend in ("faster", "slower"):
        sentence += f"; contacts are {'picking up' if momentum.trend == 'faster' else 'slowing down'}"
    if review and review.objections:
        resolved = sum(item.outcome == "resolved" for item in review.objections)
        standing = sum(item.outcome in ("not resolved", "unanswered") for item in review.objections)
        total = len(review.objections)
        sentence += f"; of {total:,} objections, {resolved:,} resolved and {standing:,} left standing"
    return sentence + "."


def _momentum(draft: AnswerDraft, momentum: Momentum | None) -> None:
    where = draft.add(momentum)
    if momentum is None:
        return
    actions = {
        "no activity": "get in touch",
        "ghosted": "chase the agreed next step, through a second contact if the first stays silent",
        "overdue": "correct the expected close date with the buyer",
        "not enough contacts": "win a second contact",
        "no power": "ask who approves the money and meet that person",
        "pricing not mentioned": "bring the price up",
        "stalled in stage": "find out what holds it in its stage, or close it as lost",
    }
    # The findings of warned deals come first, in the order of the deals.
    for position, deal in zip(where[:MOST_FINDINGS], momentum.deals, strict=False):
        raised = [item.name for item in deal.warnings if item.status == "raised"]
        if raised:
            todo = "; ".join(actions[name] for name in raised)
            draft.recommend(f"Deal {deal.opportunity_id}: {todo}.", [position])


def _objections(draft: AnswerDraft, review: ObjectionReview | None) -> None:
    where = draft.add(review)
    if review is None or not where:
        return
    still = sorted({item.kind for item in review.objections if item.outcome in ("not resolved", "unanswered")})
    positions = [
        position
        for position, finding in zip(where, review.findings, strict=True)
        if any(finding.claim.startswith(f"Objection on {kind}:") for kind in still)
    ]
    if positions:
        named = [kind for kind in still if any(f.claim.startswith(f"Objection on {kind}:") for f in review.findings)]
        draft.recommend(f"Prepare an answer to the objections left standing: {', '.join(named)}.", positions)


def _next_steps(draft: AnswerDraft, steps: StepList | None) -> None:
    where = draft.add(steps)
    if steps is None or not where:
        return
    if any(step.status == "overdue" for step in steps.steps):
        late = sum(step.status == "overdue" for step in steps.steps)
        draft.recommend(
            f"Settle the {late} overdue next {'step' if late == 1 else 'steps'} with their owners.", where[:2]
        )
    elif steps.calls and steps.calls_with_step < steps.calls:
        draft.recommend("End every call with a next step that has an owner and a date.", where[:1])


def _stakeholders(draft: AnswerDraft, people: StakeholderMap | None) -> None:
    where = draft.add(people)
    if people is not None and where and "economic buyer" in people.missing:
        draft.recommend("Find out who the economic buyer is: nobody on the buyer's side names one.", where)


def _competition(draft: AnswerDraft, context: CompetitiveContext | None) -> None:
    where = draft.add(context)
    if context is not None and where and context.mentions:
        name = max(context.mentions, key=lambda item: context.mentions[item])
        draft.recommend(f"Ask how the buyer compares us with {name}, the competitor named most.", where[:1])


def _qualification(draft: AnswerDraft, found: Qualification | None) -> None:
    where = draft.add(found)
    if found is None or not where:
        return
    empty = [one.letter for one in found.letters if one.basis is None]
    if empty:
        draft.recommend(f"Ask about {', '.join(empty)} on the next call.", where[-1:])


_LOOKS: tuple[tuple[type[Artifact], str], ...] = (
    (Momentum, "momentum"),
    (ObjectionReview, "objections"),
    (StepList, "next steps"),
    (StakeholderMap, "stakeholders"),
    (CompetitiveContext, "competition"),
    (Qualification, "qualification"),
)


def _say_what_is_missing(draft: AnswerDraft, inputs: Inputs, calls: str, deals: str) -> None:
    if inputs.first(CallSet) is None:
        draft.limit(f"{_absent('calls', calls)}: objections, people, next steps and qualification cannot be told.")
    else:
        left = [words for kind, words in _LOOKS if inputs.first(kind) is None]
        if left:
            draft.limit(f"Not looked at in this run: {', '.join(left)}.")
    if inputs.first(DealSet) is None:
        draft.limit(f"{_absent('deals', deals)}: progression through the pipeline cannot be told.")


def _absent(kind: str, recorded: str) -> str:
    if recorded:
        return f"{recorded} are recorded in this scope and were not read in this run"
    return f"No {kind} are recorded in this scope"
