"""Pyhop domains run with the import changed."""

from __future__ import annotations

from typing import Any

import pytest

from htn.interop import pyhop as module
from htn.model.errors import DomainError

pyhop: Any = module


def taxi_rate(distance: float) -> float:
    """Return the fare."""
    return 1.5 + 0.5 * distance


def walk(state, a, x, y):
    """Go on foot."""
    if state.loc[a] == x:
        state.loc[a] = y
        return state
    return False


def call_taxi(state, a, x):
    """Have the taxi come."""
    state.loc["taxi"] = x
    return state


def ride_taxi(state, a, x, y):
    """Go by taxi, and owe for it."""
    if state.loc["taxi"] == x and state.loc[a] == x:
        state.loc["taxi"] = y
        state.loc[a] = y
        state.owe[a] = taxi_rate(state.dist[x][y])
        return state
    return False


def pay_driver(state, a):
    """Pay what is owed."""
    if state.cash[a] >= state.owe[a]:
        state.cash[a] = state.cash[a] - state.owe[a]
        state.owe[a] = 0
        return state
    return False


def travel_by_foot(state, a, x, y):
    """Walk where it is near."""
    return [("walk", a, x, y)] if state.dist[x][y] <= 2 else False


def travel_by_taxi(state, a, x, y):
    """Ride where there is money."""
    if state.cash[a] >= taxi_rate(state.dist[x][y]):
        return [("call_taxi", a, x), ("ride_taxi", a, x, y), ("pay_driver", a)]
    return False


def test_the_classic_trip(capsys):
    """Pyhop's first example, with its inner dictionaries: a taxi to the park, on foot where it is near."""
    pyhop.declare_operators(walk, call_taxi, ride_taxi, pay_driver)
    pyhop.declare_methods("travel", travel_by_foot, travel_by_taxi)
    state = pyhop.State("state1")
    state.loc = {"me": "home"}
    state.cash = {"me": 20}
    state.owe = {"me": 0}
    state.dist = {"home": {"park": 8}, "park": {"home": 8, "pond": 1}}
    plan = pyhop.pyhop(state, [("travel", "me", "home", "park"), ("travel", "me", "park", "pond")], verbose=1)
    assert plan == [
        ("call_taxi", "me", "home"),
        ("ride_taxi", "me", "home", "park"),
        ("pay_driver", "me"),
        ("walk", "me", "park", "pond"),
    ]
    assert "** result = [('call_taxi'" in capsys.readouterr().out
    assert state.loc == {"me": "home"}
    state.cash["me"] = 1
    assert pyhop.pyhop(state, [("travel", "me", "home", "park")]) is False
    outcome = pyhop.find_outcome(state, [("travel", "me", "home", "park")])
    assert "travel_by_taxi" in outcome.reason


def test_methods_declared_again_replace_the_earlier_ones():
    """As in Pyhop, the last declaration of a task's methods holds."""
    pyhop.declare_operators(call_taxi)
    pyhop.declare_methods("go", lambda state: False)
    pyhop.declare_methods("go", lambda state: [("call_taxi", "me", "home")])
    assert pyhop.pyhop(pyhop.State("s", loc={}), [("go",)]) == [("call_taxi", "me", "home")]
    assert list(pyhop.get_methods()) == ["go"]
    assert list(pyhop.get_operators()) == ["call_taxi"]


def test_an_unknown_task_is_named():
    """A misspelt task is no dead end to be passed over in silence."""
    pyhop.declare_operators(call_taxi)
    with pytest.raises(DomainError, match="did you mean 'call_taxi'"):
        pyhop.pyhop(pyhop.State("s", loc={}), [("call_taxy", "me", "home")])


def test_a_plan_of_many_steps_needs_no_deep_recursion():
    """Pyhop's own recursion ends at a plan of some hundred steps."""

    def step(state, n):
        state.log.append(n)
        return state

    def down(state, n):
        return [("step", n), ("down", n - 1)] if n else []

    pyhop.declare_operators(step)
    pyhop.declare_methods("down", down)
    assert len(pyhop.pyhop(pyhop.State("s", log=[]), [("down", 5000)])) == 5000


def test_printing(capsys):
    """States, goals, operators and methods can be printed."""
    pyhop.declare_operators(walk)
    pyhop.declare_methods("travel", travel_by_foot)
    goal = pyhop.Goal("g")
    goal.loc = {"me": "park"}
    pyhop.print_goal(goal)
    pyhop.print_state(pyhop.State("s", loc={"me": "home"}))
    pyhop.print_state(False)
    pyhop.print_operators()
    pyhop.print_methods()
    out = capsys.readouterr().out
    for text in ("g.loc = {'me': 'park'}", "s.loc = {'me': 'home'}", "False", "walk", "travel_by_foot"):
        assert text in out
