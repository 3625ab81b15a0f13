"""Cover: which conditions wanted later on nothing that remains can still bring about.

A problem's conditions that are due at a known task (the goal at the end, what a later task surely needs) get a bit
each. Every cell of the agenda carries a mask of those that are due in it or after it while nothing between can make
them true. Where such a condition does not hold, the search turns back at once instead of when the condition is due:
one integer operation for every task. It is the counterpart of a relaxed reachability test (Hoffmann & Nebel 2001) that
looks at the tasks that remain instead of at all actions, and it loses no plan.

References
----------
Hoffmann, J. and Nebel, B. (2001). The FF planning system: fast plan generation through heuristic search. JAIR 14.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from htn.model.state import State
from htn.planning.agenda import Cell

__all__ = ["Cover", "cover_cells"]


class Cover(Protocol):
    """What the search asks; for sequences of tasks only."""

    @property
    def cells(self) -> Mapping[Any, tuple[int, int]]:
        """For every task ``(kept, due)``: with the mask of what follows it, a cell's is ``mask & kept | due``.

        Not kept is what the task may make true; due is what must hold before it.
        """

    @property
    def actions(self) -> Mapping[Any, tuple[int, int] | None]:
        """For every primitive task ``(kept, lost)``: what is unmet after it is ``unmet & kept | lost``.

        None where that has to be seen from the state.
        """

    @property
    def hasty(self) -> Cover | None:
        """One that rules out more, perhaps too much: for a round of the search that may lose plans."""

    def unmet(self, state: State) -> int:
        """Return the mask of the conditions that do not hold in a state."""


def cover_cells(agenda: Cell | None, cover: Cover) -> Cell | None:
    """Return an agenda's cells with their masks."""
    cells = []
    while agenda is not None:
        cells.append(agenda)
        agenda = agenda[1]
    mask = 0
    covered: Cell | None = None
    for task, _, parent, position in reversed(cells):
        kept, due = cover.cells[task]
        mask = mask & kept | due
        covered = (task, covered, parent, position, mask)
    return covered
