"""Lists of tasks that are left, one object for each, with what holds of them in every state."""

from __future__ import annotations

from collections.abc import Iterator

from htn.model.ground import GroundMethod, GroundProblem
from htn.planning.ground.cover import Cover
from htn.planning.ground.reach import least_costs, tasks_below
from htn.planning.ground.relaxed import Composition, relaxed_composition

__all__ = ["Cell", "TaskLists"]


class Cell:
    """A task and the list of those after it.

    Attributes
    ----------
    task, rest, number : int, Cell or None, int
        The task, what comes after it and the list's identity.
    length : int
        The number of tasks.
    least : float
        A lower bound of what they cost.
    positive, negative : int
        The facts that must be true, and false, for there to be a plan.
    """

    __slots__ = ("least", "length", "negative", "number", "positive", "reach", "rest", "task")

    def __init__(self, task: int, rest: Cell | None, number: int, least: float, needs: tuple[int, int]) -> None:
        self.task = task
        self.rest = rest
        self.number = number
        self.length: int = 1 + rest.length if rest else 1
        self.least = least
        self.positive, self.negative = needs
        self.reach = 0

    def tasks(self) -> list[int]:
        """Return the tasks."""
        found = []
        at: Cell | None = self
        while at is not None:
            found.append(at.task)
            at = at.rest
        return found


class TaskLists:
    """All lists of tasks of a problem and what is looked up for them; several searches may share it.

    Parameters
    ----------
    problem : GroundProblem
        The problem; the subtasks of its methods are taken as sequences.

    Attributes
    ----------
    relaxed : Composition
        The relaxed problem.
    below : dict
        The tasks that each compound task can come to, as bits.
    costs : dict
        What each action costs; those that the input does not know cost nothing.
    """

    relaxed: Composition
    below: dict[int, int]
    costs: dict[int, float]

    def __init__(self, problem: GroundProblem) -> None:
        self.problem = problem
        self._cells: dict[tuple[int, int], Cell] = {}
        self._prepared = False

    def prepare(self) -> Iterator[None]:
        """Work out what holds in every state, with pauses; nothing where that was done before."""
        if self._prepared:
            return
        problem = self.problem
        self.relaxed = relaxed_composition(problem)
        yield
        self.below = tasks_below(problem)
        yield
        self._least = least_costs(problem)
        self.costs = {
            task: 0.0 if problem.tasks[task][0].startswith("#") else float(action.cost)
            for task, action in problem.actions.items()
        }
        yield
        self._cover = Cover(problem)
        self._prepared = True

    def before(self, task: int, rest: Cell | None) -> Cell:
        """Return the list that begins with a task."""
        key = (task, rest.number if rest else 0)
        cell = self._cells.get(key)
        if cell is None:
            least = self._least[task]
            if rest is None:
                needs = self._cover.regress(task, 0, 0)
            else:
                needs = self._cover.regress(task, rest.positive, rest.negative)
                least += rest.least
            cell = self._cells[key] = Cell(task, rest, len(self._cells) + 1, least, needs)
        return cell

    def reach(self, cell: Cell) -> int:
        """Return the tasks that may take part in doing those of a list, as bits."""
        above = []
        at: Cell | None = cell
        while at is not None and not at.reach:
            above.append(at)
            at = at.rest
        reach = at.reach if at else 0
        for each in reversed(above):
            more = reach | (self.below.get(each.task) or 1 << each.task)
            # Most lists reach what their rests do: one number for all.
            each.reach = reach = reach if more == reach else more
        return reach

    def choices(self, state: int, cell: Cell) -> Iterator[tuple[GroundMethod, Cell | None]]:
        """Yield the methods of the first task that may lead to a plan, each with the tasks that it leaves."""
        for method in self.problem.methods[cell.task]:
            if state & method.positive == method.positive and not state & method.negative:
                after = cell.rest
                for task in reversed(method.subtasks):
                    after = self.before(task, after)
                if after is None or (state & after.positive == after.positive and not state & after.negative):
                    yield method, after
