"""A recorded way through a problem: what was processed in order, with the states and agendas met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from htn.planning.improve.agenda import Agenda, Agendas
from htn.planning.improve.space import NOT_APPLICABLE, Option, Space

__all__ = ["Run", "replayed"]


class Run:
    """A solution of a totally ordered problem, which its decisions determine.

    Place ``i`` of every list belongs to the ``i``-th task processed; the lists of states, agendas and costs have one
    place more, for the end.

    Attributes
    ----------
    tasks : list
        The tasks.
    options : list
        How each was decomposed; None for primitive ones.
    parents, positions : list of int
        The place of what each is a subtask of (-1: of the problem), and which of its subtasks it is.
    states : list of int
        The state before each.
    agendas : list of Agenda or None
        What was to be done before each.
    costs : list of int
        What was spent before each.
    ends : list of int
        The place after the last task below each.
    """

    __slots__ = ("agendas", "costs", "ends", "options", "parents", "positions", "states", "tasks")

    def __init__(self) -> None:
        self.tasks: list[Any] = []
        self.options: list[Option | None] = []
        self.parents: list[int] = []
        self.positions: list[int] = []
        self.states: list[int] = []
        self.agendas: list[Agenda | None] = []
        self.costs: list[int] = []
        self.ends: list[int] = []

    def __len__(self) -> int:
        return len(self.tasks)

    @property
    def cost(self) -> int:
        """What all of it costs."""
        return self.costs[-1]

    def actions(self) -> list[Any]:
        """Return the primitive tasks."""
        return [task for task, option in zip(self.tasks, self.options, strict=True) if option is None]

    def decisions(self, first: int = 0, end: int | None = None) -> list[Option]:
        """Return how the compound tasks between two places were decomposed, in order."""
        return [option for option in self.options[first:end] if option is not None]


def replayed(space: Space, agendas: Agendas, decisions: Iterable[Option]) -> Run | None:
    """Return what decisions come to from the start, or None where they do not fit; everything is checked."""
    chosen: Iterator[Option] = iter(decisions)
    run = Run()
    state, cost = space.initial, 0
    agenda = agendas.push(tuple(space.tasks), None)
    # Beside the agenda: where each task comes from. What lies on this stack has the agenda's order.
    origins: list[tuple[int, int]] = [(-1, position) for position in range(len(space.tasks))][::-1]
    while agenda is not None:
        here = len(run.tasks)
        task = agenda.task
        parent, position = origins.pop()
        run.tasks.append(task)
        run.parents.append(parent)
        run.positions.append(position)
        run.states.append(state)
        run.agendas.append(agenda)
        run.costs.append(cost)
        if agenda.cost >= 0:
            state = space.apply(state, task)
            if state == NOT_APPLICABLE:
                return None
            run.options.append(None)
            cost += agenda.cost
            agenda = agenda.rest
            continue
        option = next(chosen, None)
        if option is None or not space.allows(state, task, option):
            return None
        run.options.append(option)
        origins += [(here, position) for position in range(len(option.subtasks))][::-1]
        agenda = agendas.push(option.subtasks, agenda.rest)
    if next(chosen, None) is not None:
        return None
    run.states.append(state)
    run.agendas.append(None)
    run.costs.append(cost)
    run.ends = _ends(run.parents)
    return run


def _ends(parents: Sequence[int]) -> list[int]:
    ends = [place + 1 for place in range(len(parents))]
    for place in range(len(parents) - 1, -1, -1):
        parent = parents[place]
        if parent >= 0 and ends[place] > ends[parent]:
            ends[parent] = ends[place]
    return ends
