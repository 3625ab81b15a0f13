"""The answer on competition: who matters and whether it holds with controls, what is said, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.answer_draft import LEVEL_OF_INTERVALS, AnswerDraft
from domains.analysis.analysts.call_artifacts import CallSet
from domains.analysis.analysts.competitive_intelligence_mentions import CompetitorMentions
from domains.analysis.analysts.competitive_intelligence_model import CompetitorModel
from domains.analysis.analysts.competitive_intelligence_objections import CompetitorObjections
from domains.analysis.analysts.competitive_intelligence_outcomes import CASES_FLOOR, CompetitorOutcomes
from domains.analysis.analysts.competitive_intelligence_survey import CompetitionSurvey
from domains.analysis.analysts.competitive_intelligence_wording import CompetitorWording
from domains.analysis.analysts.retrieval_deals import DealSet
from domains.analysis.artifacts import Answer, Finding, FindingTable, Number, TableRow
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import in_words, percent

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["synthesise_competitive"]

HELD = ("established", "suggestive")
_EFFECT_OF = "chance to win against "
_RATE_OF = "win rate against "


@capability("synthesise_competitive", specialist="competitive intelligence", output=Answer)
def synthesise_competitive(workspace: Workspace, scope: Scope, inputs: Inputs) -> Answer:
    """Put the findings on competitors together: with controls first, as observed next, then what is said."""
    draft = AnswerDraft()
    model, outcomes = inputs.first(CompetitorModel), inputs.first(CompetitorOutcomes)
    draft.add(outcomes, _side_by_side(model, outcomes))
    effects = _effects(model)
    modelled = draft.add(model, effects)
    draft.add(model, [finding for finding in (model.findings if model else ()) if finding not in effects])
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
    for at, finding in zip(modelled, effects, strict=True):
        if _holds(finding) and "less often" in finding.claim:
            name = _name(finding)
            lost = f"look at the lost deals against {name} one by one"
            doubt = "before acting: that it costs deals is not firm"
            action = f"Prepare for {name} first: {lost}" if _firm(finding) else f"L{lost[1:]} {doubt}"
            draft.recommend(f"{action}.", (at,))
    unsure = _unsure(model, outcomes, observed)
    names = " and ".join(name for _, name in unsure)
    draft.recommend(
        f"Gather more deals before acting on the observed difference against {names}: with controls held no difference "
        "is established.",
        [at for at, _ in unsure],
    )
    behind = [at for at, item in zip(raised, objections.findings if objections else (), strict=True) if _firm(item)]
    draft.recommend("Prepare answers to the objections that come with competitors.", behind)
    behind = [at for at, item in zip(said, wording.findings if wording else (), strict=True) if _firm(item)]
    draft.recommend("Read the quotes of the wording that goes with the outcome before teaching or avoiding it.", behind)
    draft.limit(LEVEL_OF_INTERVALS)
    return draft.answer(_headline(survey, model, outcomes, mentions))


def _effects(model: CompetitorModel | None) -> tuple[Finding, ...]:
    """Return the findings on single competitors, without the one on what is held equal."""
    findings = model.findings if model else ()
    return tuple(item for item in findings if item.numbers[0].name.startswith(_EFFECT_OF))


def _side_by_side(model: CompetitorModel | None, outcomes: CompetitorOutcomes | None) -> list[Finding]:
    """Return a table of the competitors: win rate, difference as observed, and with controls held."""
    if outcomes is None or outcomes.without is None or not outcomes.findings:
        return []
    shown = {number.name.removeprefix(_RATE_OF): number for number in outcomes.against}
    gaps = {
        finding.numbers[0].name.removeprefix(_RATE_OF): finding.numbers[2]
        for finding in outcomes.findings[1:]
        if len(finding.numbers) == 3
    }
    effects = {_name(finding): finding.numbers[0] for finding in _effects(model)}
    about = [name for name in shown if any(name in finding.title for finding in outcomes.findings[1:])]
    if not about or outcomes.without.value is None:
        return []
    numbers: list[Number] = [outcomes.without]
    rows = [TableRow(name="no competitor known", cells=(0, None, None))]
    for name in about:
        cells: list[int | None] = []
        for number in (shown[name], gaps.get(name), effects.get(name)):
            cells.append(None if number is None else len(numbers))
            numbers += [number] if number is not None else []
        rows.append(TableRow(name=name, cells=tuple(cells)))
    held = f"; held equal: {', '.join(model.controls)}" if model and model.controls and effects else ""
    return [
        Finding(
            claim=f"Win rates against {len(about)} {'competitor' if len(about) == 1 else 'competitors'} beside that "
            f"without one, {in_words(outcomes.without)}{held}.",
            strength="descriptive",
            numbers=tuple(numbers),
            citations=outcomes.findings[0].citations,
            note="Which of the differences is firm stands with the findings below; each has its own interval at 95 %.",
            title="Win rate against each competitor, as observed and with controls held",
            table=FindingTable(
                corner="competitor",
                columns=("win rate", "difference as observed", "difference with controls held"),
                rows=tuple(rows),
                floor=CASES_FLOOR,
                up_front=True,
            ),
        )
    ]


def _holds(finding: Finding) -> bool:
    return finding.strength in HELD


def _firm(finding: Finding) -> bool:
    return finding.strength == "established"


def _name(finding: Finding) -> str:
    return finding.numbers[0].name.removeprefix(_EFFECT_OF).split(", ")[0]


def _unsure(
    model: CompetitorModel | None, outcomes: CompetitorOutcomes | None, observed: tuple[int, ...]
) -> list[tuple[int, str]]:
    """Return the observed differences that are not established with controls: their places in the answer, and whom."""
    if not model or not outcomes:
        return []
    open_ones = {_name(finding) for finding in _effects(model) if not _holds(finding)}
    places = []
    for at, finding in zip(observed, outcomes.findings, strict=True):
        name = finding.numbers[0].name.removeprefix(_RATE_OF)
        if finding.strength == "established" and name in open_ones:
            places.append((at, name))
    return places


def _headline(
    survey: CompetitionSurvey | None,
    model: CompetitorModel | None,
    outcomes: CompetitorOutcomes | None,
    mentions: CompetitorMentions | None,
) -> str:
    held = [finding for finding in _effects(model) if _holds(finding)]
    if held:
        return " ".join([*(finding.claim for finding in held[:2]), *_observed_of(held[0], outcomes)])
    seen = [finding for finding in (outcomes.findings if outcomes else ()) if _holds(finding)]
    if seen:
        name = seen[0].numbers[0].name.removeprefix(_RATE_OF)
        controlled = [finding.claim for finding in _effects(model) if _name(finding) == name]
        return " ".join([seen[0].claim, *(controlled or ["Nothing is held equal there."])])
    judged = [*_effects(model), *(outcomes.findings if outcomes else ())[1:]]
    if any(not finding.claim.startswith("Nothing is concluded") for finding in judged):
        return "No competitor is established to change the chance to win; the intervals say how much is still possible."
    if judged:
        return "Too few deals against competitors are closed to say whether any of them changes the chance to win."
    if mentions and mentions.findings:
        return mentions.findings[0].claim
    if survey and survey.absent and survey.absent[0] == "competitors":
        return survey.limits[0]
    return "There is too little on competitors to say anything."


def _observed_of(finding: Finding, outcomes: CompetitorOutcomes | None) -> list[str]:
    """Say what the win rate is as observed, beside what is left of the difference with controls held."""
    name = _name(finding)
    rate = next((item for item in (outcomes.against if outcomes else ()) if item.name == f"{_RATE_OF}{name}"), None)
    if rate is None or outcomes is None or outcomes.without is None or rate.value is None:
        return []
    without = outcomes.without
    return [f"As observed {percent(rate.value)} of {rate.n:,} are won, {percent(without.value)} of those without one."]
