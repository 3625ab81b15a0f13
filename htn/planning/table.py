"""What each task name means to the search: the domain, looked up once before the search begins."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from htn.model.domain import Deferral, Domain, Method
from htn.model.errors import DomainError
from htn.model.goals import MULTIGOAL, MultiGoal
from htn.model.record import Record, replace
from htn.model.state import State
from htn.model.suggest import did_you_mean
from htn.model.values import freeze
from htn.planning.agenda import NETWORK, VERIFY

__all__ = ["COMPOUND", "GOAL", "NETWORK_KIND", "PRIMITIVE", "VERIFY_KIND", "Constraints", "Table"]

PRIMITIVE, COMPOUND, GOAL, NETWORK_KIND, VERIFY_KIND, EXCLUDED = range(6)


class Constraints(Record):
    """What a person or a recovery rules out or prefers; a plan is changed by planning again under constraints.

    Attributes
    ----------
    exclude : tuple of (task, method)
        The task is a name or a whole task; the method a name, or None for the task altogether.
    prefer : tuple of (task, method)
        Methods to be tried first, in this order; what is preferred for a whole task comes before what is for its name.

    Examples
    --------
    >>> Constraints(exclude=((("travel", "me", "home", "park"), "by_taxi"),), prefer=(("travel", "on_foot"),))
    Constraints(exclude=((('travel', 'me', 'home', 'park'), 'by_taxi'),), prefer=(('travel', 'on_foot'),))
    """

    exclude: tuple[tuple[Any, str | None], ...] = ()
    prefer: tuple[tuple[Any, str], ...] = ()


def _to_the_front(methods: Sequence[Method], name: str) -> tuple[Method, ...]:
    return (*(method for method in methods if method.name == name), *methods)


def _left_out(methods: Sequence[Method], name: str) -> tuple[Method, ...]:
    return tuple(method for method in methods if method.name != name)


def _pairs(constraints: Iterable[Any], *, without_method: bool) -> list[tuple[Any, Any]]:
    """Return constraints as pairs of (name or whole task, method), refusing what is none."""
    found = []
    for item in constraints:
        pair = isinstance(item, Sequence) and not isinstance(item, str) and len(item) == 2
        pattern, method = freeze(item) if pair else (None, None)
        named = pattern if isinstance(pattern, str) else pattern[0] if isinstance(pattern, tuple) and pattern else None
        if not isinstance(named, str) or not (isinstance(method, str) or (method is None and without_method)):
            raise DomainError(
                f"the constraint {item!r} is no pair of a task and a method: write ((task, method), ...), where a task "
                "is a name or the whole task as a tuple"
            )
        found.append((pattern, method))
    return found


def _given_whole(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a multigoal's method as the search calls methods: with the task's arguments, which are the facts."""

    def method(state: State, facts: tuple[tuple[str, Any, Any], ...]) -> Any:
        return function(state, MultiGoal.from_facts(facts))

    return method


class Table:
    """Task names resolved to (kind, payload, deferral).

    Parameters
    ----------
    domain : Domain
        The domain.
    constraints : Constraints
        Exclusions and preferences.
    seed : int or None
        Shuffles the order of methods; None keeps the order of declaration.

    Raises
    ------
    UnknownNameError
        When a constraint names a task or a method that the domain does not have.
    """

    def __init__(self, domain: Domain, constraints: Constraints, seed: int | None) -> None:
        self.domain = domain
        self.entries: dict[str, tuple[int, Any, Deferral | None]] = {
            NETWORK: (NETWORK_KIND, None, None),
            VERIFY: (VERIFY_KIND, None, None),
        }
        shuffle = None if seed is None else random.Random(seed).shuffle
        for name, operator in domain.operators.items():
            self.entries[name] = (PRIMITIVE, operator.function, None)
        for kind, groups in ((COMPOUND, domain.methods), (GOAL, domain.goal_methods)):
            for name, methods in groups.items():
                self.entries[name] = (kind, self._ordered(methods, shuffle), domain.deferrals.get(name))
        whole = [replace(method, function=_given_whole(method.function)) for method in domain.multigoal_methods]
        self.entries[MULTIGOAL] = (GOAL, self._ordered(whole, shuffle), None)
        for name, deferral in domain.deferrals.items():
            self.entries.setdefault(name, (COMPOUND, (), deferral))
        self.exceptions: dict[Any, tuple[int, Any, Deferral | None]] = {}
        self._constrain(constraints)

    @staticmethod
    def _ordered(methods: Sequence[Method], shuffle: Any) -> tuple[Method, ...]:
        ordered = list(methods)
        if shuffle is not None:
            shuffle(ordered)
        return tuple(ordered)

    def _constrain(self, constraints: Constraints) -> None:
        """Apply what is said of names first, then what is said of whole tasks: the nearer word has precedence."""
        changes = [
            # Each goes to the front, so that the first named ends up first.
            *(
                (pattern, method, _to_the_front)
                for pattern, method in reversed(_pairs(constraints.prefer, without_method=False))
            ),
            *((pattern, method, _left_out) for pattern, method in _pairs(constraints.exclude, without_method=True)),
        ]
        for pattern, method, change in sorted(changes, key=lambda change: not isinstance(change[0], str)):
            self._change(pattern, method, change)

    def _change(self, pattern: Any, method: str | None, change: Any) -> None:
        name = pattern if isinstance(pattern, str) else pattern[0]
        if name not in self.entries:
            raise did_you_mean(f"a constraint names the unknown task {name!r}", name, self.domain.task_names())
        kind, payload, deferral = self.exceptions.get(pattern, self.entries[name])
        if method is None:
            entry: tuple[int, Any, Deferral | None] = (EXCLUDED, None, None)
        else:
            self.domain.find_method(name, method)
            entry = (kind, None if kind == EXCLUDED else tuple(dict.fromkeys(change(payload, method))), deferral)
        if isinstance(pattern, str):
            self.entries[name] = entry
        else:
            self.exceptions[pattern] = entry

    def ruled_out(self, tasks: Iterable[Any]) -> Any:
        """Return the first of some tasks that constraints exclude altogether; None where they exclude none."""
        for task in tasks:
            known = type(task) is tuple and bool(task) and task[0] in self.entries
            if known and self.meaning(task)[0] == EXCLUDED:
                return task
        return None

    @property
    def excludes(self) -> bool:
        """Whether constraints exclude any task altogether."""
        return any(entry[0] == EXCLUDED for table in (self.entries, self.exceptions) for entry in table.values())

    def meaning(self, task: Any) -> tuple[int, Any, Deferral | None]:
        """Return what a task means, where constraints name whole tasks."""
        try:
            return self.exceptions.get(task) or self.entries[task[0]]
        except TypeError:  # an argument that cannot be hashed: no constraint names it
            return self.entries[task[0]]
