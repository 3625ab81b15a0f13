"""What was done for an abandoned path is undone by steps of the plan, the last one first."""

from __future__ import annotations

from typing import Any

import pytest

from htn.model import Domain, State, TaskNetwork, refuse
from htn.model.errors import DomainError
from htn.model.lint import lint
from htn.plan import Plan, Step
from htn.planning import Solved, find_plan
from htn.planning.checker import check_plan
from htn.planning.replan import Repaired, replan
from htn.planning.rollback import abandoned_steps, with_rollback


def _travel() -> Domain:
    """Return a domain in which a journey books what it needs, and every booking can be cancelled."""
    domain = Domain("journey")

    @domain.operator
    def book(state: State, what: str) -> object:
        if state.money[()] < 1:
            return refuse("there is no money")
        state.money[()] -= 1
        state.booked[what] = True
        return state

    @domain.operator(undoes="book")
    def cancel(state: State, what: str) -> object:
        if not state.booked.get(what):
            return refuse(f"{what} is not booked")
        state.money[()] += 1
        state.booked[what] = False
        return state

    @domain.operator
    def go(state: State, by: str) -> object:
        if not (state.booked.get(by) and state.runs[by]):
            return refuse(f"{by} does not go")
        state.there[by] = True
        return state

    @domain.operator
    def pack(state: State) -> object:
        state.packed[()] = True
        return state

    for by in ("plane", "train"):

        def journey(state: State, by: str = by) -> object:
            """Applies when it goes."""
            if not state.runs[by]:
                return refuse(f"the {by} does not go")
            return TaskNetwork.ordered([("book", f"seat on the {by}"), ("book", by), ("go", by)])

        domain.method("travel", name=f"by_{by}")(journey)
    return domain


def _state(money: int = 4, **runs: bool) -> State:
    return State(money={(): money}, booked={}, there={}, packed={}, runs={"plane": True, "train": True, **runs})


def _planned(domain: Domain, state: State, tasks: list[Any]) -> Plan:
    outcome = find_plan(domain, state, tasks)
    assert isinstance(outcome, Solved)
    return outcome.plan


def _abandoned(domain: Domain, money: int = 4) -> tuple[Plan, State]:
    """Return the plan after the plane was cancelled when it was booked, and the facts then."""
    plan = _planned(domain, _state(money), [("travel",), ("pack",)])
    observed = _state(money - 2, plane=False)
    observed.booked["seat on the plane"] = observed.booked["plane"] = True
    outcome = replan(domain, plan, plan.steps[2].id, observed)
    assert isinstance(outcome, Repaired)
    return outcome.plan, observed


def test_what_was_booked_is_cancelled_in_reverse_order_by_steps_of_the_plan() -> None:
    """The new plan begins with it, and the independent checker accepts it as a whole."""
    domain = _travel()
    plan, observed = _abandoned(domain)
    assert plan.history is not None
    new = with_rollback(domain, plan, plan.history.abandoned, observed)
    assert new is not None
    tasks = [(step.task, *step.args) for step in new.pending]
    assert tasks[:2] == [("cancel", "plane"), ("cancel", "seat on the plane")]
    assert tasks[2:] == [(step.task, *step.args) for step in plan.pending]
    assert str(check_plan(domain, new)) == "sound"
    first, second = new.pending[:2]
    assert first.id in second.dependencies, "one is undone after the other, although they touch different bookings"
    assert [node.task for node in new.tree.ancestors(first.id)] == ["roll_back"]
    assert Plan.from_json(new.to_json()) == new


def test_what_goes_on_waits_for_what_it_needs_to_be_undone() -> None:
    """The next booking takes from the money that comes back, so it waits for the last cancellation."""
    domain = _travel()
    plan, observed = _abandoned(domain)
    assert plan.history is not None
    new = with_rollback(domain, plan, plan.history.abandoned, observed)
    assert new is not None
    _, last, booking = new.pending[:3]
    assert booking.args == ("seat on the train",)
    assert last.id in booking.dependencies


def test_nothing_is_undone_where_nothing_can_be() -> None:
    """Steps without an undo leave the plan as it is."""
    domain = _travel()
    plan = _planned(domain, _state(), [("pack",)])
    assert with_rollback(domain, plan, plan.steps, _state()) is None


def test_an_undo_that_does_not_fit_is_said() -> None:
    """What is not booked cannot be cancelled."""
    domain = _travel()
    plan = _planned(domain, _state(), [("travel",)])
    with pytest.raises(DomainError, match="cannot be undone"):
        with_rollback(domain, plan, plan.steps[:2], _state())


def test_rolling_back_twice_gives_steps_with_ids_of_their_own() -> None:
    """What was done and undone may be done and undone again in one plan."""
    domain = _travel()
    plan, observed = _abandoned(domain)
    assert plan.history is not None
    once = with_rollback(domain, plan, plan.history.abandoned, observed)
    assert once is not None
    twice = with_rollback(domain, once, plan.history.abandoned, observed, partly=True)
    assert twice is not None
    assert twice.tree.roots[0] == once.tree.roots[0], "what was rolled back before keeps its name"
    assert len({step.id for step in twice.steps}) == len({step.key for step in twice.steps}) == len(twice.steps)
    assert Plan.from_json(twice.to_json()) == twice


def test_only_what_nothing_else_uses_is_abandoned() -> None:
    """A result that another step still needs stays, and what led only to the abandoned ones goes too."""
    first = Step("a", "ka", "first", ())
    only = Step("b", "kb", "only", (), dependencies=("a",), causal=("a",))
    shared = Step("c", "kc", "shared", ())
    bad = Step("d", "kd", "bad", (), dependencies=("b", "c"), causal=("b", "c"))
    other = Step("e", "ke", "other", (), dependencies=("c",), causal=("c",))
    unused = Step("f", "kf", "unused", (), dependencies=("d",))
    steps = [first, only, shared, bad, other, unused]
    assert abandoned_steps(steps, ["a", "b", "c", "f"], ["d"]) == [first, only]
    assert abandoned_steps(steps, ["a", "b", "c", "f"], ["d", "e"]) == [first, only, shared]
    assert abandoned_steps(steps, ["a"], ["d"]) == [], "what was not done need not be undone"
    assert abandoned_steps(steps, ["a", "b", "c"], []) == []


def test_a_domain_says_once_what_undoes_an_operator() -> None:
    """Two undos of one operator are refused, an unknown one is found, and domains with undos can be joined."""
    domain = _travel()
    with pytest.raises(DomainError, match="undone by both 'cancel' and 'refund'"):
        domain.operator(undoes="book", name="refund")(lambda state, what: state)
    assert not [finding for finding in lint(domain) if finding.level == "error"]
    assert not [finding for finding in lint(domain) if "cancel" in finding.message]
    other = Domain("other")
    other.operator(undoes="bok", name="refund")(lambda state, what: state)
    (mistake,) = [finding for finding in lint(domain.include(other)) if finding.level == "error"]
    assert "undoes the unknown operator 'bok'; did you mean 'book'?" in mistake.message
    assert len(domain.methods["roll_back"]) == 1
