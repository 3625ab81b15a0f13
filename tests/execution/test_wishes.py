"""An answer may change the plan: a method rather or never, an agent left out; by the decomposer, and on record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from htn.execution.alternatives import Alternatives
from htn.execution.approvals import (
    ApprovalPolicy,
    Escalation,
    answer_failure,
    answer_step,
    answer_with_wishes,
    approvals_of,
    waiting_approvals,
)
from htn.execution.audit import audit_lines, verify_audit
from htn.execution.errors import ApprovalError
from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.runs import resume_run, show_run, start_run
from htn.execution.story import plan_changes
from htn.execution.wishes import Wish
from htn.model.errors import InputError
from htn.plan import Plan, Step
from htn.planning.checker import check_plan
from tests.execution.branches import DOMAIN, make_plan, reference
from tests.execution.toy import lines

ROUGHLY = Wish("prefer", ("part", "price"), "roughly")


def _left_waiting(
    workspace: Path, *operators: str, agents: Sequence[Any] = ({},), escalation: Escalation | None = None
) -> str:
    """Start a run whose process does not stay to wait, and return its id."""
    log = {"log": str(workspace.with_suffix(".log"))}
    options = RunOptions(
        approval=ApprovalPolicy(operators=operators),
        escalation=escalation or Escalation(),
        max_delay=0.0,
        wait=False,
    )
    runtime = reference(agents=[{**log, **agent} for agent in agents])
    run = start_run(workspace, make_plan(), runtime, options=options)
    assert show_run(workspace, run).run.status == "waiting"
    return run


def _tasks(workspace: Path, run: str) -> dict[str, str]:
    return {step.task: step.status for step in show_run(workspace, run).steps}


def _answer(workspace: Path, run: str, step: str, *wishes: Wish, **more: Any) -> None:
    assert answer_with_wishes(workspace, run, step, wishes, by="ann", **more)[1]


def test_preferred_method_replaces_its_part_of_the_plan(tmp_path: Path):
    """The decomposer makes the plan; what is finished is kept, the checker agrees, the difference is on record."""
    workspace = tmp_path / "w"
    run = _left_waiting(workspace, "measure_price")
    before = lines(workspace.with_suffix(".log"))
    _answer(workspace, run, "measure_price", ROUGHLY, note="the price list is old")
    assert resume_run(workspace, run).status == "completed"
    after = ["fetch", "guess_price", "measure_support", "measure_terms", "weigh", "join"]
    assert _tasks(workspace, run) == dict.fromkeys(after, "finished")
    begun = [line for line in lines(workspace.with_suffix(".log")) if line.startswith("begin:")]
    assert len(begun) == len(set(begun)) == len(after)
    assert [line for line in before if line.startswith("begin:")] == begun[: len(before) // 2]
    (change,) = plan_changes(workspace, run)
    assert (change["kind"], change["why"]) == ("wish", "rather roughly for part(price)")
    told = {each["task"]: each["kind"] for each in change["changes"]}
    assert (told["measure_price"], told["guess_price"], told["fetch"]) == ("removed", "added", "finished")
    with Journal(workspace, readonly=True) as journal:
        plan = Plan.from_json(journal.plan(run).document)
    assert check_plan(DOMAIN, plan)


def test_who_wanted_what_and_what_came_of_it_is_audited(tmp_path: Path):
    """The answer with its wishes, and whether they were granted, are in the chain."""
    run = _left_waiting(tmp_path / "w", "measure_price")
    _answer(tmp_path / "w", run, "measure_price", ROUGHLY)
    resume_run(tmp_path / "w", run)
    entries = [json.loads(line) for line in audit_lines(tmp_path / "w", run)]
    by_kind = {entry["kind"]: entry["content"] for entry in entries}
    answered, constrained = by_kind["approval_answered"], by_kind["plan_constrained"]
    assert (answered["by"], answered["answer"], answered["wishes"]) == ("ann", "change", [ROUGHLY.to_json()])
    assert (constrained["wishes"], constrained["granted"]) == ([ROUGHLY.to_json()], True)
    assert "answered with a change of the plan by ann on " in constrained["told"]
    assert verify_audit(tmp_path / "w").intact


def test_excluded_method_is_left_out_wherever_it_is_still_to_be_used(tmp_path: Path):
    """A wish about a task's name concerns every such task that is not finished."""
    run = _left_waiting(tmp_path / "w", "measure_price", "measure_support")
    assert _tasks(tmp_path / "w", run)["measure_terms"] == "finished"
    _answer(tmp_path / "w", run, "measure_price", Wish("exclude", "part", "properly"))
    assert resume_run(tmp_path / "w", run).status == "completed"
    assert set(_tasks(tmp_path / "w", run)) >= {"guess_price", "guess_support", "measure_terms"}
    with Journal(tmp_path / "w", readonly=True) as journal:
        answers = {found.step_id: found.answer for found in approvals_of(journal, run)}
    assert sorted(map(str, answers.values())) == ["change", "withdrawn"]


def test_wish_holds_for_what_recovery_does_later(tmp_path: Path):
    """A method that a person ruled out does not come back when another step fails."""
    broken = [{"always": {"measure_terms": "data_unavailable"}}]
    free = _left_waiting(tmp_path / "free", "measure_price", agents=broken)
    answer_step(tmp_path / "free", free, "measure_price", yes=True, by="ann")
    assert resume_run(tmp_path / "free", free).status == "completed"
    assert "guess_terms" in _tasks(tmp_path / "free", free)

    kept_out = Wish("exclude", ("part", "terms"), "roughly")
    options = RunOptions(approval=ApprovalPolicy(operators=("fetch",)), max_delay=0.0, wait=False)
    run = start_run(tmp_path / "bound", make_plan(), reference(agents=broken), options=options)
    _answer(tmp_path / "bound", run, "fetch", kept_out, ROUGHLY, approves=True)
    assert resume_run(tmp_path / "bound", run).status == "failed"
    tasks = _tasks(tmp_path / "bound", run)
    assert "guess_terms" not in tasks
    assert tasks["guess_price"] == "finished"


def test_step_that_the_plan_still_has_is_asked_about_again(tmp_path: Path):
    """A change is no approval, unless it was said to be one; each question keeps its own answer."""
    run = _left_waiting(tmp_path / "w", "weigh")
    _answer(tmp_path / "w", run, "weigh", Wish("prefer", ("answer",), "unweighed"))
    assert resume_run(tmp_path / "w", run).status == "completed"

    again = _left_waiting(tmp_path / "v", "measure_price")
    _answer(tmp_path / "v", again, "measure_price", Wish("prefer", ("part", "terms"), "roughly"), approves=False)
    # Its own part was finished before: nothing that is still to be done is concerned, and so it is asked again.
    assert resume_run(tmp_path / "v", again).status == "waiting"
    (open_one,) = waiting_approvals(tmp_path / "v", again)
    assert open_one.number == 1
    answer_step(tmp_path / "v", again, "measure_price", yes=True, by="bob")
    assert resume_run(tmp_path / "v", again).status == "completed"
    with Journal(tmp_path / "v", readonly=True) as journal:
        assert [(found.answer, found.by) for found in approvals_of(journal, again)] == [
            ("change", "ann"),
            ("yes", "bob"),
        ]
        (told,) = [event.payload for event in journal.events(again, kinds=("plan_constrained",))]
    assert not told["granted"]
    assert "nothing that is still to be done" in told["told"]


def test_change_that_approves_is_asked_once(tmp_path: Path):
    """Other parts change, and the step goes on."""
    run = _left_waiting(tmp_path / "w", "fetch")
    _answer(tmp_path / "w", run, "fetch", ROUGHLY, approves=True)
    assert resume_run(tmp_path / "w", run).status == "completed"
    assert _tasks(tmp_path / "w", run)["guess_price"] == "finished"
    with Journal(tmp_path / "w", readonly=True) as journal:
        assert len(approvals_of(journal, run)) == 1


def test_two_changes_at_once_are_both_granted(tmp_path: Path):
    """Also where the first one takes away the step that the second one was given for."""
    run = _left_waiting(tmp_path / "w", "measure_price", "measure_support")
    _answer(tmp_path / "w", run, "measure_price", Wish("exclude", "part", "properly"))
    _answer(tmp_path / "w", run, "measure_support", Wish("prefer", ("answer",), "unweighed"))
    assert resume_run(tmp_path / "w", run).status == "completed"
    assert {"guess_price", "guess_support", "join_unweighed"} <= set(_tasks(tmp_path / "w", run))
    with Journal(tmp_path / "w", readonly=True) as journal:
        told = [event.payload["granted"] for event in journal.events(run, kinds=("plan_constrained",))]
    assert told == [True, True]


def test_first_of_two_different_changes_holds(tmp_path: Path):
    """The same again changes nothing; another one, an approval and a refusal come too late."""
    run = _left_waiting(tmp_path / "w", "measure_price")
    _answer(tmp_path / "w", run, "measure_price", ROUGHLY)
    assert not answer_with_wishes(tmp_path / "w", run, "measure_price", [ROUGHLY], by="bob")[1]
    for wish in (Wish("prefer", ("answer",), "unweighed"), Wish("without_agent", agent="worker")):
        with pytest.raises(ApprovalError, match=r"answered with a change of the plan by ann .* first answer holds"):
            answer_with_wishes(tmp_path / "w", run, "measure_price", [wish], by="bob")
    with pytest.raises(ApprovalError, match="first answer holds"):
        answer_step(tmp_path / "w", run, "measure_price", yes=True, by="bob")


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (Wish("prefer", ("part", "price"), "cheaply"), "there is no plan rather cheaply for part"),
        (Wish("exclude", ("answer",)), "there is no plan without answer()"),
        (Wish("exclude", "answer", "by_magic"), "by_magic"),
        (Wish("exclude", "nonsense"), "nothing that is still to be done is concerned"),
        (Wish("without_agent", agent="nobody"), "there is no agent 'nobody'; there are worker"),
    ],
)
def test_what_cannot_be_had_is_said_before_anything_is_recorded(tmp_path: Path, wish: Wish, why: str):
    """A look at what would come of a wish leaves no trace; given all the same, the plan stays and the run goes on."""
    run = _left_waiting(tmp_path / "w", "measure_price")
    with pytest.raises(ApprovalError) as refused:
        Alternatives(tmp_path / "w", run).preview([wish], "measure_price")
    assert why in str(refused.value)
    assert len(waiting_approvals(tmp_path / "w", run)) == 1
    if wish.agent:
        return
    _answer(tmp_path / "w", run, "measure_price", wish, approves=True)
    assert resume_run(tmp_path / "w", run).status == "completed"
    assert plan_changes(tmp_path / "w", run) == []


def test_every_alternative_that_is_offered_can_be_had(tmp_path: Path):
    """Each is picked in a run of its own: the plan that is carried out is the one that was shown, without the step."""
    first = _left_waiting(tmp_path / "w0", "measure_price")
    planned = Alternatives(tmp_path / "w0", first).as_planned()
    offered = Alternatives(tmp_path / "w0", first).of("measure_price")
    assert [each.wish for each in offered] == [ROUGHLY]
    assert offered[0].work_seconds == planned.work_seconds - 10.0 + 2.0, "a guess takes 2 s, a measurement 10 s"
    weighed = _left_waiting(tmp_path / "w1", "weigh")
    more = Alternatives(tmp_path / "w1", weighed).of("weigh")
    assert [each.wish.sentence() for each in more] == ["rather unweighed for answer()"]
    for number, (run, step, each) in enumerate(((first, "measure_price", offered[0]), (weighed, "weigh", more[0]))):
        workspace = tmp_path / f"w{number}"
        _answer(workspace, run, step, each.wish)
        assert resume_run(workspace, run).status == "completed"
        with Journal(workspace, readonly=True) as journal:
            assert {item.key for item in journal.plan(run).steps} >= {item.key for item in each.steps}
            assert step not in {item.task for item in journal.plan(run).steps}


def test_agent_left_out_gets_nothing_more(tmp_path: Path):
    """In this session and in later ones; the one that remains does the rest."""
    workspace = tmp_path / "w"
    always = {"join": "data_unavailable", "join_unweighed": "data_unavailable"}
    agents = [{"name": "ann", "always": always}, {"name": "bob", "always": always}]
    run = _left_waiting(workspace, "measure_price", agents=agents)
    with Journal(workspace, readonly=True) as journal:
        assert {attempt.agent for attempt in journal.attempts(run) if attempt.status == "finished"} & {"ann"}
        before = len(journal.attempts(run))
    _answer(workspace, run, "measure_price", Wish("without_agent", agent="ann"), approves=True)
    for _ in range(2):
        assert resume_run(workspace, run).status == "failed"
    with Journal(workspace, readonly=True) as journal:
        later = journal.attempts(run)[before:]
    assert {attempt.session for attempt in later if attempt.agent} == {2, 3}
    assert {attempt.agent for attempt in later if attempt.agent} == {"bob"}


def test_decision_on_a_failed_step_may_be_a_change(tmp_path: Path):
    """A person who is asked about a failure wants another method higher up; the failed step does not come back."""
    broken = [{"always": {"weigh": "unknown", "measure_price": "unknown", "guess_price": "unknown"}}]
    run = _left_waiting(tmp_path / "w", agents=broken, escalation=Escalation(ask=True))
    (question,) = waiting_approvals(tmp_path / "w", run)
    assert question.choices == ("retry", "give_up", "without")
    asked = next(step.task for step in show_run(tmp_path / "w", run).waiting)
    _answer(tmp_path / "w", run, asked, Wish("prefer", ("answer",), "unweighed"))
    resume_run(tmp_path / "w", run)
    with Journal(tmp_path / "w", readonly=True) as journal:
        told = [event.payload for event in journal.events(run, kinds=("plan_constrained", "recovery_decided"))]
    assert any(payload.get("answer") == "change" for payload in told)
    for waiting in waiting_approvals(tmp_path / "w", run):
        answer_failure(tmp_path / "w", run, waiting.step_id, "give_up", by="ann")
    assert resume_run(tmp_path / "w", run).status in ("failed", "completed")


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "drop", "task": "a"},
        {"kind": "prefer", "task": "a", "method": None},
        {"kind": "exclude", "task": [], "method": "m"},
        {"kind": "exclude", "task": [1], "method": "m"},
        {"kind": "without_agent", "agent": ""},
    ],
)
def test_what_is_no_wish_is_refused(data: dict[str, Any]):
    """One sentence; nothing else is read into it."""
    with pytest.raises(InputError, match="nothing that can be wanted"):
        Wish.from_json(data)


@pytest.mark.parametrize(
    "wish",
    [ROUGHLY, Wish("exclude", ("part", ("a", 1))), Wish("exclude", "part", "m"), Wish("without_agent", agent="ann")],
)
def test_wishes_come_back_from_json(wish: Wish):
    """As they were, through text."""
    assert Wish.from_json(json.loads(json.dumps(wish.to_json()))) == wish


def test_tokens_and_money_ask_and_so_does_what_nobody_knows_the_price_of():
    """Tokens are read and written ones together; a limit on money is not passed by having no prices."""
    step = Step("n1", "k1", "read", ())
    tokens = {"input_tokens": 900.0, "output_tokens": 200.0}
    assert ApprovalPolicy(above={"tokens": 1100}).reason(step, tokens) is None
    assert ApprovalPolicy(above={"tokens": 1000}).reason(step, tokens) == (
        "it is expected to take 1100 tokens, more than 1000"
    )
    priced = {**tokens, "money": 0.02}
    assert ApprovalPolicy(above={"money": 0.05}).reason(step, priced) is None
    assert ApprovalPolicy(above={"money": 0.01}).reason(step, priced) == (
        "it is expected to take 0.02 money, more than 0.01"
    )
    assert ApprovalPolicy(above={"money": 0.05}).reason(step, tokens) == (
        "what its 1100 tokens cost is not known, and may be more than 0.05"
    )
    assert ApprovalPolicy(above={"money": 0.0}).reason(step, {"input_tokens": 0.0}) is None
