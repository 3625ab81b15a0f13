"""What a model proposes is checked before it can enter a plan: nothing in it is believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from domains.analysis.corpus.workspace import Workspace
from domains.analysis.domain import analysis_domain
from domains.analysis.facts import planning_state
from domains.analysis.proposals.check import MOST_TASKS, Verdict, check_proposal
from domains.analysis.proposals.proposal import Draft, ProposedMethod
from domains.analysis.scope import Scope
from htn.model import Domain, refuse
from htn.planning import Solved, find_plan
from htn.planning.checker import check_plan
from tests.analysis.estate_sample import make_workspace

OPTIONS = {"agents": "claude", "proposals": "on"}
PIPELINE = {"task": "analyse_pipeline", "scope": [], "after": [], "gives": ["pipeline_answer"]}
WIN_RATE = {
    "task": "measure",
    "scope": [{"key": "metric", "value": "win_rate"}, {"key": "group_by", "value": "region"}],
    "after": [0],
    "gives": ["measures"],
}

FactsOf = Callable[[Scope], Mapping[str, Mapping[str, Any]]]


@pytest.fixture(scope="module")
def facts_of(tmp_path_factory: pytest.TempPathFactory) -> FactsOf:
    """What the sample holds, by scope."""
    folder = make_workspace(tmp_path_factory.mktemp("proposals"), calls=60, deals=160)
    return Workspace.open(folder).facts


def proposed(*tasks: dict[str, Any]) -> Draft:
    """Return a proposal."""
    return Draft.model_validate({"reason": "So it is answered.", "tasks": tasks})


def checked(facts_of: FactsOf, *tasks: dict[str, Any], scope: Scope = (), domain: Domain | None = None) -> Verdict:
    """Check a proposal."""
    return check_proposal(domain or analysis_domain(), proposed(*tasks), scope, facts_of, OPTIONS)


def test_a_sound_proposal_passes_and_says_what_was_checked(facts_of: FactsOf) -> None:
    """Tasks that there are, in an order, giving what they say; the steps counted."""
    verdict = checked(facts_of, PIPELINE, WIN_RATE)
    assert verdict, verdict.reasons
    assert any("found sound" in what for what in verdict.checked)


def _with(given: dict[str, Any], /, **changes: Any) -> dict[str, Any]:
    return {**given, **changes}


def _pair(key: str, value: str) -> dict[str, str]:
    return {"key": key, "value": value}


HOSTILE: dict[str, tuple[list[dict[str, Any]], str]] = {
    "nothing": ([], "no tasks"),
    "too many": (
        [_with(WIN_RATE, after=[], scope=[_pair("metric", "win_rate"), _pair("topic", f"t{n}")]) for n in range(9)],
        f"it has 9 tasks, and may have {MOST_TASKS}",
    ),
    "an unknown task": ([_with(PIPELINE, task="send_mail")], "no task 'send_mail'"),
    "an operator that is no word": ([_with(PIPELINE, task="review_answer")], "no task 'review_answer'"),
    "a step that another task makes": ([_with(PIPELINE, task="synthesise_custom")], "no task 'synthesise_custom'"),
    "itself": ([_with(PIPELINE, task="analyse_custom")], "no task 'analyse_custom'"),
    "itself by another name": ([_with(PIPELINE, task="answer_as_proposed")], "no task 'answer_as_proposed'"),
    "an unknown key": ([_with(PIPELINE, scope=[_pair("acount", "Acme")])], "no key 'acount'"),
    "a key twice": ([_with(PIPELINE, scope=[_pair("rep", "A"), _pair("rep", "B")])], "stands twice"),
    "an unknown measure": ([_with(WIN_RATE, after=[], scope=[_pair("metric", "salary")])], "no measure 'salary'"),
    "SQL for a group": (
        [_with(WIN_RATE, after=[], scope=[_pair("metric", "win_rate"), _pair("group_by", "1; DROP TABLE")])],
        "no group '1; DROP TABLE'",
    ),
    "no measure": ([_with(WIN_RATE, after=[], scope=[])], "measure needs a metric"),
    "no topic": ([_with(WIN_RATE, task="search_topic", after=[], scope=[])], "search_topic needs a topic"),
    "a period that is none": ([_with(PIPELINE, scope=[_pair("period", "soon")])], "'soon' is not two ISO dates"),
    "after nothing": ([_with(PIPELINE, after=[7])], "after a task that there is not"),
    "after itself": ([_with(PIPELINE, after=[0])], "round in a circle"),
    "round in a circle": ([_with(PIPELINE, after=[1]), WIN_RATE], "round in a circle"),
    "twice": ([PIPELINE, PIPELINE], "more than once"),
    "nothing declared": ([_with(PIPELINE, gives=[])], "declares nothing"),
    "another's effect": ([_with(PIPELINE, gives=["measures"])], "does not give measures"),
    "an invented effect": ([_with(PIPELINE, gives=["pipeline_answer", "reviewed_answer"])], "not give reviewed_answer"),
    "an account that there is not": (
        [_with(PIPELINE, task="analyse_prospect", scope=[_pair("account", "Nobody Ltd")], gives=["prospect_answer"])],
        "nothing is recorded for account Nobody Ltd",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_wrong_is_rejected_with_the_reason(kind: str, facts_of: FactsOf) -> None:
    """One sentence for what is wrong, which the model is given back."""
    tasks, why = HOSTILE[kind]
    verdict = checked(facts_of, *tasks)
    assert not verdict
    assert why in "; ".join(verdict.reasons)


def test_a_proposal_stays_within_the_questions_scope(facts_of: FactsOf) -> None:
    """It can narrow what the question is about, and can neither widen nor change it."""
    region: Scope = (("region", "West"),)
    assert checked(facts_of, _with(PIPELINE, scope=[_pair("region", "West")]), scope=region)
    verdict = checked(facts_of, _with(PIPELINE, scope=[_pair("region", "East")]), scope=region)
    assert "changes the question's region from 'West'" in verdict.reasons[0]
    assert checked(facts_of, PIPELINE, scope=region), "what it leaves out is the question's"
    assert proposed(PIPELINE).tasks[0].narrowed(region) == region


@pytest.fixture
def with_approval() -> Domain:
    """A domain with a task that asks a person first, and one step of it that needs approval."""
    domain, more = analysis_domain(), Domain("more")

    @more.operator(capability="measure", approval=True)
    def export_names(state: Any, scope: Scope) -> object:
        """Export names."""
        state.artifact["export_answer", scope] = "planned"
        return state

    @more.method("analyse_export")
    def approved(state: Any, scope: Scope) -> object:
        """Applies always: names are exported when a person says yes."""
        return [("export_names", scope)]

    @more.method("analyse_nothing")
    def never(state: Any, scope: Scope) -> object:
        """Applies never."""
        return refuse("never")

    return domain.include(more)


def test_no_approval_is_gone_round(with_approval: Domain, facts_of: FactsOf) -> None:
    """A step that needs approval cannot be named; inside a task that is written down it still waits for it."""
    direct = {"task": "export_names", "scope": [], "after": [], "gives": ["export_answer"]}
    assert "no task 'export_names'" in checked(facts_of, direct, domain=with_approval).reasons[0]
    inside = {**direct, "task": "analyse_export"}
    verdict = checked(facts_of, inside, domain=with_approval)
    assert verdict, verdict.reasons
    assert any("1 of which waits for approval as ever" in what for what in verdict.checked)
    with_approval.operators["measure"] = replace(with_approval.operators["measure"], approval=True)
    named = checked(facts_of, _with(WIN_RATE, after=[]), domain=with_approval)
    assert "needs a person's approval" in named.reasons[0]


def test_a_task_that_cannot_be_planned_is_rejected(with_approval: Domain, facts_of: FactsOf) -> None:
    """With the planner's own reason."""
    verdict = checked(facts_of, _with(PIPELINE, task="analyse_nothing", gives=["x"]), domain=with_approval)
    assert "cannot be planned" in verdict.reasons[0]
    assert "no method applies (never: never)" in verdict.reasons[0]


def test_the_method_itself_refuses_what_was_never_checked(facts_of: FactsOf) -> None:
    """A fact from elsewhere that names a step of its own liking, or a wider scope, is decomposed into nothing of it."""
    domain, region = analysis_domain(), (("region", "West"),)
    for task, part in (("export_everything", region), ("analyse_pipeline", ())):
        fact = ("id", "model", "2026-11-22", "so", ((task, part, (), ("pipeline_answer",)),), ())
        state = planning_state(facts_of, region, options=OPTIONS, proposed={region: fact})
        outcome = find_plan(domain, state, [("answer_question", "custom", region)])
        assert isinstance(outcome, Solved)
        assert ["measure", "synthesise_custom_measure", "review_answer"] == [step.task for step in outcome.plan.steps]


def test_symbolic_methods_come_first(facts_of: FactsOf) -> None:
    """A question that names a measure or a topic is never given to a model to take apart."""
    domain = analysis_domain()
    for scope in ((("metric", "win_rate"),), (("topic", "pricing"),)):
        outcome = find_plan(
            domain, planning_state(facts_of, scope, options=OPTIONS), [("answer_question", "custom", scope)]
        )
        assert isinstance(outcome, Solved)
        assert "propose_method" not in [step.task for step in outcome.plan.steps]


def test_a_plan_from_a_proposal_is_one_like_any_other(facts_of: FactsOf) -> None:
    """The independent checker replays it; verifier and join come after all that was proposed."""
    tasks = proposed(PIPELINE, WIN_RATE).tasks
    fact = ProposedMethod(tasks=tasks, identity="id", model="m", asked="2026-11-22", reason="so").fact()
    state = planning_state(facts_of, (), options=OPTIONS, proposed={(): fact})
    outcome = find_plan(analysis_domain(), state, [("answer_question", "custom", ())])
    assert isinstance(outcome, Solved)
    plan = outcome.plan
    assert "sound" == str(check_plan(analysis_domain(), plan))
    names = [step.task for step in plan.steps]
    assert ["verify_proposed", "synthesise_custom_proposed", "review_answer"] == names[-3:]
    verify = plan.steps[-3]
    assert {"measure", "synthesise_pipeline"} == {plan.step(name).task for name in verify.causal}
    assert names.index("synthesise_pipeline") < names.index("measure"), "one was to come after the other"


def test_without_the_option_nothing_is_proposed(facts_of: FactsOf) -> None:
    """Off by default: the usual measures are given, as before."""
    outcome = find_plan(analysis_domain(), planning_state(facts_of, ()), [("answer_question", "custom", ())])
    assert isinstance(outcome, Solved)
    assert "measure" in [step.task for step in outcome.plan.steps]
