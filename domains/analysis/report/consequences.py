"""What it does to the conclusions when a step could not be done: in a sentence, and in how firmly findings stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from domains.analysis.artifacts import Finding

__all__ = ["CONSEQUENCES", "LESS_SURE_WITHOUT", "consequence", "consequence_of", "weakened"]

_ABSENT = "Which kinds of records are absent is not said: a measure that is not there may not be possible."
_UNTESTED = "were not tested on calls kept back, so none is reported."

CONSEQUENCES: Mapping[str, str] = {
    "retrieve_calls": "Nothing that is said on calls is in the answer.",
    "retrieve_deals": "No deal is counted: nothing is said of outcomes, values and the pipeline.",
    "retrieve_enablement": "Nothing is said of content, trainings and ramp time.",
    "survey_pipeline": _ABSENT,
    "survey_competition": "Which kinds of records are absent is not said: silence on a competitor proves nothing.",
    "survey_performance": _ABSENT,
    # prospects
    "trace_history": "The course of events is not laid out; what followed from what is left to the reader.",
    "measure_momentum": "Whether the deal speeds up or slows down, and its warnings, are not told.",
    "assess_objections": "Objections may stand unanswered without a word of it here.",
    "map_stakeholders": "Who decides and who is missing on the buyer's side is not told.",
    "find_competitive_context": "Competitors may be in play without a word of it here.",
    "extract_next_steps": "What was agreed on the calls is not listed; the advice does not build on it.",
    "gather_qualification": "How well the deal is qualified (MEDDPICC) is not told.",
    # patterns
    "compare_behaviours": "What reps and prospects do differently in won calls is not told.",
    "compare_phrases": "What is said differently in won calls is not told.",
    "validate_patterns": f"Differences between won and lost calls {_UNTESTED}",
    "validate_behaviours": f"Differences in behaviour {_UNTESTED}",
    "validate_phrases": f"Differences in wording {_UNTESTED}",
    "cluster_topics": "Topics are those that were tracked beforehand; new ones go unnoticed.",
    "cluster_sampled_topics": "Topics are those that were tracked beforehand; new ones go unnoticed.",
    "count_topics": "What calls are about is not told.",
    "count_mentions": "How often things come up is not told.",
    "track_change": "Patterns are averages over the whole period: a change over time would not show.",
    # competition
    "model_competitor_effect": "Differences against competitors are as observed: who they are met by may explain them.",
    "compare_competitor_outcomes": "How often deals are won against each competitor is not told.",
    "find_competitor_mentions": "Who brings competitors up, and when, is not told.",
    "relate_objections": "Which objections come with competitors is not told.",
    "compare_wording": "What is said beside competitors' names in won and lost deals is not compared.",
    # pipeline
    "measure_win_rate": "The share of deals won, and which groups differ in it, is not told.",
    "forecast_quarter": "There is no forecast; the open pipeline is described and not weighed.",
    "measure_quarter_end": "Months are compared without regard to quarter ends, which may explain differences.",
    "measure_velocity": "How long deals take, and what they bring by the day, is not told.",
    "measure_ageing": "Open deals are counted whatever their age: old ones may never close.",
    "measure_slippage": "Close dates are taken as they stand: how far they can be trusted is not told.",
    "measure_stage_conversion": "Where deals are lost on the way is not told.",
    "measure_coverage": "Whether the open pipeline is enough for the quota is not told.",
    "roll_up_categories": "What reps themselves expect to close is not added up.",
    # performance
    "measure_rep_outcomes": "Reps are not compared by win rate, nor is it said whether they may be.",
    "measure_territories": "Differences between reps may be those of their territories.",
    "measure_rep_value": "Reps are compared without regard to what their deals are worth.",
    "measure_attainment": "Who reaches the quota is not told.",
    "measure_next_steps": "Whether dated next steps go with winning is not told.",
    "measure_conversation": "How reps speak is not told.",
    # enablement
    "compare_content": "Nothing is said of content.",
    "compare_trainings": "Nothing is said of trainings.",
    "measure_ramp": "How long new reps need is not told.",
    # custom questions
    "measure": "The measure that was asked for is not there.",
    "search_topic": "What was said of the topic was not looked for.",
    "propose_method": "No method was proposed for the question: it is answered by those that are written.",
    "verify_proposed": "Whether the proposed method gave what it promised was not looked at: its results are not used.",
}
"""By operator, what a reader must know who does not have its result."""

LESS_SURE_WITHOUT: Mapping[str, tuple[str, ...]] = {
    "model_competitor_effect": ("compare_competitor_outcomes",),
    "measure_territories": ("measure_rep_outcomes",),
    "measure_quarter_end": ("measure_win_rate",),
    "track_change": ("validate_patterns", "validate_behaviours", "validate_phrases"),
}
"""By operator, those whose findings hold only as far as its own result would have borne them out."""

_JOINING = "The finished steps' findings stand below, each checked by itself; nothing joins or weighs them."

_IN_PART = (
    "What there is of it is used: what does not hold up is left out by the review, the rest is stated less firmly."
)


def consequence(task: str) -> str:
    """Return what it does to the conclusions that a step could not be done.

    Examples
    --------
    >>> consequence("measure_ramp")
    'How long new reps need is not told.'
    """
    if task.startswith("synthesise_"):
        return _JOINING
    if task == "review_answer":
        return "The answer was not reviewed by a step of its own; it was checked when this report was written."
    return CONSEQUENCES.get(task, "What it would have told is not in the answer.")


def consequence_of(item: Mapping[str, Any]) -> str:
    """Return what follows for the conclusions from something that a run's end tells to be missing.

    Examples
    --------
    >>> consequence_of({"task": "forecast_quarter", "criteria": ["forecast_is_tested"]})
    'What there is of it is used: what does not hold up is left out by the review, the rest is stated less firmly.'
    """
    return _IN_PART if item.get("criteria") else consequence(str(item.get("task", "")))


def weakened(finding: Finding, task: str, missing: Collection[str], unmet: Iterable[str] = ()) -> Finding:
    """Return a finding as firmly as it may be stated without what is missing.

    What is established stays no more than suggestive when a result is missing that could have explained it away, or
    when its own step did not meet all that was wished for.

    Parameters
    ----------
    finding : Finding
        As it was found.
    task : str
        The operator that found it.
    missing : collection of str
        Operators that could not be done.
    unmet : iterable of str
        What its step was accepted without, in words.
    """
    lacking = [
        f"{name.replace('_', ' ')} could not be done" for name in missing if task in LESS_SURE_WITHOUT.get(name, ())
    ]
    lacking += [f"{words} is not so" for words in unmet]
    if not lacking:
        return finding
    note = f"{finding.note} Less sure than found: {'; '.join(lacking)}.".strip()
    strength = "suggestive" if finding.strength == "established" else finding.strength
    return finding.model_copy(update={"note": note, "strength": strength})
