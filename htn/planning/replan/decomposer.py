"""The decomposer as repair calls it: many small searches under one limit, each counted."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from htn.model.domain import Domain
from htn.model.state import State
from htn.planning.limits import Limits, Meter
from htn.planning.search import Failure, Search
from htn.planning.table import Constraints, Table

__all__ = ["Attempt", "Decomposer", "OutOfLimits"]

Path = list[Any]


class OutOfLimits(RuntimeError):
    """The limit on the whole call was reached.

    Parameters
    ----------
    limit : str
        Which.
    """

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class Attempt:
    """One search: its solutions, one after another.

    Parameters
    ----------
    decomposer : Decomposer
        Whose domain and limits hold.
    state : State
        The state at the start; not changed.
    tasks : list or TaskNetwork
        What is to be done.
    every : bool
        Whether every decomposition is wanted.

    Attributes
    ----------
    exhausted : bool
        Whether the search came to its end.
    """

    def __init__(self, decomposer: Decomposer, state: State, tasks: Any, *, every: bool = False) -> None:
        self._decomposer = decomposer
        key: Callable[[Any], Hashable] | None = getattr(state, "_key_of", None)
        self._search = Search(decomposer.table, state, tasks, remember=not every, key=key)
        self._events: Generator[Any, None, str] = self._search.run()
        self._counted = 0
        self.exhausted = False

    def next(self, nodes: int | None = None) -> Path | None:
        """Return the next solution's path; None when there is no more, or after so many nodes."""
        stop = None if nodes is None else self._counted + nodes
        try:
            for event in self._events:
                self._count()
                if event is not None:
                    return list(event.path)
                if stop is not None and self._counted > stop:
                    return None
        finally:
            self._count()
        self.exhausted = True
        return None

    def _count(self) -> None:
        self._decomposer.spend(self._search.nodes - self._counted)
        self._counted = self._search.nodes

    @property
    def failure(self) -> Failure | None:
        """The failure met furthest along."""
        return self._search.deepest


class Decomposer:
    """Searches of one domain under shared constraints and limits.

    Parameters
    ----------
    domain : Domain
        What can be done, and how.
    constraints : Constraints
        What is ruled out or preferred.
    limits : Limits
        For all searches together.

    Attributes
    ----------
    nodes : int
        Nodes expanded so far.
    searches : int
        Searches begun so far.
    deepest : Failure or None
        Of the last search that failed, the failure met furthest along.
    """

    def __init__(self, domain: Domain, constraints: Constraints, limits: Limits) -> None:
        self.domain = domain
        self.table = Table(domain, constraints, None)
        self._constraints = constraints
        self.meter = Meter(limits)
        self.nodes = self.searches = 0
        self.deepest: Failure | None = None

    @contextmanager
    def without(self, task: Any) -> Iterator[None]:
        """Rule a task out for the time being."""
        table, given = self.table, self._constraints
        self.table = Table(self.domain, Constraints((*given.exclude, (task, None)), given.prefer), None)
        try:
            yield
        finally:
            self.table = table

    def spend(self, nodes: int) -> None:
        """Count nodes.

        Raises
        ------
        OutOfLimits
            When a limit on the whole call is reached.
        """
        if nodes:
            self.nodes += nodes
            limit = self.meter.reached(self.nodes)
            if limit is not None:
                raise OutOfLimits(limit)

    def begin(self, state: State, tasks: Any, *, every: bool = False) -> Attempt:
        """Return a search that has not looked at anything yet."""
        self.searches += 1
        return Attempt(self, state, tasks, every=every)

    def first(self, state: State, tasks: Any, nodes: int | None = None) -> Path | None:
        """Return the first solution's path, or None within so many nodes."""
        attempt = self.begin(state, tasks)
        path = attempt.next(nodes)
        if path is None:
            self.deepest = attempt.failure
        return path

    def all(self, state: State, tasks: Any, nodes: int) -> Iterator[Path | None]:
        """Yield every solution's path; None at the end where the nodes did not suffice."""
        attempt, until = self.begin(state, tasks, every=True), self.nodes + nodes
        while self.nodes <= until:
            path = attempt.next(until - self.nodes)
            if path is None:
                break
            yield path
        if not attempt.exhausted:
            yield None
