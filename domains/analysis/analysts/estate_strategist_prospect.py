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
from domains.analysis.analysts.prospect_likelihood import FLOOR as LIKELIHOOD_FLOOR
from domains.analysis.analysts.prospect_momentum import MOST_FINDINGS
from domains.analysis.analysts.retrieval_deals import DealSet
from domains.analysis.analysts.unread import unread
from domains.analysis.artifacts import Answer, Artifact
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, describe, value
from domains.analysis.statistics.numbers import in_words

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["synthesise_prospect"]


@capability("synthesise_prospect", specialist="estate strategist", output=Answer)
def synthesise_prospect(workspace: Workspace, scope: Scope, inputs: Inputs) -> Answer:
    """Join history, momentum, objections, people, competition, next steps and qualification into one answer."""
    draft = AnswerDraft()
    for kind in (CallSet, DealSet):
        draft.add(inputs.first(kind), findings=())
    _momentum(draft, inputs.first(Momentum))
    _qualification(draft, inputs.first(Qualification))
    _stakeholders(draft, inputs.first(StakeholderMap))
    _objections(draft, inputs.first(ObjectionReview))
    _next_steps(draft, inputs.first(StepList))
    _competition(draft, inputs.first(CompetitiveContext))
    draft.add(inputs.first(History))
    _say_what_is_missing(draft, inputs, *(unread(workspace, scope, (kind,)) for kind in ("calls", "deals")))
    return draft.answer(_headline(scope, inputs, unread(workspace, scope)))


def _headline(scope: Scope, inputs: Inputs, recorded: str) -> str:
    name = value(scope, "account") or describe(scope)
    calls, deals = inputs.first(CallSet), inputs.first(DealSet)
    if calls is None and deals is None and recorded:
        return f"{recorded} are recorded for {name}, and none of them could be read in this run: nothing can be said."
    if calls is None and deals is None:
        return f"Nothing is recorded for {name}: neither calls nor deals, so nothing can be said."
    momentum, people = inputs.first(Momentum), inputs.first(StakeholderMap)
    parts = []
    if deals:
        open_deals = f"{deals.open:,} open {'deal' if deals.open == 1 else 'deals'}"
        parts.append(f"{deals.won:,} won, {deals.lost:,} lost and {open_deals}{_named(momentum)}")
    elif calls:
        parts.append(f"{len(calls.call_ids):,} {'call' if len(calls.call_ids) == 1 else 'calls'} and no deal")
    parts += _likelihood(momentum)
    if people is not None and people.people:
        parts.append(_who_decides(people))
    return f"{name}: {'; '.join(parts)}."


def _named(momentum: Momentum | None) -> str:
    """Name the open deal, or say how many of several have warnings."""
    open_deals = momentum.deals if momentum else ()
    warnings = [sum(item.status == "raised" for item in deal.warnings) for deal in open_deals]
    if len(open_deals) == 1:
        deal, raised = open_deals[0], warnings[0]
        warned = f"{raised} {'warning' if raised == 1 else 'warnings'}" if raised else ""
        known = ", ".join(part for part in (f"in {deal.stage}" if deal.stage else "", warned) if part)
        return f" ({deal.opportunity_id}{' ' if known else ''}{known})"
    warned_deals = sum(number > 0 for number in warnings)
    return f" ({warned_deals:,} with warnings)" if warned_deals else ""


def _likelihood(momentum: Momentum | None) -> list[str]:
    """Say how often deals at the stage of the open deal were won; of several deals nothing is put in one number."""
    rates = [deal.won_from_stage for deal in (momentum.deals if momentum else ())]
    if len(rates) != 1 or rates[0] is None or (rates[0].n or 0) < LIKELIHOOD_FLOOR or momentum is None:
        return []
    return [f"of deals that reach {momentum.deals[0].stage}, {in_words(rates[0])} are won"]


def _who_decides(people: StakeholderMap) -> str:
    """Name who can say yes to the money, as far as the buyer's side names anybody."""
    buyers = [one for one in people.people if one.part == "economic buyer"]
    said = [one.name or f"the {one.title}" for one in buyers if one.basis == "the buyer says who decides"]
    if said:
        return f"who decides, by the buyer's words: {', '.join(said)}"
    if buyers:
        by_title = [", ".join(text for text in (one.name, one.title) if text) for one in buyers]
        return f"who decides is not said; by title it may be {'; '.join(by_title)}"
    return "who decides is not known: the buyer names nobody"


def _momentum(draft: AnswerDraft, momentum: Momentum | None) -> None:
    if momentum is None:
        return
    rates = [deal.won_from_stage for deal in momentum.deals if deal.won_from_stage is not None]
    likely = [finding for finding in momentum.findings if rates and finding.numbers[:1] == (rates[0],)]
    draft.add(momentum, likely)
    where = draft.add(momentum, [finding for finding in momentum.findings if finding not in likely])
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
    if empty or found.earlier:
        asked = ", ".join([*empty, *found.earlier])
        why = "the open deal's calls show nothing of it" if found.earlier else "the calls show nothing of it"
        behind = [
            at
            for at, finding in zip(where, found.findings, strict=True)
            if finding.title in ("MEDDPICC: what only earlier calls speak of", "MEDDPICC: what nobody speaks of")
        ]
        draft.recommend(f"Ask about {asked} on the next call: {why}.", behind or where[-1:])


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
