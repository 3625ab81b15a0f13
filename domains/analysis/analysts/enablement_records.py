"""Retrieving what is recorded of enablement: content and its use, trainings, hiring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.analysts.enablement_artifacts import EnablementRecords
from domains.analysis.artifacts import Finding
from domains.analysis.corpus.filters import content_filter, trainings_filter
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics.numbers import count

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["retrieve_enablement"]

_USES = (
    "SELECT u.content_id, COALESCE(u.opportunity_id, c.opportunity_id) AS deal FROM content_use u"
    " LEFT JOIN calls c ON c.call_id = u.call_id WHERE {condition}"
)
_TRAININGS = "SELECT t.rep, t.training, t.date FROM trainings t WHERE {condition}"


@capability("retrieve_enablement", specialist="retrieval", output=EnablementRecords)
def retrieve_enablement(workspace: Workspace, scope: Scope, inputs: Inputs) -> EnablementRecords:
    """Count what is recorded of content, trainings and hiring in a scope, and say what is not."""
    uses_filter, taken_filter = content_filter(scope), trainings_filter(scope)
    uses = workspace.connection.execute(
        _USES.format(condition=uses_filter.condition), uses_filter.parameters
    ).fetchall()
    query = _TRAININGS.format(condition=taken_filter.condition)
    taken = workspace.connection.execute(query, taken_filter.parameters).fetchall()
    hired = workspace.connection.execute("SELECT COUNT(*) FROM reps WHERE hire_date IS NOT NULL").fetchone()[0]
    on_deals = sum(row["deal"] is not None for row in uses)
    findings = []
    if uses:
        pieces = len({row["content_id"] for row in uses})
        findings.append(
            Finding(
                claim=f"{pieces:,} pieces of content were used {len(uses):,} times, {on_deals:,} on a known deal.",
                strength="descriptive",
                title="What is recorded of content",
                numbers=(count("uses", len(uses)),),
                citations=(cite_rows("content_use", [f"{row['content_id']}:{row['deal']}" for row in uses]),),
            )
        )
    if taken:
        reps = len({row["rep"] for row in taken})
        names = ", ".join(sorted({str(row["training"]) for row in taken}))
        findings.append(
            Finding(
                claim=f"{reps:,} reps took {len(taken):,} trainings: {names}.",
                strength="descriptive",
                title="What is recorded of trainings",
                numbers=(count("trainings taken", len(taken)),),
                citations=(cite_rows("trainings", [f"{row['rep']}:{row['training']}" for row in taken]),),
            )
        )
    return EnablementRecords(
        contents=len({row["content_id"] for row in uses}),
        uses=len(uses),
        uses_on_deals=on_deals,
        trainings=len(taken),
        trained_reps=len({row["rep"] for row in taken}),
        reps_with_hire_date=int(hired),
        findings=tuple(findings),
        limits=_missing(bool(uses), bool(taken), bool(hired)),
    )


def _missing(uses: bool, taken: bool, hired: bool) -> tuple[str, ...]:
    said = []
    if not uses:
        said.append("No use of content is recorded, so nothing can be said of what content does.")
    if not taken:
        said.append("No trainings are recorded, so nothing can be said of what trainings do.")
    if not hired:
        said.append("No hire dates are recorded, so the time that new reps need cannot be measured.")
    return tuple(said)
