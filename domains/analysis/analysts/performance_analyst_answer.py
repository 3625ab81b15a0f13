"""The answer on performance: whether anybody may be ranked, what differs between reps and territories, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.answer_draft import LEVEL_OF_INTERVALS, AnswerDraft
from domains.analysis.analysts.asked_first import asked_first
from domains.analysis.analysts.call_artifacts import CallSet
from domains.analysis.analysts.performance_analyst_attainment import Attainment
from domains.analysis.analysts.performance_analyst_conversation import Conversation
from domains.analysis.analysts.performance_analyst_judgements import corrected_together, judged
from domains.analysis.analysts.performance_analyst_next_steps import NextStepRates
from domains.analysis.analysts.performance_analyst_outcomes import RepOutcomes
from domains.analysis.analysts.performance_analyst_side_by_side import behaviours_side_by_side, reps_side_by_side
from domains.analysis.analysts.performance_analyst_survey import PerformanceSurvey
from domains.analysis.analysts.performance_analyst_territories import Territories
from domains.analysis.analysts.performance_analyst_value import RepValue
from domains.analysis.analysts.retrieval_deals import DealSet
from domains.analysis.artifacts import Answer, Artifact, Finding
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, describe, value
from domains.analysis.statistics.numbers import percent

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["synthesise_performance"]

HELD = ("established", "suggestive")


@capability("synthesise_performance", specialist="performance analyst", output=Answer)
def synthesise_performance(workspace: Workspace, scope: Scope, inputs: Inputs) -> Answer:
    """Put the measures of reps and territories together: the named rep first, then outcomes, then behaviour."""
    draft = AnswerDraft()
    outcomes, territories, steps, speech = _judged(inputs)
    asked = value(scope, "rep")
    behind = () if asked else (reps_side_by_side(outcomes), behaviours_side_by_side(steps, speech))
    draft.add(outcomes or steps or speech, [finding for finding in behind if finding is not None])
    verdict = draft.add(outcomes)
    regional = draft.add(territories)
    valued = draft.add(inputs.first(RepValue))
    attainment = inputs.first(Attainment)
    draft.add(attainment)
    stepped = draft.add(steps)
    spoken = draft.add(speech)
    for retrieved in (inputs.first(DealSet), inputs.first(CallSet)):
        draft.add(retrieved, ())
    draft.add(inputs.first(PerformanceSurvey))
    if outcomes and outcomes.findings and not outcomes.ranked:
        draft.recommend(
            "Do not reward, coach or staff single reps by win rate: their order would not repeat.", verdict[:1]
        )
    if territories and territories.findings and territories.findings[0].strength == "established":
        draft.recommend("Look into the territory that differs among like deals before changing targets.", regional)
    if territories and (territories.raw_p or 1.0) <= 0.05 < (territories.adjusted_p or 0.0):
        draft.recommend("Set targets of territories by their mix of segments, not by the overall win rate.", regional)
    if valued and "because of which products" in _claim(inputs.first(RepValue)):
        draft.recommend("Compare value per deal within products only.", valued)
    helping = [at for at, finding in _held(steps, stepped) if "belong to won deals more" in finding.claim]
    draft.recommend(
        f"Coach everybody on next steps with a date, half of the reps first, and compare: {_without_date(steps)} of "
        "calls end without one.",
        helping,
    )
    speaking = [at for at, finding in _held(speech, spoken) if "early in a call goes with" in finding.claim]
    draft.recommend("Test the way of speaking that goes with the outcome before teaching it to everybody.", speaking)
    if not helping and not speaking and verdict and spoken:
        draft.recommend(
            "If coaching cannot wait: decide beforehand on one behaviour, coach half of the reps in it, and compare; "
            "the records single out neither a rep nor a behaviour.",
            (*verdict[:1], *spoken[1:2]),
        )
    draft.limit(LEVEL_OF_INTERVALS)
    first = asked_first(scope, {"quota_attainment": attainment})
    usual = _headline(scope, asked, outcomes, attainment, territories, steps, speech)
    return draft.answer(" ".join([*(text for text in first if text not in usual), usual]))


def _judged(
    inputs: Inputs,
) -> tuple[RepOutcomes | None, Territories | None, NextStepRates | None, Conversation | None]:
    """Return what was tested, worded as it stands among all tests of the report."""
    outcomes, territories = inputs.first(RepOutcomes), inputs.first(Territories)
    steps, speech = inputs.first(NextStepRates), inputs.first(Conversation)
    corrected = corrected_together((outcomes, territories, steps, speech))
    if outcomes:
        outcomes = judged(outcomes, corrected)
        stands = bool(outcomes.findings) and outcomes.findings[0].strength in HELD
        outcomes = outcomes.model_copy(update={"ranked": outcomes.ranked and stands})
    return (
        outcomes,
        judged(territories, corrected) if territories else None,
        judged(steps, corrected) if steps else None,
        judged(speech, corrected) if speech else None,
    )


def _without_date(steps: NextStepRates | None) -> str:
    dated = steps.dated.value if steps and steps.dated else None
    return percent(None if dated is None else 1 - dated)


def _claim(artifact: Artifact | None) -> str:
    return artifact.findings[0].claim if artifact and artifact.findings else ""


def _held(artifact: Artifact | None, positions: tuple[int, ...]) -> list[tuple[int, Finding]]:
    findings = artifact.findings if artifact else ()
    return [(at, finding) for at, finding in zip(positions, findings, strict=True) if finding.strength in HELD]


def _headline(
    scope: Scope,
    asked: str | None,
    outcomes: RepOutcomes | None,
    attainment: Attainment | None,
    territories: Territories | None,
    steps: NextStepRates | None,
    speech: Conversation | None,
) -> str:
    parts = []
    if asked:
        for source in (outcomes, attainment, steps):
            parts += [
                finding.claim for finding in (source.findings if source else ()) if finding.claim.startswith(asked)
            ]
    if not parts and outcomes and outcomes.findings:
        parts.append(outcomes.findings[0].claim)
    if territories and territories.findings and not asked:
        parts.append(territories.findings[0].claim)
    for behaviour in () if asked and parts else (steps, speech):
        main = (behaviour.findings if behaviour else ())[1:2]
        parts += [finding.claim for finding in main if finding.strength in HELD]
    if not parts and (steps or speech):
        parts += [_claim(steps) or _claim(speech)]
    if not parts:
        return f"There is too little to compare reps or territories on ({describe(scope)})."
    return " ".join(parts[:3])
