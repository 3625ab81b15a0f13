"""Plans of which a part waits until something is known: expanded, branched, gone round, pruned, all through methods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from domains.deferred import branch, prune, refine, subquestions
from domains.deferred.following import Stage, follow
from htn.execution.agent import StepRequest, StepResult
from htn.execution.replan_request import ReplanAnswer, ReplanRequest
from htn.execution.replanner import Replanner
from htn.execution.runs import show_run, start_run
from htn.execution.runtime import DefaultRuntime
from htn.model import Domain, State
from htn.model.lint import lint
from htn.plan import Plan, Step
from htn.planning import Solved, find_plan
from htn.planning.checker import check_plan
from htn.planning.replan import replan
from tests.execution.toy import register

EXAMPLES = [subquestions, branch, refine, prune]
PARTS = ("price", "support", "onboarding")
Observed = Callable[[Step], list[tuple[str, Any, Any]]]


def came_up(*parts: str) -> Observed:
    """A survey that brings these sub-questions up."""
    return lambda step: [("found", "churn", parts)] if step.task == "survey" else []


def effect(low: float, high: float) -> Observed:
    """A pilot with this effect."""
    return lambda step: [("effect", "shorter calls", (low, high))] if step.task == "pilot" else []


def scores(*given: float) -> Observed:
    """Reviews with these scores, one after another."""
    return lambda step: [("score", step.args, given[step.args[1] - 1])] if step.task == "review" else []


def answers(source: str, topic: str) -> Observed:
    """A source that also answers another topic."""
    return lambda step: [("known", topic, True)] if step.args[0] == source else []


def planned(domain: Domain, state: State, tasks: Any) -> Plan:
    """The plan that there is."""
    outcome = find_plan(domain, state, tasks)
    assert isinstance(outcome, Solved)
    return outcome.plan


def followed(example: ModuleType, observed: Observed) -> list[Stage]:
    """The stages of an example, each plan having been found sound by the checker."""
    state, tasks = example.problem()
    stages = list(follow(example.domain, state, tasks, observed))
    for stage in stages:
        assert str(check_plan(example.domain, stage.plan)).startswith("sound")
    return stages


def carried_out(stages: Sequence[Stage]) -> list[str]:
    """What was done, in order, each only once."""
    steps = [stage.done for stage in stages if stage.done is not None]
    assert len({step.id for step in steps}) == len(steps)
    return [" ".join([step.task, *map(str, step.args[-1:])]) for step in steps]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.__name__.rpartition(".")[2])
def test_the_examples_have_no_mistakes(example):
    """Lint finds nothing, and every method says when it applies."""
    assert [] == [str(finding) for finding in lint(example.domain)]
    assert all(m.applies.startswith("Applies") for methods in example.domain.methods.values() for m in methods)


@pytest.mark.parametrize("example", [subquestions, branch, refine], ids=lambda e: e.__name__.rpartition(".")[2])
def test_an_open_task_is_one_step_with_an_estimate(example):
    """The first plan is sound with one open, nobody is asked to carry it out, and the plan's time counts it."""
    state, tasks = example.problem()
    plan = planned(example.domain, state, tasks)
    assert str(check_plan(example.domain, plan)) == "sound, 1 open"
    (waiting,) = [step for step in plan.steps if step.deferred]
    assert (waiting.capability, waiting.criteria) == ("", ())
    assert waiting.dependencies
    assert example.expected_seconds(waiting.task, *waiting.args) > 0


@pytest.mark.parametrize("parts", [(), ("price",), PARTS])
def test_what_came_up_is_looked_into_each_by_itself(parts):
    """There are as many branches as sub-questions, none waits for another, and what joins them waits for all."""
    stages = followed(subquestions, came_up(*parts))
    (change,) = [stage for stage in stages if stage.changes]
    looked = [step for step in change.plan.pending if step.task == "investigate"]
    assert [step.args for step in looked] == [(part,) for part in parts]
    assert all(not {other.id for other in looked} & set(step.dependencies) for step in looked)
    (joined,) = [step for step in change.plan.pending if step.task == "join"]
    assert {step.id for step in looked} <= set(joined.dependencies)
    assert "what it waits for is known" in change.reason
    assert carried_out(stages) == [
        "survey churn",
        *(f"investigate {part}" for part in parts),
        "join churn",
        "write churn",
    ]


@pytest.mark.parametrize(
    ("interval", "way"),
    [
        ((0.1, 0.3), ["roll_out"]),
        ((-0.3, -0.1), ["interview", "drop"]),
        ((-0.1, 0.2), ["drop"]),
    ],
)
def test_the_way_taken_follows_from_what_the_pilot_shows(interval, way):
    """Each of the three ways is taken when it applies, and the plan says why the others were left."""
    stages = followed(branch, effect(*interval))
    assert [name.split()[0] for name in carried_out(stages)] == ["pilot", *way, "report"]
    (chosen,) = [node for node in stages[-1].plan.tree.nodes.values() if node.task == "follow_up"]
    before = [method.name for method in branch.domain.methods["follow_up"]]
    assert chosen.method is not None
    assert [left.method for left in chosen.tried] == before[: before.index(chosen.method)]
    assert all("the effect may be as" in left.reason for left in chosen.tried)


@pytest.mark.parametrize(
    ("given", "drafts", "end"),
    [
        ((0.9,), 1, "publish"),
        ((0.4, 0.85), 2, "publish"),
        ((0.4, 0.5, 0.9), 3, "publish"),
        ((0.4, 0.5, 0.6), 3, "publish_with_reservations"),
    ],
)
def test_a_draft_is_refined_until_it_is_good_enough_or_the_rounds_are_used_up(given, drafts, end):
    """Every round is one more decomposition of a task that was open; there are never more than allowed."""
    stages = followed(refine, scores(*given))
    done = carried_out(stages)
    assert [name for name in done if name.startswith("draft")] == [f"draft {n}" for n in range(1, drafts + 1)]
    assert done[-1].split()[0] == end
    assert drafts <= refine.ROUNDS
    assert sum(stage.changes is not None for stage in stages) == drafts


def test_less_is_expected_of_the_open_task_the_fewer_rounds_are_left():
    """The estimate of what is open falls from round to round."""
    left = [refine.expected_seconds("improve", "text", number) for number in range(1, refine.ROUNDS + 1)]
    assert left == sorted(left, reverse=True)
    assert len(set(left)) == refine.ROUNDS


def test_what_has_become_redundant_is_pruned_and_the_rest_is_kept():
    """A topic that was answered on the way is not asked again; with nothing answered besides, nothing is dropped."""
    stages = followed(prune, answers("price list", "contracts"))
    (changes,) = [stage.changes for stage in stages if stage.changes is not None]
    assert [gone.step.args for gone in changes.removed] == [("legal archive", "contracts")]
    assert "contracts is known" in changes.removed[0].reason
    assert not changes.added
    assert [kept.step.task for kept in changes.kept] == ["consult", "write"]
    assert not any("contracts" in name for name in carried_out(stages)[:-1])
    untouched = followed(prune, answers("price list", "prices"))
    assert not any(stage.changes for stage in untouched)
    assert len(carried_out(untouched)) == 4


def test_a_repair_shows_itself_as_what_it_is():
    """In a notebook, the expanded plan is no failure: its verdict is a tick, and the plan is there to be seen."""
    state, tasks = subquestions.problem()
    plan = planned(subquestions.domain, state, tasks)
    state.surveyed["churn"], state.found["churn"] = True, PARTS
    page = replan(subquestions.domain, plan, None, state, done=[plan.steps[0].id])._repr_html_()
    assert "✓" in page
    assert "repaired" in page
    assert "investigate: support" in page


# ---------------------------------------------------------------------------------------------------------------- runs
class Worker:
    """Carries everything out, and hands back what is to be observed."""

    name, capacity = "worker", 4

    def __init__(self, example: ModuleType, observed: Observed) -> None:
        self.capabilities = frozenset(operator.capability for operator in example.domain.operators.values())
        self.observed = observed
        self.began: list[str] = []

    def run(self, request: StepRequest) -> StepResult:
        """Note what is done."""
        self.began.append(request.task)
        step = Step(request.step_id, request.step_key, request.task, request.args)
        return StepResult("Note", {"of": request.task}, tuple(self.observed(step)))


class Decomposing(DefaultRuntime):
    """A runtime that decomposes again as the engine does it."""

    def __init__(self, example: ModuleType, worker: Worker) -> None:
        super().__init__([worker])
        self.replanner = Replanner(example.domain)

    def replan(self, request: ReplanRequest) -> ReplanAnswer:
        """Return the plan with the open task decomposed."""
        return self.replanner(request)


@pytest.mark.parametrize(
    ("example", "observed", "expected"),
    [
        (subquestions, came_up(*PARTS), ["investigate"] * 3 + ["join", "survey", "write"]),
        (branch, effect(-0.3, -0.1), ["drop", "interview", "pilot", "report"]),
        (refine, scores(0.4, 0.5, 0.9), ["draft"] * 3 + ["publish"] + ["review"] * 3),
    ],
    ids=["subquestions", "branch", "refine"],
)
def test_a_run_does_the_same(tmp_path: Path, example, observed, expected):
    """The same by the engine that runs plans durably: every step once, nothing missing, the plan grown on the way."""
    worker = Worker(example, observed)
    state, tasks = example.problem()
    plan = planned(example.domain, state, tasks)
    run = start_run(tmp_path, plan, register(Decomposing(example, worker)))
    status = show_run(tmp_path, run)
    assert status.run.status == "completed"
    assert sorted(worker.began) == expected
    assert {step.status for step in status.steps} == {"finished"}
    assert status.run.revision > 0
