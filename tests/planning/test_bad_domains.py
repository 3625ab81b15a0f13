"""Mistakes in domains and states: one clear sentence each, before or while planning, never a traceback."""

from __future__ import annotations

from typing import Any

import pytest

from htn.model import Domain, MultiGoal, State, TaskNetwork, refuse
from htn.model.errors import DomainError, HtnError, InputError, StateError, UnhashableValueError
from htn.model.lint import lint
from htn.planning import InvalidDomain, Limits, Solved, find_plan


def _problem(operator: Any = None, method: Any = None, tasks: Any = None, state: Any = None) -> str:
    domain = Domain("bad")
    domain.operator(name="act")(operator or (lambda state, *args: state))
    domain.method("do", name="way")(method or (lambda state, *args: [("act",)]))
    domain.goal_method("place")(lambda state, key, value: [("act",)])
    outcome = find_plan(domain, state or State(at={"me": "home"}), tasks if tasks is not None else [("do",)])
    assert isinstance(outcome, InvalidDomain), outcome
    assert 1 == len(outcome.problems)
    assert "\n" not in outcome.problems[0]
    return outcome.problems[0]


def _broken(state: State) -> Any:
    return state.at["you"]


def _misspelt(state: State) -> Any:
    return state.att["me"]


def _mutable(state: State) -> Any:
    state.at["me"] = ["a", "list"]
    return state


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (lambda: _problem(operator=_broken), "the operator of act() raised KeyError: 'you' (test_bad_domains.py:"),
        (
            lambda: _problem(method=_misspelt),
            "reads the fluent 'att', which the state does not have; did you mean 'at'?",
        ),
        (lambda: _problem(operator=_mutable), "state.at['me'] is given a list, which can change in place: use a tuple"),
        (lambda: _problem(operator=lambda s: True), "returned a bool: return the state it was given, or refuse"),
        (lambda: _problem(operator=lambda s: State("new")), "returned another state"),
        (lambda: _problem(method=lambda s: "act"), "returned a str: return a list of tasks or a TaskNetwork"),
        (lambda: _problem(method=lambda s: ("act",)), "returned a tuple: return a list of tasks"),
        (
            lambda: _problem(method=lambda s: ["act"]),
            "holds 'act', which is no task: write a tuple of a name and arguments",
        ),
        (lambda: _problem(method=lambda s: [("acct",)]), "holds the unknown task 'acct'; did you mean 'act'?"),
        (lambda: _problem(operator=lambda s, x: s), "the operator of act() takes 1 arguments, the task gives 0"),
        (lambda: _problem(tasks=[("do", 1, 2)], method=lambda s: []), "'do' with 2 arguments, which takes 0"),
        (lambda: _problem(tasks=["do"]), "the task list holds 'do', which is no task"),
        (lambda: _problem(tasks=[()]), "the task list holds (), which is no task"),
        (lambda: _problem(tasks=[("dop",)]), "the task list holds the unknown task 'dop'; did you mean 'do'?"),
        (lambda: _problem(tasks=("do", 1)), "the task list is the single task do(1): put it in a list, [('do', 1)]"),
        (
            lambda: _problem(tasks=MultiGoal(at={"me": 1})),
            "is the single task MultiGoal(at['me'] = 1): put it in a list",
        ),
        (lambda: _problem(tasks="do"), "the task list is a str: give a list of tasks or a TaskNetwork"),
        (lambda: _problem(tasks=3), "the task list is a int: give a list of tasks or a TaskNetwork"),
        (lambda: _problem(tasks={("do",)}), "the task list is a set: give a list of tasks or a TaskNetwork"),
        (lambda: _problem(state={"at": {}}), "the state is a dict: make one with State("),
        (
            lambda: _problem(method=lambda s: [("place", "me")]),
            "the goal place('me') takes 2 arguments, the task gives 1",
        ),
        (lambda: _problem(method=lambda s: 1 / 0), "raised ZeroDivisionError: division by zero"),
    ],
)
def test_mistakes_found_while_planning_are_one_sentence(problem: Any, says: str) -> None:
    """The sentence names the task, the function and the place."""
    assert says in problem()


@pytest.mark.parametrize(
    ("declare", "says"),
    [
        (lambda d: d.operator(lambda: None), "takes no state: its first parameter must be the state"),
        (lambda d: (d.operator(name="x")(lambda s: s), d.operator(name="x")(lambda s: s)), "two meanings for 'x'"),
        (lambda d: (d.method("x")(lambda s: []), d.operator(name="x")(lambda s: s)), "compound task and operator"),
        (lambda d: d.method(lambda s: []), "names no task: write @domain.method('task') above it"),
        (lambda d: [d.method("t", name="m")(lambda s: []) for _ in "ab"], "two methods called 'm'"),
        (lambda d: d.operator(name="multigoal")(lambda s: s), "is the name of multigoals"),
        (lambda d: TaskNetwork([("a",)], before=[(0, 1)]), "names an item that a network of 1 does not have"),
        (lambda d: TaskNetwork([("a",), ("b",)], before=[(0, 1), (1, 0)]), "form a cycle"),
        (lambda d: d.find_method("t", "m"), "has no method 'm'; there are none"),
        (lambda d: Limits(seconds=-1), "the limit on seconds must be a number from 0 up or None, got -1"),
    ],
)
def test_mistakes_found_at_declaration_are_one_sentence(declare: Any, says: str) -> None:
    """What can be seen when it is written is said when it is written."""
    with pytest.raises((DomainError, InputError), match=r".") as caught:
        declare(Domain("bad"))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("assign", "says"),
    [
        (
            lambda s: setattr(s, "at", {"a": [1]}),
            "state.at['a'] is given a list, which can change in place: use a tuple",
        ),
        (lambda s: setattr(s, "at", {"a": {"b": 1}}), "make it a fluent of its own"),
        (lambda s: setattr(s, "x", {1, 2}), "state.x is given a set, which can change in place: use a frozenset"),
        (lambda s: setattr(s, "x", (1, [2])), "state.x is given a list"),
        (lambda s: setattr(s, "x", object()), "compares by identity and may change in place"),
        (lambda s: setattr(s, "copy", 1), "a fluent cannot be called 'copy'"),
        (lambda s: setattr(s, "_hidden", 1), "a fluent cannot be called '_hidden'"),
    ],
)
def test_values_that_could_change_unseen_are_refused(assign: Any, says: str) -> None:
    """Undoing must never silently miss a change."""
    with pytest.raises(StateError) as caught:
        assign(State())
    assert says in str(caught.value)
    assert isinstance(caught.value, HtnError)
    assert issubclass(UnhashableValueError, StateError)


def _linted() -> Domain:
    domain = Domain("linted")

    @domain.operator
    def forgets(state: State, key: str) -> Any:
        state.at[key] = 1

    @domain.operator
    def orphan(state: State) -> Any:
        return state

    @domain.operator
    def fine(state: State, key: str) -> Any:
        return state if state.at else refuse("nothing there")

    @domain.method("top")
    def way(state: State) -> Any:
        return [("fine", "a"), ("fine",), ("fone", "b"), *[("forgets", key) for key in "ab"]]

    @domain.deferred("never_decomposed", known=lambda state: True, until="later")
    def predict(state: State) -> Any:
        return state

    return domain


def test_lint_finds_mistakes_before_planning() -> None:
    """Unknown tasks, wrong arity, missing return, missing method, unreachable operators, missing documentation."""
    findings = lint(_linted())
    found = {(finding.level, finding.code) for finding in findings}
    expected = {
        ("error", "unknown-task"),
        ("error", "arity"),
        ("error", "no-state"),
        ("error", "no-method"),
        ("warning", "unreachable"),
        ("warning", "undocumented"),
    }
    assert expected == found
    text = "\n".join(map(str, findings))
    assert "unknown task 'fone'; did you mean 'fine'?" in text
    assert "'fine' with 0 arguments, which takes 1" in text
    assert "operator 'forgets'" in text
    assert "the operator 'orphan' cannot be reached" in text
    assert "'top' cannot be reached" not in text


def test_lint_reports_what_given_tasks_cannot_reach() -> None:
    """With a task list, everything it does not lead to is reported."""
    messages = [finding.message for finding in lint(_linted(), [("fine", "a")]) if finding.code == "unreachable"]
    assert any("'top'" in message for message in messages)


def test_an_operator_that_forgets_to_return_the_state_is_named() -> None:
    """That is the commonest slip, and "it does not apply" would send its author looking in the wrong place."""
    domain = Domain("slip")

    @domain.operator
    def act(state: State) -> Any:
        state.done = True

    outcome = find_plan(domain, State(), [("act",)])
    assert "'act'" in getattr(outcome, "reason", "")
    assert "never returns the state, so it refuses always: end with 'return state'" in getattr(outcome, "reason", "")


def test_the_domain_and_the_state_in_each_others_place_are_noticed() -> None:
    """One sentence, no traceback from inside."""
    outcome = find_plan(State(), Domain("d"), [])  # type: ignore[arg-type]  # the mistake itself
    assert isinstance(outcome, InvalidDomain)
    assert "the domain is a State: call find_plan(domain, state, tasks)" == outcome.problems[0]


def test_a_list_for_a_task_is_noticed_when_the_tree_is_made() -> None:
    """Lists have no place in identities: the sentence names the method."""
    domain = Domain("lists")
    domain.operator(name="act")(lambda state: state)
    domain.method("do", name="way")(lambda state: [["act"]])
    outcome = find_plan(domain, State(), [("do",)])
    assert isinstance(outcome, Solved)
    with pytest.raises(DomainError, match=r"method 'way' of do\(\) holds \['act'\], which is no task: write a tuple"):
        _ = outcome.tree


def test_a_description_that_cannot_be_filled_in_is_named() -> None:
    """A placeholder for an argument that a task does not have is said as that."""
    domain = Domain("described")
    domain.operator(name="act", describe="Fetch {1}")(lambda state, key: state)
    outcome = find_plan(domain, State(), [("act", "a")])
    assert isinstance(outcome, Solved)
    with pytest.raises(DomainError, match=r"the description 'Fetch \{1\}' of operator 'act' cannot be filled in"):
        _ = outcome.plan


def test_a_fluent_may_be_called_name() -> None:
    """The state's own name is given by position only."""
    assert "Ann" == State(name={"a": "Ann"}).name["a"]
