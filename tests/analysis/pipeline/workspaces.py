"""What the tests of pipeline, performance and competition share: workspaces from rows, plans, and running them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from domains.analysis.artifacts import Artifact
from domains.analysis.corpus.call_joins import find_mentions
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.criteria_crm import CRITERIA
from domains.analysis.methods import competitive, performance, pipeline, shared
from domains.analysis.registry import Capability, Inputs, capabilities
from domains.analysis.sample import Corpus
from domains.analysis.scope import EMPTY, Scope
from htn.model import Domain, State
from htn.plan import Plan
from htn.planning import Outcome, Solved, find_plan

SHARED = Path(__file__).parents[4] / "shared" / "data"
CRM = SHARED / "crm_pipeline"
CALLS = SHARED / "fundraising_calls"

needs_crm = pytest.mark.skipif(not CRM.is_dir(), reason="the shared CRM data are not beside the repository")
needs_calls = pytest.mark.skipif(not CALLS.is_dir(), reason="the shared calls are not beside the repository")


@cache
def known_capabilities() -> Mapping[str, Capability]:
    """Every capability, by name."""
    return capabilities()


def workspace_of(folder: Path, tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> Workspace:
    """Return a workspace that holds these rows and no others."""
    workspace = Workspace.open(folder, create=True)
    with workspace.writing() as connection:
        connection.execute("BEGIN")
        for table, rows in tables.items():
            for row in rows:
                row = {**row, "role_written": ""} if table == "turns" else row
                names = ", ".join(row)
                marks = ", ".join("?" for _ in row)
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))
        # what reading files in would have counted
        connection.execute("UPDATE turns SET role_written = role")
        per_call = "(SELECT COUNT({0}) FROM turns t WHERE t.call_id = calls.call_id)"
        connection.execute(
            f"UPDATE calls SET turn_count = {per_call.format('*')}, timed_turns = {per_call.format('t.start_s')}"
        )
        find_mentions(connection)
        connection.execute("COMMIT")
    return workspace


def deals_of(corpus: Corpus) -> dict[str, list[Any]]:
    """Return the tables of a corpus but for calls and what hangs on them."""
    return {name: rows for name, rows in corpus.tables().items() if name not in ("calls", "turns", "content_use")}


def deal(
    number: int, status: str = "won", begun: str = "2024-01-10", close: str | None = None, **more: Any
) -> dict[str, Any]:
    """Return a row of the opportunities table."""
    if close is None and status != "open":
        close = (date.fromisoformat(begun) + timedelta(days=60)).isoformat()
    row = {"opportunity_id": f"D{number:05}", "status": status, "engage_date": begun, "close_date": close}
    return {"amount": 1000.0, "account": f"A{number % 40:02}", "rep": "Ann", "product": "P", **row, **more}


def measure(workspace: Workspace, name: str, scope: Scope = EMPTY, inputs: Iterable[Artifact] = ()) -> Any:
    """Carry out one capability on everything that its retrieval keeps."""
    return known_capabilities()[name].analyst(workspace, scope, Inputs(inputs))


def domain() -> Domain:
    """The three analysis types with retrieval."""
    found = Domain("test")
    for part in (shared.domain, pipeline.domain, performance.domain, competitive.domain):
        found.include(part)
    return found


def state_of(workspace: Workspace, scope: Scope = EMPTY, failed: Iterable[str] = (), **option: str) -> State:
    """The planning state that a workspace gives."""
    facts = workspace.facts(scope)
    return State(
        "test",
        count={(what, scope): number for what, number in facts["count"].items()},
        has=facts["has"],
        option=option,
        artifact={},
        failed={(name, scope): "timeout" for name in failed},
    )


def outcome_of(kind: str, state: State, scope: Scope = EMPTY) -> Outcome:
    """What the planner says to a question."""
    return find_plan(domain(), state, [(f"analyse_{kind}", scope)])


def plan_of(kind: str, state: State, scope: Scope = EMPTY) -> Plan:
    """The plan that answers a question."""
    outcome = outcome_of(kind, state, scope)
    assert isinstance(outcome, Solved), outcome
    return outcome.plan


def tasks_of(plan: Plan) -> list[str]:
    """The names of a plan's steps."""
    return [step.task for step in plan.steps]


def answer_of(workspace: Workspace, kind: str, scope: Scope = EMPTY, **option: str) -> Any:
    """Plan, carry out every step with its causal inputs, check every criterion of ours, return the last artifact."""
    plan = plan_of(kind, state_of(workspace, scope, **option), scope)
    done: dict[str, Artifact] = {}
    for step in plan.steps:
        inputs = Inputs(done[key] for key in step.causal)
        artifact = known_capabilities()[step.capability].analyst(workspace, step.args[0], inputs)
        assert isinstance(artifact, known_capabilities()[step.capability].output)
        # what crosses from step to step is JSON
        done[step.id] = type(artifact).model_validate_json(artifact.model_dump_json())
        for name in step.criteria:
            if name in CRITERIA:
                assert CRITERIA[name].check(artifact) is None, (step.task, name)
    return done[plan.steps[-1].id]


def claims(artifact: Any, *strengths: str) -> str:
    """The claims of an artifact, one a line; of some strengths only where they are named."""
    return "\n".join(f.claim for f in artifact.findings if not strengths or f.strength in strengths)
