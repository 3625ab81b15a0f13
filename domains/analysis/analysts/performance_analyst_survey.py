"""Surveying what is recorded about reps: what there is, and what therefore cannot be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.data_survey import DataSurvey, survey
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["PerformanceSurvey", "survey_performance"]

ABSENT = {
    "deals": "No deals are recorded, so nothing can be said about win rates.",
    "calls": "No calls are recorded, so nothing can be said about how reps speak.",
    "timestamps": "Calls have no timestamps, so patience cannot be measured.",
    "quotas": "No quotas are recorded, so attainment cannot be computed.",
    "regions": "No regions are recorded, so territories cannot be compared.",
}


class PerformanceSurvey(DataSurvey):
    """What the records hold about reps and territories."""


@capability("survey_performance", specialist="performance analyst", output=PerformanceSurvey)
def survey_performance(workspace: Workspace, scope: Scope, inputs: Inputs) -> PerformanceSurvey:
    """Say which records about reps there are, and what cannot be measured without the others."""
    has = workspace.facts(scope)["has"]
    sentences = {key: text for key, text in ABSENT.items() if key != "timestamps" or has.get("calls")}
    return PerformanceSurvey(**dict(survey(has, sentences)))
