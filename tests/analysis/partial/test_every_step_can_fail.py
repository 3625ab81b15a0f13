"""Whichever step before the last two fails for good, there is a plan without it; only the final ones have none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from domains.analysis.analysts.estate_strategist_custom import synthesise_custom
from domains.analysis.analysts.estate_strategist_prospect import synthesise_prospect
from domains.analysis.analysts.pattern_analyst_answer import synthesise_pattern
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.domain import analysis_domain
from domains.analysis.facts import planning_state
from domains.analysis.registry import Inputs
from domains.analysis.scope import Scope
from htn.model import State
from htn.plan import Plan, Step
from htn.planning import Constraints, Limits, Solved, find_plan

DOMAIN = analysis_domain()
ACME: Scope = (("account", "Acme"),)
BY_REGION: Scope = (("group_by", "region"), ("metric", "win_rate"))
PRICING: Scope = (("topic", "pricing"),)

# The name of the case: the analysis, its scope and its parts.
CASES: dict[str, tuple[str, Scope, tuple[tuple[str, Scope], ...]]] = {
    "prospect": ("prospect", ACME, ()),
    "pattern": ("pattern", (), ()),
    "competitive": ("competitive", (), ()),
    "pipeline": ("pipeline", (), ()),
    "performance": ("performance", (), ()),
    "enablement": ("enablement", (), ()),
    "custom measure": ("custom", BY_REGION, ()),
    "custom topic": ("custom", PRICING, ()),
    "custom in parts": ("custom", (), (("pipeline", ()), ("competitive", ()), ("prospect", ACME))),
}

# Joining and reviewing are done once for the whole question, by one capability each: no method has anything else to
# join with. When they fail the report is made from what the finished steps found, which needs no plan.
FINAL = ("synthesise_", "review_answer")


def _facts(scope: Scope) -> Mapping[str, Mapping[str, Any]]:
    """Return a workspace in which everything is recorded, and enough of it."""
    kinds = ("calls", "calls_won", "calls_lost", "calls_with_outcome", "deals", "closed", "open", "content_uses")
    records = ("stage_history", "quotas", "forecast_categories", "regions", "competitors", "trainings")
    return {"count": dict.fromkeys(kinds, 300), "has": dict.fromkeys(records, True)}


def _state(case: str) -> State:
    _, scope, parts = CASES[case]
    return planning_state(_facts, scope, parts)


def _plan(case: str, state: State, constraints: Constraints | None = None) -> Plan | None:
    analysis, scope, _ = CASES[case]
    tasks = [("answer_question", analysis, scope)]
    outcome = find_plan(DOMAIN, state, tasks, limits=Limits(seconds=30), constraints=constraints)
    return outcome.plan if isinstance(outcome, Solved) else None


def _without(case: str, step: Step) -> Plan | None:
    """Return the plan when a step has failed for good."""
    state = _state(case)
    state.failed[(step.task, *step.args)] = "server_error"
    return _plan(case, state, Constraints(exclude=(((step.task, *step.args), None),)))


@pytest.mark.parametrize("case", CASES)
def test_there_is_a_plan_without_any_one_step(case: str) -> None:
    """The plan goes on without the step, ends in a reviewed answer, and repeats nothing that failed."""
    whole = _plan(case, _state(case))
    assert whole is not None
    assert len(whole.steps) >= 3
    for step in whole.steps:
        if step.task.startswith(FINAL):
            continue
        plan = _without(case, step)
        assert plan is not None, f"nothing leads around {step.task}"
        assert plan.steps[-1].task == "review_answer"
        assert (step.task, step.args) not in [(other.task, other.args) for other in plan.steps]


@pytest.mark.parametrize("case", [name for name in CASES if name != "custom in parts"])
def test_most_of_the_rest_stays(case: str) -> None:
    """A measure that fails takes nothing with it but what is made of it."""
    whole = _plan(case, _state(case))
    assert whole is not None
    for step in whole.steps:
        used = [other for other in whole.steps if step.id in other.causal]
        if step.task.startswith(FINAL) or any(not other.task.startswith(FINAL) for other in used):
            continue
        plan = _without(case, step)
        assert plan is not None
        kept = {other.task for other in plan.steps}
        lost = {other.task for other in whole.steps if not other.task.startswith(FINAL)} - kept - {step.task}
        allowed = (
            {"compare_behaviours", "compare_phrases", "track_change"} if step.task == "validate_patterns" else set()
        )
        assert lost <= allowed, f"{step.task} takes {lost} with it"


def test_one_part_of_a_question_does_not_take_the_others_with_it() -> None:
    """When the answer to a part cannot be joined, the other parts are answered."""
    state = _state("custom in parts")
    state.failed["synthesise_pipeline", ()] = "unknown"
    plan = _plan("custom in parts", state)
    assert plan is not None
    tasks = {step.task for step in plan.steps}
    assert {"synthesise_competitive", "synthesise_prospect", "synthesise_custom"} <= tasks
    assert not {"synthesise_pipeline", "measure_win_rate"} & tasks


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace that holds calls and deals."""
    from tests.analysis.estate_sample import make_workspace

    return Workspace.open(make_workspace(tmp_path_factory.mktemp("recorded"), calls=20, deals=20))


def test_what_could_not_be_read_is_not_said_to_be_absent(workspace: Workspace) -> None:
    """An answer that was given nothing says that there are records, and that they were not read."""
    nothing = Inputs([])
    for synthesise in (synthesise_prospect, synthesise_pattern, synthesise_custom):
        answer = synthesise(workspace, (), nothing)
        said = " ".join([answer.headline, *answer.limits])
        assert "in this run" in said, said
        assert "Nothing is recorded" not in said
        assert "No calls" not in said
        assert "20 calls" in said
