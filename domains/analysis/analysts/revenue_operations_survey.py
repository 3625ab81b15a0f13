"""Surveying the pipeline records: what there is, and what therefore cannot be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.data_survey import DataSurvey, survey
from domains.analysis.analysts.revenue_operations_categories import NO_CATEGORIES
from domains.analysis.analysts.revenue_operations_coverage import NO_QUOTA
from domains.analysis.analysts.revenue_operations_stages import NO_HISTORY
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["PipelineSurvey", "survey_pipeline"]

ABSENT = {
    "deals": "No deals are recorded, so there is no pipeline to measure.",
    "stage_history": NO_HISTORY,
    "created_dates": "No creation dates are recorded: age and cycle length count from the engagement date, if there "
    "is one.",
    "quotas": NO_QUOTA,
    "forecast_categories": NO_CATEGORIES,
}


class PipelineSurvey(DataSurvey):
    """What the pipeline records hold."""


@capability("survey_pipeline", specialist="revenue operations", output=PipelineSurvey)
def survey_pipeline(workspace: Workspace, scope: Scope, inputs: Inputs) -> PipelineSurvey:
    """Say which pipeline records there are, and what cannot be measured without the others."""
    has = workspace.facts(scope)["has"]
    # without deals that one sentence says it all
    sentences = ABSENT if has.get("deals") else {"deals": ABSENT["deals"]}
    found = survey(has, sentences)
    return PipelineSurvey(**dict(found))
