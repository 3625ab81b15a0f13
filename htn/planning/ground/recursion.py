"""Recursion: which compound tasks can come up again below themselves, and through which others."""

from __future__ import annotations

from htn.model.components import components as strongly_connected
from htn.model.ground import GroundProblem

__all__ = ["circles", "components"]


def components(problem: GroundProblem) -> list[list[int]]:
    """Return the compound tasks in strongly connected components of "is a subtask of", those below first.

    Examples
    --------
    >>> from htn.model.ground import GroundMethod
    >>> methods = {0: [GroundMethod(0, 0, (1, 2), None, "m")], 1: [], 2: [GroundMethod(0, 0, (0,), None, "m")]}
    >>> components(GroundProblem([], [], {}, methods, 0, 0))
    [[1], [0, 2]]
    """
    methods = problem.methods

    def below(task: int) -> list[int]:
        return list(dict.fromkeys([each for method in methods[task] for each in method.subtasks if each in methods]))

    return strongly_connected(methods, below)


def circles(problem: GroundProblem, found: list[list[int]]) -> list[int]:
    """Return for each recursive task a number that it shares with those that it recurs through; 0 for other tasks.

    Parameters
    ----------
    problem : GroundProblem
        The problem.
    found : list of list of int
        Its components.
    """
    numbers = [0] * len(problem.tasks)
    for number, component in enumerate(found, 1):
        only = component[0]
        if len(component) > 1 or any(only in method.subtasks for method in problem.methods[only]):
            for task in component:
                numbers[task] = number
    return numbers
