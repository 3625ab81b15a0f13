"""The report on a run, from its journal and its artifacts alone; whatever state the run is in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domains.analysis.corpus.errors import FullTextMissingError, WorkspaceError
from domains.analysis.report.build import build_report
from domains.analysis.report.content import Report

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace
    from htn.execution.journal import Journal

__all__ = ["report_for_run"]


def report_for_run(workspace: Path | str, run_id: str) -> Report:
    """Return the report on a run; on one that is not over, what there is so far.

    Parameters
    ----------
    workspace : Path or str
        The workspace's directory, with the corpus and the journal of its runs.
    run_id : str
        The run.

    Returns
    -------
    Report
        To write as Markdown or HTML.

    Raises
    ------
    UnknownRunError
        When the workspace has no such run.
    JournalError
        When the workspace has no runs, or they cannot be read.
    """
    from htn.execution.artifacts import ArtifactStore
    from htn.execution.journal import Journal
    from htn.execution.tracking import ExecutionTracker

    folder = Path(workspace)
    with ExecutionTracker(folder, run_id) as tracker:
        now = tracker.status()
    with ExitStack() as opened:
        journal = opened.enter_context(Journal(folder, readonly=True))
        store = ArtifactStore(journal)
        stored = {step.id: store.get(step.artifact) for step in now.steps if step.artifact is not None}
        final = [item.document for item in stored.values() if item.type == "ReviewedAnswer"]
        plan = journal.plan(run_id, now.run.revision)
        known: Mapping[str, Any] = now.run.context.get("analysis_plan") or {}
        status = {**now.to_json(), **_tried(journal, run_id)}
        return build_report(
            question=str(known.get("question") or now.run.title),
            assessment=known.get("assessment") or {},
            plan=plan.document,
            answer=final[-1] if final else None,
            artifacts={step: (item.type, item.document) for step, item in stored.items()},
            status=status,
            estimate=known.get("estimate") or {},
            workspace=_corpus(folder, opened),
            agents=known.get("agents") or {},
            durations=plan.estimates,
        )


def _tried(journal: Journal, run_id: str) -> dict[str, Any]:
    """Return what every try used, failed ones too, and what the criteria said of what each step produced."""
    usage: dict[str, Mapping[str, Any]] = {}
    verdicts: dict[str, list[Mapping[str, Any]]] = {}
    for attempt in journal.attempts(run_id):
        usage[f"{attempt.step_id}:{attempt.session}:{attempt.attempt}"] = attempt.usage
        if attempt.criteria:
            verdicts[attempt.step_id] = list(attempt.criteria)
    return {"usage": usage, "verdicts": verdicts}


def _corpus(folder: Path, opened: ExitStack) -> Workspace | None:
    """Return the corpus, or None where it is gone: a report without looked-up citations says so."""
    from domains.analysis.corpus.workspace import Workspace

    try:
        return opened.enter_context(Workspace.open(folder))
    except (WorkspaceError, FullTextMissingError):
        return None
