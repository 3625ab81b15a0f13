"""From the methods that a search chose to what was done, step by step."""

from __future__ import annotations

from collections.abc import Iterable

from htn.model.ground import GroundMethod, GroundProblem, GroundStep

__all__ = ["steps_of"]


def steps_of(problem: GroundProblem, chosen: Iterable[GroundMethod]) -> list[GroundStep]:
    """Return the solution of a depth-first decomposition, given its methods in the order of use.

    Examples
    --------
    >>> from htn.model.ground import GroundAction
    >>> method = GroundMethod(0, 0, (1,), None, "m")
    >>> problem = GroundProblem([], [("a",), ("b",)], {1: GroundAction(0, 0, 0, 0)}, {0: [method]}, 0, 0)
    >>> [(step.task, step.parent, step.position) for step in steps_of(problem, [method])]
    [(0, -1, 0), (1, 0, 0)]
    """
    methods = iter(chosen)
    steps: list[GroundStep] = []
    waiting = [(problem.root, -1, 0)]
    while waiting:
        task, parent, position = waiting.pop()
        if task in problem.actions:
            steps.append(GroundStep(task, parent, position, None))
            continue
        method = next(methods)
        here = len(steps)
        steps.append(GroundStep(task, parent, position, method))
        waiting += [(method.subtasks[place], here, place) for place in range(len(method.subtasks) - 1, -1, -1)]
    return steps
