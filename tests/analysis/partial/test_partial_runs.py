"""A run of which a step fails for good ends in a report that says what is missing and what that does to the answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domains.analysis.artifacts import Finding
from domains.analysis.cli.main import main
from domains.analysis.domain import analysis_domain
from domains.analysis.planner import EstatePlanner
from domains.analysis.report import report_for_run
from domains.analysis.report.consequences import CONSEQUENCES, LESS_SURE_WITHOUT, weakened
from domains.analysis.scope import Scope
from htn.execution.journal import Journal
from htn.execution.runs import show_run
from tests.analysis.estate_sample import make_workspace
from tests.analysis.partial.failing import MISSTATED, MISSTATED_AGAIN, run_with_failures

# A fixed part of what benchmarks/recovery.py goes through as a whole: one step of each kind in each analysis.
FAILURES: list[tuple[str, str, str]] = [
    ("prospect", "retrieve_calls", "data_unavailable"),
    ("prospect", "assess_objections", "unknown"),
    ("pattern", "cluster_topics", "unknown"),
    ("pattern", "retrieve_calls", "data_unavailable"),
    ("competitive", "survey_competition", "capability_gone"),
    ("competitive", "find_competitor_mentions", "model_refusal"),
    ("pipeline", "retrieve_deals", "data_unavailable"),
    ("pipeline", "forecast_quarter", "budget_exceeded"),
    ("performance", "survey_performance", "unknown"),
    ("performance", "measure_territories", "human_refused"),
    ("enablement", "retrieve_enablement", "data_unavailable"),
    ("enablement", "measure_ramp", "unknown"),
    ("custom", "measure", "unknown"),
]


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> EstatePlanner:
    """A planner on a workspace that the runs share; each looks at its own."""
    return EstatePlanner(make_workspace(tmp_path_factory.mktemp("partial")))


def _scope(planner: EstatePlanner, analysis: str) -> Scope:
    if analysis == "prospect":
        accounts = sorted({deal.account for deal in planner.workspace.deals(()) if deal.account})
        return (("account", accounts[0]),)
    return (("metric", "win_rate"),) if analysis == "custom" else ()


@pytest.mark.parametrize(("analysis", "task", "failure"), FAILURES)
def test_the_report_is_made_and_says_what_is_missing(
    planner: EstatePlanner, analysis: str, task: str, failure: str
) -> None:
    """The run is completed, the answer reviewed; the missing part is named with why, and what it does to the answer."""
    run = run_with_failures(planner, analysis, _scope(planner, analysis), {task: failure})
    status = show_run(planner.folder, run)
    assert status.run.status == "completed"
    missing = {item["task"]: item for item in status.missing}
    assert missing[task]["failure"] == failure
    report = report_for_run(planner.folder, run)
    assert report.headline
    assert CONSEQUENCES[task] in [item.means for item in report.missing]
    text = report.to_markdown()
    assert "## What is missing" in text
    assert "what that does to the answer" in text
    assert "Parts are missing" in text
    assert "What is missing" in report.to_html()
    with Journal(planner.folder, readonly=True) as journal:
        done = [attempt.key for attempt in journal.attempts(run) if attempt.status == "finished"]
    assert len(done) == len(set(done)), "nothing finished was done again"


def test_finished_parts_that_the_answer_does_not_use_any_more_are_named(tmp_path: Path) -> None:
    """What was compared and could not be tested again is missing; the calls that it was made from are not."""
    planner = EstatePlanner(make_workspace(tmp_path, calls=240))  # enough outcomes to look for patterns of winning
    run = run_with_failures(planner, "pattern", (), {"validate_patterns": "data_unavailable"})
    status = show_run(planner.folder, run)
    missing = {item["task"]: item for item in status.missing}
    assert {"validate_patterns", "compare_behaviours", "compare_phrases"} <= set(missing)
    assert "retrieve_calls" not in missing
    assert missing["compare_phrases"]["why"].startswith("its result is not used any more")
    assert "failure" not in missing["compare_phrases"]


@pytest.mark.parametrize("task", ["synthesise_pipeline", "review_answer"])
def test_without_the_final_answer_the_report_is_made_of_what_is_done(planner: EstatePlanner, task: str) -> None:
    """The run has failed, the findings of its finished steps are in the report, checked one by one."""
    run = run_with_failures(planner, "pipeline", (), {task: "unknown"})
    assert show_run(planner.folder, run).run.status == "failed"
    report = report_for_run(planner.folder, run)
    assert report.findings
    assert report.checked
    assert [item.what for item in report.missing][-1].startswith("Review the pipeline answer")
    assert all(item.means for item in report.missing)


def test_the_exit_code_tells_a_partial_answer_from_a_whole_one(planner: EstatePlanner, capsys: Any) -> None:
    """0 is a whole answer; 43 one of which parts are missing, which the text names with what follows from it."""
    run = run_with_failures(planner, "pipeline", (), {"measure_ageing": "unknown"})
    folder = str(planner.folder)
    assert main(["resume", run, "--workspace", folder, "--quiet"]) == 43
    assert main(["show", run, "--workspace", folder]) == 0
    shown = capsys.readouterr().out
    assert "Missing: Measure the age of open deals: all data (unknown: measure_ageing fails by plan)." in shown
    assert CONSEQUENCES["measure_ageing"] in shown
    assert "On the way" in shown


def test_the_path_is_told_with_class_strategy_wait_and_reason(planner: EstatePlanner, capsys: Any) -> None:
    """`estate why` and `estate show` say which failure it was, what was done, when, why, and what came of it."""
    run = run_with_failures(planner, "pipeline", (), {"measure_slippage": "malformed_output"})
    folder = str(planner.folder)
    with Journal(planner.folder, readonly=True) as journal:
        step = next(step.id for step in journal.plan(run, 1).steps if step.task == "measure_slippage")
    assert main(["why", run, step, "--workspace", folder]) == 0
    told = capsys.readouterr().out
    assert "malformed_output: measure_slippage fails by plan" in told
    assert "recovery: retry. malformed_output: try 1 of 3 failed." in told
    assert "recovery: replan. malformed_output: decompose again without this step." in told
    assert "no longer part of the plan since revision 2" in told
    assert main(["show", run, "--workspace", folder, "--json"]) == 0
    path = json.loads(capsys.readouterr().out)["path"]
    decided = [(event["failure"], event["strategy"], event["delay"]) for event in path if event["event"] == "recovery"]
    assert decided == [("malformed_output", "retry", 0.0)] * 2 + [("malformed_output", "replan", 0.0)]
    assert "plan_changed" in [event["event"] for event in path]


def test_tasks_are_named_as_people_write_them(planner: EstatePlanner, capsys: Any) -> None:
    """Reasons of the decomposer name scopes in words and steps by what they do, in `estate show` and `estate why`."""
    run = run_with_failures(planner, "pattern", (), {"cluster_topics": "unknown"})
    folder = str(planner.folder)
    assert main(["show", run, "--workspace", folder]) == 0
    shown = capsys.readouterr().out
    assert "(find_topics(all data): the method topics_by_clusters no longer applies" in shown
    assert "(())" not in shown
    assert main(["why", run, "cluster_topics", "--workspace", folder]) == 0
    assert "since revision 2: unknown at Cluster the topics of all data" in capsys.readouterr().out


def test_every_step_that_can_be_missing_has_its_consequence() -> None:
    """No operator is left out of the table, and the table names none that does not exist."""
    operators = set(analysis_domain().operators)
    left = {name for name in operators if not name.startswith(("synthesise_", "review_")) and "left_out" not in name}
    assert left == set(CONSEQUENCES)
    assert set(LESS_SURE_WITHOUT) <= operators
    assert {name for names in LESS_SURE_WITHOUT.values() for name in names} <= operators


def test_what_could_have_been_explained_away_is_said_less_firmly() -> None:
    """Without the comparison with controls, an observed difference is no more than suggestive; others stand."""
    found = Finding(claim="Fewer wins against Umbra.", strength="established")
    weaker = weakened(found, "compare_competitor_outcomes", ["model_competitor_effect"])
    assert (weaker.strength, weaker.claim) == ("suggestive", found.claim)
    assert "model competitor effect could not be done" in weaker.note
    assert weakened(found, "compare_competitor_outcomes", ["measure_ramp"]) == found
    assert weakened(found, "relate_objections", ["model_competitor_effect"]) == found
    unmet = weakened(found, "forecast_quarter", (), ["a forecast has at least four back-tests"])
    assert (unmet.strength, unmet.note) == (
        "suggestive",
        "Less sure than found: a forecast has at least four back-tests is not so.",
    )


def test_a_partial_answer_names_its_report(planner: EstatePlanner, tmp_path: Path) -> None:
    """The report is written for a partial answer too."""
    run = run_with_failures(planner, "pipeline", (), {"measure_velocity": "unknown"})
    out = tmp_path / "report.md"
    assert main(["show", run, "--workspace", str(planner.folder), "--report", str(out)]) == 0
    assert CONSEQUENCES["measure_velocity"] in out.read_text()


def test_what_holds_when_asked_again_is_the_answer(planner: EstatePlanner) -> None:
    """A claim that says otherwise than its number fails the step; the second try is right, and nothing is missing."""
    run = run_with_failures(planner, "pipeline", (), {"synthesise_pipeline": MISSTATED})
    status = show_run(planner.folder, run)
    assert [step.attempts for step in status.steps if step.task == "synthesise_pipeline"] == [2]
    assert status.missing == ()
    report = report_for_run(planner.folder, run)
    assert report.findings
    assert report.dropped == ()


def test_words_that_do_not_match_the_numbers_miss_a_criterion_and_are_dropped(planner: EstatePlanner) -> None:
    """Where nobody else can do the step it is asked again; then the review drops those claims, and this is told."""
    run = run_with_failures(planner, "pipeline", (), {"synthesise_pipeline": MISSTATED_AGAIN})
    assert [item["task"] for item in show_run(planner.folder, run).missing] == ["synthesise_pipeline"]
    with Journal(planner.folder, readonly=True) as journal:
        verdicts = [verdict for item in journal.attempts(run) for verdict in item.criteria or ()]
    assert {verdict["name"] for verdict in verdicts if not verdict["met"]} == {"words_match_numbers"}
    report = report_for_run(planner.folder, run)
    assert report.findings
    wrong = [item for item in report.dropped if item.kind == "finding"]
    assert wrong
    assert all("none of its numbers" in item.why for item in wrong)
