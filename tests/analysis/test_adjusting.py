"""What analyses find changes the plans that are running: through facts and methods, and no other way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from domains.analysis import PlanOptimizer
from domains.analysis.detectors import DETECTORS
from domains.analysis.domain import analysis_domain
from domains.analysis.facts import planning_state
from domains.analysis.runtime import AnalysisRuntime
from htn.execution.agent import StepResult
from htn.execution.optimizer import Trigger
from htn.execution.replan_request import OBSERVED, FinishedStep, Growth, ReplanAnswer, ReplanRequest
from htn.plan import Plan, Step
from htn.planning import Solved, find_plan
from htn.planning.checker import check_plan

DOMAIN = analysis_domain()
RUNTIME = AnalysisRuntime()
CALLS = {"calls": 150, "calls_with_outcome": 130, "calls_won": 60, "calls_lost": 70, "deals": 200, "closed": 150}


def _plan(analysis: str, **counts: int) -> Plan:
    known: dict[str, dict[str, Any]] = {"count": {**CALLS, **counts}, "has": {"competitors": True}}
    state = planning_state(lambda scope: known, ())
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
    assert {each.trigger for each in DETECTORS} == {Trigger.INSUFFICIENT, Trigger.UNEXPECTED, Trigger.REDUNDANT}
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
