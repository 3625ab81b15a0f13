"""A ground problem as the improvement of plans sees it."""

from __future__ import annotations

from collections.abc import Sequence

from htn.model.ground import GroundMethod, GroundProblem
from htn.planning.improve.least import least_costs
from htn.planning.improve.space import NOT_APPLICABLE, Option

__all__ = ["GroundSpace"]


class GroundSpace:
    """Space of a ground problem: tasks are its numbers, and states its bit masks.

    Where a method leaves the order of its subtasks open they are done in the order listed.

    Parameters
    ----------
    problem : GroundProblem
        The problem. Actions whose name begins with ``#`` cost nothing.
    """

    def __init__(self, problem: GroundProblem) -> None:
        self.initial = problem.initial
        self.tasks: tuple[int, ...] = (problem.root,)
        self.complete = True
        self._actions = problem.actions
        names = problem.tasks
        self._costs = {
            task: 0 if names[task][0].startswith("#") else action.cost for task, action in problem.actions.items()
        }
        self._methods: dict[int, list[tuple[int, int, Option]]] = {}
        for task, methods in problem.methods.items():
            if not all(_is_sequence(method) for method in methods):
                self.complete = False
            self._methods[task] = [(m.positive, m.negative, Option(m, m.subtasks)) for m in methods]
        self._least = least_costs(
            self._costs,
            {task: [option.subtasks for _, _, option in methods] for task, methods in self._methods.items()},
        )

    def cost(self, task: int) -> int | None:
        """Return what an action costs."""
        return self._costs.get(task)

    def least(self, task: int) -> int:
        """Return the least cost of a task, conditions left aside."""
        return self._least.get(task, 0)

    def apply(self, state: int, task: int) -> int:
        """Return the state after an action."""
        positive, negative, add, delete, _ = self._actions[task]
        if state & positive != positive or state & negative:
            return NOT_APPLICABLE
        return (state & ~delete) | add

    def options(self, state: int, task: int) -> Sequence[Option]:
        """Return the methods that apply."""
        return [
            option
            for positive, negative, option in self._methods.get(task, ())
            if state & positive == positive and not state & negative
        ]

    def allows(self, state: int, task: int, option: Option) -> bool:
        """Whether a method applies."""
        method = option.method
        return bool(state & method.positive == method.positive and not state & method.negative)


def _is_sequence(method: GroundMethod) -> bool:
    pairs = set(method.before or ())
    return method.before is None or all((place - 1, place) in pairs for place in range(1, len(method.subtasks)))
