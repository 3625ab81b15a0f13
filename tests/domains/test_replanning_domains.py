"""The domains that replanning is measured on: solvable, deterministic, and judged by a simulator of their own."""

from __future__ import annotations

import importlib
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks._replan_cases import ACTING, CLASSIC, flat, start, wanted
from benchmarks._replan_check import RULES, failed_at, replay, verdict
from htn.model import State
from htn.model.lint import lint
from htn.planning import Solved, find_plan

ROOT = Path(__file__).resolve().parents[2]
DOMAINS = (*CLASSIC, *ACTING)
PLANS = """
import hashlib
from benchmarks._replan_cases import ACTING, CLASSIC, start
from htn.planning import find_plan
import importlib
made = hashlib.sha256()
for name in (*CLASSIC, *ACTING):
    state, tasks = start(name, 5)
    outcome = find_plan(importlib.import_module(f"domains.{name}").domain, state, tasks)
    made.update(repr((state, tasks, outcome.actions)).encode())
print(made.hexdigest())
"""


def module(name: str) -> Any:
    """The package of a domain."""
    return importlib.import_module(f"domains.{name}")


def solve(name: str, number: int, form: str) -> tuple[State, list[Any]]:
    """A problem's state and the engine's plan."""
    state, tasks = start(name, number, form)
    outcome = find_plan(module(name).domain, state, tasks)
    assert isinstance(outcome, Solved), f"{name} {number} as {form}: {outcome}"
    return state, outcome.actions


@pytest.mark.parametrize("name", DOMAINS)
def test_problems_are_solved_and_the_plans_hold_under_the_independent_checker(name):
    """Both as tasks and as a goal; leaving the last action out is noticed."""
    for number in range(1, 13):
        for form in ("tasks", "goal") if name in CLASSIC else ("tasks",):
            state, plan = solve(name, number, form)
            assert verdict(name, flat(state), plan, wanted(name, number)) == ""
            shorter = [action for action in plan if action != plan[-1]]
            assert name == "underwater" or verdict(name, flat(state), shorter, wanted(name, number))
            assert verdict(name, flat(state), [], wanted(name, number)).startswith("missed")


def objects(state: State) -> list[Any]:
    """Everything that an action may be said to be about: keys and values of the facts, and what they are made of."""
    found: dict[Any, None] = {}
    for _, key, value in state.facts():
        for thing in (key, value):
            found[thing] = None
            found.update(dict.fromkeys(thing if isinstance(thing, tuple) else ()))
    return [thing for thing in found if isinstance(thing, (str, tuple))]


def operator_applied(name: str, state: State, action: tuple[Any, ...]) -> State | None:
    """The state after an action by the domain's own operator, or None."""
    copy = state.copy()
    try:
        after = module(name).domain.operators[action[0]].function(copy, *action[1:])
    except (KeyError, TypeError, ValueError):  # the arguments are of another kind: a planner never asks
        return None
    return copy if isinstance(after, State) else None


@pytest.mark.parametrize("name", DOMAINS)
def test_the_simulator_agrees_with_the_operators_on_random_actions(name):
    """Plans are followed for a while, with random actions and actions with a random argument in between."""
    choice = random.Random(name)
    carried_out: set[str] = set()
    refused: set[str] = set()
    for number in (2, 5, 8, 11):
        state, plan = solve(name, number, "tasks")
        pool, place = objects(state), 0
        operators = module(name).domain.operators.values()
        for _ in range(800):
            kind = choice.random()
            action = plan[place % len(plan)] if kind < 0.4 else choice.choice(plan)
            place += kind < 0.4
            if kind > 0.5:  # another action with the same arguments
                alike = [operator.name for operator in operators if operator.arity[0] == len(action) - 1]
                action = (choice.choice(alike), *action[1:])
            if kind > 0.7 and len(action) > 1:
                changed = list(action)
                changed[choice.randrange(1, len(changed))] = choice.choice(pool)
                action = tuple(changed)
            facts = flat(state)
            possible = replay(name, facts, [action]) is None
            after = operator_applied(name, state, action)
            assert possible == (after is not None), action
            (carried_out if possible else refused).add(action[0])
            if after is not None:
                assert flat(after) == facts, action
                state = after
    assert len(carried_out) >= 0.8 * len(RULES[name]), set(RULES[name]) - carried_out
    assert len(refused) >= 0.8 * len(RULES[name]), set(RULES[name]) - refused


@pytest.mark.parametrize("name", DOMAINS)
def test_every_operator_has_its_rule_and_its_cost(name):
    """The table of transitions and the costs name the operators, all of them and no others; failures some of them."""
    operators = set(module(name).domain.operators)
    assert set(RULES[name]) == operators
    assert set(module(name).COSTS) == operators
    assert set(getattr(module(name), "FAILS", {})) <= operators


@pytest.mark.parametrize("name", DOMAINS)
def test_nothing_changes_what_is_called_static(name):
    """Neither plans nor deviations."""
    state, plan = solve(name, 6, "tasks")
    facts = flat(state)
    replay(name, facts, plan)
    changed = {fluent for (fluent, _), value in facts.items() if value != flat(state).get((fluent, _))}
    for deviation in getattr(module(name), "DEVIATIONS", {}).values():
        for action in plan:
            changed |= {fluent for made in deviation(state, action) for fluent, _, _ in made}
    assert changed
    assert not changed & set(module(name).STATIC)
    assert set(module(name).STATIC) <= set(state.fluents())


@pytest.mark.parametrize("name", DOMAINS)
def test_methods_say_when_they_apply(name):
    """The first line of every method is that sentence, and the linter has nothing to say."""
    domain = module(name).domain
    every = [method for methods in (*domain.methods.values(), *domain.goal_methods.values()) for method in methods]
    for method in [*every, *domain.multigoal_methods]:
        assert method.applies.startswith("Applies "), method.name
    assert [problem for problem in lint(domain) if problem.level == "error"] == []


def test_what_cannot_be_carried_out_is_named():
    """The verdict says which action is not possible, also one that there is not; the facts are left as they are."""
    state, plan = solve("satellite", 1, "tasks")
    facts = flat(state)
    assert failed_at("satellite", facts, plan) is None
    assert verdict("satellite", facts, plan[1:], {}) == f"action 2 of {len(plan) - 1} is not possible: {plan[2]}"
    assert failed_at("satellite", facts, [("beam_up", "x")]) == failed_at("satellite", facts, [("turn_to", "x")]) == 0
    assert facts == flat(state)


def test_problems_and_plans_are_the_same_whatever_the_hash_seed():
    """Two processes that hash strings differently print the same digest."""
    found = {
        subprocess.run(
            [sys.executable, "-c", PLANS],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1
    assert len(found.pop().strip()) == 64
