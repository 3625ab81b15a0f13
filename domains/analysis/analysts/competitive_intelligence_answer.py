"""The answer on competition: who matters and whether it holds with controls, what is said, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.answer_draft import LEVEL_OF_INTERVALS, AnswerDraft
from domains.analysis.analysts.call_artifacts import CallSet
from domains.analysis.analysts.competitive_intelligence_mentions import CompetitorMentions
from domains.analysis.analysts.competitive_intelligence_model import CompetitorModel
from domains.analysis.analysts.competitive_intelligence_objections import CompetitorObjections
from domains.analysis.analysts.competitive_intelligence_outcomes import CompetitorOutcomes
from domains.analysis.analysts.competitive_intelligence_survey import CompetitionSurvey
from domains.analysis.analysts.competitive_intelligence_wording import CompetitorWording
from domains.analysis.analysts.retrieval_deals import DealSet
from domains.analysis.artifacts import Answer, Finding
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["synthesise_competitive"]

HELD = ("established", "suggestive")


@capability("synthesise_competitive", specialist="competitive intelligence", output=Answer)
def synthesise_competitive(workspace: Workspace, scope: Scope, inputs: Inputs) -> Answer:
    """Put the findings on competitors together: with controls first, as observed next, then what is said."""
    draft = AnswerDraft()
    model, outcomes = inputs.first(CompetitorModel), inputs.first(CompetitorOutcomes)
    modelled = draft.add(model)
    observed = draft.add(outcomes)
    mentions = inputs.first(CompetitorMentions)
    draft.add(mentions)
    objections = inputs.first(CompetitorObjections)
    raised = draft.add(objections)
    wording = inputs.first(CompetitorWording)
    said = draft.add(wording)
    for retrieved in (inputs.first(DealSet), inputs.first(CallSet)):
        draft.add(retrieved, ())
    survey = inputs.first(CompetitionSurvey)
    draft.add(survey)
    for at, finding in zip(modelled, model.findings if model else (), strict=True):
        if finding.strength == "established" and "less often" in finding.claim:
            name = _name(finding)
            draft.recommend(f"Prepare for {name} first: look at the lost deals against it one by one.", (at,))
    unsure = _unsure(model, outcomes, observed)
    names = " and ".join(name for _, name in unsure)
    draft.recommend(
        f"Gather more deals before acting on the observed difference against {names}: with controls held it is not "
        "established.",
        [at for at, _ in unsure],
    )
    behind = [at for at, item in zip(raised, objections.findings if objections else (), strict=True) if _firm(item)]
    draft.recommend("Prepare answers to the objections that come with competitors.", behind)
    behind = [at for at, item in zip(said, wording.findings if wording else (), strict=True) if _firm(item)]
    draft.recommend("Read the quotes of the wording that goes with the outcome before teaching or avoiding it.", behind)
    draft.limit(LEVEL_OF_INTERVALS)
    return draft.answer(_headline(survey, model, outcomes, mentions))


def _holds(finding: Finding) -> bool:
    return finding.strength in HELD


def _firm(finding: Finding) -> bool:
    return finding.strength == "established"


def _name(finding: Finding) -> str:
    return finding.numbers[0].name.removeprefix("chance to win against ").split(", ")[0]


def _unsure(
    model: CompetitorModel | None, outcomes: CompetitorOutcomes | None, observed: tuple[int, ...]
) -> list[tuple[int, str]]:
    """Return the observed differences that are not established with controls: their places in the answer, and whom."""
    if not model or not outcomes:
        return []
    open_ones = {_name(finding) for finding in model.findings if not _holds(finding)}
    places = []
    for at, finding in zip(observed, outcomes.findings, strict=True):
        name = finding.numbers[0].name.removeprefix("win rate against ")
        if finding.strength == "established" and name in open_ones:
            places.append((at, name))
    return places


def _headline(
    survey: CompetitionSurvey | None,
    model: CompetitorModel | None,
    outcomes: CompetitorOutcomes | None,
    mentions: CompetitorMentions | None,
) -> str:
    held = [finding.claim for finding in (model.findings if model else ()) if _holds(finding)]
    if held:
        return " ".join(held[:2])
    seen = [finding for finding in (outcomes.findings if outcomes else ()) if _holds(finding)]
    if seen:
        name = seen[0].numbers[0].name.removeprefix("win rate against ")
        controlled = [finding.claim for finding in (model.findings if model else ()) if _name(finding) == name]
        return " ".join([seen[0].claim, *(controlled or ["Nothing is held equal there."])])
    judged = [*(model.findings if model else ()), *(outcomes.findings if outcomes else ())[1:]]
    if any(not finding.claim.startswith("Nothing is concluded") for finding in judged):
        return "No competitor is established to change the chance to win; the intervals say how much is still possible."
    if judged:
        return "Too few deals against competitors are closed to say whether any of them changes the chance to win."
    if mentions and mentions.findings:
        return mentions.findings[0].claim
    if survey and survey.absent and survey.absent[0] == "competitors":
        return survey.limits[0]
    return "There is too little on competitors to say anything."
