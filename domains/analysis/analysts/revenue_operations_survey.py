"""Surveying the pipeline records: what there is, and what therefore cannot be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.data_survey import DataSurvey, survey
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["PipelineSurvey", "survey_pipeline"]

ABSENT = {
    "stage_history": "No stage history is recorded, so stage conversion and time in stage cannot be measured.",
    "created_dates": "No creation dates are recorded, so age and cycle length count from the engagement date where "
    "there is one.",
    "quotas": "No quotas are recorded, so pipeline coverage cannot be computed.",
    "forecast_categories": "No forecast categories are recorded, so there is no roll-up by category.",
}


class PipelineSurvey(DataSurvey):
    """What the pipeline records hold."""


@capability("survey_pipeline", specialist="revenue operations", output=PipelineSurvey)
def survey_pipeline(workspace: Workspace, scope: Scope, inputs: Inputs) -> PipelineSurvey:
    """Say which pipeline records there are, and what cannot be measured without the others."""
    found = survey(workspace.facts(scope)["has"], ABSENT)
    return PipelineSurvey(**dict(found))
