"""Surveying what is recorded about competitors: what there is, and what therefore cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.data_survey import DataSurvey, survey
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["CompetitionSurvey", "survey_competition"]

UNKNOWN = (
    "No competitors are known: no deal records one and no list of competitor names was given, so nothing can be said "
    "about "
    "competition. A table of competitor names (name, aliases) is what it takes to look for them on calls."
)
UNSEEN = "{known} competitor names are known, but no deal records one here and no call names one."
ABSENT = {
    "calls": "No calls are recorded, so what is said about competitors cannot be told.",
    "deals": "No deals are recorded, so win rates against competitors rest on calls alone or cannot be told.",
    "stage_history": "No stage history is recorded, so mentions are placed by the order of calls and not by stage.",
}


class CompetitionSurvey(DataSurvey):
    """What the records hold about competitors."""

    competitors: tuple[str, ...] = ()


@capability("survey_competition", specialist="competitive intelligence", output=CompetitionSurvey)
def survey_competition(workspace: Workspace, scope: Scope, inputs: Inputs) -> CompetitionSurvey:
    """Say which competitors are known, and what cannot be told without the records that are missing."""
    has = workspace.facts(scope)["has"]
    names = tuple(workspace.entities()["competitor"])
    sentences = {"competitors": UNSEEN.format(known=len(names)) if names else UNKNOWN}
    if has.get("competitors"):
        sentences |= {key: text for key, text in ABSENT.items() if key != "stage_history" or has.get("calls")}
    return CompetitionSurvey(**dict(survey(has, sentences)), competitors=names)
