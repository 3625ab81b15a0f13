"""Synthesis of an enablement analysis: what goes with winning, like compared with like, and what is not recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.answer_draft import AnswerDraft
from domains.analysis.analysts.asked_first import asked_first
from domains.analysis.analysts.enablement_artifacts import (
    AssociationRow,
    ContentComparison,
    EnablementRecords,
    RampTime,
    TrainingComparison,
)
from domains.analysis.analysts.enablement_content import DEALS_FLOOR, LEAST_DEALS
from domains.analysis.analysts.enablement_ramp import REPS_FLOOR
from domains.analysis.analysts.enablement_wording import in_points
from domains.analysis.analysts.retrieval_deals import DealSet
from domains.analysis.artifacts import Answer
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, describe
from domains.analysis.statistics import needed_per_group
from domains.analysis.statistics.numbers import percent

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["synthesise_enablement"]


@capability("synthesise_enablement", specialist="enablement analyst", output=Answer)
def synthesise_enablement(workspace: Workspace, scope: Scope, inputs: Inputs) -> Answer:
    """Join records, content, trainings and ramp time into one answer; every relation is worded as an association."""
    draft = AnswerDraft()
    draft.add(inputs.first(DealSet), findings=())
    content, trainings = inputs.first(ContentComparison), inputs.first(TrainingComparison)
    for compared in (content, trainings):
        where = draft.add(compared)
        if compared is None:
            continue
        for position, finding in zip(where[1:], compared.findings[1:], strict=True):
            # a title may hold a colon itself
            row = next((item for item in compared.rows if finding.claim.startswith(f"{item.name}: ")), None)
            if row is not None:
                _recommend(draft, row, position)
    draft.add(inputs.first(RampTime))
    records = inputs.first(EnablementRecords)
    draft.add(records)
    if records is None:
        draft.limit("Records on enablement were not read in this run: nothing is said of content, trainings and ramp.")
    if records is not None and records.uses_on_deals and content is None:
        draft.limit("Use of content is recorded but was not compared in this run: nothing is said of content.")
    if records is not None and records.trainings and trainings is None:
        draft.limit("Trainings are recorded but were not compared in this run: nothing is said of trainings.")
    if records is not None and not (records.uses or records.trainings):
        draft.limit(_what_it_would_take())
    asked = asked_first(scope, {"ramp_time": inputs.first(RampTime)})
    return draft.answer(" ".join([*asked, _headline(scope, inputs)]))


def _what_it_would_take() -> str:
    """Say what has to be recorded, of how many deals, before content or trainings can be compared."""
    needed = needed_per_group(0.5, 0.6)
    return (
        "What it would take: which piece was used on which deal and when, or who took which training when, with the "
        f"outcome of the deals; at least {DEALS_FLOOR} closed deals, {LEAST_DEALS} of them with the piece and "
        f"{LEAST_DEALS} without. To tell 10 points of win rate (50 % from 60 %) with 80 % power takes about "
        f"{needed:,} deals with it and as many without."
    )


def _better(row: AssociationRow) -> bool:
    return row.odds_ratio is not None and (row.odds_ratio.value or 0.0) > 1


def _recommend(draft: AnswerDraft, row: AssociationRow, position: int) -> None:
    if row.strength == "established" and _better(row):
        action = f"Offer {row.name} to a random half of suitable deals or reps for a quarter"
        draft.recommend(f"{action}: the association deserves a trial.", [position])
    elif row.strength == "established":
        draft.recommend(f"Find out why deals with {row.name} go worse before using it more.", [position])
    elif row.used_late:
        draft.recommend(f"Do not read {row.name} as helping to win: it comes when the deal is decided.", [position])


def _headline(scope: Scope, inputs: Inputs) -> str:
    records, content, trainings = (
        inputs.first(EnablementRecords),
        inputs.first(ContentComparison),
        inputs.first(TrainingComparison),
    )
    ramp = inputs.first(RampTime)
    parts = []
    if content is not None and content.rows:
        parts.append(_verdict("content", "piece", content.rows))
    if trainings is not None and trainings.rows:
        parts.append(_verdict("trainings", "training", trainings.rows))
    enough = ramp is not None and ramp.reps >= REPS_FLOOR
    if enough and ramp is not None and ramp.median_days is not None and ramp.median_days.value is not None:
        parts.append(f"half of the new reps had a first win within {ramp.median_days.value:.0f} days")
    if parts:
        text = "; ".join(parts)
        return f"{text[:1].upper()}{text[1:]} (associations, not effects)."
    if records is not None and not (records.uses or records.trainings or records.reps_with_hire_date):
        return (
            f"Neither use of content, nor trainings, nor hire dates are recorded ({describe(scope)}): "
            "nothing is established on enablement."
        )
    if records is None:
        return f"What is recorded on content, trainings and hiring could not be read in this run ({describe(scope)})."
    return f"Too little is recorded to compare content or trainings ({describe(scope)})."


def _verdict(plural: str, single: str, rows: tuple[AssociationRow, ...]) -> str:
    firm = [row for row in rows if row.strength == "established"]
    if not firm:
        return (
            f"no {single} of {len(rows):,} is established to go with winning"
            if plural == "trainings"
            else (f"no {single} of content out of {len(rows):,} is established to go with winning")
        )
    named = " and ".join(map(_in_short, firm))
    return f"of {len(rows):,} {'pieces of content' if plural == 'content' else plural}, {named}"


def _in_short(row: AssociationRow) -> str:
    """Return what goes with the outcome in win rates and points."""
    words = f"{row.name} goes with {'more' if _better(row) else 'fewer'} wins: {percent(row.with_it.value)} of "
    words += f"{row.with_it.n:,} deals with it, {percent(row.without_it.value)} of {row.without_it.n:,} without"
    return f"{words}, {in_points(row.held)} with controls held" if row.held is not None else words
