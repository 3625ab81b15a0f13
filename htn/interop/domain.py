"""Domains declared the Pyhop way, and the native domain that the decomposer works with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from itertools import count
from typing import Any

from htn.interop.goals import Multigoal, to_native, to_theirs
from htn.interop.state import State
from htn.interop.values import detach
from htn.model import domain as native
from htn.model import state as native_state
from htn.model.errors import DomainError
from htn.model.goals import MultiGoal
from htn.model.refusal import Refusal, refuse
from htn.model.state import undo
from htn.model.values import ATOMIC

__all__ = ["Declarations", "native_domain", "native_tasks"]

Function = Callable[..., Any]


def native_tasks(tasks: Sequence[Any]) -> list[Any]:
    """Return a task list as the decomposer takes it, with nothing in it that someone else could change."""
    return [_native_task(task) for task in tasks]


def _native_task(task: Any) -> Any:
    if isinstance(task, Multigoal):
        return to_native(task)
    if isinstance(task, MultiGoal):
        return task
    if isinstance(task, (list, tuple)):
        return tuple([item if type(item) in ATOMIC else detach(item) for item in task])
    return task


def _operator(function: Function) -> Function:
    @wraps(function)
    def operator(state: State, *args: Any) -> Any:
        trail = state._trail
        mark = len(trail)
        if state._watched and mark != state._length:
            state._refresh()
        result = function(state, *args)
        if state._watched or state._fresh:
            state._settle(mark)
        if result is state:
            return state
        if isinstance(result, native_state.State):
            state._take(result)
            state._settle(mark)
            return state
        if result is None or result is False or type(result) is Refusal:
            return result
        return refuse(f"it returned a {type(result).__name__}, which is neither the state nor a refusal")

    return operator


def _method(function: Function, *, multigoal: bool = False) -> Function:
    @wraps(function)
    def method(state: State, *args: Any) -> Any:
        trail = state._trail
        mark = len(trail)
        if state._watched and mark != state._length:
            state._refresh()
        result = function(state, *args)
        if state._watched or state._fresh:
            state._settle(mark)
        if len(trail) > mark:  # a method says what to do; what it changed by the way is taken back
            undo(trail, mark)
            object.__setattr__(state, "_length", -1)
        if not isinstance(result, list):
            return result
        for task in result:
            if type(task) is not tuple or not ATOMIC.issuperset(map(type, task)):
                return native_tasks(result)
        return result if type(result) is list else list(result)

    if not multigoal:
        return method

    @wraps(function)
    def multigoal_method(state: State, goal: MultiGoal) -> Any:
        return method(state, to_theirs(goal))

    return multigoal_method


class Declarations:
    """What a Pyhop-style domain declares, under the names that programs for it look at.

    Attributes
    ----------
    _action_dict, _command_dict : dict
        Functions by name.
    _task_method_dict, _unigoal_method_dict : dict
        Lists of methods by task or state variable.
    _multigoal_method_list : list
        Methods for multigoals.
    """

    def __init__(self, domain_name: str) -> None:
        self.__name__ = domain_name
        self._action_dict: dict[str, Function] = {}
        self._command_dict: dict[str, Function] = {}
        self._task_method_dict: dict[str, list[Function]] = {}
        self._unigoal_method_dict: dict[str, list[Function]] = {}
        self._multigoal_method_list: list[Function] = []
        self._made: tuple[Any, native.Domain] | None = None

    def native(self) -> native.Domain:
        """Return the domain for the decomposer; made again only when something was declared since."""
        declared = (
            dict(self._action_dict),
            {name: list(methods) for name, methods in self._task_method_dict.items()},
            {name: list(methods) for name, methods in self._unigoal_method_dict.items()},
            list(self._multigoal_method_list),
        )
        if self._made is None or self._made[0] != declared:
            self._made = (declared, native_domain(self.__name__, *declared))
        return self._made[1]


def native_domain(
    name: str,
    actions: Mapping[str, Function],
    task_methods: Mapping[str, Sequence[Function]],
    goal_methods: Mapping[str, Sequence[Function]] | None = None,
    multigoal_methods: Sequence[Function] = (),
) -> native.Domain:
    """Return the native domain for functions written the Pyhop way.

    A name that means several things is an action before it is a task, and a task before it is a goal.
    """
    made = native.Domain(name)
    for action, function in actions.items():
        made.operator(name=action)(_operator(function))
    for task, methods in task_methods.items():
        if task not in made.operators:
            for unique, function in _named(methods):
                made.method(task, name=unique)(_method(function))
            made.methods.setdefault(task, [])
    for variable, methods in (goal_methods or {}).items():
        if variable not in made.operators and variable not in made.methods:
            for unique, function in _named(methods):
                made.goal_method(variable, name=unique)(_method(function))
            made.goal_methods.setdefault(variable, [])
    for unique, function in _named(multigoal_methods):
        adapted = _method(function, multigoal=True)
        adapted.__name__ = unique
        made.multigoal_method(adapted)
    return made


def _named(methods: Sequence[Function]) -> Iterator[tuple[str, Function]]:
    """Yield methods with their functions' names, made unique where two functions have the same."""
    taken: set[str] = set()
    for function in methods:
        name = getattr(function, "__name__", "")
        if not name:
            raise DomainError(f"{function!r} has no name: declare a function made with def")
        unique = next(candidate for candidate in _names(name) if candidate not in taken)
        taken.add(unique)
        yield unique, function


def _names(name: str) -> Iterator[str]:
    yield name
    for number in count(2):
        yield f"{name}#{number}"
