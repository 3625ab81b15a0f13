"""Answers of the real analysts pass the review and are reported; a real run is reported from its journal alone."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from typing import Any

import pytest

from domains.analysis.artifacts import Answer
from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.planner import EstatePlanner
from domains.analysis.registry import Inputs, capabilities
from domains.analysis.report import build_report, report_for_run
from domains.analysis.review import EvidenceReview, ReviewedAnswer
from domains.analysis.sample import generate, write
from htn.execution.artifacts import ArtifactStore
from htn.execution.errors import JournalError, UnknownRunError
from htn.execution.journal import Journal
from htn.execution.records import Attempt
from tests.analysis.report.reading import inline, read_html, slugs

QUESTIONS = {
    "pipeline": "Where does our pipeline stand?",
    "competitive": "Which competitors cost us deals?",
    "prospect": "How do our prospects stand?",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small sample, read in as a user would."""
    base = tmp_path_factory.mktemp("runs")
    write(generate(calls=80), base / "sample")
    with Workspace.open(base / "workspace", create=True) as workspace:
        ingest(workspace, [base / "sample"])
    return base / "workspace"


@pytest.fixture(scope="module")
def answers(folder):
    """By analysis type: the plan, what every step gave, and the workspace."""
    found = {}
    planner = EstatePlanner(folder)
    for kind, question in QUESTIONS.items():
        plan = planner.plan_for(question, kind)
        done: dict[str, Any] = {}
        for step in plan.plan.steps:
            inputs = Inputs(done[before] for before in step.causal)
            done[step.id] = capabilities()[step.capability].analyst(planner.workspace, step.args[-1], inputs)
        found[kind] = (plan, done)
    yield found, planner.workspace
    planner.workspace.close()


def reported(plan, done, workspace):
    """The report on a plan whose steps were carried out by hand."""
    artifacts = {step: (type(item).__name__, item.model_dump(mode="json")) for step, item in done.items()}
    document = plan.to_json()
    return build_report(
        plan.question, document["assessment"], document["plan"], artifacts[plan.plan.steps[-1].id][1], artifacts, {},
        document["estimate"], workspace, agents=plan.agents, durations=plan.durations,
    )  # fmt: skip


@pytest.mark.parametrize("kind", QUESTIONS)
def test_what_the_analysts_claim_can_be_checked(answers, kind):
    """No claim of the answer is dropped, and there are claims, with citations that were looked up."""
    found, _ = answers
    _, done = found[kind]
    reviewed = list(done.values())[-1]
    assert isinstance(reviewed, ReviewedAnswer)
    assert reviewed.dropped == ()
    assert reviewed.checks.kept >= 5
    assert reviewed.checks.rows + reviewed.checks.turns >= 10


@pytest.mark.parametrize("kind", QUESTIONS)
def test_every_claim_of_a_real_answer_leads_to_evidence(answers, kind):
    """Each finding's references resolve, say a place, and were found; each finding names the step that found it."""
    found, workspace = answers
    plan, done = found[kind]
    report = reported(plan, done, workspace)
    written, page = report.to_markdown(), read_html(report.to_html())
    anchors, ids = set(slugs(written)), set(page.attributes("id"))
    assert not page.problems
    assert {target[1:] for target in page.attributes("href")} <= ids
    assert {str(token.attrs["href"])[1:] for token in inline(written) if token.type == "link_open"} <= anchors
    for finding in report.findings:
        assert finding.references
        assert finding.step is not None
    for item in report.references:
        assert item.problem is None
        assert item.quote or item.keys
    if any(item.quote for item in report.references):
        assert re.search(r"call CALL-\d+, 20\d\d-\d\d-\d\d, turn \d+, .+ \((rep|prospect)\)", page.words)
    assert "Synthetic data" in written[: written.index("## Answer")]


def test_every_quote_of_a_real_answer_that_is_tampered_with_is_caught(answers):
    """One citation after the other: another call, another turn or another word, and the claim is dropped."""
    found, workspace = answers
    _, done = found["competitive"]
    answer = next(item for item in done.values() if type(item) is Answer)
    tried = 0
    for place, finding in enumerate(answer.findings):
        for which, citation in enumerate(finding.citations):
            changes: list[dict[str, Any]]
            if citation.kind == "turn":
                changes = [{"quote": f"{citation.quote} indeed"}, {"turn": 100_000}, {"source": "CALL-X"}]
            else:
                changes = [{"rows": (*citation.rows[:-1], "X")}, {"total": 100_000}, {"source": "deals"}]
            for change in changes:
                wrong = list(finding.citations)
                wrong[which] = citation.model_copy(update=change)
                findings = list(answer.findings)
                findings[place] = finding.model_copy(update={"citations": tuple(wrong)})
                reviewed = EvidenceReview().review(answer.model_copy(update={"findings": tuple(findings)}), workspace)
                assert [item.claim for item in reviewed.dropped if item.kind == "finding"] == [finding.claim]
                assert len(reviewed.findings) == len(answer.findings) - 1
                tried += 1
    assert tried >= 30


@pytest.fixture(scope="module")
def run_id(folder):
    """A run of the real engine, to its end."""
    planner = EstatePlanner(folder)
    handle = planner.run(planner.plan(QUESTIONS["pipeline"]))
    assert handle.wait(100).status == "completed"
    planner.workspace.close()
    return handle.run_id


def test_a_finished_run_is_reported_from_its_journal(folder, run_id):
    """Question, how it was understood, seconds expected and taken, criteria met, agents, cost."""
    report = report_for_run(folder, run_id)
    assert report.question == QUESTIONS["pipeline"]
    assert report.understood.startswith("pipeline analysis of all data")
    assert report.status.startswith("completed, started 20")
    assert [item.kind for item in report.notices] == ["synthetic"]
    assert {step.status for step in report.steps} == {"finished"}
    assert all(step.took != "–" and step.expected != "unknown" and step.agent for step in report.steps)
    assert {met for step in report.steps for _, met in step.criteria} == {True}
    assert report.checked.split(" claims")[0] == f"{len(report.findings)} of {len(report.findings)}"
    assert {item.name: item.actual for item in report.cost}["money"] == "none: no model was called"
    assert not any("unknown" in item.expected for item in report.cost if item.name == "from start to end")
    assert report.commands[0][0].startswith(f"estate why {run_id} ")


def test_reporting_starts_no_engine_and_no_statistics(folder, run_id):
    """A report is written without importing what runs and what fits."""
    program = (
        "import sys; from domains.analysis.report import report_for_run; "
        f"report = report_for_run({str(folder)!r}, {run_id!r}); report.to_html(); report.to_markdown(); "
        "print([name for name in ('dbos', 'anthropic', 'sklearn', 'statsmodels', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_a_run_in_the_middle_is_reported_with_what_there_is(folder, answers):
    """Two steps are done, one has failed: the report says so, and shows the findings of the two."""
    found, _ = answers
    plan, done = found["pipeline"]
    steps = plan.plan.steps
    measured = next(step for step in steps if step.task == "measure_win_rate")
    late = next(step for step in steps if step.task == "forecast_quarter")
    name = f"half-{time.time_ns()}"
    with Journal(folder) as journal:
        journal.create_run(name, title="Half way", runtime={}, context={"analysis_plan": plan.to_json()}, options={})
        revision = journal.add_plan(name, document=plan.plan.to_json(), estimates=plan.durations, reason="first")
        journal.adopt_plan(name, revision)
        journal.open_session(name, revision=revision, reuse={})
        for step in (steps[0], measured):
            artifact = ArtifactStore(journal).put(type(done[step.id]).__name__, done[step.id].model_dump(mode="json"))
            journal.write_attempt(
                Attempt(
                    name, step.id, step.key, 1, 1, "finished", "Ann", 1.0, 2.0, artifact, type(done[step.id]).__name__
                )
            )
        failed = Attempt(
            name, late.id, late.key, 1, 1, "failed", "Ann", 2.0, 3.0, failure="timeout", message="too slow"
        )
        journal.write_attempt(failed)
        journal.set_status(
            name,
            "failed",
            {
                "final": None,
                "missing": [{"step": late.id, "task": late.task, "description": "Forecast", "why": "too slow"}],
            },
        )
    report = report_for_run(folder, name)
    assert [item.title for item in report.notices if item.kind == "incomplete"] == ["This run is not complete"]
    assert report.question == QUESTIONS["pipeline"]
    assert "no answer yet" in report.headline
    assert {finding.claim for finding in report.findings} == {finding.claim for finding in done[measured.id].findings}
    assert [(item.what, item.why) for item in report.missing] == [("Forecast", "too slow")]
    assert {step.status for step in report.steps} == {"finished", "failed", "pending"}
    assert not read_html(report.to_html()).problems


def test_a_run_that_is_not_there_is_named(folder, run_id, tmp_path):
    """One sentence, for an unknown run and for a folder without runs."""
    with pytest.raises(UnknownRunError, match="nowhere"):
        report_for_run(folder, "nowhere")
    with pytest.raises(JournalError, match="no runs"):
        report_for_run(tmp_path, run_id)
