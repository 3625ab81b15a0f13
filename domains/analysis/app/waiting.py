"""Approved work that waits for a process to carry it out: one file each, in the workspace's folder ``queue``."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from htn.execution.database import private_directory
from htn.writing import write_whole

if TYPE_CHECKING:
    from domains.analysis.analysis_plan import AnalysisPlan

__all__ = ["Waiting", "drop", "refusal", "refuse", "submit_plan", "submit_resume", "waiting"]

FOLDER = "queue"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A plan to run, or a run to go on with.

    Attributes
    ----------
    run_id : str
        The id that the run will have, or has.
    plan : Mapping or None
        The approved analysis plan as JSON data; None to go on with a run that is there.
    approval : Mapping
        Which steps need approval, as `htn.execution.approvals.ApprovalPolicy` reads it.
    by : str
        Who approved the plan, or asked to go on.
    """

    run_id: str
    plan: Mapping[str, Any] | None = None
    approval: Mapping[str, Any] = field(default_factory=dict)
    by: str = ""

    @property
    def title(self) -> str:
        """The question, where the plan is here."""
        return "" if self.plan is None else str(self.plan["question"])


def submit_plan(workspace: Path, plan: AnalysisPlan, *, by: str, approval: Mapping[str, Any] | None = None) -> str:
    """Put an approved plan down to be carried out, and return the id that its run will have."""
    run_id = time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + secrets.token_hex(3)
    _write(workspace, run_id, {"plan": plan.to_json(), "approval": dict(approval or {}), "by": by})
    return run_id


def submit_resume(workspace: Path, run_id: str, *, by: str) -> None:
    """Ask for a run to be gone on with."""
    _write(workspace, run_id, {"plan": None, "approval": {}, "by": by})


def _write(workspace: Path, run_id: str, document: Mapping[str, Any]) -> None:
    folder = workspace / FOLDER
    private_directory(folder)
    (folder / f"{run_id}.error").unlink(missing_ok=True)
    write_whole(folder / f"{run_id}.json", json.dumps(document, ensure_ascii=False), private=True)


def waiting(workspace: Path) -> list[Waiting]:
    """Return what waits, the first submitted first."""
    found = []
    for path in (workspace / FOLDER).glob("*.json"):
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            place = path.stat().st_mtime_ns
        except FileNotFoundError:
            continue  # taken in hand meanwhile
        entry = Waiting(path.stem, document["plan"], document["approval"], document["by"])
        found.append((place, path.stem, entry))
    return [entry for _, _, entry in sorted(found, key=lambda each: each[:2])]


def drop(workspace: Path, run_id: str) -> None:
    """Take something off the list: it is in hand, or not wanted any more."""
    (workspace / FOLDER / f"{run_id}.json").unlink(missing_ok=True)


def refuse(workspace: Path, run_id: str, why: str) -> None:
    """Take something off the list because it cannot be carried out, and leave a note why."""
    write_whole(workspace / FOLDER / f"{run_id}.error", why, private=True)
    drop(workspace, run_id)


def refusal(workspace: Path, run_id: str) -> str | None:
    """Return why something could not be carried out, or None."""
    try:
        return (workspace / FOLDER / f"{run_id}.error").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
