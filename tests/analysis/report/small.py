"""A workspace that fits on a page, an answer about it, and the report on a run that gave it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domains.analysis.artifacts import (
    Answer,
    Citation,
    Exclusion,
    Finding,
    FindingTable,
    Number,
    Recommendation,
    TableRow,
)
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.report import Report, build_report
from domains.analysis.review import EvidenceReview
from tests.analysis.pipeline.workspaces import deal, workspace_of

QUOTE = "it is too expensive for us"
RUN = "20250102-030405-abc123"


def small_workspace(folder: Path, text: str = "Acme", source: str = "export") -> Workspace:
    """Two calls and six deals; ``text`` stands in every place where a stranger can write."""
    turns = [
        ("Ann", "rep", f"Hello {text}."),
        (f"Bob {text}", "prospect", f"Well, {QUOTE}, {text}."),
        (None, "unknown", "Bye."),
    ]
    tables: Mapping[str, Any] = {
        "calls": [
            {"call_id": "C1", "date": "2025-01-02", "title": f"Demo with {text}", "rep": "Ann", "source": source},
            {"call_id": "C2", "date": None, "title": None, "rep": "Ann", "source": source},
        ],
        "turns": [
            {"call_id": call, "idx": place, "role": role, "speaker": speaker, "text": said, "role_written": role}
            for call in ("C1", "C2")
            for place, (speaker, role, said) in enumerate(turns)
        ],
        "opportunities": [deal(number, "won" if number < 4 else "lost", account=text) for number in range(6)],
        "quotas": [{"rep": "Ann", "period_start": "2025-01-01", "period_end": "2025-03-31", "amount": 10.0}],
        "stage_history": [{"opportunity_id": "D00001", "stage": "Demo", "entered_date": "2025-01-01T09:00:00"}],
    }
    return workspace_of(folder, tables)


TURN = Citation(kind="turn", source="C1", turn=1, quote=QUOTE)
ROWS = Citation(kind="rows", source="opportunities", rows=("D00001", "D00002"), total=4)
ABSENT = Finding(claim="No trainings are recorded.", strength="descriptive")


def small_answer(text: str = "Acme") -> Answer:
    """An answer in which every claim holds; ``text`` stands in every text that a model could write."""
    rate = Number(
        name=f"win rate {text}",
        value=0.667,
        unit="share",
        low=0.3,
        high=0.903,
        level=0.95,
        n=6,
        method=f"Wilson {text}",
    )
    other = Number(name="share of calls", value=0.5, unit="share", low=0.1, high=0.9, level=0.95, n=2, method="Wilson")
    gap = Number(name="gap", value=-14.3, unit=f"points {text}", low=-26.08, high=2.53, level=0.9, n=72, method=text)
    value = Number(name="value", value=1234567.0, unit="value", n=4, method="sum")
    return Answer(
        headline=f"4 of 6 deals were won: 66.7 % [30.0 to 90.3]. {text}",
        findings=(
            Finding(
                claim=f"The win rate is 66.7 % [30.0 to 90.3] {text}.",
                strength="descriptive",
                numbers=(rate, other),
                citations=(ROWS,),
                note=f"As observed {text}.",
                title=f"Deals and calls {text}",
                table=FindingTable(
                    corner=f"kind {text}",
                    columns=(f"share {text}", "other share"),
                    rows=(TableRow(name=f"deals {text}", cells=(0, None)), TableRow(name="calls", cells=(None, 1))),
                    floor=5,
                    up_front=True,
                ),
            ),
            Finding(
                claim=f"Price is an objection {text}.",
                strength="suggestive",
                numbers=(gap,),
                citations=(TURN, ROWS),
                table=FindingTable(corner="gap", columns=("points",), rows=(TableRow(name=text, cells=(0,)),)),
            ),
            Finding(claim="Deals are worth 1,234,567.", strength="established", numbers=(value,), citations=(ROWS,)),
            ABSENT,
        ),
        recommendations=(Recommendation(action=f"Look at price {text}.", because=(1, 0)),),
        exclusions=(Exclusion(what=f"deals {text}", count=1200, reason=f"no date {text}"),),
        limits=(ABSENT.claim, f"Quotes are few {text}."),
    )


def false_claim(text: str = "Acme") -> Finding:
    """A claim that the review drops: nobody said that."""
    said = Citation(kind="turn", source="C1", turn=1, quote=f"we love it {text}")
    return Finding(claim=f"Everybody loves it {text}.", strength="established", citations=(said,))


def small_plan(text: str = "Acme") -> dict[str, Any]:
    """A plan of two steps, as JSON."""
    scope = [["account", text]]
    nodes: list[dict[str, Any]] = [
        {
            "id": "root0000",
            "task": "analyse",
            "args": [scope],
            "kind": "compound",
            "method": f"by {text}",
            "children": ["step0001", "step0002"],
            "tried": [{"method": "in_full", "reason": f"no {text}"}],
        },
        {"id": "step0001", "task": "measure", "args": [scope], "kind": "primitive", "children": []},
        {"id": "step0002", "task": "answer", "args": [scope], "kind": "primitive", "children": []},
    ]
    steps = [
        {
            "id": node["id"],
            "task": node["task"],
            "args": node["args"],
            "capability": node["task"],
            "description": f"{node['task']} {text}",
            "dependencies": before,
            "criteria": [f"criterion_{text}"],
        }
        for node, before in zip(nodes[1:], ([], ["step0001"]), strict=True)
    ]
    return {"schema": "htn-plan/1", "tree": {"nodes": nodes, "roots": ["root0000"]}, "steps": steps}


def small_status(text: str = "Acme", status: str = "completed", lost: str = "") -> dict[str, Any]:
    """Where the run stands: over, or with one step lost."""
    missing = [{"step": "step0001", "description": f"measure {text}", "why": f"timeout {text}"}] if lost else []
    return {
        "run": {
            "run_id": RUN,
            "status": status,
            "created": 1735786800.0,
            "finished": None if status == "running" else 1735786860.0,
            "result": {"missing": missing},
        },
        "sentence": f"Running {text}.",
        "elapsed": 60.0,
        "steps": [
            {
                "id": "step0001",
                "status": lost or "finished",
                "agent": f"analyst {text}",
                "actual": 41.5,
                "message": text if lost else None,
            },
            {"id": "step0002", "status": "finished", "agent": None, "actual": 0.02, "message": None},
        ],
        "verdicts": {"step0001": [{"name": f"criterion_{text}", "met": True}]},
        "usage": {},
    }


ESTIMATE = {
    "totals": {
        "seconds": {"p10": 20.0, "p50": 45.0, "p90": 100.0},
        "input_tokens": {"p10": 0.0, "p50": 0.0, "p90": 0.0},
    },
    "work_seconds": {"p10": 20.0, "p50": 50.0, "p90": 150.0},
}


def small_report(workspace: Workspace | None, text: str = "Acme", **change: Any) -> Report:
    """The report on the run; ``text`` stands everywhere, and one claim and one step are lost."""
    answer = small_answer(text)
    unsupported = Recommendation(action=f"Buy cake {text}.", because=(4,))
    whole = answer.model_copy(
        update={
            "findings": (*answer.findings, false_claim(text)),
            "recommendations": (*answer.recommendations, unsupported),
        }
    )
    parts: dict[str, Any] = {
        "question": f"Where do we stand with {text}?",
        "assessment": {
            "analysis": "pipeline",
            "scope": [["account", text]],
            "complexity": "simple",
            "notes": [f"Weather {text} is not recorded."],
        },
        "plan": small_plan(text),
        "answer": None if workspace is None else EvidenceReview().review(whole, workspace).model_dump(mode="json"),
        "artifacts": {
            "step0001": ("Artifact", {"findings": [item.model_dump(mode="json") for item in answer.findings]})
        },
        "status": small_status(text, lost="failed"),
        "estimate": ESTIMATE,
        "workspace": workspace,
        "agents": {"answer": f"strategist {text}"},
        "durations": {"step0001": 30.0},
    }
    return build_report(**{**parts, **change})
