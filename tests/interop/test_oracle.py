"""GTPyhop as an oracle: on random domains both find the same first plan, or both find none."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from benchmarks import _shipped
from htn.interop import gtpyhop as ours
from htn.interop import planning
from htn.model import Domain, MultiGoal, State, split_multigoal
from htn.planning import find_plan

THEIRS = _shipped.gtpyhop()
FACTS = ("p", "q", "r")


@dataclass(frozen=True)
class Action:
    """What an action needs and sets, and whether it changes something before it looks at what it needs."""

    needs: tuple[tuple[str, int], ...]
    sets: tuple[tuple[str, int], ...]
    rash: bool


@dataclass(frozen=True)
class Method:
    """What a method needs, and the subtasks that it gives."""

    needs: tuple[tuple[str, int], ...]
    subtasks: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Spec:
    """A domain as data; a compound task's subtasks come after it in the list of tasks, so that every search ends."""

    actions: tuple[Action, ...]
    tasks: tuple[tuple[Method, ...], ...]
    goals: tuple[Method, ...]
    todo: tuple[Any, ...]
    initial: tuple[int, ...]


conditions = st.lists(st.tuples(st.sampled_from(FACTS), st.integers(0, 2)), max_size=1).map(tuple)
effects = st.lists(st.tuples(st.sampled_from(FACTS), st.integers(0, 2)), min_size=1, max_size=2).map(tuple)


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Return a random domain with a problem."""
    actions = draw(st.lists(st.builds(Action, conditions, effects, st.booleans()), min_size=1, max_size=4))
    primitive = st.integers(0, len(actions) - 1).map(lambda number: (f"a{number}",))
    count = draw(st.integers(1, 4))
    goals = tuple(
        Method(draw(conditions), tuple(draw(st.lists(primitive, max_size=3)))) for _ in range(draw(st.integers(0, 2)))
    )
    wanted = st.tuples(st.just("fact"), st.sampled_from(FACTS), st.integers(0, 2))
    tasks = []
    for task in range(count):
        later = [primitive, *([wanted] if goals else [])]
        if task + 1 < count:
            later.append(st.integers(task + 1, count - 1).map(lambda number: (f"t{number}",)))
        methods = st.builds(Method, conditions, st.lists(st.one_of(later), max_size=4).map(tuple))
        tasks.append(tuple(draw(st.lists(methods, min_size=1, max_size=3))))
    top = [primitive, st.integers(0, count - 1).map(lambda number: (f"t{number}",)), *([wanted] if goals else [])]
    todo = draw(st.lists(st.one_of(top), min_size=1, max_size=3).map(tuple))
    initial = draw(st.tuples(*[st.integers(0, 2) for _ in FACTS]))
    return Spec(tuple(actions), tuple(tasks), goals, todo, initial)


def met(facts: Any, needs: tuple[tuple[str, int], ...]) -> bool:
    """Return whether facts are as needed."""
    return all(facts[name] == value for name, value in needs)


def functions(spec: Spec, *, log: bool) -> tuple[list[Any], dict[str, list[Any]], list[Any]]:
    """Return a specification's functions: actions, methods by task, methods for goals.

    With a log, actions also write in place into a list inside a dictionary, and methods are rash too.
    """

    def action(number: int, what: Action) -> Any:
        def act(state: Any) -> Any:
            if log:
                state.notes["log"].append(number)
            fits = met(state.fact, what.needs)
            if fits or what.rash:
                state.fact.update(what.sets)
            return state if fits else False

        act.__name__ = f"a{number}"
        return act

    def method(name: str, what: Method) -> Any:
        def decompose(state: Any, *_: Any) -> Any:
            return list(what.subtasks) if met(state.fact, what.needs) else False

        decompose.__name__ = name
        return decompose

    return (
        [action(number, what) for number, what in enumerate(spec.actions)],
        {
            f"t{task}": [method(f"m{task}_{number}", what) for number, what in enumerate(methods)]
            for task, methods in enumerate(spec.tasks)
        },
        [method(f"g{number}", what) for number, what in enumerate(spec.goals)],
    )


def declare(planner: ModuleType, spec: Spec, *, log: bool) -> tuple[Any, Any]:
    """Return the domain and the state, made with a planner."""
    domain = planner.Domain("random")
    actions, methods, goals = functions(spec, log=log)
    planner.declare_actions(*actions)
    for task, of_task in methods.items():
        planner.declare_task_methods(task, *of_task)
    if goals:
        planner.declare_unigoal_methods("fact", *goals)
        planner.declare_multigoal_methods(planner.m_split_multigoal)
    state = planner.State("initial", fact=dict(zip(FACTS, spec.initial, strict=True)))
    if log:
        state.notes = {"log": []}
    return domain, state


def in_their_terms(domain: Any, state: Any, plan: list[Any] | None) -> list[Any] | None:
    """Return a plan without the actions that change nothing, which GTPyhop drops; None stays None."""
    if plan is None:
        return None
    kept = []
    for action in plan:
        following = domain._action_dict[action[0]](state.copy())
        assert following is not False, f"{action} does not apply in {plan}"
        if following != state:
            kept.append(action)
        state = following
    return kept


def theirs(spec: Spec, todo: list[Any], *, log: bool) -> list[Any] | str | None:
    """Return GTPyhop's plan, None, or ``"error"`` where a method did not bring about its goal.

    GTPyhop ends the search there, where this engine goes back.
    """
    domain, state = declare(THEIRS, spec, log=log)
    try:
        return _shipped.gtpyhop_plan(domain, state, todo)
    except Exception as error:  # noqa: BLE001  (that is the class GTPyhop raises)
        assert "didn't achieve" in str(error)  # noqa: PT017  (any other error is a failure of this test)
        return "error"


@given(specs(), st.booleans())
def test_the_first_plan_is_gtpyhops(spec, log):
    """Tasks, methods and goals in GTPyhop's order of search; actions that change things before they refuse included."""
    expected = theirs(spec, list(spec.todo), log=log)
    domain, state = declare(ours, spec, log=log)
    found = planning.actions(ours.find_outcome(state, list(spec.todo)))
    if expected == "error":
        return
    assert in_their_terms(domain, state, found) == expected


@given(specs())
def test_a_native_domain_finds_gtpyhops_first_plan(spec):
    """The same functions, declared natively and run on native states."""
    domain = Domain("random")
    actions, methods, goals = functions(spec, log=False)
    for function in actions:
        domain.operator(function)
    for task, of_task in methods.items():
        for function in of_task:
            domain.method(task)(function)
    for function in goals:
        domain.goal_method("fact")(function)
    outcome = find_plan(domain, State("initial", fact=dict(zip(FACTS, spec.initial, strict=True))), list(spec.todo))
    assert outcome.status in ("solved", "unsolvable")
    expected = theirs(spec, list(spec.todo), log=False)
    if expected != "error":
        their_domain, state = declare(THEIRS, spec, log=False)
        found = outcome.actions if outcome else None  # type: ignore[attr-defined]  # true only of Solved
        assert in_their_terms(their_domain, state, found) == expected


@given(specs(), st.dictionaries(st.sampled_from(FACTS), st.integers(0, 2), min_size=1))
def test_multigoals_are_achieved_as_gtpyhop_achieves_them(spec, wanted):
    """A multigoal split into goals, again and again, gives GTPyhop's plan wherever GTPyhop comes to an end."""
    if not spec.goals:
        return
    steps = 0

    def bounded_split(state: Any, goal: Any) -> Any:
        nonlocal steps
        steps += 1
        if steps > 50:
            raise RecursionError
        return THEIRS.m_split_multigoal(state, goal)

    bounded_split.__name__ = "split"
    domain, state = declare(THEIRS, spec, log=False)
    domain._multigoal_method_list[:] = [bounded_split]
    try:
        expected = _shipped.gtpyhop_plan(domain, state, [THEIRS.Multigoal("goal", fact=dict(wanted))])
    except RecursionError:
        return  # it would go on for ever
    except Exception as error:  # noqa: BLE001  (that is the class GTPyhop raises)
        assert "didn't achieve" in str(error)  # noqa: PT017  (any other error is a failure of this test)
        return
    our_domain, our_state = declare(ours, spec, log=False)
    found = planning.actions(ours.find_outcome(our_state, [ours.Multigoal("goal", fact=dict(wanted))]))
    assert in_their_terms(our_domain, our_state, found) == expected
    native = Domain("random")
    for function in functions(spec, log=False)[0]:
        native.operator(function)
    for function in functions(spec, log=False)[2]:
        native.goal_method("fact")(function)
    native.multigoal_method(split_multigoal)
    outcome = find_plan(native, State("initial", fact=dict(vars(our_state)["fact"])), [MultiGoal(fact=wanted)])
    assert bool(outcome) == (expected is not None)
