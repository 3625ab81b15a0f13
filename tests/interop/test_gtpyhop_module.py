"""The GTPyhop module keeps what GTPyhop promises, and where GTPyhop breaks its promise."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from htn.interop import gtpyhop as module
from htn.model.errors import DomainError, InputError
from htn.model.state import State as NativeState
from htn.planning import Limits

gtpyhop: Any = module


def travel() -> tuple[Any, Any]:
    """Return a small domain of tasks and goals, and a state for it."""
    domain = gtpyhop.Domain("travel")

    def walk(state, who, to):
        if state.tired.get(who):
            return False
        state.loc[who] = to
        state.visited.append(to)
        return state

    def rest(state, who):
        state.tired[who] = False
        return state

    def note(state, text):
        return state

    def on_foot(state, who, to):
        return [("walk", who, to)]

    def after_rest(state, who, to):
        return [("rest", who), ["note", "rested"], ("walk", who, to)]

    gtpyhop.declare_actions(walk, rest, note)
    gtpyhop.declare_task_methods("travel", on_foot, after_rest)
    gtpyhop.declare_unigoal_methods("loc", on_foot, after_rest)
    gtpyhop.declare_multigoal_methods(gtpyhop.m_split_multigoal)
    return domain, gtpyhop.State("start", loc={"me": "home"}, tired={"me": True}, visited=[])


def test_it_goes_back_and_keeps_actions_that_change_nothing():
    """A method whose actions fail gives way to the next; a note stays in the plan, as a tuple."""
    _, state = travel()
    expected = [("rest", "me"), ("note", "rested"), ("walk", "me", "park")]
    assert gtpyhop.find_plan(state, [("travel", "me", "park")]) == expected
    assert gtpyhop.pyhop(state, [("loc", "me", "park")]) == expected
    goal = gtpyhop.Multigoal("goal")
    goal.loc = {"me": "park"}
    assert gtpyhop.find_plan(state, [goal]) == expected
    assert state.visited == []


def test_no_plan_is_false_and_an_empty_plan_is_a_list():
    """The two are told apart."""
    _, state = travel()
    assert gtpyhop.find_plan(state, []) == []
    assert gtpyhop.find_plan(state, [("loc", "me", "home")]) == []
    state.tired["you"] = True
    gtpyhop.get_current_domain()._task_method_dict["travel"].pop()
    assert gtpyhop.find_plan(state, [("travel", "you", "park")]) is False


def test_settings_of_the_module_can_be_read_and_assigned():
    """Programs assign `verbose` and `current_domain` on the module; both take effect."""
    first, _ = travel()
    second = gtpyhop.Domain("other")
    assert gtpyhop.current_domain is second
    gtpyhop.current_domain = first
    assert gtpyhop.get_current_domain() is first
    assert gtpyhop.find_domain_by_name("other") is second
    gtpyhop.verbose = 2
    assert gtpyhop.get_verbose_level() == 2
    gtpyhop.verify_goals = False
    assert gtpyhop.get_verify_goals() is False
    with pytest.raises(ValueError, match="from 0 to 3"):
        gtpyhop.verbose = 7
    with pytest.raises(TypeError, match="must be a Domain"):
        gtpyhop.current_domain = "travel"


def test_declarations_after_planning_take_effect():
    """A method declared between two plans is used in the second."""
    _, state = travel()

    def by_air(state, who, to):
        return [("rest", who), ("walk", who, to), ("walk", who, "landed")]

    assert gtpyhop.find_plan(state, [("travel", "me", "park")])
    gtpyhop.get_current_domain()._task_method_dict["travel"][:] = []
    gtpyhop.declare_methods("travel", by_air)
    assert gtpyhop.find_plan(state, [("travel", "me", "park")])[-1] == ("walk", "me", "landed")


def test_names_mean_an_action_before_a_task_before_a_goal():
    """A name declared twice means what it means to GTPyhop."""
    gtpyhop.Domain("names")

    def thing(state, *args):
        state.done = "action"
        return state

    def wrong(state, *args):
        raise AssertionError("not to be called")

    gtpyhop.declare_actions(thing)
    gtpyhop.declare_task_methods("thing", wrong)
    gtpyhop.declare_unigoal_methods("thing", wrong)
    gtpyhop.declare_task_methods("both", lambda state, *args: [("thing",)], lambda state, *args: [])
    gtpyhop.declare_unigoal_methods("both", wrong)
    assert gtpyhop.find_plan(gtpyhop.State("s"), [("both",), ("thing", 1)]) == [("thing",), ("thing", 1)]


def test_what_a_function_raises_reaches_the_caller():
    """The domain's own exception, with its own traceback, not a translation of it."""
    gtpyhop.Domain("raises")

    def broken(state):
        raise ZeroDivisionError("mine")

    gtpyhop.declare_actions(broken)
    with pytest.raises(ZeroDivisionError, match="mine"):
        gtpyhop.find_plan(gtpyhop.State("s"), [("broken",)])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda s: gtpyhop.find_plan(s, [("travle", "me", "park")]), DomainError, "did you mean 'travel'"),
        (lambda s: gtpyhop.find_plan(NativeState("s"), []), InputError, "State of the same module"),
        (lambda s: gtpyhop.find_plan(s, "travel"), InputError, "give a list of tasks"),
        (lambda s: gtpyhop.find_plan(s, [gtpyhop.Multigoal("g", loc=["me"])]), DomainError, "give a dictionary"),
        (lambda s: gtpyhop.find_plan(s, [("walk", "me")]), DomainError, "with 1 arguments, which takes 2"),
        (lambda s: gtpyhop.set_recursive_planning("best_first"), ValueError, "no strategy"),
        (lambda s: gtpyhop.PlannerSession(tracing=True), TypeError, "no setting tracing"),
        (lambda s: gtpyhop.PlannerSession().find_plan(s, [], trace=True), InputError, "result.outcome"),
        (lambda s: gtpyhop.run_lazy_lookahead(s, [("travel", "you")]), DomainError, "arguments"),
    ],
)
def test_wrong_use_is_told_in_one_sentence(call, error, message):
    """What is wrong and what to do."""
    _, state = travel()
    with pytest.raises(error, match=message):
        call(state)


def test_without_a_domain_it_says_so(elsewhere, monkeypatch):
    """Declaring or planning before a domain was made."""
    from htn.interop import declaring

    monkeypatch.setattr(declaring._current, "_main", None)
    with pytest.raises(DomainError, match="no current domain"):
        elsewhere.run(gtpyhop.find_plan, gtpyhop.State("s"), [])


def test_it_prints_as_much_as_it_is_told_to(capsys):
    """Nothing, the problem and plan, also the effort, also the tree."""
    _, state = travel()
    printed = []
    for level in range(4):
        gtpyhop.set_verbose_level(level)
        gtpyhop.find_plan(state, [("travel", "me", "park")])
        printed.append(capsys.readouterr().out)
    assert printed[0] == ""
    assert "FP> result = [('rest', 'me')" in printed[1]
    assert "nodes=" in printed[2]
    assert "travel('me', 'park') by after_rest" in printed[3]
    gtpyhop.print_domain()
    gtpyhop.print_domain_names()
    state.display("Now:")
    shown = capsys.readouterr().out
    assert "walk, rest, note" in shown
    assert "on_foot, after_rest" in shown
    assert "  - loc = {'me': 'home'}" in shown


def test_threads_have_their_own_current_domain():
    """Two threads with two domains, planning at the same time, each find their own plans every time."""
    barrier = threading.Barrier(2)
    results: dict[str, list[Any]] = {}

    def work(name: str) -> None:
        gtpyhop.Domain(name)

        def act(state, number):
            state.numbers.append((name, number))
            return state

        def some(state, count):
            return [("act", number) for number in range(count)]

        gtpyhop.declare_actions(act)
        gtpyhop.declare_task_methods(f"do_{name}", some)
        gtpyhop.set_verbose_level(0)
        found = []
        for count in range(30):
            barrier.wait()
            found.append(gtpyhop.find_plan(gtpyhop.State("s", numbers=[]), [(f"do_{name}", count)]))
        results[name] = found

    before = gtpyhop.get_current_domain()
    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [[("act", number) for number in range(count)] for count in range(30)]
    assert results == {"one": expected, "two": expected}
    assert gtpyhop.get_current_domain() is before


def test_a_thread_plans_with_the_domain_of_the_main_program(elsewhere):
    """A program that declares at its start and plans in threads needs no change."""
    _, state = travel()
    assert elsewhere.run(gtpyhop.find_plan, state, [("travel", "me", "park")])


def test_sessions_keep_limits_and_report_errors():
    """A search without end stops at its time or its expansions, in a thread too; errors are told."""
    domain = gtpyhop.Domain("endless")

    def count(state):
        state.n += 1
        return state

    gtpyhop.declare_actions(count)
    gtpyhop.declare_task_methods("for_ever", lambda state: [("count",), ("for_ever",)])
    gtpyhop.declare_task_methods("broken", lambda state: 1 / 0)
    gtpyhop.Domain("another")
    results: list[Any] = []

    def work() -> None:
        with gtpyhop.PlannerSession(domain=domain, strategy="recursive_dfs") as session:
            started = time.perf_counter()
            results.append(session.find_plan(gtpyhop.State("s", n=0), [("for_ever",)], timeout_ms=50))
            results.append(session.find_plan(gtpyhop.State("s", n=0), [("for_ever",)], max_expansions=200))
            results.append(session.find_plan(gtpyhop.State("s", n=0), [("broken",)]))
            assert time.perf_counter() - started < 10

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [result.success for result in results] == [False, False, False]
    assert "limit on seconds" in results[0].error
    assert "limit on nodes" in results[1].error
    assert 200 <= results[1].stats["expansions"] < 400
    assert "division by zero" in results[2].error
    assert gtpyhop.get_current_domain().__name__ == "another"


def test_limits_of_an_outcome():
    """`find_outcome` gives the engine's outcome, limits included."""
    _, state = travel()
    assert gtpyhop.find_outcome(state, [("travel", "me", "park")], limits=Limits(nodes=0)).status in (
        "limit reached",
        "solved",
    )
    assert gtpyhop.find_outcome(state, [("travel", "me", "park")]).tree.to_json()["roots"]


def test_acting_plans_again_after_a_failure_and_ends_when_nothing_changes():
    """A command that fails makes it plan again; a plan that changes nothing is the end, not ten more tries."""
    _, state = travel()
    calls = []

    def c_walk(state, who, to):
        calls.append(to)
        if len(calls) == 1:
            return None
        state.loc[who] = to
        return state

    gtpyhop.declare_commands(c_walk)
    final = gtpyhop.run_lazy_lookahead(state, [("loc", "me", "park"), ("note", "there")])
    assert final.loc == {"me": "park"}
    assert calls == ["park", "park"]
    assert state.loc == {"me": "home"}
    result = gtpyhop.PlannerSession().run_lazy_lookahead(state, [("loc", "me", "lake")])
    assert result.success
    assert result.final_state.loc == {"me": "lake"}


def test_an_action_may_return_a_changed_copy():
    """A copy that was changed and returned is what the state becomes; going back undoes that too."""
    gtpyhop.Domain("copies")

    def change(state, number):
        new = state.copy()
        new.items.append(number)
        new.last = number
        del new.first
        return new

    def refuse(state):
        return False

    def check(state):
        return state if state.first == 0 and state.items == [] and not hasattr(state, "last") else False

    gtpyhop.declare_actions(change, refuse, check)
    gtpyhop.declare_task_methods("go", lambda s: [("change", 1), ("refuse",)], lambda s: [("check",), ("change", 2)])
    outcome = gtpyhop.find_outcome(gtpyhop.State("s", items=[], first=0), [("go",)])
    assert outcome.actions == [("check",), ("change", 2)]
    assert vars(outcome.final) == {"items": [2], "last": 2}


def test_a_method_cannot_change_the_state():
    """What a method changes by the way is taken back before anything else looks."""
    gtpyhop.Domain("rash")

    def check(state):
        return state if state.items == ["a"] and state.seen == set() and state.n == 0 else False

    def rash(state):
        state.items.append("b")
        state.seen.add("b")
        state.n = 1
        return [("check",)]

    gtpyhop.declare_actions(check)
    gtpyhop.declare_task_methods("go", rash)
    assert gtpyhop.find_plan(gtpyhop.State("s", items=["a"], seen=set(), n=0), [("go",)]) == [("check",)]


def test_a_task_keeps_the_arguments_it_was_given():
    """A list of the state passed on to a later task is what it was when it was passed on."""
    gtpyhop.Domain("arguments")

    def take(state):
        state.queue.pop()
        return state

    def look(state, queue):
        return state if queue == [1, 2] else False

    gtpyhop.declare_actions(take, look)
    gtpyhop.declare_task_methods("go", lambda state: [("take",), ("take",), ("look", state.queue)])
    plan = gtpyhop.find_plan(gtpyhop.State("s", queue=[1, 2]), [("go",)])
    assert plan == [("take",), ("take",), ("look", [1, 2])]


@pytest.mark.parametrize("spokes", [2, 5, 20, 64, 97])
def test_a_cycle_ends_also_where_values_change_in_place(spokes):
    """Going round in states that are equal by value is noticed, however they came about and however long it takes."""
    gtpyhop.Domain("round")

    def turn(state):
        state.wheel.append(state.wheel.pop(0))
        state.marks ^= {"x"}
        return state

    def never(state):
        return False

    gtpyhop.declare_actions(turn, never)
    gtpyhop.declare_task_methods("go", lambda state: [("turn",), ("go",)], lambda state: [("never",)])
    state = gtpyhop.State("s", wheel=list(range(spokes)), marks=set())
    assert gtpyhop.find_outcome(state, [("go",)], limits=Limits(nodes=1_000_000)).status == "unsolvable"


def test_dependencies_of_set_and_list_domains_are_traced():
    """Steps that touch different elements of a set do not wait for each other; those on one list do."""
    gtpyhop.Domain("traced")

    def add(state, element):
        state.members.add(element)
        return state

    def need(state, element):
        return state if element in state.members else False

    def count(state):
        return state if len(set(state.members)) == 2 else False

    def log(state, text):
        state.log.append(text)
        return state

    gtpyhop.declare_actions(add, need, count, log)
    todo = [("add", "a"), ("add", "b"), ("need", "b"), ("log", 1), ("log", 2), ("count",)]
    steps = gtpyhop.find_outcome(gtpyhop.State("s", members=set(), log=[]), todo).plan.steps
    names = {step.id: (step.task, *step.args) for step in steps}
    waits = {names[step.id]: {names[other] for other in step.dependencies} for step in steps}
    assert waits == {
        ("add", "a"): set(),
        ("add", "b"): set(),
        ("need", "b"): {("add", "b")},
        ("log", 1): set(),
        ("log", 2): {("log", 1)},
        ("count",): {("add", "a"), ("add", "b")},
    }


def test_plans_without_a_json_form_say_what_has_none():
    """A list as an argument is fine for planning; written as JSON it is refused by name."""
    gtpyhop.Domain("lists")

    def take(state, items):
        state.items = items
        return state

    gtpyhop.declare_actions(take)
    outcome = gtpyhop.find_outcome(gtpyhop.State("s", items=[]), [("take", ["a"])])
    assert outcome.plan.steps[0].args == (["a"],)
    with pytest.raises(InputError, match="of type list cannot be written as JSON"):
        outcome.plan.to_json()


def test_validating_a_plan():
    """A plan is carried out action by action; the wanted values are looked at in the end."""
    _, state = travel()
    plan = [("rest", "me"), ("walk", "me", "park")]
    assert gtpyhop.validate_plan_from_goal(state, plan, "loc", {"loc": {"me": "park"}})
    assert not gtpyhop.validate_plan_from_goal(state, plan, "loc", {"loc": {"me": "lake"}})
    assert not gtpyhop.validate_plan_from_goal(state, plan[1:])
    assert not gtpyhop.validate_plan_from_goal(state, [("fly", "me")])
