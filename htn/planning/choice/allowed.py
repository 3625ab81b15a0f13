"""A space in which some methods and tasks are ruled out, and some methods are looked at first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from htn.model.domain import Domain
from htn.planning.improve.space import Option, Space
from htn.planning.improve.state_space import StateSpace
from htn.planning.table import Constraints, Table

__all__ = ["Allowed", "allowed"]


class Allowed:
    """Space of what constraints leave.

    Parameters
    ----------
    space : Space
        The whole space.
    table : Table
        What the constraints make of task names and tasks.
    """

    def __init__(self, space: Space, table: Table) -> None:
        self._space, self._table = space, table
        self._ranks: dict[Any, dict[str, int]] = {}
        self.initial, self.tasks = space.initial, space.tasks
        self.cost, self.least, self.apply, self.allows = space.cost, space.least, space.apply, space.allows

    @property
    def complete(self) -> bool:
        """Whether the whole space is."""
        return self._space.complete

    def options(self, state: int, task: Any) -> Sequence[Option]:
        """Return the options whose methods are left, in the order of the constraints."""
        ranks = self._ranks.get(task)
        if ranks is None:
            methods = self._table.meaning(task)[1] or ()
            ranks = self._ranks[task] = {method.name: place for place, method in enumerate(methods)}
        found = [option for option in self._space.options(state, task) if option.method in ranks]
        found.sort(key=lambda option: ranks[option.method])
        return found


def allowed(domain: Domain, space: StateSpace, constraints: Constraints | None) -> Space:
    """Return the space under constraints.

    Raises
    ------
    UnknownNameError
        When a constraint names a task or a method that the domain does not have.
    """
    if constraints is None or not (constraints.exclude or constraints.prefer):
        return space
    return Allowed(space, Table(domain, constraints, None))
