"""A recorded way through a problem: what was processed in order, with the states and agendas met."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any

from htn.planning.improve.agenda import Agenda, Agendas
from htn.planning.improve.space import NOT_APPLICABLE, Option, Space

__all__ = ["Run", "changed", "recorded"]

_PAUSE = 200


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


def recorded(space: Space, agendas: Agendas, decisions: Iterable[Option]) -> Generator[None, None, Run | None]:
    """Find what decisions come to from the start, or None where they do not fit; everything is checked.

    Parameters
    ----------
    space : Space
        The problem.
    agendas : Agendas
        Where agendas are made.
    decisions : iterable of Option
        How compound tasks are decomposed, in the order of processing.

    Yields
    ------
    None
        At pauses.
    """
    run = Run()
    run.states, run.costs, run.agendas = [space.initial], [0], [agendas.push(space.tasks, None)]
    origins = [(-1, position) for position in range(len(space.tasks))]
    fits = yield from _carry_out(space, agendas, run, origins, decisions, None)
    if not fits:
        return None
    run.ends = _ends(run.parents)
    return run


def changed(
    space: Space, agendas: Agendas, old: Run, first: int, end: int, decisions: Iterable[Option]
) -> Generator[None, None, Run | None]:
    """Find what a run becomes when the part between two places is decided otherwise, or None where that does not fit.

    Parameters
    ----------
    space : Space
        The problem.
    agendas : Agendas
        Where agendas are made.
    old : Run
        The run.
    first, end : int
        The places; the new part must lead to the state and the agenda at the end.
    decisions : iterable of Option
        How compound tasks are decomposed between them.

    Yields
    ------
    None
        At pauses.
    """
    origins = []
    place = first
    while place < end:
        origins.append((old.parents[place], old.positions[place]))
        place = old.ends[place]
    if place > end or any(first <= parent < end for parent in old.parents[end:]):
        # What follows belongs to tasks between the places: all of it has to be gone through.
        return (yield from recorded(space, agendas, [*old.decisions(0, first), *decisions, *old.decisions(end)]))
    run = Run()
    for name in ("tasks", "options", "parents", "positions"):
        setattr(run, name, getattr(old, name)[:first])
    for name in ("states", "agendas", "costs"):
        setattr(run, name, getattr(old, name)[: first + 1])
    fits = yield from _carry_out(space, agendas, run, origins, decisions, old.agendas[end])
    if not fits or run.states[-1] != old.states[end]:
        return None
    shift, saving = len(run) - end, old.costs[end] - run.costs[-1]
    run.tasks += old.tasks[end:]
    run.options += old.options[end:]
    run.positions += old.positions[end:]
    run.parents += [parent + shift if parent >= end else parent for parent in old.parents[end:]]
    run.states += old.states[end + 1 :]
    run.agendas += old.agendas[end + 1 :]
    run.costs += [cost - saving for cost in old.costs[end + 1 :]]
    run.ends = _ends(run.parents)
    return run


def _carry_out(
    space: Space,
    agendas: Agendas,
    run: Run,
    origins: list[tuple[int, int]],
    decisions: Iterable[Option],
    stop: Agenda | None,
) -> Generator[None, None, bool]:
    """Add to a run what decisions come to until some agenda is left; return whether they fit.

    Where the tasks of the agenda come from is given: (parent, position) for each.
    """
    chosen: Iterator[Option] = iter(decisions)
    state, cost, agenda = run.states[-1], run.costs[-1], run.agendas[-1]
    waiting = origins[::-1]
    while agenda is not stop:
        if agenda is None or not waiting:
            return False
        here = len(run.tasks)
        if here % _PAUSE == 0:
            yield None
        task = agenda.task
        parent, position = waiting.pop()
        option: Option | None = None
        if agenda.cost >= 0:
            state = space.apply(state, task)
            if state == NOT_APPLICABLE:
                return False
            cost += agenda.cost
            agenda = agenda.rest
        else:
            option = next(chosen, None)
            if option is None or not space.allows(state, task, option):
                return False
            waiting += [(here, place) for place in range(len(option.subtasks) - 1, -1, -1)]
            agenda = agendas.push(option.subtasks, agenda.rest)
        run.tasks.append(task)
        run.options.append(option)
        run.parents.append(parent)
        run.positions.append(position)
        run.states.append(state)
        run.agendas.append(agenda)
        run.costs.append(cost)
    return next(chosen, None) is None


def _ends(parents: Sequence[int]) -> list[int]:
    ends = list(range(1, len(parents) + 1))
    for place in range(len(parents) - 1, -1, -1):
        parent = parents[place]
        if parent >= 0 and ends[place] > ends[parent]:
            ends[parent] = ends[place]
    return ends
