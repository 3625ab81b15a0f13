"""The floor of a search: what the domain's own functions take, on plain dictionaries, along the search once recorded.

No planner that calls the same functions for the same search can be faster. Where the search went back, the recording
puts the old values back into the dictionaries, which counts too.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from htn.interop.sets import FactSet
from htn.model.domain import Domain
from htn.model.state import ABSENT, Fluent, _Removed

__all__ = ["Recording", "record"]


class Recording:
    """The calls of one search, in order.

    Parameters
    ----------
    calls : list
        ``(function, args)``, or ``(None, changes)`` where the search went back.
    initial : object
        A plain state to begin from; copied for every run.
    """

    def __init__(self, calls: list[tuple[Any, Any]], initial: Any) -> None:
        self.calls = calls
        self.initial = initial

    def run(self) -> tuple[float, Any]:
        """Return the seconds that the calls take, and the state they lead to."""
        state = copy.deepcopy(self.initial)
        fluents = vars(state)
        started = time.perf_counter()
        for function, args in self.calls:
            if function is None:
                for name, key, old in args:
                    _put_back(fluents, name, key, old)
            else:
                function(state, *args)
        return time.perf_counter() - started, state


def _put_back(fluents: dict[str, Any], name: str, key: Any, old: Any) -> None:
    container = fluents if name == "" else fluents[name]
    if isinstance(container, set):
        (container.discard if old is ABSENT else container.add)(key)
    elif old is ABSENT:
        del container[key]
    else:
        container[key] = old


def record(
    domain: Domain, functions: dict[int, Callable[..., Any]], initial: Any, search: Callable[[Domain], Any]
) -> Recording:
    """Return the recording of a search.

    Parameters
    ----------
    domain : Domain
        The domain to be searched with.
    functions : dict
        For the identity of each of the domain's functions, the function that the floor is to call.
    initial : object
        A plain state equal to the search's initial one.
    search : callable
        Searches with the domain it is given.
    """
    calls: list[tuple[Any, Any]] = []
    mirror: list[Any] = []

    def watched(function: Callable[..., Any]) -> Callable[..., Any]:
        plain = functions[id(function)]

        def call(state: Any, *args: Any) -> Any:
            trail = state._trail
            if len(trail) < len(mirror):
                calls.append((None, [_change(change, state) for change in reversed(mirror[len(trail) :])]))
                del mirror[len(trail) :]
            calls.append((plain, args))
            result = function(state, *args)
            mirror.extend(trail[len(mirror) :])
            return result

        return call

    recorded = Domain(domain.name)
    recorded.operators = {name: replace(op, function=watched(op.function)) for name, op in domain.operators.items()}
    recorded.methods = _watched_methods(domain.methods, watched)
    recorded.goal_methods = _watched_methods(domain.goal_methods, watched)
    # Multigoals are given to their methods in another form by each planner: they are called once or twice in a plan,
    # and left out of the floor.
    recorded.multigoal_methods = list(domain.multigoal_methods)
    search(recorded)
    return Recording(calls, initial)


def _watched_methods(table: dict[str, Any], watched: Any) -> dict[str, Any]:
    return {
        task: [replace(method, function=watched(method.function)) for method in methods]
        for task, methods in table.items()
    }


def _change(change: Any, state: Any) -> tuple[str, Any, Any]:
    container, key, old = change
    if isinstance(old, _Removed):
        old = old.value
    if isinstance(container, (Fluent, FactSet)):
        return container._name, key, old
    assert container is vars(state), "a change inside a large value cannot be put back here"
    return "", key, old
