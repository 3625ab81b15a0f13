"""What decompositions can lead to: the tasks below each task, and the fewest actions that it comes to.

Both look at no state, so they hold in every one.
"""

from __future__ import annotations

from htn.model.ground import GroundProblem
from htn.planning.ground.recursion import components

__all__ = ["least_costs", "tasks_below"]


def tasks_below(problem: GroundProblem) -> dict[int, int]:
    """Return for each compound task the bits of the tasks that it can come to, itself among them.

    Tasks that recur through each other have the same number, as one object.

    Examples
    --------
    >>> from htn.model.ground import GroundMethod
    >>> method = GroundMethod(0, 0, (1, 0), None, "m")
    >>> problem = GroundProblem([], [("a",), ("b",)], {}, {0: [method], 1: []}, 0, 0)
    >>> {task: bin(mask) for task, mask in tasks_below(problem).items()}
    {1: '0b10', 0: '0b11'}
    """
    below: dict[int, int] = {}
    for component in components(problem):
        # Single bits are set in bytes: with tens of thousands of tasks, each change of a number would copy it.
        single = bytearray(len(problem.tasks) // 8 + 1)
        masks: dict[int, int] = {}
        for task in component:
            single[task >> 3] |= 1 << (task & 7)
            for method in problem.methods[task]:
                for child in method.subtasks:
                    if child in below:
                        masks[id(below[child])] = below[child]
                    else:
                        single[child >> 3] |= 1 << (child & 7)
        mask = int.from_bytes(single, "little")
        for each in masks.values():
            mask |= each
        below.update(dict.fromkeys(component, mask))
    return below


def least_costs(problem: GroundProblem) -> list[float]:
    """Return for each task the cost of the cheapest decomposition whatever the state; infinite where there is none.

    Tasks that the input does not know cost nothing. Values fall until they fit together, subtasks first.

    Examples
    --------
    >>> from htn.model.ground import GroundAction, GroundMethod
    >>> methods = {0: [GroundMethod(0, 0, (1, 1), None, "m")], 2: []}
    >>> problem = GroundProblem([], [("a",), ("b",), ("c",)], {1: GroundAction(0, 0, 0, 0)}, methods, 0, 0)
    >>> least_costs(problem)
    [2.0, 1.0, inf]
    """
    least = [float("inf")] * len(problem.tasks)
    for task, action in problem.actions.items():
        least[task] = 0.0 if problem.tasks[task][0].startswith("#") else float(action.cost)
    callers: dict[int, dict[int, None]] = {}
    waiting = dict.fromkeys(task for component in components(problem) for task in component)
    first = True
    while waiting:
        changed = []
        for task in waiting:
            cost = least[task]
            for method in problem.methods[task]:
                total = 0.0
                for subtask in method.subtasks:
                    total += least[subtask]
                    if first and subtask in problem.methods:
                        callers.setdefault(subtask, {})[task] = None
                if total < cost:
                    cost = total
            if cost < least[task]:
                least[task] = cost
                changed.append(task)
        waiting = {caller: None for task in changed for caller in callers.get(task, ())}
        first = False
    return least
