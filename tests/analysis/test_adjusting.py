"""What analyses find changes the plans that are running: through facts and methods, and no other way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from domains.analysis import PlanOptimizer
from domains.analysis.detectors import DETECTORS, MUCH_TEXT
from domains.analysis.domain import analysis_domain
from domains.analysis.facts import planning_state
from domains.analysis.planner import EstatePlanner
from domains.analysis.report import report_for_run
from domains.analysis.runtime import AnalysisRuntime
from htn.execution.agent import StepResult
from htn.execution.optimizer import Trigger
from htn.execution.replan_request import OBSERVED, FinishedStep, Growth, ReplanAnswer, ReplanRequest
from htn.execution.runs import begin_run, show_run
from htn.execution.runtime import RuntimeReference
from htn.plan import Plan, Step
from htn.planning import Solved, find_plan
from htn.planning.checker import check_plan
from tests.analysis.estate_sample import make_workspace

DOMAIN = analysis_domain()
RUNTIME = AnalysisRuntime()
LITTLE = RuntimeReference("domains.analysis.runtime:build", {"much_text": 1_000})
CALLS = {"calls": 150, "calls_with_outcome": 130, "calls_won": 60, "calls_lost": 70, "deals": 200, "closed": 150}


def _plan(analysis: str, depth: str = "standard", **counts: int) -> Plan:
    known: dict[str, dict[str, Any]] = {"count": {**CALLS, **counts}, "has": {"competitors": True}}
    state = planning_state(lambda scope: known, (), options={"depth": depth})
    outcome = find_plan(DOMAIN, state, [("answer_question", analysis, ())])
    assert isinstance(outcome, Solved)
    return outcome.plan


def _candidate(q: float, *, replicates: bool) -> dict[str, Any]:
    return {"candidate": {"q": q}, "replicates": replicates}


def _after(
    plan: Plan, task: str, kind: str, document: Mapping[str, Any], *others: str, growth: Growth | None = None
) -> ReplanAnswer:
    """What the decomposer answers once a step has this result, and all before it and some others are done."""
    seen = next(step for step in plan.steps if step.task == task)
    done = _before(plan, seen) | {step.id for step in plan.steps if step.task in others}
    facts = tuple(RUNTIME.observe(seen, StepResult(kind, dict(document))))
    assert facts
    finished = tuple(
        FinishedStep(step.id, step.key, step.task, step.args, "", "", facts if step is seen else ())
        for step in plan.steps
        if step.id in done or step is seen
    )
    told = ReplanRequest(plan.to_json(), OBSERVED, seen, finished=finished, first_steps=len(plan.steps))
    request = told if growth is None else ReplanRequest(told.plan, OBSERVED, seen, finished=finished, growth=growth)
    answer = RUNTIME.replan(request)
    if answer.plan is not None:
        assert isinstance(answer.plan, Plan)
        assert str(check_plan(DOMAIN, answer.plan)) == "sound"
        keys = {step.key for step in answer.plan.steps}
        assert {step.key for step in finished} <= keys, "what was finished is taken over"
    return answer


def _before(plan: Plan, step: Step) -> set[str]:
    found: set[str] = set()
    waiting = list(step.dependencies)
    while waiting:
        found.add(current := waiting.pop())
        waiting.extend(plan.by_id[current].dependencies)
    return found


def _tasks(answer: ReplanAnswer, kind: str) -> set[str]:
    return {change["task"] for change in answer.changes if change["kind"] == kind}


def test_the_table_has_one_of_each_kind_that_is_answered_by_a_method():
    """Every detector says what it found, in a sentence with the number."""
    optimizer = PlanOptimizer(DETECTORS)
    assert {each.trigger for each in DETECTORS} == set(Trigger)
    for each in DETECTORS:
        assert "77" in optimizer.explain(("noticed", (each.name, ()), 77))


def test_too_few_usable_calls_lead_to_the_simpler_analysis():
    """The records promised enough; what could be retrieved is not: comparisons are not planned any more."""
    plan = _plan("pattern")
    answer = _after(plan, "retrieve_calls", "CallSet", {"by_outcome": {"won": 40, "lost": 70}})
    assert answer.kind == "adjustment"
    assert answer.why == "of the calls that can be used, 40 won and 70 lost are too few to compare (insufficient data)"
    assert {"compare_behaviours", "compare_phrases", "validate_patterns"} <= _tasks(answer, "removed")
    assert _tasks(answer, "finished") == {"retrieve_calls"}
    assert "cluster_topics" in _tasks(answer, "kept")


def test_enough_usable_calls_change_nothing():
    """There is nothing to be noticed then."""
    seen = next(step for step in _plan("pattern").steps if step.task == "retrieve_calls")
    assert not RUNTIME.observe(seen, StepResult("CallSet", {"by_outcome": {"won": 60, "lost": 70}}))


MUCH = {"by_outcome": {"won": 60, "lost": 70}, "turns": MUCH_TEXT + 1}


def test_very_much_text_leads_to_topics_of_a_sample():
    """How long calls are is known once they are retrieved: topics describe a sample, what is tested stays as it was."""
    answer = _after(_plan("pattern"), "retrieve_calls", "CallSet", MUCH)
    assert answer.kind == "adjustment"
    assert answer.why.startswith(f"the calls have {MUCH_TEXT + 1:,} turns, more than {MUCH_TEXT:,}")
    assert answer.why.endswith("(complexity above a threshold)")
    assert _tasks(answer, "removed") == {"cluster_topics"}
    assert _tasks(answer, "added") == {"cluster_sampled_topics"}
    assert {"compare_behaviours", "compare_phrases", "validate_patterns"} <= _tasks(answer, "kept")


def test_text_up_to_the_threshold_and_thorough_runs_keep_all_calls():
    """There is nothing to be noticed then, or the run asks for the long way."""
    seen = next(step for step in _plan("pattern").steps if step.task == "retrieve_calls")
    assert not RUNTIME.observe(seen, StepResult("CallSet", {**MUCH, "turns": MUCH_TEXT}))
    answer = _after(_plan("pattern", depth="thorough"), "retrieve_calls", "CallSet", MUCH)
    assert answer.plan is None


def test_a_run_on_much_text_says_that_topics_are_those_of_a_sample(tmp_path: Path):
    """With a low threshold in its configuration, a run adjusts its plan, and the report names sample and seed."""
    planner = EstatePlanner(make_workspace(tmp_path))
    plan = planner.plan_for("What patterns are there?", "pattern")
    context = {"workspace": str(planner.folder.resolve()), "analysis_plan": plan.to_json()}
    handle = begin_run(planner.folder, plan.plan, LITTLE, title=plan.question, context=context)
    handle.wait(120)
    assert show_run(planner.folder, handle.run_id).run.status == "completed"
    text = report_for_run(planner.folder, handle.run_id).to_markdown()
    assert "Topics were formed on 60 of 120 calls, drawn by chance (seed 20260301), to save time." in text
    assert "in a sample of 60 of 120 calls" in text


def test_differences_that_do_not_come_back_lead_to_a_look_at_change_over_time():
    """The plan gets another sub-question, and everything that is done is taken over."""
    plan = _plan("pattern")
    document = {"patterns": [_candidate(0.01, replicates=False), _candidate(0.5, replicates=True)]}
    answer = _after(plan, "validate_patterns", "ValidatedSet", document)
    assert answer.kind == "adjustment"
    assert "track_change" in _tasks(answer, "added")
    assert {"compare_behaviours", "compare_phrases", "retrieve_calls", "validate_patterns"} == _tasks(
        answer, "finished"
    )


@pytest.mark.parametrize("patterns", [[], [_candidate(0.01, replicates=True)], [_candidate(0.2, replicates=False)]])
def test_differences_that_come_back_or_never_were_promising_are_not_unexpected(patterns: list[dict[str, Any]]):
    """Only what looked real and was not found again is."""
    seen = next(step for step in _plan("pattern").steps if step.task == "validate_patterns")
    assert not RUNTIME.observe(seen, StepResult("ValidatedSet", {"patterns": patterns}))


def test_what_is_said_beside_competitors_is_not_looked_for_where_none_is_named():
    """The steps that would look are pruned; the others stay as they are."""
    plan = _plan("competitive")
    answer = _after(plan, "find_competitor_mentions", "CompetitorMentions", {"competitors": []})
    assert answer.kind == "adjustment"
    assert _tasks(answer, "removed") == {"relate_objections", "compare_wording"}
    assert not _tasks(answer, "added")


def test_what_is_done_already_is_not_pruned():
    """Its result is there, and the answer uses it."""
    plan = _plan("competitive")
    document: dict[str, Any] = {"competitors": []}
    answer = _after(plan, "find_competitor_mentions", "CompetitorMentions", document, "compare_wording")
    assert _tasks(answer, "removed") == {"relate_objections"}


def test_a_plan_is_not_adjusted_beyond_its_limit():
    """Why is said, and the plan stays."""
    document = {"by_outcome": {"won": 40, "lost": 70}}
    answer = _after(_plan("pattern"), "retrieve_calls", "CallSet", document, growth=Growth(adjustments=0))
    assert answer.plan is None
    (note,) = answer.notes
    assert note.endswith("the limit of 0 adjustments is reached")
