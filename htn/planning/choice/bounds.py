"""The least that tasks can take, by the task-decomposition graph: a lower bound for every agenda, as vectors."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from htn.planning.choice.price import NOTHING, Parts, plus
from htn.planning.improve.agenda import Agenda
from htn.planning.improve.least import least_costs

__all__ = ["Bounds", "least_parts"]


def least_parts(costs: Mapping[Any, Parts], methods: Mapping[Any, Collection[Iterable[Any]]]) -> dict[Any, Parts]:
    """Return the least of every part of what a task can take, conditions left aside; part by part.

    Parameters
    ----------
    costs : Mapping
        What primitive tasks take.
    methods : Mapping
        The subtasks of the methods of every compound task.

    Examples
    --------
    >>> least_parts({"a": (4, 4, 1, 0, 0), "b": (3, 3, 9, 0, 0)}, {"t": [["a"], ["b", "b"]]})["t"]
    (4, 3, 1, 0, 0)
    """
    columns = [
        least_costs({task: parts[place] for task, parts in costs.items()}, methods, max if place == 1 else operator.add)
        for place in range(len(NOTHING))
    ]
    work, longest, tokens, money, loss = columns
    return {task: (work[task], longest[task], tokens[task], money[task], loss[task]) for task in work}


class Bounds:
    """What agendas take at the least.

    Parameters
    ----------
    step : callable
        What a primitive task takes.
    least : callable
        A lower bound for a compound task.
    """

    def __init__(self, step: Callable[[Any], Parts], least: Callable[[Any], Parts]) -> None:
        self._step, self._least = step, least
        self._tasks: dict[Any, Parts] = {}
        self._agendas: dict[Agenda | None, Parts] = {None: NOTHING}

    def of_task(self, agenda: Agenda) -> Parts:
        """Return what an agenda's first task takes; at the least if it is compound."""
        found = self._tasks.get(agenda.task)
        if found is None:
            how = self._step if agenda.cost >= 0 else self._least
            found = self._tasks[agenda.task] = how(agenda.task)
        return found

    def of(self, agenda: Agenda | None) -> Parts:
        """Return what all of an agenda takes at the least."""
        known = self._agendas
        unknown: list[Agenda] = []
        while agenda not in known:
            assert agenda is not None
            unknown.append(agenda)
            agenda = agenda.rest
        parts = known[agenda]
        for each in reversed(unknown):
            parts = known[each] = plus(parts, self.of_task(each))
        return parts
