"""Agendas whose equality is identity: what is still to be done, with a lower bound on what that costs."""

from __future__ import annotations

from typing import Any

from htn.planning.improve.space import Space

__all__ = ["Agenda", "Agendas"]


class Agenda:
    """A task and what follows it.

    Attributes
    ----------
    task : object
        The task to be done next.
    rest : Agenda or None
        What follows.
    cost : int
        What the task costs if it is primitive; -1 for a compound one.
    least : int
        A lower bound on the cost of all of it.
    length : int
        The number of tasks.
    """

    __slots__ = ("cost", "least", "length", "rest", "task")
    least: int
    length: int

    def __init__(self, task: Any, rest: Agenda | None, cost: int, least: int) -> None:
        self.task = task
        self.rest = rest
        self.cost = cost
        self.least = least + (rest.least if rest is not None else 0)
        self.length = 1 + (rest.length if rest is not None else 0)


class Agendas:
    """Makes agendas, each only once (hash consing).

    Parameters
    ----------
    space : Space
        Says what tasks cost.
    others : Agendas, optional
        Where to look for those made already; those made here can be forgotten sooner.
    """

    def __init__(self, space: Space, others: Agendas | None = None) -> None:
        self._space = space
        self._made: dict[tuple[Any, Agenda | None], Agenda] = {}
        self._others: dict[tuple[Any, Agenda | None], Agenda] = {} if others is None else others._made
        self._known: dict[Any, tuple[int, int]] = {} if others is None else others._known

    def push(self, tasks: tuple[Any, ...], rest: Agenda | None) -> Agenda | None:
        """Return the agenda of the tasks in order and then the rest."""
        made, others = self._made, self._others
        for task in reversed(tasks):
            key = (task, rest)
            found = made.get(key) or others.get(key)
            if found is None:
                known = self._known.get(task)
                if known is None:
                    cost = self._space.cost(task)
                    known = (-1, self._space.least(task)) if cost is None else (cost, cost)
                    self._known[task] = known
                found = made[key] = Agenda(task, rest, *known)
            rest = found
        return rest
