"""A reference for comparison: hierarchical planning the way Pyhop does it, recursive, with a copied state a step.

Written for the benchmarks in the manner of Pyhop 1.2 (one function that calls itself for the rest of the task list, a
deep copy of the state before every operator), with GTPyhop's goals added, so that it can run the same domains. It goes
as deep as Python lets it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import ModuleType
from typing import Any

__all__ = ["Domain", "Multigoal", "State", "module", "plan"]


class State:
    """A plain object with state variables as attributes."""

    def __init__(self, name: str, **fluents: Any) -> None:
        self.__name__ = name
        self.__dict__.update(fluents)


class Multigoal(State):
    """Wanted values, as attributes."""


class Domain:
    """Operators and methods by name."""

    def __init__(self, name: str) -> None:
        self.__name__ = name
        self.operators: dict[str, Callable[..., Any]] = {}
        self.methods: dict[str, list[Callable[..., Any]]] = {}
        self.goal_methods: dict[str, list[Callable[..., Any]]] = {}
        self.multigoal_methods: list[Callable[..., Any]] = []


def split_multigoal(state: State, goal: Multigoal) -> list[Any]:
    """Return the goals that do not hold, and the multigoal again; nothing when all hold."""
    missing = [
        (name, key, value)
        for name, wanted in vars(goal).items()
        if name != "__name__"
        for key, value in wanted.items()
        if getattr(state, name).get(key) != value
    ]
    return [*missing, goal] if missing else []


def plan(domain: Domain, state: State, tasks: list[Any]) -> list[Any] | None:
    """Return a plan, or None."""
    found = _seek(domain, state, tasks, [])
    return None if found is False else found


def _seek(domain: Domain, state: State, tasks: list[Any], done: list[Any]) -> Any:
    if not tasks:
        return done
    task, rest = tasks[0], tasks[1:]
    if isinstance(task, Multigoal):
        methods, args = domain.multigoal_methods, (task,)
    elif task[0] in domain.operators:
        following = domain.operators[task[0]](copy.deepcopy(state), *task[1:])
        return _seek(domain, following, rest, [*done, task]) if following else False
    elif task[0] in domain.methods:
        methods, args = domain.methods[task[0]], task[1:]
    else:
        if getattr(state, task[0]).get(task[1]) == task[2]:
            return _seek(domain, state, rest, done)
        methods, args = domain.goal_methods[task[0]], task[1:]
    for method in methods:
        subtasks = method(state, *args)
        if isinstance(subtasks, list):
            found = _seek(domain, state, subtasks + rest, done)
            if found is not False:
                return found
    return False


def module() -> ModuleType:
    """Return a module with GTPyhop's declaration functions, for loading the examples that GTPyhop ships."""
    made: Any = ModuleType("gtpyhop")
    current: list[Domain] = []

    def make(name: str) -> Domain:
        current[:] = [Domain(name)]
        return current[0]

    made.Domain, made.State, made.Multigoal, made.m_split_multigoal = make, State, Multigoal, split_multigoal
    made.set_current_domain = lambda domain: current.__setitem__(slice(None), [domain])
    made.declare_actions = lambda *fs: current[0].operators.update({f.__name__: f for f in fs})
    made.declare_task_methods = lambda task, *fs: current[0].methods.setdefault(task, []).extend(fs)
    made.declare_unigoal_methods = lambda name, *fs: current[0].goal_methods.setdefault(name, []).extend(fs)
    made.declare_multigoal_methods = lambda *fs: current[0].multigoal_methods.extend(fs)
    made.print_domain = made.set_verbose_level = lambda *_: None
    return made  # type: ignore[no-any-return]
